"""Events: numbered per user without gaps, written with the change they tell of, then published."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from trading import messages
from trading.models import Order, OrderEvent
from trading.publisher import publisher

# The heads are locked by user id before any is raised, so that two batches cannot deadlock.
_RAISE_HEADS = """
WITH locked AS (
    SELECT user_id FROM event_heads WHERE user_id = ANY(%s) ORDER BY user_id FOR NO KEY UPDATE
), wanted AS (
    SELECT unnest(%s::bigint[]) AS user_id, unnest(%s::bigint[]) AS events
)
UPDATE event_heads SET seq = event_heads.seq + wanted.events
FROM wanted JOIN locked USING (user_id)
WHERE event_heads.user_id = wanted.user_id
RETURNING event_heads.user_id, event_heads.seq
"""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of an order that its user is to see, as the order stood right after it."""

    event: OrderEvent
    order: Order


def change(order: Order, *, origin: str, timestamp: datetime, reason: str = "") -> Change:
    """What is to be told of an order as it stands; the number comes with `write`."""
    event = OrderEvent(
        order=order,
        user_id=order.user_id,
        status=order.status,
        price=order.average_price,
        quantity=order.executed_quantity,
        reason=reason,
        timestamp=timestamp,
        origin=origin,
    )
    return Change(event, order)


def write(changes: Sequence[Change]) -> None:
    """Number and store events in the caller's transaction, and publish them once it commits."""
    if not changes:
        return
    _number([made.event for made in changes])
    OrderEvent.objects.bulk_create([made.event for made in changes])
    payloads = [messages.order_status(made.event, made.order) for made in changes]
    transaction.on_commit(lambda: _publish(payloads))


def _number(events: Sequence[OrderEvent]) -> None:
    counts = Counter(event.user_id for event in events)
    users, numbers = list(counts), list(counts.values())
    with connection.cursor() as cursor:
        cursor.execute(_RAISE_HEADS, [users, users, numbers])
        heads = dict(cursor.fetchall())
    following = {user: heads[user] - counts[user] for user in users}
    for event in events:
        following[event.user_id] += 1
        event.seq = following[event.user_id]


def _publish(payloads: Iterable[messages.Payload]) -> None:
    for payload in payloads:
        publisher.publish(messages.ORDER_STATUS, payload)
