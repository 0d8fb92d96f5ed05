"""Accounts, discrepancies, the switch, devices and lockouts, in an operator's hands."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from accounts import sessions
from accounts.models import AuthSession, ExchangeAccount, User
from execution.models import AccountStream
from tests import cast
from tests.admin.conftest import PASSWORD, act, told
from trading import ledger
from trading.models import Discrepancy, Platform

ACCOUNT = "accounts/exchangeaccount"
REASON = "It trades against itself."


def state_of(user: User) -> tuple[str, str, str]:
    account = cast.account_of(user)
    return account.state, account.state_by, account.state_reason


def test_a_halted_account_sends_nothing_until_the_halt_is_lifted(desk: Client, alice: User) -> None:
    order, account = cast.order_of(alice), cast.account_of(alice)

    act(desk, ACCOUNT, "halt", account)
    assert state_of(alice)[0] == "ACTIVE"  # Nobody has said why yet.
    act(desk, ACCOUNT, "halt", account, reason=REASON)
    assert state_of(alice) == ("HALTED", "operator", REASON)
    assert ledger.take_lanes("a worker") == []

    act(desk, ACCOUNT, "lift", account, reason="They stopped.")
    assert state_of(alice) == ("ACTIVE", "", "")
    assert ledger.take_lanes("a worker") == [order.account_id]
    trace = [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")]
    assert trace == [f"Halt account: {REASON}", "Lift the halt: They stopped."]


def test_an_account_may_be_left_to_shrink_its_positions(desk: Client, alice: User) -> None:
    act(desk, ACCOUNT, "reduce", cast.account_of(alice), reason=REASON)
    assert state_of(alice) == ("REDUCING", "operator", REASON)


def test_an_operators_halt_replaces_the_exchanges_and_its_own_stays(
    desk: Client, alice: User
) -> None:
    account = cast.account_of(alice)
    ledger.halt_account(account.pk, "The key is not valid.")
    act(desk, ACCOUNT, "halt", account, reason=REASON)
    assert state_of(alice) == ("HALTED", "operator", REASON)
    answer = act(desk, ACCOUNT, "halt", account, reason="Once more.")
    assert "left as before" in told(answer)[0]
    assert state_of(alice)[2] == REASON


def test_an_account_with_open_orders_is_not_archived(desk: Client, alice: User) -> None:
    account = cast.account_of(alice)
    order = cast.order_of(alice)
    answer = act(desk, ACCOUNT, "archive", account, reason=REASON)
    assert "open or in doubt" in told(answer)[0]
    ledger.cancel_for_operator([order.pk])
    answer = act(desk, ACCOUNT, "archive", account, reason=REASON)
    assert told(answer) == ["Archive: 1 exchange account."]
    assert ExchangeAccount.objects.get(pk=account.pk).archived_at is not None


def test_the_page_of_an_account_tells_whether_its_stream_lives(desk: Client, alice: User) -> None:
    account, now = cast.account_of(alice), timezone.now()
    path = f"/admin/{ACCOUNT}/{account.pk}/change/"
    assert "not live" in desk.get(path).content.decode()
    hour = timedelta(hours=1)
    AccountStream.objects.create(account=account, live_since=now - hour, until=now + hour)
    assert "live for 1 h" in desk.get(path).content.decode()


def test_a_check_of_the_key_can_be_asked_for(desk: Client, alice: User) -> None:
    act(desk, ACCOUNT, "check_key", cast.account_of(alice))
    assert cast.account_of(alice).check_wanted_at is not None


def test_a_discrepancy_is_resolved_by_somebody_with_words(
    desk: Client, operator: User, alice: User
) -> None:
    row = Discrepancy.objects.create(account=cast.account_of(alice), kind="NOT_SHOWN")
    done = Discrepancy.objects.create(account=cast.account_of(alice), kind="FILLS_MISSING")
    ledger.resolve([done.pk], user_id=alice.pk, resolution="They came late.")

    answer = act(desk, "trading/discrepancy", "resolve", row, done, reason="Shown by now.")

    assert told(answer)[0] == "Mark as resolved: 1 discrepancy."
    row.refresh_from_db()
    done.refresh_from_db()
    assert (row.resolved_by, row.resolution) == (operator, "Shown by now.")
    assert (done.resolved_by, done.resolution) == (alice, "They came late.")
    listed = desk.get("/admin/trading/discrepancy/", {"state": "unresolved"})
    assert list(listed.context["cl"].result_list) == []


def test_unresolved_discrepancies_come_first(desk: Client, alice: User) -> None:
    account = cast.account_of(alice)
    unresolved = Discrepancy.objects.create(account=account, kind="OLD")
    resolved = Discrepancy.objects.create(account=account, kind="NEWER")
    ledger.resolve([resolved.pk], user_id=alice.pk, resolution="-")
    listed = desk.get("/admin/trading/discrepancy/").context["cl"].result_list
    assert [row.pk for row in listed] == [unresolved.pk, resolved.pk]


def test_the_switch_halts_all_sending_and_lets_it_go_on(desk: Client, alice: User) -> None:
    order = cast.order_of(alice)
    page = desk.get("/admin/trading/platform/", follow=True)
    assert page.redirect_chain == [("/admin/trading/platform/1/change/", 302)]
    row = Platform.objects.get()

    act(desk, "trading/platform", "halt", row)
    assert Platform.objects.get().halted_at is None
    act(desk, "trading/platform", "halt", row, reason="Maintenance.")
    assert str(Platform.objects.get()) == "halted: Maintenance."
    assert ledger.take_lanes("a worker") == []

    act(desk, "trading/platform", "resume", row, reason="Done.")
    assert Platform.objects.get().halted_at is None
    assert ledger.take_lanes("a worker") == [order.account_id]
    assert LogEntry.objects.count() == 2


def test_a_device_is_signed_out(desk: Client, alice: User) -> None:
    sessions.open_session(alice, "a browser")
    session = AuthSession.objects.get(user=alice)
    act(desk, "accounts/authsession", "revoke", session, reason="Stolen.")
    session.refresh_from_db()
    assert session.revoked_at is not None


@pytest.mark.parametrize("path", ["/admin/login/", "/login"])
def test_a_lockout_is_lifted(desk: Client, operator: User, alice: User, path: str) -> None:
    alice.set_password(PASSWORD)
    alice.save(update_fields=["password"])
    guesser = Client()
    names = {"username": "alice@example.com", "email": "alice@example.com"}
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = guesser.post(path, {**names, "password": "wrong"})
    assert answer.status_code == 429
    assert "Too many failed logins" in answer.content.decode()

    listed = desk.get("/admin/axes/accessattempt/", {"state": "locked"}).context["cl"].result_list
    answer = act(desk, "axes/accessattempt", "lift", *listed)

    assert told(answer) == ["Lift the lockout: 1 access attempt."]
    right = {"email": "alice@example.com", "password": PASSWORD}
    assert guesser.post("/login", right).status_code == 302
