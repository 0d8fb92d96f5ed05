"""Nothing is lost when the process that hears the exchange is killed while orders fill."""

from collections.abc import Iterator

import psycopg
import pytest
import requests

from tests.e2e.checker import check
from tests.e2e.clients import Trader
from tests.processes import Platform
from tests.waiting import eventually

pytestmark = pytest.mark.processes

COPIES = ("streams", "streams-2")
ORDERS_EACH = 5
# Whatever is found within the test's patience is not found by the rare look.
WINDOWS = {"STREAM_LEASE_SECONDS": "2", "STREAMED_ORDER_CHECK_SECONDS": "600"}


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    with Platform("paper", "web", "worker", *COPIES, env=WINDOWS) as running:
        yield running


@pytest.fixture
def database(platform: Platform) -> Iterator[psycopg.Connection]:
    with platform.connect() as connection:
        yield connection


def control(platform: Platform, what: str, **body: str | bool) -> None:
    url = f"{platform.paper_url}/control/{what}"
    requests.post(url, json={"symbol": "BTCUSDT", **body}, timeout=5).raise_for_status()


def heard_by(platform: Platform, database: psycopg.Connection, accounts: int) -> str | None:
    """The copy that hears all accounts now."""
    query = "SELECT owner FROM account_streams WHERE until > clock_timestamp()"
    owners = [owner for (owner,) in database.execute(query)]
    if len(owners) != accounts or len(set(owners)) != 1:
        return None
    pid = int(owners[0].split(":")[1])
    return next(
        (name for name in COPIES if platform.is_running(name) and platform.pid(name) == pid), None
    )


def place(traders: list[Trader], price: int) -> list[tuple[Trader, str]]:
    """Limit orders that rest below the market."""
    return [
        (trader, trader.place(type="LIMIT", quantity="0.001", price=str(price)))
        for trader in traders
        for _ in range(ORDERS_EACH)
    ]


def await_all(orders: list[tuple[Trader, str]], status: str) -> None:
    def reached() -> bool:
        seen = {id(trader): trader.statuses() for trader, _ in orders}
        return all(seen[id(trader)][order_id] == status for trader, order_id in orders)

    eventually(reached, timeout=40)


def test_a_killed_stream_loses_no_fill_and_another_takes_over(
    platform: Platform, database: psycopg.Connection
) -> None:
    control(platform, "price", price="50000")
    control(platform, "freeze", frozen=True)
    traders = [Trader.register(platform) for _ in range(2)]
    orders = place(traders, 49_000)
    await_all(orders, "NEW")
    first = eventually(lambda: heard_by(platform, database, len(traders)), timeout=20)
    assert first is not None

    platform.kill(first)
    control(platform, "price", price="48000")
    await_all(orders, "FILLED")
    second = eventually(lambda: heard_by(platform, database, len(traders)), timeout=20)
    assert second not in (None, first)

    later = place(traders, 47_000)
    await_all(later, "NEW")
    control(platform, "price", price="46000")
    await_all(later, "FILLED")
    for trader, order_id in later:
        assert trader.order(order_id)["events"][-1]["origin"] == "stream"

    findings = check(platform, {order_id for _, order_id in orders + later})
    assert findings.broken() == {}
    proof = platform.manage("verify_ledger")
    assert proof.returncode == 0, proof.stderr
