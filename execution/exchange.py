"""The exchange in our own words: what it can tell us, and the three ways in which a call fails.

`execution/binance.py` is the one file that translates. Amounts are `Decimal` in the symbol's own
assets, times are aware datetimes by the exchange's clock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from trading.states import Status


@dataclass(frozen=True, slots=True)
class Credentials:
    """A key pair and the environment that it belongs to. Its repr shows neither key."""

    environment: str
    api_key: str = field(repr=False)
    secret_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Trade:
    """One execution of an order. `trade_id` is unique per account and symbol and only grows."""

    trade_id: int
    price: Decimal
    quantity: Decimal
    commission: Decimal
    commission_asset: str
    is_maker: bool
    traded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the exchange says about one order at one moment.

    `executed_quantity` and `quote_executed` are cumulative. `trades` are those that came with the
    facts; none at all says nothing about whether there were any.
    """

    status: Status
    executed_quantity: Decimal
    quote_executed: Decimal
    exchange_order_id: int
    timestamp: datetime
    quantity: Decimal | None = None  # What the exchange takes the order's quantity to be.
    exchange_client_id: str = ""
    order_list: int | None = None
    reason: str = ""
    trades: tuple[Trade, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Facts):
    """Facts about an order of ours."""

    order_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting(Facts):
    """Facts about an order of an account that the exchange shows unasked, whoever placed it.

    It comes with all that makes an order, in the exchange's words: enough to adopt it.
    """

    symbol: str
    side: str
    type: str
    price: Decimal | None = None
    stop_price: Decimal | None = None
    trailing_delta: int | None = None  # In BIPS.
    time_in_force: str = ""
    quote_order_quantity: Decimal | None = None

    def as_report(self, order_id: UUID) -> Report:
        """The same facts about the order of ours that it has turned out to be."""
        facts = {each.name: getattr(self, each.name) for each in fields(Facts)}
        return Report(order_id=order_id, **facts)


@dataclass(frozen=True, slots=True)
class Holding:
    """What an account has of one asset."""

    asset: str
    free: Decimal
    locked: Decimal


@dataclass(frozen=True, slots=True)
class AccountSnapshot:
    can_trade: bool
    holdings: tuple[Holding, ...]
    as_of: datetime
    uid: int | None = None  # The exchange's number of the account, whichever key asks.


@dataclass(frozen=True, slots=True)
class SymbolRules:
    """A market and its rules, as the exchange publishes them."""

    symbol: str
    base: str
    quote: str
    status: str
    filters: Mapping[str, Mapping[str, Any]]  # filterType -> its fields, amounts as strings
    order_types: Sequence[str]
    flags: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SubmitRequest:
    """An order as it is sent; `order_id` becomes the exchange's client id."""

    order_id: UUID
    symbol: str
    side: str
    type: str
    quantity: Decimal | None
    quote_order_quantity: Decimal | None
    price: Decimal | None
    stop_price: Decimal | None
    trailing_delta: int | None
    time_in_force: str
    pays_with: str = ""  # The asset that it takes, for words about a lack of it.


class ExchangeError(Exception):
    """A call that did not give an answer we can record. `words` are for a person."""

    def __init__(self, words: str, *, code: int = 0) -> None:
        super().__init__(words)
        self.words = words
        self.code = code


class Rejected(ExchangeError):
    """The exchange refused, for certain: the order is not there and never will be.

    `halts_account` says that the key itself was refused, so that nothing else will pass either.
    """

    def __init__(self, words: str, *, code: int = 0, halts_account: bool = False) -> None:
        super().__init__(words, code=code)
        self.halts_account = halts_account


class KeysLost(Rejected):
    """Refused by ourselves, with nothing sent: the stored keys of the account cannot be read."""

    def __init__(self) -> None:
        super().__init__("The stored keys of the account cannot be read.", halts_account=True)


class NotSent(ExchangeError):
    """The exchange certainly did not take the order: it may go again after `retry_after` seconds.

    `scope` says what has to wait: this "order", its "account" or every call from this "address".
    Its "clock" means that our time was refused, which has been measured again since.
    """

    def __init__(
        self, words: str, *, code: int = 0, retry_after: float = 0.0, scope: str = "order"
    ) -> None:
        super().__init__(words, code=code)
        self.retry_after = retry_after
        self.scope = scope


class OutcomeUnknown(ExchangeError):
    """The exchange may have it. Nothing may be sent again; it has to be asked."""


class Exchange(Protocol):
    """One environment of an exchange. Every method is a network call with its own time limit."""

    async def submit(
        self, credentials: Credentials, request: SubmitRequest, *, not_after: float
    ) -> Report:
        """Send an order once, unless `time.monotonic()` has passed `not_after` when it is signed.

        Raises: `Rejected`, `NotSent`, `OutcomeUnknown`.
        """

    async def cancel(
        self,
        credentials: Credentials,
        symbol: str,
        order_id: UUID,
        *,
        exchange_order_id: int | None = None,
    ) -> Report | None:
        """Cancel by our id, or by the exchange's where that is given: it knows no id of ours for
        an order that was placed elsewhere. None when it says that there is nothing to cancel.
        """

    async def query(
        self,
        credentials: Credentials,
        symbol: str,
        order_id: UUID,
        *,
        exchange_order_id: int | None = None,
    ) -> Report | None:
        """The order by our id, or by the exchange's where that is given.

        None when the exchange does not show it, which proves little.
        """

    async def open_orders(self, credentials: Credentials) -> tuple[Sighting, ...]:
        """All open orders of an account, whoever placed them. Weighs 80."""

    async def trades(
        self, credentials: Credentials, symbol: str, exchange_order_id: int
    ) -> tuple[Trade, ...]:
        """All executions of an order."""

    async def trades_from(
        self, credentials: Credentials, symbol: str, trade_id: int
    ) -> Mapping[int, tuple[Trade, ...]]:
        """All executions in a symbol from a trade on, by the exchange's id of their order."""

    async def sight(
        self, credentials: Credentials, symbol: str, exchange_order_id: int
    ) -> Sighting | None:
        """An order by the exchange's id, with all that makes it; None when it is not shown."""

    async def account(self, credentials: Credentials) -> AccountSnapshot: ...

    async def symbols(self) -> tuple[SymbolRules, ...]: ...

    async def time(self, *, anew: bool = False) -> float:
        """The exchange's time in seconds since the epoch; `anew` has it measured before."""
