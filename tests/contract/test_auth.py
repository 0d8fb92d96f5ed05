"""The calls of `/auth` as the existing client makes them, on the real web process."""

from collections.abc import Iterator
from typing import Any

import jwt
import pytest
import redis
import requests

from tests.processes import Platform
from tests.waiting import eventually

pytestmark = pytest.mark.processes
JWT_KEY = "the key that the event service shares, long enough for HS256"
CREDENTIALS = {"email": "alice@example.com", "password": "canary-password-5512"}
KEYS = {"binanceApiKey": "canary-key", "binanceSecretKey": "canary-secret"}


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    env = {"JWT_KEY": JWT_KEY, "FRONTEND_URL": "http://localhost:3000"}
    with Platform("web", "paper", env=env) as running:
        requests.post(f"{running.web_url}/auth/register", json=CREDENTIALS | KEYS, timeout=10)
        yield running


def call(platform: Platform, path: str, body: Any = None, **headers: str) -> requests.Response:
    return requests.post(f"{platform.web_url}{path}", json=body, headers=headers, timeout=10)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def log_in(platform: Platform) -> dict[str, Any]:
    answer = call(platform, "/auth/login", CREDENTIALS)
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


def test_register_answers_201_with_a_token_that_works(platform: Platform) -> None:
    answer = call(platform, "/auth/register", CREDENTIALS | KEYS | {"email": "bob@example.com"})
    assert answer.status_code == 201
    assert answer.headers["Content-Type"] == "application/json"
    body = answer.json()
    assert body.keys() == {"token", "refresh", "user"}
    assert body["user"].keys() == {"id", "email"} and type(body["user"]["id"]) is int
    account = requests.get(
        f"{platform.web_url}/api/user/account", headers=bearer(body["token"]), timeout=10
    )
    assert account.status_code == 200
    assert account.json()["marginBalance"] == 10_000  # Provisioned with the registration.


def test_a_second_registration_names_the_address(platform: Platform) -> None:
    answer = call(platform, "/auth/register", CREDENTIALS | {"email": "ALICE@example.com"})
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["errors"].keys() == {"email"}
    assert {"type", "title", "status", "detail", "error", "message", "code", "requestId"} <= {
        *problem
    }


def test_the_event_service_can_verify_the_token(platform: Platform) -> None:
    body = log_in(platform)
    claims = jwt.decode(body["token"], JWT_KEY, algorithms=["HS256"])
    assert claims["id"] == body["user"]["id"] and type(claims["id"]) is int
    assert claims["exp"] - claims["iat"] == 10 * 3600


def test_logout_without_a_body_ends_the_session(platform: Platform) -> None:
    token, other = log_in(platform)["token"], log_in(platform)["token"]
    answer = requests.post(f"{platform.web_url}/auth/logout", headers=bearer(token), timeout=10)
    assert answer.status_code == 200 and answer.json().keys() == {"message"}
    assert call(platform, "/auth/logout", **bearer(token)).status_code == 401
    assert call(platform, "/auth/logout", {"any": "body"}, **bearer(other)).status_code == 200


def test_refresh_answers_with_both_tokens(platform: Platform) -> None:
    answer = call(platform, "/auth/refresh", {"refresh": log_in(platform)["refresh"]})
    assert answer.status_code == 200 and answer.json().keys() == {"token", "refresh"}


def test_a_wrong_password_and_an_unknown_user_read_the_same(platform: Platform) -> None:
    wrong = call(platform, "/auth/login", CREDENTIALS | {"password": "wrong-password"})
    unknown = call(platform, "/auth/login", CREDENTIALS | {"email": "nobody@example.com"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json()["message"] == unknown.json()["message"]
    assert wrong.headers["WWW-Authenticate"] == "Bearer"


def test_the_existing_page_may_call_from_its_own_address(platform: Platform) -> None:
    asked = {
        "Origin": "http://localhost:3000",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    answer = requests.options(f"{platform.web_url}/auth/login", headers=asked, timeout=10)
    assert answer.headers["Access-Control-Allow-Origin"] == asked["Origin"]
    asked["Origin"] = "http://evil.example"
    answer = requests.options(f"{platform.web_url}/auth/login", headers=asked, timeout=10)
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_hung_redis_keeps_nobody_from_signing_in_or_out(platform: Platform) -> None:
    platform.pause("valkey")
    try:
        for number in range(3):
            answer = call(
                platform, "/auth/register", CREDENTIALS | {"email": f"dave{number}@example.com"}
            )
            token = answer.json()["token"]
            assert call(platform, "/auth/logout", **bearer(token)).status_code == 200
            assert call(platform, "/auth/logout", **bearer(token)).status_code == 401
    finally:
        platform.resume("valkey")


def test_sockets_hear_of_a_logout_again_when_redis_is_back(platform: Platform) -> None:
    platform.pause("valkey")
    call(platform, "/auth/logout", **bearer(log_in(platform)["token"]))
    platform.resume("valkey")
    with redis.Redis.from_url(platform.valkey.url) as client, client.pubsub() as listener:
        listener.psubscribe("*user.*")
        listener.get_message(timeout=5)  # That the subscription stands.
        call(platform, "/auth/logout", **bearer(log_in(platform)["token"]))
        assert eventually(lambda: listener.get_message(timeout=1), timeout=15)


def test_no_secret_is_in_any_log(platform: Platform) -> None:
    token = log_in(platform)["token"]
    call(platform, "/auth/login?password=canary-query", CREDENTIALS | {"password": "canary-wrong"})
    call(platform, f"/auth/logout?token={token}")
    for name in ("web", "paper", "postgres", "valkey"):
        assert "canary-" not in platform.log(name)
        assert token not in platform.log(name)
