"""The OpenAPI document: complete, without warnings, served without a token."""

from pathlib import Path

from django.core.management import call_command
from rest_framework.test import APIClient

PATHS = {
    "/api/trading/orders": {"get", "post", "delete"},
    "/api/trading/orders/{order_id}": {"get", "delete"},
    "/api/trading/positions": {"get"},
    "/api/trading/trades": {"get"},
    "/api/user/account": {"get"},
    "/api/market/symbols": {"get"},
    "/api/market/candles": {"get"},
    "/api/market/tickers": {"get"},
    "/api/market/book": {"get"},
    "/auth/register": {"post"},
    "/auth/login": {"post"},
    "/auth/refresh": {"post"},
    "/auth/logout": {"post"},
}


def test_the_schema_is_valid_and_has_no_warnings(tmp_path: Path) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", tmp_path / "schema.yml")


def test_every_call_of_the_contract_is_described(as_alice: APIClient) -> None:
    schema = as_alice.get("/api/schema", HTTP_ACCEPT="application/vnd.oai.openapi+json").json()
    described = {path: set(calls) for path, calls in schema["paths"].items()}
    assert {path: described.get(path) for path in PATHS} == PATHS
    for calls in schema["paths"].values():
        for call in calls.values():
            assert any(status.startswith("2") for status in call["responses"])


def test_the_schema_and_its_pages_load_nothing_from_elsewhere(as_alice: APIClient) -> None:
    page = as_alice.get("/api/docs", HTTP_ACCEPT="text/html")
    assert page.status_code == 200
    assert "https://" not in page.content.decode()


def test_the_browsable_pages_work_for_a_signed_in_person(as_alice: APIClient) -> None:
    for path in ("/api/trading/orders", "/api/trading/positions", "/api/user/account"):
        page = as_alice.get(path, HTTP_ACCEPT="text/html")
        assert page.status_code == 200
        assert page["Content-Type"].startswith("text/html")
