"""What needs a person, for the first page that an operator sees. Reads only, and never far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max, QuerySet
from django.utils import timezone

from accounts.fields import encrypted_columns
from accounts.models import ExchangeAccount
from execution.models import AccountStream
from trading.models import Discrepancy, LastPrice, Order, Platform

ROWS = 10
MOST = 1000
# The feed repeats a price that stands still after 10 s.
STALE_FEED = timedelta(seconds=30)
_KEYS_OF_ACCOUNT = encrypted_columns(ExchangeAccount, through="account")


@dataclass(frozen=True, slots=True)
class Concern:
    """The first rows that need somebody, and how many there are, counted to MOST."""

    rows: Sequence[Any]
    count: int

    @property
    def counted(self) -> str:
        return f"{MOST:,} or more" if self.count >= MOST else f"{self.count:,}"

    def __bool__(self) -> bool:
        return bool(self.rows)


@dataclass(frozen=True, slots=True)
class Feed:
    """How fresh the prices are that positions are valued by."""

    as_of: datetime | None

    @property
    def is_stale(self) -> bool:
        return self.as_of is None or self.as_of < timezone.now() - STALE_FEED


@dataclass(frozen=True, slots=True)
class Streams:
    """How many accounts could have a private stream, and how many of them have."""

    accounts: int
    live: int

    @property
    def missing(self) -> int:
        return max(0, self.accounts - self.live)


def orders_in_doubt() -> Concern:
    return _concern(_shown(Order.objects.in_doubt()).order_by("claimed_at"))


def cancels_overdue() -> Concern:
    return _concern(_shown(Order.objects.cancels_overdue()).order_by("cancel_requested_at"))


def fills_overdue() -> Concern:
    return _concern(_shown(Order.objects.fills_overdue()).order_by("id"))


def discrepancies() -> Concern:
    unresolved = Discrepancy.objects.unresolved().select_related("order", "account__user")
    return _concern(unresolved.defer(*_KEYS_OF_ACCOUNT).order_by("created_at"))


def halted_accounts() -> Concern:
    halted = ExchangeAccount.objects.in_use().filter(state=ExchangeAccount.State.HALTED)
    halted = halted.select_related("user").defer(*encrypted_columns(ExchangeAccount))
    return _concern(halted.order_by("state_at"))


def platform() -> Platform:
    """The switch as it stands; one that nobody has touched yet has no row."""
    return Platform.objects.first() or Platform()


def feed() -> Feed:
    prices = LastPrice.objects.filter(environment=settings.DEFAULT_ENVIRONMENT)
    return Feed(prices.aggregate(newest=Max("as_of"))["newest"])


def streams() -> Streams:
    live = AccountStream.objects.live()
    return Streams(ExchangeAccount.objects.usable().count(), live.count())


def _shown(orders: QuerySet[Order]) -> QuerySet[Order]:
    return orders.select_related("user", "account").defer(*_KEYS_OF_ACCOUNT)


def _concern(rows: QuerySet[Any]) -> Concern:
    first = list(rows[:ROWS])
    if len(first) < ROWS:
        return Concern(first, len(first))
    return Concern(first, rows.order_by()[:MOST].count())
