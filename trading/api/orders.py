"""The calls about orders: place, list, look at, cancel."""

import math
from typing import Any, NoReturn
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from tradeplat.problems import Invalid, NotFound, Problem
from trading import ledger, placement
from trading.api import admission, schema
from trading.api.paging import PAGING, page_of
from trading.api.query import account_of, read_query, read_statuses
from trading.api.rows import (
    EVENT_COLUMNS,
    FILL_COLUMNS,
    ORDER_COLUMNS,
    Row,
    event_row,
    order_row,
    trade_row,
)
from trading.api.sequence import event_seq
from trading.api.throttles import OrderThrottle
from trading.intents import LONGEST_KEY, parse_intent, read_symbol, read_whole
from trading.models import Fill, Order, OrderEvent


class OrdersView(APIView):
    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method == "POST":  # First of all: a refusal must cost next to nothing.
            admission.check()
        super().initial(request, *args, **kwargs)

    def get_throttles(self) -> list[BaseThrottle]:
        return [OrderThrottle()] if self.request.method == "POST" else []

    def throttled(self, request: Request, wait: float | None) -> NoReturn:
        raise Problem(
            429,
            "THROTTLED",
            "Too many orders at once: nothing was stored, send it again in a moment.",
            headers={"Retry-After": str(math.ceil(wait or 1))},
        )

    @extend_schema(
        operation_id="placeOrder",
        summary="Place an order",
        parameters=[schema.IDEMPOTENCY_KEY],
        request=schema.NewOrder,
        responses={202: schema.Accepted, **schema.PLACING_PROBLEMS},
    )
    def post(self, request: Request) -> Response:
        placed = placement.place(
            _user_id(request),
            parse_intent(request.data),
            idempotency_key=_idempotency_key(request),
        )
        return Response(
            {"orderId": placed.order_id, "status": placed.status},
            status=status.HTTP_202_ACCEPTED,
        )

    @extend_schema(
        operation_id="listOrders",
        summary="List orders, the newest first",
        parameters=[schema.ACCOUNT, schema.STATUS, *schema.PAGING, schema.DECIMALS],
        responses={200: schema.OrderShown(many=True), **schema.PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        asked = read_query(request, account=read_whole, status=read_statuses, **PAGING)
        account = account_of(request, asked["account"])
        seq = event_seq(account.user_id)
        orders = Order.objects.for_account(account.pk)
        if asked["status"]:
            orders = orders.filter(status__in=asked["status"])
        page = page_of(orders, asked, columns=ORDER_COLUMNS)
        return Response(
            [order_row(order, account.environment) for order in page.rows],
            headers=page.headers(request) | seq,
        )

    @extend_schema(
        operation_id="cancelOrders",
        summary="Ask for all open orders to be cancelled",
        parameters=[schema.ACCOUNT, schema.SYMBOL],
        request=None,
        responses={202: schema.Counted, **schema.PROBLEMS},
    )
    def delete(self, request: Request) -> Response:
        asked = read_query(request, account=read_whole, symbol=read_symbol)
        account = account_of(request, asked["account"])
        count = ledger.request_cancel_all(account.user_id, account.pk, asked["symbol"])
        return Response({"count": count}, status=status.HTTP_202_ACCEPTED)


class OrderView(APIView):
    @extend_schema(
        operation_id="readOrder",
        summary="One order with its events and fills",
        parameters=[schema.ORDER_ID, schema.ACCOUNT, schema.DECIMALS],
        responses={200: schema.OrderInFull, **schema.PROBLEMS},
    )
    def get(self, request: Request, order_id: str) -> Response:
        asked = read_query(request, account=read_whole)
        account = account_of(request, asked["account"])
        seq = event_seq(account.user_id)
        order = (
            Order.objects.for_account(account.pk)
            .filter(order_id=_order_id(order_id))
            .values(*ORDER_COLUMNS)
            .first()
        )
        if order is None:
            raise NotFound("There is no such order.")
        row = order_row(order, account.environment) | _history(order["order_id"])
        return Response(row, headers=seq)

    @extend_schema(
        operation_id="cancelOrder",
        summary="Ask for an order to be cancelled",
        parameters=[schema.ORDER_ID, schema.ACCOUNT],
        request=None,
        responses={202: schema.Accepted, **schema.CANCEL_PROBLEMS},
    )
    def delete(self, request: Request, order_id: str) -> Response:
        asked = read_query(request, account=read_whole)
        account = account_of(request, asked["account"])
        order = ledger.request_cancel(account.user_id, account.pk, _order_id(order_id))
        return Response(
            {"orderId": order.order_id, "status": order.status},
            status=status.HTTP_202_ACCEPTED,
        )


def _history(order_id: UUID) -> dict[str, list[Row]]:
    """All that happened to an order and all that it filled, the oldest first."""
    events = OrderEvent.objects.filter(order__order_id=order_id).order_by("seq")
    fills = Fill.objects.filter(order__order_id=order_id).order_by("exchange_trade_id")
    return {
        "events": [event_row(event) for event in events.values(*EVENT_COLUMNS)],
        "fills": [trade_row(fill) for fill in fills.values(*FILL_COLUMNS)],
    }


def _order_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is no such order.") from None


def _idempotency_key(request: Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not (1 <= len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise Invalid({"Idempotency-Key": f"Must be 1 to {LONGEST_KEY} printable characters."})
    return key


def _user_id(request: Request) -> Any:
    return request.user.pk
