"""The whole platform, started once for the contract of trading, and one trader on it."""

from collections.abc import Iterator

import pytest
import requests

from tests.e2e.clients import Trader
from tests.processes import Platform
from tests.waiting import eventually


@pytest.fixture(scope="package")
def whole() -> Iterator[Platform]:
    with Platform("paper", "web", "realtime", "worker", "market") as platform:
        eventually(lambda: requests.get(f"{platform.web_url}/api/market/symbols", timeout=5).json())
        yield platform


@pytest.fixture(scope="package")
def trader(whole: Platform) -> Trader:
    return Trader.register(whole)
