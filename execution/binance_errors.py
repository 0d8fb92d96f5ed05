"""What a failed call to Binance means: refused, not taken, or unknown.

The status code is looked at first, because only a plain 4xx says that nothing was executed.
Source: Binance's "Errors" and "General information on endpoints" of the Spot REST API.
"""

from dataclasses import dataclass

import aiohttp
import msgspec

from execution.binance_client import Refusal
from execution.binance_words import refusal_words
from execution.exchange import ExchangeError, NotSent, OutcomeUnknown, Rejected

NO_SUCH_ORDER = -2013
NOTHING_TO_CANCEL = -2011
_CLOCK = -1021
_TOO_MANY_ORDERS = -1015
_ENGINE = -2010
_KEY = frozenset({-1022, -2008, -2014, -2015})
_REFUSED = _KEY | {
    -1013, *range(-1106, -1099), -1111, -1112, *range(-1117, -1113), -1121, -1128, -1130, _ENGINE
}  # fmt: skip
_DUPLICATE = "Duplicate order sent."  # Our id is live there already: to be looked up.
_DEFAULT_PAUSE_SECONDS = {_TOO_MANY_ORDERS: 10.0}
_PAUSE_SECONDS = 60.0  # When a 429 or 418 does not say how long.
_LONGEST_PAUSE_SECONDS = 3 * 86_400.0  # Bans last from two minutes to three days.
_UNREACHABLE_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A refusal as JSON; `code` is 0 where the body was something else."""

    status: int
    code: int
    message: str


class _ErrorBody(msgspec.Struct):
    code: int
    msg: str = ""


def read(refusal: Refusal) -> Answer:
    """What a refusal says."""
    try:
        body = msgspec.json.decode(refusal.body, type=_ErrorBody)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Answer(refusal.status, 0, "")
    return Answer(refusal.status, body.code, body.msg)


def sort(error: Exception, *, pays_with: str = "") -> ExchangeError:
    """The failure of a call, by what its caller may do next."""
    if isinstance(error, ExchangeError):
        return error
    if isinstance(error, Refusal):
        return _sort_refusal(error, pays_with)
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        # Raised by the connector alone, so before the first byte of a request.
        words = "The exchange cannot be reached."
        return NotSent(words, retry_after=_UNREACHABLE_PAUSE_SECONDS)
    if isinstance(error, TimeoutError):
        return OutcomeUnknown("The exchange did not answer in time.")
    if isinstance(error, aiohttp.ClientError | OSError):
        return OutcomeUnknown("The connection to the exchange broke before it answered.")
    return OutcomeUnknown("The exchange's answer cannot be read.")


def _sort_refusal(refusal: Refusal, pays_with: str) -> ExchangeError:
    answer = read(refusal)
    if answer.status in (418, 429):
        return _paused(answer, refusal.retry_after)
    if answer.status == 403 or not 400 <= answer.status < 500:
        return _unknown(answer, code=0)  # Whatever its code says, the status says less.
    if answer.code == _CLOCK:
        words = "The exchange did not accept the time of the request."
        return NotSent(words, code=answer.code, scope="clock")
    if answer.message == _DUPLICATE:
        return OutcomeUnknown("The exchange has this order already.", code=answer.code)
    if answer.code not in _REFUSED:
        return _unknown(answer, code=answer.code)
    words = refusal_words(answer.code, answer.message, pays_with=pays_with)
    return Rejected(words, code=answer.code, halts_account=answer.code in _KEY)


def _paused(answer: Answer, retry_after: str | None) -> NotSent:
    """Too many calls from this address or, -1015, too many unfilled orders of the account."""
    by_default = _DEFAULT_PAUSE_SECONDS.get(answer.code, _PAUSE_SECONDS)
    return NotSent(
        "The exchange asks for a pause.",
        code=answer.code,
        retry_after=pause(retry_after, by_default=by_default),
        scope="account" if answer.code == _TOO_MANY_ORDERS else "address",
    )


def pause(retry_after: str | None, *, by_default: float = _PAUSE_SECONDS) -> float:
    """The seconds of a Retry-After of a 429 or 418, but never more than the longest ban."""
    given = (retry_after or "").strip()
    return min(float(given), _LONGEST_PAUSE_SECONDS) if given.isdecimal() else by_default


def _unknown(answer: Answer, *, code: int) -> OutcomeUnknown:
    said = f"{answer.code} {answer.message}" if answer.code else f"HTTP {answer.status}"
    words = f"The exchange did not say what became of it ({said})."
    return OutcomeUnknown(words[:300], code=code)
