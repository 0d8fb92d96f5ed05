"""Who may send what: one claim wins, one lane keeps an account's order, nothing is sent late."""

import threading
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.db.models import F
from django.db.models.functions import Now

from accounts.models import ExchangeAccount, User
from tests import cast
from trading import ledger
from trading.ledger import claims
from trading.models import Order, Platform
from trading.results import Doubtful
from trading.states import Status


def claim(owner: str = "one", *, limit: int = 100) -> list[Order]:
    ledger.take_lanes(owner)
    return [claimed.order for claimed in ledger.claim(owner, limit=limit)]


def age(order: Order, seconds: float) -> None:
    Order.objects.filter(pk=order.pk).update(created_at=Now() - timedelta(seconds=seconds))


def at_once(count: int, work: Callable[[int], Any]) -> None:
    """Run the work in as many threads as are asked for, all let go at the same moment."""
    start = threading.Barrier(count)

    def run(number: int) -> None:
        try:
            start.wait()
            work(number)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_claim_numbers_the_attempt_and_says_when_to_ask(alice: User) -> None:
    cast.order_of(alice)
    (order,) = claim()
    assert (order.status, order.attempt) == ("SUBMITTED", 1)
    assert order.claimed_at is not None and order.next_check_at is not None
    assert order.next_check_at > order.claimed_at


def test_an_order_is_claimed_once(alice: User) -> None:
    cast.order_of(alice)
    assert len(claim("one")) == 1
    assert claim("one") == claim("two") == []


def test_an_order_placed_elsewhere_is_never_sent(alice: User) -> None:
    cast.order_of(alice, source=Order.Source.EXTERNAL, exchange_order_id=77)
    assert ledger.take_lanes("one") == []
    cast.order_of(alice)
    assert [order.source for order in claim()] == [Order.Source.USER]


def test_an_order_whose_account_cannot_be_loaded_is_not_claimed(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(orders: Iterable[Order]) -> dict[int, ExchangeAccount]:
        raise OperationalError("the connection is lost")

    order = cast.order_of(alice)
    monkeypatch.setattr(claims, "_accounts", failing)
    with pytest.raises(OperationalError):
        claim()
    order.refresh_from_db()
    assert (order.status, order.attempt) == (Status.PENDING, 0)


def test_claims_come_in_the_order_of_acceptance(alice: User) -> None:
    placed = [cast.order_of(alice).pk for _ in range(5)]
    assert [order.pk for order in claim(limit=3) + claim(limit=3)] == placed


def test_only_the_owner_of_the_lane_claims(alice: User) -> None:
    cast.order_of(alice)
    assert ledger.take_lanes("one") == [cast.account_of(alice).pk]
    assert ledger.take_lanes("two") == []
    assert ledger.claim("two", limit=10) == []
    ledger.drop_lanes("one")
    assert len(claim("two")) == 1


def test_a_lane_whose_owner_died_is_taken_over(alice: User, settings: Any) -> None:
    settings.LEASE_SECONDS = 0
    cast.order_of(alice)
    ledger.take_lanes("one")
    assert ledger.take_lanes("two") == [cast.account_of(alice).pk]


@pytest.mark.parametrize(
    "change",
    [
        {"state": ExchangeAccount.State.HALTED},
        {"provisioned_at": None},
    ],
)
def test_an_account_that_may_not_send_is_not_claimed(alice: User, change: dict[str, Any]) -> None:
    cast.order_of(alice)
    ExchangeAccount.objects.update(**change)
    assert claim() == []


def test_a_halted_platform_claims_nothing(alice: User) -> None:
    cast.order_of(alice)
    Platform.objects.create(halted_at=Now(), reason="Restored from a backup.")
    assert claim() == []


def test_an_order_waits_for_its_time(alice: User) -> None:
    order = cast.order_of(alice, not_before=Now() + timedelta(minutes=1))
    assert claim() == []
    Order.objects.update(not_before=F("not_before") - timedelta(minutes=2))
    assert [claimed.pk for claimed in claim()] == [order.pk]


def test_a_stale_order_is_not_sent_but_cancelled(alice: User) -> None:
    market = cast.order_of(alice)
    limit = cast.order_of(alice, type="LIMIT", price=1, time_in_force="GTC")
    ioc = cast.order_of(alice, type="LIMIT", price=1, time_in_force="IOC")
    for order in (market, limit, ioc):
        age(order, 31)
    assert [order.pk for order in claim()] == [limit.pk]
    assert ledger.expire_pending() == 2
    assert {order.status for order in Order.objects.exclude(pk=limit.pk)} == {"CANCELED"}
    assert cast.told(alice) == [(1, "CANCELED"), (2, "CANCELED")]


def test_a_resting_order_waits_five_minutes(alice: User) -> None:
    age(cast.order_of(alice, type="LIMIT", price=1, time_in_force="GTC"), 301)
    assert claim() == []
    assert ledger.expire_pending() == 1


def test_a_doubt_is_asked_about_before_what_only_rests(alice: User) -> None:
    resting = {"status": Status.NEW, "next_check_at": Now() - timedelta(minutes=1)}
    for _ in range(3):
        cast.submitted_of(alice, **resting)
    doubt = cast.submitted_of(alice)
    assert [check.order.pk for check in ledger.claim_checks(limit=1)] == [doubt.pk]


@pytest.mark.django_db(transaction=True)
def test_of_five_drains_at_once_one_claims(alice: User) -> None:
    placed = [cast.order_of(alice).pk for _ in range(20)]
    claimed: list[int] = []

    def drain(number: int) -> None:
        claimed.extend(order.pk for order in claim(f"drain {number}"))

    at_once(5, drain)
    assert sorted(claimed) == placed
    assert set(Order.objects.values_list("attempt", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_a_cancel_and_a_claim_at_once_agree(alice: User) -> None:
    for _ in range(10):
        order = cast.order_of(alice)
        claimed: list[Order] = []

        def race(number: int, order: Order = order, claimed: list[Order] = claimed) -> None:
            if number:
                claimed += claim()
            else:
                ledger.request_cancel(alice.pk, order.account_id, order.order_id)

        at_once(2, race)
        order.refresh_from_db()
        assert order.status == (Status.SUBMITTED if claimed else Status.CANCELED)
        assert order.cancel_requested_at is not None


@pytest.mark.django_db(transaction=True)
def test_batches_that_touch_the_same_rows_do_not_deadlock(alice: User, bob: User) -> None:
    orders = [cast.submitted_of(user) for _ in range(10) for user in (alice, bob)]

    def batch(number: int) -> None:
        doubts = [Doubtful(order.order_id, 1, f"No answer to {number}.") for order in orders]
        ledger.record(doubts if number % 2 else doubts[::-1])

    at_once(4, batch)
    for user in (alice, bob):
        assert [seq for seq, _ in cast.told(user)] == list(range(1, 41))
