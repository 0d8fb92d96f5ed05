"""A worker opens and checks accounts by itself: from rows, without beat and without Redis."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from accounts import exchange_accounts
from accounts.models import ExchangeAccount
from accounts.upkeep import Upkeep
from execution.exchanges import close_all
from execution.executor import executor
from execution.holds import Holds
from tests.cast import trader
from tests.paper_exchange import PaperExchange
from tests.ports import free_port
from tests.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def new_account(
    testnet: PaperExchange, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ExchangeAccount]:
    """Alice's second paper account, added while the paper exchange was down."""
    monkeypatch.setattr(executor, "holds", Holds())
    settings.EXCHANGE_URLS = {"PAPER": {"REST_URL": testnet.rest_url}}
    settings.PAPER_CONTROL_URL = f"http://127.0.0.1:{free_port()}/control"
    account = exchange_accounts.add(trader("alice@example.com"), name="New", environment="PAPER")
    exchange_accounts.want_check(account.user_id, account.pk)
    assert is_waiting(account)
    yield account
    close_all()


def is_waiting(account: ExchangeAccount) -> bool:
    return ExchangeAccount.objects.unprovisioned().filter(pk=account.pk).exists()


def test_one_step_opens_an_account_and_answers_who_waits_for_its_check(
    testnet: PaperExchange, settings: Any, new_account: ExchangeAccount
) -> None:
    settings.PAPER_CONTROL_URL = testnet.control_url
    Upkeep().step()

    new_account.refresh_from_db()
    assert new_account.provisioned_at is not None
    assert new_account.last_check_result == "The key works."
    assert new_account.check_wanted_at is None


def test_an_exchange_that_is_down_is_not_asked_every_second(
    testnet: PaperExchange,
    settings: Any,
    new_account: ExchangeAccount,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    upkeep = Upkeep()
    for _ in range(3):
        upkeep.step()
    assert caplog.text.count("does not answer") == 1

    settings.PAPER_CONTROL_URL = testnet.control_url
    upkeep.step()  # Not yet: it waits.
    assert is_waiting(new_account)


def test_its_thread_goes_on_until_it_is_stopped(
    testnet: PaperExchange, settings: Any, new_account: ExchangeAccount
) -> None:
    settings.PAPER_CONTROL_URL, settings.SWEEP_SECONDS = testnet.control_url, 0.01
    upkeep = Upkeep()
    upkeep.start()
    try:
        eventually(lambda: not is_waiting(new_account))
    finally:
        upkeep.stop()
