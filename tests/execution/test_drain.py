"""A drain sends what was accepted: each order once, one account's in the order of acceptance."""

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import connection

from accounts.models import ExchangeAccount, User
from execution.executor import Executor
from execution.models import SubmitLane
from tests import cast
from tests.execution.watching import becomes, ends
from tests.paper_exchange import PaperExchange
from tests.waiting import eventually
from trading import ledger
from trading.publisher import publisher
from trading.states import Status


def drained(executor: Executor) -> threading.Thread:
    """A drain on a thread of its own, as a worker's pool would run it."""

    def run() -> None:
        executor.drain()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_an_accepted_order_is_filled_and_told(
    alice: User, executor: Executor, paper: PaperExchange
) -> None:
    order = cast.order_of(alice)
    executor.drain()
    ends(order)
    assert order.status == Status.FILLED
    assert order.filled_quantity == order.executed_quantity == Decimal("0.01")
    assert cast.told(alice) == [(1, "FILLED")]
    assert len(paper.orders(str(order.order_id))) == 1


def test_more_orders_than_slots_are_all_sent(
    alice: User, executors: Callable[[], Executor], settings: Any
) -> None:
    settings.SENDING_SLOTS = 2
    orders = [cast.order_of(alice) for _ in range(10)]
    executors().drain()
    ends(*orders)
    assert {order.status for order in orders} == {Status.FILLED}


def test_an_accounts_orders_start_in_the_order_of_acceptance(
    alice: User,
    executors: Callable[[], Executor],
    paper: PaperExchange,
    settings: Any,
) -> None:
    settings.SENDING_SLOTS = 1
    orders = [cast.order_of(alice) for _ in range(10)]
    first, second = executors(), executors()
    threads = [drained(first), drained(second)]
    ends(*orders)
    for thread in threads:
        thread.join()
    placed = [paper.orders(str(order.order_id))[0]["orderId"] for order in orders]
    assert placed == sorted(placed)


def test_five_drains_of_the_same_orders_send_each_once(
    alice: User, bob: User, executors: Callable[[], Executor], paper: PaperExchange
) -> None:
    orders = [cast.order_of(trader) for _ in range(10) for trader in (alice, bob)]
    threads = [drained(executors()) for _ in range(5)]
    ends(*orders)
    for thread in threads:
        thread.join()
    assert [len(paper.orders(str(order.order_id))) for order in orders] == [1] * 20
    assert {order.attempt for order in orders} == {1}


def test_a_drain_keeps_its_lanes_while_an_order_is_on_its_way(
    alice: User, executor: Executor, paper: PaperExchange
) -> None:
    ends_at_once = cast.order_of(alice)
    executor.drain()
    ends(ends_at_once)
    assert not SubmitLane.objects.exists()
    paper.fault("never_answer", {"method": "POST", "path": "order"}, accept=True)
    cast.order_of(alice)
    executor.drain()
    assert SubmitLane.objects.get().owner == executor.owner


def test_a_lingering_drain_hears_the_bell(alice: User, executor: Executor, settings: Any) -> None:
    settings.SWEEP_SECONDS = settings.LINGER_SECONDS = 60.0
    first = cast.order_of(alice)
    draining = drained(executor)
    ends(first)
    second = cast.order_of(alice)
    publisher.ring()
    ends(second)
    executor.stop(5)
    publisher.ring()
    draining.join(10)
    assert not draining.is_alive()


def test_a_resting_order_is_cancelled_on_demand(
    alice: User, executor: Executor, paper: PaperExchange
) -> None:
    order = cast.order_of(alice, type="LIMIT", price=Decimal(40_000), time_in_force="GTC")
    executor.drain()
    becomes(order, Status.NEW)
    ledger.request_cancel(alice.pk, order.account_id, order.order_id)
    executor.drain()
    ends(order)
    assert order.status == Status.CANCELED
    assert paper.orders(str(order.order_id))[0]["status"] == "CANCELED"


def test_a_refused_order_is_told_why_in_plain_words(alice: User, executor: Executor) -> None:
    order = cast.order_of(alice, quantity=Decimal(1))
    executor.drain()
    ends(order)
    assert (order.status, order.reason) == (
        Status.REJECTED,
        "The exchange refused: not enough USDT.",
    )


def test_a_refused_key_halts_its_account(alice: User, executor: Executor) -> None:
    account = cast.account_of(alice)
    account.set_keys("a-key-that-nobody-knows", "a secret")
    account.save()
    first = cast.order_of(alice)
    executor.drain()
    ends(first)
    account.refresh_from_db()
    assert account.state == ExchangeAccount.State.HALTED
    second = cast.order_of(alice)
    executor.drain()
    second.refresh_from_db()
    assert (second.status, second.attempt) == (Status.PENDING, 0)


def test_a_fill_shows_in_the_balances_soon(alice: User, executor: Executor) -> None:
    order = cast.order_of(alice)
    executor.drain()
    account = cast.account_of(alice)
    eventually(lambda: account.balances.filter(asset="USDT", free__lt=10_000).exists())
    assert order.account_id == account.pk
