"""The walk: one past for everybody, at every interval."""

import itertools

import pytest

from paper.amounts import ONE, times
from paper.candles import Candles, fold
from paper.symbols import SYMBOLS
from paper.walk import INTERVALS, LADDER, MINUTE, Candle, Walk, start_of

NOON = 1_795_348_800_000  # 2026-11-22T12:00:00Z
WALKS = [Walk(symbol, seed=7) for symbol in SYMBOLS.values()]


@pytest.fixture(params=WALKS, ids=list(SYMBOLS))
def walk(request: pytest.FixtureRequest) -> Walk:
    found: Walk = request.param
    return found


def history(walk: Walk, interval: str, count: int = 1000) -> list[Candle]:
    length = INTERVALS[interval]
    last = start_of(length, NOON)
    return [walk.candle(length, last - age * length) for age in reversed(range(count))]


@pytest.mark.parametrize("interval", list(INTERVALS))
def test_a_thousand_candles_are_continuous_and_well_formed(walk: Walk, interval: str) -> None:
    candles = history(walk, interval)
    for before, after in itertools.pairwise(candles):
        assert (before.end, before.close) == (after.start, after.open)
    for candle in candles:
        assert candle.low <= min(candle.open, candle.close)
        assert candle.high >= max(candle.open, candle.close)
        assert 0 <= candle.taker_volume <= candle.volume
        assert candle.volume > 0


@pytest.mark.parametrize("length", LADDER[:-1])
def test_a_coarse_candle_is_the_fold_of_its_parts(walk: Walk, length: int) -> None:
    start = start_of(length, NOON)
    assert fold(walk.parts(length, start)) == walk.candle(length, start)


def test_a_day_is_the_fold_of_its_minutes(walk: Walk) -> None:
    day = start_of(INTERVALS["1d"], NOON)
    minutes = (walk.candle(MINUTE, day + index * MINUTE) for index in range(1440))
    assert fold(minutes) == walk.candle(INTERVALS["1d"], day)


def test_the_trades_of_a_minute_add_up_to_its_candle(walk: Walk) -> None:
    path = walk.path(NOON)
    candle = path.candle
    assert (path.prices[0], path.prices[-1]) == (candle.open, candle.close)
    assert (max(path.prices), min(path.prices)) == (candle.high, candle.low)
    assert sum(path.quantities) == candle.volume
    assert min(path.quantities) > 0
    assert path.until(len(path.prices) - 1) == candle
    paid = sum(map(times, path.prices, path.quantities))
    assert paid == pytest.approx(candle.quote_volume, rel=1e-4)


def test_the_average_price_lies_inside_nearly_every_candle(walk: Walk) -> None:
    candles = history(walk, "1m") + history(walk, "1h")
    outside = [c for c in candles if not c.low <= c.quote_volume * ONE // c.volume <= c.high]
    assert len(outside) < len(candles) / 100


def test_the_same_seed_has_the_same_past_and_another_seed_another(walk: Walk) -> None:
    symbol = SYMBOLS["BTCUSDT"]
    first, again, other = Walk(symbol, seed=3), Walk(symbol, seed=3), Walk(symbol, seed=4)
    assert history(first, "5m", 50) == history(again, "5m", 50)
    assert history(first, "5m", 50) != history(other, "5m", 50)


def test_prices_keep_to_the_tick_and_quantities_to_the_step() -> None:
    for symbol, walk in zip(SYMBOLS.values(), WALKS, strict=True):
        path = walk.path(NOON)
        assert all(price % symbol.tick == 0 for price in path.prices)
        assert all(quantity % symbol.step == 0 for quantity in path.quantities)


def test_an_accounts_trade_shows_in_every_candle_that_contains_it() -> None:
    walk = WALKS[0]
    candles = Candles(walk, walk.candle(MINUTE, NOON))
    hour = INTERVALS["1h"]
    before = candles.candle(hour, NOON - hour)
    trade_at = NOON - 7 * MINUTE
    candles.add_trade(trade_at, before.high + 100, ONE, 5 * ONE, taker_buys=True)
    after = candles.candle(hour, NOON - hour)
    assert after.high == before.high + 100
    assert after.volume == before.volume + ONE
    assert after.trades == before.trades + 1
    assert candles.candle(hour, NOON - 2 * hour) == walk.candle(hour, NOON - 2 * hour)


def test_the_candle_in_the_making_is_the_fold_of_what_has_been() -> None:
    walk = WALKS[0]
    now = NOON + 37 * MINUTE
    candles = Candles(walk, walk.path(now).until(120))
    current = candles.current("1h")
    minutes = [walk.candle(MINUTE, NOON + index * MINUTE) for index in range(37)]
    assert current._replace(end=0) == fold([*minutes, candles.live])._replace(end=0)
    assert current.end == NOON + 60 * MINUTE
