"""One `up` per VAR_DIR: a lock that ends with its holder, and an end to what a killed one left."""

import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# Every child carries its VAR_DIR here, so that it is recognised after its supervisor is gone.
MARK = "TRADEPLAT_UP"
_LEFTOVER_SECONDS = 5.0


class AlreadyRunning(Exception):
    """Another `up` holds this VAR_DIR."""


@contextmanager
def held(var_dir: Path) -> Iterator[None]:
    """Hold a VAR_DIR for the length of a block. Raises AlreadyRunning."""
    var_dir.mkdir(parents=True, exist_ok=True)
    with (var_dir / "up.lock").open("a+") as lock:
        lock.seek(0)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(f"process {lock.read().strip()} runs on {var_dir}") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def end_leftovers(var_dir: Path) -> None:
    """Wait for the children of a supervisor that was killed, and kill those that stay.

    The kernel has asked them to end when their supervisor did; most are gone before we look.
    """
    deadline = time.monotonic() + _LEFTOVER_SECONDS
    while leftovers := list(marked(var_dir)):
        if time.monotonic() > deadline:
            for pid in leftovers:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


def marked(var_dir: Path) -> Iterator[int]:
    """Process ids of everything that an `up` on this VAR_DIR has started, servers included."""
    mark = f"{MARK}={var_dir}".encode()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # Ended since, or somebody else's.
            if mark in environment.read_bytes().split(b"\0"):
                yield int(environment.parent.name)
