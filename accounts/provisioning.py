"""Making a paper account known to the paper exchange, which deals out its first balances.

Idempotent there and repeated from the row here (`provisioned_at` is null), so the exchange may be
down when a user registers: the orders of the account wait until it is known.
"""

import logging
import urllib.request
from urllib.error import URLError

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


def provision(account: ExchangeAccount) -> bool:
    """Make the account known at the paper exchange; False when it did not answer. Never raises."""
    try:
        with _opener.open(_request(account), timeout=_TIMEOUT_SECONDS):
            pass
    except (URLError, OSError) as error:  # A refusal is an HTTPError, which is an URLError.
        logger.warning("Paper account %d is not provisioned yet: %s", account.pk, error)
        return False
    ExchangeAccount.objects.filter(pk=account.pk, provisioned_at=None).update(provisioned_at=Now())
    publisher.ring()  # Its orders may have waited for this.
    return True


def provision_waiting() -> None:
    """Provision what registration could not, oldest first, until the exchange fails to answer."""
    for account in ExchangeAccount.objects.unprovisioned().order_by("pk")[:_BATCH]:
        if not provision(account):
            return


def _request(account: ExchangeAccount) -> urllib.request.Request:
    headers = {"Content-Type": "application/json"}
    if settings.PAPER_CONTROL_TOKEN:
        headers["Authorization"] = f"Bearer {settings.PAPER_CONTROL_TOKEN}"
    pair = {"apiKey": account.api_key, "secretKey": account.secret_key}
    return urllib.request.Request(
        f"{settings.PAPER_CONTROL_URL}/accounts", msgspec.json.encode(pair), headers
    )
