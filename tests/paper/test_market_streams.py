"""Public streams: field for field what Binance sends."""

import asyncio
import json
from decimal import Decimal
from typing import Any

import pytest

from tests.paper.conftest import Trader
from tests.paper.sockets import receive, streams
from tests.paper_exchange import PaperExchange

FIELDS = {
    "ethusdt@trade": "eEstpqTmM",
    "ethusdt@aggTrade": "eEsapqflTmM",
    "ethusdt@kline_1m": "eEsk",
    "ethusdt@miniTicker": "eEscohlvq",
    "ethusdt@ticker": "eEspPwxcQbBaAohlvqOCFLn",
    "ethusdt@bookTicker": "usbBaA",
}
CANDLE_FIELDS = set("tTsifLochlvnxqVQB")


@pytest.mark.parametrize("name", list(FIELDS))
async def test_a_stream_has_binances_fields(exchange: PaperExchange, name: str) -> None:
    async with streams(exchange, name) as socket:
        message = await receive(socket)
    assert message["stream"] == name
    data = message["data"]
    assert set(data) == set(FIELDS[name])
    assert data["s"] == "ETHUSDT"
    if "k" in data:
        assert set(data["k"]) == CANDLE_FIELDS


@pytest.mark.parametrize("levels", [5, 10, 20])
async def test_partial_books_have_their_levels(exchange: PaperExchange, levels: int) -> None:
    async with streams(exchange, f"xrpusdt@depth{levels}@100ms") as socket:
        book = (await receive(socket))["data"]
    assert set(book) == {"lastUpdateId", "bids", "asks"}
    assert len(book["bids"]) == len(book["asks"]) == levels
    assert Decimal(book["bids"][0][0]) < Decimal(book["asks"][0][0])


async def test_all_mini_tickers_come_in_one_array(exchange: PaperExchange) -> None:
    async with streams(exchange, "!miniTicker@arr") as socket:
        tickers = (await receive(socket))["data"]
    assert [ticker["s"] for ticker in tickers] == [
        "BTCUSDT",
        "ETHUSDT",
        "BNBUSDT",
        "SOLUSDT",
        "XRPUSDT",
    ]


async def test_a_single_stream_comes_without_a_wrapping(exchange: PaperExchange) -> None:
    async with streams(exchange, path="/ws/solusdt@trade") as socket:
        assert (await receive(socket))["e"] == "trade"


async def test_the_market_moves_by_itself(exchange: PaperExchange) -> None:
    async with streams(exchange, "solusdt@trade", "btcusdt@trade") as socket:
        trades = [(await receive(socket))["data"] for _ in range(20)]
    ids = [trade["t"] for trade in trades if trade["s"] == "SOLUSDT"]
    assert ids == sorted(set(ids))
    assert len({trade["p"] for trade in trades}) > 2


async def test_an_order_is_on_the_tape_and_in_the_candle(
    still: PaperExchange, alice: Trader
) -> None:
    async with streams(still, "btcusdt@trade", "btcusdt@kline_1m") as socket:
        order = await asyncio.to_thread(
            alice.client.order_market_sell, symbol="BTCUSDT", quantity="0.01"
        )
        seen: dict[str, Any] = {}
        while len(seen) < 2:
            message = await receive(socket)
            seen[message["stream"]] = message["data"]
    trade, candle = seen["btcusdt@trade"], seen["btcusdt@kline_1m"]["k"]
    assert (trade["t"], trade["p"], trade["m"]) == (
        order["fills"][0]["tradeId"],
        "49999.99000000",
        True,
    )
    assert Decimal(candle["l"]) <= Decimal("49999.99")
    assert Decimal(candle["v"]) >= Decimal("0.01")


async def test_streams_can_be_joined_and_left_on_an_open_connection(
    exchange: PaperExchange,
) -> None:
    async def ask(method: str, *names: str) -> Any:
        await socket.send(json.dumps({"method": method, "params": names, "id": 7}))
        while "id" not in (message := await receive(socket)):
            continue
        return message

    async with streams(exchange, path="/stream") as socket:
        assert await ask("SUBSCRIBE", "bnbusdt@trade", "bnbusdt@ticker") == {
            "result": None,
            "id": 7,
        }
        assert (await receive(socket))["data"]["s"] == "BNBUSDT"
        await ask("UNSUBSCRIBE", "bnbusdt@ticker")
        assert (await ask("LIST_SUBSCRIPTIONS"))["result"] == ["bnbusdt@trade"]
        assert (await ask("DANCE"))["error"]["code"] == 2


async def test_a_frozen_symbol_is_silent_until_it_is_traded(
    still: PaperExchange, alice: Trader
) -> None:
    async with streams(still, "btcusdt@trade", "ethusdt@trade") as socket:
        others = [(await receive(socket))["data"]["s"] for _ in range(10)]
        assert set(others) == {"ETHUSDT"}
        await asyncio.to_thread(alice.client.order_market_buy, symbol="BTCUSDT", quantity="0.01")
        while (await receive(socket))["data"]["s"] != "BTCUSDT":
            continue
