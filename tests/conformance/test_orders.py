"""What becomes of an order of each kind, and what its answer tells."""

from decimal import Decimal
from typing import Any

import pytest

from execution import binance
from execution.exchange import ExchangeError, Rejected
from tests.conformance.conftest import Seen
from tests.conformance.desk import Desk
from tests.conformance.market import Market
from tests.waiting import eventually
from tradeplat.wire import spell
from trading.states import Status

NEW_ORDER = "Trading endpoints, New order"
STOP_SIDES = f"{NEW_ORDER}: trigger order price rules"


@pytest.mark.relied_on("execution.binance, newOrderRespType", source=NEW_ORDER)
def test_a_market_order_answers_with_its_fills(trader: Desk, market: Market, seen: Seen) -> None:
    """MARKET answers FULL: its fills add up to executedQty and cummulativeQuoteQty."""
    report = trader.submit(quantity=market.quantity)
    seen(f"{len(report.trades)} fills, {spell(report.quote_executed)} in all")
    assert report.status == Status.FILLED
    assert sum(each.quantity for each in report.trades) == report.executed_quantity
    worth = sum(each.quantity * each.price for each in report.trades)
    assert abs(worth - report.quote_executed) < Decimal("0.00000001") * (len(report.trades) + 1)


@pytest.mark.relied_on("trading.positions, exchanged", source="FAQ, Commission rates")
@pytest.mark.parametrize("side", ["BUY", "SELL"])
def test_commission_is_in_what_was_received(
    trader: Desk, seller: Desk, market: Market, seen: Seen, side: str
) -> None:
    """Commission is taken from the asset that was received, or from BNB."""
    report = trader.submit(side=side, quantity=market.quantity)
    received = market.rules.base if side == "BUY" else market.rules.quote
    assets = {each.commission_asset for each in report.trades}
    paid = sum((each.commission for each in report.trades), Decimal())
    seen(f"{spell(paid)} {', '.join(sorted(assets))}")
    assert assets <= {received, "BNB"}


@pytest.mark.relied_on("execution.binance, quoteOrderQty", source=f"{NEW_ORDER}: quoteOrderQty")
def test_a_market_order_by_its_worth_spends_no_more(
    trader: Desk, market: Market, seen: Seen
) -> None:
    """MARKET with quoteOrderQty spends at most that much, in whole steps of the quantity."""
    budget = market.price(market.worth)
    report = trader.submit(quote_order_quantity=budget)
    seen(f"{report.quote_executed} of {budget}")
    assert 0 < report.quote_executed <= budget
    step = market.amount("LOT_SIZE", "stepSize")
    assert not step or not report.executed_quantity % step


@pytest.mark.relied_on("execution.binance_answers, report", source=NEW_ORDER)
def test_a_limit_order_far_from_the_market_rests(trader: Desk, market: Market, seen: Seen) -> None:
    """LIMIT far from the market answers NEW, with the quantity as it was sent and no fills."""
    report = trader.submit(**market.resting())
    seen(f"{report.status}, {report.quantity}")
    assert (report.status, report.executed_quantity) == (Status.NEW, 0)
    assert report.quantity == market.quantity
    assert report.trades == ()
    trader.cancel(report.order_id)


@pytest.mark.relied_on("execution.binance_answers, report", source=f"{NEW_ORDER}: newOrderRespType")
@pytest.mark.parametrize("kind", ["LIMIT_MAKER", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"])
def test_every_kind_answers_in_full_when_asked(
    trader: Desk, market: Market, seen: Seen, kind: str
) -> None:
    """Kinds that answer ACK by default tell status and quantities with newOrderRespType FULL."""
    stops = {"STOP_LOSS_LIMIT": market.far_above, "TAKE_PROFIT_LIMIT": market.far_below}
    fields = market.resting() | {"type": kind, "stop_price": stops.get(kind)}
    report = trader.submit(**fields | ({"time_in_force": ""} if kind == "LIMIT_MAKER" else {}))
    seen(report.status)
    assert report.status == Status.NEW
    trader.cancel(report.order_id)


@pytest.mark.relied_on("trading.states", source=f"{NEW_ORDER}: timeInForce; Enums, order status")
@pytest.mark.parametrize("time_in_force", ["IOC", "FOK"])
def test_what_may_not_wait_and_finds_nobody_expires(
    trader: Desk, market: Market, seen: Seen, time_in_force: str
) -> None:
    """IOC and FOK that match nothing are accepted and answer EXPIRED."""
    report = trader.submit(**market.resting() | {"time_in_force": time_in_force})
    seen(f"{report.status}. {report.reason}")
    assert (report.status, report.executed_quantity) == (Status.EXPIRED, 0)


@pytest.mark.relied_on("execution.binance_words", source="Errors, -2010: order rejection messages")
def test_a_post_only_order_that_would_trade_is_refused(
    trader: Desk, market: Market, seen: Seen
) -> None:
    """LIMIT_MAKER that would match is refused: -2010."""
    across = {"price": market.far_above, "type": "LIMIT_MAKER", "time_in_force": ""}
    error = trader.refusal(**market.resting() | across)
    seen(f"{error.code}, {error.words}")
    assert isinstance(error, Rejected) and error.code == -2010
    assert "traded at once" in error.words


@pytest.mark.relied_on("execution.binance_words", source=f"{STOP_SIDES}; Errors, -2010")
@pytest.mark.parametrize(
    ("kind", "side", "passed"),
    [
        ("STOP_LOSS_LIMIT", "BUY", "below"),
        ("STOP_LOSS_LIMIT", "SELL", "above"),
        ("TAKE_PROFIT_LIMIT", "BUY", "above"),
        ("TAKE_PROFIT_LIMIT", "SELL", "below"),
    ],
)
def test_a_stop_that_the_market_has_passed_is_refused(
    trader: Desk, seller: Desk, market: Market, seen: Seen, kind: str, side: str, passed: str
) -> None:
    """A stop that would trigger at once is refused, -2010: STOP_LOSS BUY below, SELL above."""
    stop = market.far_below if passed == "below" else market.far_above
    price = market.far_below if side == "BUY" else market.far_above
    fields = market.resting() | {"type": kind, "side": side, "stop_price": stop, "price": price}
    error = trader.refusal(**fields)
    seen(f"{error.code}, {error.words}")
    assert isinstance(error, Rejected) and error.code == -2010
    assert "already past the stop price" in error.words


@pytest.mark.relied_on("execution.binance_words", source="Errors, -2010: order rejection messages")
def test_an_order_beyond_the_accounts_means_is_refused(
    trader: Desk, market: Market, seen: Seen
) -> None:
    """An order that the account cannot pay is refused: -2010, in words that we know."""
    affordable = trader.free(market.rules.quote) / market.far_below
    fields = market.resting() | {"quantity": market.lots(affordable * 2)}
    error = trader.refusal(**fields, pays_with=market.rules.quote)
    seen(f"{error.code}, {error.words}")
    assert isinstance(error, Rejected) and error.code == -2010
    assert error.words.endswith(f"not enough {market.rules.quote}.")


@pytest.mark.relied_on("execution.binance, digits", source="Errors, -1111")
def test_more_decimals_than_an_amount_has_are_refused(
    trader: Desk, market: Market, seen: Seen
) -> None:
    """A quantity with more than eight decimals is refused for certain."""
    with pytest.raises(ExchangeError) as refused:
        trader.submit(quantity=market.quantity + Decimal("0.000000001"))
    seen(f"{refused.value.code}, {refused.value.words}")
    assert isinstance(refused.value, Rejected)


@pytest.mark.relied_on("execution.binance, trades", source="Account endpoints, Account trade list")
def test_the_trades_of_an_order_are_told_page_by_page(
    trader: Desk, market: Market, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """myTrades takes orderId with fromId, and tells the fills of an order as its answer did."""
    monkeypatch.setattr(binance, "_TRADES_PER_PAGE", 1)
    report = trader.submit(quantity=market.quantity)
    answered = {each.trade_id: _facts(each) for each in report.trades}

    def told() -> dict[int, Any]:
        page = trader.trades(report.exchange_order_id)
        return {each.trade_id: _facts(each) for each in page}

    eventually(lambda: len(told()) >= len(answered))  # They may come a moment after the order.
    seen(f"{len(answered)} trades, the last {max(answered)}")
    assert told() == answered


@pytest.mark.relied_on("trading.ledger: the cumulative figure only grows", source="Query order")
def test_a_look_up_tells_what_the_answer_told(trader: Desk, market: Market, seen: Seen) -> None:
    """GET order tells the same cumulative figures as the answer to the order did."""
    placed = trader.submit(quantity=market.quantity)
    found = trader.found(placed.order_id)
    seen(f"{found.executed_quantity} for {found.quote_executed}")
    assert found.executed_quantity == placed.executed_quantity
    assert found.quote_executed == placed.quote_executed


@pytest.mark.relied_on(
    "execution.user_streams.catch_up", source="Account endpoints, Current open orders"
)
def test_what_rests_is_among_the_open_orders(trader: Desk, market: Market, seen: Seen) -> None:
    """openOrders of all symbols shows what rests, and no longer once it is cancelled."""
    placed = trader.submit(**market.resting())
    before = trader.open_ids()
    trader.cancel(placed.order_id)
    seen(f"{len(before)} open")
    assert str(placed.order_id) in before
    assert str(placed.order_id) not in trader.open_ids()


@pytest.mark.relied_on("trading.balances", source="Account endpoints, Account information")
def test_what_rests_is_locked(trader: Desk, market: Market, seen: Seen) -> None:
    """GET account with omitZeroBalances tells free and locked; a resting BUY locks its worth."""
    before = _holding(trader, market.rules.quote)
    placed = trader.submit(**market.resting())
    after = _holding(trader, market.rules.quote)
    trader.cancel(placed.order_id)
    worth = market.far_below * market.quantity
    seen(f"{spell(after.locked - before.locked)} locked")
    assert after.locked - before.locked == before.free - after.free == worth
    assert all(each.free or each.locked for each in trader.account().holdings)


def _facts(trade: Any) -> tuple[Decimal, Decimal, Decimal, str]:
    return trade.price, trade.quantity, trade.commission, trade.commission_asset


def _holding(desk: Desk, asset: str) -> Any:
    return next(each for each in desk.account().holdings if each.asset == asset)
