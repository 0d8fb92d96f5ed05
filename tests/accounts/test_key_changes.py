"""A new pair replaces the old one when the exchange has taken it, and not before."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts import exchange_accounts, key_changes, key_check
from accounts.models import ExchangeAccount, User
from execution.exchanges import close_all
from execution.executor import executor
from execution.holds import Holds
from tests.cast import account_of, trader
from tests.paper_exchange import PaperExchange
from tradeplat.problems import Conflict

pytestmark = pytest.mark.django_db(transaction=True)
OLD = {"api_key": "old-" + "o" * 60, "secret_key": "s" * 64}
NEW = {"api_key": "new-" + "n" * 60, "secret_key": "t" * 64}


@pytest.fixture(autouse=True)
def _exchange(
    testnet: PaperExchange, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setattr(executor, "holds", Holds())
    settings.EXCHANGE_URLS = {
        "TESTNET": {"REST_URL": testnet.rest_url},
        "DEMO": {"REST_URL": testnet.rest_url},
    }
    for pair in (OLD, NEW):
        testnet.provision(pair["api_key"], pair["secret_key"])
    yield
    testnet.clear_faults()
    close_all()


@pytest.fixture
def alice() -> User:
    return trader("alice@example.com")


@pytest.fixture
def account(alice: User) -> ExchangeAccount:
    """One whose key works."""
    return checked(exchange_accounts.add(alice, name="Test", environment="TESTNET", **OLD))


def checked(account: ExchangeAccount) -> ExchangeAccount:
    key_check.check_wanted()
    account.refresh_from_db()
    return account


def propose(account: ExchangeAccount, pair: dict[str, str]) -> ExchangeAccount:
    key_changes.propose(account.user_id, account.pk, **pair)
    return checked(account)


def is_same_account(account: ExchangeAccount, pair: dict[str, str]) -> None:
    """Make the exchange's number of the account that of this pair."""
    other = exchange_accounts.add(account.user, name="Other", environment="TESTNET", **pair)
    uid = checked(other).exchange_uid
    exchange_accounts.archive(account.user_id, other.pk)
    ExchangeAccount.objects.filter(pk=account.pk).update(exchange_uid=uid)


def test_a_check_that_is_asked_for_is_answered(account: ExchangeAccount) -> None:
    assert account.check_wanted_at is None
    assert account.last_check_result == "The key works."
    assert account.key_worked_at is not None and account.exchange_uid is not None


def test_a_pair_of_the_same_account_replaces_the_old_one(account: ExchangeAccount) -> None:
    is_same_account(account, NEW)
    account = propose(account, NEW)

    assert (account.api_key, account.secret_key) == tuple(NEW.values())
    assert (account.next_api_key, account.last_check_result) == ("", "The key works.")
    assert [key.api_key_last4 for key in account.retired_keys.all()] == ["oooo"]


def test_a_pair_that_is_refused_changes_nothing(account: ExchangeAccount) -> None:
    account = propose(account, {"api_key": "u" * 64, "secret_key": "s" * 64})

    assert (account.api_key, account.next_api_key) == (OLD["api_key"], "")
    assert account.last_check_ok is True
    assert account.last_check_result.startswith("The new key was refused, the present one stays.")


def test_a_pair_of_another_account_is_refused(account: ExchangeAccount) -> None:
    account = propose(account, NEW)

    assert (account.api_key, account.next_api_key) == (OLD["api_key"], "")
    assert "another account at the exchange" in account.last_check_result
    assert account.balances.get(asset="USDT").free == 10_000


def test_a_pair_waits_while_the_exchange_cannot_be_asked(
    testnet: PaperExchange, account: ExchangeAccount
) -> None:
    is_same_account(account, NEW)
    testnet.fault("status", {"path": "account"}, status=503, accept=False)
    account = propose(account, NEW)

    assert account.api_key == OLD["api_key"] and account.check_wanted_at is not None
    key_check.check_wanted()  # Not at once again.
    account.refresh_from_db()
    assert account.api_key == OLD["api_key"]
    ExchangeAccount.objects.filter(pk=account.pk).update(last_check_at=None)
    assert checked(account).api_key == NEW["api_key"]


def test_a_first_pair_that_never_worked_can_be_replaced_by_any(alice: User) -> None:
    wrong = {"api_key": "w" * 64, "secret_key": "s" * 64}
    account = checked(exchange_accounts.add(alice, name="Test", environment="TESTNET", **wrong))
    assert account.last_check_ok is False

    account = propose(account, NEW)

    assert (account.api_key, account.last_check_ok) == (NEW["api_key"], True)


def test_a_pair_that_was_added_elsewhere_meanwhile_is_refused(account: ExchangeAccount) -> None:
    is_same_account(account, NEW)
    key_changes.propose(account.user_id, account.pk, **NEW)
    exchange_accounts.add(trader("bob@example.com"), name="Bob's", environment="TESTNET", **NEW)
    key_check.check_wanted()

    account.refresh_from_db()
    assert (account.api_key, account.next_api_key) == (OLD["api_key"], "")
    assert "in use already" in account.last_check_result


def test_a_paper_account_keeps_the_keys_of_our_making(alice: User) -> None:
    with pytest.raises(Conflict, match="of our own making"):
        key_changes.propose(alice.pk, account_of(alice).pk, **NEW)
