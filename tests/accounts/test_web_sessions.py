"""Browsers on our pages are devices that their user sees, and may sign out."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from accounts import sessions, web_sessions
from accounts.devices import device
from accounts.models import AuthSession, User
from tests.accounts.conftest import ALICE

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"


def browser() -> Client:
    """A browser in which alice has logged in."""
    client = Client(headers={"User-Agent": FIREFOX})
    assert client.post("/login", ALICE).status_code == 302
    return client


def is_signed_in(client: Client) -> bool:
    return bool(client.get("/profile").status_code == 200)


def row_of(client: Client) -> AuthSession:
    return AuthSession.objects.get(pk=client.session["sid"])


def test_a_login_makes_a_device(alice: User) -> None:
    row = row_of(browser())

    assert (row.user, row.user_agent, row.revoked_at) == (alice, FIREFOX, None)
    assert row.web_key and row.web_key not in str(row)


def test_further_requests_make_no_further_one(alice: User) -> None:
    client = browser()
    client.get("/profile")
    client.get("/api/user/account")

    assert AuthSession.objects.count() == 1


def test_it_is_seen_at_most_once_a_minute(alice: User) -> None:
    client = browser()
    row = row_of(client)
    client.get("/profile")
    assert row_of(client).last_seen_at == row.last_seen_at

    session = client.session
    session["sid_seen_at"] -= 61
    session.save()
    client.get("/profile")

    assert row_of(client).last_seen_at > row.last_seen_at


def test_a_device_that_is_signed_out_is_out_at_its_next_request(alice: User) -> None:
    mine, other = browser(), browser()
    sessions.revoke(row_of(other))

    assert is_signed_in(mine) and not is_signed_in(other)


def test_all_others_are_signed_out_and_this_one_stays(alice: User) -> None:
    mine, other = browser(), browser()
    pair = sessions.open_session(alice)
    sessions.revoke_others(alice, row_of(mine).pk)

    assert is_signed_in(mine) and not is_signed_in(other)
    assert list(web_sessions.live_sessions(alice)) == [row_of(mine)]
    assert pair  # A row that was live until now.


def test_a_logout_ends_the_device(alice: User) -> None:
    client = browser()
    row = row_of(client)
    client.post("/logout")
    row.refresh_from_db()

    assert row.revoked_at is not None
    assert not Session.objects.filter(session_key=row.web_key).exists()


def test_logging_in_again_keeps_the_device(alice: User) -> None:
    client = browser()
    row = row_of(client)
    client.post("/login", ALICE)

    assert row_of(client) == row
    assert row_of(client).web_key == client.session.session_key


def test_a_new_password_set_elsewhere_leaves_no_device(alice: User) -> None:
    browser()
    alice.set_password("quite another pass phrase")
    alice.save()

    assert not web_sessions.live_sessions(alice).exists()


def test_a_session_of_before_gets_its_device_with_the_next_page(alice: User) -> None:
    client = browser()
    AuthSession.objects.all().delete()
    session = client.session
    for name in ("sid", "sid_key", "sid_seen_at"):
        del session[name]
    session.save()

    assert is_signed_in(client)
    assert AuthSession.objects.get().web_key == session.session_key


def test_health_is_answered_without_a_look_at_the_session(
    alice: User, django_assert_num_queries: Callable[[int], Any]
) -> None:
    client = browser()
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200


def test_who_has_no_cookie_gets_no_session(db: None, client: Client) -> None:
    client.get("/")

    assert settings.SESSION_COOKIE_NAME not in client.cookies
    assert not AuthSession.objects.exists()


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
            " Chrome/120.0.0.0 Safari/537.36",
            "Chrome on Linux",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko)"
            " Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15"
            " (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        ("python-requests/2.32.3", "python-requests 2.32.3"),
        ("curl/8.5.0", "curl 8.5.0"),
        ("Mozilla/5.0 (Linux; Nobody knows)", "A program on Linux"),
        ("", "An unknown device"),
        ("<script>", "An unknown device"),
    ],
)
def test_a_device_is_named_as_a_person_would(user_agent: str, words: str) -> None:
    assert device(user_agent) == words
