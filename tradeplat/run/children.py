"""Start a program that ends when we do, and stop it together with whatever it started."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
# Loaded here because little is allowed between fork and exec.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Program:
    """What to start: `user` is the system account to drop to, None means our own."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    cwd: Path | None = None
    user: pwd.struct_passwd | None = None
    stop_signal: signal.Signals = signal.SIGTERM


Child = subprocess.Popen[bytes]


def spawn(program: Program, output: int | IO[bytes]) -> Child:
    """Start a program in a session of its own, its stdout and stderr going to `output`.

    Call from the main thread: the kernel sends the parent's death signal when the thread that
    forked ends, not when the process does.
    """
    user = program.user
    return subprocess.Popen(
        program.argv,
        env=program.env,
        cwd=program.cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # A Ctrl-C in the terminal reaches the supervisor alone.
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
        preexec_fn=_end_with_parent(program.stop_signal),
    )


def _end_with_parent(stop_signal: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()

    def prepare_child() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, int(stop_signal))
            if os.getppid() != parent:  # The parent died before the line above took hold.
                os._exit(1)

    return prepare_child


def stop(children: Iterable[tuple[Program, Child]], *, grace_seconds: float) -> None:
    """Ask all to end at once, then kill whatever is left of their groups after the grace."""
    children = list(children)
    for program, child in children:
        if child.poll() is None:
            child.send_signal(program.stop_signal)
    deadline = time.monotonic() + grace_seconds
    for _, child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0.0, deadline - time.monotonic()))
    for _, child in children:
        kill_group(child)


def kill_group(child: Child) -> None:
    """End a child and everything in its session without asking. Safe to repeat."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
