"""Matching: who trades with whom, at which price, and what becomes of the rest."""

import pytest

from paper.amounts import ONE, parse
from paper.engine.orders import Closed, Filled
from paper.engine.state import Account
from paper.errors import ExchangeError
from tests.paper.rig import Rig


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def alice(rig: Rig) -> Account:
    return rig.account("alice-key")


@pytest.fixture
def bob(rig: Rig) -> Account:
    return rig.account("bob-key")


def test_a_market_buy_pays_the_best_ask_and_the_fee_from_what_it_received(
    rig: Rig, alice: Account
) -> None:
    order = rig.place(alice, "BUY", "MARKET", "0.01")
    assert order.status == "FILLED"
    assert order.quote_executed == parse("500.0001")
    assert alice.balances["USDT"].free == parse("999499.9999")
    assert alice.balances["BTC"].free == parse("100.00999")


def test_a_market_order_walks_several_levels(rig: Rig, alice: Account) -> None:
    order = rig.place(alice, "SELL", "MARKET", "2")
    prices = [fill.price for fill in rig.state.fills[order.order_id]]
    assert order.status == "FILLED"
    assert len(prices) > 3
    assert prices == sorted(prices, reverse=True)


def test_a_market_order_that_empties_the_book_expires_with_what_it_got(
    rig: Rig, alice: Account
) -> None:
    order = rig.place(alice, "SELL", "MARKET", "90")
    assert order.status == "EXPIRED"
    assert order.expiry_reason == "INSUFFICIENT_LIQUIDITY"
    assert 0 < order.executed < order.quantity


def test_an_order_in_quote_spends_at_most_that_and_is_filled(rig: Rig, alice: Account) -> None:
    order = rig.place(alice, "BUY", "MARKET", "0", quote="100")
    assert order.status == "FILLED"
    assert parse("99") < order.quote_executed <= parse("100")
    assert order.quantity == order.executed


def test_a_limit_order_locks_its_price_and_gets_the_better_one_back(
    rig: Rig, alice: Account
) -> None:
    rig.place(alice, "BUY", "LIMIT", "0.01", price="60000")
    assert alice.balances["USDT"].locked == 0
    assert alice.balances["USDT"].free == parse("999499.9999")


def test_a_resting_order_fills_over_several_trades_as_the_walk_passes_through(
    rig: Rig, alice: Account
) -> None:
    order = rig.place(alice, "BUY", "LIMIT", "2", price="49990")
    assert order.status == "NEW"
    rig.move("49990", volume="0.1")
    assert (order.status, order.executed) == ("PARTIALLY_FILLED", parse("0.1"))
    rig.move("49985")
    rig.move("49900")
    assert order.status == "FILLED"
    fills = rig.state.fills[order.order_id]
    assert len(fills) > 2
    assert all(fill.is_maker and fill.price == parse("49990") for fill in fills)


def test_price_then_time_decides_who_trades_first(rig: Rig, alice: Account, bob: Account) -> None:
    early = rig.place(alice, "SELL", "LIMIT", "0.1", price="50000")
    late = rig.place(alice, "SELL", "LIMIT", "0.1", price="50000")
    rig.place(bob, "BUY", "LIMIT", "0.15", price="50000", tif="IOC")
    assert (early.status, late.status) == ("FILLED", "PARTIALLY_FILLED")


def test_both_sides_of_a_trade_between_accounts_share_its_id(
    rig: Rig, alice: Account, bob: Account
) -> None:
    resting = rig.place(alice, "SELL", "LIMIT", "0.1", price="50000")
    taking = rig.place(bob, "BUY", "LIMIT", "0.1", price="50000")
    (made,), (taken,) = rig.state.fills[resting.order_id], rig.state.fills[taking.order_id]
    assert (made.trade_id, made.price, made.quantity) == (
        taken.trade_id,
        taken.price,
        taken.quantity,
    )
    assert (made.is_maker, taken.is_maker) == (True, False)


def test_an_account_never_trades_with_itself(rig: Rig, alice: Account) -> None:
    resting = rig.place(alice, "SELL", "LIMIT", "0.1", price="50000")
    rig.place(alice, "BUY", "MARKET", "0.1")
    assert (resting.status, resting.executed) == ("EXPIRED_IN_MATCH", 0)


def test_fill_or_kill_is_all_or_nothing(rig: Rig, alice: Account) -> None:
    order = rig.place(alice, "BUY", "LIMIT", "15", price="50001", tif="FOK")
    assert (order.status, order.executed) == ("EXPIRED", 0)
    assert order.expiry_reason == "UNFILLED_FOK_ORDER_EXPIRED"
    assert rig.place(alice, "BUY", "LIMIT", "0.01", price="50001", tif="FOK").status == "FILLED"


def test_immediate_or_cancel_keeps_what_it_got(rig: Rig, alice: Account) -> None:
    order = rig.place(alice, "BUY", "LIMIT", "15", price="50001", tif="IOC")
    assert order.status == "EXPIRED"
    assert order.expiry_reason == "UNFILLED_IOC_QUANTITY_EXPIRED"
    assert 0 < order.executed < order.quantity
    assert alice.balances["USDT"].locked == 0


def test_a_post_only_order_that_would_take_is_refused(rig: Rig, alice: Account) -> None:
    with pytest.raises(ExchangeError, match="Order would immediately match and take"):
        rig.place(alice, "BUY", "LIMIT_MAKER", "0.01", price="50001")
    assert rig.place(alice, "BUY", "LIMIT_MAKER", "0.01", price="49999").status == "NEW"


@pytest.mark.parametrize(
    ("side", "type", "stop", "price"),
    [
        ("SELL", "STOP_LOSS", "49000", "48990"),
        ("BUY", "STOP_LOSS", "51000", "51010"),
        ("SELL", "TAKE_PROFIT", "51000", "51010"),
        ("BUY", "TAKE_PROFIT", "49000", "48990"),
    ],
)
def test_a_stop_waits_for_its_price_and_then_takes(
    rig: Rig, alice: Account, side: str, type: str, stop: str, price: str
) -> None:
    order = rig.place(alice, side, type, "0.01", stop_price=stop)
    rig.move("50001")
    assert (order.status, order.is_working) == ("NEW", False)
    rig.move(price)
    assert (order.status, order.is_working) == ("FILLED", True)


def test_a_stop_limit_rests_once_it_is_reached(rig: Rig, alice: Account) -> None:
    order = rig.place(alice, "SELL", "STOP_LOSS_LIMIT", "0.01", stop_price="49000", price="49500")
    rig.move("48900")
    assert (order.status, order.is_working) == ("NEW", True)
    assert alice.balances["BTC"].locked == parse("0.01")
    rig.move("49600")
    assert order.status == "FILLED"


def test_a_stop_on_the_wrong_side_of_the_market_is_refused(rig: Rig, alice: Account) -> None:
    with pytest.raises(ExchangeError, match="Stop price would trigger immediately"):
        rig.place(alice, "SELL", "STOP_LOSS", "0.01", stop_price="51000")


def test_a_trailing_stop_follows_the_price_up_and_fires_on_the_way_down(
    rig: Rig, alice: Account
) -> None:
    order = rig.place(alice, "SELL", "STOP_LOSS", "0.01", trailing="100")
    for price in ("50500", "51000", "50600"):  # 1 % below 51,000 is 50,490.
        rig.move(price)
        assert order.status == "NEW"
    rig.move("50480")
    assert order.status == "FILLED"


def test_a_client_id_may_be_used_again_once_its_order_is_done(rig: Rig, alice: Account) -> None:
    first = rig.place(alice, "BUY", "LIMIT", "0.01", price="40000", client_id="mine")
    with pytest.raises(ExchangeError, match="Duplicate order sent"):
        rig.place(alice, "BUY", "MARKET", "0.01", client_id="mine")
    rig.exchange.cancel(first, "cancel-1", rig.now())
    again = rig.place(alice, "BUY", "MARKET", "0.01", client_id="mine")
    assert again.order_id != first.order_id
    assert rig.place(alice, "BUY", "MARKET", "0.01", client_id="mine").status == "FILLED"


def test_a_cancel_gives_back_exactly_what_was_locked(rig: Rig, alice: Account) -> None:
    order = rig.place(alice, "BUY", "LIMIT", "2", price="49990")
    rig.move("49990", volume="0.1")
    rig.exchange.cancel(order, "cancel-1", rig.now())
    assert alice.balances["USDT"].locked == 0
    assert alice.balances["USDT"].free == parse("1000000") - parse("4999")
    assert rig.book.resting("BUY") == []


def test_what_an_account_cannot_pay_leaves_no_trace(rig: Rig) -> None:
    poor = rig.account("poor-key", usdt="10", btc="0")
    before = list(rig.records)
    for side, type, fields in (
        ("BUY", "MARKET", {}),
        ("SELL", "MARKET", {}),
        ("BUY", "LIMIT", {"price": "49000"}),
        ("BUY", "STOP_LOSS", {"stop_price": "51000"}),
    ):
        with pytest.raises(ExchangeError, match="insufficient balance"):
            rig.place(poor, side, type, "0.01", **fields)
    assert rig.records == before


def test_a_frozen_book_fills_nothing_by_itself_but_serves_each_new_order_in_full(
    rig: Rig, alice: Account
) -> None:
    rig.book.frozen = True
    ask, offered = rig.book.best("SELL")
    resting = rig.place(alice, "BUY", "LIMIT", "5", price="50000.01")
    assert (resting.status, resting.executed) == ("PARTIALLY_FILLED", offered)
    other = rig.account("carol-key")
    first = rig.place(other, "BUY", "MARKET", "0.01")
    second = rig.place(other, "BUY", "MARKET", "0.01")
    assert first.quote_executed == second.quote_executed
    assert resting.executed == offered
    assert rig.book.best("BUY")[0] == ask


def test_the_fee_is_configurable() -> None:
    rig = Rig(fee_bips=0)
    alice = rig.account("alice-key")
    rig.place(alice, "BUY", "MARKET", "1")
    assert alice.balances["BTC"].free == 101 * ONE


def test_records_tell_the_whole_story(rig: Rig, alice: Account) -> None:
    order = rig.place(alice, "BUY", "LIMIT", "15", price="50001", tif="IOC")
    fills = [record for record in rig.records if isinstance(record, Filled)]
    (closed,) = [record for record in rig.records if isinstance(record, Closed)]
    assert sum(fill.quantity for fill in fills) == order.executed
    assert closed.order_id == order.order_id
