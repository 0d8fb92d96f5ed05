"""Who may pause an account, and who may let it trade again."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from accounts import pauses
from accounts.models import ExchangeAccount, User
from tests.cast import account_of, trader
from tradeplat.problems import Conflict
from trading.ledger.halts import halt_account

By = ExchangeAccount.By


@pytest.fixture
def alice(db: None) -> User:
    return trader("alice@example.com")


def state_of(user: User) -> tuple[str, str]:
    account = account_of(user)
    return account.state, account.state_by


def set_state(user: User, state: str) -> None:
    pauses.set_state(user.pk, account_of(user).pk, state)


def worked(user: User, *, ok: bool = True) -> None:
    """The exchange has taken the key just now."""
    ExchangeAccount.objects.filter(user=user).update(
        last_check_ok=ok, key_worked_at=datetime.now(UTC)
    )


@pytest.mark.parametrize("state", ["REDUCING", "HALTED"])
def test_ones_own_pause_is_ones_own_to_take_back(alice: User, state: str) -> None:
    set_state(alice, state)
    assert state_of(alice) == (state, By.USER)
    assert account_of(alice).state_reason

    set_state(alice, "ACTIVE")

    assert state_of(alice) == ("ACTIVE", "")
    assert account_of(alice).state_reason == ""


@pytest.mark.parametrize("state", ["ACTIVE", "REDUCING"])
def test_what_an_operator_has_set_stays(alice: User, state: str) -> None:
    halt_account(account_of(alice).pk, "Looks odd.", by=By.OPERATOR)
    worked(alice)

    with pytest.raises(Conflict, match="operator"):
        set_state(alice, state)
    assert state_of(alice) == ("HALTED", By.OPERATOR)


def test_what_the_exchange_caused_needs_a_key_that_works_since(alice: User) -> None:
    worked(alice)
    halt_account(account_of(alice).pk, "Invalid API-key.")
    with pytest.raises(Conflict, match="refused the key"):
        set_state(alice, "ACTIVE")

    worked(alice)
    set_state(alice, "ACTIVE")

    assert state_of(alice) == ("ACTIVE", "")


def test_a_key_that_stopped_working_again_does_not_do(alice: User) -> None:
    halt_account(account_of(alice).pk, "Invalid API-key.")
    worked(alice, ok=False)

    with pytest.raises(Conflict):
        set_state(alice, "ACTIVE")


@pytest.mark.parametrize(
    ("first", "then", "whose"),
    [
        (By.USER, By.EXCHANGE, By.EXCHANGE),
        (By.USER, By.OPERATOR, By.OPERATOR),
        (By.EXCHANGE, By.OPERATOR, By.OPERATOR),
        (By.OPERATOR, By.EXCHANGE, By.OPERATOR),
    ],
)
def test_the_stronger_word_stands(alice: User, first: str, then: str, whose: str) -> None:
    for by in (first, then):
        halt_account(account_of(alice).pk, "A reason.", by=by)

    assert state_of(alice) == ("HALTED", whose)


def test_a_lifted_pause_wakes_the_orders_that_waited(
    django_capture_on_commit_callbacks: Callable[..., object], alice: User
) -> None:
    set_state(alice, "HALTED")
    with django_capture_on_commit_callbacks() as told:  # type: ignore[attr-defined]
        set_state(alice, "ACTIVE")

    assert len(told) == 2  # The sockets, and the bell.
