"""Signatures, keys and clocks: what the exchange refuses before it looks at the order."""

import hashlib
import hmac
import time
from typing import Any
from urllib.parse import quote

import requests

from tests.paper.conftest import Trader
from tests.paper_exchange import PaperExchange


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def sign(trader: Trader, payload: str) -> str:
    return hmac.new(trader.secret_key.encode(), payload.encode(), hashlib.sha256).hexdigest()


def get_account(trader: Trader, query: str, *, api_key: str | None = None) -> tuple[int, Any]:
    response = requests.get(
        f"{trader.exchange.rest_url}/v3/account?{query}",
        headers={"X-MBX-APIKEY": trader.api_key if api_key is None else api_key},
        timeout=5,
    )
    return response.status_code, response.json().get("code")


def signed(trader: Trader, query: str) -> str:
    return f"{query}&signature={sign(trader, query)}"


def test_a_signed_call_is_answered(alice: Trader) -> None:
    assert get_account(alice, signed(alice, f"timestamp={now_ms()}")) == (200, None)


def test_a_wrong_signature_is_refused(alice: Trader, bob: Trader) -> None:
    query = f"timestamp={now_ms()}"
    assert get_account(alice, signed(bob, query)) == (400, -1022)
    assert get_account(alice, signed(alice, query).replace("=", "=0", 1)) == (400, -1022)


def test_the_signature_covers_the_bytes_as_they_were_sent(alice: Trader) -> None:
    raw = f"note={quote('a b/ü')}&timestamp={now_ms()}"
    assert get_account(alice, signed(alice, raw)) == (200, None)
    plain = raw.replace("%2F", "/").replace("%20", "+")
    assert get_account(alice, f"{plain}&signature={sign(alice, raw)}") == (400, -1022)


def test_query_and_body_are_signed_together(alice: Trader, still: PaperExchange) -> None:
    query = f"symbol=BTCUSDT&side=BUY&timestamp={now_ms()}"
    body = "type=MARKET&quantity=0.001"
    response = requests.post(
        f"{still.rest_url}/v3/order?{query}",
        data=f"{body}&signature={sign(alice, query + body)}",
        headers={
            "X-MBX-APIKEY": alice.api_key,
            "Content-Type": "application/x-www-form-urlencoded",
        },
        timeout=5,
    )
    assert response.json()["status"] == "FILLED"


def test_what_is_missing_is_named(alice: Trader) -> None:
    assert get_account(alice, f"timestamp={now_ms()}") == (400, -1102)
    assert get_account(alice, signed(alice, "recvWindow=5000")) == (400, -1102)


def test_an_unknown_key_and_a_malformed_one_are_told_apart(alice: Trader) -> None:
    query = signed(alice, f"timestamp={now_ms()}")
    assert get_account(alice, query, api_key="k" * 64) == (401, -2015)
    assert get_account(alice, query, api_key="no key") == (401, -2014)
    assert get_account(alice, query, api_key="") == (401, -2014)


def test_a_call_that_is_too_old_or_from_the_future_is_refused(alice: Trader) -> None:
    late = f"recvWindow=1000&timestamp={now_ms() - 3000}"
    early = f"timestamp={now_ms() + 3000}"
    assert get_account(alice, signed(alice, late)) == (400, -1021)
    assert get_account(alice, signed(alice, early)) == (400, -1021)
    within = f"recvWindow=30000&timestamp={now_ms() - 3000}"
    assert get_account(alice, signed(alice, within)) == (200, None)


def test_a_window_beyond_a_minute_is_refused(alice: Trader) -> None:
    query = f"recvWindow=60001&timestamp={now_ms()}"
    assert get_account(alice, signed(alice, query)) == (400, -1131)


def test_a_parameter_sent_twice_is_refused(alice: Trader) -> None:
    query = f"timestamp={now_ms()}&timestamp={now_ms()}"
    assert get_account(alice, signed(alice, query)) == (400, -1101)
