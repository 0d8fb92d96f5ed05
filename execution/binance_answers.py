"""Binance's answers, checked field by field, in our words.

A missing field, an amount that is no number or a status that we do not know is an error: whoever
cannot read an answer does not know the outcome.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from execution.binance_words import expiry_words
from execution.exchange import AccountSnapshot, Holding, Report, Sighting, SymbolRules, Trade
from trading.states import Status

_STATUSES = {
    "NEW": Status.NEW,
    "PENDING_NEW": Status.NEW,  # A leg of a list that waits for its turn.
    "PARTIALLY_FILLED": Status.PARTIALLY_FILLED,
    "FILLED": Status.FILLED,
    "CANCELED": Status.CANCELED,
    "REJECTED": Status.REJECTED,
    "EXPIRED": Status.EXPIRED,
    "EXPIRED_IN_MATCH": Status.EXPIRED,  # Self-trade prevention.
}
_PENDING_CANCEL = "PENDING_CANCEL"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ZERO = Decimal(0)


class Unreadable(ValueError):
    """The exchange said something that we do not understand."""


class _Fill(msgspec.Struct, rename="camel"):
    price: Decimal
    qty: Decimal
    commission: Decimal
    commission_asset: str
    trade_id: int


class _Order(msgspec.Struct, rename="camel"):
    order_id: int
    client_order_id: str
    status: str
    orig_qty: Decimal
    executed_qty: Decimal
    # Sic: Binance's spelling.
    cummulative_quote_qty: Decimal
    orig_client_order_id: str = ""
    order_list_id: int = -1
    transact_time: int | None = None
    update_time: int | None = None
    expiry_reason: str = ""
    fills: list[_Fill] = []


class _SeenOrder(_Order, rename="camel", kw_only=True):
    symbol: str
    side: str
    type: str
    price: Decimal
    time_in_force: str
    stop_price: Decimal = _ZERO
    orig_quote_order_qty: Decimal = _ZERO
    trailing_delta: int | None = None


class _Trade(msgspec.Struct, rename="camel"):
    id: int
    order_id: int
    price: Decimal
    qty: Decimal
    commission: Decimal
    commission_asset: str
    time: int
    is_maker: bool


class _Balance(msgspec.Struct):
    asset: str
    free: Decimal
    locked: Decimal


class _Account(msgspec.Struct, rename="camel"):
    can_trade: bool
    balances: list[_Balance]
    uid: int | None = None


class _Symbol(msgspec.Struct, rename="camel"):
    symbol: str
    status: str
    base_asset: str
    quote_asset: str
    order_types: list[str]
    filters: list[dict[str, Any]]


class _ExchangeInfo(msgspec.Struct):
    symbols: list[msgspec.Raw]


class _Time(msgspec.Struct, rename="camel"):
    server_time: int


def report(body: bytes, order_id: UUID, exchange_order_id: int | None = None) -> Report:
    """What an answer about one order says; it must be about the order that we asked for."""
    order = msgspec.json.decode(body, type=_Order)
    if exchange_order_id is None and str(order_id) not in (
        order.client_order_id,
        order.orig_client_order_id,
    ):
        raise Unreadable(f"an answer about {order.client_order_id}")
    if exchange_order_id not in (None, order.order_id):
        raise Unreadable(f"an answer about {order.order_id}")
    return Report(order_id=order_id, **_facts(order))


def open_orders(body: bytes) -> tuple[Sighting, ...]:
    return tuple(_seen(order) for order in msgspec.json.decode(body, type=list[_SeenOrder]))


def sighting(body: bytes) -> Sighting:
    return _seen(msgspec.json.decode(body, type=_SeenOrder))


def trades(body: bytes) -> list[tuple[int, Trade]]:
    """Executions, each with the exchange's id of its order."""
    return [
        (
            trade.order_id,
            Trade(
                trade_id=trade.id,
                price=amount(trade.price),
                quantity=amount(trade.qty),
                commission=finite(trade.commission),
                commission_asset=trade.commission_asset,
                is_maker=trade.is_maker,
                traded_at=moment(trade.time),
            ),
        )
        for trade in msgspec.json.decode(body, type=list[_Trade])
    ]


def account(body: bytes, as_of: float) -> AccountSnapshot:
    """The answer's balances, as of the exchange's time at which they were asked for."""
    answer = msgspec.json.decode(body, type=_Account)
    holdings = tuple(
        Holding(row.asset, free=amount(row.free), locked=amount(row.locked))
        for row in answer.balances
    )
    return AccountSnapshot(answer.can_trade, holdings, moment(int(as_of * 1000)), answer.uid)


def symbols(body: bytes) -> Iterator[SymbolRules]:
    for raw in msgspec.json.decode(body, type=_ExchangeInfo).symbols:
        known = msgspec.json.decode(raw, type=_Symbol)
        everything = msgspec.json.decode(raw)
        yield SymbolRules(
            symbol=known.symbol,
            base=known.base_asset,
            quote=known.quote_asset,
            status=known.status,
            filters={rule["filterType"]: rule for rule in known.filters},
            order_types=known.order_types,
            flags={name: value for name, value in everything.items() if isinstance(value, bool)},
        )


def server_time(body: bytes) -> float:
    """Seconds since the epoch."""
    return msgspec.json.decode(body, type=_Time).server_time / 1000


def moment(milliseconds: int) -> datetime:
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        raise Unreadable(f"the time {milliseconds}") from None


def _seen(order: _SeenOrder) -> Sighting:
    return Sighting(
        **_facts(order),
        symbol=order.symbol,
        side=order.side,
        type=order.type,
        price=positive(order.price),
        stop_price=positive(order.stop_price),
        trailing_delta=order.trailing_delta,
        time_in_force=order.time_in_force,
        quote_order_quantity=positive(order.orig_quote_order_qty),
    )


def _facts(order: _Order) -> dict[str, Any]:
    spoke_at = order.transact_time or order.update_time
    if spoke_at is None:
        raise Unreadable("no time")
    timestamp, executed = moment(spoke_at), amount(order.executed_qty)
    return {
        "status": status_of(order.status, executed),
        "executed_quantity": executed,
        # Negative where the exchange does not know it any more.
        "quote_executed": max(finite(order.cummulative_quote_qty), _ZERO),
        "exchange_order_id": order.order_id,
        "timestamp": timestamp,
        "quantity": positive(order.orig_qty),
        # An answer to a cancel has an id of its own; the order's is the original one.
        "exchange_client_id": order.orig_client_order_id or order.client_order_id,
        "order_list": None if order.order_list_id < 0 else order.order_list_id,
        "reason": expiry_words(order.expiry_reason),
        "trades": tuple(_taken(fill, timestamp) for fill in order.fills),
    }


def _taken(fill: _Fill, timestamp: datetime) -> Trade:
    # What fills while it is being placed takes; nothing of it can have waited in the book.
    return Trade(
        trade_id=fill.trade_id,
        price=amount(fill.price),
        quantity=amount(fill.qty),
        commission=finite(fill.commission),
        commission_asset=fill.commission_asset,
        is_maker=False,
        traded_at=timestamp,
    )


def status_of(word: str, executed: Decimal) -> Status:
    """Raises: `Unreadable` for a word that we do not know."""
    if word == _PENDING_CANCEL:  # Still open, so it changes nothing.
        return Status.PARTIALLY_FILLED if executed else Status.NEW
    if word not in _STATUSES:
        raise Unreadable(f"the status {word}")
    return _STATUSES[word]


def positive(number: Decimal) -> Decimal | None:
    """An amount of which the exchange says 0 where there is none."""
    return amount(number) or None


def finite(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise Unreadable(f"the amount {number}")
    return number


def amount(number: Decimal) -> Decimal:
    """Raises: `Unreadable` for what is no amount."""
    if finite(number) < 0:
        raise Unreadable(f"the amount {number}")
    return number
