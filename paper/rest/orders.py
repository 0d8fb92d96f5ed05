"""Orders: place, test, query, cancel."""

import secrets
from collections.abc import Mapping
from typing import Any

from paper import errors, payloads
from paper.rest import order_request
from paper.rest.call import Call, Endpoint


def place_order(call: Call) -> Any:
    request = order_request.read(call)
    response_type = order_request.response_type(call, request.type)
    venue, account = call.venue, call.account
    venue.limits.count_order(account.uid, venue.clock())
    order = venue.exchange.place(account, request, call.now)
    fills = venue.state.fills.get(order.order_id, [])
    return payloads.new_order(order, fills, response_type)


def test_order(call: Call) -> Any:
    request = order_request.read(call)
    call.venue.exchange.check(call.account, request)
    return {}


def get_order(call: Call) -> Any:
    return payloads.order_status(call.own_order(errors.no_such_order()))


def cancel_order(call: Call) -> Any:
    order = call.own_order(errors.unknown_order())
    if not order.is_open:
        raise errors.unknown_order()
    restriction = call.parameters.get("cancelRestrictions")
    if restriction is not None and restriction != f"ONLY_{order.status}":
        words = "Order was not canceled due to cancel restrictions."
        raise errors.ExchangeError(-2011, words)
    cancel_id = call.client_id("newClientOrderId") or secrets.token_urlsafe(16)[:22]
    call.venue.exchange.cancel(order, cancel_id, call.now)
    return payloads.canceled_order(order)


def cancel_open_orders(call: Call) -> Any:
    orders = call.account.open_of(call.symbol())
    if not orders:
        raise errors.unknown_order()
    for order in orders:
        if order.is_open:  # The other leg of a list has taken it along.
            call.venue.exchange.cancel(order, secrets.token_urlsafe(16)[:22], call.now)
    lists = {order.list_id for order in orders if order.list_id}
    return [payloads.canceled_order(order) for order in orders if not order.list_id] + [
        payloads.canceled_list(call.account.lists[list_id]) for list_id in sorted(lists)
    ]


def open_orders(call: Call) -> Any:
    return [payloads.order_status(order) for order in call.account.open_of(call.optional_symbol())]


def all_orders(call: Call) -> Any:
    orders = call.account.orders.get(call.symbol(), [])
    limit, first = call.limit(500, 1000), call.integer("orderId")
    start, end = call.integer("startTime"), call.integer("endTime")
    found = [
        order
        for order in orders
        if (first is None or order.order_id >= first)
        and (start is None or order.created_at >= start)
        and (end is None or order.created_at <= end)
    ]
    is_forward = first is not None or start is not None
    chosen = found[:limit] if is_forward else found[-limit:]
    return [payloads.order_status(order) for order in chosen]


def unfilled_orders(call: Call) -> Any:
    limits = call.venue.limits
    count = limits.orders(call.account.uid, call.venue.clock())
    return [
        rate | {"count": count.recent if rate["interval"] == "SECOND" else count.today}
        for rate in limits.describe()
        if rate["rateLimitType"] == "ORDERS"
    ]


def _open_orders_weight(parameters: Mapping[str, str]) -> int:
    return 6 if "symbol" in parameters else 80


_ORDER = "/api/v3/order"
_OPEN = "/api/v3/openOrders"
ENDPOINTS = [
    Endpoint("POST", _ORDER, place_order, signed=True, is_free=True),
    Endpoint("GET", _ORDER, get_order, 4, signed=True),
    Endpoint("DELETE", _ORDER, cancel_order, signed=True, is_free=True),
    Endpoint("POST", f"{_ORDER}/test", test_order, signed=True),
    Endpoint("GET", _OPEN, open_orders, _open_orders_weight, signed=True),
    Endpoint("DELETE", _OPEN, cancel_open_orders, signed=True, is_free=True),
    Endpoint("GET", "/api/v3/allOrders", all_orders, 20, signed=True),
    Endpoint("GET", "/api/v3/rateLimit/order", unfilled_orders, 40, signed=True),
]
