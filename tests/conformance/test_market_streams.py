"""The exchange's public streams, subscribed to and read as the market feed does it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect

from realtime.channels import INTERVALS
from realtime.market.streams import (
    ALL_DAYS,
    Best,
    Charted,
    Day,
    Deal,
    Depth,
    News,
    streams_of,
    subscribe,
    translate,
)
from tests.conformance.conftest import Seen
from tests.conformance.market import Market
from tests.conformance.target import Target

STREAMS = "WebSocket streams"
_PATIENCE_SECONDS = 30.0  # A quiet market of a test network trades seldom.


@asynccontextmanager
async def subscribed(target: Target, *streams: str) -> AsyncIterator[ClientConnection]:
    async with connect(f"{target.stream_url}/stream", max_size=None) as connection:
        await connection.send(subscribe(1, list(streams)))
        yield connection


async def first(target: Target, wanted: Callable[[News], bool], *streams: str) -> News:
    """The first news of these streams that is wanted."""
    async with asyncio.timeout(_PATIENCE_SECONDS), subscribed(target, *streams) as connection:
        while True:
            for news in translate(await connection.recv(decode=False)):
                if wanted(news):
                    return news


@pytest.mark.relied_on("realtime.market.connection", source=f"{STREAMS}, Live subscribing")
async def test_streams_are_subscribed_to_on_an_open_connection(target: Target, seen: Seen) -> None:
    """SUBSCRIBE on /stream is answered with a null result under its id."""
    async with subscribed(target, *streams_of([target.symbol])) as connection:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while True:
                answer = msgspec.json.decode(await connection.recv())
                if "id" in answer:
                    break
    seen(answer)
    assert answer == {"result": None, "id": 1}


@pytest.mark.relied_on("realtime.market.streams", source=f"{STREAMS}, All market mini tickers")
async def test_the_days_of_all_markets_come_by_one_stream(
    target: Target, market: Market, seen: Seen
) -> None:
    """!miniTicker@arr tells every market's last 24 hours: E s c o h l v q."""
    day = await first(target, lambda news: news.symbol == target.symbol, ALL_DAYS)
    seen(day)
    assert isinstance(day, Day)
    assert day.low <= day.last <= day.high


@pytest.mark.relied_on("realtime.market.streams", source=f"{STREAMS}, Book ticker")
async def test_the_best_prices_come_as_they_change(target: Target, seen: Seen) -> None:
    """<symbol>@bookTicker tells the best bid and ask: s b a."""
    best = await first(target, lambda news: True, f"{target.symbol.lower()}@bookTicker")
    seen(best)
    assert isinstance(best, Best)
    assert 0 < best.bid < best.ask


@pytest.mark.relied_on("realtime.market.streams", source=f"{STREAMS}, Aggregate trade")
async def test_trades_tell_which_side_took(target: Target, seen: Seen) -> None:
    """<symbol>@aggTrade tells price, quantity, time and whether the buyer made: s p q T m."""
    deal = await first(target, lambda news: True, f"{target.symbol.lower()}@aggTrade")
    seen(deal)
    assert isinstance(deal, Deal)
    assert deal.price > 0 and deal.quantity > 0
    assert deal.side in ("BUY", "SELL")


@pytest.mark.relied_on("realtime.market.streams", source=f"{STREAMS}, Partial book depth")
async def test_a_book_comes_ten_times_a_second(target: Target, seen: Seen) -> None:
    """<symbol>@depth20@100ms tells up to 20 bids and asks, the best first."""
    news = await first(target, lambda news: True, f"{target.symbol.lower()}@depth20@100ms")
    assert isinstance(news, Depth)
    seen(f"{len(news.book.bids)} bids, {len(news.book.asks)} asks")
    assert news.symbol == target.symbol
    assert 0 < len(news.book.bids) <= 20 and 0 < len(news.book.asks) <= 20
    assert news.book.bids[0][0] < news.book.asks[0][0]


@pytest.mark.relied_on("realtime.market.streams", source=f"{STREAMS}, Kline/candlestick")
async def test_candles_come_while_they_are_made(target: Target, seen: Seen) -> None:
    """<symbol>@kline_<interval> tells the open candle of each interval that we chart."""
    missing, last = set(INTERVALS), Decimal()
    streams = [f"{target.symbol.lower()}@kline_{interval}" for interval in INTERVALS]
    async with asyncio.timeout(_PATIENCE_SECONDS), subscribed(target, *streams) as connection:
        while missing:
            for news in translate(await connection.recv(decode=False)):
                assert isinstance(news, Charted)
                missing.discard(news.interval)
                last = news.candle.close
    seen(f"{', '.join(INTERVALS)}; the last at {last}")
    assert last > 0
