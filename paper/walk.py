"""The seeded price walk, refined from weeks down to trades.

A candle of one week is drawn from noise that depends on the seed and the week alone. Seven days are
then fitted into it, six four-hour candles into each day, and so on down to one minute and to the
300 trades inside it. So every coarse candle is exactly the fold of its parts, any part of the past
can be made on demand, and a restart finds the same past and the same future.
Floats shape the walk; what leaves this module is whole ticks and steps.
"""

import math
import random
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Final, NamedTuple

from paper.amounts import ONE
from paper.shares import shares, tilt
from paper.symbols import Symbol

MINUTE: Final = 60_000
WEEK: Final = 7 * 24 * 60 * MINUTE
FIRST_MONDAY: Final = 4 * 24 * 60 * MINUTE  # 1970-01-05: Binance's weeks begin on Mondays.
LADDER: Final = (WEEK, 1440 * MINUTE, 240 * MINUTE, 60 * MINUTE, 15 * MINUTE, 5 * MINUTE, MINUTE)
INTERVALS: Final = dict(zip(("1w", "1d", "4h", "1h", "15m", "5m", "1m"), LADDER, strict=True))
TICK_MS: Final = 200
TICKS: Final = MINUTE // TICK_MS
REFERENCE_WEEK: Final = 2965  # The week in which a symbol costs its anchor price (autumn 2026).
OCTAVES: Final = ((1, 0.55), (4, 1.1), (16, 2.2), (64, 4.0), (256, 5.5))


class Candle(NamedTuple):
    """One candle; times in ms, `end` exclusive, amounts in units. Taker amounts are the buyers'."""

    start: int
    end: int
    open: int
    high: int
    low: int
    close: int
    volume: int
    quote_volume: int
    trades: int
    taker_volume: int
    taker_quote: int


class Path(NamedTuple):
    """The trades of one minute, one per tick, and the candle that they add up to."""

    candle: Candle
    prices: list[int]
    highs: list[int]
    lows: list[int]
    quantities: list[int]
    volumes: list[int]
    sells: list[bool]

    def until(self, tick: int) -> Candle:
        """The minute's candle as it stood after this tick."""
        whole = self.candle
        volume = self.volumes[tick]
        return whole._replace(
            high=self.highs[tick],
            low=self.lows[tick],
            close=self.prices[tick],
            volume=volume,
            quote_volume=whole.quote_volume * volume // whole.volume,
            trades=tick + 1,
            taker_volume=whole.taker_volume * volume // whole.volume,
            taker_quote=whole.taker_quote * volume // whole.volume,
        )


class Walk:
    """The price of one symbol at any time, past or present."""

    def __init__(self, symbol: Symbol, seed: int) -> None:
        self._symbol = symbol
        self._seed = seed
        self._noise = lru_cache(maxsize=8192)(self._draw_noise)
        self._week = lru_cache(maxsize=2048)(self._draw_week)
        self._parts = lru_cache(maxsize=8192)(self._split)
        self.path = lru_cache(maxsize=8)(self._draw_path)

    def through(self, price: int, now: int) -> "Walk":
        """The walk of the same shape whose level is such that it costs about `price` at `now`."""
        own = self.candle(MINUTE, start_of(MINUTE, now)).close
        anchor = self._symbol.anchor * price // own
        return Walk(replace(self._symbol, anchor=anchor), self._seed)

    def candle(self, length: int, start: int) -> Candle:
        """The whole candle of `length` ms that starts at `start`."""
        if length == WEEK:
            return self._week((start - FIRST_MONDAY) // WEEK)
        parent = LADDER[LADDER.index(length) - 1]
        origin = start_of(parent, start)
        return self._parts(parent, origin)[(start - origin) // length]

    def parts(self, candle_length: int, start: int) -> list[Candle]:
        """The next finer candles inside one candle."""
        return self._parts(candle_length, start)

    def _random(self, *key: int) -> random.Random:
        return random.Random(f"{self._seed}:{self._symbol.name}:{key}")

    def _draw_noise(self, octave: int, index: int) -> float:
        return self._random(octave, index).gauss(0, 1)

    def _level(self, week: int) -> float:
        total = 0.0
        for octave, (period, weight) in enumerate(OCTAVES):
            index, offset = divmod(week, period)
            here, there = self._noise(octave, index), self._noise(octave, index + 1)
            total += weight * (here + (there - here) * offset / period)
        return total * self._symbol.weekly_volatility

    def _boundary(self, week: int) -> int:
        level = self._level(week) - self._level(REFERENCE_WEEK)
        return self._round(self._symbol.anchor * math.exp(level))

    def _round(self, price: float) -> int:
        tick = self._symbol.tick
        return max(1, round(price / tick)) * tick

    def _draw_week(self, week: int) -> Candle:
        draw = self._random(-1, week)
        opened, closed = self._boundary(week), self._boundary(week + 1)
        reach = self._symbol.weekly_volatility * 0.6
        high = self._round(max(opened, closed) * (1 + abs(draw.gauss(0, reach))))
        low = self._round(min(opened, closed) / (1 + abs(draw.gauss(0, reach))))
        step = self._symbol.step
        volume = int(self._symbol.weekly_volume * (0.6 + draw.random())) // step * step
        quote = volume * ((opened + high + low + closed) // 4) // ONE
        share = 460 + draw.randrange(80)
        start = FIRST_MONDAY + week * WEEK
        return Candle(
            start,
            start + WEEK,
            opened,
            high,
            low,
            closed,
            volume,
            quote,
            WEEK // TICK_MS,
            volume * share // 1000 // step * step,
            quote * share // 1000,
        )

    def _split(self, length: int, start: int) -> list[Candle]:
        """Fit the next finer candles into this one, exactly."""
        whole = self.candle(length, start)
        finer = LADDER[LADDER.index(length) + 1]
        count = length // finer
        draw = self._random(length, start)
        points = self._bridge(whole, count, draw)
        highs, lows = self._extremes(whole, points, draw)
        busy = [
            (0.3 + draw.random()) * (1 + 4 * (high - low) / (whole.high - whole.low + 1))
            for high, low in zip(highs, lows, strict=True)
        ]
        step = self._symbol.step
        middles = [(points[i] + points[i + 1] + highs[i] + lows[i]) / 4 for i in range(count)]
        busy = tilt(busy, middles, whole.quote_volume * ONE / whole.volume)
        trades = finer // TICK_MS  # Every trade has one step at least.
        spare = whole.volume // step - count * trades
        volumes = [(trades + part) * step for part in shares(spare, busy)]
        paid = [volume * middle for volume, middle in zip(volumes, middles, strict=True)]
        takers = [part * step for part in shares(whole.taker_volume // step, busy)]
        quotes, taker_quotes = shares(whole.quote_volume, paid), shares(whole.taker_quote, paid)
        return [
            Candle(
                start + i * finer,
                start + (i + 1) * finer,
                points[i],
                highs[i],
                lows[i],
                points[i + 1],
                volumes[i],
                quotes[i],
                trades,
                takers[i],
                taker_quotes[i],
            )
            for i in range(count)
        ]

    def _bridge(self, whole: Candle, count: int, draw: random.Random) -> list[int]:
        """A random path of count + 1 points from the open to the close, inside the candle.

        It is bowed so that its mean is near the candle's average price.
        """
        spread = self._spread(whole) / math.sqrt(count)
        steps = [draw.gauss(0, spread) for _ in range(count)]
        miss = (whole.close - whole.open - sum(steps)) / count
        wandering = list(
            accumulate(steps, lambda total, part: total + part + miss, initial=float(whole.open))
        )
        bow = [at * (count - at) for at in range(count + 1)]
        average = whole.quote_volume * ONE / whole.volume
        pull = (average * (count + 1) - sum(wandering)) / sum(bow)
        bowed = (point + pull * bend for point, bend in zip(wandering, bow, strict=True))
        inside = [self._round(_reflect(point, whole)) for point in bowed]
        inside[0], inside[-1] = whole.open, whole.close
        return inside

    def _spread(self, whole: Candle) -> float:
        """One standard deviation of the price over a candle; quiet ones keep some life."""
        share = math.sqrt((whole.end - whole.start) / WEEK)
        usual = self._symbol.weekly_volatility * whole.open * share
        return max((whole.high - whole.low) / 1.6, usual * 0.6)

    def _extremes(
        self, whole: Candle, points: list[int], draw: random.Random
    ) -> tuple[list[int], list[int]]:
        """Highs and lows of the parts; one part reaches the whole's high and one its low."""
        reach = self._spread(whole) / math.sqrt(len(points) - 1) * 0.5
        highs, lows = [], []
        for first, last in pairwise(points):
            above = max(first, last) + abs(draw.gauss(0, reach))
            below = min(first, last) - abs(draw.gauss(0, reach))
            highs.append(min(self._round(above), whole.high))
            lows.append(max(self._round(below), whole.low))
        highs[highs.index(max(highs))] = whole.high
        lows[lows.index(min(lows))] = whole.low
        return highs, lows

    def _draw_path(self, minute: int) -> Path:
        """The trades of the minute that starts at `minute` ms."""
        whole = self.candle(MINUTE, minute)
        draw = self._random(0, minute)
        prices = self._bridge(whole, TICKS - 1, draw)
        inner = range(1, TICKS - 1)
        prices[max(inner, key=prices.__getitem__)] = whole.high
        prices[min(inner, key=prices.__getitem__)] = whole.low
        step = self._symbol.step
        busy = [draw.expovariate(1) + 0.05 for _ in range(TICKS)]
        busy = tilt(busy, prices, whole.quote_volume * ONE / whole.volume)
        spare = whole.volume // step - TICKS
        quantities = [(1 + part) * step for part in shares(spare, busy)]
        pairs = zip([whole.open, *prices], prices, strict=False)
        sells = [now < before or (now == before and draw.random() < 0.5) for before, now in pairs]
        return Path(
            whole,
            prices,
            list(accumulate(prices, max)),
            list(accumulate(prices, min)),
            quantities,
            list(accumulate(quantities)),
            sells,
        )


def _reflect(price: float, whole: Candle) -> float:
    """The price, thrown back where it left the candle."""
    if price > whole.high:
        return max(2 * whole.high - price, whole.low)
    if price < whole.low:
        return min(2 * whole.low - price, whole.high)
    return price


def start_of(length: int, time: int) -> int:
    """When the candle of `length` ms that contains `time` begins."""
    origin = FIRST_MONDAY if length == WEEK else 0
    return (time - origin) // length * length + origin
