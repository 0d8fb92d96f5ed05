"""Who is calling: API key, timestamp and HMAC SHA-256 over the bytes as they were sent."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from paper import errors
from paper.engine.state import Account, State

_SIGNATURE: Final = re.compile(r"(?:^|&)signature=([^&]*)")
_KEY: Final = re.compile(r"[A-Za-z0-9_\-]{8,128}")
_DEFAULT_WINDOW_MS: Final = 5_000
_LONGEST_WINDOW_MS: Final = 60_000
_AHEAD_MS: Final = 1_000


def parse_parameters(query: str, body: str) -> dict[str, str]:
    """Parameters of the query string and the form body. Raises -1101 on a name sent twice."""
    pairs = parse_qsl(query, keep_blank_values=True) + parse_qsl(body, keep_blank_values=True)
    parameters = dict(pairs)
    if len(parameters) != len(pairs):
        raise errors.ExchangeError(-1101, "Duplicate values for a parameter detected.")
    return parameters


def signed_payload(query: str, body: str) -> str:
    """What the signature covers: query and body as sent, without the signature itself."""
    return "".join(_SIGNATURE.sub("", part).removeprefix("&") for part in (query, body))


def find_account(state: State, api_key: str) -> Account:
    """The account of a key. Raises -2014 for what cannot be a key, -2015 for an unknown one."""
    if not _KEY.fullmatch(api_key):
        raise errors.bad_key_format()
    account = state.by_key.get(api_key)
    if account is None:
        raise errors.bad_key()
    return account


def check_time(parameters: Mapping[str, str], now: int) -> None:
    """Refuse a call from the future, or older than its recvWindow, with -1021."""
    timestamp = _milliseconds(parameters, "timestamp")
    window = float(_DEFAULT_WINDOW_MS)
    if "recvWindow" in parameters:
        window = _window(parameters["recvWindow"])
    if timestamp >= now + _AHEAD_MS:
        raise errors.timestamp_ahead()
    if now - timestamp > window:
        raise errors.timestamp_outside_window()


def check_signature(secret_key: str, payload: str, signature: str | None) -> None:
    """Refuse a wrong signature with -1022, a missing one with -1102."""
    if not signature:
        raise errors.missing("signature")
    expected = hmac.new(
        secret_key.encode(), payload.encode(errors="replace"), hashlib.sha256
    ).hexdigest()
    if not hmac.compare_digest(expected.encode(), signature.lower().encode(errors="replace")):
        raise errors.bad_signature()


def _milliseconds(parameters: Mapping[str, str], name: str) -> int:
    value = parameters.get(name, "")
    if not value:
        raise errors.missing(name)
    if not re.fullmatch(r"[0-9]{1,20}", value):
        raise errors.illegal_characters(name, r"^[0-9]{1,20}$")
    number = int(value)
    return number // 1000 if number > 10**14 else number  # Microseconds are welcome too.


def _window(value: str) -> float:
    if not re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,3})?", value):
        raise errors.illegal_characters("recvWindow", r"^[0-9]{1,5}(\.[0-9]{1,3})?$")
    if float(value) > _LONGEST_WINDOW_MS:
        raise errors.ExchangeError(-1131, "'recvWindow' must be less than 60000.")
    return float(value)
