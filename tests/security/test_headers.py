"""What every answer tells a browser, whoever made it."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.test.utils import override_settings

from accounts.models import User
from tests.security.conftest import ALICE

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
BROWSER = {"Accept": "text/html"}
ANSWERS = {
    "/": 200,
    "/login": 200,
    "/nope": 404,
    "/admin/login/": 200,
    "/healthz": 200,
    "/api/market/symbols": 200,
    "/api/market/book": 400,
    "/api/nope": 404,
    "/api/trading/orders": 401,
    "/api/docs": 200,
    "/trade/BTCUSDT": 302,
}


def policy_of(answer: Any) -> dict[str, str]:
    """The Content-Security-Policy by directive."""
    directives = answer["Content-Security-Policy"].split(";")
    return {
        name: values for name, _, values in (each.strip().partition(" ") for each in directives)
    }


def assert_safe(answer: Any) -> None:
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert answer["Permissions-Policy"] and answer["X-Request-Id"]
    policy = policy_of(answer)
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert "unsafe" not in answer["Content-Security-Policy"]


@pytest.mark.parametrize("headers", [{}, BROWSER], ids=["program", "browser"])
@pytest.mark.parametrize(("path", "status"), ANSWERS.items())
def test_every_answer_is_safe_in_a_browser(
    db: None, path: str, status: int, headers: dict[str, str]
) -> None:
    answer = Client().get(path, headers=headers)
    assert answer.status_code == status
    assert_safe(answer)
    assert "no-store" in answer["Cache-Control"]


def test_a_strange_host_and_a_preflight_are_answered_as_safely(db: None) -> None:
    assert_safe(Client().get("/", headers={"Host": "evil.example"}))
    assert_safe(Client().options("/auth/login", headers={"Origin": "http://evil.example"}))


def test_a_static_file_is_as_safe_and_may_be_kept(db: None, tmp_path: Path, settings: Any) -> None:
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "site.css").write_text("body {}")
    answer = Client().get("/static/site.css")
    assert answer.status_code == 200
    assert_safe(answer)
    assert "max-age" in answer["Cache-Control"]
    answer.close()


def test_swagger_ui_keeps_to_the_same_policy(db: None) -> None:
    answer = Client().get("/api/docs")
    assert policy_of(answer)["style-src"] == "'self'"
    assert "<style" not in answer.content.decode()


@pytest.mark.parametrize("https", [False, True])
def test_cookies_are_kept_from_scripts_and_from_other_sites(alice: User, https: bool) -> None:
    with override_settings(SESSION_COOKIE_SECURE=https, CSRF_COOKIE_SECURE=https):
        client = Client()
        client.get("/login", secure=https)
        client.post("/login", ALICE, secure=https)
    session, csrf = client.cookies["sessionid"], client.cookies["csrftoken"]
    assert session["httponly"] and session["samesite"] == csrf["samesite"] == "Lax"
    assert bool(session["secure"]) == bool(csrf["secure"]) == https
    assert not session["domain"] and not csrf["domain"]
