"""Failures are sorted by what their caller may do next."""

import ssl
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import pytest

from execution import binance_errors
from execution.binance_client import Refusal
from execution.exchange import NotSent, OutcomeUnknown, Rejected


def refusal(status: int, code: int, message: str = "", retry_after: str | None = None) -> Refusal:
    body = f'{{"code": {code}, "msg": "{message}"}}'.encode()
    return Refusal(status, body, retry_after)


@pytest.mark.parametrize(
    "code",
    [-1013, -1100, -1102, -1106, -1111, -1112, -1114, -1117, -1121, -1128, -1130, -2010],
)
def test_a_plain_refusal_is_rejected(code: int) -> None:
    error = binance_errors.sort(refusal(400, code))
    assert isinstance(error, Rejected)
    assert not error.halts_account


@pytest.mark.parametrize("code", [-1022, -2014, -2015])
def test_a_refused_key_halts_the_account(code: int) -> None:
    error = binance_errors.sort(refusal(401, code))
    assert isinstance(error, Rejected)
    assert error.halts_account


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (500, -1013), (502, 0), (503, -1008), (504, -1007), (403, -2010), (409, -2021),
        (400, -1000), (400, -1001), (400, -1006), (400, -1007), (400, -1008), (400, -9999),
        (302, -2010),
    ],
)  # fmt: skip
def test_what_may_have_been_executed_is_unknown(status: int, code: int) -> None:
    assert isinstance(binance_errors.sort(refusal(status, code)), OutcomeUnknown)


@pytest.mark.parametrize("body", [b"", b"<html>Bad gateway</html>", b"null", b"[]", b"\xff"])
def test_a_body_that_is_no_error_object_leaves_it_unknown(body: bytes) -> None:
    assert isinstance(binance_errors.sort(Refusal(400, body, None)), OutcomeUnknown)


def test_a_duplicate_is_unknown_because_the_first_copy_may_live() -> None:
    error = binance_errors.sort(refusal(400, -2010, "Duplicate order sent."))
    assert isinstance(error, OutcomeUnknown)


@pytest.mark.parametrize(
    ("status", "code", "scope"),
    [(429, -1003, "address"), (429, -1015, "account"), (418, -1003, "address")],
)
def test_a_pause_is_not_sent_and_says_how_long_and_for_whom(
    status: int, code: int, scope: str
) -> None:
    error = binance_errors.sort(refusal(status, code, retry_after="7"))
    assert isinstance(error, NotSent)
    assert (error.retry_after, error.scope) == (7.0, scope)


def test_a_pause_without_an_end_lasts_a_minute() -> None:
    error = binance_errors.sort(Refusal(418, b"<html>", None))
    assert isinstance(error, NotSent)
    assert error.retry_after == 60.0


@pytest.mark.parametrize("given", ["99999999999999", "9" * 400])
def test_a_pause_is_never_longer_than_the_longest_ban(given: str) -> None:
    error = binance_errors.sort(refusal(429, -1003, retry_after=given))
    assert isinstance(error, NotSent)
    assert error.retry_after == 259_200.0


def test_a_refused_clock_is_not_sent() -> None:
    error = binance_errors.sort(refusal(400, -1021))
    assert isinstance(error, NotSent)
    assert error.scope == "clock"


def test_only_what_failed_before_the_first_byte_is_not_sent() -> None:
    key = cast(Any, SimpleNamespace(host="localhost", port=1, is_ssl=True, ssl=True))
    refused = aiohttp.ClientConnectorError(key, ConnectionRefusedError())
    bad_certificate = aiohttp.ClientConnectorCertificateError(key, ssl.CertificateError())
    for before in (refused, bad_certificate, aiohttp.ConnectionTimeoutError()):
        assert isinstance(binance_errors.sort(before), NotSent)
    for after in (
        aiohttp.ServerDisconnectedError(),
        aiohttp.ClientOSError(),
        aiohttp.ClientPayloadError(),
        aiohttp.SocketTimeoutError(),
        TimeoutError(),
        ConnectionResetError(),
    ):
        assert isinstance(binance_errors.sort(after), OutcomeUnknown)


@pytest.mark.parametrize(
    ("code", "message", "words"),
    [
        (
            -2010,
            "Account has insufficient balance for requested action.",
            "The exchange refused: not enough USDT.",
        ),
        (
            -1013,
            "Filter failure: LOT_SIZE",
            "The exchange refused: the quantity is outside its limits or not a multiple of its"
            " step.",
        ),
        (-1121, "Invalid symbol.", "The exchange refused: it does not know the symbol."),
        (-1130, "Something new.", "The exchange refused: Something new (-1130)."),
    ],
)
def test_a_refusal_is_told_in_plain_words(code: int, message: str, words: str) -> None:
    error = binance_errors.sort(refusal(400, code, message), pays_with="USDT")
    assert error.words == words
