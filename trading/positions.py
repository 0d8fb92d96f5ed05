"""What an account holds in a market, folded from its fills.

A pure value: the ledger folds it as fills come in, `verify_ledger` folds it again as proof.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from tradeplat.wire import spell
from trading.models import Fill
from trading.models.amounts import SMALLEST, ZERO, product, ratio


@dataclass(frozen=True, slots=True)
class Position:
    """Quantities in the base asset, cost and PnL in the quote asset."""

    quantity: Decimal = ZERO  # Negative when short.
    cost: Decimal = ZERO  # Signed quote amount paid for what is still open.
    realized_pnl: Decimal = ZERO  # Net of the commissions in base and quote.

    @property
    def entry_price(self) -> Decimal:
        return ratio(self.cost, self.quantity)

    def unrealized_pnl(self, market_price: Decimal) -> Decimal:
        return product(market_price, self.quantity) - self.cost

    def after(self, quantity: Decimal, paid: Decimal) -> "Position":
        """This position after taking `quantity` (signed) for `paid` quote (negative: received)."""
        if not quantity:  # All of it went to the commission: the money paid is the loss.
            return Position(self.quantity, self.cost, self.realized_pnl - paid)
        if self.quantity * quantity >= 0:
            return Position(self.quantity + quantity, self.cost + paid, self.realized_pnl)
        if abs(quantity) <= abs(self.quantity):
            return self._reduced(quantity, paid)
        closing_paid = _share(paid, -self.quantity, quantity)
        flat = self._reduced(-self.quantity, closing_paid)
        return flat.after(self.quantity + quantity, paid - closing_paid)

    def _reduced(self, quantity: Decimal, paid: Decimal) -> "Position":
        left = self.quantity + quantity
        released = self.cost - _share(self.cost, left, self.quantity)
        return Position(left, self.cost - released, self.realized_pnl - released - paid)


def _share(amount: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """The part of an amount that belongs to a part of a quantity."""
    return (amount * part / whole).quantize(SMALLEST)


def exchanged(fill: Fill, *, base: str, quote: str) -> tuple[Decimal, Decimal]:
    """What a fill added to the base holding, and the quote paid for it, both signed.

    A commission in the base asset lowers what is held, one in the quote asset costs more; a third
    asset's counts only as a fee.
    """
    sign = 1 if fill.side == "BUY" else -1
    quantity = sign * fill.quantity - (fill.commission if fill.commission_asset == base else 0)
    paid = sign * product(fill.price, fill.quantity)
    return quantity, paid + (fill.commission if fill.commission_asset == quote else 0)


def fold(position: Position, fills: Iterable[Fill], *, base: str, quote: str) -> Position:
    """Fold fills in the order of their trade ids, noting on each what it made of the position."""
    for fill in fills:
        after = position.after(*exchanged(fill, base=base, quote=quote))
        fill.realized_pnl = after.realized_pnl - position.realized_pnl
        fill.quantity_after, fill.cost_after = after.quantity, after.cost
        position = after
    return position


def add_fee(fees: dict[str, str], fill: Fill) -> None:
    """Count a fill's commission in `fees`: asset -> decimal text, the form of the column."""
    if fill.commission:
        paid = Decimal(fees.get(fill.commission_asset, "0")) + fill.commission
        fees[fill.commission_asset] = spell(paid)
