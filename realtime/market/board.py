"""The newest state of every market channel, and which of it is due to be published."""

import time
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from execution.public_data import Ticker
from realtime.market.streams import Best, Charted, Day, Deal, Depth, News
from trading.market_rows import book_row, candle_row, ticker_row

Payload = dict[str, Any]

DEALS_SHOWN = 30  # A TAPE is the newest trades in full, so that one may replace another.
# Seconds between two messages of a channel. The contract allows 0.1; eyes need no more than this.
_PACES = {"TICKER": 0.2, "CANDLE": 0.5, "BOOK": 0.2, "TAPE": 0.2}
_PERCENT_PLACES = Decimal("0.001")


class Board:
    """Takes news as they come and gives out, per channel, the newest at a bounded pace."""

    def __init__(self) -> None:
        self.days: dict[str, Day] = {}
        self._prices: dict[str, Deal | Day] = {}  # What told the last price of a market.
        self._bests: dict[str, Best] = {}
        self._tapes: dict[str, deque[Deal]] = {}
        self._candles: dict[str, Charted] = {}
        self._books: dict[str, Depth] = {}
        self._changed: dict[str, str] = {}  # Channel -> kind of message.
        self._final: list[tuple[str, Payload]] = []
        self._published_at: dict[str, float] = {}

    def take(self, news: News) -> None:
        match news:
            case Day():
                self._take_day(news)
            case Best():
                self._bests[news.symbol] = news
                self._mark("TICKER", f"ticker:{news.symbol}")
            case Deal():
                self._take_deal(news)
            case Charted():
                self._take_candle(news)
            case Depth():
                self._books[news.symbol] = news
                self._mark("BOOK", f"book:{news.symbol}")

    def due(self) -> Iterator[tuple[str, Payload]]:
        """What is to be published now, as (channel, message)."""
        yield from self._final
        self._final.clear()
        now = time.monotonic()
        for channel, kind in list(self._changed.items()):
            if now - self._published_at.get(channel, 0.0) >= _PACES[kind]:
                del self._changed[channel]
                if (data := self._data(kind, channel)) is not None:
                    self._published_at[channel] = now
                    yield channel, {"type": kind, "data": data}

    def last_prices(self) -> dict[str, tuple[Decimal, datetime]]:
        """Symbol -> last price, and the exchange's time of it."""
        return {
            symbol: (told.price if isinstance(told, Deal) else told.last, told.timestamp)
            for symbol, told in self._prices.items()
        }

    def _mark(self, kind: str, channel: str) -> None:
        self._changed[channel] = kind

    def _take_day(self, day: Day) -> None:
        self.days[day.symbol] = day
        known = self._prices.get(day.symbol)
        if known is None or known.timestamp <= day.timestamp:
            self._prices[day.symbol] = day
        self._mark("TICKER", f"ticker:{day.symbol}")

    def _take_deal(self, deal: Deal) -> None:
        self._prices[deal.symbol] = deal
        self._tapes.setdefault(deal.symbol, deque(maxlen=DEALS_SHOWN)).append(deal)
        self._mark("TAPE", f"tape:{deal.symbol}")
        self._mark("TICKER", f"ticker:{deal.symbol}")

    def _take_candle(self, news: Charted) -> None:
        channel = f"candle:{news.symbol}:{news.interval}"
        if news.candle.closed:  # Its last word: never left out for the next candle's first.
            row = candle_row(news.symbol, news.interval, news.candle)
            self._final.append((channel, {"type": "CANDLE", "data": row}))
            self._changed.pop(channel, None)
        else:
            self._candles[channel] = news
            self._mark("CANDLE", channel)

    def _data(self, kind: str, channel: str) -> Payload | None:
        symbol = channel.split(":")[1]
        if kind == "TICKER":
            return self._ticker(symbol)
        if kind == "CANDLE":
            news = self._candles[channel]
            return candle_row(symbol, news.interval, news.candle)
        if kind == "BOOK":
            return book_row(symbol, self._books[symbol].book)
        return {"symbol": symbol, "trades": [_deal_row(deal) for deal in self._tapes[symbol]]}

    def _ticker(self, symbol: str) -> Payload | None:
        day, price = self.days.get(symbol), self._prices.get(symbol)
        if day is None or price is None:  # Without the day there is nothing to compare with.
            return None
        last = price.price if isinstance(price, Deal) else price.last
        best = self._bests.get(symbol, Best(symbol, Decimal(0), Decimal(0)))
        ticker = Ticker(
            symbol=symbol,
            last=last,
            bid=best.bid,
            ask=best.ask,
            change=_percent(last, day.open),
            high=max(day.high, last),
            low=min(day.low, last),
            volume=day.volume,
            timestamp=max(price.timestamp, day.timestamp),
        )
        return ticker_row(ticker)


def _percent(last: Decimal, before: Decimal) -> Decimal:
    return ((last / before - 1) * 100).quantize(_PERCENT_PLACES) if before else Decimal(0)


def _deal_row(deal: Deal) -> Payload:
    return {
        "price": deal.price,
        "quantity": deal.quantity,
        "side": deal.side,
        "timestamp": deal.timestamp,
    }
