"""Register, log in, renew, log out: the way it goes."""

from collections.abc import Callable
from typing import Any

import jwt
from django.conf import settings

from accounts.models import AuthSession, User
from tests.accounts.conftest import ALICE, PASSWORD

Post = Callable[..., Any]


def test_a_new_user_is_signed_in_at_once(db: None, post: Post) -> None:
    answer = post("/auth/register", ALICE | {"binanceApiKey": "any", "binanceSecretKey": "thing"})
    user = User.objects.get()
    assert answer.status_code == 201
    assert answer.json().keys() == {"token", "refresh", "user"}
    assert answer.json()["user"] == {"id": user.pk, "email": "alice@example.com"}
    assert post("/auth/logout", token=answer.json()["token"]).status_code == 200


def test_a_user_logs_in_whatever_the_case_of_the_address(alice: User, post: Post) -> None:
    answer = post("/auth/login", {"email": " Alice@Example.COM ", "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json()["user"] == {"id": alice.pk, "email": "alice@example.com"}


def test_the_event_service_finds_the_user_in_the_claims(alice: User, post: Post) -> None:
    token = post("/auth/login", ALICE).json()["token"]
    claims = jwt.decode(token, settings.JWT_KEY, algorithms=["HS256"])
    assert claims["id"] == alice.pk and type(claims["id"]) is int
    assert claims["email"] == "alice@example.com"
    assert claims["sid"] == str(AuthSession.objects.get().pk)
    assert claims["exp"] - claims["iat"] == 10 * 3600


def test_a_refresh_token_is_exchanged_for_new_ones(alice: User, post: Post) -> None:
    first = post("/auth/login", ALICE).json()
    second = post("/auth/refresh", {"refresh": first["refresh"]})
    assert second.status_code == 200
    assert second.json().keys() == {"token", "refresh"}
    third = post("/auth/refresh", {"refresh": second.json()["refresh"]})
    assert third.status_code == 200
    assert post("/auth/logout", token=third.json()["token"]).status_code == 200


def test_a_logout_without_a_body_ends_this_session_only(alice: User, post: Post) -> None:
    phone, desk = (post("/auth/login", ALICE).json() for _ in range(2))
    assert post("/auth/logout", token=phone["token"]).json() == {"message": "Logged out."}
    assert post("/auth/logout", token=phone["token"]).status_code == 401
    assert post("/auth/refresh", {"refresh": phone["refresh"]}).status_code == 401
    assert post("/auth/refresh", {"refresh": desk["refresh"]}).status_code == 200
