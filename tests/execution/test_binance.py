"""The adapter against the paper exchange."""

import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from execution import binance, exchanges, loop
from execution.exchange import (
    Credentials,
    Exchange,
    NotSent,
    OutcomeUnknown,
    Rejected,
    Report,
    SubmitRequest,
)
from tests.paper_exchange import PaperExchange
from trading.states import Status

_SECONDS = 10


@pytest.fixture
def exchange(paper: PaperExchange) -> Exchange:
    return exchanges.exchange_for("PAPER")


@pytest.fixture
def submit(exchange: Exchange, keys: Credentials) -> Callable[..., Report]:
    def send(request: SubmitRequest, *, not_after: float | None = None) -> Report:
        limit = time.monotonic() + _SECONDS if not_after is None else not_after
        return loop.run(exchange.submit(keys, request, not_after=limit), _SECONDS)

    return send


def order(**fields: Any) -> SubmitRequest:
    defaults: dict[str, Any] = {
        "order_id": uuid4(),
        "symbol": "BTCUSDT",
        "side": "BUY",
        "type": "MARKET",
        "quantity": Decimal("0.01"),
        "quote_order_quantity": None,
        "price": None,
        "stop_price": None,
        "trailing_delta": None,
        "time_in_force": "",
    }
    return SubmitRequest(**defaults | fields)


def resting(**fields: Any) -> SubmitRequest:
    return order(type="LIMIT", price=Decimal(40_000), time_in_force="GTC", **fields)


def test_a_market_order_comes_back_filled_with_its_trades(submit: Callable[..., Report]) -> None:
    report = submit(order())
    assert report.status == Status.FILLED
    assert report.executed_quantity == Decimal("0.01")
    assert sum(trade.quantity for trade in report.trades) == Decimal("0.01")
    assert all(trade.commission_asset == "BTC" for trade in report.trades)


def test_a_resting_order_is_found_by_our_id_and_cancelled(
    submit: Callable[..., Report], exchange: Exchange, keys: Credentials
) -> None:
    placed = submit(resting())
    assert placed.status == Status.NEW
    found = loop.run(exchange.query(keys, "BTCUSDT", placed.order_id), _SECONDS)
    assert found is not None and found.exchange_order_id == placed.exchange_order_id
    ended = loop.run(exchange.cancel(keys, "BTCUSDT", placed.order_id), _SECONDS)
    assert ended is not None and ended.status == Status.CANCELED
    assert ended.order_id == placed.order_id
    assert loop.run(exchange.cancel(keys, "BTCUSDT", placed.order_id), _SECONDS) is None


def test_the_smallest_quantity_goes_out_in_plain_digits(submit: Callable[..., Report]) -> None:
    report = submit(resting(quantity=Decimal("0.00013")))
    assert report.quantity == Decimal("0.00013")


def test_an_order_that_the_exchange_never_saw_is_not_found(
    exchange: Exchange, keys: Credentials
) -> None:
    assert loop.run(exchange.query(keys, "BTCUSDT", uuid4()), _SECONDS) is None


def test_the_trades_of_an_order_are_told_again(
    submit: Callable[..., Report], exchange: Exchange, keys: Credentials
) -> None:
    report = submit(order())
    call = exchange.trades(keys, "BTCUSDT", report.exchange_order_id)
    told = loop.run(call, _SECONDS)
    assert {trade.trade_id for trade in told} == {trade.trade_id for trade in report.trades}


def test_the_trades_of_an_order_are_told_page_by_page(
    exchange: Exchange, paper: PaperExchange, keys: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binance, "_TRADES_PER_PAGE", 2)
    paper.deposit(keys.api_key, "USDT", "10000000")
    sent = [
        exchange.submit(keys, order(quantity=Decimal(quantity)), not_after=time.monotonic() + 10)
        for quantity in ("0.01", "20", "0.01")
    ]
    _, report, _ = [loop.run(each, _SECONDS) for each in sent]
    assert len(report.trades) > 4
    told = loop.run(exchange.trades(keys, "BTCUSDT", report.exchange_order_id), _SECONDS)
    assert [each.trade_id for each in told] == [each.trade_id for each in report.trades]
    assert sum(each.quantity for each in told) == report.executed_quantity == 20


def test_an_account_tells_its_balances(exchange: Exchange, keys: Credentials) -> None:
    snapshot = loop.run(exchange.account(keys), _SECONDS)
    held = {holding.asset: holding.free for holding in snapshot.holdings}
    assert snapshot.can_trade
    assert held["USDT"] == 10_000


def test_the_exchange_lists_its_symbols_with_their_rules(exchange: Exchange) -> None:
    listed = {rules.symbol: rules for rules in loop.run(exchange.symbols(), _SECONDS)}
    btcusdt = listed["BTCUSDT"]
    assert (btcusdt.base, btcusdt.quote, btcusdt.status) == ("BTC", "USDT", "TRADING")
    assert Decimal(btcusdt.filters["LOT_SIZE"]["stepSize"]) > 0


def test_too_little_money_is_refused_in_plain_words(submit: Callable[..., Report]) -> None:
    with pytest.raises(Rejected) as refused:
        submit(order(quantity=Decimal(1), pays_with="USDT"))
    assert refused.value.words == "The exchange refused: not enough USDT."


def test_a_claim_that_is_too_old_is_not_sent(
    submit: Callable[..., Report], paper: PaperExchange
) -> None:
    late = order()
    with pytest.raises(NotSent):
        submit(late, not_after=time.monotonic() - 0.001)
    assert paper.orders(str(late.order_id)) == []


def test_an_unreachable_exchange_was_not_sent_anything(
    submit: Callable[..., Report], settings: Any, keys: Credentials
) -> None:
    settings.EXCHANGE_URLS = {"PAPER": {"REST_URL": "http://127.0.0.1:9/api"}}
    nowhere = exchanges.exchange_for("PAPER")
    with pytest.raises(NotSent):
        loop.run(nowhere.submit(keys, order(), not_after=time.monotonic() + 5), _SECONDS)


@pytest.mark.parametrize(
    ("action", "details"),
    [
        ("never_answer", {}),
        ("accept_then_close", {}),
        ("accept_then_5xx", {"status": 503}),
        ("accept_then_5xx", {"status": 504, "code": -1007}),
        ("status", {"status": 502, "body": "<html>Bad gateway</html>"}),
        ("status", {"status": 403, "body": "<html>Forbidden</html>"}),
        ("status", {"status": 307, "body": ""}),
        ("garbage", {"kind": "cut"}),
        ("garbage", {"kind": "html"}),
        ("refuse", {"code": -2010, "msg": "Duplicate order sent."}),
    ],
)
def test_an_answer_that_does_not_tell_leaves_the_outcome_unknown(
    submit: Callable[..., Report], paper: PaperExchange, action: str, details: dict[str, Any]
) -> None:
    paper.fault(action, {"method": "POST", "path": "order"}, **details)
    with pytest.raises(OutcomeUnknown):
        submit(order())


def test_a_clock_that_is_off_is_measured_again(
    submit: Callable[..., Report], paper: PaperExchange
) -> None:
    submit(order())
    paper.fault("skew_clock", ms=30_000, times=-1)
    with pytest.raises(NotSent) as refused:
        submit(order())
    assert refused.value.scope == "clock"
    assert submit(order()).status == Status.FILLED


def test_keys_are_in_no_repr_and_no_error(submit: Callable[..., Report], keys: Credentials) -> None:
    with pytest.raises(Rejected) as refused:
        submit(order(quantity=Decimal(1)))
    for text in (repr(keys), repr(refused.value), str(refused.value)):
        assert keys.api_key not in text
        assert keys.secret_key not in text
