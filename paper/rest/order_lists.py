"""Order lists: one-cancels-the-other pairs.

Source: Binance's "Order lists" of the Spot REST API.
"""

import secrets
from dataclasses import replace
from typing import Any, Final

import msgspec

from paper import errors, payloads
from paper.engine.orders import Order, OrderRequest
from paper.rest import order_request
from paper.rest.call import Call, Endpoint

_SHARED: Final = ("symbol", "side", "quantity")
_OF_A_LEG: Final = {
    "type": "Type", "price": "Price", "stopPrice": "StopPrice", "trailingDelta": "TrailingDelta",
    "timeInForce": "TimeInForce", "newClientOrderId": "ClientOrderId",
    "strategyId": "StrategyId", "strategyType": "StrategyType",
}  # fmt: skip


def place_pair(call: Call) -> Any:
    venue, account = call.venue, call.account
    named = {
        "list_id": venue.state.last_list_id + 1,
        "list_client_id": call.client_id("listClientOrderId") or secrets.token_urlsafe(16)[:22],
    }
    above, below = (
        msgspec.structs.replace(_leg(call, side), **named) for side in ("above", "below")
    )
    kinds = [order_request.response_type(call, leg.type) for leg in (above, below)]
    for _ in kinds:
        venue.limits.count_order(account.uid, venue.clock())
    legs = venue.exchange.place_pair(account, above, below, call.now)
    reports = [payloads.new_order(leg, [], kind) for leg, kind in zip(legs, kinds, strict=True)]
    return payloads.order_list(legs) | {"orderReports": reports}


def cancel_list(call: Call) -> Any:
    call.symbol()
    legs = _own_list(call, "listClientOrderId", errors.unknown_list())
    standing = [leg for leg in legs if leg.is_open]
    if not standing:
        raise errors.unknown_list()
    cancel_id = call.client_id("newClientOrderId") or secrets.token_urlsafe(16)[:22]
    call.venue.exchange.cancel(standing[0], cancel_id, call.now)  # The other leg follows.
    return payloads.canceled_list(legs)


def get_list(call: Call) -> Any:
    missing = errors.ExchangeError(-2018, "Order list does not exist.")
    return payloads.order_list(_own_list(call, "origClientOrderId", missing))


def open_lists(call: Call) -> Any:
    lists = call.account.lists.values()
    return [payloads.order_list(legs) for legs in lists if any(leg.is_open for leg in legs)]


def _leg(call: Call, side: str) -> OrderRequest:
    """One leg, read as an order of its own whose parameters have longer names."""
    names = {name: f"{side}{suffix}" for name, suffix in _OF_A_LEG.items()}
    given = {name: call.parameters[sent] for name, sent in names.items() if sent in call.parameters}
    shared = {name: call.parameters[name] for name in _SHARED if name in call.parameters}
    try:
        return order_request.read(replace(call, parameters=shared | given))
    except errors.ExchangeError as error:
        words = error.message
        for name, sent in names.items():
            words = words.replace(f"'{name}'", f"'{sent}'")
        raise errors.ExchangeError(error.code, words, status=error.status) from None


def _own_list(call: Call, client_name: str, missing: errors.ExchangeError) -> list[Order]:
    """The account's list that orderListId or its client id names."""
    list_id, client_id = call.integer("orderListId"), call.parameters.get(client_name)
    if list_id is None and not client_id:
        raise errors.either_or(client_name, "orderListId")
    for number, legs in call.account.lists.items():
        if number == list_id or (list_id is None and legs[0].list_client_id == client_id):
            return legs
    raise missing


_LIST: Final = "/api/v3/orderList"
ENDPOINTS = [
    Endpoint("POST", f"{_LIST}/oco", place_pair, signed=True, is_free=True),
    Endpoint("DELETE", _LIST, cancel_list, signed=True, is_free=True),
    Endpoint("GET", _LIST, get_list, 4, signed=True),
    Endpoint("GET", "/api/v3/openOrderList", open_lists, 6, signed=True),
]
