"""Which orders the exchange is asked about next, and by whom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now

from accounts.models import ExchangeAccount
from trading.ledger.claims import UNPAUSED, claims_of
from trading.models import Order

_RESTS = "(status IN ('NEW', 'PARTIALLY_FILLED') AND executed_quantity = filled_quantity)"
_STREAMED = "account_id IN (SELECT account_id FROM account_streams WHERE until > clock_timestamp())"

# What is in doubt, or misses fills, goes before what only rests, however much of that there is.
# What only rests may wait longer while its account's stream is live. Only the stream's own row says
# so, and it ends by itself.
_CLAIM_CHECKS = f"""
UPDATE order_commands SET next_check_at = clock_timestamp() + make_interval(secs => %s::float8)
FROM (
    SELECT id FROM order_commands WHERE next_check_at <= clock_timestamp() AND {UNPAUSED}
      AND NOT ({_RESTS} AND {_STREAMED}
               AND next_check_at > clock_timestamp() - make_interval(secs => %s::float8))
    ORDER BY {_RESTS}, next_check_at
    LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
) AS picked
WHERE order_commands.id = picked.id
RETURNING order_commands.*, clock_timestamp() AS asked_at
"""

_MAKE_DUE = """
UPDATE order_commands SET next_check_at = clock_timestamp() - make_interval(secs => %s::float8)
FROM (
    SELECT id FROM order_commands
    WHERE account_id = ANY(%s) AND status IN ('NEW', 'PARTIALLY_FILLED')
    ORDER BY id FOR NO KEY UPDATE
) AS picked
WHERE order_commands.id = picked.id
"""


@dataclass(frozen=True, slots=True)
class Check:
    """An order that is due to be asked about; `asked_at` is the database's time of asking."""

    order: Order
    account: ExchangeAccount
    streamed: bool  # Whether its account's private stream is live.
    asked_at: datetime


def claim_checks(*, limit: int, paused: Collection[str] = ()) -> list[Check]:
    """Claim orders that are due to be asked about; they come again should the asker die."""
    again = settings.EXCHANGE_TIMEOUT_SECONDS + settings.LEASE_SECONDS
    parameters = [again, list(paused), settings.STREAMED_ORDER_CHECK_SECONDS, limit]
    claims = claims_of(Order.objects.raw(_CLAIM_CHECKS, parameters))
    return [
        # The statement tells one column more than an order has.
        Check(claim.order, claim.account, claim.streamed, asked_at=vars(claim.order)["asked_at"])
        for claim in claims
    ]


def at_once() -> CombinedExpression:
    """A time to be asked about, due whether a stream is live or not."""
    return Now() - timedelta(seconds=settings.STREAMED_ORDER_CHECK_SECONDS)


def make_due(account_ids: Collection[int]) -> None:
    """Let these accounts' resting orders be asked about at once, even while a stream is live."""
    with connection.cursor() as cursor:
        cursor.execute(_MAKE_DUE, [settings.STREAMED_ORDER_CHECK_SECONDS, sorted(account_ids)])
