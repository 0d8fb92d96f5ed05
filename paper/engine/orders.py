"""Orders, trades and what can happen to them."""

from typing import Final

import msgspec

LIMIT_TYPES: Final = frozenset({"LIMIT", "LIMIT_MAKER", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"})
STOP_TYPES: Final = frozenset({"STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"})
STOP_LOSS_TYPES: Final = frozenset({"STOP_LOSS", "STOP_LOSS_LIMIT"})
OPEN: Final = frozenset({"NEW", "PARTIALLY_FILLED"})


class OrderRequest(msgspec.Struct, frozen=True):
    """A well-formed order before the exchange has looked at its rules. Absent amounts are 0."""

    symbol: str
    side: str
    type: str
    client_id: str
    time_in_force: str = "GTC"
    quantity: int = 0
    quote_quantity: int = 0
    price: int = 0
    stop_price: int = 0
    trailing_delta: int = 0
    strategy_id: int = 0
    strategy_type: int = 0
    list_id: int = 0
    list_client_id: str = ""


class Order(msgspec.Struct, omit_defaults=True):
    """An order that the exchange has accepted. Amounts are units of 1e-8, times are ms.

    `locked` is what this order still holds of its account's locked balance, and `rank` its place
    among orders of the same price. `list_id` is 0 where the order stands alone.
    """

    order_id: int
    account: int
    symbol: str
    side: str
    type: str
    client_id: str
    time_in_force: str
    created_at: int
    updated_at: int
    status: str = "NEW"
    quantity: int = 0
    quote_quantity: int = 0
    price: int = 0
    stop_price: int = 0
    trailing_delta: int = 0
    extreme: int = 0
    strategy_id: int = 0
    strategy_type: int = 0
    executed: int = 0
    quote_executed: int = 0
    locked: int = 0
    rank: int = 0
    is_working: bool = False
    working_at: int = 0
    cancel_id: str = ""
    expiry_reason: str = ""
    list_id: int = 0
    list_client_id: str = ""
    changed: int = 0

    @property
    def is_buy(self) -> bool:
        return self.side == "BUY"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_limit(self) -> bool:
        return self.type in LIMIT_TYPES

    @property
    def remaining(self) -> int:
        return self.quantity - self.executed


class Opened(msgspec.Struct, tag="opened", frozen=True):
    """An account was provisioned."""

    account: int
    api_key: str
    secret_key: str
    balances: dict[str, int]
    time: int

    def __repr__(self) -> str:
        return f"Opened({self.account})"  # Never the secret.


class Deposited(msgspec.Struct, tag="deposited", frozen=True):
    """Money came without a trade; a negative amount went."""

    account: int
    asset: str
    amount: int
    time: int


class Placed(msgspec.Struct, tag="placed", frozen=True):
    """An order was accepted; `order.locked` moved from free to locked."""

    order: Order


class Triggered(msgspec.Struct, tag="triggered", frozen=True):
    """A stop was reached: the order works from now on, holding `locked`."""

    order_id: int
    locked: int
    rank: int
    time: int


class Filled(msgspec.Struct, tag="filled", omit_defaults=True, frozen=True):
    """One trade as one account sees it. The fee is part of what the account received."""

    order_id: int
    trade_id: int
    price: int
    quantity: int
    fee: int
    fee_asset: str
    time: int
    is_maker: bool = False


class Closed(msgspec.Struct, tag="closed", omit_defaults=True, frozen=True):
    """An order ended without its remainder; what it still held is free again."""

    order_id: int
    status: str
    time: int
    reason: str = ""
    cancel_id: str = ""


Record = Opened | Deposited | Placed | Triggered | Filled | Closed


def order_id_of(record: Record) -> int | None:
    """The order that a record tells of; None for one about an account."""
    if isinstance(record, Opened | Deposited):
        return None
    return record.order.order_id if isinstance(record, Placed) else record.order_id
