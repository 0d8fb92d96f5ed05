"""Secrets that cannot be mistaken for anything else, and the places where one might turn up."""

import base64
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from cryptography.fernet import Fernet
from psycopg import sql

from tests.processes import Platform

_OVER = "the day is over"


def canary(name: str) -> str:
    return f"canary-{name}-{secrets.token_hex(16)}"


def environment() -> dict[str, str]:
    """The keys of a platform, as its processes are given them."""
    return {
        "SECRET_KEY": canary("secret-key") + "-ABCDEFG-1234567",
        "JWT_KEY": canary("jwt-key"),
        "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "PAPER_CONTROL_TOKEN": canary("control-token"),
    }


def leaks(evidence: Mapping[str, str], planted: Mapping[str, str]) -> list[tuple[str, str]]:
    """Every (place, name of a secret) where the place shows the secret, plain or encoded."""
    return [
        (place, name)
        for place, text in evidence.items()
        for name, secret in planted.items()
        if any(form in text for form in _forms(secret))
    ]


def _forms(secret: str) -> set[str]:
    encoded = base64.b64encode(secret.encode()).decode()
    return {secret, quote(secret, safe=""), encoded.rstrip("="), secret.encode().hex()}


@contextmanager
def overheard(platform: Platform) -> Iterator[list[str]]:
    """Every command that Redis is given meanwhile: what is stored and what is published."""
    commands: list[str] = []
    with platform.redis() as client, client.monitor() as monitor:

        def listen() -> None:
            for command in monitor.listen():
                commands.append(command["command"])
                if _OVER in command["command"]:
                    return

        listener = threading.Thread(target=listen, name="overheard", daemon=True)
        listener.start()
        yield commands
        client.publish(_OVER, "")
        listener.join(timeout=10)


def logs(platform: Platform) -> dict[str, str]:
    return {f"log of {path.stem}": path.read_text(errors="replace") for path in _logs(platform)}


def tables(platform: Platform) -> str:
    """Every row of every table, as a dump would write it."""
    with platform.connect() as database:
        names = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = []
        for (name,) in names.fetchall():
            query = sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(name))
            rows += [f"{name} {row}" for (row,) in database.execute(query)]
    return "\n".join(rows)


def kept_by_redis(platform: Platform) -> str:
    with platform.redis() as client:
        kept = [f"{key} {client.type(key)}" for key in client.scan_iter()]
    files = [path for path in platform.var_dir.rglob("*.aof") if path.is_file()]
    return "\n".join([*kept, *(path.read_text(errors="replace") for path in files)])


def command_lines() -> str:
    """Of every process of this machine, as anybody on it can read them."""
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:  # It has ended.
            continue
    return "\n".join(lines)


def _logs(platform: Platform) -> list[Path]:
    return sorted(platform.var_dir.glob("*.log"))
