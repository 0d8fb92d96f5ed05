"""The PostgreSQL and the Valkey of a test session, on sockets of their own.

Loaded as a pytest plugin before Django's settings, which read the environment that is set here.
The servers start with the first test that asks for the database or for `servers`; tests that
need neither run without them. TEST_DATABASE_URL and TEST_REDIS_URL name other servers to use.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tradeplat.embedded import Place, Postgres, Valkey, running

_PREFIX = "tradeplat-tests-"
VAR_DIR = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
(VAR_DIR / "static").mkdir()  # WhiteNoise warns where there is none.
_place = Place.of(VAR_DIR)
_postgres = Postgres(_place, durable=False)
_valkey = Valkey(_place)

os.environ |= {
    "VAR_DIR": str(VAR_DIR),
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", _postgres.url),
    "REDIS_URL": os.environ.get("TEST_REDIS_URL", _valkey.url),
    "SECRET_KEY": "a secret of the tests, long enough for Django's own checks",
    "JWT_KEY": "another secret of the tests, long enough for HS256",
    "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    "DEBUG": "false",
    "DEFAULT_ENVIRONMENT": "PAPER",
}


@pytest.fixture(scope="session")
def servers() -> Iterator[None]:
    """PostgreSQL and Valkey answer."""
    with ExitStack() as stack:
        embedded = [
            server
            for server, given in ((_postgres, "TEST_DATABASE_URL"), (_valkey, "TEST_REDIS_URL"))
            if given not in os.environ
        ]
        stack.enter_context(running(*embedded, logs=VAR_DIR))
        yield


def pytest_configure() -> None:
    # As clean an end as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for directory in VAR_DIR.parent.glob(f"{_PREFIX}*-*"):
        if not Path("/proc", directory.name.split("-")[2]).exists():
            _erase(directory)  # Its session was killed.


def pytest_unconfigure() -> None:
    _erase(VAR_DIR)


def _erase(session_dir: Path) -> None:
    for var_dir in (session_dir, *session_dir.glob("platform-*")):
        Place.of(var_dir).erase()
    shutil.rmtree(session_dir, ignore_errors=True)
