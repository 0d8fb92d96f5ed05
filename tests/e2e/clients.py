"""Traders as programs: they register, place orders over REST, and repeat what got no answer."""

import uuid
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.processes import Platform
from tests.waiting import eventually

_SECONDS = 5


@dataclass
class Trader:
    """One registered user of a running platform."""

    platform: Platform
    token: str = ""
    user_id: int = 0
    accepted: set[str] = field(default_factory=set)

    @classmethod
    def register(cls, platform: Platform) -> "Trader":
        body = {"email": f"{uuid.uuid4().hex}@example.com", "password": "correct horse battery"}
        answer = requests.post(f"{platform.web_url}/auth/register", json=body, timeout=_SECONDS)
        assert answer.status_code == 201, answer.text
        user = answer.json()
        return cls(platform, user["token"], user["user"]["id"])

    def get(self, path: str, **query: Any) -> Any:
        answer = requests.get(
            f"{self.platform.web_url}{path}",
            params=query,
            headers=self._headers(),
            timeout=_SECONDS,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any, **headers: str) -> requests.Response:
        return requests.post(
            f"{self.platform.web_url}{path}",
            json=body,
            headers=self._headers() | headers,
            timeout=_SECONDS,
        )

    def delete(self, path: str) -> requests.Response:
        return requests.delete(
            f"{self.platform.web_url}{path}", headers=self._headers(), timeout=_SECONDS
        )

    def place(self, **fields: Any) -> str:
        """Place an order, with one key until it is answered; its id."""
        body = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.0005"} | fields
        key = uuid.uuid4().hex

        def accepted() -> str:
            try:
                answer = self.post("/api/trading/orders", body, **{"Idempotency-Key": key})
            except requests.RequestException:
                return ""  # Not answered: the same key again.
            if answer.status_code >= 500:
                return ""
            assert answer.status_code == 202, answer.text
            return str(answer.json()["orderId"])

        order_id = eventually(accepted, timeout=40)
        self.accepted.add(order_id)
        return order_id

    def order(self, order_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/api/trading/orders/{order_id}")
        return found

    def statuses(self) -> dict[str, str]:
        return {order["orderId"]: order["status"] for order in self.get("/api/trading/orders")}

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}
