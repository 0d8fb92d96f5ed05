"""PAPER_PRICES=binance, led by another exchange: ours."""

from pathlib import Path

from tests.paper.conftest import Trader, open_account
from tests.paper_exchange import PaperExchange
from tests.waiting import eventually


def test_prices_and_charts_follow_the_real_market(
    still: PaperExchange, alice: Trader, tmp_path: Path
) -> None:
    with PaperExchange(
        tmp_path,
        prices="binance",
        binance_rest_url=still.rest_url,
        binance_stream_url=still.stream_url,
    ) as led:
        bob = open_account(led)

        def price() -> str:
            found: str = bob.client.get_symbol_ticker(symbol="BTCUSDT")["price"]
            return found

        def sold_there_and_seen_here() -> bool:
            alice.client.order_market_sell(symbol="BTCUSDT", quantity="0.001")
            return price() == "49999.99000000"

        eventually(sold_there_and_seen_here)
        chart = bob.client.get_klines(symbol="BTCUSDT", interval="1m", limit=100)
        assert 45_000 < float(chart[0][1]) < 55_000
        assert bob.client.order_market_buy(symbol="BTCUSDT", quantity="0.01")["status"] == "FILLED"
