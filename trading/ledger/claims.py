"""Who does what next: lanes, and claims of orders to send and to cancel."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from accounts.models import ExchangeAccount
from execution.models import AccountStream
from trading.ledger.deadlines import PAST_DEADLINE, deadline_parameters
from trading.models import Order

# What a drain may start: unsent, due, not about to be cancelled, of an account that may send. A
# paper account may once the paper exchange knows its keys. What was placed elsewhere never is sent.
_SENDABLE = """
order_commands.status = 'PENDING' AND order_commands.source = 'user'
AND order_commands.cancel_requested_at IS NULL
AND (order_commands.not_before IS NULL OR order_commands.not_before <= clock_timestamp())
AND exchange_accounts.state <> 'HALTED' AND exchange_accounts.environment <> ALL(%s)
AND (exchange_accounts.environment <> 'PAPER' OR exchange_accounts.provisioned_at IS NOT NULL)
AND NOT EXISTS (SELECT FROM platform WHERE halted_at IS NOT NULL)
"""

# Of an environment that may be asked for something now.
UNPAUSED = "account_id IN (SELECT id FROM exchange_accounts WHERE environment <> ALL(%s))"

_TAKE_LANES = f"""
INSERT INTO submit_lanes (account_id, owner, until)
SELECT order_commands.account_id, %s::text,
       clock_timestamp() + make_interval(secs => %s::float8)
FROM order_commands JOIN exchange_accounts ON exchange_accounts.id = order_commands.account_id
LEFT JOIN submit_lanes lane ON lane.account_id = order_commands.account_id
WHERE {_SENDABLE} AND (lane.owner IS NULL OR lane.owner = %s OR lane.until < clock_timestamp())
GROUP BY order_commands.account_id ORDER BY order_commands.account_id LIMIT %s
ON CONFLICT (account_id) DO UPDATE SET owner = excluded.owner, until = excluded.until
WHERE submit_lanes.owner = excluded.owner OR submit_lanes.until < clock_timestamp()
RETURNING account_id
"""

# The claim is what makes a send happen at most once: it is committed before any network call, and
# only the attempt that it numbers may send. Until the exchange has spoken it is a doubt, so the row
# says when somebody has to ask, should this process die.
_CLAIM = f"""
UPDATE order_commands SET
    status = 'SUBMITTED', attempt = attempt + 1, claimed_at = clock_timestamp(), not_before = NULL,
    not_found_count = 0, updated_at = clock_timestamp(),
    next_check_at = clock_timestamp() + make_interval(secs => %s::float8)
FROM (
    SELECT order_commands.id FROM order_commands
    JOIN exchange_accounts ON exchange_accounts.id = order_commands.account_id
    JOIN submit_lanes ON submit_lanes.account_id = order_commands.account_id
     AND submit_lanes.owner = %s AND submit_lanes.until > clock_timestamp()
    WHERE {_SENDABLE} AND NOT ({PAST_DEADLINE})
    ORDER BY order_commands.id LIMIT %s
    FOR NO KEY UPDATE OF order_commands SKIP LOCKED
) AS picked
WHERE order_commands.id = picked.id
RETURNING order_commands.*
"""

# A cancel is safe to repeat: `not_before` only keeps two workers from doing so at once.
_CLAIM_CANCELS = f"""
UPDATE order_commands SET not_before = clock_timestamp() + make_interval(secs => %s::float8)
FROM (
    SELECT id FROM order_commands
    WHERE cancel_requested_at IS NOT NULL AND status IN ('NEW', 'PARTIALLY_FILLED')
      AND (not_before IS NULL OR not_before <= clock_timestamp()) AND {UNPAUSED}
    ORDER BY id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
) AS picked
WHERE order_commands.id = picked.id
RETURNING order_commands.*
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """An order that this process alone may now send, or cancel, as this attempt."""

    order: Order
    account: ExchangeAccount
    streamed: bool  # Whether its account's private stream is live.

    @property
    def attempt(self) -> int:
        return self.order.attempt


def take_lanes(owner: str, *, paused: Collection[str] = (), limit: int = 500) -> list[int]:
    """Take or renew the lanes of accounts with orders to send; the accounts' ids.

    Here and below, accounts of the `paused` environments are left alone.
    """
    parameters = [owner, settings.LEASE_SECONDS, list(paused), owner, limit]
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_LANES, parameters)
        return [row[0] for row in cursor.fetchall()]


def drop_lanes(owner: str) -> None:
    """Let others start these accounts' orders at once, instead of when the lease ends."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM submit_lanes WHERE owner = %s", [owner])


def has_pending() -> bool:
    return Order.objects.pending().exists()


def claim(owner: str, *, limit: int, paused: Collection[str] = ()) -> list[Claim]:
    """Claim orders of the owner's lanes for sending, in the order of their acceptance."""
    first_look = settings.EXCHANGE_TIMEOUT_SECONDS + settings.LEASE_SECONDS
    parameters = [first_look, owner, list(paused), *deadline_parameters(), limit]
    return claims_of(Order.objects.raw(_CLAIM, parameters))


def claim_cancels(*, limit: int, paused: Collection[str] = ()) -> list[Claim]:
    """Claim orders open at the exchange whose cancel has not been sent, or not lately."""
    parameters = [settings.CANCEL_RETRY_SECONDS, list(paused), limit]
    return claims_of(Order.objects.raw(_CLAIM_CANCELS, parameters))


def claims_of(claimed: Iterable[Order]) -> list[Claim]:
    """Run the statement of a claim, and say whose its orders are."""
    # In one transaction: nobody would send an order that is claimed by one who got no answer.
    with transaction.atomic():
        # RETURNING promises no order of its own.
        orders = sorted(claimed, key=lambda order: order.pk)
        accounts = _accounts(orders)
    return [Claim(order, *accounts[order.account_id]) for order in orders]


def _accounts(orders: Iterable[Order]) -> dict[int, tuple[ExchangeAccount, bool]]:
    """The orders' accounts, each with whether its stream is live."""
    live = AccountStream.objects.live().filter(account=OuterRef("pk"))
    accounts = ExchangeAccount.objects.filter(pk__in={order.account_id for order in orders})
    return {each.pk: (each, each.streamed) for each in accounts.annotate(streamed=Exists(live))}
