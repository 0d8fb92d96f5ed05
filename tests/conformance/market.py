"""The market that the checks trade in: its rules, its prices, and amounts as small as it takes."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from execution.exchange import SymbolRules
from execution.public_data import PublicData
from trading.models import Symbol
from trading.symbol_rules import Grid

_FAR = Decimal("0.8")  # Nobody sells a fifth below the market.
_SPARE = Decimal("1.5")  # Of the least worth, so that a step of the price does not undercut it.


@dataclass(frozen=True, slots=True)
class Market:
    """Prices are those of the moment when this was made."""

    rules: SymbolRules
    bid: Decimal
    ask: Decimal

    @property
    def far_below(self) -> Decimal:
        """A price at which a BUY rests."""
        return self.price(self.bid * _FAR)

    @property
    def far_above(self) -> Decimal:
        """A price at which a SELL rests."""
        return self.price(self.ask / _FAR)

    @property
    def quantity(self) -> Decimal:
        """The least that is worth enough even far below the market."""
        return self.lots(self.least_worth * _SPARE / self.far_below)

    @property
    def worth(self) -> Decimal:
        """What `quantity` costs at the market, in the quote asset."""
        return self.quantity * self.ask

    @property
    def least_worth(self) -> Decimal:
        named = [self.amount(name, "minNotional") for name in ("NOTIONAL", "MIN_NOTIONAL")]
        return max(named)

    def price(self, near: Decimal) -> Decimal:
        """A price on the market's grid."""
        grid = self._grid("PRICE_FILTER", "minPrice", "maxPrice", "tickSize")
        return grid.nearest(near, rounding=ROUND_FLOOR)

    def lots(self, near: Decimal) -> Decimal:
        """A quantity on the market's grid, not below `near`."""
        grid = self._grid("LOT_SIZE", "minQty", "maxQty", "stepSize")
        return grid.nearest(near, rounding=ROUND_CEILING)

    def amount(self, rule: str, field: str) -> Decimal:
        """A number of one of the market's filters, 0 where it has none."""
        return Decimal(str(self.rules.filters.get(rule, {}).get(field, 0)))

    def as_symbol(self) -> Symbol:
        """The row that our own rules are checked by. Not stored."""
        rules = self.rules
        return Symbol(
            symbol=rules.symbol,
            base=rules.base,
            quote=rules.quote,
            status=rules.status,
            filters=dict(rules.filters),
            order_types=list(rules.order_types),
            flags=dict(rules.flags),
        )

    def resting(self) -> dict[str, Any]:
        """The fields of a BUY that waits far from the market."""
        return {
            "type": "LIMIT",
            "quantity": self.quantity,
            "price": self.far_below,
            "time_in_force": "GTC",
        }

    def _grid(self, rule: str, least: str, most: str, step: str) -> Grid:
        return Grid(
            least=self.amount(rule, least),
            most=self.amount(rule, most),
            step=self.amount(rule, step),
        )


def read_market(rules: SymbolRules, data: PublicData) -> Market:
    book = data.book(rules.symbol)
    return Market(rules, bid=book.bids[0][0], ask=book.asks[0][0])
