"""What `/auth` refuses: a 4xx problem that names the field, and nothing is written."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Model
from rest_framework.test import APIClient

from accounts.models import AuthSession, ExchangeAccount, User
from tests.accounts.conftest import PASSWORD
from trading.models import EventHead

Post = Callable[..., Any]
WRITTEN: list[type[Model]] = [User, ExchangeAccount, AuthSession, EventHead]

GOOD: dict[str, dict[str, Any]] = {
    "/auth/register": {
        "email": "carol@example.com",
        "password": PASSWORD,
        "binanceApiKey": "key",
        "binanceSecretKey": "secret",
    },
    "/auth/login": {"email": "alice@example.com", "password": PASSWORD},
    "/auth/refresh": {"refresh": "x.y.z"},
}
FIELDS = [(path, field) for path, body in GOOD.items() for field in body]
NOT_A_STRING = [True, 5, 1.5, [], ["a"], {}, {"a": 1}]
REQUIRED = [(path, field) for path, field in FIELDS if not field.startswith("binance")]


def refused(answer: Any, field: str) -> None:
    problem = answer.json()
    assert answer.status_code == 400, problem
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert field in problem["errors"] and problem["errors"][field]
    assert not any(model._default_manager.exists() for model in WRITTEN)


@pytest.mark.parametrize("wrong", NOT_A_STRING, ids=repr)
@pytest.mark.parametrize(("path", "field"), FIELDS)
def test_a_field_of_another_type_is_named(
    db: None, post: Post, path: str, field: str, wrong: Any
) -> None:
    refused(post(path, GOOD[path] | {field: wrong}), field)


@pytest.mark.parametrize("wrong", ["x" * 5000, "nul\0"], ids=["too long", "NUL"])
@pytest.mark.parametrize(("path", "field"), FIELDS)
def test_text_that_cannot_be_stored_is_named(
    db: None, post: Post, path: str, field: str, wrong: str
) -> None:
    refused(post(path, GOOD[path] | {field: wrong}), field)


@pytest.mark.parametrize("empty", [None, ""], ids=repr)
@pytest.mark.parametrize(("path", "field"), REQUIRED)
def test_an_empty_required_field_is_named(
    db: None, post: Post, path: str, field: str, empty: Any
) -> None:
    refused(post(path, GOOD[path] | {field: empty}), field)


@pytest.mark.parametrize(("path", "field"), REQUIRED)
def test_a_missing_required_field_is_named(db: None, post: Post, path: str, field: str) -> None:
    body = {name: value for name, value in GOOD[path].items() if name != field}
    refused(post(path, body), field)


@pytest.mark.parametrize("path", GOOD)
def test_an_unknown_field_is_named(db: None, post: Post, path: str) -> None:
    refused(post(path, GOOD[path] | {"passwrod": "x"}), "passwrod")


@pytest.mark.parametrize("email", ["alice", "@example.com", "a b@example.com", "alice@", "a@b@c"])
def test_what_is_no_address_is_refused(db: None, post: Post, email: str) -> None:
    refused(post("/auth/register", GOOD["/auth/register"] | {"email": email}), "email")


@pytest.mark.parametrize("password", ["short", "password123", "8401237465", "carol@example.com"])
def test_a_password_that_is_guessed_soon_is_refused(db: None, post: Post, password: str) -> None:
    refused(post("/auth/register", GOOD["/auth/register"] | {"password": password}), "password")


@pytest.mark.parametrize(
    "body", [b"[]", b'"text"', b"5", b"null", b"[" * 100_000, b'{"email":', b"\xff\xfe", b"NaN"]
)
@pytest.mark.parametrize("path", GOOD)
def test_what_is_no_object_is_refused(db: None, path: str, body: bytes) -> None:
    answer = APIClient().post(path, body, content_type="application/json")
    assert answer.status_code == 400, answer.content
    assert answer.json()["requestId"]
    assert not User.objects.exists()


@pytest.mark.parametrize("path", GOOD)
def test_a_body_of_five_megabytes_is_refused(db: None, path: str) -> None:
    body = b'{"email":"' + b"x" * 5_000_000 + b'"}'
    answer = APIClient().post(path, body, content_type="application/json")
    assert 400 <= answer.status_code < 500
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", GOOD)
def test_a_form_is_not_json(db: None, path: str) -> None:
    assert APIClient().post(path, GOOD[path], format=None, HTTP_ACCEPT="*/*").status_code == 415


@pytest.mark.parametrize("path", [*GOOD, "/auth/logout"])
def test_nothing_is_read_from_auth(db: None, path: str) -> None:
    assert APIClient().get(path).status_code in (401, 405)
