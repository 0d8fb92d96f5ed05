"""A market's candles, tickers and books as the wire spells them, for REST and sockets alike."""

from typing import Any

from execution.public_data import Book, Candle, Ticker

Row = dict[str, Any]


def candle_row(symbol: str, interval: str, candle: Candle) -> Row:
    """The `data` of a CANDLE."""
    return {
        "symbol": symbol,
        "interval": interval,
        "time": candle.opened_at,
        "open": candle.open,
        "high": candle.high,
        "low": candle.low,
        "close": candle.close,
        "volume": candle.volume,
        "closed": candle.closed,
    }


def ticker_row(ticker: Ticker) -> Row:
    """The `data` of a TICKER."""
    return {
        "symbol": ticker.symbol,
        "last": ticker.last,
        "bid": ticker.bid,
        "ask": ticker.ask,
        "change24h": ticker.change,
        "high24h": ticker.high,
        "low24h": ticker.low,
        "volume24h": ticker.volume,
        "timestamp": ticker.timestamp,
    }


def book_row(symbol: str, book: Book) -> Row:
    """The `data` of a BOOK."""
    return {
        "symbol": symbol,
        "bids": book.bids,
        "asks": book.asks,
        "timestamp": book.timestamp,
    }
