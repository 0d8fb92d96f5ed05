"""The profile: a new password, and the devices that are signed in."""

from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from accounts import sessions
from accounts.models import AuthSession, User
from tests.cast import trader

OLD, NEW = "correct horse battery staple", "canary pass phrase 4711"
CHANGE = {"present": OLD, "new": NEW, "again": NEW}


@pytest.fixture
def browser(alice: User) -> Client:
    """Alice's, logged in as she would."""
    client = Client()
    client.post("/login", {"email": alice.email, "password": OLD})
    return client


def change(client: Client, **fields: str) -> str:
    return client.post("/profile/password", CHANGE | fields, follow=True).content.decode()


def test_it_says_who_one_is(browser: Client, alice: User) -> None:
    html = browser.get("/profile").content.decode()

    assert alice.email in html and "Member since" in html and "This browser" in html


def test_a_new_password_keeps_this_browser_and_ends_all_else(browser: Client, alice: User) -> None:
    other = Client()
    other.post("/login", {"email": alice.email, "password": OLD})
    pair = sessions.open_session(alice)

    assert "Your password is changed." in change(browser)

    assert browser.get("/profile").status_code == 200
    assert other.get("/profile").status_code == 302
    bearer = {"Authorization": f"Bearer {pair.access}"}
    assert Client().get("/api/user/account", headers=bearer).status_code == 401
    assert AuthSession.objects.filter(revoked_at=None).count() == 1
    assert Client().post("/login", {"email": alice.email, "password": NEW}).status_code == 302


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"present": "canary wrong"}, "This is not your present password."),
        ({"new": "canary1", "again": "canary1"}, "too short"),
        ({"new": "alice@example.com", "again": "alice@example.com"}, "too similar to the email"),
        ({"new": "9" * 12, "again": "9" * 12}, "entirely numeric"),
        ({"new": "x" * 129, "again": "x" * 129}, "at most 128 characters"),
        ({"again": "canary other"}, "The two new passwords are not the same."),
        ({"new": OLD, "again": OLD}, "It has to differ from the present one."),
        ({"present": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_is_told_and_no_password_is_repeated(
    browser: Client, alice: User, fields: dict[str, str], words: str
) -> None:
    html = change(browser, **fields)

    assert words in html and "canary" not in html and OLD not in html
    alice.refresh_from_db()
    assert alice.check_password(OLD)


def test_guessing_locks_out_as_at_the_login(browser: Client, alice: User) -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = browser.post("/profile/password", CHANGE | {"present": "wrong"})

    assert answer.status_code == 429
    assert "Too many wrong passwords" in answer.content.decode()
    assert browser.post("/profile/password", CHANGE).status_code == 429
    alice.refresh_from_db()
    assert alice.check_password(OLD)


def test_a_device_is_named_and_can_be_signed_out(browser: Client, alice: User) -> None:
    pair = sessions.open_session(alice, "python-requests/2.32.3")
    session = AuthSession.objects.get(web_key="")
    assert "python-requests 2.32.3" in browser.get("/profile").content.decode()

    answer = browser.post(f"/profile/sessions/{session.pk}", follow=True)

    assert "python-requests 2.32.3 is signed out." in answer.content.decode()
    bearer = {"Authorization": f"Bearer {pair.access}"}
    assert Client().get("/api/user/account", headers=bearer).status_code == 401
    assert browser.post(f"/profile/sessions/{session.pk}").status_code == 404


def test_signing_out_this_browser_leads_home(browser: Client) -> None:
    answer = browser.post(f"/profile/sessions/{browser.session['sid']}")

    assert answer["Location"] == "/"
    assert browser.get("/profile").status_code == 302


def test_all_others_can_be_signed_out_at_once(browser: Client, alice: User) -> None:
    other = Client()
    other.post("/login", {"email": alice.email, "password": OLD})

    browser.post("/profile/sessions")

    assert browser.get("/profile").status_code == 200
    assert other.get("/profile").status_code == 302


def test_anothers_device_is_not_found(browser: Client) -> None:
    sessions.open_session(trader("bob@example.com"))
    bobs = AuthSession.objects.get(user__email="bob@example.com")

    assert browser.post(f"/profile/sessions/{bobs.pk}").status_code == 404
    assert browser.post(f"/profile/sessions/{uuid4()}").status_code == 404
    bobs.refresh_from_db()
    assert bobs.revoked_at is None


@pytest.mark.parametrize("path", ["/profile/password", "/profile/sessions"])
def test_forms_are_guarded_against_other_sites(alice: User, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")

    assert client.post(path, CHANGE).status_code == 403


def test_nobody_is_led_to_the_login(client: Client, alice: User) -> None:
    for path in ("/profile", "/profile/password"):
        assert client.get(path)["Location"] == f"/login?next={path}"


def test_a_get_changes_nothing(browser: Client) -> None:
    assert browser.get("/profile/password", CHANGE)["Location"] == "/profile"
    assert browser.get("/profile/sessions").status_code == 405
    assert browser.get(f"/profile/sessions/{browser.session['sid']}").status_code == 405
    assert browser.get("/profile").status_code == 200
