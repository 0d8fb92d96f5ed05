"""What the exchange asks us to wait for is waited for, and no order is lost by it."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from execution.executor import Executor
from execution.sweep import Sweep
from tests import cast
from tests.execution.watching import POST_ORDER, becomes, count_calls, counted, is_tried
from tests.paper_exchange import PaperExchange
from tests.waiting import eventually
from trading import ledger
from trading.models import Order
from trading.states import Status


def resting(trader: User) -> Order:
    return cast.order_of(trader, type="LIMIT", price=Decimal(40_000), time_in_force="GTC")


@pytest.mark.parametrize("status", [429, 418])
def test_nothing_goes_to_an_exchange_that_asked_for_a_pause(
    alice: User,
    bob: User,
    paper: PaperExchange,
    executor: Executor,
    sweep: Sweep,
    status: int,
) -> None:
    paper.fault("rate_limit", POST_ORDER, status=status, retryAfter=2)
    count_calls(paper, match={})
    order = cast.order_of(alice)
    eventually(lambda: executor.holds.environments() == ["PAPER"])
    before = counted(paper)
    other = cast.order_of(bob)
    eventually(lambda: executor.holds.left("PAPER") < 0.3)
    assert counted(paper) == before
    becomes(order, Status.FILLED)
    becomes(other, Status.FILLED)
    assert (order.attempt, other.attempt) == (2, 1)


def test_cancels_go_first_when_a_pause_ends(
    alice: User, paper: PaperExchange, executor: Executor, sweep: Sweep
) -> None:
    old = resting(alice)
    becomes(old, Status.NEW)
    paper.fault("rate_limit", POST_ORDER, retryAfter=1)
    refused = resting(alice)
    eventually(lambda: executor.holds.environments() == ["PAPER"])
    ledger.request_cancel(alice.pk, old.account_id, old.order_id)
    becomes(refused, Status.NEW)
    becomes(old, Status.CANCELED)
    (cancelled,), (placed,) = (paper.orders(str(each.order_id)) for each in (old, refused))
    assert cancelled["sequence"] < placed["sequence"]


def test_an_account_with_too_many_orders_waits_while_others_go_on(
    alice: User, bob: User, paper: PaperExchange, executor: Executor, sweep: Sweep
) -> None:
    account = cast.account_of(alice)
    paper.fault("rate_limit", {**POST_ORDER, "apiKey": account.api_key}, code=-1015, retryAfter=2)
    first = cast.order_of(alice)
    eventually(lambda: executor.holds.left(account.pk) > 0)
    others = cast.order_of(bob)
    becomes(others, Status.FILLED)
    first.refresh_from_db()
    assert first.status == Status.PENDING
    becomes(first, Status.FILLED)


def test_a_clock_that_is_off_costs_one_attempt(
    alice: User, paper: PaperExchange, sweep: Sweep
) -> None:
    becomes(cast.order_of(alice), Status.FILLED)
    paper.fault("skew_clock", ms=30_000, times=-1)
    order = cast.order_of(alice)
    becomes(order, Status.FILLED)
    assert order.attempt == 2
    assert len(paper.orders(str(order.order_id))) == 1


def test_a_clock_that_is_refused_twice_waits_for_the_deadline(
    alice: User, paper: PaperExchange, sweep: Sweep, settings: Any
) -> None:
    settings.DEADLINE_SECONDS = 1.0
    paper.fault("refuse", POST_ORDER, code=-1021, msg="Timestamp.", times=-1)
    order = cast.order_of(alice)
    becomes(order, Status.CANCELED)
    assert order.attempt == counted(paper) == 2
    assert paper.orders(str(order.order_id)) == []


def test_a_clock_that_is_refused_after_another_release_costs_one_attempt_more(
    alice: User, paper: PaperExchange, sweep: Sweep
) -> None:
    paper.fault("rate_limit", POST_ORDER, retryAfter=1)
    order = cast.order_of(alice)
    is_tried(order)
    paper.fault("refuse", POST_ORDER, code=-1021, msg="Timestamp.")
    becomes(order, Status.FILLED)
    assert order.attempt == 3


def test_an_exchange_that_is_away_for_a_moment_loses_no_order(
    alice: User, paper: PaperExchange, sweep: Sweep
) -> None:
    paper.kill()
    order = cast.order_of(alice)
    is_tried(order)
    paper.start()
    becomes(order, Status.FILLED)
    assert len(paper.orders(str(order.order_id))) == 1
