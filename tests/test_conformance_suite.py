"""The conformance checks can fail, and say why they cannot be run."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conformance.target import Unusable, from_environment, reach
from tests.paper_exchange import ROOT, PaperExchange

KEYS = {
    "CONFORMANCE_API_KEY": "an-api-key-of-the-checks",
    "CONFORMANCE_TESTNET_SECRET_KEY": "a-secret-of-the-checks",
}


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PaperExchange]:
    api_key, secret_key = KEYS.values()
    with PaperExchange(tmp_path_factory.mktemp("paper"), sync="off") as running:
        running.provision(api_key, secret_key)
        yield running


@pytest.fixture
def testnet(exchange: PaperExchange) -> dict[str, str]:
    """Variables that make the paper exchange the test network."""
    return KEYS | {
        "CONFORMANCE_ENV": "testnet",
        "BINANCE_TESTNET_REST_URL": exchange.rest_url,
        "BINANCE_TESTNET_WS_API_URL": exchange.ws_api_url,
        "BINANCE_TESTNET_STREAM_URL": exchange.stream_url,
    }


def run(variables: dict[str, str], *checks: str) -> subprocess.CompletedProcess[str]:
    """`make conformance` for some of the checks."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", *checks, "--quiet", "-r", "N", "--tb=no"],
        cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, timeout=300,
    )  # fmt: skip


def test_a_broken_reliance_is_told_and_nothing_is_left_behind(
    exchange: PaperExchange, testnet: dict[str, str]
) -> None:
    """An exchange that says -1000 of what was never placed does not conform."""
    match = {"path": "order", "method": "GET"}
    exchange.fault("refuse", match, code=-1000, msg="An unknown error occured.", times=-1)
    done = run(testnet, "tests/conformance/test_client_ids.py")
    exchange.clear_faults()
    table = done.stdout.partition("What we rely on, at TESTNET")[2]
    lines = {line.partition("  ")[0]: line for line in table.splitlines()}
    assert " broken " in lines["A client id that was never placed is -2013."]
    assert " holds " in lines["A cancel of a filled order is -2011."]
    assert "Relied on by execution.reconcile" in table
    assert done.returncode == 1
    assert not any(key in done.stdout + done.stderr for key in KEYS.values())
    assert {order["status"] for order in exchange.journal()["orders"]} == {"FILLED", "CANCELED"}


def test_missing_keys_are_asked_for_by_name() -> None:
    with pytest.raises(Unusable, match=r"TESTNET needs keys.* set CONFORMANCE_SECRET_KEY"):
        from_environment({"CONFORMANCE_ENV": "testnet", "CONFORMANCE_API_KEY": "a-key"})


@pytest.mark.parametrize("name", ["live", "LIVE", "mainnet", ""])
def test_real_money_is_never_touched(name: str) -> None:
    with pytest.raises(Unusable, match="never live"):
        from_environment(KEYS | {"CONFORMANCE_ENV": name})


@pytest.mark.parametrize("host", ["api.binance.com", "api1.binance.com", "api-gcp.binance.com"])
def test_another_name_for_the_real_exchange_is_no_disguise(host: str, settings: Any) -> None:
    disguised = {"REST_URL": f"https://{host}/api", "WS_API_URL": "ws://x", "STREAM_URL": "ws://x"}
    settings.EXCHANGE_URLS = {"TESTNET": disguised}
    with pytest.raises(Unusable, match="the money is real"):
        from_environment(KEYS | {"CONFORMANCE_ENV": "testnet"})


def test_an_exchange_that_cannot_be_reached_is_named(settings: Any) -> None:
    nowhere = {"REST_URL": "http://127.0.0.1:9/api", "WS_API_URL": "", "STREAM_URL": ""}
    settings.EXCHANGE_URLS = {"TESTNET": nowhere}
    target = from_environment(KEYS | {"CONFORMANCE_ENV": "testnet"})
    with pytest.raises(Unusable, match=r"TESTNET cannot be reached at http://127\.0\.0\.1:9/api"):
        reach(target)
