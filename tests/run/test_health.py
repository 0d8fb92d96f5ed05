"""What supervisors and load balancers ask: alive, and able to work."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection
from django.test import AsyncRequestFactory, Client
from pytest_django.fixtures import Settings

from tradeplat.health import _check_migrations, readyz
from tradeplat.run import heartbeat
from tradeplat.run.environment import BASE_DIR


@pytest.fixture(autouse=True)
def _asked_for_the_first_time() -> Iterator[None]:
    _check_migrations.cache_clear()
    yield
    _check_migrations.cache_clear()


@pytest.fixture
def unapplied(db: None) -> None:
    """A migration that the code has and the database has not."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")


def test_a_copy_with_its_database_is_ready(client: Client, db: None) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok"}


def test_a_copy_whose_migrations_are_missing_is_alive_but_not_ready(
    client: Client, unapplied: None
) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "1 migrations are not applied"}
    assert client.get("/healthz").status_code == 200


def test_pages_without_their_static_files_are_not_ready(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staticfiles_storage, "hashed_files", {}, raising=False)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "static files are not collected")


def test_the_socket_process_needs_no_static_files(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staticfiles_storage, "hashed_files", {}, raising=False)
    assert readyz(AsyncRequestFactory().get("/readyz")).status_code == 200


def check(var_dir: Path, *what: str) -> int:
    command = [sys.executable, "-m", "tradeplat.run.healthcheck", *what]
    env = dict(os.environ) | {"VAR_DIR": str(var_dir)}
    return subprocess.run(command, cwd=BASE_DIR, env=env, capture_output=True).returncode


def test_a_health_check_finds_signs_of_life_and_their_end(
    tmp_path: Path, settings: Settings
) -> None:
    settings.VAR_DIR = tmp_path
    assert check(tmp_path, "worker") == 1
    heartbeat.beat("worker")
    assert check(tmp_path, "worker") == 0
    long_ago = time.time() - 60
    os.utime(tmp_path / "alive" / "worker", (long_ago, long_ago))
    assert check(tmp_path, "worker") == 1


def test_a_health_check_of_a_port_where_nobody_is_fails(tmp_path: Path) -> None:
    assert check(tmp_path, "1", "/readyz") == 1
