"""What a body means as an order, whatever way its numbers are spelled."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradeplat.problems import Invalid
from trading.intents import Intent, parse_intent
from trading.models.amounts import SMALLEST

MARKET = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.001"}
LIMIT = MARKET | {"type": "LIMIT", "price": "60000"}
STOP = MARKET | {"type": "STOP_LOSS", "stopPrice": "60000"}


def intent(body: dict[str, Any], **fields: Any) -> Intent:
    return parse_intent(body | fields)


def errors_of(body: dict[str, Any], **fields: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        parse_intent(body | fields)
    return refusal.value.errors


@pytest.mark.parametrize(
    "quantity", ["0.001", "0.00100", "1e-3", ".001", Decimal("0.001"), Decimal("1E-3")]
)
def test_one_quantity_has_many_spellings_and_one_hash(quantity: Any) -> None:
    assert intent(MARKET, quantity=quantity) == intent(MARKET)
    assert intent(MARKET, quantity=quantity).request_hash() == intent(MARKET).request_hash()


@pytest.mark.parametrize(
    "other",
    [{"side": "SELL"}, {"quantity": "0.002"}, {"account": 7}, {"clientOrderId": "mine"}],
)
def test_every_field_of_an_intent_counts_in_its_hash(other: dict[str, Any]) -> None:
    assert intent(MARKET, **other).request_hash() != intent(MARKET).request_hash()


@pytest.mark.parametrize("price", [None, 67200.5, "67200.5", 0, Decimal("67200.123456789")])
def test_a_price_on_a_market_order_means_nothing(price: Any) -> None:
    price = Decimal(str(price)) if isinstance(price, float) else price
    assert intent(MARKET, price=price) == intent(MARKET)


def test_null_counts_as_absent() -> None:
    assert intent(MARKET, price=None, stopPrice=None, timeInForce=None) == intent(MARKET)


def test_null_in_an_unknown_field_is_named() -> None:
    assert errors_of(MARKET, stop_price=None).keys() == {"stop_price"}


def test_stop_market_is_a_stop_loss_with_the_stop_in_its_price() -> None:
    stop = intent(MARKET, type="STOP MARKET", price=60000)
    assert stop == intent(STOP)
    assert stop.price is None


def test_stop_market_keeps_a_stop_price_that_is_there() -> None:
    stop = intent(MARKET, type="STOP MARKET", price=67000, stopPrice=60000)
    assert stop.stop_price == 60000


@pytest.mark.parametrize(
    ("kind", "time_in_force"),
    [("LIMIT", "GTC"), ("STOP_LOSS_LIMIT", "GTC"), ("TAKE_PROFIT_LIMIT", "GTC"),
     ("LIMIT_MAKER", "")],
)  # fmt: skip
def test_limit_kinds_stay_in_the_book_by_default(kind: str, time_in_force: str) -> None:
    stops = {"stopPrice": "61000"} if kind.endswith("_LIMIT") else {}
    assert intent(LIMIT, type=kind, **stops).time_in_force == time_in_force


@pytest.mark.parametrize(
    ("kind", "fields", "wrong"),
    [
        ("MARKET", {"quantity": None}, {"quantity"}),
        ("MARKET", {"quoteOrderQty": 10}, {"quoteOrderQty"}),
        ("MARKET", {"stopPrice": 10}, {"stopPrice"}),
        ("MARKET", {"timeInForce": "GTC"}, {"timeInForce"}),
        ("MARKET", {"trailingDelta": 100}, {"trailingDelta"}),
        ("LIMIT", {}, {"price"}),
        ("LIMIT", {"price": 1, "stopPrice": 1}, {"stopPrice"}),
        ("LIMIT", {"price": 1, "quantity": None}, {"quantity"}),
        (
            "LIMIT",
            {"price": 1, "quantity": None, "quoteOrderQty": 5},
            {"quantity", "quoteOrderQty"},
        ),
        ("LIMIT_MAKER", {"price": 1, "timeInForce": "GTC"}, {"timeInForce"}),
        ("STOP_LOSS", {}, {"stopPrice"}),
        ("STOP_LOSS", {"stopPrice": 1, "price": 1}, {"price"}),
        ("STOP_LOSS_LIMIT", {"price": 1}, {"stopPrice"}),
        ("STOP_LOSS_LIMIT", {"stopPrice": 1}, {"price"}),
        ("TAKE_PROFIT", {"timeInForce": "GTC", "stopPrice": 1}, {"timeInForce"}),
        ("STOP MARKET", {}, {"price"}),
    ],
)
def test_each_type_takes_its_own_fields(kind: str, fields: dict[str, Any], wrong: set[str]) -> None:
    assert errors_of(MARKET, type=kind, **fields).keys() == wrong


@pytest.mark.parametrize("kind", ["STOP_LOSS", "TAKE_PROFIT"])
def test_a_trailing_delta_can_stand_for_the_stop_price(kind: str) -> None:
    assert intent(MARKET, type=kind, trailingDelta="150").trailing_delta == 150


def test_every_wrong_field_is_named_at_once() -> None:
    wrong = errors_of(MARKET, symbol=7, side="buy", quantity=-1, surprise=1)
    assert wrong.keys() == {"symbol", "side", "quantity", "surprise"}


def test_a_lower_case_side_comes_back_with_the_remedy() -> None:
    assert 'Did you mean "BUY"?' in errors_of(MARKET, side="buy")["side"]


@pytest.mark.parametrize("body", [[], "order", 7, None, [MARKET]])
def test_only_an_object_is_an_order(body: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_intent(body)
    assert refusal.value.errors.keys() == {"body"}


@given(st.decimals(min_value=SMALLEST, max_value=10**18 - 1, places=18))
def test_every_amount_that_a_column_holds_comes_through_exactly(amount: Decimal) -> None:
    assert intent(MARKET, quantity=f"{amount:f}").quantity == amount


@given(st.text(max_size=80) | st.floats().map(str) | st.lists(st.integers()) | st.booleans())
def test_nothing_that_can_be_sent_as_a_quantity_is_a_bug(quantity: Any) -> None:
    try:
        amount = intent(MARKET, quantity=quantity).quantity
    except Invalid as refusal:
        assert refusal.errors.keys() == {"quantity"}
    else:
        assert amount and amount.is_finite() and amount > 0
