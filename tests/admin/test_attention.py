"""The first page shows what needs a person, and only to whom it concerns."""

from datetime import timedelta
from decimal import Decimal

from django.test import Client
from django.utils import timezone

from accounts.models import ExchangeAccount, User
from execution.models import AccountStream
from tests import cast
from tests.admin.conftest import BACKEND
from trading import ledger
from trading.models import Discrepancy, LastPrice, Order
from trading.states import Status

LONG = timedelta(hours=2)


def first_page(desk: Client) -> str:
    return desk.get("/admin/").content.decode()


def test_an_unknown_outcome_is_the_first_thing_that_an_operator_sees(
    desk: Client, alice: User
) -> None:
    order = cast.submitted_of(alice, claimed_at=timezone.now() - LONG, reason="No answer in 12 s.")
    html = first_page(desk)
    assert html.index("Outcome unknown") < html.index("Recent actions")
    assert str(order.order_id)[:8] in html and "2 h" in html and "No answer in 12 s." in html
    assert "?needs=outcome" in html


def test_what_has_just_been_sent_is_no_doubt_yet(desk: Client, alice: User) -> None:
    cast.submitted_of(alice)
    assert "Of every order that was sent we know what became of it." in first_page(desk)


def test_everything_else_that_needs_a_person_is_there(desk: Client, alice: User) -> None:
    long_ago = timezone.now() - LONG
    cast.submitted_of(alice, status=Status.NEW, cancel_requested_at=long_ago)
    filled = cast.submitted_of(alice, status=Status.FILLED, executed_quantity=Decimal("0.0125"))
    Order.objects.filter(pk=filled.pk).update(updated_at=long_ago)
    Discrepancy.objects.create(account=filled.account, order=filled, kind="FILLS_MISSING")
    ledger.halt_account(filled.account_id, "The key is not valid.")
    ledger.halt_platform("Maintenance.")

    html = first_page(desk)
    for words in ("Cancel not confirmed", "Fills missing", "0.0125<", "FILLS_MISSING"):
        assert words in html
    assert "The key is not valid." in html
    assert "All sending is halted" in html and "Maintenance." in html
    assert "The market feed is silent." in html
    assert "1 of 1 accounts have no private stream." in html


def test_a_quiet_platform_says_so_and_no_more(desk: Client, alice: User) -> None:
    now = timezone.now()
    for account in ExchangeAccount.objects.all():
        AccountStream.objects.create(account=account, live_since=now, until=now + LONG)
    LastPrice.objects.create(
        environment="PAPER", symbol="BTCUSDT", price=Decimal(1), as_of=timezone.now()
    )
    ended = cast.submitted_of(alice, status=Status.NEW, cancel_requested_at=timezone.now())
    Discrepancy.objects.create(account=ended.account, kind="NOT_SHOWN", resolved_at=timezone.now())
    html = first_page(desk)
    assert "Orders are being sent." in html
    absent = ["not confirmed", "Fills missing", "NOT_SHOWN", "Halted", "silent", "private stream"]
    assert [words for words in absent if words in html] == []


def test_who_may_not_see_orders_sees_none_here(alice: User) -> None:
    cast.submitted_of(alice, claimed_at=timezone.now() - LONG)
    clerk = cast.trader("clerk@example.com")
    clerk.is_staff = True
    clerk.save(update_fields=["is_staff"])
    client = Client()
    client.force_login(clerk, backend=BACKEND)
    html = first_page(client)
    assert "Outcome unknown" not in html and "Orders are being sent" not in html
    assert ExchangeAccount.objects.exists()
