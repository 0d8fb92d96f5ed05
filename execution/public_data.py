"""What the exchange shows to everybody: candles, tickers, books. Needs no key.

Source: Binance's Spot REST API, "Market data endpoints". Its names, codes and milliseconds stop
here.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Protocol, TypeVar

import aiohttp
import msgspec
from django.conf import settings

from execution import binance_errors, loop
from execution.binance_answers import moment
from execution.binance_client import Client, Refusal

T = TypeVar("T")

ANSWER_SECONDS = 3.0  # A page waits for it.


@dataclass(frozen=True, slots=True)
class Candle:
    """Prices in the quote asset, volume in the base asset."""

    opened_at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    closed: bool


@dataclass(frozen=True, slots=True)
class Ticker:
    """The last 24 hours of a market; `change` in percent."""

    symbol: str
    last: Decimal
    bid: Decimal
    ask: Decimal
    change: Decimal
    high: Decimal
    low: Decimal
    volume: Decimal
    timestamp: datetime


@dataclass(frozen=True, slots=True)
class Book:
    """(price, quantity) pairs, the best first, as they were read at `timestamp` of our clock."""

    bids: tuple[tuple[Decimal, Decimal], ...]
    asks: tuple[tuple[Decimal, Decimal], ...]
    timestamp: datetime


class CandleFields(Protocol):
    """What the exchange tells of a candle, in an answer and in a stream alike."""

    open_time: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


def candle_of(told: CandleFields, *, closed: bool) -> Candle:
    return Candle(
        opened_at=moment(told.open_time),
        open=told.open,
        high=told.high,
        low=told.low,
        close=told.close,
        volume=told.volume,
        closed=closed,
    )


class Unavailable(Exception):
    """The exchange did not give an answer; it may be asked again in `retry_after` seconds."""

    def __init__(self, words: str, *, retry_after: float) -> None:
        super().__init__(words)
        self.retry_after = retry_after


class PublicData:
    """One environment's market data. Each call blocks for `ANSWER_SECONDS` at most.

    Every call raises: `Unavailable`.
    """

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._client: Client | None = None

    def candles(self, symbol: str, interval: str, limit: int) -> tuple[Candle, ...]:
        """The newest candles, the oldest first. `interval` is 1m, 1h, 1d …; `limit` to 1000."""
        now = datetime.now(UTC)
        rows = self._ask(
            lambda client: client.get_klines(symbol=symbol, interval=interval, limit=limit),
            list[_Kline],
        )
        return tuple(candle_of(row, closed=moment(row.close_time) < now) for row in rows)

    def tickers(self) -> tuple[Ticker, ...]:
        """One for every market. Costs the exchange 80 units of weight."""
        rows = self._ask(lambda client: client.get_ticker(), list[_DayTicker])
        return tuple(map(_ticker, rows))

    def book(self, symbol: str, limit: int = 20) -> Book:
        answer = self._ask(lambda client: client.get_order_book(symbol=symbol, limit=limit), _Depth)
        return Book(tuple(answer.bids), tuple(answer.asks), datetime.now(UTC))

    def close(self) -> None:
        """Give the connections back."""
        if self._client is not None:
            loop.run(self._client.close_connection(), ANSWER_SECONDS)
            self._client = None

    def _ask(self, call: Callable[[Client], Awaitable[bytes]], kind: type[T]) -> T:
        try:
            body = loop.run(self._asking(call), ANSWER_SECONDS)
            return msgspec.json.decode(body, type=kind)
        except Refusal as refusal:
            raise Unavailable(
                f"The exchange answered {refusal.status}.", retry_after=_pause(refusal)
            ) from refusal
        except (aiohttp.ClientError, OSError, TimeoutError, msgspec.DecodeError) as error:
            words = f"The exchange does not answer ({type(error).__name__})."
            raise Unavailable(words, retry_after=1.0) from error

    async def _asking(self, call: Callable[[Client], Awaitable[bytes]]) -> bytes:
        if self._client is None:  # On the loop's one thread, so there is no race for it.
            self._client = Client(self._base_url)
        return await call(self._client)


def public_data(environment: str) -> PublicData:
    return _at(settings.EXCHANGE_URLS[environment]["REST_URL"])


@cache
def _at(base_url: str) -> PublicData:
    return PublicData(base_url)


class _Kline(msgspec.Struct, array_like=True):
    open_time: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    close_time: int


class _DayTicker(msgspec.Struct, rename="camel"):
    symbol: str
    last_price: Decimal
    bid_price: Decimal
    ask_price: Decimal
    price_change_percent: Decimal
    high_price: Decimal
    low_price: Decimal
    volume: Decimal
    close_time: int


class _Depth(msgspec.Struct):
    bids: list[tuple[Decimal, Decimal]]
    asks: list[tuple[Decimal, Decimal]]


def _ticker(row: _DayTicker) -> Ticker:
    return Ticker(
        symbol=row.symbol,
        last=row.last_price,
        bid=row.bid_price,
        ask=row.ask_price,
        change=row.price_change_percent,
        high=row.high_price,
        low=row.low_price,
        volume=row.volume,
        timestamp=moment(row.close_time),
    )


def _pause(refusal: Refusal) -> float:
    """How long to leave the exchange alone: it bans who goes on asking."""
    return binance_errors.pause(refusal.retry_after) if refusal.status in (418, 429) else 1.0
