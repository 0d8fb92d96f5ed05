"""One paper exchange for all of these tests; every test gets accounts of its own."""

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from binance.client import Client

from tests.paper_exchange import PaperExchange


@dataclass(frozen=True)
class Trader:
    """Somebody with a fresh account at the exchange."""

    exchange: PaperExchange
    api_key: str
    secret_key: str = field(repr=False)
    client: Client


def open_account(exchange: PaperExchange, balances: dict[str, str] | None = None) -> Trader:
    """A new account and an unmodified python-binance client for it."""
    api_key, secret_key = secrets.token_hex(32), secrets.token_hex(32)
    exchange.provision(api_key, secret_key, balances)
    with ThreadPoolExecutor(1) as thread:
        client = thread.submit(_client, api_key, secret_key).result()
    client.API_URL = exchange.rest_url
    return Trader(exchange, api_key, secret_key, client)


def _client(api_key: str, secret_key: str) -> Client:
    """The synchronous client makes an event loop that it never uses or closes; here we do."""
    client = Client(api_key, secret_key, ping=False)
    client.loop.close()
    return client


@pytest.fixture(scope="session")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PaperExchange]:
    running = PaperExchange(tmp_path_factory.mktemp("paper")).start()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def no_faults(request: pytest.FixtureRequest) -> Iterator[None]:
    """What one test scripts does not reach the next."""
    yield
    if "exchange" in request.fixturenames:
        request.getfixturevalue("exchange").clear_faults()


@pytest.fixture
def alice(exchange: PaperExchange) -> Iterator[Trader]:
    trader = open_account(exchange)
    yield trader
    trader.client.close_connection()


@pytest.fixture
def bob(exchange: PaperExchange) -> Iterator[Trader]:
    trader = open_account(exchange)
    yield trader
    trader.client.close_connection()


@pytest.fixture
def still(exchange: PaperExchange) -> Iterator[PaperExchange]:
    """The exchange with BTCUSDT held at 50,000: the best bid 49,999.99, the best ask 50,000.01."""
    exchange.freeze("BTCUSDT")
    exchange.set_price("BTCUSDT", "50000")
    yield exchange
    exchange.freeze("BTCUSDT", frozen=False)


@pytest.fixture
def journal_directory(tmp_path: Path) -> Path:
    return tmp_path / "journal"
