"""Making a paper account known to the paper exchange, which deals out its first balances.

Idempotent there and repeated from the row here (`provisioned_at` is null), so the exchange may be
down when a user registers: the orders of the account wait until it is known.
"""

import logging
import urllib.request
from decimal import Decimal
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from urllib.error import HTTPError

import msgspec
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db.models.functions import Now

from accounts.models import ExchangeAccount
from execution.exchange import AccountSnapshot, Holding
from trading.balances import record_snapshot
from trading.models.amounts import ZERO
from trading.publisher import publisher

logger = logging.getLogger(__name__)

_TIMEOUT_SECONDS = 1.0
_BATCH = 20
_FAILURES = (OSError, HTTPException, msgspec.DecodeError)
# The paper exchange is our neighbour: a proxy of the environment must not see the pair.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class _Account(msgspec.Struct):
    balances: dict[str, Decimal]


def try_provision(account: ExchangeAccount) -> None:
    """Make the account known now if the exchange answers; otherwise it stays for later."""
    try:
        _provision(account)
    except _FAILURES as error:
        logger.warning("Paper account %d is not provisioned yet: %s", account.pk, error)


def provision_waiting() -> bool:
    """Make known what registration could not, oldest first. Safe to repeat and to run twice.

    False when the exchange does not answer.
    """
    for account in ExchangeAccount.objects.unprovisioned().order_by("pk")[:_BATCH]:
        try:
            _provision(account)
        except HTTPError as error:  # It was refused; the next one may pass.
            logger.error("The paper exchange refused account %d: %s", account.pk, error)
        except InvalidToken:
            logger.error("The stored keys of account %d cannot be read", account.pk)
        except _FAILURES as error:
            logger.warning("The paper exchange does not answer: %s", error)
            return False
    return True


def _provision(account: ExchangeAccount) -> None:
    with _opener.open(_request(account), timeout=_TIMEOUT_SECONDS) as answer:
        dealt = _dealt(answer)
    ExchangeAccount.objects.filter(pk=account.pk, provisioned_at=None).update(provisioned_at=Now())
    publisher.ring()  # Its orders may have waited for this.
    if dealt is not None:
        record_snapshot(account.pk, dealt)


def _dealt(answer: HTTPResponse) -> AccountSnapshot | None:
    """What a new account was given, None for one that was there already and may have traded.

    The time is the exchange's, in whole seconds gone by, so that every later snapshot counts.
    """
    body = msgspec.json.decode(answer.read(), type=_Account)
    if answer.status != HTTPStatus.CREATED:
        return None
    holdings = tuple(Holding(asset, free, ZERO) for asset, free in body.balances.items())
    return AccountSnapshot(
        can_trade=True, holdings=holdings, as_of=parsedate_to_datetime(answer.headers["Date"])
    )


def _request(account: ExchangeAccount) -> urllib.request.Request:
    headers = {"Content-Type": "application/json"}
    if settings.PAPER_CONTROL_TOKEN:
        headers["Authorization"] = f"Bearer {settings.PAPER_CONTROL_TOKEN}"
    pair = {"apiKey": account.api_key, "secretKey": account.secret_key}
    return urllib.request.Request(
        f"{settings.PAPER_CONTROL_URL}/accounts", msgspec.json.encode(pair), headers
    )
