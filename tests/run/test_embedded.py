"""The embedded servers: made from nothing, and again after a kill -9."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from tests.waiting import eventually
from tradeplat.embedded import Place, Postgres, Valkey, running
from tradeplat.run.children import Program, spawn, stop


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place.of(tmp_path)
    yield place
    place.erase()


def test_postgres_keeps_committed_rows_through_a_kill(place: Place, tmp_path: Path) -> None:
    postgres = Postgres(place)
    postgres.prepare()
    with (tmp_path / "log").open("wb") as log:
        child = spawn(postgres.program(), log)
        eventually(postgres.answers)
        with psycopg.connect(postgres.url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
        os.kill(child.pid, signal.SIGKILL)
        child.wait()

    with running(postgres, logs=tmp_path), psycopg.connect(postgres.url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (1,)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)


def test_postgres_is_not_kept_out_by_the_lock_of_an_unrelated_process(
    place: Place, tmp_path: Path
) -> None:
    postgres = Postgres(place)
    postgres.prepare()
    lock = postgres.data / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{postgres.data}\n")
    with running(postgres, logs=tmp_path):
        assert postgres.answers()


def test_valkey_keeps_its_writes_through_a_restart(place: Place, tmp_path: Path) -> None:
    valkey = Valkey(place)
    with running(valkey, logs=tmp_path), redis.Redis.from_url(valkey.url) as client:
        client.set("kept", "1")
    with running(valkey, logs=tmp_path), redis.Redis.from_url(valkey.url) as client:
        assert client.get("kept") == b"1"
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_sockets_stay_within_the_length_of_a_unix_path(tmp_path: Path) -> None:
    place = Place.of(tmp_path / ("long" * 30))
    assert len(os.fsencode(place.sockets / ".s.PGSQL.5432.lock")) <= 107


def test_a_block_that_fails_leaves_no_server_behind(place: Place, tmp_path: Path) -> None:
    valkey = Valkey(place)
    with pytest.raises(ZeroDivisionError), running(valkey, logs=tmp_path):
        raise ZeroDivisionError
    assert not valkey.answers()


def test_a_stop_ends_what_ignores_it(tmp_path: Path) -> None:
    stubborn = Program(
        name="stubborn",
        argv=["/bin/sh", "-c", "trap '' TERM; touch ready; while :; do sleep 1; done"],
        cwd=tmp_path,
    )
    with (tmp_path / "log").open("wb") as log:
        child = spawn(stubborn, log)
    eventually((tmp_path / "ready").exists)
    stop([(stubborn, child)], grace_seconds=0.1)
    assert child.returncode == -signal.SIGKILL
