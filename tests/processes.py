"""The platform's own processes, started for a test with a database and a Redis of their own."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import ClassVar, Self

import psycopg
import redis

from tests.ports import free_port
from tests.servers import VAR_DIR as SESSION_DIR
from tests.waiting import eventually
from tradeplat.embedded import EmbeddedServer, Place, Postgres, Valkey, running
from tradeplat.run.children import Child, Program, kill_group, spawn, stop
from tradeplat.run.environment import BASE_DIR
from tradeplat.run.ports import answers_http
from tradeplat.run.procfile import read_procfile

# Long enough for a slow machine to keep them, short enough for a test to see them pass.
SHORT_WINDOWS = {
    "LEASE_SECONDS": "1",
    "RECV_WINDOW_SECONDS": "1",
    "EXCHANGE_INTERNAL_SECONDS": "1",
    "EXCHANGE_TIMEOUT_SECONDS": "2",
    "PROOF_MARGIN_SECONDS": "0.5",
    "SWEEP_SECONDS": "0.2",
}
# Process: (variable that names its port, path that answers once it is warm).
_PORTS = {
    "web": ("WEB_PORT", "/readyz"),
    "realtime": ("REALTIME_PORT", "/healthz"),
    "paper": ("PAPER_PORT", "/api/v3/ping"),
}
_READY_LINES = {"worker": " ready.", "streams": "Private streams are kept"}
_START_SECONDS = 90.0


class Platform:
    """Processes of the Procfile by name; a second copy is `web-2`, a third `web-3`.

        with Platform("web", "worker", "worker-2", "paper") as platform:
            platform.kill("worker")

    `postgres` and `valkey` always run and answer to the same calls. Further environment
    variables are given as `env`. Each process logs to `log_path(name)`; the ends of the logs are
    shown when a test fails.
    """

    running: ClassVar[list["Platform"]] = []

    def __init__(self, *names: str, env: Mapping[str, str] | None = None) -> None:
        self.names = names
        self.var_dir = Path(tempfile.mkdtemp(prefix="platform-", dir=SESSION_DIR))
        self._place = Place.of(self.var_dir)
        self.postgres = Postgres(self._place, durable=False)
        self.valkey = Valkey(self._place)
        self._servers: dict[str, EmbeddedServer] = {
            "postgres": self.postgres,
            "valkey": self.valkey,
        }
        self.ports = {name: free_port() for name in (*_PORTS, *names)}
        self._env = self._environment() | dict(env or {})
        self._children: dict[str, tuple[Program, Child]] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.callback(self._clean_up)
            self._copy_prepared()
            for name in (*self._servers, *self.names):
                self.start(name, wait=name in self._servers)
            for name in self.names:
                self._wait_until_ready(name)
            self._stack = stack.pop_all()
        Platform.running.append(self)
        return self

    def __exit__(self, *error: object) -> None:
        Platform.running.remove(self)
        self._stack.close()

    @property
    def web_url(self) -> str:
        return self.url("web")

    @property
    def paper_url(self) -> str:
        return self.url("paper")

    @property
    def realtime_url(self) -> str:
        """Of the WebSocket; the token is the caller's."""
        return self.url("realtime", scheme="ws") + "/prices"

    def url(self, name: str, *, scheme: str = "http") -> str:
        """The address of one copy, for example `url("web-2")`."""
        return f"{scheme}://127.0.0.1:{self.ports[name]}"

    def start(self, name: str, *, wait: bool = True) -> None:
        """Start a process, again after a kill or for the first time; same port, same log."""
        program = self._program(name)
        with self.log_path(name).open("ab") as log:
            self._children[name] = program, spawn(program, log)
        if wait:
            self._wait_until_ready(name)

    def kill(self, name: str) -> None:
        """kill -9, together with the processes it has started."""
        kill_group(self._children.pop(name)[1])

    def terminate(self, name: str, *, grace_seconds: float = 20.0) -> int:
        """Ask a process to end as a rolling restart does; its exit code."""
        program, child = self._children.pop(name)
        stop([(program, child)], grace_seconds=grace_seconds)
        return child.returncode

    def restart(self, name: str) -> None:
        self.kill(name)
        self.start(name)

    def pause(self, name: str) -> None:
        """SIGSTOP: the process hangs, its connections stay open."""
        os.killpg(self._children[name][1].pid, signal.SIGSTOP)

    def resume(self, name: str) -> None:
        os.killpg(self._children[name][1].pid, signal.SIGCONT)

    def is_running(self, name: str) -> bool:
        return name in self._children and self._children[name][1].poll() is None

    def pid(self, name: str) -> int:
        return self._children[name][1].pid

    def log_path(self, name: str) -> Path:
        return self.var_dir / f"{name}.log"

    def log(self, name: str) -> str:
        return self.log_path(name).read_text(errors="replace")

    def log_tails(self) -> Iterator[tuple[str, str]]:
        for name in (*self._servers, *self.names):
            if self.log_path(name).exists():
                yield name, "\n".join(self.log(name).splitlines()[-60:])

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a management command against this platform, to its end."""
        return _manage(*arguments, env=self._env)

    def connect(self) -> psycopg.Connection:
        """A connection to this platform's database, in autocommit."""
        return psycopg.connect(self.postgres.url, autocommit=True)

    def redis(self) -> redis.Redis:
        return redis.Redis.from_url(self.valkey.url, decode_responses=True)

    def _environment(self) -> dict[str, str]:
        ports = {variable: str(self.ports[name]) for name, (variable, _) in _PORTS.items()}
        return (
            _command_environment()
            | SHORT_WINDOWS
            | ports
            | {
                "VAR_DIR": str(self.var_dir),
                "DATABASE_URL": self.postgres.url,
                "REDIS_URL": self.valkey.url,
            }
        )

    def _program(self, name: str) -> Program:
        if name in self._servers:
            self._servers[name].prepare()
            return self._servers[name].program()
        kind = _kind(name)
        env = self._env | {"WORKER_NAME": name}
        if kind in _PORTS:
            env[_PORTS[kind][0]] = str(self.ports[name])
        if kind == "beat":  # Its schedule is a file that two copies cannot share.
            env["VAR_DIR"] = str(self.var_dir / name)
            Path(env["VAR_DIR"]).mkdir(exist_ok=True)
        argv = read_procfile(BASE_DIR / "Procfile", env)[kind]
        return Program(name=name, argv=argv, env=env, cwd=BASE_DIR)

    def _wait_until_ready(self, name: str) -> None:
        child = self._children[name][1]

        def ready_or_ended() -> bool:
            return self._is_ready(name) or child.poll() is not None

        eventually(ready_or_ended, timeout=_START_SECONDS)
        assert child.poll() is None, f"{name} ended with {child.returncode}:\n{self.log(name)}"

    def _is_ready(self, name: str) -> bool:
        if name in self._servers:
            return self._servers[name].answers()
        kind = _kind(name)
        if kind in _PORTS:
            return answers_http(self.ports[name], _PORTS[kind][1])
        return _READY_LINES.get(kind, "") in self.log(name)

    def _copy_prepared(self) -> None:
        self._place.create()
        shutil.copytree(_migrated().data, self.postgres.data)
        for path in (self.postgres.data, *self.postgres.data.rglob("*")):
            self._place.give(path)
        if any(_kind(name) == "web" for name in self.names):
            (self.var_dir / "static").symlink_to(_static_files())

    def _clean_up(self) -> None:
        processes = [self._children[name] for name in self.names if name in self._children]
        for _, child in self._children.values():
            os.killpg(child.pid, signal.SIGCONT)  # What is paused cannot end.
        stop(processes, grace_seconds=3)
        stop(self._children.values(), grace_seconds=5)
        shutil.rmtree(self.var_dir, ignore_errors=True)
        self._place.erase()


def _kind(name: str) -> str:
    return name.partition("-")[0]


def _command_environment() -> dict[str, str]:
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return dict(os.environ) | {"PATH": programs, "PYTHONUNBUFFERED": "1"}


def _manage(*arguments: str, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env=env,
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        timeout=120,
    )


@cache
def _migrated() -> Postgres:
    """A cluster with our tables, made once a session and then copied."""
    session = Place.of(SESSION_DIR)
    inside = replace(session, home=session.home / "migrated", sockets=session.sockets / "m")
    session.create()
    postgres = Postgres(inside, durable=False)
    with running(postgres, logs=SESSION_DIR):
        done = _manage("migrate", env=_command_environment() | {"DATABASE_URL": postgres.url})
        assert done.returncode == 0, done.stderr
    return postgres


@cache
def _static_files() -> Path:
    """What the pages load, collected once a session."""
    done = _manage("collectstatic", "--no-input", env=_command_environment())
    assert done.returncode == 0, done.stderr
    return SESSION_DIR / "static"
