"""Scripted faults: each does what it says, to the call it names, as often as it should."""

import asyncio
import time
from typing import Any

import pytest
import requests
from binance.exceptions import BinanceAPIException, BinanceRequestException
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.paper.conftest import Trader
from tests.paper.sockets import Events, receive, subscription
from tests.paper_exchange import PaperExchange

MINE = {"clientOrderId": "alice-1"}


@pytest.fixture
def impatient(alice: Trader) -> Trader:
    """Alice with a client that gives up after half a second."""
    alice.client.REQUEST_TIMEOUT = 0.5
    return alice


def buy(trader: Trader, client_id: str = "alice-1") -> dict[str, Any]:
    order: dict[str, Any] = trader.client.order_market_buy(
        symbol="BTCUSDT", quantity="0.01", newClientOrderId=client_id
    )
    return order


def placed(trader: Trader) -> int:
    """How many orders the exchange took from this trader."""
    orders = trader.exchange.journal()["orders"]
    return sum(order["apiKey"] == trader.api_key for order in orders)


def test_a_refusal_has_the_given_code_and_leaves_nothing(
    still: PaperExchange, alice: Trader
) -> None:
    still.fault("refuse", MINE, code=-1013, msg="Filter failure: MAX_POSITION")
    with pytest.raises(BinanceAPIException, match="MAX_POSITION") as refused:
        buy(alice)
    assert (refused.value.status_code, refused.value.code) == (400, -1013)
    assert placed(alice) == 0


def test_a_fault_matches_what_it_names_and_is_used_up(still: PaperExchange, alice: Trader) -> None:
    still.fault("refuse", {"method": "POST", "path": "order", "symbol": "BTCUSDT"} | MINE)
    buy(alice, "alice-2")
    with pytest.raises(BinanceAPIException):
        buy(alice)
    assert buy(alice)["status"] == "FILLED"
    (fault,) = still.faults()
    assert fault["hits"] == 1


def test_a_fault_may_last_until_it_is_cleared(still: PaperExchange, alice: Trader) -> None:
    still.fault("refuse", {"apiKey": alice.api_key}, times=-1)
    for _ in range(3):
        with pytest.raises(BinanceAPIException):
            buy(alice)
    still.clear_faults()
    assert buy(alice)["status"] == "FILLED"


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_error_may_come_after_the_order_was_taken(
    still: PaperExchange, alice: Trader, status: int
) -> None:
    still.fault("accept_then_5xx", MINE, status=status, code=-1007, msg="Timeout waiting.")
    with pytest.raises(BinanceAPIException) as failed:
        buy(alice)
    assert (failed.value.status_code, failed.value.code) == (status, -1007)
    found = alice.client.get_order(symbol="BTCUSDT", origClientOrderId="alice-1")
    assert found["status"] == "FILLED"


@pytest.mark.parametrize(("action", "orders"), [("accept_then_close", 1), ("drop", 0)])
def test_a_connection_may_be_closed_after_the_order_or_before(
    still: PaperExchange, alice: Trader, action: str, orders: int
) -> None:
    still.fault(action, MINE)
    with pytest.raises(requests.ConnectionError):
        buy(alice)
    assert placed(alice) == orders


@pytest.mark.parametrize(("accept", "orders"), [(True, 1), (False, 0)])
def test_a_call_may_never_be_answered(
    still: PaperExchange, impatient: Trader, accept: bool, orders: int
) -> None:
    still.fault("never_answer", MINE, accept=accept)
    with pytest.raises(requests.ReadTimeout):
        buy(impatient)
    assert placed(impatient) == orders


@pytest.mark.parametrize(("accept", "at_once"), [(True, 1), (False, 0)])
def test_a_delay_may_come_before_the_order_or_after(
    still: PaperExchange, impatient: Trader, accept: bool, at_once: int
) -> None:
    still.fault("delay", MINE, ms=800, accept=accept)
    with pytest.raises(requests.ReadTimeout):
        buy(impatient)
    assert placed(impatient) == at_once


def test_a_rate_limit_says_when_to_come_back(still: PaperExchange, alice: Trader) -> None:
    still.fault("rate_limit", MINE, retryAfter=7)
    still.fault("rate_limit", MINE, status=418, retryAfter=120)
    for status, seconds in ((429, "7"), (418, "120")):
        with pytest.raises(BinanceAPIException) as limited:
            buy(alice)
        assert limited.value.status_code == status
        assert limited.value.response.headers["Retry-After"] == seconds
    assert placed(alice) == 0


def test_garbage_may_hide_an_order_that_was_taken(still: PaperExchange, alice: Trader) -> None:
    still.fault("garbage", MINE)
    with pytest.raises(BinanceAPIException) as html:
        buy(alice)
    assert (html.value.status_code, html.value.code) == (502, 0)
    still.fault("garbage", {"clientOrderId": "alice-2"}, kind="cut")
    with pytest.raises(BinanceRequestException):
        buy(alice, "alice-2")
    assert placed(alice) == 2


def test_a_skewed_clock_refuses_what_is_on_time(still: PaperExchange, alice: Trader) -> None:
    still.fault("skew_clock", ms=30_000)
    with pytest.raises(BinanceAPIException) as refused:
        buy(alice)
    assert refused.value.code == -1021
    ahead = alice.client.get_server_time()["serverTime"] - time.time() * 1000
    alice.client.timestamp_offset = round(ahead)
    assert buy(alice)["status"] == "FILLED"


async def test_events_may_come_twice(still: PaperExchange, alice: Trader) -> None:
    async with Events(alice) as events:
        still.fault("duplicate_events", {"apiKey": alice.api_key}, times=2)
        await asyncio.to_thread(buy, alice)
        reports = [await events.next() for _ in range(4)]
    assert [report["x"] for report in reports] == ["NEW", "NEW", "TRADE", "TRADE"]


async def test_events_may_change_places(still: PaperExchange, alice: Trader) -> None:
    async with Events(alice) as events:
        still.fault("reorder_events", {"apiKey": alice.api_key})
        await asyncio.to_thread(buy, alice)
        reports = [await events.next() for _ in range(2)]
    assert [report["x"] for report in reports] == ["TRADE", "NEW"]


async def test_events_may_be_lost(still: PaperExchange, alice: Trader) -> None:
    async with Events(alice) as events:
        still.fault("drop_events", {"apiKey": alice.api_key})
        await asyncio.to_thread(buy, alice)
        assert (await events.next())["x"] == "TRADE"


async def test_a_stream_may_be_cut(still: PaperExchange, alice: Trader) -> None:
    async with connect(still.ws_api_url) as socket:
        await socket.send(subscription(alice, 1))
        await receive(socket)
        still.fault("cut_stream", {"apiKey": alice.api_key})
        await asyncio.to_thread(buy, alice)
        with pytest.raises(ConnectionClosed):
            await receive(socket)
    assert placed(alice) == 1
