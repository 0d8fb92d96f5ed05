"""What the embedded servers have in common, and how to run some for the length of a block."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

from tradeplat.run.children import Child, Program, spawn, stop

START_SECONDS = 30.0


class EmbeddedServer(Protocol):
    """A server that we start ourselves: prepared from nothing, or from what a kill -9 left."""

    name: str

    @property
    def url(self) -> str: ...

    def prepare(self) -> None:
        """Create what is missing and clear what a killed server left behind. Safe to repeat."""

    def program(self) -> Program: ...

    def answers(self) -> bool:
        """Whether the server takes commands by now."""


def wait_until_it_answers(server: EmbeddedServer, child: Child) -> None:
    """Raises RuntimeError when the server ends instead, TimeoutError after START_SECONDS."""
    deadline = time.monotonic() + START_SECONDS
    while not server.answers():
        if child.poll() is not None:
            raise RuntimeError(f"{server.name} ended with {child.returncode} instead of starting")
        if time.monotonic() > deadline:
            raise TimeoutError(f"{server.name} does not answer")
        time.sleep(0.02)


@contextmanager
def running(*servers: EmbeddedServer, logs: Path) -> Iterator[None]:
    """Run servers for the length of a block, each logging to `logs`/<name>.log."""
    with ExitStack() as stack:
        for server in servers:
            server.prepare()
            program = server.program()
            log = stack.enter_context((logs / f"{server.name}.log").open("ab"))
            child = spawn(program, log)
            stack.callback(stop, [(program, child)], grace_seconds=10)
            wait_until_it_answers(server, child)
        yield
