"""When and from whom the exchange takes a call."""

import secrets
from dataclasses import replace
from uuid import uuid4

import pytest

from execution.exchange import ExchangeError, Rejected
from tests.conformance.conftest import Seen
from tests.conformance.desk import Desk

SECURITY = "Request security"
TIMING = f"{SECURITY}, Timing security"


def refusal(desk: Desk, **changes: str) -> Rejected:
    """What the adapter makes of a call with other keys than the account's."""
    with pytest.raises(ExchangeError) as refused:
        desk.account(replace(desk.target.credentials, **changes))
    assert isinstance(refused.value, Rejected)
    return refused.value


@pytest.mark.relied_on("execution.clock", source="Market data endpoints, Check server time")
def test_the_time_is_told_in_milliseconds(desk: Desk, seen: Seen) -> None:
    """GET time tells the exchange's clock in milliseconds, the one that signatures are held to."""
    answer = desk.look("time")
    seen(answer.body)
    assert abs(answer.body["serverTime"] / 1000 - desk.now()) < 1


@pytest.mark.relied_on("execution.binance, the fence", source=TIMING)
def test_what_is_sent_late_is_refused(desk: Desk, seen: Seen) -> None:
    """A call whose timestamp is older than its recvWindow is refused: -1021."""
    answer = desk.ask("GET", "openOrders", late=8, symbol=desk.symbol)
    seen(answer.words)
    assert (answer.status, answer.code) == (400, -1021)


@pytest.mark.relied_on("execution.binance, the fence", source=TIMING)
def test_what_comes_from_the_future_is_refused(desk: Desk, seen: Seen) -> None:
    """A call from more than a second in the future is refused: -1021."""
    answer = desk.ask("GET", "openOrders", late=-3, symbol=desk.symbol)
    seen(answer.words)
    assert (answer.status, answer.code) == (400, -1021)


@pytest.mark.relied_on("tradeplat.settings, RECV_WINDOW_SECONDS", source=TIMING)
def test_no_window_is_longer_than_a_minute(desk: Desk, seen: Seen) -> None:
    """A recvWindow of more than 60000 is refused: -1131."""
    answer = desk.ask("GET", "openOrders", window=60_001, symbol=desk.symbol)
    seen(answer.words)
    assert (answer.status, answer.code) == (400, -1131)


@pytest.mark.relied_on("execution.binance_client", source=SECURITY)
def test_the_payload_is_percent_encoded_before_it_is_signed(desk: Desk, seen: Seen) -> None:
    """The signature covers the percent-encoded payload: a symbol outside ASCII is not -1022."""
    try:
        found = desk.query(uuid4(), symbol="这是测试币456")
    except ExchangeError as error:  # Where the symbol is not listed.
        seen(f"{error.code}, {error.words}")
        assert error.code != -1022
    else:
        seen("the symbol is listed, the order is not there")
        assert found is None


@pytest.mark.relied_on("execution.binance_errors, halts the account", source="Errors, -1022")
def test_a_wrong_secret_is_told_from_everything_else(desk: Desk, seen: Seen) -> None:
    """A signature by another secret is refused: -1022."""
    error = refusal(desk, secret_key=secrets.token_hex(32))
    seen(error.code)
    assert error.code == -1022 and error.halts_account


@pytest.mark.relied_on("execution.binance_errors, halts the account", source="Errors, -2014")
def test_a_malformed_key_is_told_from_everything_else(desk: Desk, seen: Seen) -> None:
    """What cannot be a key is refused: -2014."""
    error = refusal(desk, api_key="x")
    seen(error.code)
    assert error.code == -2014 and error.halts_account


@pytest.mark.relied_on("execution.binance_errors, halts the account", source="Errors, -2015")
def test_an_unknown_key_is_told_from_everything_else(desk: Desk, seen: Seen) -> None:
    """A key that the exchange does not know is refused: -2015, or -2008 on some hosts."""
    error = refusal(desk, api_key=secrets.token_hex(32))
    seen(error.code)
    assert error.code in (-2015, -2008) and error.halts_account
