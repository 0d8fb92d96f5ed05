"""What operators do to orders goes the ledger's road, leaves a trace, and is not for onlookers."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests import cast
from tests.admin.conftest import act, told
from trading import ledger
from trading.models import Order, OrderEvent
from trading.results import Absent
from trading.states import NOT_PLACED, Status

ORDER = "trading/order"
LATER = timedelta(hours=1)
NOBODYS = "7f1c2a68-52d3-4b0e-9d5a-3a1f0c6be215"


def read(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def due_later(user: User, **fields: object) -> Order:
    return cast.submitted_of(user, next_check_at=timezone.now() + LATER, **fields)


def test_asking_again_makes_a_doubt_due_at_once(desk: Client, operator: User, alice: User) -> None:
    order = due_later(alice)
    assert ledger.claim_checks(limit=10) == []

    answer = act(desk, ORDER, "ask_again", order)

    assert told(answer) == ["Ask the exchange again: 1 order."]
    assert [check.order.pk for check in ledger.claim_checks(limit=10)] == [order.pk]
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (operator, str(order.pk))
    assert entry.get_change_message() == "Ask the exchange again"


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Status.PENDING, "claimed_at": None, "attempt": 0},
        {"status": Status.REJECTED, "reason": "Not enough USDT."},
        {"status": Status.CANCELED},
    ],
)
def test_nobody_is_asked_about_what_the_exchange_knows_no_more_of(
    desk: Client, alice: User, fields: dict[str, object]
) -> None:
    order = cast.submitted_of(alice, **{"next_check_at": None, **fields})
    answer = act(desk, ORDER, "ask_again", order)
    assert "left as before" in told(answer)[0]
    assert read(order).next_check_at is None
    assert not LogEntry.objects.exists()


def test_asking_on_top_does_not_shorten_the_watch_over_what_was_not_placed(
    desk: Client, alice: User
) -> None:
    verdict = {"status": Status.REJECTED, "reason": NOT_PLACED}
    order = due_later(alice, not_found_count=3, **verdict)
    assert order.claimed_at is not None
    for minute in range(3):
        act(desk, ORDER, "ask_again", order)
        asked_at = order.claimed_at + timedelta(minutes=minute + 1)
        ledger.record([Absent(order.order_id, 1, asked_at)])
    assert read(order).not_found_count == 3
    assert read(order).next_check_at is not None


def test_a_cancel_asks_why_and_then_tells_its_user_who_it_was(desk: Client, alice: User) -> None:
    resting = cast.submitted_of(alice, status=Status.NEW)
    unsent = cast.order_of(alice)

    asked = act(desk, ORDER, "cancel", resting, unsent)
    assert "admin/confirm_deed.html" in [template.name for template in asked.templates]
    assert read(resting).cancel_requested_at is None

    answer = act(desk, ORDER, "cancel", resting, unsent, reason="A customer called.")
    assert told(answer) == ["Cancel orders: 2 orders."]
    assert read(resting).cancel_requested_at is not None
    assert read(unsent).status == Status.CANCELED
    assert set(OrderEvent.objects.values_list("origin", flat=True)) == {"operator"}
    assert [seq for seq, _ in cast.told(alice)] == [1, 2]
    messages = {entry.get_change_message() for entry in LogEntry.objects.all()}
    assert messages == {"Cancel orders: A customer called."}


def test_a_cancel_without_a_reason_is_not_done(desk: Client, alice: User) -> None:
    order = cast.order_of(alice)
    for reason in ("", "   "):
        answer = act(desk, ORDER, "cancel", order, reason=reason)
        assert answer.status_code == 200
    assert "This field is required" in answer.content.decode()
    assert read(order).status == Status.PENDING


def test_what_has_ended_or_is_to_be_cancelled_stays(desk: Client, alice: User) -> None:
    ended = cast.submitted_of(alice, status=Status.FILLED)
    asked = cast.submitted_of(alice, status=Status.NEW, cancel_requested_at=timezone.now())
    answer = act(desk, ORDER, "cancel", ended, asked, reason="To be sure.")
    assert told(answer) == [
        "2 orders left as before: ended, or to be cancelled already.",
    ]
    assert not OrderEvent.objects.exists()


def test_who_may_only_look_cannot_act(onlooker: Client, alice: User) -> None:
    order = due_later(alice)
    html = onlooker.get(f"/admin/{ORDER}/{order.pk}/change/").content.decode()
    assert 'name="action"' not in html
    for action in ("ask_again", "cancel"):
        act(onlooker, ORDER, action, order, reason="I may not.")
    assert read(order).next_check_at == order.next_check_at
    assert read(order).cancel_requested_at is None
    assert not LogEntry.objects.exists()


def test_the_page_of_an_order_offers_what_makes_sense_and_comes_back(
    desk: Client, alice: User
) -> None:
    doubt, ended = due_later(alice), cast.submitted_of(alice, status=Status.REJECTED)
    html = desk.get(f"/admin/{ORDER}/{doubt.pk}/change/").content.decode()
    assert 'value="ask_again"' in html and 'value="cancel"' in html
    html = desk.get(f"/admin/{ORDER}/{ended.pk}/change/").content.decode()
    assert 'value="ask_again"' not in html and 'value="cancel"' not in html

    answer = act(desk, ORDER, "ask_again", doubt, _from_object=1)
    assert answer.redirect_chain == [(f"/admin/{ORDER}/{doubt.pk}/change/", 302)]
    asked = act(desk, ORDER, "cancel", doubt, _from_object=1)
    assert 'name="_from_object"' in asked.content.decode()


def test_no_more_is_done_at_once_than_can_be_locked_together(
    desk: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tradeplat.operators.acting.MOST_AT_ONCE", 1)
    orders = [due_later(alice), due_later(alice)]
    assert told(act(desk, ORDER, "ask_again", *orders)) == ["At most 1 at once."]
    assert ledger.claim_checks(limit=10) == []


def found(desk: Client, query: str) -> list[UUID]:
    answer = desk.get(f"/admin/{ORDER}/", {"q": query})
    return [order.order_id for order in answer.context["cl"].result_list]


def test_an_order_is_found_by_whatever_somebody_has_of_it(desk: Client, alice: User) -> None:
    order = cast.order_of(
        alice, exchange_order_id=987654321, client_order_id="Mine-1", symbol="ETHUSDT"
    )
    cast.order_of(cast.trader("bob@example.com"))
    whole = str(order.order_id)
    terms = [whole, whole[:8], whole.replace("-", "").upper(), f" {whole} ", "987654321"]
    for term in [*terms, "Mine-1", "ALICE@example", "alice@example.com", "ethusdt"]:
        assert found(desk, term) == [order.order_id], term


@pytest.mark.parametrize("term", ["nobody@example.com", "9" * 30, "%", "mine-1", NOBODYS])
def test_what_nobody_has_is_not_found(desk: Client, alice: User, term: str) -> None:
    cast.order_of(alice, client_order_id="Mine-1")
    assert found(desk, term) == []


def test_the_list_of_doubts_begins_with_the_oldest(desk: Client, alice: User) -> None:
    now = timezone.now()
    ages = [60, 3600, 600]
    made = {age: due_later(alice, claimed_at=now - timedelta(seconds=age)) for age in ages}
    cast.submitted_of(alice)  # Sent a moment ago: no doubt yet.
    cast.submitted_of(alice, status=Status.NEW)

    answer = desk.get(f"/admin/{ORDER}/", {"needs": "outcome"})
    shown = [order.pk for order in answer.context["cl"].result_list]
    assert shown == [made[age].pk for age in (3600, 600, 60)]
    assert "outcome unknown for 1 h" in answer.content.decode()
