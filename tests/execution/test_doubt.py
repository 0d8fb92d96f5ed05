"""An order whose outcome is not known is never sent again: the exchange is asked about it."""

import time
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from execution import exchanges, loop, sending
from execution.executor import Executor
from execution.sweep import Sweep
from tests import cast
from tests.execution.watching import POST_ORDER, becomes, count_calls, counted
from tests.paper_exchange import PaperExchange
from tests.waiting import eventually
from trading import ledger
from trading.ledger import Claim
from trading.models import Order
from trading.results import Reported, Result, Unsent
from trading.states import NOT_PLACED, Status

DEAD = "a worker that died"


def claimed_by_the_dead(order: Order) -> Claim:
    assert ledger.take_lanes(DEAD) == [order.account_id]
    (claim,) = ledger.claim(DEAD, limit=1)
    return claim


@pytest.mark.parametrize(
    ("action", "details"),
    [
        ("never_answer", {"accept": True}),
        ("accept_then_close", {}),
        ("accept_then_5xx", {"status": 503}),
        ("accept_then_5xx", {"status": 504, "code": -1007}),
        ("garbage", {"kind": "cut", "accept": True}),
        ("garbage", {"kind": "html", "accept": True}),
    ],
)
def test_what_the_exchange_took_is_found_and_filled(
    alice: User, paper: PaperExchange, sweep: Sweep, action: str, details: dict[str, Any]
) -> None:
    paper.fault(action, POST_ORDER, **details)
    count_calls(paper)
    order = cast.order_of(alice)
    becomes(order, Status.FILLED)
    eventually(lambda: sum(fill.quantity for fill in order.fills.all()) == order.executed_quantity)
    assert [status for _, status in cast.told(alice)][:1] == ["SUBMITTED"]
    assert len(paper.orders(str(order.order_id))) == 1
    assert counted(paper) == 1


@pytest.mark.parametrize(
    ("action", "details"),
    [
        ("never_answer", {"accept": False}),
        ("drop", {}),
        ("status", {"status": 502, "body": "<html>Bad gateway</html>", "accept": False}),
    ],
)
def test_what_the_exchange_did_not_take_is_proven_not_placed(
    alice: User, paper: PaperExchange, sweep: Sweep, action: str, details: dict[str, Any]
) -> None:
    paper.fault(action, POST_ORDER, **details)
    count_calls(paper)
    order = cast.order_of(alice)
    becomes(order, Status.REJECTED)
    assert order.reason == NOT_PLACED
    assert cast.told(alice) == [(1, "SUBMITTED"), (2, "REJECTED")]
    assert counted(paper) == 1


def test_a_duplicate_is_adopted(alice: User, paper: PaperExchange, sweep: Sweep) -> None:
    order = cast.order_of(alice, type="LIMIT", price=Decimal(40_000), time_in_force="GTC")
    becomes(order, Status.NEW)
    # As if the first answer had been lost, and with it everything that it said.
    Order.objects.filter(pk=order.pk).update(status=Status.PENDING, exchange_order_id=None)
    becomes(order, Status.NEW)
    assert order.attempt == 2
    assert len(paper.orders(str(order.order_id))) == 1


def test_an_order_that_nobody_was_woken_for_is_swept(
    alice: User, paper: PaperExchange, sweep: Sweep
) -> None:
    order = cast.order_of(alice)
    becomes(order, Status.FILLED)


def test_an_order_claimed_by_a_killed_worker_is_not_sent_again(
    alice: User, paper: PaperExchange, sleeping_sweep: Sweep
) -> None:
    count_calls(paper)
    order = cast.order_of(alice)
    claimed_by_the_dead(order)
    sleeping_sweep.start()
    becomes(order, Status.REJECTED)
    assert order.reason == NOT_PLACED
    assert counted(paper) == 0


def test_an_order_that_a_killed_worker_had_sent_is_found(
    alice: User, paper: PaperExchange, executor: Executor, sleeping_sweep: Sweep
) -> None:
    order = cast.order_of(alice)
    sent = send(claimed_by_the_dead(order), executor, not_after=time.monotonic() + 5)
    assert isinstance(sent, Reported)  # And died before it was recorded.
    sleeping_sweep.start()
    becomes(order, Status.FILLED)
    assert order.attempt == 1
    assert len(paper.orders(str(order.order_id))) == 1


def test_a_claim_older_than_its_lease_is_released_and_sent_anew(
    alice: User, paper: PaperExchange, executor: Executor, sleeping_sweep: Sweep
) -> None:
    count_calls(paper)
    order = cast.order_of(alice)
    late = send(claimed_by_the_dead(order), executor, not_after=time.monotonic())
    assert isinstance(late, Unsent)
    assert counted(paper) == 0
    ledger.record([late])
    sleeping_sweep.start()
    becomes(order, Status.FILLED)
    assert order.attempt == 2
    assert counted(paper) == 1


def send(claim: Claim, executor: Executor, *, not_after: float) -> Result:
    call = sending.submit(
        claim,
        sending.request_of(claim),
        exchanges.exchange_for("PAPER"),
        executor.holds,
        not_after=not_after,
    )
    return loop.run(call, 10)
