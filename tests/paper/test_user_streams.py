"""Private streams over the WebSocket API."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from binance.exceptions import BinanceAPIException
from websockets.asyncio.client import connect

from tests.paper.conftest import Trader, open_account
from tests.paper.sockets import Events, receive, subscription
from tests.paper_exchange import PaperExchange


async def place(trader: Trader, **order: Any) -> dict[str, Any]:
    answer: dict[str, Any] = await asyncio.to_thread(
        trader.client.create_order, symbol="BTCUSDT", **order
    )
    return answer


async def test_a_market_order_is_reported_new_then_traded_then_the_balances(
    still: PaperExchange, alice: Trader
) -> None:
    async with Events(alice) as events:
        order = await place(
            alice, side="BUY", type="MARKET", quantity="0.01", newClientOrderId="alice-1"
        )
        new, traded = await events.next(), await events.next()
        balances = await events.next("outboundAccountPosition")
    assert (new["x"], new["X"], new["c"], new["t"]) == ("NEW", "NEW", "alice-1", -1)
    assert (traded["x"], traded["X"]) == ("TRADE", "FILLED")
    (fill,) = order["fills"]
    assert (traded["t"], traded["L"], traded["l"]) == (
        fill["tradeId"],
        fill["price"],
        fill["qty"],
    )
    assert (traded["n"], traded["N"]) == (fill["commission"], fill["commissionAsset"])
    assert traded["Z"] == order["cummulativeQuoteQty"]
    assert {balance["a"]: balance["f"] for balance in balances["B"]} == {
        "BTC": "0.10999000",
        "USDT": "9499.99990000",
    }


async def test_a_cancel_carries_its_own_id_and_the_orders(
    still: PaperExchange, alice: Trader
) -> None:
    async with Events(alice) as events:
        await place(
            alice,
            side="BUY",
            type="LIMIT",
            timeInForce="GTC",
            quantity="0.01",
            price="40000",
            newClientOrderId="alice-1",
        )
        await asyncio.to_thread(
            alice.client.cancel_order,
            symbol="BTCUSDT",
            origClientOrderId="alice-1",
            newClientOrderId="cancel-1",
        )
        new, canceled = await events.next(), await events.next()
    assert (new["c"], new["C"], new["w"]) == ("alice-1", "", True)
    assert (canceled["x"], canceled["X"]) == ("CANCELED", "CANCELED")
    assert (canceled["c"], canceled["C"]) == ("cancel-1", "alice-1")


async def test_an_expired_order_says_why(still: PaperExchange, alice: Trader) -> None:
    async with Events(alice) as events:
        await place(
            alice, side="BUY", type="LIMIT", timeInForce="IOC", quantity="0.01", price="49000"
        )
        await events.next()
        expired = await events.next()
    assert (expired["x"], expired["X"]) == ("EXPIRED", "EXPIRED")
    assert expired["eR"] == "UNFILLED_IOC_QUANTITY_EXPIRED"


async def test_a_stop_is_reported_again_when_it_begins_to_work(
    still: PaperExchange, alice: Trader
) -> None:
    async with Events(alice) as events:
        await place(alice, side="SELL", type="STOP_LOSS", quantity="0.01", stopPrice="49000")
        still.set_price("BTCUSDT", "48999")
        reports = [await events.next() for _ in range(3)]
    assert [(report["x"], report["w"]) for report in reports[:2]] == [
        ("NEW", False),
        ("NEW", True),
    ]
    assert (reports[2]["X"], reports[2]["P"]) == ("FILLED", "49000.00000000")


async def test_a_deposit_is_a_balance_update(exchange: PaperExchange, alice: Trader) -> None:
    async with Events(alice) as events:
        exchange.deposit(alice.api_key, "USDT", "25.5", withdraw=True)
        update = await events.next("balanceUpdate")
        position = await events.next("outboundAccountPosition")
    assert (update["a"], update["d"]) == ("USDT", "-25.50000000")
    assert position["B"] == [{"a": "USDT", "f": "9974.50000000", "l": "0.00000000"}]


async def test_one_connection_carries_many_accounts_and_keeps_them_apart(
    still: PaperExchange, alice: Trader, bob: Trader
) -> None:
    async with connect(still.ws_api_url) as socket:
        for number, trader in enumerate((alice, bob)):
            await socket.send(subscription(trader, number))
            answer = await receive(socket)
            assert answer["result"] == {"subscriptionId": number}
            assert answer["rateLimits"][0]["rateLimitType"] == "REQUEST_WEIGHT"
        await place(bob, side="BUY", type="MARKET", quantity="0.01", newClientOrderId="bob-1")
        message = await receive(socket)
        assert message["subscriptionId"] == 1
        assert message["event"]["c"] == "bob-1"


async def test_an_account_is_subscribed_once_per_connection(
    exchange: PaperExchange, alice: Trader
) -> None:
    async with connect(exchange.ws_api_url) as socket:
        await socket.send(subscription(alice, 1))
        await receive(socket)
        await socket.send(subscription(alice, 2))
        assert (await receive(socket))["error"]["code"] == -2035


async def test_an_ended_subscription_is_silent(still: PaperExchange, alice: Trader) -> None:
    async with connect(still.ws_api_url) as socket:
        await socket.send(subscription(alice, 1))
        await receive(socket)
        ending = {"method": "userDataStream.unsubscribe", "params": {"subscriptionId": 0}}
        await socket.send(json.dumps({"id": 2} | ending))
        assert (await receive(socket))["status"] == 200
        await place(alice, side="BUY", type="MARKET", quantity="0.01")
        await socket.send(json.dumps({"id": 3, "method": "ping"}))
        assert (await receive(socket))["id"] == 3


async def test_bad_credentials_are_refused_as_over_rest(
    exchange: PaperExchange, alice: Trader, bob: Trader
) -> None:
    request = json.loads(subscription(alice, 1))
    forged = request["params"] | {"apiKey": bob.api_key}
    unknown = request["params"] | {"apiKey": "k" * 64}
    async with connect(exchange.ws_api_url) as socket:
        for parameters, code in ((forged, -1022), (unknown, -2015)):
            await socket.send(json.dumps(request | {"params": parameters}))
            assert (await receive(socket))["error"]["code"] == code
        await socket.send("not json")
        assert (await receive(socket))["error"]["code"] == -1135
        await socket.send(json.dumps({"id": 5, "method": "order.dance"}))
        assert (await receive(socket))["error"]["code"] == -1020


async def test_ping_and_time_are_answered_to_python_binance(alice: Trader) -> None:
    async with Events(alice) as events:
        assert await events.ask("ping") == {}
        assert (await events.ask("time"))["serverTime"] > 1_700_000_000_000
        with pytest.raises(BinanceAPIException):
            await events.ask("userDataStream.unsubscribe", subscriptionId=9)


async def test_a_clean_stop_is_announced(tmp_path: Path) -> None:
    exchange = PaperExchange(tmp_path).start()
    alice = open_account(exchange)
    async with (
        connect(exchange.ws_api_url) as socket,
        connect(f"{exchange.stream_url}/stream") as public,
    ):
        await socket.send(subscription(alice, 1))
        await receive(socket)
        await asyncio.to_thread(exchange.stop)
        assert (await receive(socket))["event"]["e"] == "serverShutdown"
        assert (await receive(public))["stream"] == "!serverShutdown"
