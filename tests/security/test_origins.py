"""What pages of other origins may do: with a token what we allow, with a cookie nothing."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from rest_framework.test import APIClient

from accounts import sessions
from accounts.models import User
from trading.models import Order

OURS = settings.FRONTEND_URL
EVIL = "http://evil.example"
ORDERS = "/api/trading/orders"
ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": 0.001, "price": 50000}
CALLS = {
    "/auth/register": "POST",
    "/auth/login": "POST",
    "/auth/refresh": "POST",
    "/auth/logout": "POST",
    ORDERS: "POST",
    f"{ORDERS}/0d9d9d5e-6d2c-4a52-8f7d-1f6f0d9f0a11": "DELETE",
    "/api/trading/positions": "GET",
    "/api/trading/trades": "GET",
    "/api/user/account": "GET",
    "/api/market/candles": "GET",
}


def preflight(path: str, origin: str, method: str) -> Any:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
    }
    return Client().options(path, headers=asked)


@pytest.mark.parametrize(("path", "method"), CALLS.items())
def test_the_existing_client_may_make_every_call(path: str, method: str) -> None:
    answer = preflight(path, OURS, method)
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == OURS
    assert method in answer["Access-Control-Allow-Methods"]
    allowed = answer["Access-Control-Allow-Headers"]
    assert {"authorization", "content-type", "idempotency-key"} <= set(allowed.split(", "))


@pytest.mark.parametrize("origin", [EVIL, "null", f"{OURS}.evil.example", OURS.upper()])
def test_no_other_origin_may_make_a_call(origin: str) -> None:
    answer = preflight(ORDERS, origin, "POST")
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_no_origin_may_send_cookies(db: None) -> None:
    for answer in (
        preflight(ORDERS, OURS, "POST"),
        Client().get("/api/market/symbols", headers={"Origin": OURS}),
    ):
        assert answer["Access-Control-Allow-Origin"] == OURS
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_the_existing_client_may_read_our_headers(alice: User) -> None:
    token = sessions.open_session(alice).access
    headers = {"Origin": OURS, "Authorization": f"Bearer {token}"}
    answer = Client().get(ORDERS, headers=headers)
    exposed = set(answer["Access-Control-Expose-Headers"].split(", "))
    assert {"X-Event-Seq", "Link", "Retry-After", "X-Request-Id", "Age"} <= exposed


def post(client: Client, **headers: str) -> Any:
    return client.post(ORDERS, ORDER, content_type="application/json", headers=headers)


def test_the_web_session_places_an_order_with_its_csrf_token_only(signed_in: Client) -> None:
    refused = post(signed_in)
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    assert not Order.objects.exists()

    signed_in.get("/login")  # Any page with a form.
    token = signed_in.cookies["csrftoken"].value
    assert post(signed_in, **{"X-CSRFToken": token}).status_code == 202


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_form_on_another_site_places_nothing_with_the_visitors_cookie(
    signed_in: Client, kind: str
) -> None:
    # What a page elsewhere can send without asking first.
    body = '{"symbol":"BTCUSDT","side":"BUY","type":"MARKET","quantity":1}'
    answer = signed_in.post(ORDERS, body, content_type=kind, headers={"Origin": EVIL})
    assert answer.status_code in (403, 415)
    assert not Order.objects.exists()


def test_not_even_with_the_visitors_csrf_token(signed_in: Client) -> None:
    signed_in.get("/login")
    token = signed_in.cookies["csrftoken"].value
    assert post(signed_in, **{"X-CSRFToken": token, "Origin": EVIL}).status_code == 403
    assert not Order.objects.exists()


@pytest.mark.parametrize("path", ["/login", "/register", "/logout", "/admin/login/"])
def test_no_form_of_ours_is_taken_from_another_site(signed_in: Client, path: str) -> None:
    signed_in.get("/login")
    token = signed_in.cookies["csrftoken"].value
    answer = signed_in.post(path, {"csrfmiddlewaretoken": token}, headers={"Origin": EVIL})
    assert answer.status_code == 403


def test_a_token_needs_no_csrf_token(alice: User) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {sessions.open_session(alice).access}")
    assert client.post(ORDERS, ORDER, format="json").status_code == 202
