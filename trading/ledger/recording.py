"""What came of attempts and look-ups, recorded in batches, with an event for every change."""

import logging
from collections.abc import Sequence
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

from trading.ledger import adoption, events, fills, halts, outcomes, rows
from trading.ledger.clock import database_now
from trading.models import Discrepancy, Order
from trading.publisher import publisher
from trading.results import Refused, Reported, Result, Seen
from trading.states import RESTING

logger = logging.getLogger(__name__)

_FIELDS = [
    "status",
    "reason",
    "quantity",
    "executed_quantity",
    "quote_executed",
    "filled_quantity",
    "exchange_order_id",
    "exchange_client_id",
    "order_list",
    "claimed_at",
    "not_before",
    "next_check_at",
    "not_found_count",
    "updated_at",
]


def record(results: Sequence[Result | Seen]) -> None:
    """Record results, safe to repeat and safe out of order. An order that we see first is adopted.

    One that cannot be recorded does not take the others with it: they are recorded one by one, and
    it is logged and left as a discrepancy for an operator.

    Raises: `OperationalError` or `InterfaceError` when the database is not there; nothing of the
    batch, or each result at most once, was recorded, and it may be given again.
    """
    if not results:
        return
    try:
        _record(results)
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # A bug or an answer we did not foresee: find the one that it is about.
        if len(results) > 1:
            for result in results:
                record([result])
        else:
            _set_aside_surely(results[0])


def _record(told: Sequence[Result | Seen]) -> None:
    with transaction.atomic():
        _halt_accounts(told)
        results = adoption.identify(told)
        orders = _locked({result.order_id for result in results})
        known = [result for result in results if result.order_id in orders]
        now = database_now()
        stored = fills.store([result for result in known if isinstance(result, Reported)], orders)
        changes = [
            change
            for result in known
            for change in outcomes.apply(
                result, orders[result.order_id], fresh_fills=stored.get(id(result), ()), now=now
            )
        ]
        rows.write_back(orders.values(), _FIELDS)
        fills.fold(stored, orders)
        events.write(changes)
        _ring_for_cancels(changes)


def _locked(order_ids: set[UUID]) -> dict[UUID, Order]:
    orders = Order.objects.filter(order_id__in=order_ids).select_related("account").locked()
    return {order.order_id: order for order in orders}


def _halt_accounts(results: Sequence[Result | Seen]) -> None:
    refused = {
        result.order_id: result.reason
        for result in results
        if isinstance(result, Refused) and result.halts_account
    }
    if not refused:
        return
    accounts = Order.objects.filter(order_id__in=refused).values_list("account_id", "order_id")
    halts.halt({account for account, _ in accounts}, next(iter(refused.values())))


def _ring_for_cancels(changes: Sequence[events.Change]) -> None:
    """What has just become cancellable, and is wanted cancelled, need not wait for the sweep."""
    if any(made.order.cancel_requested_at and made.order.status in RESTING for made in changes):
        transaction.on_commit(lambda: publisher.ring())


def _set_aside_surely(result: Result | Seen) -> None:
    try:
        with transaction.atomic():
            _set_aside(result)
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # What could not be recorded may be what cannot be noted either.
        logger.exception("Nor noted for an operator")


def _set_aside(result: Result | Seen) -> None:
    if isinstance(result, Seen):
        sighting = result.sighting
        logger.exception(
            "Not recorded: order %d of account %d", sighting.exchange_order_id, result.account_id
        )
        adoption.note_unrecorded(result, "NOT_RECORDED", "Logged with its traceback.")
        return
    logger.exception("Not recorded: %s of order %s", type(result).__name__, result.order_id)
    order = Order.objects.filter(order_id=result.order_id).first()
    if order is not None:
        open_ones = order.discrepancies.filter(kind="NOT_RECORDED", resolved_at=None)
        if not open_ones.exists():
            Discrepancy.objects.create(
                account_id=order.account_id,
                order=order,
                kind="NOT_RECORDED",
                detail={"result": type(result).__name__},
                action="Logged with its traceback; the exchange will be asked again.",
            )
