"""After a restore: the rows are older than the exchange."""

from django.db import transaction

from trading.ledger import events, rows
from trading.ledger.clock import database_now
from trading.models import Order, OrderEvent
from trading.states import Status

RESTORED = "Restored from a backup: the exchange is asked what became of it."

_FIELDS = ["status", "reason", "attempt", "claimed_at", "not_before", "next_check_at", "updated_at"]


def presume_sent() -> int:
    """Take every order that waited when the backup was made for one that may have been sent since.

    It is asked about like any other in doubt, and neither sent again nor called unsent. Nothing
    that sends may run on the database meanwhile. How many there were.
    """
    with transaction.atomic():
        orders = list(Order.objects.pending().locked())
        now = database_now()
        for order in orders:
            order.status, order.reason = Status.SUBMITTED, RESTORED
            order.attempt += 1
            order.claimed_at = order.next_check_at = order.updated_at = now
            order.not_before = None
        rows.write_back(orders, _FIELDS)
        changes = [
            events.change(order, origin=OrderEvent.Origin.SWEEP, timestamp=now, reason=RESTORED)
            for order in orders
        ]
        events.write(changes)
    return len(orders)
