"""What an order would trade with, before anything happens."""

from dataclasses import dataclass, field

from paper.amounts import ONE, times
from paper.engine.book import Book, Level
from paper.engine.orders import Order


@dataclass(slots=True)
class Plan:
    """The matches of a taking order, best price first, and the account's own orders in its way."""

    matches: list[tuple[Level | Order, int]] = field(default_factory=list)
    own: list[Order] = field(default_factory=list)
    quantity: int = 0
    cost: int = 0

    def add(self, offer: Level | Order, quantity: int) -> None:
        self.matches.append((offer, quantity))
        self.quantity += quantity
        self.cost += times(offer.price, quantity)


@dataclass(frozen=True, slots=True)
class Want:
    """What a taker is after: at most `quantity`, at most `budget` in quote, no worse than `limit`.

    None means without bound. One of quantity and budget is given.
    """

    side: str
    account: int
    quantity: int | None = None
    budget: int | None = None
    limit: int | None = None

    def accepts(self, price: int) -> bool:
        if self.limit is None:
            return True
        return price <= self.limit if self.side == "BUY" else price >= self.limit


def plan(book: Book, want: Want) -> Plan:
    """Walk the other side of the book. Changes nothing.

    The account's own orders are passed over and listed: the exchange expires them (EXPIRE_MAKER).
    """
    found = Plan()
    for offer in book.liquidity("SELL" if want.side == "BUY" else "BUY"):
        if not want.accepts(offer.price):
            break
        if isinstance(offer, Order) and offer.account == want.account:
            found.own.append(offer)
            continue
        available = offer.remaining if isinstance(offer, Order) else offer.quantity
        quantity = min(available, _wanted(book, want, found, offer.price))
        if quantity:
            found.add(offer, quantity)
        if quantity < available:
            break
    return found


def _wanted(book: Book, want: Want, found: Plan, price: int) -> int:
    """How much more the taker wants, and can pay for, at this price."""
    bounds = []
    if want.quantity is not None:
        bounds.append(want.quantity - found.quantity)
    if want.budget is not None:
        step = book.symbol.step
        bounds.append((want.budget - found.cost) * ONE // price // step * step)
    return min(bounds)
