"""What happens to a user's orders: rows, and the messages that should follow them."""

from decimal import Decimal
from typing import Any

import redis
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tests import cast
from tradeplat.wire import encode
from trading.messages import ORDER_STATUS, order_status
from trading.models import EventHead, OrderEvent


class Story:
    """The events of one order of a user."""

    def __init__(self, user: User, *, redis: "redis.Redis") -> None:
        self.user = user
        self.order = cast.order_of(user)
        self._redis = redis

    def happens(self, count: int = 1, *, published: bool = True, **fields: Any) -> OrderEvent:
        """Write events as the ledger would; the last one of them."""
        events = self._write(count, fields)
        if published:
            self.publish(*events)
        return events[-1]

    def publish(self, *events: OrderEvent) -> None:
        with self._redis.pipeline(transaction=False) as pipeline:
            for event in events:
                pipeline.publish(ORDER_STATUS, encode(order_status(event, self.order)))
            pipeline.execute()

    def _write(self, count: int, fields: dict[str, Any]) -> list[OrderEvent]:
        defaults = {"status": "NEW", "price": Decimal("67200.50"), "quantity": Decimal("0.001")}
        with transaction.atomic():
            head = EventHead.objects.select_for_update().get(user=self.user)
            seqs = range(head.seq + 1, head.seq + count + 1)
            head.seq += count
            head.save(update_fields=["seq"])
            return OrderEvent.objects.bulk_create([
                OrderEvent(
                    order=self.order,
                    user=self.user,
                    seq=seq,
                    timestamp=timezone.now(),
                    origin="rest",
                    **defaults | fields,
                )
                for seq in seqs
            ])  # fmt: skip
