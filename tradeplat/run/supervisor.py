"""Keep programs running: collect what they print, start again what dies, stop them together."""

import os
import selectors
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO

from .children import Child, Program, kill_group, spawn
from .logs import Logs

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 8.0
# A process that ran this long had started well: its next end is the first of a new series.
_STEADY_SECONDS = 20.0
_LOOK_SECONDS = 0.1
_READ_BYTES = 65536


@dataclass(slots=True)
class _Seat:
    program: Program
    prepare: Callable[[], None]
    child: Child | None = None
    started_at: float = 0.0
    restart_at: float = 0.0
    ends_in_a_row: int = 0
    unfinished_line: bytes = b""


class Supervisor:
    """One thread does everything: the children's death signal depends on it staying alive.

    `obey` is called at every turn, and raises when somebody wants the run to end.
    """

    def __init__(self, logs: Logs, *, obey: Callable[[], None] = lambda: None) -> None:
        self._logs = logs
        self._obey = obey
        self._seats: dict[str, _Seat] = {}
        self._selector = selectors.DefaultSelector()

    def start(self, program: Program, *, prepare: Callable[[], None] = lambda: None) -> None:
        """Start a program and start it again whenever it ends; `prepare` runs before each time."""
        seat = self._seats[program.name] = _Seat(program, prepare)
        self._spawn(seat)

    def run(self, seconds: float) -> None:
        """Look after the programs for a while. Call it again and again."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._obey()
            self._collect_output(min(left, _LOOK_SECONDS))
            for seat in self._seats.values():
                self._look_after(seat)

    def stop(self, names: Iterable[str], *, grace_seconds: float) -> None:
        """Ask the named programs to end; kill what has not by then. Unknown names are skipped."""
        seats = [self._seats.pop(name) for name in names if name in self._seats]
        running = [(seat, seat.child) for seat in seats if seat.child]
        for seat, child in running:
            child.send_signal(seat.program.stop_signal)
        deadline = time.monotonic() + grace_seconds
        while time.monotonic() < deadline and any(child.poll() is None for _, child in running):
            self._collect_output(_LOOK_SECONDS)
        for seat, child in running:
            if child.poll() is None:
                self._logs.write(seat.program.name, f"did not stop in {grace_seconds:g} s, killed")
            self._bury(seat, child)

    def _look_after(self, seat: _Seat) -> None:
        if seat.child is None:
            if time.monotonic() >= seat.restart_at:
                self._spawn(seat)
        elif seat.child.poll() is not None:
            self._plan_restart(seat, seat.child)

    def _spawn(self, seat: _Seat) -> None:
        seat.prepare()
        seat.child = spawn(seat.program, subprocess.PIPE)
        seat.started_at = time.monotonic()
        assert seat.child.stdout
        os.set_blocking(seat.child.stdout.fileno(), False)
        self._selector.register(seat.child.stdout, selectors.EVENT_READ, seat)

    def _plan_restart(self, seat: _Seat, child: Child) -> None:
        self._bury(seat, child)
        if time.monotonic() - seat.started_at > _STEADY_SECONDS:
            seat.ends_in_a_row = 0
        pause = min(_FIRST_PAUSE_SECONDS * 2**seat.ends_in_a_row, _LONGEST_PAUSE_SECONDS)
        seat.ends_in_a_row += 1
        seat.restart_at = time.monotonic() + pause
        words = f"ended with {child.returncode}, starting again in {pause:g} s"
        self._logs.write(seat.program.name, words)

    def _collect_output(self, seconds: float) -> None:
        if not self._selector.get_map():
            time.sleep(seconds)  # Everything has ended and waits to be started again.
        for key, _ in self._selector.select(seconds):
            self._read(key.fileobj, key.data)  # type: ignore[arg-type]

    def _read(self, pipe: IO[bytes], seat: _Seat) -> bool:
        """Show what there is to read; whether there may be more."""
        try:
            output = os.read(pipe.fileno(), _READ_BYTES)
        except BlockingIOError:
            return False
        *lines, seat.unfinished_line = (seat.unfinished_line + output).split(b"\n")
        if not output:
            self._close(pipe)
            lines, seat.unfinished_line = [seat.unfinished_line], b""
        for line in filter(None, lines):
            self._logs.write(seat.program.name, line.decode(errors="replace"))
        return bool(output)

    def _bury(self, seat: _Seat, child: Child) -> None:
        """End what a process has started itself (it would keep the port) and show its last words.

        The pipe does not wait for its other end, which a stray grandchild may hold for ever.
        """
        kill_group(child)
        pipe = child.stdout
        assert pipe
        while not pipe.closed and self._read(pipe, seat):
            pass
        if not pipe.closed:
            self._close(pipe)
        seat.child = None

    def _close(self, pipe: IO[bytes]) -> None:
        self._selector.unregister(pipe)
        pipe.close()
