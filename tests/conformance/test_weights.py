"""What a call costs of the 6,000 units that an address may spend in a minute."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conformance.conftest import Seen
from tests.conformance.desk import Answer, Desk
from tests.conformance.market import Market
from tradeplat.wire import spell

LIMITS = "General API information, IP limits; weights of the endpoints"
WEIGHTS = {
    "time": 1,
    "klines": 2,
    "depth": 5,
    "order": 4,
    "openOrders": 6,
    "openOrders of all symbols": 80,
    "account": 20,
    "myTrades": 5,
    "exchangeInfo": 20,
    "ticker/24hr": 80,
}
_TRIES = 3


@pytest.mark.relied_on("trading.api.kept, execution.user_streams.catch_up: budgets", source=LIMITS)
@pytest.mark.parametrize("path", WEIGHTS)
def test_a_call_weighs_what_is_documented(desk: Desk, seen: Seen, path: str) -> None:
    """X-MBX-USED-WEIGHT-1M rises with every call by its documented weight."""
    before = desk.look("time")
    for answer in _repeated(desk, path):
        seen(f"{answer.used - before.used}")
        # Others may call from this address, and a minute may end: then it is measured again.
        if answer.used - before.used == WEIGHTS[path]:
            return
        before = answer
    pytest.fail(f"it never weighed {WEIGHTS[path]}")


@pytest.mark.relied_on("execution.executor: its pace", source="Changelog 2026-04-02; New order")
def test_a_placed_order_weighs_nothing(trader: Desk, market: Market, seen: Seen) -> None:
    """An order that is taken weighs nothing, one that is refused weighs 1."""
    for _ in range(_TRIES):
        fields: dict[str, Any] = {
            "symbol": trader.symbol, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC",
            "quantity": spell(market.quantity), "price": spell(market.far_below),
            "newClientOrderId": trader.new_id(),
        }  # fmt: skip
        before = trader.look("time").used
        placed, refused = (trader.ask("POST", "order", **fields) for _ in range(2))
        trader.clear()
        weights = placed.used - before, refused.used - placed.used
        seen(f"{weights[0]}, then {weights[1]} ({refused.words})")
        if weights == (0, 1):
            return
    pytest.fail("it never weighed 0 and 1")


@pytest.mark.relied_on("execution.binance_errors, -1015", source="Order rate limits")
def test_a_placed_order_tells_how_many_are_unfilled(
    trader: Desk, market: Market, seen: Seen
) -> None:
    """The answer to an order counts the account's orders: X-MBX-ORDER-COUNT-10S and -1D."""
    fields: dict[str, Any] = {
        "quantity": spell(market.quantity),
        "newClientOrderId": trader.new_id(),
    }
    answer = trader.ask("POST", "order", symbol=trader.symbol, side="BUY", type="MARKET", **fields)
    counts = {name: answer.headers.get(f"X-MBX-ORDER-COUNT-{name}") for name in ("10S", "1D")}
    seen(counts)
    assert all(value is not None and value.isdecimal() for value in counts.values())


def _repeated(desk: Desk, path: str) -> Iterator[Answer]:
    about: dict[str, Any] = {"symbol": desk.symbol}
    for _ in range(_TRIES):
        match path:
            case "time" | "exchangeInfo" | "ticker/24hr":
                yield desk.look(path)
            case "klines":
                yield desk.look(path, **about, interval="1m", limit=1000)
            case "depth":
                yield desk.look(path, **about, limit=20)
            case "order":  # Whether the order is there or not.
                yield desk.ask("GET", path, **about, origClientOrderId="never-placed")
            case "openOrders":
                yield desk.ask("GET", path, **about)
            case "openOrders of all symbols":
                yield desk.ask("GET", "openOrders")
            case "account":
                yield desk.ask("GET", path, omitZeroBalances="true")
            case "myTrades":
                yield desk.ask("GET", path, **about, orderId=1, fromId=0, limit=1000)
