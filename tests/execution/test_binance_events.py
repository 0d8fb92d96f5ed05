"""What Binance sends on a private connection, in our words. Messages are its documentation's."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from execution import events
from execution.binance_answers import Unreadable
from execution.binance_events import SUBSCRIBED_ALREADY, translate
from execution.exchange import Holding, NotSent, Rejected, Sighting
from trading.states import Status

REPORT = {
    "e": "executionReport",
    "E": 1499405658658,
    "s": "ETHBTC",
    "c": "mUvoqJxFIILMdfAW5iGSOW",
    "S": "BUY",
    "o": "LIMIT",
    "f": "GTC",
    "q": "1.00000000",
    "p": "0.10264410",
    "P": "0.00000000",
    "F": "0.00000000",
    "g": -1,
    "C": "",
    "x": "NEW",
    "X": "NEW",
    "r": "NONE",
    "i": 4293153,
    "l": "0.00000000",
    "z": "0.00000000",
    "L": "0.00000000",
    "n": "0",
    "N": None,
    "T": 1499405658657,
    "t": -1,
    "v": 3,
    "I": 8641984,
    "w": True,
    "m": False,
    "M": False,
    "O": 1499405658657,
    "Z": "0.00000000",
    "Y": "0.00000000",
    "Q": "0.00000000",
    "W": 1499405658657,
    "V": "NONE",
}


def message(event: dict[str, Any], subscription: int = 3) -> bytes:
    return msgspec.json.encode({"subscriptionId": subscription, "event": event})


def told(**fields: Any) -> events.Event | None:
    found = translate(message(REPORT | fields))
    assert isinstance(found, events.AccountEvent)
    assert found.subscription == 3
    return found.event


def sighting(**fields: Any) -> Sighting:
    found = told(**fields)
    assert isinstance(found, Sighting), found
    return found


def refusal(code: int, status: int = 400, **data: Any) -> events.Refused:
    error = {"code": code, "msg": "No.", **data}
    answer = translate(msgspec.json.encode({"id": 1, "status": status, "error": error}))
    assert isinstance(answer, events.Refused)
    return answer


def test_a_new_order_comes_with_all_that_makes_it() -> None:
    order = sighting()
    assert (order.symbol, order.side, order.type, order.time_in_force) == (
        "ETHBTC",
        "BUY",
        "LIMIT",
        "GTC",
    )
    assert (order.price, order.quantity, order.stop_price) == (Decimal("0.1026441"), 1, None)
    assert (order.exchange_order_id, order.exchange_client_id) == (4293153, REPORT["c"])
    assert (order.status, order.trades, order.order_list) == (Status.NEW, (), None)
    assert order.timestamp == datetime(2017, 7, 7, 5, 34, 18, 657_000, tzinfo=UTC)


def test_a_trade_comes_with_its_commission() -> None:
    traded = {"l": "0.4", "L": "0.1", "z": "0.4", "Z": "0.04", "n": "0.001", "N": "BNB", "t": 17}
    order = sighting(x="TRADE", X="PARTIALLY_FILLED", m=True, **traded)
    (trade,) = order.trades
    assert (trade.trade_id, trade.quantity, trade.is_maker) == (17, Decimal("0.4"), True)
    assert (trade.commission, trade.commission_asset) == (Decimal("0.001"), "BNB")
    assert (order.executed_quantity, order.quote_executed) == (Decimal("0.4"), Decimal("0.04"))


def test_a_cancel_is_of_the_order_not_of_itself() -> None:
    assert sighting(x="CANCELED", X="CANCELED", C="the-orders").exchange_client_id == "the-orders"


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"X": "PENDING_NEW", "g": 8}, Status.NEW, ""),
        ({"x": "REPLACED", "X": "NEW", "q": "0.5"}, Status.NEW, ""),
        ({"x": "TRADE_PREVENTION", "X": "EXPIRED_IN_MATCH"}, Status.EXPIRED, ""),
        (
            {"x": "EXPIRED", "X": "EXPIRED", "eR": "INSUFFICIENT_LIQUIDITY"},
            Status.EXPIRED,
            "The order expired: the market had nobody on the other side.",
        ),
        (
            {"x": "REJECTED", "X": "REJECTED", "r": "INSUFFICIENT_BALANCES"},
            Status.REJECTED,
            "The exchange refused: not enough balance.",
        ),
    ],
)
def test_every_end_has_its_state_and_its_words(
    fields: dict[str, Any], status: Status, words: str
) -> None:
    order = sighting(**fields)
    assert (order.status, order.reason) == (status, words)


@pytest.mark.parametrize(
    "fields", [{"X": "DANCING"}, {"q": "NaN"}, {"l": "-1", "t": 5}, {"i": None}, {"T": 10**18}]
)
def test_what_cannot_be_read_is_not_guessed(fields: dict[str, Any]) -> None:
    found = told(**fields)
    assert isinstance(found, events.Unknown)
    assert (found.kind, bool(found.why)) == ("executionReport", True)


def test_balances_are_absolute() -> None:
    position = {
        "e": "outboundAccountPosition",
        "E": 1564034571105,
        "u": 1564034571073,
        "B": [{"a": "ETH", "f": "10000.5", "l": "2"}],
    }
    found = translate(message(position))
    assert isinstance(found, events.AccountEvent)
    assert isinstance(found.event, events.BalancesChanged)
    assert found.event.holdings == (Holding("ETH", Decimal("10000.5"), Decimal(2)),)


@pytest.mark.parametrize(
    ("event", "meaning"),
    [
        ({"e": "balanceUpdate", "a": "BTC", "d": "100", "T": 1}, events.BalancesUnclear()),
        ({"e": "externalLockUpdate", "a": "NEO", "d": "10", "T": 1}, events.BalancesUnclear()),
        ({"e": "eventStreamTerminated", "E": 1728973001334}, events.Terminated()),
        ({"e": "listStatus", "s": "ETHBTC", "g": 2, "O": []}, None),
        ({"e": "moonLanding"}, events.Unknown("moonLanding")),
    ],
)
def test_other_events_say_what_to_do(event: dict[str, Any], meaning: events.Event | None) -> None:
    assert translate(message(event)) == events.AccountEvent(3, meaning)


def test_a_shutdown_concerns_the_whole_connection() -> None:
    with pytest.raises(events.ShuttingDown):
        translate(b'{"event":{"e":"serverShutdown","E":1770123456789}}')


@pytest.mark.parametrize("text", [b"", b"[]", b'{"event":{}}', b'{"event', b"\xff", b'{"id":1}'])
def test_what_is_no_message_is_unreadable(text: bytes) -> None:
    with pytest.raises(Unreadable):
        translate(text)


def test_a_subscription_is_answered_by_its_number() -> None:
    answer = b'{"id":7,"status":200,"result":{"subscriptionId":0},"rateLimits":[]}'
    assert translate(answer) == events.Subscribed(request=7, subscription=0)


def test_a_refusal_means_what_it_means_over_rest() -> None:
    key, clock = refusal(-2015).error, refusal(-1021).error
    assert isinstance(key, Rejected) and key.halts_account
    assert isinstance(clock, NotSent) and clock.scope == "clock"
    assert refusal(SUBSCRIBED_ALREADY).error.code == SUBSCRIBED_ALREADY


def test_a_pause_lasts_as_long_as_the_exchange_says() -> None:
    until = {"serverTime": 1_000_000, "retryAfter": 1_007_000}
    error = refusal(-1003, status=429, data=until).error
    assert isinstance(error, NotSent)
    assert (error.scope, error.retry_after) == ("address", 7)
