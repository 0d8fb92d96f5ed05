"""Chores are done by one process for all."""

from collections.abc import Callable
from datetime import timedelta

from accounts.models import User
from execution import leases, symbols
from execution.executor import Executor
from execution.sweep import Sweep
from tests import cast
from tests.paper_exchange import PaperExchange
from tests.waiting import eventually
from trading import symbols as known_symbols
from trading.models import Symbol


def test_a_lease_has_one_owner(db: None) -> None:
    assert leases.take("a chore", "one", 60)
    assert not leases.take("a chore", "another", 60)
    assert leases.take("a chore", "one", 60)


def test_a_lease_that_ran_out_or_was_given_back_is_free(db: None) -> None:
    assert leases.take("a chore", "one", -1)
    assert leases.take("a chore", "another", 60)
    leases.drop("a chore", "one")
    assert not leases.take("a chore", "one", 60)
    leases.drop("a chore", "another")
    assert leases.take("a chore", "one", 60)


def test_a_fresh_platform_learns_its_symbols_by_itself(
    transactional_db: None, paper: PaperExchange, sweep: Sweep
) -> None:
    eventually(lambda: Symbol.objects.filter(environment="PAPER", symbol="BTCUSDT").exists())
    btcusdt = Symbol.objects.get(environment="PAPER", symbol="BTCUSDT")
    assert (btcusdt.base, btcusdt.quote) == ("BTC", "USDT")
    assert "LOT_SIZE" in btcusdt.filters


def test_fresh_symbols_are_left_alone(transactional_db: None, paper: PaperExchange) -> None:
    assert symbols.refresh_stale("one")
    paper.fault("status", {"path": "exchangeInfo"}, status=500, times=-1)
    assert symbols.refresh_stale("another")


def test_a_symbol_that_is_no_longer_listed_cannot_be_traded(
    transactional_db: None, paper: PaperExchange
) -> None:
    cast.market("OLDUSDT")
    Symbol.objects.update(refreshed_at="2020-01-01T00:00:00Z")
    assert symbols.refresh_stale("one")
    assert Symbol.objects.get(symbol="OLDUSDT").status == known_symbols.GONE
    assert known_symbols.are_fresh("PAPER", within=timedelta(minutes=1))


def test_balances_of_every_account_are_fetched_now_and_then(
    alice: User, bob: User, executor: Executor
) -> None:
    executor.want_balances()
    for trader in (alice, bob):
        account = cast.account_of(trader)
        eventually(account.balances.filter(asset="USDT").exists)


def test_a_chore_is_not_done_twice_at_once(
    transactional_db: None, paper: PaperExchange, executors: Callable[[], Executor]
) -> None:
    assert leases.take("symbols:PAPER", "another", 60)
    assert not symbols.refresh_stale(executors().owner)
    assert not Symbol.objects.exists()
