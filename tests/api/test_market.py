"""The market calls against the paper exchange: one question however many ask, the last good
answer while it is away."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import monotonic
from typing import Any

import pytest
from rest_framework.test import APIClient

from execution.public_data import Unavailable
from tests import cast
from tests.paper_exchange import PaperExchange
from tradeplat.problems import Problem
from trading.api.kept import CALLS_PER_MINUTE, Kept
from trading.models import Symbol

pytestmark = pytest.mark.usefixtures("market_data")


def read(path: str) -> Any:
    return APIClient().get(f"/api/market/{path}")


def test_symbols_come_with_the_rules_of_the_exchange(btcusdt: Symbol) -> None:
    (row,) = read("symbols").json()
    assert row == {
        "symbol": "BTCUSDT",
        "base": "BTC",
        "quote": "USDT",
        "status": "TRADING",
        "orderTypes": btcusdt.order_types,
        "filters": cast.BTCUSDT_FILTERS,
    }


def test_candles_come_oldest_first_and_only_the_newest_is_open(btcusdt: Symbol) -> None:
    candles = read("candles?symbol=BTCUSDT&interval=1m&limit=50").json()
    times = [candle["time"] for candle in candles]
    assert len(candles) == 50
    assert times == sorted(times)
    assert all(candle["closed"] for candle in candles[:-1])
    assert candles[0].keys() == {
        "symbol", "interval", "time", "open", "high", "low", "close", "volume", "closed",
    }  # fmt: skip
    assert candles[0]["low"] <= candles[0]["open"] <= candles[0]["high"]


def test_amounts_are_strings_where_that_is_asked_for(btcusdt: Symbol) -> None:
    candles = read("candles?symbol=BTCUSDT&interval=1m&limit=1&decimals=string").json()
    assert isinstance(candles[0]["close"], str)


@pytest.mark.parametrize("limit", [1, 500, 501, 1000])
def test_as_many_candles_come_as_were_asked_for(btcusdt: Symbol, limit: int) -> None:
    candles = read(f"candles?symbol=BTCUSDT&interval=1m&limit={limit}").json()
    assert len(candles) == limit


def test_there_is_a_ticker_for_every_market() -> None:
    tickers = {row["symbol"]: row for row in read("tickers").json()}
    assert tickers["BTCUSDT"].keys() == {
        "symbol", "last", "bid", "ask", "change24h", "high24h", "low24h", "volume24h", "timestamp",
    }  # fmt: skip
    assert tickers["BTCUSDT"]["bid"] < tickers["BTCUSDT"]["ask"]


def test_a_book_has_its_best_prices_first(btcusdt: Symbol) -> None:
    book = read("book?symbol=BTCUSDT").json()
    assert len(book["bids"]) == len(book["asks"]) == 20
    assert book["bids"][0][0] > book["bids"][1][0]
    assert book["asks"][0][0] < book["asks"][1][0]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("candles?interval=1m", "symbol"),
        ("candles?symbol=BTCUSDT", "interval"),
        ("candles?symbol=BTCUSDT&interval=3m", "interval"),
        ("candles?symbol=BTCUSDT&interval=1m&limit=0", "limit"),
        ("candles?symbol=BTCUSDT&interval=1m&limit=1001", "limit"),
        ("candles?symbol=NOPE&interval=1m", "symbol"),
        ("book?symbol=%00", "symbol"),
        ("book", "symbol"),
        ("tickers?decimals=roman", "decimals"),
    ],
)
def test_wrong_parameters_are_named(btcusdt: Symbol, path: str, field: str) -> None:
    answer = read(path)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_a_stale_token_keeps_nobody_from_the_market() -> None:
    answer = APIClient(HTTP_AUTHORIZATION="Bearer nonsense").get("/api/market/tickers")
    assert answer.status_code == 200


def test_however_many_look_at_a_chart_the_exchange_is_asked_once(
    exchange: PaperExchange, btcusdt: Symbol, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trading.api.market.CANDLE_SECONDS", 60.0)
    exchange.fault("delay", {"path": "/api/v3/klines"}, ms=0, times=-1)  # It counts the calls.
    for limit in range(100, 120):
        answer = read(f"candles?symbol=BTCUSDT&interval=1d&limit={limit}")
        assert len(answer.json()) == limit
    assert [fault["hits"] for fault in exchange.faults()] == [1]


def test_an_answer_tells_its_age(
    exchange: PaperExchange, btcusdt: Symbol, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read("book?symbol=BTCUSDT")["Age"] == "0"
    exchange.fault("refuse", {"path": "/api/v3/depth"}, status=503, times=-1)
    monkeypatch.setattr("trading.api.kept.time.monotonic", lambda: monotonic() + 90)
    assert read("book?symbol=BTCUSDT")["Age"] == "90"


def test_the_last_good_book_serves_while_the_exchange_is_away(
    exchange: PaperExchange, btcusdt: Symbol, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trading.api.market.BOOK_SECONDS", 0.0)
    before = read("book?symbol=BTCUSDT").json()
    exchange.fault("refuse", {"path": "/api/v3/depth"}, status=503, times=1000)
    after = read("book?symbol=BTCUSDT")
    assert after.status_code == 200
    assert after.json() == before


def test_a_503_says_so_when_the_exchange_never_answered(
    exchange: PaperExchange, btcusdt: Symbol
) -> None:
    exchange.fault("refuse", {"path": "/api/v3/depth"}, status=503, times=1000)
    answer = read("book?symbol=BTCUSDT")
    assert (answer.status_code, answer.json()["code"]) == (503, "EXCHANGE_UNAVAILABLE")
    assert answer["Retry-After"]


def test_one_address_is_throttled(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rest_framework.throttling.ScopedRateThrottle.get_rate", lambda _: "2/min")
    assert [read("tickers").status_code for _ in range(3)] == [200, 200, 429]


def test_a_stampede_asks_the_exchange_once() -> None:
    answers, asked, others_wait = Kept(), [], threading.Barrier(20)

    def ask() -> str:
        asked.append(1)
        return "answer"

    def call(_: int) -> str:
        others_wait.wait()
        return answers.get("key", 60, ask)[0]

    with ThreadPoolExecutor(20) as callers:
        assert set(callers.map(call, range(20))) == {"answer"}
    assert len(asked) == 1


def test_an_exchange_that_hangs_holds_few_threads_and_refuses_the_others() -> None:
    answers = Kept()
    with _hanging(answers, "book", "candles"):
        with pytest.raises(Problem) as refusal:
            answers.get("tickers", 60, lambda: pytest.fail("A third thread waits."))
        with pytest.raises(Problem):  # Somebody is asking for it, but not for ever.
            answers.get("book", 60, lambda: pytest.fail("Two ask for the same."))
    assert (refusal.value.status, refusal.value.code) == (503, "EXCHANGE_UNAVAILABLE")
    assert answers.get("tickers", 60, lambda: "answer")[0] == "answer"


def test_an_exchange_that_hangs_leaves_the_last_good_answers() -> None:
    answers = Kept()
    answers.get("tickers", 60, lambda: "before")
    with _hanging(answers, "book", "candles"):
        assert answers.get("tickers", 0, lambda: "after")[0] == "before"


def test_a_call_past_the_limit_has_its_turn_while_the_exchange_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("trading.api.kept.PATIENCE_SECONDS", 30.0)
    answers = Kept()
    with ThreadPoolExecutor(1) as caller:
        with _hanging(answers, "book", "candles"):
            third = caller.submit(answers.get, "tickers", 60, lambda: "answer")
        assert third.result()[0] == "answer"


@contextmanager
def _hanging(answers: Kept, *keys: str) -> Iterator[None]:
    """While inside, a thread for each key waits for the exchange."""
    asked, goes_on = threading.Barrier(len(keys) + 1), threading.Event()

    def ask() -> str:
        asked.wait()
        goes_on.wait()
        return "late"

    with ThreadPoolExecutor(len(keys)) as threads:
        flights = [threads.submit(answers.get, key, 60, ask) for key in keys]
        asked.wait()
        try:
            yield
        finally:
            goes_on.set()
        assert [flight.result()[0] for flight in flights] == ["late"] * len(keys)


def test_nobody_asks_again_while_the_exchange_wants_quiet() -> None:
    answers = Kept()

    def refused() -> str:
        raise Unavailable("banned", retry_after=60)

    with pytest.raises(Problem):
        answers.get("key", 0, refused)
    with pytest.raises(Problem):
        answers.get("another", 0, lambda: pytest.fail("The exchange was asked."))


def test_strangers_cannot_spend_the_weight_that_orders_need() -> None:
    answers = Kept()
    for number in range(CALLS_PER_MINUTE):
        answers.get(number, 0, lambda: "answer")
    with pytest.raises(Problem, match="does not answer"):
        answers.get("one more", 0, lambda: "answer")
