"""The supervisor: what dies starts again, what prints is shown, a stop ends everything."""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.waiting import eventually
from tradeplat.run.children import Program
from tradeplat.run.interruption import Interruption
from tradeplat.run.logs import Logs
from tradeplat.run.supervisor import Supervisor


@pytest.fixture
def screen() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def supervisor(screen: io.StringIO) -> Iterator[Supervisor]:
    supervisor = Supervisor(Logs(screen))
    yield supervisor
    supervisor.stop(["web"], grace_seconds=5)


def shell(name: str, script: str) -> Program:
    return Program(name=name, argv=["/bin/sh", "-c", script])


def supervise_until(supervisor: Supervisor, condition: Callable[[], object]) -> None:
    def look() -> object:
        supervisor.run(seconds=0.05)
        return condition()

    eventually(look)


def test_every_line_carries_the_name_of_its_process(
    supervisor: Supervisor, screen: io.StringIO
) -> None:
    supervisor.start(shell("web", "echo one; echo two >&2; sleep 60"))
    supervise_until(supervisor, lambda: "two" in screen.getvalue())
    assert screen.getvalue() == "web      | one\nweb      | two\n"


def test_what_ends_starts_again_after_a_pause_that_doubles(
    supervisor: Supervisor, screen: io.StringIO
) -> None:
    prepared: list[str] = []
    supervisor.start(shell("web", "exit 3"), prepare=lambda: prepared.append("again"))
    supervise_until(supervisor, lambda: len(prepared) == 3)
    assert "web      | ended with 3, starting again in 0.5 s\n" in screen.getvalue()
    assert "web      | ended with 3, starting again in 1 s\n" in screen.getvalue()


def test_the_last_words_of_a_process_are_shown(supervisor: Supervisor, screen: io.StringIO) -> None:
    supervisor.start(shell("web", "printf unfinished"))
    supervise_until(supervisor, lambda: "web      | unfinished\n" in screen.getvalue())


def test_a_stop_ends_what_ignores_it_and_what_that_has_started(
    supervisor: Supervisor, screen: io.StringIO
) -> None:
    supervisor.start(shell("web", "trap '' TERM; sleep 60 & echo $!; wait; sleep 60"))
    supervise_until(supervisor, lambda: "|" in screen.getvalue())
    grandchild = int(screen.getvalue().split()[-1])
    supervisor.stop(["web"], grace_seconds=0.2)
    assert "did not stop in 0.2 s, killed" in screen.getvalue()
    eventually(lambda: not is_alive(grandchild))


def test_the_children_of_a_killed_parent_end(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert parent.stdout
    child = int(parent.stdout.readline())
    assert is_alive(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    eventually(lambda: not is_alive(child))


PARENT = """
import subprocess, time
from tradeplat.run.children import Program, spawn
print(spawn(Program(name="child", argv=["sleep", "60"]), subprocess.DEVNULL).pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def interruption() -> Iterator[Interruption]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    handlers = [(number, signal.getsignal(number)) for number in numbers]
    yield Interruption()
    for number, handler in handlers:
        signal.signal(number, handler)


class InterruptedAtItsEnd:
    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        list(range(10))  # Some code for the signal to meet.


def test_an_interrupt_that_python_drops_is_obeyed_at_the_next_turn(
    interruption: Interruption, screen: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda raised: dropped.append(raised.exc_type))
    InterruptedAtItsEnd()
    assert dropped == [KeyboardInterrupt]
    with pytest.raises(KeyboardInterrupt):
        Supervisor(Logs(screen), obey=interruption.obey).run(seconds=5)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
