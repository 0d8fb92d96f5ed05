"""What a trader asks for in the body of `POST /api/trading/orders`, read strictly.

Nothing is guessed and nothing is rounded: what cannot be taken as it is goes back with every wrong
field named and the way to mend it.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Any

from tradeplat.problems import Invalid
from tradeplat.wire import encode
from trading.models.amounts import DIGITS, PLACES, SMALLEST
from trading.models.orders import OrderType, Side, TimeInForce

STOP_MARKET = "STOP MARKET"  # What existing clients call STOP_LOSS, with the stop in `price`.
LONGEST_SYMBOL = 32
LONGEST_KEY = 255  # Of an Idempotency-Key.
LARGEST_ID = 2**63 - 1
LARGEST_DELTA = 1_000_000  # BIPS; the symbol's own bounds are narrower.

_COLUMN = Context(prec=DIGITS, traps=[Inexact, InvalidOperation])
# Decimal() alone would also take "1_000", "NaN" and the digits of other scripts.
_NUMBER = re.compile(r"-?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_CLIENT_ORDER_ID = re.compile(r"[a-zA-Z0-9_-]{1,36}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Intent:
    """An order as a trader wants it. Quantities in the base asset, prices in the quote asset.

    Amounts fit their columns exactly; `trailing_delta` is in BIPS. `account_id` None means the
    user's default account.
    """

    symbol: str
    side: Side
    type: OrderType
    quantity: Decimal | None = None
    price: Decimal | None = None
    stop_price: Decimal | None = None
    trailing_delta: int | None = None
    time_in_force: str = ""
    quote_order_quantity: Decimal | None = None
    client_order_id: str | None = None
    account_id: int | None = None

    def request_hash(self) -> str:
        """Tells one intent from another, however its numbers were spelled."""
        said = {name: value for name, value in asdict(self).items() if value is not None}
        return hashlib.sha256(encode(said, decimals="string")).hexdigest()


def parse_intent(body: Any) -> Intent:
    """Read the body of a POST.

    Raises: `Invalid`, naming every field that is wrong, missing, unknown or out of place.
    """
    if not isinstance(body, dict):
        raise Invalid({"body": "Must be a JSON object with the fields of one order."})
    # A field without a value counts as absent; that there is no such field is still told.
    given = {
        field: value for field, value in body.items() if value is not None or field not in _READERS
    }
    values, errors = _read(given)
    if "type" in values:
        errors = dict(_misfits(_SHAPES[given["type"]], given)) | errors
    if errors:
        raise Invalid(errors)
    return _intent(values, sent_type=given["type"])


def read_amount(value: Any) -> Decimal:
    """A positive amount, as a column of ours holds it.

    Raises: `ValueError` in words for the sender.
    """
    number = _number(value)
    if number <= 0:
        raise ValueError("Must be greater than 0.")
    if number.adjusted() >= DIGITS - PLACES:
        raise ValueError(f"Is too large: at most {DIGITS - PLACES} digits before the point.")
    try:
        return number.quantize(SMALLEST, context=_COLUMN)
    except Inexact:
        raise ValueError(f"Has too many decimals: at most {PLACES}.") from None


def read_whole(value: Any, *, largest: int = LARGEST_ID) -> int:
    """A whole number from 1 to `largest`. Raises: `ValueError` in words for the sender."""
    number = _number(value)
    if not 1 <= number <= largest or number % 1:
        raise ValueError(f"Must be a whole number from 1 to {largest}.")
    return int(number)


def read_choice(value: Any, choices: list[str]) -> str:
    """One of `choices`. Raises: `ValueError` in words for the sender."""
    if isinstance(value, str) and value in choices:
        return value
    asked = value.strip().upper().replace(" ", "_") if isinstance(value, str) else ""
    hint = f' Did you mean "{asked}"?' if asked in choices else ""
    raise ValueError(f"Must be one of {', '.join(choices)}, in capitals.{hint}")


def read_symbol(value: Any) -> str:
    """A market's name; whether there is such a market is another question."""
    # Binance lists markets with names outside ASCII, so only what nothing is called is refused.
    if (
        not isinstance(value, str)
        or not value.isprintable()
        or not 1 <= len(value) <= LONGEST_SYMBOL
    ):
        raise ValueError("Must be the name of a market, such as BTCUSDT.")
    return value


def _number(value: Any) -> Decimal:
    if isinstance(value, str):
        if len(value) <= 64 and _NUMBER.fullmatch(value):
            return Decimal(value)
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        number = Decimal(value)
        if number.is_finite():
            return number
    raise ValueError('Must be a number in plain digits, such as 0.001 or "0.001".')


def _client_order_id(value: Any) -> str:
    if not isinstance(value, str) or not _CLIENT_ORDER_ID.fullmatch(value):
        raise ValueError("Must be 1 to 36 letters, digits, hyphens or underscores.")
    return value


_READERS: dict[str, Callable[[Any], Any]] = {
    "account": read_whole,
    "symbol": read_symbol,
    "side": lambda value: Side(read_choice(value, Side.values)),
    "type": lambda value: OrderType(
        OrderType.STOP_LOSS if value == STOP_MARKET else read_choice(value, OrderType.values)
    ),
    "quantity": read_amount,
    "price": read_amount,
    "stopPrice": read_amount,
    "trailingDelta": lambda value: read_whole(value, largest=LARGEST_DELTA),
    "timeInForce": lambda value: read_choice(value, TimeInForce.values),
    "quoteOrderQty": read_amount,
    "clientOrderId": _client_order_id,
}
_ALWAYS = frozenset({"account", "symbol", "side", "type", "quantity", "clientOrderId"})


@dataclass(frozen=True, slots=True)
class _Shape:
    """Which fields a type of order needs and which it takes besides, as Binance has it."""

    needs: frozenset[str]
    takes: frozenset[str]
    one_of: tuple[str, ...] = ()  # At least one of these.


_STOP = ("stopPrice", "trailingDelta")
_SHAPES: dict[str, _Shape] = {
    OrderType.MARKET: _Shape(
        frozenset(), frozenset({"price", "quoteOrderQty"}), one_of=("quantity", "quoteOrderQty")
    ),
    OrderType.LIMIT: _Shape(frozenset({"quantity", "price"}), frozenset({"timeInForce"})),
    OrderType.LIMIT_MAKER: _Shape(frozenset({"quantity", "price"}), frozenset()),
    OrderType.STOP_LOSS: _Shape(frozenset({"quantity"}), frozenset(_STOP), one_of=_STOP),
    OrderType.STOP_LOSS_LIMIT: _Shape(
        frozenset({"quantity", "price"}), frozenset({*_STOP, "timeInForce"}), one_of=_STOP
    ),
}
_SHAPES[OrderType.TAKE_PROFIT] = _SHAPES[OrderType.STOP_LOSS]
_SHAPES[OrderType.TAKE_PROFIT_LIMIT] = _SHAPES[OrderType.STOP_LOSS_LIMIT]
_SHAPES[STOP_MARKET] = _Shape(
    frozenset({"quantity"}), frozenset({*_STOP, "price"}), one_of=("price", *_STOP)
)


def _read(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """What could be read, and what is wrong with the rest, by the names that were sent."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    # A last price comes with MARKET too; it means nothing there, so only its form is looked at.
    readers = _READERS | ({"price": _number} if given.get("type") == OrderType.MARKET else {})
    for field, value in given.items():
        try:
            values[field] = readers[field](value)
        except KeyError:
            errors[field[:64]] = "Is not a field of an order."
        except ValueError as error:
            errors[field] = str(error)
    errors |= {field: "Is required." for field in ("symbol", "side", "type") if field not in given}
    return values, errors


def _misfits(shape: _Shape, given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Fields that this type of order does not take, lacks, or takes only one of."""
    for field in sorted(_READERS.keys() & given.keys() - _ALWAYS - shape.needs - shape.takes):
        yield field, f"Does not belong to {given['type']}: leave it out."
    for field in sorted(shape.needs - given.keys()):
        yield field, f"Is required for {given['type']}."
    if shape.one_of and not given.keys() & set(shape.one_of):
        yield shape.one_of[0], f"Is required, or else {' or '.join(shape.one_of[1:])}."
    if {"quantity", "quoteOrderQty"} <= given.keys() and "quoteOrderQty" in shape.takes:
        yield "quoteOrderQty", "Send either quantity or quoteOrderQty, not both."


def _intent(values: Mapping[str, Any], *, sent_type: str) -> Intent:
    kind: OrderType = values["type"]
    price, stop_price = values.get("price"), values.get("stopPrice")
    if sent_type == STOP_MARKET:
        price, stop_price = None, stop_price or price
    elif kind == OrderType.MARKET:
        price = None
    takes_time = "timeInForce" in _SHAPES[kind].takes
    return Intent(
        symbol=values["symbol"],
        side=values["side"],
        type=kind,
        quantity=values.get("quantity"),
        price=price,
        stop_price=stop_price,
        trailing_delta=values.get("trailingDelta"),
        time_in_force=values.get("timeInForce", TimeInForce.GTC if takes_time else ""),
        quote_order_quantity=values.get("quoteOrderQty"),
        client_order_id=values.get("clientOrderId"),
        account_id=values.get("account"),
    )
