"""The harness that end-to-end tests stand on: real processes that can be killed and hung."""

from functools import partial

import psycopg
import pytest

from tests.processes import Platform
from tests.waiting import eventually
from tradeplat.run import heartbeat

pytestmark = pytest.mark.processes


def test_processes_run_in_copies_and_are_killed_and_started_again_one_by_one() -> None:
    with Platform("worker", "worker-2") as platform:
        first = platform.pid("worker")
        platform.kill("worker")
        assert not platform.is_running("worker")
        assert platform.is_running("worker-2")

        platform.start("worker")
        assert platform.pid("worker") != first
        assert platform.terminate("worker-2") == 0


def test_every_process_without_a_port_shows_signs_of_life() -> None:
    with Platform("worker", "beat", "market", "streams") as platform:
        # The schedule of beat is a file, so its VAR_DIR is its own here.
        places = dict.fromkeys(("worker", "market", "streams"), platform.var_dir)
        places["beat"] = platform.var_dir / "beat"
        for name, var_dir in places.items():
            eventually(partial(heartbeat.is_alive, var_dir, name), timeout=60)


def test_a_killed_database_comes_back_with_its_rows() -> None:
    with Platform() as platform:
        with platform.connect() as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
        platform.kill("postgres")
        with pytest.raises(psycopg.OperationalError):
            platform.connect()

        platform.start("postgres")
        with platform.connect() as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (1,)


def test_a_hung_server_answers_once_it_goes_on() -> None:
    with Platform() as platform:
        platform.pause("valkey")
        assert not platform.valkey.answers()
        platform.resume("valkey")
        eventually(platform.valkey.answers)
