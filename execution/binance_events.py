"""Binance's private streams: what is sent and said on a connection to its WebSocket API.

Source: Binance's "User Data Streams" and "User Data Stream requests" of the Spot WebSocket API.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.conf import settings

from execution import binance_errors
from execution.binance_answers import Unreadable, amount, finite, moment, positive, status_of
from execution.binance_client import Refusal, signature
from execution.binance_words import expiry_words, rejection_words
from execution.events import (
    AccountEvent,
    BalancesChanged,
    BalancesUnclear,
    Event,
    Message,
    Refused,
    ShuttingDown,
    Subscribed,
    Terminated,
    Unknown,
)
from execution.exchange import Credentials, ExchangeError, Holding, Sighting, Trade

SUBSCRIBED_ALREADY = -2035
_ZERO = Decimal(0)


class _Envelope(msgspec.Struct, rename="camel"):
    """An answer has an id and a status, an event has neither."""

    id: int | None = None
    status: int | None = None
    result: dict[str, Any] | None = None
    error: msgspec.Raw = msgspec.Raw()
    subscription_id: int | None = None
    event: msgspec.Raw = msgspec.Raw()


class _Kind(msgspec.Struct):
    e: str


class _Execution(msgspec.Struct):
    """executionReport; the one-letter names are Binance's."""

    s: str  # Symbol.
    c: str  # Client order id, on cancels that of the cancel.
    S: str  # Side.
    o: str  # Type.
    f: str  # Time in force.
    q: Decimal
    p: Decimal
    P: Decimal  # Stop price.
    X: str  # Status.
    i: int  # Order id.
    l: Decimal  # Last executed quantity.  # noqa: E741
    z: Decimal  # Cumulative.
    L: Decimal  # Last executed price.
    n: Decimal | None  # Commission.
    T: int
    t: int  # Trade id, -1 without one.
    Z: Decimal  # Cumulative quote.
    C: str | None = ""  # Client order id of what was cancelled.
    N: str | None = None
    Q: Decimal = _ZERO
    m: bool = False
    g: int = -1  # Order list.
    r: str = "NONE"
    eR: str = ""
    d: int | None = None  # Trailing delta.


class _Asset(msgspec.Struct):
    a: str
    f: Decimal
    l: Decimal  # noqa: E741


class _Position(msgspec.Struct):
    u: int
    B: list[_Asset]


def subscribe(credentials: Credentials, *, request: int, timestamp: float) -> bytes:
    """The request to hear an account's events, signed as of `timestamp`, the exchange's time."""
    given: dict[str, Any] = {
        "apiKey": credentials.api_key,
        "timestamp": int(timestamp * 1000),
        "recvWindow": int(settings.RECV_WINDOW_SECONDS * 1000),
    }
    signed = given | {"signature": signature(credentials.secret_key, given)}
    return _request("userDataStream.subscribe.signature", request, signed)


def unsubscribe(subscription: int, *, request: int) -> bytes:
    return _request("userDataStream.unsubscribe", request, {"subscriptionId": subscription})


def translate(text: bytes) -> Message:
    """One message of a connection in our words.

    Raises: `ShuttingDown`, and `Unreadable` for what cannot even be told to be of an account.
    """
    try:
        message = msgspec.json.decode(text, type=_Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable(str(error)) from error
    if message.status is not None:
        return _answer(message)
    kind, body = _kind(message.event), bytes(message.event)
    if kind == "serverShutdown":
        raise ShuttingDown
    if message.subscription_id is None:
        return Unknown(kind, "an event of no account")
    return AccountEvent(message.subscription_id, _event(kind, body))


def _request(method: str, request: int, parameters: dict[str, Any]) -> bytes:
    return msgspec.json.encode({"id": request, "method": method, "params": parameters})


def _answer(message: _Envelope) -> Message:
    if message.id is None:
        raise Unreadable("an answer to nothing")
    if message.status != 200 or message.error:
        return Refused(message.id, _refusal(message))
    number = (message.result or {}).get("subscriptionId")
    if not isinstance(number, int):  # To an unsubscription.
        return Unknown("answer")
    return Subscribed(message.id, number)


def _refusal(message: _Envelope) -> ExchangeError:
    # The same codes as over REST, so they mean the same.
    body = bytes(message.error)
    return binance_errors.sort(Refusal(message.status or 0, body, _retry_after(body)))


def _retry_after(body: bytes) -> str | None:
    """Seconds, of the `data` of a 429 or 418, which tells milliseconds since the epoch twice."""
    try:
        data = msgspec.json.decode(body).get("data") or {}
        return str(max(0, (int(data["retryAfter"]) - int(data["serverTime"])) // 1000))
    except (msgspec.DecodeError, AttributeError, KeyError, TypeError, ValueError):
        return None


def _kind(event: msgspec.Raw) -> str:
    try:
        return msgspec.json.decode(event, type=_Kind).e
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable(str(error)) from error


def _event(kind: str, body: bytes) -> Event | None:
    reader = _READERS.get(kind)
    if reader is None:
        return Unknown(kind)
    try:
        return reader(body)
    except (msgspec.DecodeError, UnicodeDecodeError, Unreadable) as error:
        return Unknown(kind, str(error) or type(error).__name__)


def _sighting(body: bytes) -> Sighting:
    told = msgspec.json.decode(body, type=_Execution)
    executed, timestamp = amount(told.z), moment(told.T)
    return Sighting(
        status=status_of(told.X, executed),
        executed_quantity=executed,
        quote_executed=max(finite(told.Z), _ZERO),
        exchange_order_id=told.i,
        timestamp=timestamp,
        quantity=positive(told.q),
        exchange_client_id=told.C or told.c,
        order_list=None if told.g < 0 else told.g,
        reason=rejection_words(told.r) or expiry_words(told.eR),
        trades=(_trade(told, timestamp),) if told.t >= 0 else (),
        symbol=told.s,
        side=told.S,
        type=told.o,
        price=positive(told.p),
        stop_price=positive(told.P),
        trailing_delta=told.d,
        time_in_force=told.f,
        quote_order_quantity=positive(told.Q),
    )


def _trade(told: _Execution, timestamp: datetime) -> Trade:
    return Trade(
        trade_id=told.t,
        price=amount(told.L),
        quantity=amount(told.l),
        commission=finite(told.n or _ZERO),
        commission_asset=told.N or "",
        is_maker=told.m,
        traded_at=timestamp,
    )


def _balances(body: bytes) -> BalancesChanged:
    told = msgspec.json.decode(body, type=_Position)
    holdings = tuple(Holding(row.a, free=amount(row.f), locked=amount(row.l)) for row in told.B)
    return BalancesChanged(holdings, moment(told.u))


_READERS: dict[str, Callable[[bytes], Event | None]] = {
    "executionReport": _sighting,
    "outboundAccountPosition": _balances,
    "balanceUpdate": lambda body: BalancesUnclear(),
    "externalLockUpdate": lambda body: BalancesUnclear(),
    "listStatus": lambda body: None,  # Its legs tell of themselves.
    "eventStreamTerminated": lambda body: Terminated(),
}
