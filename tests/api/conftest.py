"""The cast with their tokens, and calls as a client makes them: paths in, parsed answers out."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from accounts import sessions
from accounts.models import User
from execution.public_data import public_data
from tests import cast
from tests.paper_exchange import PaperExchange
from trading import markets
from trading.api.market import kept
from trading.models import Symbol

Call = Callable[..., Any]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    markets.forget()
    cache.clear()
    yield
    markets.forget()


@pytest.fixture(scope="package")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PaperExchange]:
    directory = tmp_path_factory.mktemp("paper")
    with PaperExchange(directory) as running:
        yield running


@pytest.fixture
def market_data(exchange: PaperExchange, settings: Any) -> Iterator[None]:
    """The market calls ask the paper exchange, and remember nothing of the test before."""
    settings.EXCHANGE_URLS = {"PAPER": {"REST_URL": exchange.rest_url}}
    exchange.clear_faults()
    kept.forget()
    yield
    kept.forget()
    public_data("PAPER").close()


@pytest.fixture
def btcusdt(db: None) -> Symbol:
    return cast.market()


@pytest.fixture
def alice(db: None, btcusdt: Symbol) -> User:
    return cast.trader("alice@example.com")


@pytest.fixture
def bob(db: None, btcusdt: Symbol) -> User:
    return cast.trader("bob@example.com")


def token_of(user: User) -> str:
    return sessions.open_session(user, "tests").access


@pytest.fixture
def as_alice(alice: User) -> APIClient:
    return signed_in(alice)


@pytest.fixture
def as_bob(bob: User) -> APIClient:
    return signed_in(bob)


def signed_in(user: User) -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token_of(user)}")
    return client
