"""What the exchange knows, changed by records and by nothing else.

Live and at start-up the same `apply` runs over the same records, so what the journal holds and what
the exchange answers cannot differ.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from paper.amounts import times
from paper.engine.orders import Closed, Deposited, Filled, Opened, Order, Placed, Record, Triggered
from paper.symbols import SYMBOLS


@dataclass(slots=True)
class Balance:
    """What an account holds of one asset, in units."""

    free: int = 0
    locked: int = 0

    def lock(self, amount: int) -> None:
        self.free -= amount
        self.locked += amount


@dataclass(slots=True)
class Account:
    """One account with its key pair, balances and orders."""

    uid: int
    api_key: str
    secret_key: str = field(repr=False)
    balances: dict[str, Balance]
    updated_at: int
    orders: dict[str, list[Order]] = field(default_factory=lambda: defaultdict(list), repr=False)
    trades: dict[str, list[Filled]] = field(default_factory=lambda: defaultdict(list), repr=False)
    open: dict[int, Order] = field(default_factory=dict, repr=False)
    open_ids: dict[str, Order] = field(default_factory=dict, repr=False)
    by_client_id: dict[tuple[str, str], Order] = field(default_factory=dict, repr=False)
    lists: dict[int, list[Order]] = field(default_factory=lambda: defaultdict(list), repr=False)

    def open_of(self, symbol: str | None) -> list[Order]:
        """Open orders, oldest first, of one symbol or of all."""
        return [order for order in self.open.values() if symbol in (None, order.symbol)]


class State:
    """Accounts and orders. `sequence` counts applied records and stamps what they changed."""

    def __init__(self) -> None:
        self.sequence = 0
        self.last_order_id = 0
        self.last_trade_id: dict[str, int] = defaultdict(int)
        self.last_rank = 0
        self.last_list_id = 0
        self.accounts: dict[int, Account] = {}
        self.by_key: dict[str, Account] = {}
        self.orders: dict[int, Order] = {}
        self.fills: dict[int, list[Filled]] = defaultdict(list)
        self._apply: dict[type, Callable[[Any], None]] = {
            Opened: self._opened,
            Deposited: self._deposited,
            Placed: self._placed,
            Triggered: self._triggered,
            Filled: self._filled,
            Closed: self._closed,
        }

    def apply(self, record: Record) -> None:
        """Make the change that a record tells of. Records come from the engine or the journal."""
        self.sequence += 1
        self._apply[type(record)](record)

    def add_account(self, account: Account) -> None:
        self.accounts[account.uid] = account
        self.by_key[account.api_key] = account

    def add_order(self, order: Order) -> None:
        """Put an order where it is looked for; balances are not touched."""
        account = self.accounts[order.account]
        self.orders[order.order_id] = order
        account.orders[order.symbol].append(order)
        account.by_client_id[order.symbol, order.client_id] = order
        if order.list_id:
            account.lists[order.list_id].append(order)
            self.last_list_id = max(self.last_list_id, order.list_id)
        if order.is_open:
            account.open[order.order_id] = order
            account.open_ids[order.client_id] = order

    def add_fill(self, fill: Filled) -> None:
        """Put a fill where it is looked for; order and balances are not touched."""
        order = self.orders[fill.order_id]
        self.accounts[order.account].trades[order.symbol].append(fill)
        self.fills[fill.order_id].append(fill)

    def forget(self, keep: int) -> None:
        """Drop all but the newest `keep` orders that have ended, with their fills."""
        ended = [order_id for order_id, order in self.orders.items() if not order.is_open]
        for order_id in ended[: max(0, len(ended) - keep)]:
            order = self.orders.pop(order_id)
            self.fills.pop(order_id, None)
            by_client_id = self.accounts[order.account].by_client_id
            if by_client_id.get((order.symbol, order.client_id)) is order:
                del by_client_id[order.symbol, order.client_id]
        for account in self.accounts.values():
            for symbol, orders in account.orders.items():
                account.orders[symbol] = [o for o in orders if o.order_id in self.orders]
            for symbol, fills in account.trades.items():
                account.trades[symbol] = [f for f in fills if f.order_id in self.orders]
            for list_id, legs in list(account.lists.items()):
                if not any(leg.order_id in self.orders for leg in legs):
                    del account.lists[list_id]

    def partner_of(self, order: Order) -> Order | None:
        """The other leg of the list that an order belongs to."""
        if not order.list_id:
            return None
        legs = self.accounts[order.account].lists[order.list_id]
        return next((leg for leg in legs if leg is not order), None)

    def _opened(self, record: Opened) -> None:
        balances = {asset: Balance(free=amount) for asset, amount in record.balances.items()}
        self.add_account(
            Account(record.account, record.api_key, record.secret_key, balances, record.time)
        )

    def _deposited(self, record: Deposited) -> None:
        account = self.accounts[record.account]
        account.balances[record.asset].free += record.amount
        account.updated_at = record.time

    def _placed(self, record: Placed) -> None:
        order = record.order
        order.changed = self.sequence
        self.last_order_id = max(self.last_order_id, order.order_id)
        self.last_rank = max(self.last_rank, order.rank)
        self.add_order(order)
        self.balance_of(order).lock(order.locked)
        self.accounts[order.account].updated_at = order.created_at

    def _triggered(self, record: Triggered) -> None:
        order = self._touch(record.order_id, record.time)
        self.balance_of(order).lock(record.locked - order.locked)
        order.locked = record.locked
        order.rank = record.rank
        order.is_working, order.working_at = True, record.time
        self.last_rank = max(self.last_rank, record.rank)

    def _filled(self, record: Filled) -> None:
        order = self._touch(record.order_id, record.time)
        account, symbol = self.accounts[order.account], SYMBOLS[order.symbol]
        quote = times(record.price, record.quantity)
        order.executed += record.quantity
        order.quote_executed += quote
        base_balance, quote_balance = account.balances[symbol.base], account.balances[symbol.quote]
        paid, received = (quote, record.quantity) if order.is_buy else (record.quantity, quote)
        paying, receiving = (
            (quote_balance, base_balance) if order.is_buy else (base_balance, quote_balance)
        )
        self._release(order, record.quantity, paying)
        paying.free -= paid
        receiving.free += received - record.fee
        self.add_fill(record)
        self.last_trade_id[order.symbol] = max(self.last_trade_id[order.symbol], record.trade_id)
        order.status = "PARTIALLY_FILLED"
        if order.quantity and order.remaining == 0:
            self._end(order, "FILLED")

    def _closed(self, record: Closed) -> None:
        order = self._touch(record.order_id, record.time)
        order.expiry_reason = record.reason
        order.cancel_id = record.cancel_id
        self._end(order, record.status)

    def _touch(self, order_id: int, time: int) -> Order:
        order = self.orders[order_id]
        order.updated_at, order.changed = time, self.sequence
        self.accounts[order.account].updated_at = time
        return order

    def _release(self, order: Order, quantity: int, balance: Balance) -> None:
        """Give back what the order held for this quantity, at the price it was held at."""
        if not order.locked:
            return
        held = times(order.price, quantity) if order.is_buy else quantity
        balance.lock(-held)
        order.locked -= held

    def _end(self, order: Order, status: str) -> None:
        account = self.accounts[order.account]
        self.balance_of(order).lock(-order.locked)
        order.locked = 0
        order.status = status
        account.open.pop(order.order_id, None)
        if account.open_ids.get(order.client_id) is order:
            del account.open_ids[order.client_id]

    def balance_of(self, order: Order) -> Balance:
        """The balance that the order pays from."""
        symbol = SYMBOLS[order.symbol]
        asset = symbol.quote if order.is_buy else symbol.base
        return self.accounts[order.account].balances[asset]
