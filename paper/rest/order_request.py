"""Reads POST order: which parameters each type needs, in Binance's words."""

import secrets
from typing import Final

from paper import errors
from paper.engine.orders import LIMIT_TYPES, STOP_TYPES, OrderRequest
from paper.rest.call import Call
from paper.symbols import ORDER_TYPES

_IN_FORCE: Final = ("GTC", "IOC", "FOK")
_TIMED: Final = LIMIT_TYPES - {"LIMIT_MAKER"}


def read(call: Call) -> OrderRequest:
    """The order that the call asks for. Raises ExchangeError on anything malformed."""
    symbol = call.symbol()
    side, order_type = call.text("side"), call.text("type")
    if side not in ("BUY", "SELL"):
        raise errors.invalid(-1117, "side")
    if order_type not in ORDER_TYPES:
        raise errors.invalid(-1116, "orderType")
    _refuse_unsupported(call)
    return OrderRequest(
        symbol=symbol,
        side=side,
        type=order_type,
        client_id=call.client_id("newClientOrderId") or secrets.token_urlsafe(16)[:22],
        time_in_force=_time_in_force(call, order_type),
        quantity=_quantity(call, order_type),
        quote_quantity=call.amount("quoteOrderQty"),
        price=_price(call, order_type),
        stop_price=_stop_price(call, order_type),
        trailing_delta=call.integer("trailingDelta") or 0,
        strategy_id=call.integer("strategyId") or 0,
        strategy_type=_strategy_type(call),
    )


def response_type(call: Call, order_type: str) -> str:
    """ACK, RESULT or FULL; MARKET and LIMIT answer FULL unless told otherwise."""
    default = "FULL" if order_type in ("MARKET", "LIMIT") else "ACK"
    chosen = call.parameters.get("newOrderRespType", default)
    if chosen not in ("ACK", "RESULT", "FULL"):
        raise errors.invalid(-1137, "newOrderRespType")
    return chosen


def _refuse_unsupported(call: Call) -> None:
    if "icebergQty" in call.parameters:
        raise errors.rejected("Iceberg orders are not supported for this symbol.")
    mode = call.parameters.get("selfTradePreventionMode", "EXPIRE_MAKER")
    if mode != "EXPIRE_MAKER":
        raise errors.ExchangeError(-1013, "This symbol does not allow the specified STP mode.")


def _time_in_force(call: Call, order_type: str) -> str:
    given = call.parameters.get("timeInForce")
    if order_type not in _TIMED:
        if given is not None:
            raise errors.not_required("timeInForce")
        return "GTC"
    if not given:
        raise errors.missing("timeInForce")
    if given not in _IN_FORCE:
        raise errors.invalid(-1115, "timeInForce")
    return given


def _quantity(call: Call, order_type: str) -> int:
    if "quoteOrderQty" in call.parameters:
        if order_type != "MARKET":
            raise errors.not_required("quoteOrderQty")
        if "quantity" in call.parameters:
            words = "Combination of optional parameters invalid."
            raise errors.ExchangeError(-1128, words)
        return 0
    if order_type == "MARKET" and "quantity" not in call.parameters:
        raise errors.either_or("quantity", "quoteOrderQty")
    call.text("quantity")
    return call.amount("quantity")


def _price(call: Call, order_type: str) -> int:
    if order_type in LIMIT_TYPES:
        call.text("price")
    elif "price" in call.parameters:
        raise errors.not_required("price")
    return call.amount("price")


def _stop_price(call: Call, order_type: str) -> int:
    given = "stopPrice" in call.parameters or "trailingDelta" in call.parameters
    if order_type in STOP_TYPES:
        if not given:
            raise errors.either_or("stopPrice", "trailingDelta")
    elif given:
        name = "stopPrice" if "stopPrice" in call.parameters else "trailingDelta"
        raise errors.not_required(name)
    return call.amount("stopPrice")


def _strategy_type(call: Call) -> int:
    strategy_type = call.integer("strategyType")
    if strategy_type is not None and strategy_type < 1_000_000:
        words = "'strategyType' must be greater than or equal to 1000000."
        raise errors.ExchangeError(-1013, words)
    return strategy_type or 0
