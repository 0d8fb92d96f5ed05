"""The same account, used from elsewhere: python-binance with its keys, as its owner may do."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from binance.client import Client

from accounts.models import User
from tests import cast
from tests.paper_exchange import PaperExchange


class Elsewhere:
    """Places and cancels orders of a user's account without our knowing."""

    def __init__(self, user: User, paper: PaperExchange) -> None:
        account = cast.account_of(user)
        with ThreadPoolExecutor(1) as thread:
            self._client = thread.submit(_client, account.api_key, account.secret_key).result()
        self._client.API_URL = paper.rest_url

    def place(self, **fields: Any) -> dict[str, Any]:
        """Place an order, one that rests by default; the exchange's answer."""
        resting = {"type": "LIMIT", "timeInForce": "GTC", "price": "49000"}
        defaults = {"symbol": "BTCUSDT", "side": "BUY", "quantity": "0.01"}
        given = defaults | ({} if "type" in fields else resting) | fields
        placed: dict[str, Any] = self._client.create_order(**given)
        return placed

    def cancel(self, **name: Any) -> None:
        self._client.cancel_order(symbol="BTCUSDT", **name)

    def open_orders(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._client.get_open_orders()
        return found

    def close(self) -> None:
        self._client.close_connection()


def _client(api_key: str, secret_key: str) -> Client:
    # Made in a thread: it opens an event loop of its own, which it never uses or closes.
    client = Client(api_key, secret_key, ping=False)
    client.loop.close()
    return client
