"""Orders, amounts and times in templates, as a person reads them."""

from datetime import UTC, datetime
from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tradeplat.wire import spell
from trading import order_words
from trading.models import Order
from trading.models.orders import OrderType, Side

register = template.Library()

register.filter(order_words.is_doubtful)
register.filter(order_words.status_words)
register.filter(order_words.reason_words)


@register.filter
def side_words(side: str) -> str:
    return order_words.SIDES[Side(side)]


@register.filter
def type_words(kind: str) -> str:
    return order_words.TYPES[OrderType(kind)]


@register.filter
def time_in_force_words(time_in_force: str) -> str:
    return order_words.TIMES_IN_FORCE.get(time_in_force, "–")


@register.filter
def filled_percent(order: Order) -> int | None:
    """Whole percent of the quantity that was executed, None while only the money is known."""
    if order.quantity is None:
        return None
    return int(100 * order.executed_quantity / order.quantity)


@register.filter
def instant(moment: datetime | None) -> SafeString | str:
    """A `<time>` in UTC, to the second; static/js/clock.js shows it by the reader's own clock."""
    return "–" if moment is None else _time(moment, "seconds")


@register.filter
def precise(moment: datetime) -> SafeString:
    """`instant`, to the millisecond."""
    return _time(moment, "milliseconds")


@register.filter
def grouped(value: Decimal | None) -> str:
    """Every digit of an amount, thousands apart; a dash where there is none."""
    if value is None:
        return "–"
    return f"{Decimal(spell(value)):,f}"


@register.filter
def money(value: Decimal) -> str:
    """An amount rounded for the eye: two places, more where it is tiny, thousands apart."""
    places = 2 if not value or abs(value) >= Decimal("0.01") else 8
    return f"{value:,.{places}f}"


def _time(moment: datetime, precision: str) -> SafeString:
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    exact = f"{utc.isoformat(timespec='milliseconds')}Z"
    return format_html(
        '<time datetime="{}" title="{}" data-precision="{}">{}</time>',
        exact,
        exact,
        precision,
        utc.isoformat(sep=" ", timespec=precision),
    )
