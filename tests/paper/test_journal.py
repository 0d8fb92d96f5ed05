"""What was answered survives kill -9."""

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.paper.conftest import Trader, open_account
from tests.paper_exchange import PaperExchange
from tests.waiting import eventually


@pytest.fixture
def mortal(journal_directory: Path) -> Iterator[PaperExchange]:
    """An exchange that may be killed, with segments of 20 kB."""
    exchange = PaperExchange(journal_directory, segment_kb=20).start()
    exchange.freeze("BTCUSDT")
    yield exchange
    exchange.stop()


def everything_about(trader: Trader) -> list[Any]:
    client = trader.client
    return [
        client.get_account(),
        client.get_all_orders(symbol="BTCUSDT"),
        client.get_my_trades(symbol="BTCUSDT"),
        client.get_open_orders(),
    ]


def trade_a_little(trader: Trader) -> None:
    trader.client.order_market_buy(symbol="BTCUSDT", quantity="0.001")
    trader.client.order_limit_buy(symbol="BTCUSDT", quantity="0.01", price="40000")
    canceled = trader.client.order_limit_buy(symbol="BTCUSDT", quantity="0.01", price="41000")
    trader.client.cancel_order(symbol="BTCUSDT", orderId=canceled["orderId"])
    trader.client.create_order(
        symbol="BTCUSDT", side="SELL", type="STOP_LOSS", quantity="0.01", stopPrice="20000"
    )


def segments(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_accounts_orders_trades_and_balances_survive(mortal: PaperExchange) -> None:
    alice = open_account(mortal)
    trade_a_little(alice)
    before = everything_about(alice)
    mortal.restart()
    assert everything_about(alice) == before


def test_open_orders_work_on_after_a_restart(mortal: PaperExchange) -> None:
    alice = open_account(mortal)
    trade_a_little(alice)
    mortal.restart()
    mortal.freeze("BTCUSDT")
    mortal.set_price("BTCUSDT", "39999")
    mortal.set_price("BTCUSDT", "19999")
    assert alice.client.get_open_orders() == []
    ends = {order["status"] for order in alice.client.get_all_orders(symbol="BTCUSDT")}
    assert ends == {"FILLED", "CANCELED"}


def test_ids_are_never_used_again(mortal: PaperExchange) -> None:
    alice = open_account(mortal)
    first = alice.client.order_market_buy(symbol="BTCUSDT", quantity="0.001")
    mortal.restart()
    second = alice.client.order_market_buy(symbol="BTCUSDT", quantity="0.001")
    assert second["orderId"] > first["orderId"]
    assert second["fills"][0]["tradeId"] > first["fills"][0]["tradeId"]


def test_a_torn_last_line_is_forgotten(mortal: PaperExchange, journal_directory: Path) -> None:
    alice = open_account(mortal)
    trade_a_little(alice)
    before = everything_about(alice)
    mortal.kill()
    newest = sorted(journal_directory.glob("journal-*.jsonl"))[-1]
    with newest.open("ab") as journal:
        journal.write(b'[{"type":"placed","order":{"order_id":99,')
    mortal.start()
    assert everything_about(alice) == before
    mortal.restart()
    assert everything_about(alice) == before


def test_every_order_that_was_answered_survives_a_kill_under_load(
    mortal: PaperExchange,
) -> None:
    answered: list[dict[str, Any]] = []

    def trade_until_it_dies(trader: Trader, number: int) -> None:
        with suppress(requests.ConnectionError):
            for count in itertools.count():
                order = trader.client.order_market_buy(
                    symbol="BTCUSDT",
                    quantity="0.0001",
                    newClientOrderId=f"trader-{number}-{count}",
                )
                answered.append(order)

    traders = [open_account(mortal) for _ in range(4)]
    with ThreadPoolExecutor(len(traders)) as threads:
        for number, trader in enumerate(traders):
            threads.submit(trade_until_it_dies, trader, number)
        eventually(lambda: len(answered) > 200)
        mortal.kill()
    mortal.start()
    known = {order["clientOrderId"]: order for order in mortal.journal()["orders"]}
    assert len(known) >= len(answered)
    for order in answered:
        kept = known[order["clientOrderId"]]
        assert (kept["orderId"], kept["status"]) == (order["orderId"], "FILLED")
        assert kept["trades"][0]["id"] == order["fills"][0]["tradeId"]


def test_a_checkpoint_replaces_full_segments(
    mortal: PaperExchange, journal_directory: Path
) -> None:
    alice = open_account(mortal)

    def compacted() -> bool:
        trade_a_little(alice)
        alice.client._delete("openOrders", True, data={"symbol": "BTCUSDT"})
        return len(segments(journal_directory)) == 2 and "checkpoint-00000002.json" in segments(
            journal_directory
        )

    eventually(compacted, timeout=30)
    assert segments(journal_directory) == ["checkpoint-00000002.json", "journal-00000002.jsonl"]
    trade_a_little(alice)
    before, last = everything_about(alice), mortal.journal()
    mortal.restart()
    assert everything_about(alice) == before
    assert mortal.journal() == last


def test_the_candles_of_the_past_are_the_same_after_a_restart(mortal: PaperExchange) -> None:
    alice = open_account(mortal)
    alice.client.order_market_buy(symbol="ETHUSDT", quantity="0.5")

    def past() -> list[Any]:
        client = alice.client
        return [
            client.get_klines(symbol="SOLUSDT", interval=interval, limit=300)[:-1]
            for interval in ("1m", "15m", "1h", "1d", "1w")
        ]

    before = past()
    mortal.restart()
    for then, now in zip(before, past(), strict=True):
        assert then[-100:] == [candle for candle in now if candle[0] <= then[-1][0]][-100:]


def test_the_journal_tells_checkers_what_changed_since(mortal: PaperExchange) -> None:
    alice = open_account(mortal)
    trade_a_little(alice)
    seen = mortal.journal()["last"]
    order = alice.client.order_market_sell(
        symbol="BTCUSDT", quantity="0.002", newClientOrderId="alice-9"
    )
    news = mortal.journal(since=seen)
    (entry,) = news["orders"]
    assert (entry["clientOrderId"], entry["orderId"]) == ("alice-9", order["orderId"])
    assert entry["apiKey"] == alice.api_key
    assert [trade["id"] for trade in entry["trades"]] == [
        fill["tradeId"] for fill in order["fills"]
    ]
    assert alice.secret_key not in str(mortal.journal())
