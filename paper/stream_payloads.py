"""What the public market streams carry, in Binance's field names."""

from typing import Any

from paper import payloads, tickers
from paper.amounts import text
from paper.market import Trade
from paper.venue import Venue
from paper.walk import Candle

Payload = dict[str, Any]


def trade(symbol: str, trade: Trade, now: int) -> Payload:
    """<symbol>@trade"""
    return {
        "e": "trade",
        "E": now,
        "s": symbol,
        "t": trade.trade_id,
        "p": text(trade.price),
        "q": text(trade.quantity),
        "T": trade.time,
        "m": trade.buyer_made,
        "M": True,
    }


def aggregate_trade(symbol: str, trade: Trade, now: int) -> Payload:
    """<symbol>@aggTrade; here every trade is an aggregate of its own."""
    return {
        "e": "aggTrade",
        "E": now,
        "s": symbol,
        "a": trade.trade_id,
        "p": text(trade.price),
        "q": text(trade.quantity),
        "f": trade.trade_id,
        "l": trade.trade_id,
        "T": trade.time,
        "m": trade.buyer_made,
        "M": True,
    }


def kline(venue: Venue, symbol: str, interval: str, candle: Candle, *, closed: bool) -> Payload:
    """<symbol>@kline_<interval>"""
    last_id = venue.state.last_trade_id[symbol]
    return {
        "e": "kline",
        "E": venue.now(),
        "s": symbol,
        "k": {
            "t": candle.start,
            "T": candle.end - 1,
            "s": symbol,
            "i": interval,
            "f": last_id - candle.trades + 1,
            "L": last_id,
            "o": text(candle.open),
            "c": text(candle.close),
            "h": text(candle.high),
            "l": text(candle.low),
            "v": text(candle.volume),
            "n": candle.trades,
            "x": closed,
            "q": text(candle.quote_volume),
            "V": text(candle.taker_volume),
            "Q": text(candle.taker_quote),
            "B": "0",
        },
    }


def mini_ticker(venue: Venue, symbol: str) -> Payload:
    """<symbol>@miniTicker"""
    candle = venue.markets[symbol].candles.last_day()
    return {
        "e": "24hrMiniTicker",
        "E": venue.now(),
        "s": symbol,
        "c": text(venue.exchange.last_price(symbol)),
        "o": text(candle.open),
        "h": text(candle.high),
        "l": text(candle.low),
        "v": text(candle.volume),
        "q": text(candle.quote_volume),
    }


def ticker(venue: Venue, symbol: str) -> Payload:
    """<symbol>@ticker"""
    day = tickers.day(venue, symbol)
    return {
        "e": "24hrTicker",
        "E": venue.now(),
        "s": symbol,
        "p": day["priceChange"],
        "P": day["priceChangePercent"],
        "w": day["weightedAvgPrice"],
        "x": day["prevClosePrice"],
        "c": day["lastPrice"],
        "Q": day["lastQty"],
        "b": day["bidPrice"],
        "B": day["bidQty"],
        "a": day["askPrice"],
        "A": day["askQty"],
        "o": day["openPrice"],
        "h": day["highPrice"],
        "l": day["lowPrice"],
        "v": day["volume"],
        "q": day["quoteVolume"],
        "O": day["openTime"],
        "C": day["closeTime"],
        "F": day["firstId"],
        "L": day["lastId"],
        "n": day["count"],
    }


def book_ticker(venue: Venue, symbol: str) -> Payload:
    """<symbol>@bookTicker"""
    best = tickers.book(venue, symbol)
    return {
        "u": venue.state.last_trade_id[symbol],
        "s": symbol,
        "b": best["bidPrice"],
        "B": best["bidQty"],
        "a": best["askPrice"],
        "A": best["askQty"],
    }


def depth(venue: Venue, symbol: str, limit: int) -> Payload:
    """<symbol>@depth<limit>"""
    book = venue.exchange.books[symbol]
    return {
        "lastUpdateId": venue.state.last_trade_id[symbol],
        "bids": payloads.levels(book.depth("BUY", limit)),
        "asks": payloads.levels(book.depth("SELL", limit)),
    }
