"""Who may open a socket, and how; and that it closes when they may no longer."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import jwt
import pytest
import requests
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client as Browser
from django.utils import timezone
from websockets.exceptions import InvalidStatus

from accounts import sessions
from accounts.models import AuthSession, User
from realtime.layer import LocalFirstChannelLayer
from tests.processes import Platform
from tests.realtime.client import opened
from tests.realtime.conftest import Open
from tests.waiting import eventually

pytestmark = pytest.mark.processes

UNAUTHORIZED = 4401


def test_a_token_in_the_query_opens_a_socket(alice: User, open_as: Open) -> None:
    with open_as(alice) as client:
        hello = client.next()
    assert hello["type"] == "HELLO"
    assert hello["data"].keys() == {"userId", "headSeq", "environment", "serverTime"}
    assert hello["data"]["userId"] == alice.pk
    assert hello["data"]["environment"] == "PAPER"
    assert hello["data"]["headSeq"] == 0
    assert hello["data"]["serverTime"].endswith("Z")


def test_the_root_path_serves_as_well(alice: User, open_as: Open) -> None:
    with open_as(alice, path="/") as client:
        assert client.next()["type"] == "HELLO"


def test_another_path_is_refused(alice: User, open_as: Open) -> None:
    with pytest.raises(InvalidStatus), open_as(alice, path="/elsewhere"):
        pass


def test_a_token_as_subprotocol_opens_a_socket(alice: User, url: str) -> None:
    token = sessions.open_session(alice).access
    with opened(url, subprotocols=["bearer", token]) as client:
        assert client.connection.subprotocol == "bearer"
        assert client.next()["type"] == "HELLO"


def test_the_web_session_of_our_page_opens_a_socket(
    alice: User, url: str, platform: Platform
) -> None:
    page = f"http://127.0.0.1:{platform.ports['web']}"
    with opened(url, origin=page, additional_headers=_cookie(alice)) as client:
        assert client.next()["data"]["userId"] == alice.pk


def test_the_web_session_works_for_the_frontend_url(alice: User, url: str) -> None:
    with opened(url, origin=settings.FRONTEND_URL, additional_headers=_cookie(alice)) as client:
        assert client.next()["type"] == "HELLO"


@pytest.mark.parametrize(
    "origin", [None, "https://evil.example", "http://127.0.0.1:1", "null", "http://[", "file://"]
)
def test_the_web_session_is_worth_nothing_to_other_pages(
    alice: User, url: str, origin: str | None
) -> None:
    with opened(url, origin=origin, additional_headers=_cookie(alice)) as client:
        assert client.close_code() == UNAUTHORIZED


def test_a_token_is_not_asked_for_its_origin(alice: User, open_as: Open) -> None:
    with open_as(alice, origin="https://evil.example") as client:
        assert client.next()["type"] == "HELLO"


@pytest.mark.parametrize("token", ["rubbish", "a.b.c", "", "é", "x" * 6000])
def test_a_bad_token_is_accepted_and_closed_with_4401(url: str, token: str) -> None:
    with opened(url, token=token) as client:
        assert client.close_code() == UNAUTHORIZED
        assert client.received == []


def test_a_refusal_selects_the_subprotocol_that_a_browser_waits_for(url: str) -> None:
    with opened(url, subprotocols=["bearer", "rubbish"]) as client:
        assert client.connection.subprotocol == "bearer"
        assert client.close_code() == UNAUTHORIZED


def test_a_refresh_token_opens_nothing(alice: User, url: str) -> None:
    with opened(url, token=sessions.open_session(alice).refresh) as client:
        assert client.close_code() == UNAUTHORIZED


def test_a_revoked_token_opens_nothing(alice: User, url: str) -> None:
    token = sessions.open_session(alice).access
    AuthSession.objects.update(revoked_at=timezone.now())
    with opened(url, token=token) as client:
        assert client.close_code() == UNAUTHORIZED


def test_a_session_that_ends_closes_its_sockets_and_no_other(alice: User, url: str) -> None:
    phone, desktop = sessions.open_session(alice), sessions.open_session(alice)
    with opened(url, token=phone.access) as gone, opened(url, token=desktop.access) as stays:
        gone.next_of("HELLO")
        stays.next_of("HELLO")
        # Only the row: nothing is announced, as if Redis were away.
        first = AuthSession.objects.order_by("created_at").first()
        assert first is not None
        AuthSession.objects.filter(pk=first.pk).update(revoked_at=timezone.now())
        assert gone.close_code() == UNAUTHORIZED
        assert stays.heard_before_answer() == []


def test_a_changed_token_version_closes_every_socket(alice: User, url: str, open_as: Open) -> None:
    with open_as(alice) as first, open_as(alice) as second:
        first.next_of("HELLO")
        second.next_of("HELLO")
        get_user_model().objects.filter(pk=alice.pk).update(token_version=1)
        assert first.close_code() == second.close_code() == UNAUTHORIZED


def test_a_user_who_is_deactivated_is_closed(alice: User, open_as: Open) -> None:
    with open_as(alice) as client:
        client.next_of("HELLO")
        get_user_model().objects.filter(pk=alice.pk).update(is_active=False)
        assert client.close_code() == UNAUTHORIZED


def test_the_end_of_a_web_session_closes_its_socket(alice: User, url: str) -> None:
    browser = Browser()
    browser.force_login(alice)
    origin = settings.FRONTEND_URL
    with opened(url, origin=origin, additional_headers=_cookie(alice, browser)) as client:
        client.next_of("HELLO")
        browser.session.flush()
        assert client.close_code() == UNAUTHORIZED


def test_a_browser_that_is_signed_out_is_told_and_no_other(
    alice: User, url: str, platform: Platform
) -> None:
    gone, stays = _browser_with_row(alice), _browser_with_row(alice)
    origin = settings.FRONTEND_URL
    with (
        opened(url, origin=origin, additional_headers=_cookie(alice, gone)) as first,
        opened(url, origin=origin, additional_headers=_cookie(alice, stays)) as second,
    ):
        first.next_of("HELLO")
        second.next_of("HELLO")
        # Only told: the rows would still let both in.
        sid = gone.session["sid"]
        asyncio.run(_announce(platform, alice, {"type": "session.revoked", "sid": sid}))
        assert first.close_code() == UNAUTHORIZED
        assert second.heard_before_answer() == []


def test_a_socket_closes_when_its_token_expires(alice: User, url: str) -> None:
    token = sessions.open_session(alice).access
    claims = jwt.decode(token, settings.JWT_KEY, algorithms=["HS256"])
    claims["exp"] = timezone.now() + timedelta(seconds=1.5)
    short = jwt.encode(claims, settings.JWT_KEY, algorithm="HS256")
    with opened(url, token=short) as client:
        client.next_of("HELLO")
        assert client.close_code() == UNAUTHORIZED


def test_the_token_is_in_no_log(alice: User, platform: Platform, url: str) -> None:
    token = sessions.open_session(alice).access
    with opened(url, token=token) as client:
        client.next_of("HELLO")
    with opened(url, token=f"rubbish{uuid4().hex}") as client:
        client.close_code()
    log = platform.log("realtime")
    assert "accepted" in log
    assert token not in log
    assert "rubbish" not in log


def test_the_token_of_a_refused_handshake_is_in_no_log(platform: Platform, url: str) -> None:
    path = f"/{uuid4().hex}"
    with pytest.raises(InvalidStatus), opened(url, path=path, token="refused-token"):
        pass
    eventually(lambda: path in platform.log("realtime"))
    assert "refused-token" not in platform.log("realtime")


@pytest.mark.parametrize("host", ["localhost", "evil.example"])
def test_the_token_of_a_plain_request_is_in_no_log(platform: Platform, host: str) -> None:
    for path in ("/nope", "/prices", "/trade/"):
        address = f"{platform.url('realtime')}{path}?token=plain-token"
        answer = requests.get(address, headers={"Host": host}, allow_redirects=False)
        assert answer.status_code < 500
    assert "plain-token" not in platform.log("realtime")


def test_an_announced_revocation_acts_through_the_group(
    alice: User, platform: Platform, open_as: Open
) -> None:
    with open_as(alice) as client:
        client.next_of("HELLO")
        asyncio.run(_announce(platform, alice, {"type": "user.revoked"}))
        assert client.close_code() == UNAUTHORIZED


async def _announce(platform: Platform, user: User, message: dict[str, str]) -> None:
    layer = LocalFirstChannelLayer(hosts=[platform.valkey.url])
    await layer.group_send(f"user.{user.pk}", message)
    await layer.flush()


def _browser_with_row(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    session = browser.session
    session["sid"] = str(uuid4())
    session.save()
    return browser


def _cookie(user: User, browser: Browser | None = None) -> dict[str, str]:
    if browser is None:
        browser = Browser()
        browser.force_login(user)
    return {"Cookie": f"sessionid={browser.cookies['sessionid'].value}"}
