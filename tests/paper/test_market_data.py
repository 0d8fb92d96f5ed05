"""What needs no key: rules, prices, books and candles, as python-binance reads them."""

import itertools
from decimal import Decimal
from typing import Any

import pytest
from binance.exceptions import BinanceAPIException

from paper.walk import INTERVALS
from tests.paper.conftest import Trader
from tests.paper_exchange import PaperExchange

SYMBOLS = ["BTCUSDT", "ETHUSDT", "BNBUSDT", "SOLUSDT", "XRPUSDT"]


def test_exchange_info_lists_symbols_with_their_rules(alice: Trader) -> None:
    symbols = alice.client.get_exchange_info()["symbols"]
    assert [symbol["symbol"] for symbol in symbols] == SYMBOLS
    bitcoin = symbols[0]
    assert (bitcoin["status"], bitcoin["baseAsset"], bitcoin["quoteAsset"]) == (
        "TRADING",
        "BTC",
        "USDT",
    )
    assert "TAKE_PROFIT_LIMIT" in bitcoin["orderTypes"]
    assert bitcoin["quoteOrderQtyMarketAllowed"] is True
    filters = {each["filterType"]: each for each in bitcoin["filters"]}
    assert filters["PRICE_FILTER"]["tickSize"] == "0.01000000"
    assert filters["LOT_SIZE"]["stepSize"] == "0.00001000"
    assert filters["NOTIONAL"]["minNotional"] == "5.00000000"
    assert {"MARKET_LOT_SIZE", "PERCENT_PRICE_BY_SIDE", "MAX_NUM_ORDERS"} <= set(filters)


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_the_book_is_deep_ordered_and_narrow(alice: Trader, symbol: str) -> None:
    book = alice.client.get_order_book(symbol=symbol)
    bids = [Decimal(price) for price, _ in book["bids"]]
    asks = [Decimal(price) for price, _ in book["asks"]]
    assert len(bids) >= 40
    assert len(asks) >= 40
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert 0 < asks[0] - bids[0] < bids[0] / 1000


@pytest.mark.parametrize("interval", list(INTERVALS))
def test_a_thousand_candles_of_every_interval(alice: Trader, interval: str) -> None:
    candles = alice.client.get_klines(symbol="ETHUSDT", interval=interval, limit=1000)
    assert len(candles) == 1000
    for before, after in itertools.pairwise(candles):
        assert (before[6] + 1, before[4]) == (after[0], after[1])


def test_coarse_candles_are_the_fold_of_fine_ones(alice: Trader) -> None:
    def closed(interval: str, limit: int) -> list[Any]:
        candles: list[Any] = alice.client.get_klines(
            symbol="BTCUSDT", interval=interval, limit=limit
        )
        return candles[:-1]

    hour = closed("1h", 3)[0]
    minutes = [minute for minute in closed("1m", 200) if hour[0] <= minute[0] < hour[6]]
    assert len(minutes) == 60
    assert (minutes[0][1], minutes[-1][4]) == (hour[1], hour[4])
    assert max(Decimal(minute[2]) for minute in minutes) == Decimal(hour[2])
    assert min(Decimal(minute[3]) for minute in minutes) == Decimal(hour[3])
    assert sum(Decimal(minute[5]) for minute in minutes) == Decimal(hour[5])
    assert sum(Decimal(minute[7]) for minute in minutes) == Decimal(hour[7])
    assert sum(minute[8] for minute in minutes) == hour[8]


def test_candles_can_be_asked_for_by_time(alice: Trader) -> None:
    start, end = 1_790_000_000_000, 1_790_003_600_000
    candles = alice.client.get_klines(
        symbol="BTCUSDT", interval="5m", startTime=start, endTime=end, limit=1000
    )
    assert start <= candles[0][0] < start + 300_000
    assert end - 300_000 < candles[-1][0] <= end
    latest = alice.client.get_klines(symbol="BTCUSDT", interval="5m", endTime=end, limit=5)
    assert latest == candles[-5:]


def test_tickers_agree_with_the_book_and_the_tape(still: PaperExchange, alice: Trader) -> None:
    client = alice.client
    day = client.get_ticker(symbol="BTCUSDT")
    assert (
        day["lastPrice"] == client.get_symbol_ticker(symbol="BTCUSDT")["price"] == "50000.00000000"
    )
    assert day["bidPrice"] == client.get_orderbook_ticker(symbol="BTCUSDT")["bidPrice"]
    assert day["askPrice"] == client.get_order_book(symbol="BTCUSDT")["asks"][0][0]
    assert Decimal(day["lowPrice"]) <= Decimal(day["lastPrice"]) <= Decimal(day["highPrice"])
    assert day["lastId"] == client.get_recent_trades(symbol="BTCUSDT", limit=1)[0]["id"]
    average = Decimal(client.get_avg_price(symbol="BTCUSDT")["price"])
    assert Decimal(day["lowPrice"]) <= average <= Decimal(day["highPrice"])


def test_all_symbols_are_answered_at_once(alice: Trader) -> None:
    assert [each["symbol"] for each in alice.client.get_ticker()] == SYMBOLS
    assert [each["symbol"] for each in alice.client.get_all_tickers()] == SYMBOLS
    assert [each["symbol"] for each in alice.client.get_orderbook_tickers()] == SYMBOLS


def test_the_tape_has_a_past_and_ends_with_the_latest_trade(
    still: PaperExchange, alice: Trader
) -> None:
    order = alice.client.order_market_buy(symbol="BTCUSDT", quantity="0.01")
    trades = alice.client.get_recent_trades(symbol="BTCUSDT", limit=1000)
    assert len(trades) == 1000
    assert [trade["id"] for trade in trades] == sorted({trade["id"] for trade in trades})
    assert trades[-1]["id"] == order["fills"][0]["tradeId"]
    assert trades[-1]["isBuyerMaker"] is False


def test_an_order_shows_in_the_candle_of_its_minute(alice: Trader) -> None:
    def volume() -> Decimal:
        candles = alice.client.get_klines(symbol="BNBUSDT", interval="1d", limit=1)
        return Decimal(candles[0][5])

    before = volume()
    alice.client.order_market_sell(symbol="BNBUSDT", quantity="5")
    assert volume() >= before + 5


def test_a_resting_order_is_in_the_book(still: PaperExchange, alice: Trader) -> None:
    alice.client.order_limit_buy(symbol="BTCUSDT", quantity="0.012", price="50000")
    book = alice.client.get_order_book(symbol="BTCUSDT", limit=5)
    assert book["bids"][0] == ["50000.00000000", "0.01200000"]
    assert len(book["bids"]) == 5


@pytest.mark.parametrize(
    ("path", "fields", "code"),
    [
        ("klines", {"symbol": "BTCUSDT", "interval": "7m"}, -1120),
        ("klines", {"symbol": "BTCUSDT"}, -1102),
        ("klines", {"symbol": "NOPEUSDT", "interval": "1m"}, -1121),
        ("depth", {}, -1102),
        ("depth", {"symbol": "BTCUSDT", "limit": "many"}, -1100),
        ("trades", {"symbol": "BTCUSDT", "limit": "0"}, -1130),
    ],
)
def test_bad_questions_are_refused(
    alice: Trader, path: str, fields: dict[str, str], code: int
) -> None:
    with pytest.raises(BinanceAPIException) as refused:
        alice.client._get(path, data=fields)
    assert (refused.value.status_code, refused.value.code) == (400, code)
