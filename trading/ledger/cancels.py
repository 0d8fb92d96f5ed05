"""Cancels: asked for by the user, or by the deadline of what was not sent in time."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from tradeplat.problems import Conflict, NotFound
from trading.ledger import events, rows
from trading.ledger.clock import database_now
from trading.ledger.deadlines import PAST_DEADLINE, deadline_parameters
from trading.models import Order, OrderEvent
from trading.publisher import publisher
from trading.states import Status

CANCEL_REQUESTED = "CANCEL_REQUESTED"
CANCELLED_UNSENT = "Cancelled before it was sent."
NOT_SENT_IN_TIME = "Not sent in time."

_FIELDS = ["status", "reason", "cancel_requested_at", "not_before", "next_check_at", "updated_at"]


def request_cancel(user_id: int, account_id: int, order_id: UUID) -> Order:
    """Note that the user wants an order cancelled. Asking again changes nothing.

    Raises: `NotFound` for another's or an unknown order, `Conflict` for one that has ended.
    """
    mine = Order.objects.for_user(user_id).for_account(account_id)
    with transaction.atomic():
        order = mine.filter(order_id=order_id).locked().first()
        if order is None:
            raise NotFound("There is no such order.")
        if order.is_terminal:
            raise Conflict("ORDER_NOT_OPEN", f"The order is {order.status} already.")
        cancel([order])
    return order


def request_cancel_all(user_id: int, account_id: int, symbol: str | None = None) -> int:
    """Note that the user wants all open orders cancelled; how many there were."""
    mine = Order.objects.for_user(user_id).for_account(account_id).open()
    with transaction.atomic():
        orders = list((mine.filter(symbol=symbol) if symbol else mine).locked())
        cancel(orders)
    return len(orders)


def expire_pending(*, limit: int = 500) -> int:
    """Cancel what was not sent inside its deadline: a stale order must not fire. How many."""
    late = Order.objects.pending().extra(where=[PAST_DEADLINE], params=deadline_parameters())
    late = late.order_by("id").select_for_update(no_key=True, skip_locked=True)
    with transaction.atomic():
        orders = list(late[:limit])
        now = database_now()
        for order in orders:
            _end_unsent(order, NOT_SENT_IN_TIME, now)
        rows.write_back(orders, _FIELDS)
        events.write([_told(order, OrderEvent.Origin.SWEEP) for order in orders])
    return len(orders)


def cancel(orders: list[Order], *, origin: str = OrderEvent.Origin.USER) -> None:
    """Note that open orders, which the caller has locked, are to be cancelled."""
    fresh = [order for order in orders if order.cancel_requested_at is None]
    if not fresh:
        return
    now = database_now()
    for order in fresh:
        order.cancel_requested_at = order.updated_at = now
        order.not_before = None
        if order.status == Status.PENDING:  # Under the same lock as the claim: it is not sent.
            _end_unsent(order, CANCELLED_UNSENT, now)
    rows.write_back(fresh, _FIELDS)
    events.write([_told(order, origin) for order in fresh])
    transaction.on_commit(lambda: publisher.ring())


def _end_unsent(order: Order, reason: str, now: datetime) -> None:
    order.status = Status.CANCELED
    order.reason = reason
    order.next_check_at = order.not_before = None
    order.updated_at = now


def _told(order: Order, origin: str) -> events.Change:
    reason = order.reason if order.is_terminal else CANCEL_REQUESTED
    return events.change(order, origin=origin, timestamp=order.updated_at, reason=reason)
