"""Paper accounts become known at the paper exchange, whenever it is there."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import TextField, Value

from accounts import provisioning
from accounts.models import ExchangeAccount, User
from accounts.registration import register
from accounts.tasks import provision
from tests.accounts.conftest import PASSWORD
from tests.paper_exchange import PaperExchange
from tests.ports import free_port

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PaperExchange]:
    with PaperExchange(tmp_path_factory.mktemp("paper")) as running:
        yield running


@pytest.fixture
def exchange_up(exchange: PaperExchange, settings: Any) -> None:
    settings.PAPER_CONTROL_URL = exchange.control_url


@pytest.fixture
def exchange_down(settings: Any) -> None:
    settings.PAPER_CONTROL_URL = f"http://127.0.0.1:{free_port()}/control"


def carol() -> User:
    return register(email="carol@example.com", password=PASSWORD)


def is_provisioned() -> bool:
    return not ExchangeAccount.objects.unprovisioned().exists()


def test_an_account_is_known_as_soon_as_its_user_is(
    exchange: PaperExchange, exchange_up: None
) -> None:
    account = carol().exchange_accounts.get()
    account.refresh_from_db()
    assert account.provisioned_at is not None
    there = exchange.provision(account.api_key, account.secret_key)  # Again: the same account.
    here = {row.asset: row.free for row in account.balances.all()}
    assert here == {asset: Decimal(free) for asset, free in there["balances"].items()}
    assert here["USDT"] == 10_000


def test_a_registration_does_not_fail_with_the_exchange(exchange_down: None) -> None:
    assert carol().pk
    assert not is_provisioned()


def test_an_account_is_made_known_when_the_exchange_is_back(
    exchange_down: None, exchange: PaperExchange, settings: Any
) -> None:
    carol()
    provision()
    assert not is_provisioned()
    settings.PAPER_CONTROL_URL = exchange.control_url
    provision()
    assert is_provisioned()


def test_twice_is_the_same_as_once(
    exchange_down: None, exchange: PaperExchange, settings: Any
) -> None:
    carol()
    settings.PAPER_CONTROL_URL = exchange.control_url
    account = ExchangeAccount.objects.get()
    for _ in range(2):
        provisioning.try_provision(account)
    account.refresh_from_db()
    first = account.provisioned_at
    provision()
    account.refresh_from_db()
    assert account.provisioned_at == first


def test_an_account_that_is_refused_does_not_hold_up_the_others(
    exchange_down: None, exchange: PaperExchange, settings: Any
) -> None:
    refused = carol().exchange_accounts.get()
    other = register(email="dave@example.com", password=PASSWORD).exchange_accounts.get()
    exchange.provision(refused.api_key, "another secret")
    settings.PAPER_CONTROL_URL = exchange.control_url
    provision()
    assert list(ExchangeAccount.objects.unprovisioned()) == [refused]
    other.refresh_from_db()
    assert other.provisioned_at is not None


def test_an_account_whose_keys_are_lost_does_not_hold_up_the_others(
    exchange_down: None, exchange: PaperExchange, settings: Any
) -> None:
    lost = carol().exchange_accounts.get()
    register(email="dave@example.com", password=PASSWORD)
    nonsense = Value("not a token", output_field=TextField())
    ExchangeAccount.objects.filter(pk=lost.pk).update(api_key=nonsense)
    settings.PAPER_CONTROL_URL = exchange.control_url
    provision()
    assert list(ExchangeAccount.objects.unprovisioned()) == [lost]


def test_the_orders_of_an_account_are_woken_when_it_is_known(
    exchange_down: None, exchange: PaperExchange, settings: Any, bell: Callable[[], bool]
) -> None:
    carol()
    settings.PAPER_CONTROL_URL = exchange.control_url
    provision()
    assert bell()
