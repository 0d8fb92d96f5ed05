"""What a call asks for in its address: the account, filters, a page. Wrong values are named."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from rest_framework.request import Request

from accounts.models import ExchangeAccount
from tradeplat.problems import Invalid, NotFound
from trading.intents import read_choice, read_whole
from trading.states import Status

MOST_ROWS = 1000

Reader = Callable[[str], Any]


def read_query(request: Request, **readers: Reader) -> dict[str, Any]:
    """The named parameters, None where one is not given. Others are ignored.

    Raises: `Invalid`, naming every parameter that is wrong.
    """
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, read in {**readers, "decimals": read_decimals}.items():
        text = request.query_params.get(name)
        try:
            values[name] = None if text is None else read(text)
        except ValueError as error:
            errors[name] = str(error)
    if errors:
        raise Invalid(errors)
    return values


def account_of(request: Request, account_id: int | None) -> ExchangeAccount:
    """The user's account that a call is about, without its keys.

    Raises: `NotFound` for another's, an unknown or an archived one.
    """
    shown = ExchangeAccount.objects.only("environment", "state", "can_trade", "balances_as_of")
    assert request.user.pk is not None  # Only the signed-in come this far.
    try:
        return shown.of(request.user.pk, account_id)
    except ExchangeAccount.DoesNotExist:
        raise NotFound("There is no such exchange account.") from None


def read_limit(text: str) -> int:
    return read_whole(text, largest=MOST_ROWS)


def read_decimals(text: str) -> str:
    if text not in ("number", "string"):
        raise ValueError("Must be number or string.")
    return text


def read_statuses(text: str) -> list[str]:
    """One status, or several with commas between them."""
    return [read_choice(status, Status.values) for status in text.split(",")]


def read_time(text: str) -> datetime:
    """An instant in ISO 8601; without an offset it is UTC."""
    try:
        instant = datetime.fromisoformat(text)
        return instant.replace(tzinfo=instant.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("Must be an instant in ISO 8601, such as 2026-01-31T12:00:00Z.") from None
