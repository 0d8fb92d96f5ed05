"""Accepts, matches, triggers and cancels. Every change goes out as a record through `emit`."""

from collections.abc import Callable

from paper import errors
from paper.amounts import times
from paper.engine import filters, lists, stops
from paper.engine.book import Book, Level
from paper.engine.matching import Plan, Want, plan
from paper.engine.orders import (
    STOP_TYPES,
    Closed,
    Deposited,
    Filled,
    Opened,
    Order,
    OrderRequest,
    Placed,
    Record,
    Triggered,
)
from paper.engine.state import Account, State
from paper.symbols import ASSETS, SYMBOLS

Emit = Callable[[Record], None]
# Symbol, price, quantity, whether the buyer was the maker, trade id, time.
OnTrade = Callable[[str, int, int, bool, int, int], None]


class Exchange:
    """The one place that decides what happens to an order. Times are given, never read."""

    def __init__(
        self, state: State, books: dict[str, Book], *, fee_bips: int, emit: Emit, on_trade: OnTrade
    ) -> None:
        self.state = state
        self.books = books
        self.fee_bips = fee_bips
        self._emit = emit
        self._on_trade = on_trade
        self._waiting: dict[str, list[Order]] = {name: [] for name in books}
        self._last_price = {name: book.price for name, book in books.items()}

    def restore(self) -> None:
        """Put the open orders of a replayed state back into the books."""
        for account in self.state.accounts.values():
            for order in account.open.values():
                self._stand(order)

    def open_account(
        self, api_key: str, secret_key: str, balances: dict[str, int], now: int
    ) -> Account:
        """Create an account. The caller has made sure that the key is new."""
        every = dict.fromkeys(ASSETS, 0) | balances
        uid = 1000 + len(self.state.accounts)
        self._emit(Opened(uid, api_key, secret_key, every, now))
        return self.state.accounts[uid]

    def deposit(self, account: Account, asset: str, amount: int, now: int) -> None:
        """Change a balance without a trade. Raises ExchangeError where it would fall below 0."""
        if account.balances[asset].free + amount < 0:
            raise errors.insufficient_balance()
        self._emit(Deposited(account.uid, asset, amount, now))

    def place(self, account: Account, request: OrderRequest, now: int) -> Order:
        """Accept an order and trade it as far as it goes. Raises ExchangeError; then nothing is."""
        self._admit(account, request)
        order = self._draft(account, request, now)
        book = self.books[order.symbol]
        if book.frozen:
            book.refill()
        if order.type in STOP_TYPES:
            self._wait(account, order)
        else:
            self._enter(account, order, book)
        self._fire_stops(order.symbol, now)
        return order

    def place_pair(
        self, account: Account, above: OrderRequest, below: OrderRequest, now: int
    ) -> list[Order]:
        """Accept two orders of which one ends the other. Raises ExchangeError; then nothing is."""
        for request in (above, below):
            self._admit(account, request)
        lists.check(above, below, self._last_price[above.symbol])
        # The one that may rest comes first, and what the other needs more is set aside besides.
        first, second = sorted((above, below), key=lambda leg: leg.type != "LIMIT_MAKER")
        legs = [self._draft(account, first, now), self._draft(account, second, now)]
        if first.type == "LIMIT_MAKER":
            self._refuse_a_take(self._plan(legs[0], self.books[first.symbol]))
        self._set_aside(account, legs)
        for leg in legs:
            leg.order_id = self.state.last_order_id + 1
            leg.rank = self.state.last_rank + 1
            self._emit(Placed(leg))
            self._stand(leg)
        return legs if first is above else legs[::-1]

    def check(self, account: Account, request: OrderRequest) -> None:
        """The rules that need no book: what a test order is held to."""
        price = self.books[request.symbol].price
        filters.check(request, SYMBOLS[request.symbol], account, price)

    def cancel(self, order: Order, cancel_id: str, now: int) -> None:
        """End an open order."""
        self._close(order, "CANCELED", now, cancel_id=cancel_id)

    def move(self, symbol: str, price: int, generation: int, volume: int, now: int) -> None:
        """The walk has moved: makers quote anew, and orders that they now reach trade.

        `volume` is what the background trade at this very price leaves for resting orders.
        """
        book = self.books[symbol]
        book.requote(price, generation)
        for side in ("BUY", "SELL"):
            self._meet(book, side, volume, now)
        self._last_price[symbol] = price
        self._fire_stops(symbol, now)

    def next_trade_id(self, symbol: str) -> int:
        self.state.last_trade_id[symbol] += 1
        return self.state.last_trade_id[symbol]

    def last_price(self, symbol: str) -> int:
        return self._last_price[symbol]

    def _admit(self, account: Account, request: OrderRequest) -> None:
        self.check(account, request)
        if request.client_id in account.open_ids:
            raise errors.rejected("Duplicate order sent.")

    def _set_aside(self, account: Account, legs: list[Order]) -> None:
        """A pair needs as much as the dearer of its legs, for only one of them will trade."""
        held = 0
        for leg in legs:
            if leg.trailing_delta:
                leg.extreme = 0 if leg.stop_price else self._last_price[leg.symbol]
            price = leg.price or leg.stop_price or self._last_price[leg.symbol]
            leg.locked = max(0, self._need(leg, price) - held)
            held += leg.locked
        self._require(account, legs[0], held)

    def _stand(self, leg: Order) -> None:
        """Put an accepted leg where it waits."""
        if leg.is_working:
            self.books[leg.symbol].add(leg)
        else:
            self._waiting[leg.symbol].append(leg)

    def _draft(self, account: Account, request: OrderRequest, now: int) -> Order:
        is_stop = request.type in STOP_TYPES
        return Order(
            order_id=self.state.last_order_id + 1,
            account=account.uid,
            symbol=request.symbol,
            side=request.side,
            type=request.type,
            client_id=request.client_id,
            time_in_force=request.time_in_force,
            created_at=now,
            updated_at=now,
            quantity=request.quantity,
            quote_quantity=request.quote_quantity,
            price=request.price,
            stop_price=request.stop_price,
            trailing_delta=request.trailing_delta,
            strategy_id=request.strategy_id,
            strategy_type=request.strategy_type,
            list_id=request.list_id,
            list_client_id=request.list_client_id,
            rank=self.state.last_rank + 1,
            is_working=not is_stop,
            working_at=0 if is_stop else now,
        )

    def _wait(self, account: Account, order: Order) -> None:
        """Accept a stop order, which waits for its price."""
        last = self._last_price[order.symbol]
        if order.trailing_delta:
            order.extreme = 0 if order.stop_price else last
        elif stops.reached(order, last):
            raise errors.rejected("Stop price would trigger immediately.")
        order.locked = self._need(order, order.price or order.stop_price or last)
        self._require(account, order, order.locked)
        self._emit(Placed(order))
        self._waiting[order.symbol].append(order)

    def _enter(self, account: Account, order: Order, book: Book) -> None:
        """Accept an order that works at once."""
        found = self._plan(order, book)
        if order.type == "LIMIT_MAKER":
            self._refuse_a_take(found)
        if order.quote_quantity:
            order.quantity = found.quantity
        if order.type == "MARKET":
            cost = order.quote_quantity or found.cost
            self._require(account, order, cost if order.is_buy else order.quantity)
        else:
            order.locked = self._need(order, order.price)
            self._require(account, order, order.locked)
        self._emit(Placed(order))
        self._work(order, found, book, order.created_at)

    @staticmethod
    def _refuse_a_take(found: Plan) -> None:
        if found.matches or found.own:
            raise errors.rejected("Order would immediately match and take.")

    def _need(self, order: Order, price: int) -> int:
        return times(price, order.quantity) if order.is_buy else order.quantity

    def _require(self, account: Account, order: Order, amount: int) -> None:
        if self.state.balance_of(order).free < amount:
            raise errors.insufficient_balance()

    def _plan(self, order: Order, book: Book, budget: int | None = None) -> Plan:
        return plan(
            book,
            Want(
                side=order.side,
                account=order.account,
                quantity=None if order.quote_quantity else order.remaining,
                budget=order.quote_quantity or budget,
                limit=order.price if order.is_limit else None,
            ),
        )

    def _work(self, order: Order, found: Plan, book: Book, now: int) -> None:
        """Trade what the plan found, then rest or end the remainder."""
        fill_or_kill = order.time_in_force == "FOK" and order.is_limit
        if fill_or_kill and found.quantity < order.remaining:
            self._end(order, "EXPIRED", now, reason="UNFILLED_FOK_ORDER_EXPIRED")
            return
        for own in found.own:
            self._close(own, "EXPIRED_IN_MATCH", now)
        for offer, quantity in found.matches:
            self._trade(order, offer, quantity, book, now)
        if not order.is_open:
            return
        if not order.is_limit:
            self._end(order, "EXPIRED", now, reason="INSUFFICIENT_LIQUIDITY")
        elif order.time_in_force == "IOC":
            self._end(order, "EXPIRED", now, reason="UNFILLED_IOC_QUANTITY_EXPIRED")
        else:
            book.add(order)

    def _trade(
        self, taker: Order, offer: Level | Order, quantity: int, book: Book, now: int
    ) -> None:
        trade_id = self.next_trade_id(book.symbol.name)
        if isinstance(offer, Order):
            self._fill(offer, trade_id, offer.price, quantity, now, is_maker=True)
            if not offer.is_open:
                book.remove(offer)
        else:
            offer.quantity -= quantity
        self._fill(taker, trade_id, offer.price, quantity, now, is_maker=False)
        self._print(book.symbol.name, offer.price, quantity, not taker.is_buy, trade_id, now)

    def _fill(
        self, order: Order, trade_id: int, price: int, quantity: int, now: int, *, is_maker: bool
    ) -> None:
        symbol = SYMBOLS[order.symbol]
        received = quantity if order.is_buy else times(price, quantity)
        self._emit(
            Filled(
                order_id=order.order_id,
                trade_id=trade_id,
                price=price,
                quantity=quantity,
                fee=received * self.fee_bips // 10_000,
                fee_asset=symbol.base if order.is_buy else symbol.quote,
                time=now,
                is_maker=is_maker,
            )
        )
        self._end_partner(order, "EXPIRED", now)

    def _print(
        self, symbol: str, price: int, quantity: int, buyer_made: bool, trade_id: int, now: int
    ) -> None:
        self._last_price[symbol] = price
        self._on_trade(symbol, price, quantity, buyer_made, trade_id, now)

    def _meet(self, book: Book, side: str, volume: int, now: int) -> None:
        """Resting orders of one side against the makers after a move."""
        best = book.best_resting(side)
        if best is None or not _crosses(side, best, book.price):
            return
        levels = [Level(book.price, volume), *book.charge("SELL" if side == "BUY" else "BUY")]
        for order in book.resting(side):
            for level in levels:
                if not order.remaining or not _crosses(side, order.price, level.price):
                    break
                quantity = min(order.remaining, level.quantity)
                if quantity:
                    level.quantity -= quantity
                    self._make(order, quantity, book, now)

    def _make(self, order: Order, quantity: int, book: Book, now: int) -> None:
        """A resting order trades with a maker who has come to it, at the order's own price."""
        trade_id = self.next_trade_id(order.symbol)
        self._fill(order, trade_id, order.price, quantity, now, is_maker=True)
        if not order.is_open:
            book.remove(order)
        self._print(order.symbol, order.price, quantity, order.is_buy, trade_id, now)

    def _fire_stops(self, symbol: str, now: int) -> None:
        """Put every stop that is due to work; their trades may make others due."""
        while due := self._due(symbol):
            self._waiting[symbol].remove(due)
            self._fire(due, now)

    def _due(self, symbol: str) -> Order | None:
        price = self._last_price[symbol]
        return next((order for order in self._waiting[symbol] if stops.follow(order, price)), None)

    def _fire(self, order: Order, now: int) -> None:
        book = self.books[order.symbol]
        self._end_partner(order, "EXPIRED", now)
        held = self._need(order, order.price) if order.is_limit else 0
        self._emit(Triggered(order.order_id, held, self.state.last_rank + 1, now))
        budget = None
        if order.is_buy and not order.is_limit:  # The price may have run past what was set aside.
            budget = self.state.balance_of(order).free
        self._work(order, self._plan(order, book, budget), book, now)

    def _close(
        self, order: Order, status: str, now: int, *, reason: str = "", cancel_id: str = ""
    ) -> None:
        """End an order that rests in the book or waits for its stop."""
        self._take_out(order)
        self._end(order, status, now, reason=reason, cancel_id=cancel_id)

    def _end(
        self, order: Order, status: str, now: int, *, reason: str = "", cancel_id: str = ""
    ) -> None:
        self._emit(Closed(order.order_id, status, now, reason, cancel_id))
        self._end_partner(order, status, now, cancel_id=cancel_id)

    def _end_partner(self, order: Order, status: str, now: int, *, cancel_id: str = "") -> None:
        """The other leg of a pair ends with the first that trades, fires or is cancelled."""
        partner = self.state.partner_of(order)
        if partner is None or not partner.is_open:
            return
        self._take_out(partner)
        if status == "CANCELED":
            self._emit(Closed(partner.order_id, status, now, cancel_id=cancel_id))
        else:
            self._emit(Closed(partner.order_id, "EXPIRED", now, reason="OCO_TRIGGER"))

    def _take_out(self, order: Order) -> None:
        if order.is_working:
            self.books[order.symbol].remove(order)
        else:
            self._waiting[order.symbol].remove(order)


def _crosses(side: str, price: int, against: int) -> bool:
    """Whether an order of this side and price trades with an offer at `against`."""
    return price >= against if side == "BUY" else price <= against
