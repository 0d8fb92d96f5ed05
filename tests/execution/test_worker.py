"""Real workers that are stopped, ended and cut off: every order ends, none is sent twice."""

from collections.abc import Iterator

import pytest

from tests.e2e.checker import check
from tests.e2e.clients import Trader
from tests.processes import Platform
from tests.waiting import eventually

pytestmark = pytest.mark.processes

TERMINAL = {"FILLED", "CANCELED", "REJECTED", "EXPIRED"}


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    with Platform("paper", "web", "worker") as running:
        yield running


@pytest.fixture
def trader(platform: Platform) -> Trader:
    return Trader.register(platform)


def all_end_as_they_must(platform: Platform, trader: Trader) -> None:
    eventually(lambda: set(trader.statuses().values()) <= TERMINAL, timeout=30)
    assert check(platform, trader.accepted).broken() == {}


def test_orders_are_filled_while_redis_is_away(platform: Platform, trader: Trader) -> None:
    platform.kill("valkey")
    try:
        order_id = trader.place()
        eventually(lambda: trader.statuses()[order_id] == "FILLED")
    finally:
        platform.start("valkey")


def test_orders_are_filled_while_redis_hangs(platform: Platform, trader: Trader) -> None:
    first = trader.place()  # So that a drain lingers on the bell.
    eventually(lambda: trader.statuses()[first] == "FILLED")
    platform.pause("valkey")
    try:
        second = trader.place()
        eventually(lambda: trader.statuses()[second] == "FILLED")
    finally:
        platform.resume("valkey")


def test_a_worker_that_starts_without_redis_sweeps(platform: Platform, trader: Trader) -> None:
    platform.kill("valkey")
    platform.kill("worker")
    try:
        order_id = trader.place()
        platform.start("worker", wait=False)
        eventually(lambda: trader.statuses()[order_id] == "FILLED", timeout=30)
    finally:
        platform.start("valkey")


def test_a_worker_stopped_and_continued_sends_nothing_late_or_twice(
    platform: Platform, trader: Trader
) -> None:
    for _ in range(5):
        for _ in range(4):
            trader.place()
        platform.pause("worker")
        trader.place()
        with platform.connect() as connection:  # Longer than a lease, by the database's clock.
            connection.execute("SELECT pg_sleep(1.2)")
        platform.resume("worker")
    all_end_as_they_must(platform, trader)


def test_a_worker_that_is_asked_to_end_leaves_nothing_undone(
    platform: Platform, trader: Trader
) -> None:
    platform.start("worker-2")
    for _ in range(20):
        trader.place()
    assert platform.terminate("worker-2") == 0
    for _ in range(5):
        trader.place()
    assert platform.terminate("worker") == 0
    platform.start("worker")
    all_end_as_they_must(platform, trader)
