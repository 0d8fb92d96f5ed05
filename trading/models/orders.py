"""Orders, what happened to them, and what they filled."""

import re
import uuid
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now

from accounts.models import ExchangeAccount, User
from trading.models.amounts import ZERO, AmountField, ratio
from trading.states import NOT_PLACED, OPEN, RESTING, TERMINAL, Status, may_become


class Side(models.TextChoices):
    BUY = "BUY"
    SELL = "SELL"


class OrderType(models.TextChoices):
    MARKET = "MARKET"
    LIMIT = "LIMIT"
    LIMIT_MAKER = "LIMIT_MAKER"
    STOP_LOSS = "STOP_LOSS"
    STOP_LOSS_LIMIT = "STOP_LOSS_LIMIT"
    TAKE_PROFIT = "TAKE_PROFIT"
    TAKE_PROFIT_LIMIT = "TAKE_PROFIT_LIMIT"


PRICED = (
    OrderType.LIMIT,
    OrderType.LIMIT_MAKER,
    OrderType.STOP_LOSS_LIMIT,
    OrderType.TAKE_PROFIT_LIMIT,
)


class TimeInForce(models.TextChoices):
    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"


# After these an operator is told: both mend themselves within seconds unless something is wrong.
OVERDUE_CANCEL = timedelta(seconds=30)
OVERDUE_FILLS = timedelta(seconds=60)

_HEXADECIMAL = re.compile("[0-9a-f]{8,32}")
_NUMBER = re.compile("[0-9]{1,19}")  # int() refuses a text of thousands of digits.


class OrderQuerySet(models.QuerySet["Order"]):
    def for_user(self, user_id: int) -> "OrderQuerySet":
        return self.filter(user_id=user_id)

    def for_account(self, account_id: int) -> "OrderQuerySet":
        return self.filter(account_id=account_id)

    def open(self) -> "OrderQuerySet":
        return self.filter(status__in=OPEN)

    def pending(self) -> "OrderQuerySet":
        return self.filter(status=Status.PENDING)

    def in_doubt(self) -> "OrderQuerySet":
        """Orders whose outcome nobody knows, not counting those that were sent a moment ago."""
        overdue = Q(claimed_at__lt=Now() - timedelta(seconds=settings.LEASE_SECONDS))
        return self.filter(Q(not_found_count__gt=0) | overdue, status=Status.SUBMITTED)

    def cancels_overdue(self) -> "OrderQuerySet":
        """Orders that rest at the exchange although their cancel was asked for long ago."""
        return self.filter(
            cancel_requested_at__lt=Now() - OVERDUE_CANCEL, status__in=sorted(RESTING)
        )

    def fills_overdue(self) -> "OrderQuerySet":
        """Orders of which more was executed, for a while now, than we have fills for."""
        missing = ~Q(executed_quantity=F("filled_quantity"))
        return self.filter(missing, updated_at__lt=Now() - OVERDUE_FILLS)

    def askable(self) -> "OrderQuerySet":
        """Orders of which the exchange may know more than we; see `Order.is_askable`."""
        placed = Q(status__in=sorted(OPEN - {Status.PENDING}))
        absent = Q(status=Status.REJECTED, reason=NOT_PLACED)
        return self.filter(placed | absent | ~Q(executed_quantity=F("filled_quantity")))

    def found_by(self, term: str) -> "OrderQuerySet":
        """Orders that somebody means by an e-mail address, an order id of anybody, or a symbol.

        Our own id may be cut off after eight characters.
        """
        term = term.strip()
        if "@" in term:
            users = User.objects.alias(lower_email=Lower("email"))
            return self.filter(user__in=users.filter(lower_email__startswith=term.lower()))
        found = Q(client_order_id=term) | Q(symbol=term.upper())
        digits = term.replace("-", "").lower()
        if _HEXADECIMAL.fullmatch(digits):
            first, last = (uuid.UUID(digits.ljust(32, end)) for end in "0f")
            found |= Q(order_id__range=(first, last))
        if _NUMBER.fullmatch(term) and int(term) <= models.BigIntegerField.MAX_BIGINT:
            found |= Q(exchange_order_id=int(term))
        return self.filter(found)

    def newest_first(self) -> "OrderQuerySet":
        return self.order_by("-id")

    def locked(self) -> "OrderQuerySet":
        """The orders under their row locks, taken by id as the lock order asks.

        FOR NO KEY UPDATE: events and fills that refer to an order may go on being inserted.
        """
        return self.order_by("id").select_for_update(no_key=True, of=("self",))


class Order(models.Model):
    """An intent that we accepted, and what the exchange made of it."""

    class Source(models.TextChoices):
        USER = "user"
        EXTERNAL = "external"  # Placed elsewhere with the same keys, and adopted.

    order_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="orders")
    account = models.ForeignKey(ExchangeAccount, on_delete=models.PROTECT, related_name="orders")
    account_sequence = models.BigIntegerField()
    symbol = models.CharField(max_length=32)
    side = models.CharField(max_length=4, choices=Side)
    type = models.CharField(max_length=20, choices=OrderType)
    quantity = AmountField(null=True, blank=True)  # Null while only quote_order_quantity says it.
    price = AmountField(null=True, blank=True)
    stop_price = AmountField(null=True, blank=True)
    trailing_delta = models.PositiveIntegerField(null=True, blank=True)  # In BIPS.
    time_in_force = models.CharField(max_length=3, choices=TimeInForce, blank=True, default="")
    quote_order_quantity = AmountField(null=True, blank=True)

    status = models.CharField(max_length=20, choices=Status, default=Status.PENDING)
    reason = models.CharField(max_length=500, blank=True, default="")
    executed_quantity = AmountField(default=ZERO)  # The exchange's cumulative figure.
    quote_executed = AmountField(default=ZERO)
    filled_quantity = AmountField(default=ZERO)  # The sum of the fills that we have stored.

    client_order_id = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001 unique
    exchange_order_id = models.BigIntegerField(null=True, blank=True)
    exchange_client_id = models.CharField(max_length=64, blank=True, default="")
    order_list = models.BigIntegerField(null=True, blank=True)
    source = models.CharField(max_length=8, choices=Source, default=Source.USER)

    attempt = models.PositiveIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    next_check_at = models.DateTimeField(null=True, blank=True)
    not_found_count = models.PositiveIntegerField(default=0)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    objects = OrderQuerySet.as_manager()

    class Meta:
        db_table = "order_commands"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "account_sequence"], name="order_commands_account_sequence"
            ),
            models.UniqueConstraint(
                fields=["account", "client_order_id"], name="order_commands_client_order_id"
            ),
            # The exchange numbers the orders of each symbol for itself.
            models.UniqueConstraint(
                fields=["account", "symbol", "exchange_order_id"],
                name="order_commands_exchange_once",
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="order_commands_status"
            ),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="order_commands_side"),
            models.CheckConstraint(
                condition=Q(type__in=OrderType.values), name="order_commands_type"
            ),
            # A CHECK that comes out NULL passes, so every bound says isnull as well.
            models.CheckConstraint(
                condition=Q(quantity__isnull=False, quantity__gt=0)
                | Q(quantity__isnull=True, quote_order_quantity__isnull=False),
                name="order_commands_quantity",
            ),
            models.CheckConstraint(
                condition=Q(quote_order_quantity__isnull=True) | Q(quote_order_quantity__gt=0),
                name="order_commands_quote_order_quantity",
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=False, price__gt=0)
                | (Q(price__isnull=True) & ~Q(type__in=PRICED)),
                name="order_commands_price",
            ),
            models.CheckConstraint(
                condition=Q(
                    executed_quantity__gte=0, quote_executed__gte=0, filled_quantity__gte=0
                ),
                name="order_commands_executed",
            ),
            # What may be at the exchange has been claimed, and somebody will look at it again.
            models.CheckConstraint(
                condition=~Q(status=Status.SUBMITTED)
                | Q(claimed_at__isnull=False, next_check_at__isnull=False, attempt__gt=0),
                name="order_commands_submitted_is_claimed",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="order_commands_newest"),
            models.Index(fields=["user", "-id"], name="order_commands_by_user"),
            models.Index(
                fields=["account", "account_sequence"],
                condition=Q(status=Status.PENDING),
                name="order_commands_pending",
            ),
            models.Index(
                fields=["next_check_at"],
                condition=Q(next_check_at__isnull=False),
                name="order_commands_due",
            ),
            models.Index(
                fields=["cancel_requested_at"],
                condition=Q(cancel_requested_at__isnull=False, status__in=sorted(RESTING)),
                name="order_commands_cancels",
            ),
            models.Index(
                fields=["account", "symbol"],
                condition=Q(status__in=sorted(OPEN)),
                name="order_commands_open",
            ),
            # What operators look for.
            models.Index(
                fields=["claimed_at"],
                condition=Q(status=Status.SUBMITTED),
                name="order_commands_in_doubt",
            ),
            models.Index(
                fields=["id"],
                condition=~Q(executed_quantity=F("filled_quantity")),
                name="order_commands_fills_due",
            ),
            models.Index(
                fields=["exchange_order_id"],
                condition=Q(exchange_order_id__isnull=False),
                name="order_commands_exchange_id",
            ),
            models.Index(
                fields=["client_order_id"],
                condition=Q(client_order_id__isnull=False),
                name="order_commands_client_id",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.symbol} {self.type} {self.order_id}"

    @property
    def average_price(self) -> Decimal:
        """Quote per base over all that was executed, 0 before anything was."""
        return ratio(self.quote_executed, self.executed_quantity)

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_terminal(self) -> bool:
        return self.status in TERMINAL

    @property
    def is_askable(self) -> bool:
        """Whether the exchange may know more of it than we: not before it was sent, and, once it
        has ended, only where its fills are missing or its absence was the verdict."""
        placed = self.is_open and self.status != Status.PENDING
        absent = self.status == Status.REJECTED and self.reason == NOT_PLACED
        return placed or absent or self.misses_fills

    @property
    def misses_fills(self) -> bool:
        """Whether the fills we know of do not add up to what the exchange executed."""
        return self.executed_quantity != self.filled_quantity

    def can_become(self, status: str) -> bool:
        return may_become(self.status, status, reason=self.reason)


class EventHead(models.Model):
    """The last number given to an event of a user. Locked last of all, so numbers have no gaps."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, primary_key=True)
    seq = models.BigIntegerField(default=0)

    class Meta:
        db_table = "event_heads"

    def __str__(self) -> str:
        return f"user {self.user_id} at {self.seq}"


class OrderEventQuerySet(models.QuerySet["OrderEvent"]):
    def after(self, user_id: int, seq: int) -> "OrderEventQuerySet":
        """What happened to the user's orders after the event of that number, in order."""
        return self.filter(user_id=user_id, seq__gt=seq).select_related("order").order_by("seq")


class OrderEvent(models.Model):
    """One change of an order that its user can see. Never changed, never deleted."""

    class Origin(models.TextChoices):
        USER = "user"
        OPERATOR = "operator"
        REST = "rest"
        STREAM = "stream"
        RECONCILE = "reconcile"
        SWEEP = "sweep"

    order = models.ForeignKey(
        Order, to_field="order_id", on_delete=models.PROTECT, related_name="events"
    )
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    seq = models.BigIntegerField()
    status = models.CharField(max_length=20, choices=Status)
    price = AmountField(default=ZERO)  # The average of the fills so far.
    quantity = AmountField(default=ZERO)  # What has been executed so far.
    reason = models.CharField(max_length=500, blank=True, default="")
    timestamp = models.DateTimeField()  # The exchange's clock.
    created_at = models.DateTimeField(db_default=Now())  # Ours.
    origin = models.CharField(max_length=10, choices=Origin)

    objects = OrderEventQuerySet.as_manager()

    class Meta:
        db_table = "order_events"
        constraints = [
            models.UniqueConstraint(fields=["user", "seq"], name="order_events_user_seq"),
        ]

    def __str__(self) -> str:
        return f"{self.seq}: {self.status}"


class Fill(models.Model):
    """One trade of an order as the exchange reported it, and what the fold made of it."""

    account = models.ForeignKey(ExchangeAccount, on_delete=models.PROTECT, related_name="fills")
    symbol = models.CharField(max_length=32)
    order = models.ForeignKey(
        Order, to_field="order_id", on_delete=models.PROTECT, related_name="fills"
    )
    side = models.CharField(max_length=4, choices=Side)
    exchange_trade_id = models.BigIntegerField()
    is_maker = models.BooleanField()
    traded_at = models.DateTimeField()  # The exchange's clock.
    price = AmountField()
    quantity = AmountField()
    commission = AmountField(default=ZERO)
    commission_asset = models.CharField(max_length=20, blank=True, default="")
    realized_pnl = AmountField(default=ZERO)
    quantity_after = AmountField(default=ZERO)
    cost_after = AmountField(default=ZERO)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "fills"
        constraints = [
            # The exchange may tell of a trade as often as it likes: it is stored once.
            models.UniqueConstraint(
                fields=["account", "symbol", "exchange_trade_id"], name="fills_once"
            ),
            models.CheckConstraint(condition=Q(price__gt=0, quantity__gt=0), name="fills_amounts"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="fills_side"),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="fills_newest")]

    def __str__(self) -> str:
        return f"{self.side} {self.quantity} {self.symbol} at {self.price}"
