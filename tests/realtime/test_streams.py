"""The exchange's stream messages in our words, and which markets fit on one connection."""

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest

from execution.public_data import Candle
from realtime.market.board import Board
from realtime.market.streams import (
    Best,
    Charted,
    Day,
    Deal,
    News,
    ShuttingDown,
    streams_of,
    translate,
)
from realtime.market.symbols import MOST, choose

MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
MOMENT_MS = int(MOMENT.timestamp() * 1000)


def from_stream(stream: str, data: object) -> list[News]:
    return list(translate(msgspec.json.encode({"stream": stream, "data": data})))


def test_a_trade_names_the_side_of_the_taker() -> None:
    trade = {"e": "aggTrade", "s": "BTCUSDT", "p": "67200.10", "q": "0.5", "T": MOMENT_MS}
    assert from_stream("btcusdt@aggTrade", trade | {"m": True}) == [
        Deal("BTCUSDT", Decimal("67200.10"), Decimal("0.5"), "SELL", MOMENT)
    ]
    assert from_stream("btcusdt@aggTrade", trade | {"m": False})[0] == Deal(
        "BTCUSDT", Decimal("67200.10"), Decimal("0.5"), "BUY", MOMENT
    )


def test_a_kline_becomes_a_candle() -> None:
    kline = {"t": MOMENT_MS, "i": "1m", "o": "1", "h": "4", "l": "0.5", "c": "2", "v": "10"}
    told = from_stream("btcusdt@kline_1m", {"s": "BTCUSDT", "k": kline | {"x": True}})
    opened, high, low, close, volume = map(Decimal, ("1", "4", "0.5", "2", "10"))
    candle = Candle(MOMENT, opened, high, low, close, volume, closed=True)
    assert told == [Charted("BTCUSDT", "1m", candle)]


def test_a_book_is_of_a_market_whatever_its_name() -> None:
    depth = {"bids": [["1", "2"]], "asks": [["3", "4"]]}
    (stream,) = [name for name in streams_of(["这是测试币456"]) if "depth" in name]
    (news,) = from_stream(stream, depth)
    assert news.symbol == "这是测试币456"


def test_answers_and_unknown_streams_tell_nothing() -> None:
    assert list(translate(b'{"result":null,"id":1}')) == []
    assert from_stream("btcusdt@avgPrice", {"w": "1"}) == []


def test_a_shutdown_is_an_exception() -> None:
    with pytest.raises(ShuttingDown):
        from_stream("!serverShutdown", {"e": "serverShutdown", "E": MOMENT_MS})


@pytest.mark.parametrize("text", [b"", b"[]", b'{"stream":"btcusdt@bookTicker","data":{"s":1}}'])
def test_what_is_not_understood_is_said_so(text: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        list(translate(text))


def test_a_ticker_is_put_together_from_the_day_the_book_and_the_last_trade() -> None:
    board = Board()
    day = Day(
        symbol="BTCUSDT",
        last=Decimal(100),
        open=Decimal(80),
        high=Decimal(110),
        low=Decimal(70),
        volume=Decimal(5),
        quote_volume=Decimal(500),
        timestamp=MOMENT,
    )
    board.take(Best("BTCUSDT", Decimal("119"), Decimal("121")))
    assert list(board.due()) == []  # Without the day there is no ticker.
    board.take(day)
    board.take(Deal("BTCUSDT", Decimal("120"), Decimal(1), "BUY", MOMENT))
    messages = {message["type"]: message["data"] for _, message in board.due()}
    assert messages["TICKER"] == {
        "symbol": "BTCUSDT",
        "last": Decimal("120"),
        "bid": Decimal("119"),
        "ask": Decimal("121"),
        "change24h": Decimal("50.000"),
        "high24h": Decimal("120"),
        "low24h": Decimal("70"),
        "volume24h": Decimal("5"),
        "timestamp": MOMENT,
    }


def test_a_channel_is_not_due_twice_at_once() -> None:
    board = Board()
    deal = Deal("BTCUSDT", Decimal("120"), Decimal(1), "BUY", MOMENT)
    board.take(deal)
    assert [channel for channel, _ in board.due()] == ["tape:BTCUSDT"]
    board.take(deal)
    assert list(board.due()) == []


def test_where_not_all_markets_fit_those_in_use_come_first_then_the_busiest() -> None:
    listed = [f"COIN{number}" for number in range(MOST + 10)]
    volumes = {"COIN7": Decimal(5), "COIN8": Decimal(9)}
    chosen = choose(listed, in_use={"COIN5"}, volumes=volumes)
    assert chosen[:3] == ["COIN5", "COIN8", "COIN7"]
    assert len(chosen) == MOST
