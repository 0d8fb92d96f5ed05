"""The control API: accounts, prices, and who may use it."""

from pathlib import Path
from typing import Any

import pytest
import requests

from tests.paper.conftest import Trader, open_account
from tests.paper_exchange import PaperExchange


def test_an_account_gets_the_usual_balances(alice: Trader) -> None:
    balances = {
        balance["asset"]: balance["free"] for balance in alice.client.get_account()["balances"]
    }
    assert balances == {
        "USDT": "10000.00000000",
        "BTC": "0.10000000",
        "ETH": "2.00000000",
        "BNB": "10.00000000",
        "SOL": "20.00000000",
        "XRP": "2000.00000000",
    }


def test_provisioning_twice_is_the_same_as_once(still: PaperExchange, alice: Trader) -> None:
    alice.client.order_market_buy(symbol="BTCUSDT", quantity="0.01")
    again = still.provision(alice.api_key, alice.secret_key, {"USDT": "5000000"})
    assert again["balances"]["USDT"] == "9499.99990000"


def test_a_known_key_with_another_secret_is_a_conflict(
    exchange: PaperExchange, alice: Trader
) -> None:
    with pytest.raises(requests.HTTPError, match="409"):
        exchange.provision(alice.api_key, "another secret")


def test_balances_can_be_given(exchange: PaperExchange) -> None:
    trader = open_account(exchange, {"USDT": "1.5"})
    assert trader.client.get_asset_balance("USDT")["free"] == "1.50000000"
    assert trader.client.get_asset_balance("BTC")["free"] == "0.00000000"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("accounts", {"apiKey": "a-new-key"}),
        ("accounts", {"apiKey": "a-new-key", "secretKey": "s", "balances": {"DOGE": "1"}}),
        ("accounts", {"apiKey": "a-new-key", "secretKey": "s", "balances": {"BTC": "-1"}}),
        ("price", {"symbol": "DOGEUSDT", "price": "1"}),
        ("price", {"symbol": "BTCUSDT", "price": "50000.001"}),
        ("freeze", {"symbol": "DOGEUSDT", "frozen": True}),
        ("faults", {"action": "explode"}),
        ("faults", {"action": "delay", "match": {"colour": "red"}}),
    ],
)
def test_nonsense_is_refused(exchange: PaperExchange, path: str, body: dict[str, Any]) -> None:
    response = requests.post(f"{exchange.control_url}/{path}", json=body, timeout=5)
    assert response.status_code == 400
    assert response.json()["error"]


def test_a_set_price_is_the_price(still: PaperExchange, alice: Trader) -> None:
    still.set_price("BTCUSDT", "43210.5")
    assert alice.client.get_symbol_ticker(symbol="BTCUSDT")["price"] == "43210.50000000"
    best = alice.client.get_orderbook_ticker(symbol="BTCUSDT")
    assert (best["bidPrice"], best["askPrice"]) == ("43210.49000000", "43210.51000000")
    (candle,) = alice.client.get_klines(symbol="BTCUSDT", interval="1m", limit=1)
    assert candle[4] == "43210.50000000"


def test_a_control_token_is_asked_for_when_one_is_set(tmp_path: Path) -> None:
    with PaperExchange(tmp_path, control_token="open-sesame") as guarded:
        url = f"{guarded.control_url}/faults"
        assert requests.get(url, timeout=5).status_code == 401
        wrong = {"Authorization": "Bearer guess"}
        assert requests.get(url, headers=wrong, timeout=5).status_code == 401
        right = {"Authorization": "Bearer open-sesame"}
        assert requests.get(url, headers=right, timeout=5).status_code == 200
