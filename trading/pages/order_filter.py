"""Which of an account's orders a page or an export shows, as its filter form asks for them."""

from datetime import UTC, date, datetime, time, tzinfo
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import django_filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet

from trading.models import Order
from trading.models.orders import OrderType, Side
from trading.order_words import SIDES, SOURCES, TYPES
from trading.states import Status

LARGEST_ID = 2**63 - 1
HEX_DIGITS = frozenset("0123456789abcdef")
DAYS = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))]

OPEN, IN_DOUBT = "OPEN", "IN_DOUBT"
STATES = [
    (OPEN, "Open"),
    (Status.FILLED, "Filled"),
    (Status.CANCELED, "Cancelled"),
    (Status.REJECTED, "Rejected"),
    (Status.EXPIRED, "Expired"),
    (IN_DOUBT, "In doubt"),
]


class ZoneField(forms.CharField):
    """An IANA time zone by its name; UTC where none is given."""

    def clean(self, value: Any) -> tzinfo:
        try:
            return ZoneInfo(value) if value else UTC
        except (LookupError, ValueError, OSError):
            raise forms.ValidationError("Unknown time zone.") from None


class ZoneFilter(django_filters.Filter):
    """Filters nothing: it says whose midnight the other dates mean."""

    field_class = ZoneField

    def filter(self, orders: "QuerySet[Order]", value: Any) -> "QuerySet[Order]":
        return orders


class DayFilter(django_filters.DateFilter):
    """A whole day, inclusive, of the time zone that the form names."""

    def __init__(self, *, lookup: str, clock: time, **kwargs: Any) -> None:
        widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        super().__init__("created_at", lookup, validators=DAYS, widget=widget, **kwargs)
        self.clock = clock

    def filter(self, orders: "QuerySet[Order]", value: date | None) -> "QuerySet[Order]":
        zone = self.parent.form.cleaned_data.get("zone", UTC)
        instant = value and datetime.combine(value, self.clock, tzinfo=zone)
        narrowed: QuerySet[Order] = super().filter(orders, instant)
        return narrowed


class OrderFilter(django_filters.FilterSet):
    """Narrows a queryset of orders by a query string. Wrong values narrow nothing; see `form`."""

    q = django_filters.CharFilter(
        label="Search",
        method="by_id",
        max_length=100,
        widget=forms.TextInput({"type": "search", "placeholder": "Order or client id"}),
    )
    status = django_filters.ChoiceFilter(
        label="Status", method="by_state", choices=STATES, empty_label="All"
    )
    symbol = django_filters.CharFilter(
        label="Symbol",
        method="by_symbol",
        max_length=32,
        widget=forms.TextInput({"placeholder": "All", "list": "symbols", "autocomplete": "off"}),
    )
    side = django_filters.ChoiceFilter(
        label="Side", choices=[(side, SIDES[side]) for side in Side], empty_label="Both"
    )
    type = django_filters.ChoiceFilter(
        label="Type", choices=[(kind, TYPES[kind]) for kind in OrderType], empty_label="All"
    )
    source = django_filters.ChoiceFilter(
        label="Placed", choices=list(SOURCES.items()), empty_label="Anywhere"
    )
    since = DayFilter(label="From", lookup="gte", clock=time.min)
    until = DayFilter(label="To", lookup="lte", clock=time.max)
    zone = ZoneFilter(widget=forms.HiddenInput({"data-zone": ""}))

    def by_state(self, orders: Any, name: str, state: str) -> "QuerySet[Order]":
        if state == OPEN:
            return orders.open()
        if state == IN_DOUBT:
            return orders.in_doubt()
        return orders.filter(status=state)

    def by_symbol(self, orders: Any, name: str, symbol: str) -> "QuerySet[Order]":
        return orders.filter(symbol=symbol.strip().upper())

    def by_id(self, orders: Any, name: str, text: str) -> "QuerySet[Order]":
        return orders.filter(_named(text.strip()))

    @property
    def is_narrowing(self) -> bool:
        """Whether anything is asked for at all."""
        values = self.form.cleaned_data if self.form.is_valid() else {}
        return any(value for name, value in values.items() if name != "zone")


def _named(text: str) -> Q:
    """Orders with an id that begins so: ours, the client's or the exchange's client id."""
    named = Q(client_order_id__startswith=text) | Q(exchange_client_id__startswith=text)
    digits = text.replace("-", "").lower()
    if 0 < len(digits) <= 32 and HEX_DIGITS.issuperset(digits):
        named |= Q(order_id__range=(UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))))
    if text.isascii() and text.isdecimal() and int(text) <= LARGEST_ID:
        named |= Q(exchange_order_id=int(text))
    return named
