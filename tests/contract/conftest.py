"""The whole platform, started once for the contract of trading, and one trader on it."""

from collections.abc import Iterator

import pytest

from tests.e2e.clients import Trader
from tests.processes import Platform
from tests.waiting import eventually


@pytest.fixture(scope="package")
def whole() -> Iterator[Platform]:
    """Every process, once the market's rules and last prices are known."""
    with Platform("paper", "web", "realtime", "worker", "market") as platform:
        with platform.connect() as database:
            query = "SELECT symbol FROM symbols JOIN last_prices USING (environment, symbol)"
            eventually(lambda: database.execute(query).fetchall(), timeout=30)
        yield platform


@pytest.fixture(scope="package")
def trader(whole: Platform) -> Trader:
    return Trader.register(whole)
