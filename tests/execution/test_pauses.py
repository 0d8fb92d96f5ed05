"""What the exchange asks us to wait for is waited for, and no order is lost by it."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from execution.executor import Executor
from execution.sweep import Sweep
from tests import cast
from tests.execution.test_doubt import POST_ORDER, ends, posts
from tests.paper_exchange import PaperExchange
from tests.waiting import eventually
from trading import ledger
from trading.models import Order
from trading.states import Status

EVERYTHING: dict[str, str] = {}


def calls(paper: PaperExchange) -> int:
    """Calls that came through since the counting fault was set."""
    return sum(fault["hits"] for fault in paper.faults() if fault["action"] == "delay")


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
    paper.fault("delay", EVERYTHING, ms=0, times=-1)
    order = cast.order_of(alice)
    eventually(lambda: executor.holds.environments() == ["PAPER"])
    before = calls(paper)
    other = cast.order_of(bob)
    eventually(lambda: executor.holds.left("PAPER") < 0.3)
    assert calls(paper) == before
    ends(order, Status.FILLED)
    ends(other, Status.FILLED)
    assert (order.attempt, other.attempt) == (2, 1)


def test_cancels_go_first_when_a_pause_ends(
    alice: User, paper: PaperExchange, executor: Executor, sweep: Sweep
) -> None:
    old = resting(alice)
    ends(old, Status.NEW)
    paper.fault("rate_limit", POST_ORDER, retryAfter=1)
    refused = resting(alice)
    eventually(lambda: executor.holds.environments() == ["PAPER"])
    ledger.request_cancel(alice.pk, old.account_id, old.order_id)
    ends(refused, Status.NEW)
    ends(old, Status.CANCELED)
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
    ends(others, Status.FILLED)
    first.refresh_from_db()
    assert first.status == Status.PENDING
    ends(first, Status.FILLED)


def test_a_clock_that_is_off_costs_one_attempt(
    alice: User, paper: PaperExchange, sweep: Sweep
) -> None:
    ends(cast.order_of(alice), Status.FILLED)
    paper.fault("skew_clock", ms=30_000, times=-1)
    order = cast.order_of(alice)
    ends(order, Status.FILLED)
    assert order.attempt == 2
    assert len(paper.orders(str(order.order_id))) == 1


def test_a_clock_that_is_refused_twice_waits_for_the_deadline(
    alice: User, paper: PaperExchange, sweep: Sweep, settings: Any
) -> None:
    settings.DEADLINE_SECONDS = 1.0
    paper.fault("refuse", POST_ORDER, code=-1021, msg="Timestamp.", times=-1)
    order = cast.order_of(alice)
    ends(order, Status.CANCELED)
    assert order.attempt == posts(paper) == 2
    assert paper.orders(str(order.order_id)) == []


def test_an_exchange_that_is_away_for_a_moment_loses_no_order(
    alice: User, paper: PaperExchange, sweep: Sweep
) -> None:
    paper.kill()
    order = cast.order_of(alice)
    eventually(lambda: (order.refresh_from_db(), order.attempt > 0)[1])
    paper.start()
    ends(order, Status.FILLED)
    assert len(paper.orders(str(order.order_id))) == 1
