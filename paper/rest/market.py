"""What needs no key: time, rules, prices, books, candles."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from paper import errors, payloads, tickers
from paper.amounts import text
from paper.rest.call import Call, Endpoint
from paper.symbols import SYMBOLS
from paper.walk import INTERVALS


def ping(call: Call) -> Any:
    return {}


def server_time(call: Call) -> Any:
    return {"serverTime": call.now}


def exchange_info(call: Call) -> Any:
    return {
        "timezone": "UTC",
        "serverTime": call.now,
        "rateLimits": call.venue.limits.describe(),
        "exchangeFilters": [],
        "symbols": [SYMBOLS[name].info() for name in _symbols(call)],
    }


def depth(call: Call) -> Any:
    book = call.venue.exchange.books[call.symbol()]
    limit = call.limit(100, 5000)
    return {
        "lastUpdateId": call.venue.state.last_trade_id[book.symbol.name],
        "bids": payloads.levels(book.depth("BUY", limit)),
        "asks": payloads.levels(book.depth("SELL", limit)),
    }


def trades(call: Call) -> Any:
    tape = call.venue.markets[call.symbol()].tape
    return [payloads.public_trade(trade) for trade in list(tape)[-call.limit(500, 1000) :]]


def klines(call: Call) -> Any:
    market = call.venue.markets[call.symbol()]
    interval, limit = call.text("interval"), call.limit(500, 1000)
    if interval not in INTERVALS:
        raise errors.invalid(-1120, "interval")
    length = INTERVALS[interval]
    start, end = call.integer("startTime"), call.integer("endTime")
    last = min(end if end is not None else call.venue.clock(), call.venue.clock())
    if start is None:
        found = list(market.candles.between(interval, last - limit * length + 1, last))
    else:
        found = list(market.candles.between(interval, start, min(last, start + limit * length)))
    return [payloads.kline(candle) for candle in found[:limit]]


def average_price(call: Call) -> Any:
    market = call.venue.markets[call.symbol()]
    return {"mins": 5, "price": text(market.average()), "closeTime": call.now}


def day_ticker(call: Call) -> Any:
    return _each(call, lambda name: tickers.day(call.venue, name))


def price_ticker(call: Call) -> Any:
    return _each(
        call, lambda name: {"symbol": name, "price": text(call.venue.exchange.last_price(name))}
    )


def book_ticker(call: Call) -> Any:
    return _each(call, lambda name: tickers.book(call.venue, name))


def _each(call: Call, describe: Callable[[str], Any]) -> Any:
    """One object for `symbol`, an array for `symbols` or for all."""
    if "symbol" in call.parameters:
        return describe(call.symbol())
    return [describe(name) for name in _symbols(call)]


def _symbols(call: Call) -> list[str]:
    if "symbol" in call.parameters:
        return [call.symbol()]
    if "symbols" not in call.parameters:
        return list(SYMBOLS)
    try:
        names = msgspec.json.decode(call.text("symbols"), type=list[str])
    except msgspec.DecodeError:
        raise errors.illegal_characters("symbols", r"^\[\"[A-Z0-9-_.]{1,20}\"...]$") from None
    if any(name not in SYMBOLS for name in names):
        raise errors.bad_symbol()
    return names


def _depth_weight(parameters: Mapping[str, str]) -> int:
    limit = parameters.get("limit", "100")
    size = int(limit) if limit.isdecimal() else 100
    return 5 if size <= 100 else 25 if size <= 500 else 50 if size <= 1000 else 250


def _ticker_weight(parameters: Mapping[str, str]) -> int:
    return 2 if "symbol" in parameters else 4


def _day_weight(parameters: Mapping[str, str]) -> int:
    return 2 if "symbol" in parameters or "symbols" in parameters else 80


_ROOT = "/api/v3"
ENDPOINTS = [
    Endpoint("GET", f"{_ROOT}/ping", ping),
    Endpoint("GET", f"{_ROOT}/time", server_time),
    Endpoint("GET", f"{_ROOT}/exchangeInfo", exchange_info, 20),
    Endpoint("GET", f"{_ROOT}/depth", depth, _depth_weight),
    Endpoint("GET", f"{_ROOT}/trades", trades, 25),
    Endpoint("GET", f"{_ROOT}/klines", klines, 2),
    Endpoint("GET", f"{_ROOT}/avgPrice", average_price, 2),
    Endpoint("GET", f"{_ROOT}/ticker/24hr", day_ticker, _day_weight),
    Endpoint("GET", f"{_ROOT}/ticker/price", price_ticker, _ticker_weight),
    Endpoint("GET", f"{_ROOT}/ticker/bookTicker", book_ticker, _ticker_weight),
]
