"""The exchange's public streams, translated: the one file here that knows Binance's words.

Source: Binance's "WebSocket Streams" for Spot. Times become aware datetimes, amounts `Decimal`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec

from execution.binance_answers import moment
from execution.public_data import Book, Candle, candle_of
from realtime.channels import INTERVALS

ALL_DAYS = "!miniTicker@arr"
PER_SYMBOL = ("bookTicker", "aggTrade", "depth20@100ms", *(f"kline_{it}" for it in INTERVALS))
MAX_STREAMS = 1000  # The exchange allows 1,024 on one connection.


@dataclass(frozen=True, slots=True)
class Day:
    """The last 24 hours of a market; `quote_volume` in the quote asset."""

    symbol: str
    last: Decimal
    open: Decimal
    high: Decimal
    low: Decimal
    volume: Decimal
    quote_volume: Decimal
    timestamp: datetime


@dataclass(frozen=True, slots=True)
class Best:
    """The best bid and ask."""

    symbol: str
    bid: Decimal
    ask: Decimal


@dataclass(frozen=True, slots=True)
class Deal:
    """A trade of anybody's; `side` is the taker's."""

    symbol: str
    price: Decimal
    quantity: Decimal
    side: str
    timestamp: datetime


@dataclass(frozen=True, slots=True)
class Charted:
    symbol: str
    interval: str
    candle: Candle


@dataclass(frozen=True, slots=True)
class Depth:
    symbol: str
    book: Book


News = Day | Best | Deal | Charted | Depth


class ShuttingDown(Exception):
    """The exchange announces that it will close this connection: connect again at once."""


def streams_of(symbols: Iterable[str]) -> list[str]:
    return [f"{symbol.lower()}@{kind}" for symbol in symbols for kind in PER_SYMBOL]


def subscribe(number: int, streams: list[str]) -> str:
    request = {"method": "SUBSCRIBE", "params": streams, "id": number}
    return msgspec.json.encode(request).decode()


def translate(text: str | bytes) -> Iterator[News]:
    """What a message of a combined stream tells; nothing for answers and what we do not use.

    Raises: `ShuttingDown`, `msgspec.DecodeError`.
    """
    envelope = _ENVELOPE.decode(text)
    if envelope.stream == ALL_DAYS:
        yield from map(_day, _DAYS.decode(envelope.data))
        return
    name, _, kind = envelope.stream.partition("@")
    if kind == "bookTicker":
        best = _BEST.decode(envelope.data)
        yield Best(best.symbol, best.bid, best.ask)
    elif kind == "aggTrade":
        yield _deal(_DEAL.decode(envelope.data))
    elif kind.startswith("depth"):
        depth = _DEPTH.decode(envelope.data)
        book = Book(tuple(depth.bids), tuple(depth.asks), datetime.now(UTC))
        yield Depth(name.upper(), book)
    elif kind.startswith("kline_"):
        yield _charted(_KLINE.decode(envelope.data))
    elif b'"serverShutdown"' in bytes(envelope.data):
        raise ShuttingDown


class _Envelope(msgspec.Struct):
    stream: str = ""
    data: msgspec.Raw = msgspec.Raw(b"null")


def _named(name: str) -> Any:
    return msgspec.field(name=name)


class _Day(msgspec.Struct):
    event_time: int = _named("E")
    symbol: str = _named("s")
    close: Decimal = _named("c")
    open: Decimal = _named("o")
    high: Decimal = _named("h")
    low: Decimal = _named("l")
    volume: Decimal = _named("v")
    quote_volume: Decimal = _named("q")


class _Best(msgspec.Struct):
    symbol: str = _named("s")
    bid: Decimal = _named("b")
    ask: Decimal = _named("a")


class _Deal(msgspec.Struct):
    symbol: str = _named("s")
    price: Decimal = _named("p")
    quantity: Decimal = _named("q")
    trade_time: int = _named("T")
    buyer_is_maker: bool = _named("m")


class _Depth(msgspec.Struct):
    bids: list[tuple[Decimal, Decimal]]
    asks: list[tuple[Decimal, Decimal]]


class _Candle(msgspec.Struct):
    open_time: int = _named("t")
    interval: str = _named("i")
    open: Decimal = _named("o")
    high: Decimal = _named("h")
    low: Decimal = _named("l")
    close: Decimal = _named("c")
    volume: Decimal = _named("v")
    closed: bool = _named("x")


class _Kline(msgspec.Struct):
    symbol: str = _named("s")
    candle: _Candle = _named("k")


_ENVELOPE = msgspec.json.Decoder(_Envelope)
_DAYS = msgspec.json.Decoder(list[_Day])
_BEST = msgspec.json.Decoder(_Best)
_DEAL = msgspec.json.Decoder(_Deal)
_DEPTH = msgspec.json.Decoder(_Depth)
_KLINE = msgspec.json.Decoder(_Kline)


def _day(day: _Day) -> Day:
    return Day(
        symbol=day.symbol,
        last=day.close,
        open=day.open,
        high=day.high,
        low=day.low,
        volume=day.volume,
        quote_volume=day.quote_volume,
        timestamp=moment(day.event_time),
    )


def _deal(deal: _Deal) -> Deal:
    side = "SELL" if deal.buyer_is_maker else "BUY"
    return Deal(deal.symbol, deal.price, deal.quantity, side, moment(deal.trade_time))


def _charted(kline: _Kline) -> Charted:
    row = kline.candle
    return Charted(kline.symbol, row.interval, candle_of(row, closed=row.closed))
