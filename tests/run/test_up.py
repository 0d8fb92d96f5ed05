"""`manage.py up`: one command, any number of copies, and a recovery from every kind of end."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.waiting import eventually
from tradeplat.embedded import Place
from tradeplat.run.environment import BASE_DIR
from tradeplat.run.ports import answers_http
from tradeplat.run.var_dir import marked

pytestmark = pytest.mark.processes
# What this test session made for itself; `up` has to make its own.
_SESSION_VARIABLES = (
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "JWT_KEY",
    "FIELD_ENCRYPTION_KEYS",
)


class Up:
    """One `manage.py up` on its own VAR_DIR, told apart by the four variables alone."""

    def __init__(self, var_dir: Path) -> None:
        self.var_dir = var_dir
        names = ("WEB_PORT", "REALTIME_PORT", "PAPER_PORT")
        self.ports = {name: free_port() for name in names}
        self.output = var_dir.with_suffix(".out")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *arguments: str) -> None:
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up", *arguments],
                cwd=BASE_DIR,
                env=self._environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in _SESSION_VARIABLES}
        ports = {name: str(port) for name, port in self.ports.items()}
        return kept | ports | {"VAR_DIR": str(self.var_dir)}

    def said(self, words: str) -> bool:
        return words in self.output.read_text()

    def wait_until_ready(self) -> None:
        assert self.process
        process = self.process
        eventually(lambda: self.said("ready: http") or process.poll() is not None, timeout=120)
        assert self.said("ready: http"), self.output.read_text()

    def end(self, number: signal.Signals) -> int:
        """Send a signal and give the ten seconds that a stop may take; the exit code."""
        assert self.process
        self.process.send_signal(number)
        return self.process.wait(timeout=10)

    def web_answers(self) -> bool:
        return answers_http(self.ports["WEB_PORT"], "/readyz")


@contextmanager
def up_on(var_dir: Path) -> Iterator[Up]:
    up = Up(var_dir)
    try:
        yield up
    finally:
        if up.process and up.process.poll() is None:
            up.process.terminate()
            try:
                up.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                up.process.kill()
                raise
        Place.of(var_dir).erase()


def test_two_copies_run_side_by_side_and_stop_cleanly(tmp_path: Path) -> None:
    with up_on(tmp_path / "first") as first, up_on(tmp_path / "second") as second:
        for up in (first, second):
            up.start("--only", "web")
        for up in (first, second):
            up.wait_until_ready()
            assert up.web_answers()
            assert up.said("sign in as ")

        assert first.end(signal.SIGINT) == 0, first.output.read_text()
        assert list(marked(first.var_dir)) == []
        assert list(marked(second.var_dir))
        assert second.web_answers()
        assert second.end(signal.SIGTERM) == 0


def test_a_second_run_on_the_same_var_dir_is_refused(tmp_path: Path) -> None:
    with up_on(tmp_path / "var") as first:
        first.start("--only", "web")
        eventually(lambda: first.said("postgres"), timeout=30)
        second = Up(first.var_dir)
        second.output = tmp_path / "refused.out"
        second.start("--only", "web")
        assert second.process
        assert first.process
        assert second.process.wait(timeout=30) == 1
        assert second.said(f"process {first.process.pid} runs on {first.var_dir}")
        # A stop in the middle of a start is as clean as any other.
        assert first.end(signal.SIGINT) == 0, first.output.read_text()
        assert list(marked(first.var_dir)) == []


def test_a_killed_run_takes_its_processes_along_and_the_next_goes_on(tmp_path: Path) -> None:
    with up_on(tmp_path / "var") as up:
        up.start("--only", "web")
        up.wait_until_ready()
        keys = (up.var_dir / "embedded.env").read_text()
        up.end(signal.SIGKILL)
        up.start("--only", "web")
        up.wait_until_ready()
        assert (up.var_dir / "embedded.env").read_text() == keys
        assert (up.var_dir / "embedded.env").stat().st_mode & 0o077 == 0


def test_a_taken_port_is_named_with_the_variable_that_moves_it(tmp_path: Path) -> None:
    with up_on(tmp_path / "var") as up, socket.socket() as taken:
        taken.bind(("127.0.0.1", up.ports["WEB_PORT"]))
        taken.listen()
        up.start("--only", "web")
        assert up.process
        assert up.process.wait(timeout=30) == 1
        assert up.said(f"port {up.ports['WEB_PORT']} is taken: give web another one with WEB_PORT")
