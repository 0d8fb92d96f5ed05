"""Candles as the market made them: the walk, plus accounts' trades and prices set by hand."""

from collections.abc import Iterable, Iterator
from functools import reduce

from paper.walk import INTERVALS, LADDER, MINUTE, Candle, Walk, start_of


def join(first: Candle, second: Candle) -> Candle:
    """The fold of two candles, the earlier one first."""
    return Candle(
        first.start,
        second.end,
        first.open,
        max(first.high, second.high),
        min(first.low, second.low),
        second.close,
        first.volume + second.volume,
        first.quote_volume + second.quote_volume,
        first.trades + second.trades,
        first.taker_volume + second.taker_volume,
        first.taker_quote + second.taker_quote,
    )


def fold(candles: Iterable[Candle]) -> Candle:
    """The one candle that these add up to, oldest first. Raises TypeError on none."""
    return reduce(join, candles)


class Candles:
    """All candles of one symbol. Whole minutes come from the walk unless something else happened.

    `live` is the minute that is being made.
    """

    def __init__(self, walk: Walk, live: Candle) -> None:
        self._walk = walk
        self.live = live
        self._made: dict[int, Candle] = {}  # Past minutes that differ from the walk, by start.
        self._touched: set[tuple[int, int]] = set()  # Length and start of what contains one.

    def begin_minute(self, first: Candle, *, keep: bool) -> None:
        """Start a new live minute; `keep` the last one when it is not what the walk says."""
        if keep:
            self._keep(self.live)
        self.live = first

    def add_trade(
        self, time: int, price: int, quantity: int, quote: int, *, taker_buys: bool
    ) -> None:
        """An account's trade, live or replayed from the journal."""
        minute = start_of(MINUTE, time)
        before = self._minute(minute)
        after = before._replace(
            high=max(before.high, price),
            low=min(before.low, price),
            volume=before.volume + quantity,
            quote_volume=before.quote_volume + quote,
            trades=before.trades + 1,
            taker_volume=before.taker_volume + (quantity if taker_buys else 0),
            taker_quote=before.taker_quote + (quote if taker_buys else 0),
        )
        if minute == self.live.start:
            self.live = after
        else:
            self._keep(after)

    def between(self, interval: str, first: int, last: int) -> Iterator[Candle]:
        """Candles of an interval that start in `first`..`last` (ms, inclusive), oldest first."""
        length = INTERVALS[interval]
        start = start_of(length, first + length - 1)
        while start <= min(last, self.live.start):
            yield self.candle(length, start)
            start += length

    def candle(self, length: int, start: int) -> Candle:
        """One candle, as far as it has come. `end` is always its full end."""
        if length == MINUTE:
            return self._minute(start)
        if start + length <= self.live.start and (length, start) not in self._touched:
            return self._walk.candle(length, start)
        finer = LADDER[LADDER.index(length) + 1]
        starts = range(start, min(start + length, self.live.start + 1), finer)
        whole = fold(self.candle(finer, at) for at in starts)
        return whole._replace(end=start + length)

    def current(self, interval: str) -> Candle:
        """The candle of an interval that is being made."""
        length = INTERVALS[interval]
        return self.candle(length, start_of(length, self.live.start))

    def last_day(self) -> Candle:
        """The fold of the last 1,440 minutes, the live one included."""
        now = self.live.start
        return fold(self._span(now - 1439 * MINUTE, now + MINUTE))

    def _span(self, start: int, end: int) -> Iterator[Candle]:
        """Few candles that cover a time without a gap: coarse inside, fine at its ends."""
        while start < end:
            length = next(
                size
                for size in LADDER[3:]
                if start % size == 0 and (start + size <= end or size == MINUTE)
            )
            yield self.candle(length, start)
            start += length

    def _minute(self, start: int) -> Candle:
        if start == self.live.start:
            return self.live
        return self._made.get(start) or self._walk.candle(MINUTE, start)

    def _keep(self, minute: Candle) -> None:
        if minute.start not in self._made:
            self._touched.update((length, start_of(length, minute.start)) for length in LADDER)
        self._made[minute.start] = minute
