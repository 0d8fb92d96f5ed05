"""What happened to a user's orders, read from rows: the certain half of every delivery."""

from django.conf import settings
from django.db.models import OuterRef

from accounts.models import ExchangeAccount, User
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
    default = ExchangeAccount.objects.in_use().filter(is_default=True, user_id=OuterRef("pk"))
    user = User.objects.filter(pk=user_id).annotate(trades_at=default.values("environment")[:1])
    head, environment = user.values_list("eventhead__seq", "trades_at").get()
    return head or 0, environment or settings.DEFAULT_ENVIRONMENT
