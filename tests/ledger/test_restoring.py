"""A database from a backup knows less than the exchange: what waited is doubted, not sent again."""

from datetime import timedelta

from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests import cast
from tests.ledger.test_recording import read, record
from trading import ledger
from trading.models import Order, OrderEvent, Platform


def restored(user: User, *, minutes_ago: int = 30) -> Order:
    """An order that waited when the backup was made, after the restore."""
    order = cast.order_of(user)
    then = timezone.now() - timedelta(minutes=minutes_ago)
    Order.objects.filter(pk=order.pk).update(created_at=then)
    call_command("after_restore", verbosity=0)
    return read(order)


def test_what_waited_is_asked_about_and_neither_sent_nor_called_unsent(alice: User) -> None:
    order = restored(alice)
    assert (order.status, order.attempt) == ("SUBMITTED", 1)
    assert cast.told(alice) == [(1, "SUBMITTED")]
    assert OrderEvent.objects.get().reason.startswith("Restored from a backup")

    ledger.resume_platform()
    assert ledger.expire_pending() == 0
    ledger.take_lanes("one")
    assert ledger.claim("one", limit=10) == []
    assert [check.order.pk for check in ledger.claim_checks(limit=10)] == [order.pk]


def test_what_was_sent_after_the_backup_is_as_the_exchange_has_it(alice: User) -> None:
    order = restored(alice)
    record(cast.report(order.order_id, "FILLED", cast.trade(1, "0.001")))
    assert read(order).status == "FILLED"


def test_what_had_ended_stays(alice: User) -> None:
    ended = cast.order_of(alice, status="FILLED")
    call_command("after_restore", verbosity=0)
    assert (read(ended).status, cast.told(alice)) == ("FILLED", [])


def test_nothing_is_sent_until_an_operator_says_so(alice: User) -> None:
    call_command("after_restore", verbosity=0)
    assert Platform.objects.get().reason == "Restored from a backup."
    cast.order_of(alice)
    ledger.take_lanes("one")
    assert ledger.claim("one", limit=10) == []


def test_everybody_signs_in_anew(alice: User, client: Client) -> None:
    client.force_login(alice)
    before = alice.token_version
    call_command("after_restore", verbosity=0)
    alice.refresh_from_db()
    assert alice.token_version == before + 1
    assert client.get("/trade/").status_code == 302
