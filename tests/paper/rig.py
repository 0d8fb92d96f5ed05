"""The engine alone, in memory, with its records kept: no server and no clock."""

import itertools
from typing import Any

import msgspec

from paper.amounts import ONE, parse
from paper.engine.book import Book
from paper.engine.exchange import Exchange
from paper.engine.orders import Order, OrderRequest, Record
from paper.engine.state import Account, State
from paper.symbols import SYMBOLS

BTC = "BTCUSDT"
PRICES = {BTC: 50_000 * ONE}


class Rig:
    """An exchange of one symbol at 50,000 whose time is a counter."""

    def __init__(self, fee_bips: int = 10) -> None:
        self.records: list[Record] = []
        self.state = State()
        self.written: list[msgspec.Raw] = []  # As the journal would hold them.
        self._times = itertools.count(1_700_000_000_000)
        self._ids = itertools.count(1)
        books = {name: Book(SYMBOLS[name], price) for name, price in PRICES.items()}
        self.exchange = Exchange(
            self.state, books, fee_bips=fee_bips, emit=self._emit, on_trade=lambda *trade: None
        )

    @property
    def book(self) -> Book:
        return self.exchange.books[BTC]

    def _emit(self, record: Record) -> None:
        self.state.apply(record)
        self.records.append(record)
        self.written.append(msgspec.Raw(msgspec.json.encode(record)))

    def account(self, name: str, usdt: str = "1000000", btc: str = "100") -> Account:
        balances = {"USDT": parse(usdt), "BTC": parse(btc)}
        return self.exchange.open_account(name, "secret", balances, self.now())

    def now(self) -> int:
        return next(self._times)

    def place(self, account: Account, side: str, type: str, quantity: str, **fields: str) -> Order:
        """Amounts as text; `tif` is the time in force."""
        request = self.request(side, type, quantity, **fields)
        return self.exchange.place(account, request, self.now())

    def place_pair(self, account: Account, above: OrderRequest, below: OrderRequest) -> list[Order]:
        """Two orders of which one ends the other."""
        list_id = self.state.last_list_id + 1
        above, below = (msgspec.structs.replace(leg, list_id=list_id) for leg in (above, below))
        return self.exchange.place_pair(account, above, below, self.now())

    def request(self, side: str, type: str, quantity: str, **fields: str) -> OrderRequest:
        amounts: dict[str, Any] = {
            name: parse(fields[name]) for name in ("price", "stop_price") if name in fields
        }
        return OrderRequest(
            symbol=BTC,
            side=side,
            type=type,
            client_id=fields.get("client_id", f"order-{next(self._ids)}"),
            time_in_force=fields.get("tif", "GTC"),
            quantity=parse(quantity),
            quote_quantity=parse(fields.get("quote", "0")),
            trailing_delta=int(fields.get("trailing", "0")),
            **amounts,
        )

    def move(self, price: str, volume: str = "0") -> None:
        self.exchange.move(BTC, parse(price), self.now(), parse(volume), self.now())
