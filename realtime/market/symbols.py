"""Which markets the feed follows."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from django.conf import settings

from realtime.market.streams import MAX_STREAMS, PER_SYMBOL
from trading.models import Order, Position, Symbol

MOST = (MAX_STREAMS - 1) // len(PER_SYMBOL)


def listed() -> frozenset[str]:
    """The markets of the environment that everybody sees."""
    here = Symbol.objects.filter(environment=settings.DEFAULT_ENVIRONMENT)
    return frozenset(here.values_list("symbol", flat=True))


def in_use() -> set[str]:
    """The markets in which somebody holds something or has an order open."""
    held = Position.objects.exclude(quantity=0).values_list("symbol", flat=True)
    return {*held.distinct(), *Order.objects.open().values_list("symbol", flat=True).distinct()}


def choose(
    listed: Collection[str], *, in_use: Collection[str], volumes: Mapping[str, Decimal]
) -> list[str]:
    """All that are listed, or as many as one connection carries: those in use, then the busiest.

    `volumes` are in the quote asset; those of different assets are compared as they are.
    """
    ranked = sorted(listed, key=lambda name: (name not in in_use, -volumes.get(name, 0), name))
    return ranked[:MOST]
