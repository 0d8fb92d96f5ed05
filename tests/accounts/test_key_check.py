"""What a user reads about an exchange key, and why.

Two paper exchanges stand for the testnet and the demo exchange: each knows the keys it was given.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import Q, TextField, Value

from accounts import key_check
from accounts.models import ExchangeAccount
from accounts.registration import register
from accounts.tasks import check_keys
from execution.exchanges import close_all
from execution.executor import executor
from execution.holds import Holds
from tests.accounts.conftest import PASSWORD
from tests.paper_exchange import PaperExchange

pytestmark = pytest.mark.django_db(transaction=True)
KEY, SECRET = "k" * 64, "s" * 64


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PaperExchange]:
    with PaperExchange(tmp_path_factory.mktemp("demo")) as exchange:
        yield exchange


@pytest.fixture(autouse=True)
def _exchanges(
    testnet: PaperExchange, demo: PaperExchange, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setattr(executor, "holds", Holds())
    settings.DEFAULT_ENVIRONMENT = "TESTNET"
    settings.EXCHANGE_URLS = {
        "TESTNET": {"REST_URL": testnet.rest_url},
        "DEMO": {"REST_URL": demo.rest_url},
    }
    yield
    testnet.clear_faults()
    close_all()


def account_with(
    api_key: str, secret_key: str = SECRET, *, email: str = "carol@example.com"
) -> ExchangeAccount:
    user = register(email=email, password=PASSWORD, api_key=api_key, secret_key=secret_key)
    return user.exchange_accounts.get(is_default=True)


def checked(account: ExchangeAccount) -> ExchangeAccount:
    ExchangeAccount.objects.filter(pk=account.pk).update(last_check_at=None)
    check_keys()
    account.refresh_from_db()
    return account


def test_a_new_key_is_checked_and_its_balances_are_shown(testnet: PaperExchange) -> None:
    testnet.provision(KEY, SECRET)
    account = checked(account_with(KEY))
    assert account.last_check_ok is True
    assert account.last_check_result == "The key works."
    assert account.balances.get(asset="USDT").free == 10_000


def test_a_key_of_another_environment_is_named(demo: PaperExchange) -> None:
    demo.provision("d" * 64, SECRET)
    account = checked(account_with("d" * 64))
    assert account.last_check_ok is False
    assert account.last_check_result == "This key belongs to DEMO, not to TESTNET."


def test_a_key_that_nobody_knows_is_told_the_causes() -> None:
    account = checked(account_with("u" * 64))
    assert account.last_check_ok is False
    assert "unknown there, may not trade, or may not be used from here" in account.last_check_result


def test_a_secret_that_does_not_fit_is_told_apart(testnet: PaperExchange) -> None:
    testnet.provision(KEY, SECRET)
    account = checked(account_with(KEY, "x" * 64))
    assert "does not fit its API key" in account.last_check_result


def test_keys_that_cannot_be_read_are_told_and_hold_up_no_other(
    testnet: PaperExchange,
) -> None:
    testnet.provision(KEY, SECRET)
    lost = account_with("l" * 64)
    nonsense = Value("not a token", output_field=TextField())
    ExchangeAccount.objects.filter(pk=lost.pk).update(api_key=nonsense)
    sound = account_with(KEY, email="dave@example.com")
    check_keys()
    lost = ExchangeAccount.objects.get(pk=lost.pk)
    sound.refresh_from_db()
    assert lost.last_check_ok is False
    assert lost.last_check_result == "The stored keys of the account cannot be read."
    assert sound.last_check_ok is True


def test_a_key_that_worked_before_is_told_what_may_have_changed(testnet: PaperExchange) -> None:
    testnet.provision(KEY, SECRET)
    account = checked(account_with(KEY))
    testnet.fault("refuse", {"path": "account"}, code=-2015, msg="Invalid API-key.", status=401)
    assert "It worked before" in checked(account).last_check_result
    assert checked(account).last_check_ok is True  # The next check finds it well again.


def test_an_exchange_that_cannot_be_asked_says_nothing_about_the_key(
    testnet: PaperExchange,
) -> None:
    testnet.provision(KEY, SECRET)
    account = checked(account_with(KEY))
    testnet.fault("status", {"path": "account"}, status=503, accept=False)
    account = checked(account)
    assert account.last_check_ok is True
    assert account.last_check_result.startswith("Could not be checked")


def test_nothing_is_asked_while_the_exchange_wants_a_pause(testnet: PaperExchange) -> None:
    testnet.provision(KEY, SECRET)
    testnet.fault("rate_limit", {"path": "account"}, retryAfter=60)
    account = checked(account_with(KEY))
    assert account.last_check_ok is None
    assert account.last_check_result == "Could not be checked: The exchange asks for a pause."
    assert checked(account).last_check_at is None


def test_paper_accounts_wait_until_they_are_provisioned(settings: Any) -> None:
    settings.DEFAULT_ENVIRONMENT = "PAPER"
    user = register(email="carol@example.com", password=PASSWORD)
    check_keys()
    assert user.exchange_accounts.get().last_check_at is None


def test_a_key_is_not_checked_again_at_once(testnet: PaperExchange) -> None:
    testnet.provision(KEY, SECRET)
    account = checked(account_with(KEY))
    first = account.last_check_at
    check_keys()
    account.refresh_from_db()
    assert account.last_check_at == first


def test_two_who_look_for_due_keys_share_them_out(testnet: PaperExchange) -> None:
    account_with(KEY)
    everything = Q(last_check_at=None)
    assert len(key_check._claim(everything, limit=9)) == 1
    assert key_check._claim(everything, limit=9) == []
