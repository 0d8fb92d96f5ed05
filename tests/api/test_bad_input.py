"""Whatever is sent, the answer is a problem that names the field; never a 500, nothing written."""

from collections.abc import Iterator
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts import tokens
from accounts.models import AuthSession, ExchangeAccount, User
from tests import cast
from trading.models import IdempotencyKey, Order, OrderEvent

ORDERS = "/api/trading/orders"
LIMIT = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": 0.001, "price": 50000}
STOP = LIMIT | {"type": "STOP_LOSS_LIMIT", "stopPrice": 60000}
SPEND = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quoteOrderQty": 10}
BODIES = {"stopPrice": STOP, "trailingDelta": STOP, "quoteOrderQty": SPEND}

NEITHER_TEXT_NOR_NUMBER: list[Any] = [True, False, [], [1], {}, {"a": 1}]
NO_AMOUNT: list[Any] = [
    *NEITHER_TEXT_NOR_NUMBER, "", " ", "abc", "1,5", "1_000", "0x10", "١", "NaN", "Infinity",
    "-Infinity", "sNaN", -1, "-0.001", 0, "0", "-0", "1e400", "1e-400", "1e99999999999",
    "0.123456789012345678901234567890", "1" * 30, "1" * 5000, 10**18, "1\u0000",
]  # fmt: skip
NO_TEXT: list[Any] = [*NEITHER_TEXT_NOR_NUMBER, 7, 1.5, "", "x" * 5000, "a\u0000b"]
BAD_VALUES: dict[str, list[Any]] = {
    "symbol": [*NO_TEXT, "NOPE", "btcusdt", "BTC USDT\n", "'; DROP TABLE users; --"],
    "side": [*NO_TEXT, "buy", "Sell", "HOLD", "BUY "],
    "type": [*NO_TEXT, "market", "STOP", "ICEBERG"],
    "quantity": NO_AMOUNT,
    "price": NO_AMOUNT,
    "stopPrice": NO_AMOUNT,
    "quoteOrderQty": NO_AMOUNT,
    "trailingDelta": [*NO_AMOUNT, 1.5, "10.1", 2**63],
    "timeInForce": [*NO_TEXT, "gtc", "GTD"],
    "clientOrderId": [*NO_TEXT, "a b", "ä", "x" * 37, "a/b"],
    "account": [*NEITHER_TEXT_NOR_NUMBER, "", "x", 0, -1, 1.5, 2**63, "NaN"],
    "surprise": [None, 1, "x", True, []],
}
BAD_QUERIES: dict[str, list[str]] = {
    "account": ["", "x", "0", "-1", "1.5", "99999999999999999999", "%00", "NaN", "1e3000"],
    "status": ["", "filled", "DONE", "NEW,", "%00"],
    "symbol": ["", "%00", "x" * 33, "a%0Ab"],
    "since": ["", "yesterday", "1", "2026-13-01", "2026-01-31T25:00:00Z", "%00", "9" * 400],
    "limit": ["", "0", "-1", "1001", "1.5", "x", "9" * 400],
    "cursor": ["", "x", "!!", "0", "%00", "A" * 4000, "LTE"],
    "decimals": ["", "float", "%00"],
}


@pytest.fixture(autouse=True)
def _nothing_is_written(db: None) -> Iterator[None]:
    yield
    assert not Order.objects.exists()
    assert not OrderEvent.objects.exists()
    assert not IdempotencyKey.objects.exists()
    assert set(ExchangeAccount.objects.values_list("last_sequence", flat=True)) <= {0}


def send(client: APIClient, body: bytes, kind: str = "application/json") -> Any:
    return client.generic("POST", ORDERS, body, kind)  # type: ignore[arg-type]  # Takes bytes.


def assert_problem(answer: Any, status: int, field: str | None = None) -> None:
    problem = answer.json()
    assert answer.status_code == status, problem
    assert answer["Content-Type"] == "application/problem+json"
    assert problem["error"] == problem["message"] == problem["detail"] != ""
    assert problem["status"] == status
    assert problem["code"]
    assert problem["requestId"] == answer["X-Request-Id"]
    if field:
        assert problem["errors"][field]


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in BAD_VALUES.items() for value in values]
)
def test_a_wrong_value_is_named(as_alice: APIClient, field: str, value: Any) -> None:
    body = BODIES.get(field, LIMIT) | {field: value}
    assert_problem(as_alice.post(ORDERS, body, format="json"), 400, field)


@pytest.mark.parametrize("missing", [None, "absent"])
@pytest.mark.parametrize("field", ["symbol", "side", "type", "quantity", "price"])
def test_a_missing_field_is_named(as_alice: APIClient, field: str, missing: str | None) -> None:
    body: dict[str, Any] = LIMIT | {field: None}
    if missing:
        del body[field]
    assert_problem(as_alice.post(ORDERS, body, format="json"), 400, field)


@pytest.mark.parametrize(
    "body",
    [
        "", "{", "}", "null", "[]", '"order"', "7", "true", "{'symbol': 1}", '{"quantity": NaN}',
        '{"quantity": Infinity}', '{"quantity": 01}', '{"a": "\\ud800"}', '{"a": "\x01"}', "\xff",
        '{"quantity": ' + "9" * 5000 + "}", "[" * 100_000, '{"a":' * 100_000, "{}",
        '{"symbol": "\\u0000"}', '{"\\u0000": 1}', '{"a": {"b": ["\\u0000"]}}',
    ],
)  # fmt: skip
def test_a_body_that_is_no_order_is_refused(as_alice: APIClient, body: str) -> None:
    answer = send(as_alice, body.encode("latin-1"))
    assert_problem(answer, 400)
    assert answer.json()["errors"]


def test_a_body_of_five_megabytes_is_refused(as_alice: APIClient) -> None:
    body = b'{"symbol": "' + b"x" * 5_000_000 + b'"}'
    assert_problem(send(as_alice, body), 413)


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data", ""])
def test_only_json_is_read(as_alice: APIClient, kind: str) -> None:
    answer = send(as_alice, b'{"symbol": "BTCUSDT"}', kind)
    assert answer.status_code in (400, 415)
    assert_problem(answer, answer.status_code)


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "é", "a\x00b"])
def test_an_idempotency_key_is_short_and_printable(as_alice: APIClient, key: str) -> None:
    answer = as_alice.post(ORDERS, LIMIT, format="json", HTTP_IDEMPOTENCY_KEY=key)
    assert_problem(answer, 400, "Idempotency-Key")


@pytest.mark.parametrize(
    ("field", "value"),
    [(field, value) for field, values in BAD_QUERIES.items() for value in values],
)
def test_a_wrong_parameter_is_named(as_alice: APIClient, field: str, value: str) -> None:
    assert_problem(as_alice.get(f"{ORDERS}?{field}={value}"), 400, field)
    if field != "status":
        assert_problem(as_alice.get(f"/api/trading/trades?{field}={value}"), 400, field)


def test_every_wrong_parameter_is_named_at_once(as_alice: APIClient) -> None:
    problem = as_alice.get(f"{ORDERS}?limit=0&since=x&status=x").json()
    assert problem["errors"].keys() == {"limit", "since", "status"}


def test_a_parameter_that_nobody_knows_is_ignored(as_alice: APIClient) -> None:
    assert as_alice.get(f"{ORDERS}?surprise=1").status_code == 200


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"])
def test_the_ends_of_time_are_no_bug(as_alice: APIClient, instant: str) -> None:
    assert as_alice.get(f"{ORDERS}?since={instant}").status_code in (200, 400)


@pytest.mark.parametrize(
    "token",
    ["", "x", "a.b.c", "é", "x" * 100_000,
     "eyJhbGciOiJub25lIn0.eyJpZCI6MX0.", "eyJhbGciOiJub25lIn0.eyJpZCI6MX0.AAAA"],
)  # fmt: skip
def test_a_forged_token_opens_nothing(alice: User, token: str) -> None:
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {token}".encode().decode("latin-1"))
    for answer in (client.post(ORDERS, LIMIT, format="json"), client.get(ORDERS)):
        assert_problem(answer, 401)
        assert answer["WWW-Authenticate"] == "Bearer"


def test_a_token_opens_nothing_once_its_session_has_ended(as_alice: APIClient, alice: User) -> None:
    AuthSession.objects.filter(user=alice).delete()
    assert_problem(as_alice.post(ORDERS, LIMIT, format="json"), 401)


def test_a_refresh_token_is_no_access_token(alice: User) -> None:
    session = AuthSession.objects.create(user=alice)
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {tokens.issue(alice, session).refresh}")
    assert_problem(client.post(ORDERS, LIMIT, format="json"), 401)


def test_anothers_account_takes_no_order_of_mine(as_alice: APIClient, bob: User) -> None:
    body = LIMIT | {"account": cast.account_of(bob).pk}
    assert_problem(as_alice.post(ORDERS, body, format="json"), 404)


@pytest.mark.parametrize("method", ["put", "patch", "trace"])
def test_other_methods_are_refused(as_alice: APIClient, method: str) -> None:
    assert_problem(as_alice.generic(method.upper(), ORDERS), 405)
