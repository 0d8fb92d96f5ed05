"""Making a paper account known to the paper exchange, which deals out its first balances.

Idempotent there and repeated from the row here (`provisioned_at` is null), so the exchange may be
down when a user registers: the orders of the account wait until it is known.
"""

import logging
import urllib.request
from http.client import HTTPException
from urllib.error import HTTPError

import msgspec
from django.conf import settings
from django.db.models.functions import Now

from accounts.models import ExchangeAccount
from trading.publisher import publisher

logger = logging.getLogger(__name__)

_TIMEOUT_SECONDS = 1.0
_BATCH = 20
# The paper exchange is our neighbour: a proxy of the environment must not see the pair.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def try_provision(account: ExchangeAccount) -> None:
    """Make the account known now if the exchange answers; otherwise it stays for later."""
    try:
        _provision(account)
    except (OSError, HTTPException) as error:
        logger.warning("Paper account %d is not provisioned yet: %s", account.pk, error)


def provision_waiting() -> None:
    """Make known what registration could not, oldest first. Safe to repeat and to run twice."""
    for account in ExchangeAccount.objects.unprovisioned().order_by("pk")[:_BATCH]:
        try:
            _provision(account)
        except HTTPError as error:  # It was refused; the next one may pass.
            logger.error("The paper exchange refused account %d: %s", account.pk, error)
        except (OSError, HTTPException) as error:
            logger.warning("The paper exchange does not answer: %s", error)
            return


def _provision(account: ExchangeAccount) -> None:
    with _opener.open(_request(account), timeout=_TIMEOUT_SECONDS):
        pass
    ExchangeAccount.objects.filter(pk=account.pk, provisioned_at=None).update(provisioned_at=Now())
    publisher.ring()  # Its orders may have waited for this.


def _request(account: ExchangeAccount) -> urllib.request.Request:
    headers = {"Content-Type": "application/json"}
    if settings.PAPER_CONTROL_TOKEN:
        headers["Authorization"] = f"Bearer {settings.PAPER_CONTROL_TOKEN}"
    pair = {"apiKey": account.api_key, "secretKey": account.secret_key}
    return urllib.request.Request(
        f"{settings.PAPER_CONTROL_URL}/accounts", msgspec.json.encode(pair), headers
    )
