"""The market on the socket: snapshot first, the newest wins, and a feed that comes back."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import requests
from django.conf import settings

from accounts.models import User
from execution.models import Lease
from tests import cast
from tests.processes import Platform
from tests.realtime.client import Client
from tests.realtime.conftest import Open
from tests.waiting import eventually
from trading.models import LastPrice, Symbol

pytestmark = pytest.mark.processes

SHAPES = {
    "ticker:BTCUSDT": (
        "TICKER",
        {
            "symbol",
            "last",
            "bid",
            "ask",
            "change24h",
            "high24h",
            "low24h",
            "volume24h",
            "timestamp",
        },
    ),
    "candle:BTCUSDT:1m": (
        "CANDLE",
        {"symbol", "interval", "time", "open", "high", "low", "close", "volume", "closed"},
    ),
    "book:BTCUSDT": ("BOOK", {"symbol", "bids", "asks", "timestamp"}),
    "tape:BTCUSDT": ("TAPE", {"symbol", "trades"}),
}
FEED_SECONDS = 15.0


@pytest.fixture
def symbols(transactional_db: None) -> list[Symbol]:
    return [cast.market(name) for name in ("BTCUSDT", "ETHUSDT", "QUIETUSDT", "OTHERUSDT")]


@pytest.fixture
def publish(platform: Platform) -> Iterator[Callable[..., None]]:
    """Say something on a market channel as the feed would."""
    with platform.redis() as redis:

        def say(channel: str, **data: Any) -> None:
            message = {"type": channel.split(":")[0].upper(), "data": data}
            redis.publish(f"market:{channel}", json.dumps(message, separators=(",", ":")))

        yield say


@pytest.mark.parametrize("channel", SHAPES)
def test_the_feed_brings_every_kind_of_channel(
    alice: User, open_as: Open, symbols: list[Symbol], platform: Platform, channel: str
) -> None:
    kind, fields = SHAPES[channel]
    with open_as(alice) as client:
        client.subscribe(channel)
        message = client.next_of(kind, timeout=FEED_SECONDS)
    assert message["data"].keys() == fields
    assert message["data"]["symbol"] == "BTCUSDT"


def test_a_ticker_makes_sense(alice: User, open_as: Open, symbols: list[Symbol]) -> None:
    def complete(message: dict[str, Any]) -> bool:
        return message["type"] == "TICKER" and message["data"]["bid"] != "0"

    with open_as(alice, query="decimals=string") as client:
        client.subscribe("ticker:BTCUSDT")
        ticker = client.next_where(complete, timeout=FEED_SECONDS)["data"]
    bid, ask, last, high, low = (
        Decimal(ticker[name]) for name in ("bid", "ask", "last", "high24h", "low24h")
    )
    assert 0 < bid < ask
    assert low <= last <= high
    assert -50 < Decimal(ticker["change24h"]) < 50
    assert ticker["timestamp"].endswith("Z")


def test_a_book_has_twenty_levels_the_best_first(
    alice: User, open_as: Open, symbols: list[Symbol]
) -> None:
    with open_as(alice) as client:
        client.subscribe("book:BTCUSDT")
        book = client.next_of("BOOK", timeout=FEED_SECONDS)["data"]
    bids, asks = ([price for price, _ in book[side]] for side in ("bids", "asks"))
    assert len(bids) == len(asks) == 20
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert bids[0] < asks[0]


def test_all_tickers_come_by_one_channel(alice: User, open_as: Open, symbols: list[Symbol]) -> None:
    with open_as(alice) as client:
        client.subscribe("tickers")
        wanted = {"BTCUSDT", "ETHUSDT"}
        client.next_where(lambda _: wanted <= _symbols_in(client), timeout=FEED_SECONDS)


def test_last_prices_become_rows(symbols: list[Symbol], platform: Platform) -> None:
    _control(platform, "freeze", symbol="BTCUSDT", frozen=True)
    _control(platform, "price", symbol="BTCUSDT", price="66000.00")
    try:
        eventually(lambda: abs(_last_price("BTCUSDT") - 66000) < 100, timeout=FEED_SECONDS)
    finally:
        _control(platform, "freeze", symbol="BTCUSDT", frozen=False)
    assert LastPrice.objects.filter(symbol="BTCUSDT").count() == 1


def test_who_subscribes_late_gets_the_last_message_first(
    alice: User, open_as: Open, symbols: list[Symbol], publish: Callable[..., None]
) -> None:
    with open_as(alice) as early, open_as(alice) as late:
        early.subscribe("ticker:QUIETUSDT")
        publish("ticker:QUIETUSDT", symbol="QUIETUSDT", last=7)
        assert early.next_of("TICKER")["data"] == {"symbol": "QUIETUSDT", "last": 7}
        late.subscribe("ticker:QUIETUSDT")
        assert late.next_of("TICKER")["data"] == {"symbol": "QUIETUSDT", "last": 7}


def test_the_newest_message_wins_ten_times_a_second(
    alice: User, open_as: Open, symbols: list[Symbol], publish: Callable[..., None]
) -> None:
    with open_as(alice) as client:
        client.subscribe("ticker:QUIETUSDT")
        for number in range(1000):
            publish("ticker:QUIETUSDT", symbol="QUIETUSDT", last=number)
        client.next_where(lambda message: message["data"].get("last") == 999)
    seen = [each["data"]["last"] for each in client.received if each["type"] == "TICKER"]
    assert seen == sorted(set(seen))
    assert len(seen) < 300


def test_the_last_word_on_a_candle_is_not_replaced(
    alice: User, open_as: Open, symbols: list[Symbol], publish: Callable[..., None]
) -> None:
    channel, candle = "candle:QUIETUSDT:1m", {"symbol": "QUIETUSDT", "interval": "1m"}
    with open_as(alice) as client:
        client.subscribe(channel)
        for close in range(5):
            publish(channel, **candle, time="A", close=close, closed=False)
        publish(channel, **candle, time="A", close=9, closed=True)
        for close in range(5):
            publish(channel, **candle, time="B", close=close, closed=False)
        client.next_where(lambda message: message["data"].get("close") == 4)
        while client.received[-1]["data"]["time"] != "B":
            client.next_of("CANDLE")
    candles = [each["data"] for each in client.received if each["type"] == "CANDLE"]
    assert [each["close"] for each in candles if each["closed"]] == [9]
    assert [each["time"] for each in candles] == sorted(each["time"] for each in candles)


def test_nothing_comes_after_unsubscribing(
    alice: User, open_as: Open, symbols: list[Symbol], publish: Callable[..., None]
) -> None:
    with open_as(alice) as client:
        client.subscribe("ticker:QUIETUSDT", "ticker:OTHERUSDT")
        client.say({"op": "unsubscribe", "channels": ["ticker:QUIETUSDT"]})
        assert client.next_of("SUBSCRIBED")["data"]["channels"] == ["ticker:OTHERUSDT"]
        publish("ticker:QUIETUSDT", symbol="QUIETUSDT")
        publish("ticker:OTHERUSDT", symbol="OTHERUSDT")
        assert client.next_of("TICKER")["data"] == {"symbol": "OTHERUSDT"}


@pytest.mark.slow
def test_a_heartbeat_tells_the_head_and_the_age_of_the_feed(
    alice: User, open_as: Open, symbols: list[Symbol]
) -> None:
    with open_as(alice) as client:
        beat = client.next_of("HEARTBEAT", timeout=20)["data"]
    assert beat.keys() == {"headSeq", "serverTime", "feedAgeMs"}
    assert beat["headSeq"] == 0
    assert 0 <= beat["feedAgeMs"] < 5_000


def test_sockets_share_one_subscription(
    alice: User, bob: User, open_as: Open, symbols: list[Symbol], platform: Platform
) -> None:
    with open_as(alice) as one, open_as(bob) as other, platform.redis() as redis:
        for client in (one, other):
            client.subscribe("ticker:BTCUSDT", "book:BTCUSDT", "tickers")
        assert redis.pubsub_numpat() == 1


def test_a_feed_that_falls_silent_is_told_within_seconds(
    alice: User, open_as: Open, symbols: list[Symbol], platform: Platform
) -> None:
    with open_as(alice) as client:
        client.subscribe("ticker:BTCUSDT")
        _next_younger_than(datetime.now(UTC), client)
        platform.pause("paper")
        try:
            told = client.next_where(lambda message: _feed_age(message) > 5_000, timeout=20)
        finally:
            platform.resume("paper")
        client.next_where(lambda message: 0 <= _feed_age(message) < 5_000, timeout=20)
    assert _feed_age(told) < 12_000  # The heartbeat of every 15 s would have come later.


def test_a_second_feed_stands_by_and_takes_over(
    alice: User, open_as: Open, symbols: list[Symbol], platform: Platform
) -> None:
    platform.start("market-2")
    try:
        first = eventually(_feeder)
        platform.kill("market")
        eventually(lambda: _feeder() not in (None, first), timeout=FEED_SECONDS)
        with open_as(alice) as client:
            client.subscribe("ticker:BTCUSDT")
            _next_younger_than(datetime.now(UTC), client)
    finally:
        platform.start("market")


def test_the_feed_comes_back_with_the_exchange(
    alice: User, open_as: Open, symbols: list[Symbol], platform: Platform
) -> None:
    with open_as(alice) as client:
        client.subscribe("ticker:BTCUSDT")
        client.next_of("TICKER", timeout=FEED_SECONDS)
        platform.restart("paper")
        _next_younger_than(datetime.now(UTC), client)


def _symbols_in(client: Client) -> set[str]:
    return {message["data"].get("symbol", "") for message in client.received}


def _next_younger_than(moment: datetime, client: Client) -> None:
    client.next_where(
        lambda message: (
            message["type"] == "TICKER"
            and datetime.fromisoformat(message["data"]["timestamp"]) > moment
        ),
        timeout=FEED_SECONDS,
    )


def _feed_age(message: dict[str, Any]) -> int:
    """In ms, as a heartbeat tells it; -1 of any other message."""
    return message["data"]["feedAgeMs"] if message["type"] == "HEARTBEAT" else -1


def _feeder() -> str | None:
    return Lease.objects.filter(name="market").values_list("owner", flat=True).first()


def _last_price(symbol: str) -> Decimal:
    row = LastPrice.objects.filter(environment=settings.DEFAULT_ENVIRONMENT, symbol=symbol).first()
    return row.price if row else Decimal(0)


def _control(platform: Platform, path: str, **body: Any) -> None:
    url = f"{platform.paper_url}/control/{path}"
    requests.post(url, json=body, timeout=10).raise_for_status()
