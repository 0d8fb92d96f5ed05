"""One symbol as the public sees it: its price now, its tape and its candles."""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from paper.amounts import times
from paper.candles import Candles
from paper.symbols import Symbol
from paper.walk import MINUTE, TICK_MS, TICKS, Candle, Path, Walk, start_of

TAPE_LENGTH = 1000


class Trade(NamedTuple):
    """One trade on the public tape."""

    trade_id: int
    price: int
    quantity: int
    quote: int
    time: int
    buyer_made: bool


class Market:
    """Follows the walk of one symbol and keeps what the public may see.

    The price is the walk's, times `_ratio` once somebody has set it by hand; while frozen it rests.
    """

    def __init__(self, symbol: Symbol, seed: int, now: int, price: int | None = None) -> None:
        self.symbol = symbol
        self.walk = Walk(symbol, seed)
        if price is not None:
            self.walk = self.walk.through(price, now)
        self.frozen = False
        self._ratio = 1.0
        self._minute = start_of(MINUTE, now)
        self._tick = (now - self._minute) // TICK_MS
        self._path = self.walk.path(self._minute)
        self.price = self._path.prices[self._tick]
        self.candles = Candles(self.walk, self._path.until(self._tick))
        self._disturbed = False
        self.tape: deque[Trade] = deque(maxlen=TAPE_LENGTH)

    @property
    def generation(self) -> int:
        """Counts ticks since 1970: what the makers' ladder changes with."""
        return self._minute // TICK_MS + self._tick

    def past_trades(self, count: int) -> Iterator[tuple[int, int, int, bool]]:
        """Time, price, quantity and buyer-made of the walk's last trades, newest first."""
        minute, tick = self._minute, self._tick
        for _ in range(count):
            path = self.walk.path(minute)
            time = minute + tick * TICK_MS
            yield time, path.prices[tick], path.quantities[tick], path.sells[tick]
            tick -= 1
            if tick < 0:
                minute, tick = minute - MINUTE, TICKS - 1

    def advance(self, now: int) -> tuple[int, int, bool] | None:
        """Follow the walk to `now`: price, quantity and buyer-made of its trade, if any."""
        minute = start_of(MINUTE, now)
        tick = (now - minute) // TICK_MS
        if (minute, tick) <= (self._minute, self._tick):
            return None
        if minute != self._minute:
            self._run_to(TICKS - 1)
            self._begin(minute)
        self._run_to(tick)
        if self.frozen:
            return None
        return self.price, self._path.quantities[tick], self._path.sells[tick]

    def count_trade(self, trade: Trade) -> None:
        """Add an account's trade to the candles; those of the walk are in them already."""
        self._disturbed = True
        self.candles.add_trade(
            self._minute,  # Not the trade's own time, which a scripted fault may have skewed.
            trade.price,
            trade.quantity,
            trade.quote,
            taker_buys=not trade.buyer_made,
        )

    def set_price(self, price: int) -> None:
        """Move the walk: from here it goes on at this price."""
        self._ratio = price / self._path.prices[self._tick]
        self._disturbed = True
        self._stretch(price, price, price)
        self.price = price

    def freeze(self, *, frozen: bool) -> None:
        """Hold the price, or let the walk go on from where it was held."""
        if self.frozen and not frozen:
            self._ratio = self.price / self._path.prices[self._tick]
        self.frozen = frozen
        self._disturbed = True

    def average(self) -> int:
        """The volume-weighted price of the last five minutes."""
        candles = list(self.candles.between("1m", self._minute - 4 * MINUTE, self._minute))
        volume = sum(candle.volume for candle in candles)
        return sum(candle.quote_volume for candle in candles) * 10**8 // volume if volume else 0

    def _begin(self, minute: int) -> None:
        self._path = self.walk.path(minute)
        price = self.price if self.frozen else self._scaled(self._path.prices[0])
        first = self._path.until(0)._replace(open=price, high=price, low=price, close=price)
        if self.frozen:
            first = first._replace(volume=0, quote_volume=0, trades=0)
        self.candles.begin_minute(first, keep=self._disturbed)
        self._minute, self._tick = minute, 0
        self._disturbed = self.frozen or self._ratio != 1.0

    def _run_to(self, tick: int) -> None:
        """Add the walk's trades up to this tick to the live candle."""
        passed = range(self._tick + 1, tick + 1)
        if not self.frozen:
            self.price = self._scaled(self._path.prices[tick])
            if passed:
                prices = self._path.prices[passed.start : passed.stop]
                self._stretch(self._scaled(max(prices)), self._scaled(min(prices)), self.price)
                self._add_volume(self._path, self._tick, tick)
        self._tick = tick

    def _stretch(self, high: int, low: int, close: int) -> None:
        live = self.candles.live
        self.candles.live = live._replace(
            high=max(live.high, high), low=min(live.low, low), close=close
        )

    def _add_volume(self, path: Path, before: int, after: int) -> None:
        first, last = path.until(before), path.until(after)
        live = self.candles.live
        self.candles.live = live._replace(
            volume=live.volume + last.volume - first.volume,
            quote_volume=live.quote_volume + self._scaled_quote(first, last),
            trades=live.trades + after - before,
            taker_volume=live.taker_volume + last.taker_volume - first.taker_volume,
            taker_quote=live.taker_quote + last.taker_quote - first.taker_quote,
        )

    def _scaled_quote(self, first: Candle, last: Candle) -> int:
        quote = last.quote_volume - first.quote_volume
        return quote if self._ratio == 1.0 else int(quote * self._ratio)

    def _scaled(self, price: int) -> int:
        if self._ratio == 1.0:
            return price
        tick = self.symbol.tick
        return max(1, round(price * self._ratio / tick)) * tick


def walked(trade_id: int, price: int, quantity: int, time: int, *, buyer_made: bool) -> Trade:
    """A trade of the walk, ready for the tape."""
    return Trade(trade_id, price, quantity, times(price, quantity), time, buyer_made)
