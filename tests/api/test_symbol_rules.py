"""The exchange's rules, each with the nearest value that would pass."""

from decimal import Decimal
from typing import Any

import pytest

from tests import cast
from tradeplat.problems import Invalid
from trading.intents import parse_intent
from trading.models import Symbol
from trading.symbol_rules import check

LAST = Decimal(50000)


def btcusdt(**changes: Any) -> Symbol:
    filters = cast.BTCUSDT_FILTERS | {
        "TRAILING_DELTA": {
            "minTrailingAboveDelta": 10, "maxTrailingAboveDelta": 2000,
            "minTrailingBelowDelta": 20, "maxTrailingBelowDelta": 1000,
        },
        "PERCENT_PRICE_BY_SIDE": {
            "bidMultiplierUp": "1.5", "bidMultiplierDown": "0.5",
            "askMultiplierUp": "5", "askMultiplierDown": "0.8",
        },
    }  # fmt: skip
    fields: dict[str, Any] = {
        "symbol": "BTCUSDT",
        "quote": "USDT",
        "status": "TRADING",
        "filters": filters,
        "order_types": ["MARKET", "LIMIT", "STOP_LOSS", "TAKE_PROFIT"],
        "flags": {"quoteOrderQtyMarketAllowed": True},
    }
    return Symbol(**fields | changes)


def body(**fields: Any) -> dict[str, Any]:
    return {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT"} | fields


def refusal_of(symbol: Symbol | None = None, last: Decimal | None = LAST, **fields: Any) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        check(parse_intent(body(**fields)), symbol or btcusdt(), last)
    return refusal.value


@pytest.mark.parametrize(
    "fields",
    [
        {"quantity": "0.001", "price": "50000.01"},
        {"type": "MARKET", "quantity": "0.0001"},
        {"type": "MARKET", "quoteOrderQty": "5"},
        {"type": "STOP_LOSS", "quantity": "1", "stopPrice": "60000", "trailingDelta": 2000},
        {"type": "STOP_LOSS", "side": "SELL", "quantity": "1", "trailingDelta": 20},
    ],
)
def test_what_keeps_the_rules_passes(fields: dict[str, Any]) -> None:
    check(parse_intent(body(**fields)), btcusdt(), LAST)


@pytest.mark.parametrize(
    ("rule", "field", "nearest", "fields"),
    [
        ("PRICE_FILTER", "price", "50000.13", {"quantity": "1", "price": "50000.126"}),
        ("PRICE_FILTER", "price", "1000000", {"quantity": "1", "price": "1000000.01"}),
        ("PRICE_FILTER", "price", "0.01", {"quantity": "1", "price": "0.001"}),
        (
            "PRICE_FILTER", "stopPrice", "60000.12",
            {"type": "STOP_LOSS", "quantity": "1", "stopPrice": "60000.124"},
        ),
        ("LOT_SIZE", "quantity", "0.00013", {"quantity": "0.000125", "price": "50000"}),
        ("LOT_SIZE", "quantity", "0.00001", {"quantity": "0.000001", "price": "50000"}),
        ("LOT_SIZE", "quantity", "9000", {"quantity": "9000.1", "price": "50000"}),
        ("MARKET_LOT_SIZE", "quantity", "100", {"type": "MARKET", "quantity": "101"}),
        ("NOTIONAL", "quantity", "0.0001", {"quantity": "0.00002", "price": "50000"}),
        ("NOTIONAL", "quantity", "0.00015", {"quantity": "0.00002", "price": "35000"}),
        ("NOTIONAL", "quantity", "150", {"quantity": "200", "price": "60000"}),
        ("NOTIONAL", "quantity", "0.0001", {"type": "MARKET", "quantity": "0.00002"}),
        ("NOTIONAL", "quoteOrderQty", "5", {"type": "MARKET", "quoteOrderQty": "4.99"}),
        ("PERCENT_PRICE_BY_SIDE", "price", "75000", {"quantity": "1", "price": "80000"}),
        (
            "PERCENT_PRICE_BY_SIDE", "price", "40000",
            {"side": "SELL", "quantity": "1", "price": "39999.99"},
        ),
        (
            "TRAILING_DELTA", "trailingDelta", "2000",
            {"type": "STOP_LOSS", "quantity": "1", "trailingDelta": 2001},
        ),
        (
            "TRAILING_DELTA", "trailingDelta", "20",
            {"type": "TAKE_PROFIT", "quantity": "1", "trailingDelta": 10},
        ),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_told_the_nearest_legal_value(
    rule: str, field: str, nearest: str, fields: dict[str, Any]
) -> None:
    refusal = refusal_of(**fields)
    assert refusal.code == rule
    assert refusal.errors[field].rstrip(".").endswith(f" {nearest}")


def test_a_nearest_value_passes_in_its_turn() -> None:
    quantity = refusal_of(quantity="0.00002", price="33333.33").errors["quantity"].split()[-1]
    check(parse_intent(body(quantity=quantity.rstrip("."), price="33333.33")), btcusdt(), LAST)


def test_rules_about_the_market_price_wait_until_it_is_known() -> None:
    check(parse_intent(body(quantity="1", price="800000")), btcusdt(), None)
    check(parse_intent(body(type="MARKET", quantity="0.00002")), btcusdt(), None)


def test_minimal_worth_may_not_apply_to_market_orders() -> None:
    lenient = cast.BTCUSDT_FILTERS | {"NOTIONAL": {"minNotional": "5", "applyMinToMarket": False}}
    check(parse_intent(body(type="MARKET", quantity="0.00002")), btcusdt(filters=lenient), LAST)


@pytest.mark.parametrize(
    ("changes", "fields", "code", "field"),
    [
        ({"status": "HALT"}, {"quantity": "1", "price": "50000"}, "SYMBOL_NOT_TRADING", "symbol"),
        (
            {"order_types": ["LIMIT"]}, {"type": "MARKET", "quantity": "1"},
            "ORDER_TYPE_NOT_ALLOWED", "type",
        ),
        (
            {"flags": {"quoteOrderQtyMarketAllowed": False}},
            {"type": "MARKET", "quoteOrderQty": "10"},
            "QUOTE_ORDER_QTY_NOT_ALLOWED", "quoteOrderQty",
        ),
        (
            {"flags": {"allowTrailingStop": False}},
            {"type": "STOP_LOSS", "quantity": "1", "trailingDelta": 100},
            "TRAILING_DELTA", "trailingDelta",
        ),
    ],
)  # fmt: skip
def test_a_market_may_not_take_an_order_at_all(
    changes: dict[str, Any], fields: dict[str, Any], code: str, field: str
) -> None:
    refusal = refusal_of(btcusdt(**changes), **fields)
    assert refusal.code == code
    assert field in refusal.errors


def test_a_symbol_without_filters_takes_everything() -> None:
    check(parse_intent(body(quantity="1e-18", price="1e-18")), btcusdt(filters={}), LAST)
