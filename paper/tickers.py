"""Tickers of one symbol, as REST answers them."""

from typing import Any

from paper.amounts import ratio, text
from paper.venue import Venue


def day(venue: Venue, name: str) -> dict[str, Any]:
    """The last 24 hours."""
    candle, last = venue.markets[name].candles.last_day(), venue.exchange.last_price(name)
    tape = venue.markets[name].tape
    bid, ask = (venue.exchange.books[name].best(side) for side in ("BUY", "SELL"))
    change = last - candle.open
    return {
        "symbol": name,
        "priceChange": text(change),
        "priceChangePercent": percent(change, candle.open),
        "weightedAvgPrice": text(ratio(candle.quote_volume, candle.volume)),
        "prevClosePrice": text(candle.open),
        "lastPrice": text(last),
        "lastQty": text(tape[-1].quantity),
        "bidPrice": text(bid[0]),
        "bidQty": text(bid[1]),
        "askPrice": text(ask[0]),
        "askQty": text(ask[1]),
        "openPrice": text(candle.open),
        "highPrice": text(candle.high),
        "lowPrice": text(candle.low),
        "volume": text(candle.volume),
        "quoteVolume": text(candle.quote_volume),
        "openTime": candle.start,
        "closeTime": venue.now(),
        "firstId": tape[-1].trade_id - candle.trades,
        "lastId": tape[-1].trade_id,
        "count": candle.trades,
    }


def book(venue: Venue, name: str) -> dict[str, str]:
    """The best bid and ask."""
    bid, ask = (venue.exchange.books[name].best(side) for side in ("BUY", "SELL"))
    return {
        "symbol": name,
        "bidPrice": text(bid[0]),
        "bidQty": text(bid[1]),
        "askPrice": text(ask[0]),
        "askQty": text(ask[1]),
    }


def percent(change: int, of: int) -> str:
    """A change in percent with three decimals."""
    thousandths = abs(change) * 100_000 // of if of else 0
    sign = "-" if change < 0 and thousandths else ""
    return f"{sign}{thousandths // 1000}.{thousandths % 1000:03d}"
