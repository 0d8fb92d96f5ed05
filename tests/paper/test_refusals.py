"""Every refusal has Binance's code, words and HTTP status."""

from typing import Any

import pytest
from binance.exceptions import BinanceAPIException

from tests.paper.conftest import Trader
from tests.paper_exchange import PaperExchange

MARKET = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}
LIMIT = MARKET | {"type": "LIMIT", "price": "40000", "timeInForce": "GTC"}
STOP = MARKET | {"type": "STOP_LOSS", "side": "SELL", "stopPrice": "49000"}


def without(order: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in order.items() if key != name}


REFUSALS = {
    "off the step": (MARKET | {"quantity": "0.0100001"}, -1013, "Filter failure: LOT_SIZE"),
    "below the least": (MARKET | {"quantity": "0.000001"}, -1013, "Filter failure: LOT_SIZE"),
    "too much at once": (
        MARKET | {"quantity": "121"},
        -1013,
        "Filter failure: MARKET_LOT_SIZE",
    ),
    "off the tick": (LIMIT | {"price": "40000.001"}, -1013, "Filter failure: PRICE_FILTER"),
    "far from the market": (
        LIMIT | {"price": "1000"},
        -1013,
        "Filter failure: PERCENT_PRICE_BY_SIDE",
    ),
    "worth too little": (MARKET | {"quantity": "0.00001"}, -1013, "Filter failure: NOTIONAL"),
    "trails too closely": (
        without(STOP, "stopPrice") | {"trailingDelta": "5"},
        -1013,
        "Filter failure: TRAILING_DELTA",
    ),
    "zero": (MARKET | {"quantity": "0"}, -1013, "Invalid quantity."),
    "not a number": (
        MARKET | {"quantity": "1e-3"},
        -1100,
        "Illegal characters found in parameter 'quantity'; "
        r"legal range is '^([0-9]{1,20})(\.[0-9]{1,20})?$'.",
    ),
    "too precise": (
        MARKET | {"quantity": "0.0100000001"},
        -1111,
        "Parameter 'quantity' has too much precision.",
    ),
    "odd client id": (
        MARKET | {"newClientOrderId": "a" * 37},
        -1100,
        "Illegal characters found in parameter 'newClientOrderId'; "
        "legal range is '^[a-zA-Z0-9-_]{1,36}$'.",
    ),
    "no price": (
        without(LIMIT, "price"),
        -1102,
        "Mandatory parameter 'price' was not sent, was empty/null, or malformed.",
    ),
    "no time in force": (
        without(LIMIT, "timeInForce"),
        -1102,
        "Mandatory parameter 'timeInForce' was not sent, was empty/null, or malformed.",
    ),
    "no quantity": (
        without(MARKET, "quantity"),
        -1102,
        "Param 'quantity' or 'quoteOrderQty' must be sent, but both were empty/null!",
    ),
    "no stop price": (
        without(STOP, "stopPrice"),
        -1102,
        "Param 'stopPrice' or 'trailingDelta' must be sent, but both were empty/null!",
    ),
    "price on market": (
        MARKET | {"price": "50000"},
        -1106,
        "Parameter 'price' sent when not required.",
    ),
    "time in force on post-only": (
        LIMIT | {"type": "LIMIT_MAKER"},
        -1106,
        "Parameter 'timeInForce' sent when not required.",
    ),
    "time in force": (LIMIT | {"timeInForce": "GTD"}, -1115, "Invalid timeInForce."),
    "type": (MARKET | {"type": "STOP_MARKET"}, -1116, "Invalid orderType."),
    "side": (MARKET | {"side": "HOLD"}, -1117, "Invalid side."),
    "symbol": (MARKET | {"symbol": "DOGEUSDT"}, -1121, "Invalid symbol."),
    "both quantities": (
        MARKET | {"quoteOrderQty": "100"},
        -1128,
        "Combination of optional parameters invalid.",
    ),
    "too poor": (
        MARKET | {"quantity": "5"},
        -2010,
        "Account has insufficient balance for requested action.",
    ),
    "stop that is reached": (
        STOP | {"stopPrice": "51000"},
        -2010,
        "Stop price would trigger immediately.",
    ),
    "post-only that takes": (
        without(LIMIT, "timeInForce") | {"type": "LIMIT_MAKER", "price": "51000"},
        -2010,
        "Order would immediately match and take.",
    ),
}


def refusal(trader: Trader, method: str, path: str, fields: dict[str, Any]) -> tuple[int, int, str]:
    """HTTP status, code and words of a call that must fail."""
    with pytest.raises(BinanceAPIException) as refused:
        trader.client._request_api(method, path, True, data=dict(fields))
    error = refused.value
    return error.status_code, error.code, error.message


@pytest.mark.parametrize("name", list(REFUSALS))
def test_a_bad_order_is_refused_in_binances_words(
    still: PaperExchange, alice: Trader, name: str
) -> None:
    fields, code, words = REFUSALS[name]
    assert refusal(alice, "post", "order", fields) == (400, code, words)
    assert alice.client.get_all_orders(symbol="BTCUSDT") == []


def test_a_second_open_order_under_one_client_id_is_a_duplicate(
    still: PaperExchange, alice: Trader
) -> None:
    mine = LIMIT | {"newClientOrderId": "alice-1"}
    alice.client.create_order(**mine)
    assert refusal(alice, "post", "order", mine) == (400, -2010, "Duplicate order sent.")


def test_an_unknown_order_is_told_from_an_unknown_cancel(alice: Trader) -> None:
    nobody = {"symbol": "BTCUSDT", "origClientOrderId": "nobody"}
    assert refusal(alice, "get", "order", nobody) == (400, -2013, "Order does not exist.")
    assert refusal(alice, "delete", "order", nobody) == (400, -2011, "Unknown order sent.")
    both = "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!"
    assert refusal(alice, "get", "order", {"symbol": "BTCUSDT"}) == (400, -1102, both)


def test_cancelling_nothing_at_once_is_an_unknown_order(alice: Trader) -> None:
    fields = {"symbol": "BTCUSDT"}
    assert refusal(alice, "delete", "openOrders", fields) == (400, -2011, "Unknown order sent.")
