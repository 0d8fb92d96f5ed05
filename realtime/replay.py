"""What happened to a user's orders, read from rows: the certain half of every delivery."""

from django.conf import settings

from accounts.models import ExchangeAccount
from realtime.texts import Text
from trading.messages import order_status, order_update
from trading.models import EventHead, OrderEvent

PAGE = 200  # Fits into an outbox, however long the reasons.
FURTHEST = 10_000  # Events behind; whoever is further reads everything again.


def head(user_id: int) -> int:
    """The number of the user's last event, 0 before the first."""
    return EventHead.objects.filter(pk=user_id).values_list("seq", flat=True).first() or 0


def page(user_id: int, after: int) -> list[tuple[int, Text]]:
    """The next events after a number, oldest first, as (seq, ORDER_UPDATE)."""
    events = OrderEvent.objects.after(user_id, after)[:PAGE]
    return [(event.seq, Text(order_update(order_status(event, event.order)))) for event in events]


def start(user_id: int) -> tuple[int, str]:
    """Where a new socket starts: the user's head, and where the default account trades."""
    mine = ExchangeAccount.objects.in_use().filter(is_default=True, user_id=user_id)
    environment = mine.values_list("environment", flat=True).first()
    return head(user_id), environment or settings.DEFAULT_ENVIRONMENT
