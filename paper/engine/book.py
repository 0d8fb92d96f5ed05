"""The order book of one symbol: simulated makers around the walk, and the accounts' own orders."""

from bisect import insort
from collections.abc import Iterator
from typing import Final

from paper.amounts import ONE
from paper.engine.orders import Order
from paper.symbols import Symbol

LEVELS: Final = 60
_TOP_NOTIONAL: Final = 9_000 * ONE  # The usual quote amount at the best price; deeper holds more.
_MASK: Final = (1 << 64) - 1


class Level:
    """What the makers still offer at one price."""

    __slots__ = ("price", "quantity")

    def __init__(self, price: int, quantity: int) -> None:
        self.price = price
        self.quantity = quantity


Resting = tuple[int, int, Order]


class Book:
    """Price-time priority; at one price the accounts' orders come before the makers'.

    The makers' ladder is a function of symbol, price and generation, and is only made when somebody
    looks at it.
    """

    def __init__(self, symbol: Symbol, price: int) -> None:
        self.symbol = symbol
        self.price = price
        self.frozen = False
        self._generation = 0
        self._resting: dict[str, list[Resting]] = {"BUY": [], "SELL": []}
        self._makers: dict[str, list[Level]] = {}

    def requote(self, price: int, generation: int) -> None:
        """The makers move to a new price and offer full quantities again."""
        self.price = price
        self._generation = generation
        self._makers = {}

    def refill(self) -> None:
        """The makers offer again what was taken from them."""
        self._makers = {}

    def add(self, order: Order) -> None:
        insort(self._resting[order.side], self._entry(order))

    def remove(self, order: Order) -> None:
        self._resting[order.side].remove(self._entry(order))

    def resting(self, side: str) -> list[Order]:
        """The accounts' orders on one side, best first."""
        return [order for _, _, order in self._resting[side]]

    def best_resting(self, side: str) -> int | None:
        """The best price among the accounts' orders."""
        entries = self._resting[side]
        return entries[0][2].price if entries else None

    def makers(self, side: str) -> list[Level]:
        """The makers' levels on one side, best first. Never across an account's order."""
        if side not in self._makers:
            across = self.best_resting("SELL" if side == "BUY" else "BUY")
            self._makers[side] = self._ladder(side, across)
        return self._makers[side]

    def charge(self, side: str) -> list[Level]:
        """The makers' levels where they would trade with the accounts' orders after a move."""
        self._makers[side] = self._ladder(side, None)
        return self._makers[side]

    def liquidity(self, side: str) -> Iterator[Level | Order]:
        """Everything that a taker meets on this side, in the order in which it trades."""
        levels = iter(self.makers(side))
        level = next(levels, None)
        sign = -1 if side == "BUY" else 1
        for key, _, order in self._resting[side]:
            while level is not None and level.price * sign < key:
                yield level
                level = next(levels, None)
            yield order
        while level is not None:
            yield level
            level = next(levels, None)

    def depth(self, side: str, limit: int) -> list[tuple[int, int]]:
        """Price and quantity of the best levels of one side."""
        found: dict[int, int] = {}
        for offer in self.liquidity(side):
            if offer.price not in found and len(found) == limit:
                break
            quantity = offer.remaining if isinstance(offer, Order) else offer.quantity
            if quantity:
                found[offer.price] = found.get(offer.price, 0) + quantity
        return list(found.items())

    def best(self, side: str) -> tuple[int, int]:
        """The best price of one side and its quantity; zeros when the side is empty."""
        return next(iter(self.depth(side, 1)), (0, 0))

    def _entry(self, order: Order) -> Resting:
        return (-order.price if order.is_buy else order.price, order.rank, order)

    def _ladder(self, side: str, across: int | None) -> list[Level]:
        symbol = self.symbol
        sign = -1 if side == "BUY" else 1
        gap = max(1, self.price // (symbol.tick * 40_000))  # 60 levels span about 0.15 % of price.
        levels, distance, noise = [], 1, self._generation * 2 + (side == "BUY")
        for index in range(LEVELS):
            noise = _mix(noise + self.price + index)
            price = self.price + sign * distance * symbol.tick
            distance += 1 + noise % (2 * gap)
            if price <= 0:
                break
            if across is not None and price * sign <= across * sign:
                continue
            notional = _TOP_NOTIONAL * (20 + noise % 100) * (4 + index) // 280
            levels.append(
                Level(price, max(1, notional * ONE // price // symbol.step) * symbol.step)
            )
        return levels


def _mix(value: int) -> int:
    """splitmix64: well-spread bits from a counter."""
    value = (value + 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)
