"""Operators and the users they look after: how they come to be, and who may do what to whom."""

from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.test import Client

from accounts import sessions, tokens
from accounts.models import ExchangeAccount, User
from accounts.operators import complete_users
from tests import cast
from tests.admin.conftest import BACKEND, PASSWORD, act, told
from trading.models import EventHead

USERS = "/admin/accounts/user/"
CAROL = {"email": "Carol@example.com", "password": PASSWORD}


def with_permissions(user: User, *codenames: str) -> Client:
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def is_complete(user: User) -> bool:
    account = ExchangeAccount.objects.get(user=user)
    numbered = EventHead.objects.filter(user=user, seq=0).exists()
    return numbered and account.is_default and account.environment == "PAPER"


def test_an_added_user_is_registered_and_can_sign_in(desk: Client) -> None:
    answer = desk.post(f"{USERS}add/", CAROL, follow=True)
    carol = User.objects.get(email="carol@example.com")
    assert answer.redirect_chain == [(f"{USERS}{carol.pk}/change/", 302)]
    assert is_complete(carol)
    assert not carol.is_staff and not carol.is_superuser
    assert Client().post("/login", {**CAROL, "email": "carol@example.com"}).status_code == 302


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({**CAROL, "email": "ALICE@example.com"}, "registered already"),
        ({**CAROL, "password": "12345678"}, "too common"),
        ({**CAROL, "email": "no address"}, "valid email"),
    ],
)
def test_a_user_who_cannot_be_registered_is_not_added(
    desk: Client, alice: User, body: dict[str, str], words: str
) -> None:
    answer = desk.post(f"{USERS}add/", body)
    assert words in answer.content.decode()
    assert PASSWORD not in answer.content.decode()
    assert not User.objects.filter(email="carol@example.com").exists()


def test_a_new_password_ends_all_sessions(desk: Client, alice: User) -> None:
    pair = sessions.open_session(alice)
    form = {"password1": "another horse battery", "password2": "another horse battery"}
    answer = desk.post(f"{USERS}{alice.pk}/password/", form)
    assert answer.status_code == 302
    assert not sessions.is_live(tokens.verify(pair.access))
    assert User.objects.get(pk=alice.pk).check_password("another horse battery")


def test_a_deactivated_user_is_out_at_once_and_may_come_back(desk: Client, alice: User) -> None:
    pair = sessions.open_session(alice)
    act(desk, "accounts/user", "deactivate", alice, reason="Left.")
    assert not sessions.is_live(tokens.verify(pair.access))
    assert not User.objects.get(pk=alice.pk).is_active
    act(desk, "accounts/user", "activate", alice, reason="Came back.")
    assert User.objects.get(pk=alice.pk).is_active
    assert not sessions.is_live(tokens.verify(pair.access))


def test_a_user_is_signed_out_everywhere_and_may_sign_in_again(desk: Client, alice: User) -> None:
    pair, browser = sessions.open_session(alice), Client()
    browser.force_login(alice, backend=BACKEND)
    assert browser.get("/orders").status_code == 200
    act(desk, "accounts/user", "sign_out", alice, reason="A laptop was stolen.")
    assert not sessions.is_live(tokens.verify(pair.access))
    assert browser.get("/orders").status_code == 302
    assert User.objects.get(pk=alice.pk).is_active


def test_nobody_is_deleted(desk: Client, alice: User) -> None:
    assert desk.post(f"{USERS}{alice.pk}/delete/", {"post": "yes"}).status_code == 403
    act(desk, "accounts/user", "delete_selected", alice, post="yes")
    assert User.objects.filter(pk=alice.pk).exists()


def test_no_operator_locks_themselves_out(desk: Client, operator: User) -> None:
    answer = act(desk, "accounts/user", "deactivate", operator, reason="By mistake.")
    assert "left as before" in told(answer)[0]
    assert User.objects.get(pk=operator.pk).is_active


def test_a_superuser_makes_somebody_an_operator(desk: Client, alice: User) -> None:
    version = alice.token_version
    desk.post(f"{USERS}{alice.pk}/change/", {**management(), "is_staff": "on"})
    alice.refresh_from_db()
    assert alice.is_staff and not alice.is_superuser
    assert alice.token_version == version


def test_only_a_superuser_gives_powers(alice: User, db: None) -> None:
    clerk = cast.trader("clerk@example.com")
    desk = with_permissions(clerk, "view_user", "change_user", "add_user")
    for user in (alice, clerk):
        desk.post(f"{USERS}{user.pk}/change/", {**management(), "is_superuser": "on"})
        user.refresh_from_db()
        assert not user.is_superuser


def test_a_clerk_cannot_take_over_an_operator(operator: User, alice: User) -> None:
    desk = with_permissions(cast.trader("clerk@example.com"), "view_user", "change_user")
    form = {"password1": "another horse battery", "password2": "another horse battery"}
    assert desk.post(f"{USERS}{operator.pk}/password/", form).status_code == 403
    assert desk.post(f"{USERS}{alice.pk}/password/", form).status_code == 302
    act(desk, "accounts/user", "deactivate", operator, reason="Because.")
    assert User.objects.get(pk=operator.pk).is_active


def management() -> dict[str, Any]:
    """What a browser sends of the read-only tables on a user's page."""
    prefixes = ("exchange_accounts", "auth_sessions")
    names = ("TOTAL_FORMS", "INITIAL_FORMS")
    return {f"{prefix}-{name}": 0 for prefix in prefixes for name in names}


def test_createsuperuser_makes_an_operator_who_can_trade(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", email="Root@example.com", interactive=False, stdout=StringIO())
    root = User.objects.get()
    assert root.email == "root@example.com" and root.is_superuser and root.is_staff
    assert is_complete(root)


def test_completing_users_twice_changes_nothing(alice: User) -> None:
    User.objects.create_superuser("root@example.com", PASSWORD)
    complete_users()
    complete_users()
    assert EventHead.objects.count() == ExchangeAccount.objects.count() == 2


def test_who_is_no_operator_is_told_so(client: Client, alice: User) -> None:
    alice.set_password(PASSWORD)
    alice.save(update_fields=["password"])
    names = {"username": "alice@example.com"}
    wrong = client.post("/admin/login/", {**names, "password": "wrong"})
    assert "Wrong e-mail address or password." in wrong.content.decode()
    right = client.post("/admin/login/", {**names, "password": PASSWORD})
    assert "not an operator" in right.content.decode()
    assert "_auth_user_id" not in client.session


def test_logins_at_the_admin_are_counted_with_all_others(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.throttles.LoginThrottle.get_rate", lambda _: "2/min")
    names = {"username": "x@example.com", "email": "x@example.com", "password": "wrong"}
    client.post("/login", names)
    client.post("/admin/login/", names)
    answer = client.post("/admin/login/", names)
    assert (answer.status_code, int(answer["Retry-After"]) > 0) == (429, True)
    assert "Too many logins from your address" in answer.content.decode()
    assert client.get("/admin/login/").status_code == 200


def test_the_admin_begins_with_its_login(client: Client, alice: User) -> None:
    assert client.get("/admin")["Location"] == "/admin/"
    assert client.get("/admin/")["Location"] == "/admin/login/?next=/admin/"
    client.force_login(alice, backend=BACKEND)
    assert client.get("/admin/")["Location"] == "/admin/login/?next=/admin/"
    assert client.get("/admin/trading/order/")["Location"].startswith("/admin/login/")
