"""What the exchange shows to everybody, read as the pages' candles, tickers and books are."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from execution.public_data import PublicData
from realtime.channels import INTERVALS
from tests.conformance.conftest import Seen
from tests.conformance.market import Market

DAY_TICKER = "Market data endpoints, 24hr ticker price change statistics"
KLINES = "Market data endpoints, Kline/candlestick data"
LENGTHS = {
    "1m": timedelta(minutes=1),
    "5m": timedelta(minutes=5),
    "15m": timedelta(minutes=15),
    "1h": timedelta(hours=1),
    "4h": timedelta(hours=4),
    "1d": timedelta(days=1),
    "1w": timedelta(weeks=1),
}


@pytest.mark.relied_on("execution.public_data, candles", source=KLINES)
@pytest.mark.parametrize("interval", INTERVALS)
def test_candles_come_in_the_intervals_of_our_charts(
    public: PublicData, market: Market, seen: Seen, interval: str
) -> None:
    """klines come oldest first, one interval apart, and only the newest is still open."""
    candles = public.candles(market.rules.symbol, interval, 5)
    seen(f"{len(candles)} to {candles[-1].opened_at:%Y-%m-%d %H:%M}")
    opened = [each.opened_at for each in candles]
    steps = {later - earlier for earlier, later in pairwise(opened)}
    assert steps <= {LENGTHS[interval]}
    assert all(each.closed for each in candles[:-1])
    assert abs(datetime.now(UTC) - opened[-1]) < LENGTHS[interval] + timedelta(minutes=1)
    assert all(each.low <= min(each.open, each.close) <= each.high for each in candles)


@pytest.mark.relied_on("trading.api.market", source=KLINES)
def test_a_thousand_candles_come_at_once(public: PublicData, market: Market, seen: Seen) -> None:
    """klines takes a limit of 1000."""
    if len(public.candles(market.rules.symbol, "1d", 2)) < 2:
        pytest.skip("The network was wiped within a day.")
    candles = public.candles(market.rules.symbol, "1m", 1000)
    seen(len(candles))
    assert len(candles) == 1000


@pytest.mark.relied_on("execution.public_data, book", source="Market data endpoints, Order book")
def test_a_book_has_its_best_prices_first(public: PublicData, market: Market, seen: Seen) -> None:
    """depth with limit 20 tells bids falling and asks rising, and they do not cross."""
    book = public.book(market.rules.symbol)
    bids, asks = ([price for price, _ in side] for side in (book.bids, book.asks))
    seen(f"{len(bids)} bids to {bids[0]}, {len(asks)} asks from {asks[0]}")
    assert bids == sorted(bids, reverse=True) and asks == sorted(asks)
    assert bids[0] < asks[0]
    assert max(len(bids), len(asks)) <= 20


@pytest.mark.relied_on("execution.public_data, tickers", source=DAY_TICKER)
def test_every_market_has_a_ticker(public: PublicData, market: Market, seen: Seen) -> None:
    """ticker/24hr without a symbol tells every market's last price, best prices and day."""
    tickers = {each.symbol: each for each in public.tickers()}
    ticker = tickers[market.rules.symbol]
    seen(f"{len(tickers)} markets, {ticker.symbol} {ticker.last} ({ticker.change} %)")
    assert ticker.low <= ticker.last <= ticker.high
    assert ticker.bid < ticker.ask
