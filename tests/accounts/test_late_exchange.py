"""A user who registers while the paper exchange is down, on the platform's own processes."""

from typing import Any

import pytest
import requests

from tests.processes import Platform
from tests.waiting import eventually

pytestmark = pytest.mark.processes
CREDENTIALS = {"email": "alice@example.com", "password": "correct horse battery staple"}
MARKET_ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": 0.001}


def test_an_order_waits_until_the_account_is_known_and_is_filled() -> None:
    with Platform("web", "worker", "beat", "paper") as platform:
        eventually(lambda: _get(platform, "/api/market/symbols"), timeout=20)
        platform.kill("paper")
        answer = _post(platform, "/auth/register", CREDENTIALS)
        headers = {"Authorization": f"Bearer {answer['token']}"}
        _post(platform, "/api/trading/orders", MARKET_ORDER, headers)
        assert _get(platform, "/api/trading/orders", headers)[0]["status"] == "PENDING"
        platform.start("paper")

        def filled() -> bool:
            order: dict[str, Any] = _get(platform, "/api/trading/orders", headers)[0]
            return bool(order["status"] == "FILLED")

        eventually(filled, timeout=20)
        with platform.connect() as connection:
            query = "SELECT last_check_ok FROM exchange_accounts"
            eventually(lambda: connection.execute(query).fetchone() == (True,), timeout=20)


def _get(platform: Platform, path: str, headers: dict[str, str] | None = None) -> Any:
    return requests.get(f"{platform.web_url}{path}", headers=headers, timeout=10).json()


def _post(
    platform: Platform, path: str, body: dict[str, Any], headers: dict[str, str] | None = None
) -> Any:
    answer = requests.post(f"{platform.web_url}{path}", json=body, headers=headers, timeout=10)
    assert answer.ok, answer.text
    return answer.json()
