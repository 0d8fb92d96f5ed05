"""What one result makes of one locked order: the decision, without the storing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings

from execution.exchange import Report
from trading.ledger import events
from trading.ledger.cancels import CANCELLED_UNSENT
from trading.models import Discrepancy, Fill, Order, OrderEvent
from trading.results import Absent, Doubtful, Refused, Reported, Result, Unsent
from trading.states import NOT_PLACED, Status

# When an order that was proven absent is looked up again, after the verdict.
_WATCH = [timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=24)]
_REORDERED_SECONDS = 1.0
_LONGEST_WAIT = 60.0  # Seconds between two look-ups of an order in doubt.


def apply(
    result: Result, order: Order, *, fresh_fills: Sequence[Fill], now: datetime
) -> list[events.Change]:
    """Change the order in memory by a result; what its user is to be told of it."""
    if isinstance(result, Reported):
        return _reported(result, order, fresh_fills=fresh_fills, now=now)
    if isinstance(result, Absent) and not _in_doubt(order, result.attempt):
        return _still_absent(order, now=now)
    if not _in_doubt(order, result.attempt) or _is_repeat(result, order):
        return []  # Another attempt, or the exchange itself, has spoken since.
    order.updated_at = now
    match result:
        case Refused():
            return _end(order, Status.REJECTED, result.reason, origin=result.origin, now=now)
        case Unsent():
            return _release(order, result, now=now)
        case Doubtful():
            return _doubt(order, result.reason, now=now)
        case Absent():
            return _absent(order, asked_at=result.asked_at, now=now)


def _in_doubt(order: Order, attempt: int) -> bool:
    """The fence: only the attempt that was claimed may say what came of it."""
    return order.status == Status.SUBMITTED and order.attempt == attempt


def _is_repeat(result: Result, order: Order) -> bool:
    """Whether a batch is given again whose commit went through without our hearing of it."""
    if isinstance(result, Absent):  # One look-up must not count as two.
        return result.asked_at <= order.updated_at
    return isinstance(result, Doubtful) and order.reason == result.reason[:500]


def _reported(
    result: Reported, order: Order, *, fresh_fills: Sequence[Fill], now: datetime
) -> list[events.Change]:
    report = result.report
    grew = report.executed_quantity > order.executed_quantity
    moved = order.can_become(report.status)
    if moved and order.status == Status.REJECTED:
        _note(order, "PLACED_AFTER_ALL", "The order is shown as the exchange has it.")
    if grew:
        order.executed_quantity = report.executed_quantity
        order.quote_executed = report.quote_executed
    if moved:
        order.status, order.reason = report.status, report.reason[:500]
        order.not_before = None
    order.filled_quantity += sum(fill.quantity for fill in fresh_fills)
    order.exchange_order_id = order.exchange_order_id or report.exchange_order_id
    order.exchange_client_id = order.exchange_client_id or report.exchange_client_id
    order.order_list = order.order_list or report.order_list
    quantity, order.quantity = order.quantity, _quantity(order, report)
    order.not_found_count = 0
    order.next_check_at = _next_check(
        order, origin=result.origin, has_news=bool(fresh_fills), now=now
    )
    amended = quantity is not None and order.quantity != quantity
    if not (moved or grew or amended or fresh_fills):
        return []
    order.updated_at = now
    reason = order.reason if moved else ""
    return [events.change(order, origin=result.origin, timestamp=report.timestamp, reason=reason)]


def _quantity(order: Order, report: Report) -> Decimal | None:
    """The order's quantity, which was amended elsewhere if the exchange tells less.

    One that was given as a quote amount is known from the exchange only, and grows as it fills.
    """
    if order.quantity is None or report.quantity is None:
        return order.quantity or report.quantity
    widest = max if order.quote_order_quantity else min
    return widest(order.quantity, report.quantity)


def _next_check(order: Order, *, origin: str, has_news: bool, now: datetime) -> datetime | None:
    asked = origin == OrderEvent.Origin.RECONCILE
    if order.misses_fills and asked and not has_news:
        # Its trades were asked for, and still do not add up.
        _note(order, "FILLS_MISSING", "Its trades are asked for again.")
        return now + timedelta(seconds=_LONGEST_WAIT)
    if order.misses_fills and (asked or origin == OrderEvent.Origin.STREAM):
        # Their own events may be on the way, or it traded between the question about itself and
        # the one about its trades.
        return now + timedelta(seconds=_REORDERED_SECONDS)
    if order.misses_fills:
        return now  # Its trades have to be fetched, whatever the status says.
    if order.is_terminal:
        return None
    return now + timedelta(seconds=settings.OPEN_ORDER_CHECK_SECONDS)


def _end(
    order: Order, status: Status, reason: str, *, origin: str, now: datetime
) -> list[events.Change]:
    order.status, order.reason = status, reason[:500]
    order.next_check_at = order.not_before = None
    return [events.change(order, origin=origin, timestamp=now, reason=order.reason)]


def _release(order: Order, result: Unsent, *, now: datetime) -> list[events.Change]:
    """Back to PENDING. Not an event: to its user the order is where it was, on its way."""
    if order.cancel_requested_at:
        origin = OrderEvent.Origin.REST
        return _end(order, Status.CANCELED, CANCELLED_UNSENT, origin=origin, now=now)
    order.status, order.reason = Status.PENDING, result.reason[:500]
    order.claimed_at = order.next_check_at = None
    order.not_before = now + timedelta(seconds=result.retry_after)
    return []


def _doubt(order: Order, reason: str, *, now: datetime) -> list[events.Change]:
    order.reason = reason[:500]
    order.next_check_at = now
    origin = OrderEvent.Origin.REST
    return [events.change(order, origin=origin, timestamp=now, reason=order.reason)]


def _absent(order: Order, *, asked_at: datetime, now: datetime) -> list[events.Change]:
    """Absent once may be early. Absent when nothing can still be on its way is the proof."""
    proof_at = _proof_at(order)
    order.not_found_count += 1
    if order.not_found_count >= 2 and asked_at >= proof_at:
        origin = OrderEvent.Origin.RECONCILE
        told = _end(order, Status.REJECTED, NOT_PLACED, origin=origin, now=now)
        order.not_found_count, order.next_check_at = 0, now + _WATCH[0]
        return told
    wait = min(2.0 ** (order.not_found_count - 1), _LONGEST_WAIT)
    following = now + timedelta(seconds=wait)
    order.next_check_at = proof_at if now < proof_at < following else following
    return []


def _proof_at(order: Order) -> datetime:
    """From when on an attempt that is not at the exchange can no longer arrive there.

    It was signed within LEASE of its claim, is refused when older than recvWindow, and is answered
    within the exchange's own time limit.
    """
    assert order.claimed_at is not None  # A constraint: what is SUBMITTED has been claimed.
    return order.claimed_at + timedelta(
        seconds=settings.LEASE_SECONDS
        + settings.RECV_WINDOW_SECONDS
        + settings.EXCHANGE_INTERNAL_SECONDS
        + settings.PROOF_MARGIN_SECONDS
    )


def _still_absent(order: Order, *, now: datetime) -> list[events.Change]:
    if order.status == Status.REJECTED and order.reason == NOT_PLACED:
        order.not_found_count += 1
        left = _WATCH[order.not_found_count :]
        order.next_check_at = now + left[0] if left else None
    elif order.is_open and order.status != Status.PENDING:
        _note(
            order, "NOT_SHOWN", "Kept as it was: that the exchange does not show it proves nothing."
        )
        order.next_check_at = now + timedelta(seconds=_LONGEST_WAIT)
    return []


def _note(order: Order, kind: str, action: str) -> None:
    """Show an operator what does not agree, once until it is resolved."""
    if order.discrepancies.filter(kind=kind, resolved_at=None).exists():
        return
    Discrepancy.objects.create(
        account_id=order.account_id,
        order=order,
        kind=kind,
        detail={
            "status": order.status,
            "executed": str(order.executed_quantity),
            "filled": str(order.filled_quantity),
            "exchangeOrderId": order.exchange_order_id,
        },
        action=action,
    )
