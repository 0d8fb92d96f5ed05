"""The public market streams at /ws/<stream> and /stream?streams=a/b."""

import asyncio
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec
from aiohttp import WSMsgType, web

from paper import stream_payloads
from paper.connection import CLOSE_WAIT_S, PING_EVERY_S, Connection
from paper.market import Trade
from paper.symbols import SYMBOLS
from paper.venue import Venue
from paper.walk import INTERVALS

_DEPTH: Final = re.compile(r"depth(5|10|20)(?:@100ms|@1000ms)?")
_TICKER_EVERY_MS: Final = 1_000


class MarketStreams:
    """Who listens to which stream, and what is sent to them after each turn of the market."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue
        self._topics: dict[str, dict[Connection, bool]] = {}
        self._connections: set[Connection] = set()
        self._dirty: set[str] = set()
        self._candles: dict[str, int] = {}
        self._last_tickers = 0
        venue.on_trade.append(self._on_trade)
        venue.on_change.append(self._dirty.add)

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """The aiohttp handler of both addresses."""
        socket = web.WebSocketResponse(heartbeat=PING_EVERY_S, timeout=CLOSE_WAIT_S)
        await socket.prepare(request)
        connection = Connection(socket, request)
        self._connections.add(connection)
        combined = request.path == "/stream"
        named = request.query.get("streams", "") if combined else request.match_info.get("name", "")
        for topic in filter(None, named.split("/")):
            self._topics.setdefault(topic, {})[connection] = combined
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    connection.send(self._answer(connection, message.data, combined=combined))
        finally:
            self._forget(connection)
        return socket

    def publish(self) -> None:
        """Send what has changed since the last turn. Called about ten times a second."""
        now = self._venue.clock()
        dirty, tickers = set(self._dirty), now - self._last_tickers >= _TICKER_EVERY_MS
        self._dirty.clear()
        if tickers:
            self._last_tickers = now
        for topic in list(self._topics):
            for payload in self._due(topic, dirty, tickers=tickers):
                self._send(topic, payload)

    async def shut_down(self) -> None:
        """Announce the end and close every connection."""
        event = {"e": "serverShutdown", "E": self._venue.now()}
        for connection in list(self._connections):
            connection.send(msgspec.json.encode({"stream": "!serverShutdown", "data": event}))
        await asyncio.gather(*(each.flush_and_close() for each in list(self._connections)))

    def _due(self, topic: str, dirty: set[str], *, tickers: bool) -> Iterator[Any]:
        if topic == "!miniTicker@arr":
            if tickers:
                yield [stream_payloads.mini_ticker(self._venue, name) for name in SYMBOLS]
            return
        name, _, kind = topic.partition("@")
        symbol = name.upper()
        if symbol not in SYMBOLS:
            return
        if kind in ("miniTicker", "ticker"):
            if tickers:
                describe = {
                    "miniTicker": stream_payloads.mini_ticker,
                    "ticker": stream_payloads.ticker,
                }[kind]
                yield describe(self._venue, symbol)
        elif symbol in dirty:
            yield from self._changed(topic, symbol, kind)

    def _changed(self, topic: str, symbol: str, kind: str) -> Iterator[Any]:
        if kind == "bookTicker":
            yield stream_payloads.book_ticker(self._venue, symbol)
        elif kind.startswith("kline_"):
            yield from self._klines(topic, symbol, kind.removeprefix("kline_"))
        elif match := _DEPTH.fullmatch(kind):
            yield stream_payloads.depth(self._venue, symbol, int(match.group(1)))

    def _klines(self, topic: str, symbol: str, interval: str) -> Iterator[Any]:
        """The candle that has just closed, if one has, and the one that is being made."""
        if interval not in INTERVALS:
            return
        candles = self._venue.markets[symbol].candles
        current = candles.current(interval)
        before = self._candles.get(topic, current.start)
        self._candles[topic] = current.start
        if before != current.start:
            last = candles.candle(INTERVALS[interval], before)
            yield stream_payloads.kline(self._venue, symbol, interval, last, closed=True)
        yield stream_payloads.kline(self._venue, symbol, interval, current, closed=False)

    def _on_trade(self, symbol: str, trade: Trade) -> None:
        self._dirty.add(symbol)
        lower, now = symbol.lower(), self._venue.now()
        kinds: dict[str, Callable[[str, Trade, int], dict[str, Any]]] = {
            f"{lower}@trade": stream_payloads.trade,
            f"{lower}@aggTrade": stream_payloads.aggregate_trade,
        }
        for topic, describe in kinds.items():
            if topic in self._topics:
                self._send(topic, describe(symbol, trade, now))

    def _send(self, topic: str, payload: Any) -> None:
        plain = msgspec.json.encode(payload)
        wrapped = b'{"stream":"' + topic.encode() + b'","data":' + plain + b"}"
        for connection, combined in self._topics[topic].items():
            connection.send(wrapped if combined else plain)

    def _answer(self, connection: Connection, text: str, *, combined: bool) -> bytes:
        try:
            request = msgspec.json.decode(text, type=dict[str, Any])
        except msgspec.DecodeError:
            return _refusal(None, 3, "Invalid JSON: the message is not an object")
        number, topics = request.get("id"), request.get("params", [])
        if not isinstance(topics, list) or not all(isinstance(topic, str) for topic in topics):
            return _refusal(number, 2, "Invalid request: params must be an array of strings")
        match request.get("method"):
            case "SUBSCRIBE":
                for topic in topics:
                    self._topics.setdefault(topic, {})[connection] = combined
            case "UNSUBSCRIBE":
                for topic in topics:
                    self._leave(connection, topic)
            case "LIST_SUBSCRIPTIONS":
                mine = [topic for topic, who in self._topics.items() if connection in who]
                return msgspec.json.encode({"result": mine, "id": number})
            case _:
                return _refusal(number, 2, "Invalid request: unknown method")
        return msgspec.json.encode({"result": None, "id": number})

    def _leave(self, connection: Connection, topic: str) -> None:
        listeners = self._topics.get(topic, {})
        listeners.pop(connection, None)
        if not listeners:
            self._topics.pop(topic, None)
            self._candles.pop(topic, None)

    def _forget(self, connection: Connection) -> None:
        for topic in list(self._topics):
            self._leave(connection, topic)
        self._connections.discard(connection)
        connection.stop()


def _refusal(number: Any, code: int, words: str) -> bytes:
    return msgspec.json.encode({"error": {"code": code, "msg": words}, "id": number})
