"""The markets as the request path knows them: their rules and last prices, a few seconds old.

Kept per process, so that placing an order does not read them again each time.
"""

import time
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Now

from tradeplat.problems import Invalid
from trading.models import LastPrice, Symbol

KEPT_SECONDS = 3.0
# A price older than this says nothing about the market: the feed is away.
PRICE_LIVES = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Market:
    """A symbol with its rules, and its last price in the quote asset where it is known."""

    symbol: Symbol
    last_price: Decimal | None


_kept: dict[tuple[str, str], tuple[float, Market]] = {}


def find(environment: str, name: str) -> Market:
    """The market of that name, as it was at most `KEPT_SECONDS` ago.

    Raises: `Invalid` with code UNKNOWN_SYMBOL.
    """
    read_at, market = _kept.get((environment, name), (0.0, None))
    now = time.monotonic()
    if market is None or now - read_at > KEPT_SECONDS:
        market = _read(environment, name)
        _kept[environment, name] = now, market
    return market


def forget() -> None:
    """Read everything again when it is next asked for."""
    _kept.clear()


def _read(environment: str, name: str) -> Market:
    price = LastPrice.objects.filter(
        environment=environment, symbol=OuterRef("symbol"), as_of__gt=Now() - PRICE_LIVES
    )
    row = (
        Symbol.objects.filter(environment=environment, symbol=name)
        .annotate(last_price=Subquery(price.values("price")))
        .first()
    )
    if row is None:
        # An unknown name is not kept: only what the exchange lists may fill the memory.
        raise Invalid({"symbol": _unknown(environment, name)}, code="UNKNOWN_SYMBOL")
    return Market(row, row.last_price)


def _unknown(environment: str, name: str) -> str:
    if Symbol.objects.filter(environment=environment, symbol=name.upper()).exists():
        return f'Is not a market. Did you mean "{name.upper()}"?'
    return f"Is not a market of {environment}."
