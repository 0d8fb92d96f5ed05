"""The whole exchange in one process: state, books, markets, journal and who listens."""

import gc
import time
from collections.abc import Callable, Mapping

from paper.amounts import times
from paper.config import Config
from paper.engine.book import Book
from paper.engine.checkpoint import restore, take
from paper.engine.exchange import Exchange
from paper.engine.orders import Filled, Order, Record, order_id_of
from paper.engine.state import State
from paper.faults import Faults
from paper.journal import Journal
from paper.limits import Limits
from paper.market import TAPE_LENGTH, Market, Trade, walked
from paper.symbols import SYMBOLS

# Trade ids start from the clock, one per ms since this day, so that background trades, which are
# not in the journal, do not get an id again after a restart.
_TRADE_ID_EPOCH_MS = 1_704_067_200_000  # 2024-01-01

KEPT_ORDERS = 100_000  # Ended orders that can still be asked for, at least.

OnRecord = Callable[[Record], None]
OnTrade = Callable[[str, Trade], None]


class Venue:
    """Puts the parts together. One call at a time: nothing in here awaits but the journal."""

    def __init__(self, config: Config, prices: Mapping[str, int] | None = None) -> None:
        """`prices`, in units, are what the walks pass through now instead of their own level."""
        self.config = config
        self.skew_ms = 0
        self.limits = Limits(config)
        self.faults = Faults()
        self.journal = Journal(
            config.directory, sync=config.sync, segment_bytes=config.segment_kb * 1000
        )
        self.state = State()
        now = self.clock()
        self.markets = {
            name: Market(symbol, config.seed, now, (prices or {}).get(name))
            for name, symbol in SYMBOLS.items()
        }
        self._replay()
        self.journal.on_full = self._compact
        books = {name: Book(SYMBOLS[name], market.price) for name, market in self.markets.items()}
        self.exchange = Exchange(
            self.state, books, fee_bips=config.fee_bips, emit=self._emit, on_trade=self._on_trade
        )
        self.exchange.restore()
        self._fill_tapes(now)
        self.on_record: list[OnRecord] = []
        self.on_trade: list[OnTrade] = []
        self.on_change: list[Callable[[str], None]] = []  # Called with a symbol's name.

    @staticmethod
    def clock() -> int:
        """The wall clock in ms, which the walk follows."""
        return time.time_ns() // 1_000_000

    def now(self) -> int:
        """The exchange's own time in ms; a scripted fault may skew it."""
        return self.clock() + self.skew_ms

    def tick(self) -> None:
        """Let every market follow its walk."""
        now = self.clock()
        for name, market in self.markets.items():
            moved = market.advance(now)
            if moved is None:
                continue
            price, quantity, buyer_made = moved
            self._print_walk(name, price, quantity, buyer_made=buyer_made)
            # A tenth of the background trade reaches accounts' orders at its very price.
            volume = quantity // 10 // market.symbol.step * market.symbol.step
            self.exchange.move(name, price, market.generation, volume, self.now())
            self._changed(name)

    def set_price(self, symbol: str, price: int) -> None:
        """Move the walk by hand; orders that the new price reaches trade at once."""
        market = self.markets[symbol]
        market.set_price(price)
        quantity = market.symbol.step
        self._print_walk(symbol, price, quantity, buyer_made=False)
        self.exchange.move(symbol, price, market.generation, quantity, self.now())

    def lead(self, symbol: str, price: int, quantity: int, *, buyer_made: bool) -> None:
        """A trade of the real market: the price goes there, and it counts as ours."""
        market = self.markets[symbol]
        market.set_price(price)
        trade_id = self.exchange.next_trade_id(symbol)
        trade = walked(trade_id, price, quantity, self.now(), buyer_made=buyer_made)
        market.count_trade(trade)
        self._publish(symbol, trade)
        volume = quantity // 10 // market.symbol.step * market.symbol.step
        self.exchange.move(symbol, price, market.generation, volume, self.now())

    def freeze(self, symbol: str, *, frozen: bool) -> None:
        """Hold a symbol's price and silence its background trades, or let them go on."""
        self.markets[symbol].freeze(frozen=frozen)
        self.exchange.books[symbol].frozen = frozen

    def _emit(self, record: Record) -> None:
        self.state.apply(record)
        self.journal.record(record)
        for listener in self.on_record:
            listener(record)
        order_id = order_id_of(record)
        if order_id is not None:
            order = self.state.orders[order_id]
            if isinstance(record, Filled) and order.executed == record.quantity:
                self.limits.forget_order(order.account, self.clock())
            self._changed(order.symbol)

    def _changed(self, symbol: str) -> None:
        for listener in self.on_change:
            listener(symbol)

    def _print_walk(self, symbol: str, price: int, quantity: int, *, buyer_made: bool) -> None:
        trade_id = self.exchange.next_trade_id(symbol)
        trade = walked(trade_id, price, quantity, self.now(), buyer_made=buyer_made)
        self._publish(symbol, trade)

    def _on_trade(
        self, symbol: str, price: int, quantity: int, buyer_made: bool, trade_id: int, now: int
    ) -> None:
        trade = Trade(trade_id, price, quantity, times(price, quantity), now, buyer_made)
        self.markets[symbol].count_trade(trade)
        self._publish(symbol, trade)

    def _publish(self, symbol: str, trade: Trade) -> None:
        self.markets[symbol].tape.append(trade)
        for listener in self.on_trade:
            listener(symbol, trade)

    def _replay(self) -> None:
        """Read the journal. The collector would go over every order again and again meanwhile."""
        gc.disable()
        if checkpoint := self.journal.load():
            restore(self.state, checkpoint)
        for record in self.journal.replay():
            self.state.apply(record)
        for fills in self.state.fills.values():
            for fill in fills:
                self._restore_trade(fill)
        gc.freeze()
        gc.enable()

    def _compact(self) -> None:
        """The journal's segment is full: forget old orders and begin with a checkpoint."""
        self.state.forget(KEPT_ORDERS)
        self.journal.begin_segment(take(self.state))

    def _restore_trade(self, record: Filled) -> None:
        order: Order = self.state.orders[record.order_id]
        self.markets[order.symbol].candles.add_trade(
            record.time,
            record.price,
            record.quantity,
            times(record.price, record.quantity),
            taker_buys=order.is_buy != record.is_maker,
        )

    def _fill_tapes(self, now: int) -> None:
        for name, market in self.markets.items():
            journaled = self.state.last_trade_id[name]
            last = max(journaled + TAPE_LENGTH, now - _TRADE_ID_EPOCH_MS)
            self.state.last_trade_id[name] = last
            for age, (at, price, quantity, sells) in enumerate(market.past_trades(TAPE_LENGTH)):
                trade = walked(last - age, price, quantity, at, buyer_made=sells)
                market.tape.appendleft(trade)
