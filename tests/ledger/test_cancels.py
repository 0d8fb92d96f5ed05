"""A cancel is committed before it is answered, and ends in what the exchange says."""

import pytest

from accounts.models import User
from tests import cast
from tests.ledger.test_recording import read, record
from tradeplat.problems import Conflict, NotFound
from trading import ledger
from trading.models import Order, OrderEvent


def cancel(order: Order) -> Order:
    return ledger.request_cancel(order.user_id, order.account_id, order.order_id)


def test_what_was_not_sent_is_cancelled_at_once(alice: User) -> None:
    order = cancel(cast.order_of(alice))
    assert (order.status, read(order).status) == ("CANCELED", "CANCELED")
    assert cast.told(alice) == [(1, "CANCELED")]


def test_what_is_at_the_exchange_is_asked_for(alice: User) -> None:
    order = cast.submitted_of(alice)
    record(cast.report(order.order_id, "NEW"))
    assert cancel(order).status == "NEW"
    assert OrderEvent.objects.last().reason == "CANCEL_REQUESTED"  # type: ignore[union-attr]
    assert [claimed.order.pk for claimed in ledger.claim_cancels(limit=10)] == [order.pk]
    assert ledger.claim_cancels(limit=10) == []  # Until it is time to repeat it.


def test_asking_twice_is_asking_once(alice: User) -> None:
    order = cast.submitted_of(alice, status="NEW")
    cancel(order)
    cancel(order)
    assert cast.told(alice) == [(1, "NEW")]


def test_a_cancel_waits_while_the_outcome_is_not_known(alice: User) -> None:
    order = cast.submitted_of(alice)
    assert cancel(order).status == "SUBMITTED"
    assert ledger.claim_cancels(limit=10) == []
    record(cast.report(order.order_id, "NEW"))
    assert len(ledger.claim_cancels(limit=10)) == 1


def test_an_order_that_has_ended_cannot_be_cancelled(alice: User) -> None:
    with pytest.raises(Conflict, match="FILLED already"):
        cancel(cast.order_of(alice, status="FILLED"))


def test_nobody_cancels_what_is_anothers(alice: User, bob: User) -> None:
    order = cast.order_of(alice)
    with pytest.raises(NotFound):
        ledger.request_cancel(bob.pk, cast.account_of(bob).pk, order.order_id)
    assert read(order).status == "PENDING"


def test_all_open_orders_of_a_symbol_are_cancelled(alice: User, bob: User) -> None:
    mine = [cast.order_of(alice), cast.submitted_of(alice)]
    others = [cast.order_of(alice, symbol="ETHUSDT"), cast.order_of(bob)]
    assert ledger.request_cancel_all(alice.pk, mine[0].account_id, "BTCUSDT") == 2
    assert all(read(order).cancel_requested_at for order in mine)
    assert not any(read(order).cancel_requested_at for order in others)
