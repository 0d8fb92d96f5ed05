"""Resting orders are asked about rarely while a stream tells of them, until it is lost."""

from datetime import timedelta

from django.db.models.functions import Now

from accounts.models import User
from execution.models import AccountStream
from tests import cast
from trading import ledger
from trading.models import Order
from trading.states import Status


def heard(user: User, *, seconds: float) -> None:
    AccountStream.objects.create(
        account=cast.account_of(user),
        owner="a process",
        live_since=Now(),
        until=Now() + timedelta(seconds=seconds),
    )


def due(user: User, *, for_seconds: float = 1, **fields: object) -> Order:
    since = Now() - timedelta(seconds=for_seconds)
    return cast.order_of(user, **{"status": Status.NEW, "next_check_at": since, **fields})


def asked() -> list[int]:
    return [check.order.pk for check in ledger.claim_checks(limit=10)]


def test_a_resting_order_waits_while_its_stream_is_live(alice: User) -> None:
    heard(alice, seconds=5)
    due(alice)
    assert asked() == []


def test_it_is_asked_about_rarely_all_the_same(alice: User) -> None:
    heard(alice, seconds=5)
    assert [due(alice, for_seconds=61).pk] == asked()


def test_it_is_polled_again_once_nobody_renews_the_stream(alice: User) -> None:
    heard(alice, seconds=-0.001)
    assert [due(alice).pk] == asked()


def test_only_accounts_that_are_heard_wait(alice: User, bob: User) -> None:
    heard(alice, seconds=5)
    due(alice)
    assert [due(bob).pk] == asked()


def test_a_doubt_and_missing_fills_wait_for_no_stream(alice: User) -> None:
    heard(alice, seconds=5)
    doubt = cast.submitted_of(alice)
    missing = due(alice, executed_quantity=1)
    assert sorted(asked()) == [doubt.pk, missing.pk]


def test_what_a_cut_has_hidden_is_asked_about_at_once(alice: User) -> None:
    heard(alice, seconds=5)
    order, bystander = due(alice), cast.order_of(alice)
    ledger.make_due([order.account_id])
    assert asked() == [order.pk]
    bystander.refresh_from_db()
    assert bystander.next_check_at is None


def test_a_claim_says_whether_its_account_is_heard(alice: User, bob: User) -> None:
    heard(alice, seconds=5)
    for user in (alice, bob):
        cast.submitted_of(user)
    streamed = {check.account.user_id: check.streamed for check in ledger.claim_checks(limit=10)}
    assert streamed == {alice.pk: True, bob.pk: False}
