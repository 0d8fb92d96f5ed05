"""Whatever is traded in whatever order, money neither appears nor vanishes."""

from collections import Counter

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from paper.amounts import times
from paper.engine.orders import LIMIT_TYPES, Filled, Opened, Record
from paper.engine.state import State
from paper.errors import ExchangeError
from tests.paper.rig import Rig

SIDES = st.sampled_from(["BUY", "SELL"])
QUANTITIES = st.sampled_from(["0.001", "0.05", "0.4", "3"])
PRICES = st.sampled_from(["48000", "49900", "49999.99", "50000", "50000.01", "50100", "52000"])
STOPS = st.sampled_from(["STOP_LOSS", "TAKE_PROFIT", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"])


class Trading(RuleBasedStateMachine):
    """Two accounts and the makers, trading at random."""

    def __init__(self) -> None:
        super().__init__()
        self.rig = Rig()
        self.traders = [self.rig.account("alice-key", btc="10"), self.rig.account("bob-key")]

    def try_to_place(self, who: int, side: str, type: str, quantity: str, **fields: str) -> None:
        try:
            self.rig.place(self.traders[who], side, type, quantity, **fields)
        except ExchangeError:
            return  # A refusal is an answer too; the invariants hold after it as well.

    @rule(who=st.integers(0, 1), side=SIDES, quantity=QUANTITIES)
    def market(self, who: int, side: str, quantity: str) -> None:
        self.try_to_place(who, side, "MARKET", quantity)

    @rule(who=st.integers(0, 1), side=SIDES, quote=st.sampled_from(["6", "999.99", "40000"]))
    def market_in_quote(self, who: int, side: str, quote: str) -> None:
        self.try_to_place(who, side, "MARKET", "0", quote=quote)

    @rule(
        who=st.integers(0, 1),
        side=SIDES,
        quantity=QUANTITIES,
        price=PRICES,
        tif=st.sampled_from(["GTC", "GTC", "IOC", "FOK"]),
    )
    def limit(self, who: int, side: str, quantity: str, price: str, tif: str) -> None:
        self.try_to_place(who, side, "LIMIT", quantity, price=price, tif=tif)

    @rule(who=st.integers(0, 1), side=SIDES, type=STOPS, quantity=QUANTITIES, stop=PRICES)
    def stop(self, who: int, side: str, type: str, quantity: str, stop: str) -> None:
        price = {"price": "50000"} if type in LIMIT_TYPES else {}
        self.try_to_place(who, side, type, quantity, stop_price=stop, **price)

    @rule(
        who=st.integers(0, 1),
        side=SIDES,
        quantity=QUANTITIES,
        stop=st.sampled_from(["STOP_LOSS", "STOP_LOSS_LIMIT"]),
        takes=st.sampled_from(["LIMIT_MAKER", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"]),
    )
    def pair(self, who: int, side: str, quantity: str, stop: str, takes: str) -> None:
        prices = {"STOP_LOSS": "49900", takes: "50100"}
        if side == "BUY":
            prices = {"STOP_LOSS": "50100", takes: "49900"}
        losing = {"stop_price": prices["STOP_LOSS"]}
        if stop in LIMIT_TYPES:
            losing["price"] = "50000"
        taking = {"price": prices[takes]} if takes in LIMIT_TYPES else {}
        if takes != "LIMIT_MAKER":
            taking["stop_price"] = prices[takes]
        legs = [
            self.rig.request(side, takes, quantity, **taking),
            self.rig.request(side, stop, quantity, **losing),
        ]
        try:
            self.rig.place_pair(self.traders[who], *(legs if side == "SELL" else legs[::-1]))
        except ExchangeError:
            return

    @rule(price=PRICES, volume=st.sampled_from(["0", "0.002", "1"]))
    def walk(self, price: str, volume: str) -> None:
        self.rig.move(price, volume)

    @precondition(lambda self: any(trader.open for trader in self.traders))
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        orders = [order for trader in self.traders for order in trader.open.values()]
        order = data.draw(st.sampled_from(orders))
        self.rig.exchange.cancel(order, "cancel", self.rig.now())

    @invariant()
    def balances_are_what_was_given_plus_what_was_traded(self) -> None:
        for trader in self.traders:
            expected: Counter[str] = Counter()
            for record in self.rig.records:
                if isinstance(record, Opened) and record.account == trader.uid:
                    expected.update(record.balances)
                if isinstance(record, Filled):
                    order = self.rig.state.orders[record.order_id]
                    if order.account == trader.uid:
                        sign = 1 if order.is_buy else -1
                        expected["BTC"] += sign * record.quantity
                        expected["USDT"] -= sign * times(record.price, record.quantity)
                        expected[record.fee_asset] -= record.fee
            for asset, balance in trader.balances.items():
                assert balance.free + balance.locked == expected[asset]
                assert balance.free >= 0

    @invariant()
    def what_is_locked_is_what_open_orders_hold(self) -> None:
        for trader in self.traders:
            held: Counter[str] = Counter()
            for order in trader.open.values():
                held["USDT" if order.is_buy else "BTC"] += order.locked
                waits_in_a_pair = order.list_id and not order.is_working
                if order.is_limit and not waits_in_a_pair:
                    worth = times(order.price, order.remaining) if order.is_buy else order.remaining
                    assert order.locked == worth
            for asset, balance in trader.balances.items():
                assert balance.locked == held[asset]

    @invariant()
    def the_legs_of_a_pair_stand_and_fall_together(self) -> None:
        for trader in self.traders:
            for legs in trader.lists.values():
                standing = [leg for leg in legs if leg.is_open]
                fired = [leg for leg in legs if leg.executed or (leg.is_working and leg.stop_price)]
                assert len(standing) in ((0, 1) if fired else (0, 2))
                assert sum(leg.executed > 0 for leg in legs) <= 1

    @invariant()
    def orders_add_up_to_their_fills(self) -> None:
        for order in self.rig.state.orders.values():
            fills = self.rig.state.fills.get(order.order_id, [])
            assert sum(fill.quantity for fill in fills) == order.executed <= order.quantity
            assert sum(times(fill.price, fill.quantity) for fill in fills) == order.quote_executed
            assert (order.status == "FILLED") == (order.executed == order.quantity > 0)

    @invariant()
    def the_book_is_never_crossed(self) -> None:
        (bid, _), (ask, _) = self.rig.book.best("BUY"), self.rig.book.best("SELL")
        assert bid < ask or not ask

    @invariant()
    def the_fee_is_a_tenth_of_a_percent_at_most(self) -> None:
        for record in self.rig.records:
            if isinstance(record, Filled):
                order = self.rig.state.orders[record.order_id]
                value = times(record.price, record.quantity)
                received = record.quantity if order.is_buy else value
                assert 0 <= record.fee <= received // 1000

    def teardown(self) -> None:
        """The journal of all that makes the same accounts and orders again."""
        again = State()
        encoded = msgspec.json.encode(self.rig.written)
        for record in msgspec.json.decode(encoded, type=list[Record]):
            again.apply(record)
        for trader in self.traders:
            assert again.accounts[trader.uid].balances == trader.balances
            assert list(again.accounts[trader.uid].open) == list(trader.open)
        assert again.orders == self.rig.state.orders


TestTrading = Trading.TestCase
TestTrading.settings = settings(
    max_examples=150,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
