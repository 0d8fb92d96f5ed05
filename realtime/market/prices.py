"""The last price of every market as rows, so that positions are valued without a call."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings

from trading.models import LastPrice

# A price that stands still is written again after this, to show that the feed is alive.
_REPEAT_AFTER = timedelta(seconds=10)

Prices = Mapping[str, tuple[Decimal, datetime]]  # Symbol -> price and the exchange's time of it.


class LastPrices:
    """Writes what has changed since it last wrote."""

    def __init__(self) -> None:
        self._written: dict[str, tuple[Decimal, datetime]] = {}

    def write(self, prices: Prices) -> None:
        """Bring the rows up to date in one statement."""
        changed = {symbol: told for symbol, told in prices.items() if self._is_news(symbol, told)}
        if not changed:
            return
        LastPrice.objects.bulk_create(
            [
                LastPrice(
                    environment=settings.DEFAULT_ENVIRONMENT,
                    symbol=symbol,
                    price=changed[symbol][0],
                    as_of=changed[symbol][1],
                )
                for symbol in sorted(changed)
            ],
            update_conflicts=True,
            unique_fields=["environment", "symbol"],
            update_fields=["price", "as_of"],
        )
        self._written |= changed

    def _is_news(self, symbol: str, told: tuple[Decimal, datetime]) -> bool:
        price, as_of = self._written.get(symbol, (None, None))
        return price != told[0] or as_of is None or told[1] - as_of > _REPEAT_AFTER
