"""Which tokens pass, and which never do."""

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts import sessions, tokens
from accounts.models import AuthSession, User
from tests.accounts.conftest import ALICE

Post = Callable[..., Any]


@pytest.fixture
def pair(alice: User) -> tokens.Pair:
    return sessions.open_session(alice, "a browser")


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, settings.JWT_KEY, algorithms=["HS256"])
    return claims


def signed(claims: dict[str, Any], key: str = "", algorithm: str = "HS256") -> str:
    return jwt.encode(claims, key or settings.JWT_KEY, algorithm=algorithm)


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def with_parts(token: str, **parts: str) -> str:
    names = ("header", "payload", "signature")
    return ".".join((dict(zip(names, token.split("."), strict=True)) | parts).values())


def with_claims(token: str, **claims: Any) -> str:
    return signed(claims_of(token) | claims)


def without(name: str) -> Callable[[tokens.Pair], str]:
    return lambda pair: signed({k: v for k, v in claims_of(pair.access).items() if k != name})


# What is wrong -> the session's access token, spoilt that way.
SPOILT: dict[str, Callable[[tokens.Pair], str]] = {
    "alg none": lambda pair: with_parts(pair.access, header=part({"alg": "none"}), signature=""),
    "other claims": lambda pair: with_parts(
        pair.access, payload=part(claims_of(pair.access) | {"id": 1})
    ),
    "other key": lambda pair: signed(claims_of(pair.access), key="somebody else's key" * 2),
    "other algorithm": lambda pair: signed(claims_of(pair.access), algorithm="HS512"),
    "expired": lambda pair: with_claims(pair.access, exp=1_700_000_000),
    "refresh token": lambda pair: pair.refresh,
    "nested header": lambda pair: with_parts(
        pair.access, header=base64.urlsafe_b64encode(b"[" * 3000).decode()
    ),
    "endless": lambda pair: "a." * 100_000,
    "id as text": lambda pair: with_claims(pair.access, id="1"),
    "id as truth": lambda pair: with_claims(pair.access, id=True),
    "sid as number": lambda pair: with_claims(pair.access, sid=5),
} | {f"no {name}": without(name) for name in ("exp", "jti", "id", "sid", "ver", "token_type")}


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")  # HS512's wish.
@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_token_that_is_not_wholly_ours_is_refused(
    pair: tokens.Pair, post: Post, spoil: Callable[[tokens.Pair], str]
) -> None:
    answer = post("/auth/logout", token=spoil(pair))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["code"] == "TOKEN_NOT_VALID"
    assert AuthSession.objects.get().revoked_at is None


@pytest.mark.parametrize("token", ["", " ", "x", "a.b", "a.b.c", "é.é.é", "..", "null"])
def test_text_that_is_no_token_is_refused(pair: tokens.Pair, post: Post, token: str) -> None:
    with pytest.raises(tokens.InvalidToken):
        tokens.verify(token)


def test_without_a_token_the_client_is_told_which_kind_to_bring(db: None, post: Post) -> None:
    answer = post("/auth/logout")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_says_whom_it_speaks_for(alice: User, pair: tokens.Pair) -> None:
    identity = tokens.verify(pair.access)
    assert identity.user_id == alice.pk
    assert identity.sid == AuthSession.objects.get().pk
    assert timedelta(hours=9) < identity.expires_at - timezone.now() < timedelta(hours=11)
    assert sessions.is_live(identity)


def test_an_access_token_cannot_be_refreshed(pair: tokens.Pair, post: Post) -> None:
    assert post("/auth/refresh", {"refresh": pair.access}).status_code == 401


def test_a_refresh_token_lives_for_thirty_days(pair: tokens.Pair) -> None:
    claims = claims_of(pair.refresh)
    assert claims["exp"] - claims["iat"] == 30 * 24 * 3600


def test_a_refresh_token_that_comes_twice_ends_the_session(pair: tokens.Pair, post: Post) -> None:
    fresh = post("/auth/refresh", {"refresh": pair.refresh}).json()
    assert post("/auth/refresh", {"refresh": pair.refresh}).status_code == 401
    assert post("/auth/refresh", {"refresh": fresh["refresh"]}).status_code == 401
    assert post("/auth/logout", token=fresh["token"]).status_code == 401


def test_a_session_that_was_stolen_leaves_the_others_alone(
    alice: User, pair: tokens.Pair, post: Post
) -> None:
    desk = post("/auth/login", ALICE).json()
    for _ in range(2):
        post("/auth/refresh", {"refresh": pair.refresh})
    assert post("/auth/logout", token=desk["token"]).status_code == 200


def test_a_device_is_noted_as_seen_at_most_once_a_minute(alice: User, pair: tokens.Pair) -> None:
    identity = tokens.verify(pair.access)
    opened = AuthSession.objects.get()
    sessions.touch(opened)
    assert AuthSession.objects.get().last_seen_at == opened.last_seen_at
    AuthSession.objects.update(last_seen_at=timezone.now() - timedelta(seconds=61))
    session = sessions.find(identity)
    assert session is not None
    sessions.touch(session)
    assert AuthSession.objects.get().last_seen_at > timezone.now() - timedelta(seconds=30)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_refresh_with_one_token_one_succeeds(pair: tokens.Pair) -> None:
    def attempt(_: int) -> bool:
        try:
            sessions.refresh(pair.refresh)
        except tokens.InvalidToken:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(attempt, range(6))) == 1
    assert AuthSession.objects.get().revoked_at is not None


def test_sessions_are_kept_as_long_as_a_token_of_theirs_lives(pair: tokens.Pair) -> None:
    now = timezone.now()
    assert not AuthSession.objects.expired(now + timedelta(days=30))
    assert AuthSession.objects.expired(now + timedelta(days=32))
