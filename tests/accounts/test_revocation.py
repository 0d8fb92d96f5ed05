"""A new password, a deactivation and a logout act at once: on REST, and on open sockets."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis.asyncio
from channels.layers import get_channel_layer
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client, RequestFactory

from accounts import sessions, tokens
from accounts.models import AuthSession, User
from tests.accounts.conftest import ALICE, PASSWORD
from tests.waiting import eventually_async

Post = Callable[..., Any]


def live(pair: tokens.Pair) -> bool:
    return sessions.is_live(tokens.verify(pair.access))


@pytest.fixture
def pair(alice: User) -> tokens.Pair:
    return sessions.open_session(alice)


def test_a_new_password_revokes_every_token(alice: User, pair: tokens.Pair, post: Post) -> None:
    alice.set_password("quite another pass phrase")
    alice.save()
    assert not live(pair)
    assert post("/auth/logout", token=pair.access).json()["code"] == "TOKEN_REVOKED"
    assert post("/auth/refresh", {"refresh": pair.refresh}).status_code == 401
    assert live(sessions.open_session(alice))


def test_it_does_so_when_only_the_password_is_saved(alice: User, pair: tokens.Pair) -> None:
    alice.set_password("quite another pass phrase")
    alice.save(update_fields=["password"])
    assert not live(pair)


def test_tokens_of_before_a_deactivation_never_come_back(alice: User, pair: tokens.Pair) -> None:
    for active in (False, True):
        alice.is_active = active
        alice.save()
        assert not live(pair)


def test_a_deactivation_by_a_bare_statement_counts_too(alice: User, pair: tokens.Pair) -> None:
    User.objects.update(is_active=False)
    assert not live(pair)


def test_other_changes_leave_the_tokens_alone(alice: User, pair: tokens.Pair) -> None:
    alice.is_staff = True
    alice.save()
    assert live(pair)


def test_hashing_a_password_anew_at_login_leaves_the_tokens_alone(
    alice: User, pair: tokens.Pair, post: Post, settings: Any
) -> None:
    settings.PASSWORD_HASHERS = [
        f"{PBKDF2PasswordHasher.__module__}.{PBKDF2PasswordHasher.__name__}",
        *settings.PASSWORD_HASHERS,
    ]
    answer = post("/auth/login", ALICE)
    assert User.objects.get().password.startswith("pbkdf2")
    assert live(pair)
    assert post("/auth/logout", token=answer.json()["token"]).status_code == 200


def test_a_new_password_ends_web_sessions(alice: User) -> None:
    browser = Client()
    request = RequestFactory().get("/")  # The lockout wants to know from where.
    assert browser.login(request=request, username="alice@example.com", password=PASSWORD)
    assert browser.get("/trade/BTCUSDT").status_code == 200
    alice.set_password("quite another pass phrase")
    alice.save()
    assert browser.get("/trade/BTCUSDT").status_code == 302


async def _subscribed(pattern: str) -> None:
    """The layer joins groups at once, but tells Redis in the background."""
    async with redis.asyncio.Redis.from_url(settings.REDIS_URL) as client:
        await eventually_async(lambda: client.pubsub_channels(pattern))


@pytest.fixture
def told(alice: User) -> Iterator[Callable[[], dict[str, Any]]]:
    """The next message for alice's sockets, as a consumer in this process would get it."""
    with asyncio.Runner() as runner:
        layer = get_channel_layer()
        channel = runner.run(layer.new_channel())
        runner.run(layer.group_add(f"user.{alice.pk}", channel))
        runner.run(_subscribed(f"*user.{alice.pk}"))
        yield lambda: runner.run(asyncio.wait_for(layer.receive(channel), 5))


@pytest.mark.django_db(transaction=True)
def test_open_sockets_are_told_of_a_logout(
    told: Callable[[], dict[str, Any]], pair: tokens.Pair, post: Post
) -> None:
    post("/auth/logout", token=pair.access)
    sid = str(AuthSession.objects.get().pk)
    assert told() == {"type": "session.revoked", "sid": sid}


@pytest.mark.django_db(transaction=True)
def test_open_sockets_are_told_of_a_new_password(
    told: Callable[[], dict[str, Any]], alice: User
) -> None:
    alice.set_password("quite another pass phrase")
    alice.save()
    assert told() == {"type": "user.revoked"}


@pytest.mark.django_db(transaction=True)
def test_open_sockets_are_told_of_a_browser_that_is_signed_out(
    told: Callable[[], dict[str, Any]],
) -> None:
    browser = Client()
    browser.post("/login", ALICE)
    session = AuthSession.objects.get()
    sessions.revoke(session)
    assert told() == {"type": "session.revoked", "sid": str(session.pk)}
