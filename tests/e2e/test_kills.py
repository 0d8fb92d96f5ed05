"""Every accepted order ends, none twice, whichever process is killed while they are placed."""

import itertools
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.checker import check
from tests.e2e.clients import Trader
from tests.processes import Platform
from tests.waiting import eventually

pytestmark = pytest.mark.processes

TRADERS, ORDERS_EACH = 10, 10
TERMINAL = {"FILLED", "CANCELED", "REJECTED", "EXPIRED"}


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    with Platform("paper", "web", "worker") as running:
        yield running


def test_a_hundred_orders_outlive_a_killed_worker_and_a_killed_web(platform: Platform) -> None:
    traders = [Trader.register(platform) for _ in range(TRADERS)]
    placed = itertools.count(1)
    third, two_thirds = threading.Event(), threading.Event()

    def trade(trader: Trader) -> None:
        for _ in range(ORDERS_EACH):
            trader.place()
            number = next(placed)
            if number >= TRADERS * ORDERS_EACH // 3:
                third.set()
            if number >= 2 * TRADERS * ORDERS_EACH // 3:
                two_thirds.set()

    with ThreadPoolExecutor(TRADERS) as threads:
        working = [threads.submit(trade, trader) for trader in traders]
        assert third.wait(60)
        platform.restart("worker")
        assert two_thirds.wait(60)
        platform.restart("web")
        for each in working:
            each.result()

    def all_ended() -> bool:
        return all(
            status in TERMINAL for trader in traders for status in trader.statuses().values()
        )

    eventually(all_ended, timeout=60)
    accepted = {order_id for trader in traders for order_id in trader.accepted}
    findings = check(platform, accepted)
    assert findings.accepted == TRADERS * ORDERS_EACH
    assert findings.broken() == {}
    proof = platform.manage("verify_ledger")
    assert proof.returncode == 0, proof.stderr
