"""A worker's insides against a real paper exchange, with windows short enough to see them pass."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from execution import exchanges
from execution.exchange import Credentials
from execution.executor import Executor
from execution.sweep import Sweep
from tests import cast
from tests.paper_exchange import PaperExchange
from trading.models import Symbol

WINDOWS = {
    "LEASE_SECONDS": 1.0,
    "RECV_WINDOW_SECONDS": 1.0,
    "EXCHANGE_TIMEOUT_SECONDS": 1.0,
    "EXCHANGE_INTERNAL_SECONDS": 0.3,
    "PROOF_MARGIN_SECONDS": 0.2,
    "SWEEP_SECONDS": 0.05,
    "LINGER_SECONDS": 0.2,
    "OPEN_ORDER_CHECK_SECONDS": 0.2,
    "CANCEL_RETRY_SECONDS": 0.5,
    "CATCH_UP_SECONDS": 0.0,
}


@pytest.fixture(scope="session")
def exchange_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PaperExchange]:
    directory: Path = tmp_path_factory.mktemp("paper")
    with PaperExchange(directory, sync="off") as running:
        yield running


@pytest.fixture
def paper(exchange_process: PaperExchange, settings: Any) -> Iterator[PaperExchange]:
    """The paper exchange, its price held at 50,000, without any fault of an earlier test."""
    for name, seconds in WINDOWS.items():
        setattr(settings, name, seconds)
    settings.EXCHANGE_URLS = {
        "PAPER": {
            "REST_URL": exchange_process.rest_url,
            "WS_API_URL": exchange_process.ws_api_url,
        }
    }
    exchange_process.clear_faults()
    exchange_process.set_price("BTCUSDT", "50000")
    exchange_process.freeze("BTCUSDT")
    yield exchange_process
    exchange_process.clear_faults()
    exchanges.close_all()


@pytest.fixture
def btcusdt(transactional_db: None) -> Symbol:
    return cast.market()


@pytest.fixture
def alice(paper: PaperExchange, btcusdt: Symbol, request: pytest.FixtureRequest) -> User:
    return _trader(paper, "alice", request)


@pytest.fixture
def bob(paper: PaperExchange, btcusdt: Symbol, request: pytest.FixtureRequest) -> User:
    return _trader(paper, "bob", request)


@pytest.fixture
def keys(paper: PaperExchange, request: pytest.FixtureRequest) -> Credentials:
    """A key pair that the exchange knows, for tests without any row."""
    pair = _pair("nobody", request)
    paper.provision(*pair)
    return Credentials("PAPER", *pair)


@pytest.fixture
def executors(paper: PaperExchange) -> Iterator[Callable[[], Executor]]:
    """Makes executors, as many as a test wants workers."""
    made: list[Executor] = []

    def make() -> Executor:
        made.append(Executor())
        return made[-1]

    yield make
    for each in made:
        each.stop(5)


@pytest.fixture
def executor(executors: Callable[[], Executor]) -> Executor:
    return executors()


@pytest.fixture
def sleeping_sweep(executor: Executor) -> Iterator[Sweep]:
    """A sweep that the test starts."""
    sweep = Sweep(executor)
    yield sweep
    sweep.stop(5)


@pytest.fixture
def sweep(sleeping_sweep: Sweep) -> Sweep:
    """A running sweep: whatever is due is sent, cancelled and asked about."""
    sleeping_sweep.start()
    return sleeping_sweep


def _trader(paper: PaperExchange, name: str, request: pytest.FixtureRequest) -> User:
    user = cast.trader(f"{name}@example.com")
    account = cast.account_of(user)
    account.set_keys(*_pair(name, request))
    account.save()
    paper.provision(account.api_key, account.secret_key)
    return user


def _pair(name: str, request: pytest.FixtureRequest) -> tuple[str, str]:
    # The exchange outlives a test, so every test has accounts of its own there.
    unique = f"{name}-{abs(hash(request.node.nodeid)):x}"
    return f"key-{unique}", f"secret-{unique}"
