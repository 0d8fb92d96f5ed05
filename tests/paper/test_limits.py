"""Rate limits: counted in headers, refused with 429 and Retry-After."""

from pathlib import Path

import pytest
import requests
from binance.exceptions import BinanceAPIException

from paper.config import load
from paper.errors import ExchangeError
from paper.limits import BAN_MS, REFUSALS_BEFORE_BAN, Limits
from tests.paper.conftest import Trader, open_account
from tests.paper_exchange import PaperExchange


def status_of(limits: Limits, address: str, now: int) -> int:
    """The HTTP status of a call that weighs 1."""
    try:
        limits.spend(address, 1, now)
    except ExchangeError as error:
        return error.status
    return 200


def test_the_used_weight_is_in_the_headers(exchange: PaperExchange, alice: Trader) -> None:
    def used() -> int:
        response = requests.get(f"{exchange.rest_url}/v3/depth?symbol=BTCUSDT", timeout=5)
        return int(response.headers["X-MBX-USED-WEIGHT-1M"])

    assert used() >= 5
    alice.client.get_account()
    assert alice.client.response.headers["X-MBX-USED-WEIGHT-1M"].isdigit()


def test_too_much_weight_is_refused_until_the_minute_ends(tmp_path: Path) -> None:
    with PaperExchange(tmp_path, weight_limit=50) as narrow:
        url = f"{narrow.rest_url}/v3/exchangeInfo"
        answers = [requests.get(url, timeout=5) for _ in range(8)]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json()["code"] == -1003
    assert 1 <= int(refused.headers["Retry-After"]) <= 60


def test_who_does_not_heed_a_429_is_banned_for_two_minutes() -> None:
    limits, begun = Limits(load(["--weight-limit=1"])), 1_700_000_000_000
    answers = [status_of(limits, "here", begun) for _ in range(REFUSALS_BEFORE_BAN + 2)]
    assert answers == [200, *[429] * REFUSALS_BEFORE_BAN, 418]
    assert status_of(limits, "elsewhere", begun) == 200
    assert status_of(limits, "here", begun + BAN_MS - 1) == 418
    assert status_of(limits, "here", begun + BAN_MS) == 200


def test_a_ban_tells_its_end(tmp_path: Path) -> None:
    with PaperExchange(tmp_path, weight_limit=50) as narrow:
        url = f"{narrow.rest_url}/v3/exchangeInfo"
        answers = (requests.get(url, timeout=5) for _ in range(3 * REFUSALS_BEFORE_BAN))
        banned = next(answer for answer in answers if answer.status_code == 418)
        ping = requests.get(f"{narrow.rest_url}/v3/ping", timeout=5)
    assert (banned.json()["code"], ping.status_code) == (-1003, 418)
    assert 110 <= int(banned.headers["Retry-After"]) <= 120


def test_unfilled_orders_are_limited_and_filled_ones_are_not_counted(tmp_path: Path) -> None:
    with PaperExchange(tmp_path, order_limit=3) as narrow:
        alice = open_account(narrow)
        for _ in range(8):
            alice.client.order_market_buy(symbol="BTCUSDT", quantity="0.001")
        headers = alice.client.response.headers
        assert (headers["X-MBX-ORDER-COUNT-10S"], headers["X-MBX-ORDER-COUNT-1D"]) == ("0", "8")
        counts = alice.client.get_current_order_count()
        assert [limit["count"] for limit in counts] == [0, 8]
        with pytest.raises(BinanceAPIException) as refused:
            for _ in range(8):
                alice.client.order_limit_buy(symbol="BTCUSDT", quantity="0.001", price="30000")
        assert (refused.value.status_code, refused.value.code) == (429, -1015)
        assert 1 <= int(alice.client.response.headers["Retry-After"]) <= 10


def test_exchange_info_names_the_limits(exchange: PaperExchange, alice: Trader) -> None:
    limits = alice.client.get_exchange_info()["rateLimits"]
    assert {limit["rateLimitType"] for limit in limits} == {
        "REQUEST_WEIGHT",
        "ORDERS",
        "RAW_REQUESTS",
    }
