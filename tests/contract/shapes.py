"""Rows of the wire by their fields and types, exactly: what clients may rely on."""

import re
from typing import Any
from uuid import UUID

Shape = dict[str, Any]

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")


def number(value: Any) -> bool:
    return type(value) in (int, float)


def whole(value: Any) -> bool:
    return type(value) is int


def text(value: Any) -> bool:
    return type(value) is str


def truth(value: Any) -> bool:
    return type(value) is bool


def instant(value: Any) -> bool:
    return text(value) and _INSTANT.fullmatch(value) is not None


def uuid(value: Any) -> bool:
    return text(value) and str(UUID(value)) == value


def or_null(check: Any) -> Any:
    return lambda value: value is None or check(value)


def rows(shape: Shape) -> Any:
    return lambda value: isinstance(value, list) and all(fits(row, shape) for row in value)


def levels(side: Any) -> bool:
    """[price, quantity] pairs of a book."""
    return all(len(level) == 2 and number(level[0]) and number(level[1]) for level in side)


def fits(row: Any, shape: Shape) -> bool:
    """Whether a row has exactly these fields, each of its kind. Says which is not."""
    assert isinstance(row, dict)
    assert row.keys() == shape.keys(), row.keys() ^ shape.keys()
    for field, check in shape.items():
        assert check(row[field]), f"{field} is {row[field]!r}"
    return True


ORDER: Shape = {
    "id": whole,
    "orderId": uuid,
    "userId": whole,
    "accountId": whole,
    "environment": text,
    "symbol": text,
    "side": text,
    "type": text,
    "quantity": number,
    "price": or_null(number),
    "stopPrice": or_null(number),
    "trailingDelta": or_null(whole),
    "timeInForce": or_null(text),
    "quoteOrderQty": or_null(number),
    "status": text,
    "executedQuantity": number,
    "averagePrice": number,
    "reason": text,
    "clientOrderId": or_null(text),
    "exchangeOrderId": or_null(whole),
    "source": text,
    "cancelRequestedAt": or_null(instant),
    "createdAt": instant,
    "updatedAt": instant,
}
EVENT: Shape = {
    "seq": whole,
    "status": text,
    "quantity": number,
    "price": number,
    "reason": text,
    "origin": text,
    "timestamp": instant,
    "createdAt": instant,
}
TRADE: Shape = {
    "id": whole,
    "exchangeTradeId": whole,
    "orderId": uuid,
    "userId": whole,
    "accountId": whole,
    "symbol": text,
    "side": text,
    "quantity": number,
    "price": number,
    "commission": number,
    "commissionAsset": text,
    "isMaker": truth,
    "realizedPnL": number,
    "timestamp": instant,
    "createdAt": instant,
    "status": text,
}
ORDER_IN_FULL: Shape = ORDER | {"events": rows(EVENT), "fills": rows(TRADE)}
POSITION: Shape = {
    "accountId": whole,
    "symbol": text,
    "side": lambda side: side in ("BUY", "SELL", "FLAT"),
    "size": number,
    "entryPrice": number,
    "marketPrice": number,
    "realizedPnL": number,
    "unrealizedPnL": number,
    "cost": number,
    "fees": lambda fees: all(text(asset) and number(paid) for asset, paid in fees.items()),
    "priceAsOf": or_null(instant),
}
BALANCE: Shape = {"asset": text, "free": number, "locked": number}
ACCOUNT: Shape = {
    "accountId": whole,
    "marginRatio": number,
    "maintenanceMargin": number,
    "marginBalance": number,
    "balances": rows(BALANCE),
    "canTrade": truth,
    "state": text,
    "environment": text,
    "asOf": or_null(instant),
}
CANDLE: Shape = {
    "symbol": text,
    "interval": text,
    "time": instant,
    "open": number,
    "high": number,
    "low": number,
    "close": number,
    "volume": number,
    "closed": truth,
}
TICKER: Shape = {
    "symbol": text,
    "last": number,
    "bid": number,
    "ask": number,
    "change24h": number,
    "high24h": number,
    "low24h": number,
    "volume24h": number,
    "timestamp": instant,
}
BOOK: Shape = {"symbol": text, "bids": levels, "asks": levels, "timestamp": instant}
PROBLEM: Shape = {
    "type": text,
    "title": text,
    "status": whole,
    "detail": text,
    "error": text,
    "message": text,
    "code": text,
    "errors": lambda errors: all(text(words) for words in errors.values()),
    "requestId": text,
}
SUBMIT_COMMAND: Shape = {
    "orderId": uuid,
    "userId": whole,
    "symbol": text,
    "side": text,
    "type": text,
    "quantity": number,
    "timestamp": instant,
}
ORDER_STATUS: Shape = {
    "orderId": uuid,
    "userId": whole,
    "accountId": whole,
    "seq": whole,
    "status": text,
    "symbol": text,
    "side": text,
    "type": text,
    "quantity": number,
    "price": number,
    "orderQuantity": number,
    "limitPrice": number,
    "reason": text,
    "timestamp": instant,
}
