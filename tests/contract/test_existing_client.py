"""The existing browser client and event service, call by call, as they speak on the wire."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from websockets.sync.client import ClientConnection, connect

from tests.processes import Platform
from tests.waiting import eventually

pytestmark = pytest.mark.processes

ORIGIN = "http://localhost:3000"
REGISTER = (
    '{"email":"client@example.com","password":"a password of hers",'
    '"binanceApiKey":"anything","binanceSecretKey":"anything else"}'
)
LOGIN = '{"email":"client@example.com","password":"a password of hers"}'
# As it sends them: the last market price goes with MARKET too, an empty field is null.
MARKET = '{"symbol":"BTCUSDT","side":"BUY","type":"MARKET","quantity":0.001,"price":67012.34}'
EMPTY_PRICE = '{"symbol":"BTCUSDT","side":"SELL","type":"MARKET","quantity":0.001,"price":null}'
LIMIT = '{"symbol":"BTCUSDT","side":"BUY","type":"LIMIT","quantity":0.001,"price":40000}'
STOP = '{"symbol":"BTCUSDT","side":"BUY","type":"STOP MARKET","quantity":0.001,"price":90000}'


class Client:
    def __init__(self, platform: Platform) -> None:
        self.url = platform.web_url
        self.headers = {"Origin": ORIGIN}

    def post(self, path: str, body: str | None = None) -> requests.Response:
        headers = self.headers | ({"Content-Type": "application/json"} if body else {})
        return requests.post(self.url + path, data=body, headers=headers, timeout=10)

    def get(self, path: str) -> requests.Response:
        return requests.get(self.url + path, headers=self.headers, timeout=10)

    def row(self, order_id: str) -> dict[str, Any]:
        rows = self.get("/api/trading/orders").json()
        return next(row for row in rows if row["orderId"] == order_id)

    def filled(self, order_id: str) -> dict[str, Any]:
        eventually(lambda: self.row(order_id)["status"] == "FILLED")
        return self.row(order_id)


@pytest.fixture(scope="module")
def client(whole: Platform) -> Client:
    client = Client(whole)
    assert client.post("/auth/register", REGISTER).json()["token"]
    token = client.post("/auth/login", LOGIN).json()["token"]
    client.headers["Authorization"] = f"Bearer {token}"
    return client


@pytest.fixture
def sockets(whole: Platform, client: Client) -> Iterator[list[ClientConnection]]:
    """Two sockets of one user at once, at both paths; they never send anything."""
    token = client.headers["Authorization"].removeprefix("Bearer ")
    base = whole.realtime_url.removesuffix("/prices")
    with (
        connect(f"{base}/prices?token={token}") as first,
        connect(f"{base}?token={token}") as second,
    ):
        yield [first, second]


def types_of(socket: ClientConnection, *, until: str) -> Iterator[dict[str, Any]]:
    while True:
        message: dict[str, Any] = json.loads(socket.recv(timeout=10))
        yield message
        if message["type"] == "ORDER_UPDATE" and message["data"]["status"] == until:
            return


def test_an_order_is_accepted_filled_and_listed(client: Client) -> None:
    accepted = client.post("/api/trading/orders", MARKET)
    assert accepted.status_code == 202
    assert accepted.json().keys() == {"orderId", "status"}
    row = client.filled(accepted.json()["orderId"])
    assert (row["symbol"], row["side"], row["quantity"], row["price"]) == (
        "BTCUSDT", "BUY", 0.001, None,
    )  # fmt: skip
    assert row["createdAt"].endswith("Z")


@pytest.mark.parametrize("body", [EMPTY_PRICE, LIMIT, STOP])
def test_every_type_that_it_offers_is_accepted(client: Client, body: str) -> None:
    assert client.post("/api/trading/orders", body).status_code == 202


def test_positions_have_numbers_that_it_can_format(client: Client) -> None:
    client.filled(client.post("/api/trading/orders", MARKET).json()["orderId"])
    (row,) = client.get("/api/trading/positions").json()
    assert (row["symbol"], row["side"]) == ("BTCUSDT", "BUY")
    for field in ("size", "entryPrice", "marketPrice", "realizedPnL", "unrealizedPnL"):
        assert type(row[field]) in (int, float)


def test_trades_are_listed(client: Client) -> None:
    client.filled(client.post("/api/trading/orders", MARKET).json()["orderId"])
    row = client.get("/api/trading/trades").json()[0]
    assert {"id", "symbol", "side", "quantity", "price", "realizedPnL", "timestamp"} <= row.keys()


def test_the_account_has_numbers_that_it_can_format(client: Client) -> None:
    row = client.get("/api/user/account").json()
    for field in ("marginRatio", "maintenanceMargin", "marginBalance"):
        assert type(row[field]) in (int, float)
    assert row["marginBalance"] > 0


def test_every_socket_of_the_user_hears_what_the_event_service_would_forward(
    client: Client, sockets: list[ClientConnection]
) -> None:
    order_id = client.post("/api/trading/orders", MARKET).json()["orderId"]
    for socket in sockets:
        updates = [
            message["data"]
            for message in types_of(socket, until="FILLED")
            if message["type"] == "ORDER_UPDATE"
        ]
        assert {"orderId", "status", "symbol", "price", "quantity", "timestamp"} <= updates[
            -1
        ].keys()
        assert [update["orderId"] for update in updates] == [order_id] * len(updates)
        assert updates[-1]["quantity"] == 0.001


def test_its_page_may_call_us_from_where_it_runs(client: Client) -> None:
    preflight = requests.options(
        f"{client.url}/api/trading/orders",
        headers={
            "Origin": ORIGIN,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        },
        timeout=10,
    )
    assert preflight.ok
    assert preflight.headers["Access-Control-Allow-Origin"] == ORIGIN
    answer = client.get("/api/trading/orders")
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    elsewhere = requests.get(
        f"{client.url}/api/trading/orders", headers={"Origin": "https://evil.example"}, timeout=10
    )
    assert "Access-Control-Allow-Origin" not in elsewhere.headers


def test_without_a_token_it_is_sent_away(client: Client) -> None:
    answer = requests.get(f"{client.url}/api/trading/orders", timeout=10)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_logging_out_without_a_body_works(client: Client) -> None:
    token = client.post("/auth/login", LOGIN).json()["token"]
    session = {"Authorization": f"Bearer {token}"}
    assert requests.post(f"{client.url}/auth/logout", headers=session, timeout=10).ok
    after = requests.get(f"{client.url}/api/trading/orders", headers=session, timeout=10)
    assert after.status_code == 401
    assert client.get("/api/trading/orders").ok  # Other devices stay.
