"""An account whose stored keys cannot be decrypted harms no other and loses none of its orders."""

from decimal import Decimal

import pytest
from django.db.models import TextField, Value

from accounts.models import ExchangeAccount, User
from execution import sending
from execution.exchange import SubmitRequest
from execution.executor import Executor
from execution.sweep import Sweep
from tests import cast
from tests.execution.watching import becomes, count_calls, counted, ends
from tests.paper_exchange import PaperExchange
from tests.waiting import eventually
from trading import ledger
from trading.ledger import Claim
from trading.models import Order
from trading.states import Status


def lose_keys(trader: User) -> None:
    """Put something in the place of a key that is no token of any of FIELD_ENCRYPTION_KEYS."""
    nonsense = Value("not a token", output_field=TextField())
    ExchangeAccount.objects.filter(user=trader).update(api_key=nonsense)


def resting(trader: User) -> Order:
    return cast.order_of(trader, type="LIMIT", price=Decimal(40_000), time_in_force="GTC")


def test_an_order_is_refused_unsent_and_only_its_own_account_halted(
    alice: User, bob: User, executor: Executor, paper: PaperExchange
) -> None:
    count_calls(paper)
    lost, sound = cast.order_of(alice), cast.order_of(bob)
    lose_keys(alice)
    executor.drain()
    ends(lost, sound)
    assert (lost.status, lost.reason) == (
        Status.REJECTED,
        "The stored keys of the account cannot be read.",
    )
    assert (sound.status, sound.attempt) == (Status.FILLED, 1)
    assert counted(paper) == 1
    assert cast.account_of(alice).state == ExchangeAccount.State.HALTED
    assert cast.account_of(bob).state == ExchangeAccount.State.ACTIVE


def test_cancels_and_look_ups_of_others_go_on(
    alice: User, bob: User, executor: Executor, sweep: Sweep
) -> None:
    lost, sound = resting(alice), resting(bob)
    becomes(lost, Status.NEW)
    becomes(sound, Status.NEW)
    lose_keys(alice)
    for order in (lost, sound):
        ledger.request_cancel(order.user_id, order.account_id, order.order_id)
    doubt, others_doubt = cast.submitted_of(alice), cast.submitted_of(bob)
    becomes(sound, Status.CANCELED)
    becomes(others_doubt, Status.REJECTED)
    lost.refresh_from_db()
    doubt.refresh_from_db()
    assert (lost.status, doubt.status) == (Status.NEW, Status.SUBMITTED)


def test_balances_of_others_are_fetched(alice: User, bob: User, executor: Executor) -> None:
    lose_keys(alice)
    executor.want_balances()
    eventually(lambda: cast.account_of(bob).balances_as_of)
    assert cast.account_of(alice).balances_as_of is None


def test_a_claimed_order_that_no_call_is_made_for_is_tried_again(
    alice: User, bob: User, paper: PaperExchange, sweep: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "_UNSENT_SECONDS", 0.0)
    request_of, failures = sending.request_of, iter([ValueError("a bug")])

    def failing_once(claim: Claim) -> SubmitRequest:
        for failure in failures:
            raise failure
        return request_of(claim)

    count_calls(paper)
    monkeypatch.setattr(sending, "request_of", failing_once)
    orders = [cast.order_of(trader) for trader in (alice, bob)]
    ends(*orders)
    assert {order.status for order in orders} == {Status.FILLED}
    assert sorted(order.attempt for order in orders) == [1, 2]
    assert counted(paper) == 2
