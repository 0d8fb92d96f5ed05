"""Guessing passwords: slow, counted, and without a hint who is registered."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from accounts.models import User
from tests.accounts.conftest import ALICE

Post = Callable[..., Any]
WRONG = ALICE | {"password": "not her password"}


class CountingHasher(MD5PasswordHasher):
    """Counts how often a password was hashed: what takes the time of a login."""

    hashed = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).hashed += 1
        return super().encode(password, salt)


def hashed_by(call: Callable[[], Any]) -> int:
    CountingHasher.hashed = 0
    call()
    return CountingHasher.hashed


def test_an_unknown_user_costs_as_much_as_a_wrong_password(
    alice: User, post: Post, settings: Any
) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    known = hashed_by(lambda: post("/auth/login", WRONG))
    unknown = hashed_by(lambda: post("/auth/login", WRONG | {"email": "nobody@example.com"}))
    assert known == unknown == 1
    alice.is_active = False
    alice.save(update_fields=["is_active"])
    assert hashed_by(lambda: post("/auth/login", ALICE)) == 1


def test_an_unknown_user_is_told_the_same_as_a_wrong_password(alice: User, post: Post) -> None:
    answers = [
        post("/auth/login", WRONG | {"email": who}) for who in ("alice@example.com", "x@y.de")
    ]
    known, unknown = ({**answer.json(), "requestId": ""} for answer in answers)
    assert known == unknown
    assert known["status"] == 401 and known["code"] == "INVALID_CREDENTIALS"
    assert answers[0].headers["WWW-Authenticate"] == "Bearer"


def test_a_deactivated_user_cannot_log_in(alice: User, post: Post) -> None:
    alice.is_active = False
    alice.save(update_fields=["is_active"])
    assert post("/auth/login", ALICE).status_code == 401


def test_guesses_are_counted_whatever_the_case_of_the_address(
    alice: User, post: Post, settings: Any
) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    guesses = ["alice@example.com", "Alice@example.com", "ALICE@EXAMPLE.COM"]
    answers = [post("/auth/login", WRONG | {"email": guess}) for guess in guesses]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    locked = post("/auth/login", ALICE)
    assert locked.status_code == 429
    assert locked.headers["Content-Type"] == "application/problem+json"
    assert int(locked.headers["Retry-After"]) == 600
    assert locked.json()["code"] == "TOO_MANY_ATTEMPTS"


def test_a_lockout_is_for_one_address_from_one_place(
    alice: User, bob: User, post: Post, settings: Any
) -> None:
    settings.AXES_FAILURE_LIMIT = 1
    assert post("/auth/login", WRONG).status_code == 429
    assert post("/auth/login", ALICE | {"email": "bob@example.com"}).status_code == 200


def test_a_successful_login_starts_the_count_again(alice: User, post: Post, settings: Any) -> None:
    settings.AXES_FAILURE_LIMIT = 2
    codes = [post("/auth/login", body).status_code for body in (WRONG, ALICE, WRONG, ALICE)]
    assert codes == [401, 200, 401, 200]


def test_the_page_is_shown_to_a_person_who_is_locked_out(alice: User, settings: Any) -> None:
    settings.AXES_FAILURE_LIMIT = 1
    answer = Client().post("/login", WRONG)
    assert answer.status_code == 429
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "too many" in answer.content.decode().lower()


@pytest.mark.parametrize(("path", "body"), [("/auth/login", WRONG), ("/auth/register", {})])
def test_a_flood_is_told_when_to_come_back(db: None, post: Post, path: str, body: Any) -> None:
    answers = [post(path, body) for _ in range(61)]
    assert answers[59].status_code in (400, 401, 429)
    assert answers[60].status_code == 429
    assert int(answers[60].headers["Retry-After"]) > 0


def test_a_false_forwarded_address_does_not_evade_the_flood_gate(db: None) -> None:
    client = Client()
    for number in range(61):
        answer = client.post(
            "/auth/register",
            {},
            content_type="application/json",
            headers={"X-Forwarded-For": f"10.0.0.{number}"},
        )
    assert answer.status_code == 429


def test_an_old_token_in_the_header_keeps_nobody_out(alice: User, post: Post) -> None:
    assert post("/auth/login", ALICE, token="a token of last month").status_code == 200


def log_in_from(forwarded: str, body: dict[str, str]) -> int:
    headers = {"X-Forwarded-For": forwarded}
    answer = Client().post("/auth/login", body, content_type="application/json", headers=headers)
    return answer.status_code


def test_a_false_forwarded_address_does_not_evade_the_lockout(alice: User, settings: Any) -> None:
    settings.AXES_FAILURE_LIMIT = 2
    assert [log_in_from(f"10.0.0.{number}", WRONG) for number in range(2)] == [401, 429]
    assert log_in_from("10.0.0.9", ALICE) == 429


def test_behind_a_proxy_guesses_are_counted_for_the_address_that_it_saw(
    alice: User, settings: Any
) -> None:
    settings.AXES_FAILURE_LIMIT = 1
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": 1}
    assert log_in_from("1.1.1.1, 9.9.9.1", WRONG) == 429
    assert log_in_from("2.2.2.2, 9.9.9.1", ALICE) == 429  # Whatever was claimed before it.
    assert log_in_from("1.1.1.1, 9.9.9.2", ALICE) == 200


def test_the_page_the_api_and_the_admin_lock_out_together(alice: User, settings: Any) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    form = {"username": ALICE["email"], "password": "not hers"}
    codes = [
        Client().post("/login", WRONG).status_code,
        Client().post("/admin/login/", form).status_code,
        Client().post("/auth/login", WRONG, content_type="application/json").status_code,
    ]
    assert codes == [200, 200, 429]
    for path, body in (("/login", ALICE), ("/admin/login/", form | ALICE)):
        answer = Client().post(path, body)
        assert answer.status_code == 429
        assert int(answer["Retry-After"]) == 600


def test_the_page_the_api_and_the_admin_share_one_flood_gate(db: None) -> None:
    client = Client()
    for number in range(60):
        client.post("/login" if number % 2 else "/auth/login", WRONG | {"email": f"{number}@x.de"})
    for path in ("/login", "/auth/login", "/auth/refresh", "/admin/login/"):
        answer = client.post(path, WRONG)
        assert answer.status_code == 429
        assert int(answer["Retry-After"]) > 0
