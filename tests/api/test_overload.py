"""Orders are refused, with nothing stored, before their acknowledgements queue for seconds."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.e2e.clients import Trader
from tests.processes import Platform
from tests.waiting import eventually

pytestmark = pytest.mark.processes

ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.001"}
MANY = 24  # Six times the threads of the web process.


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    with Platform("paper", "web", "worker", env={"SHED_AFTER_SECONDS": "0.5"}) as running:
        eventually(lambda: requests.get(f"{running.web_url}/api/market/symbols", timeout=5).json())
        yield running


def place(trader: Trader) -> requests.Response:
    return requests.post(
        f"{trader.platform.web_url}/api/trading/orders",
        json=ORDER,
        headers={"Authorization": f"Bearer {trader.token}", "Idempotency-Key": uuid.uuid4().hex},
        timeout=30,
    )


def test_what_would_wait_for_seconds_is_refused_at_once(platform: Platform) -> None:
    trader = Trader.register(platform)
    assert place(trader).status_code == 202
    with platform.connect() as database, ThreadPoolExecutor(MANY) as senders:
        database.autocommit = False
        database.execute("SELECT 1 FROM exchange_accounts FOR UPDATE")  # Every order waits for it.
        answers = list(senders.map(lambda _: place(trader), range(MANY)))
        database.rollback()
    codes = [answer.json()["code"] for answer in answers]
    assert set(codes) == {"OUTCOME_UNKNOWN", "OVERLOADED"}
    assert codes.count("OVERLOADED") >= MANY - 8
    for answer in answers:
        assert answer.status_code == 503
        if answer.json()["code"] == "OVERLOADED":
            assert int(answer.headers["Retry-After"]) >= 1
    assert len(trader.get("/api/trading/orders")) == 1

    def accepted() -> bool:
        return place(trader).status_code == 202

    assert eventually(accepted)
