"""What `up` must know and make before Django's settings can be read.

Settings need keys and the addresses of the servers; on a machine that has neither, `up` makes
them, writes them to `$VAR_DIR/embedded.env` for every other command, and only then is Django set
up. Whatever `.env` or the environment says is left alone.
"""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

import environ
from cryptography.fernet import Fernet

from tradeplat.embedded import EmbeddedServer, Place, Postgres, Valkey

BASE_DIR = Path(__file__).resolve().parent.parent.parent
_NEW_KEYS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "JWT_KEY": lambda: secrets.token_urlsafe(50),
    "FIELD_ENCRYPTION_KEYS": lambda: Fernet.generate_key().decode(),
}


def prepare_environment() -> None:
    """Set up the embedded run, unless DATABASE_URL names a server: then keys must be given too."""
    var_dir = read_var_dir()
    written = var_dir / "embedded.env"
    postgres, valkey = _servers(var_dir)
    values = {}
    if "DATABASE_URL" not in os.environ:
        kept = _read(written)
        values = {name: kept.get(name) or new() for name, new in _NEW_KEYS.items()}
        values["DATABASE_URL"] = postgres.url
    if "REDIS_URL" not in os.environ:
        values["REDIS_URL"] = valkey.url
    if values:
        _write(written, values)


def read_var_dir() -> Path:
    """Where the state of this run lives, found as the settings find it."""
    environ.Env.read_env(BASE_DIR / ".env")
    return Path(os.environ.get("VAR_DIR", BASE_DIR / "var")).absolute()


def embedded_servers(var_dir: Path) -> list[EmbeddedServer]:
    """The servers that the settings of this process point at and that `up` therefore runs."""
    urls = {os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")}
    return [server for server in _servers(var_dir) if server.url in urls]


def _servers(var_dir: Path) -> tuple[EmbeddedServer, EmbeddedServer]:
    place = Place.of(var_dir)
    return Postgres(place), Valkey(place)


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    pairs = (line.partition("=") for line in path.read_text().splitlines())
    return {name: value for name, _, value in pairs}


def _write(path: Path, values: dict[str, str]) -> None:
    """Complete or not at all, and never readable by others: a lost key cannot be made again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
