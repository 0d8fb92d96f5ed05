"""What the streams read from the database and note there: accounts, and which of them are heard."""

from collections.abc import Collection
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction

from accounts.models import ExchangeAccount
from trading import ledger

_BEGIN = """
INSERT INTO account_streams (account_id, owner, live_since, until)
SELECT id, %s, clock_timestamp(), clock_timestamp() + make_interval(secs => %s::float8)
FROM exchange_accounts WHERE id = ANY(%s) ORDER BY id
ON CONFLICT (account_id) DO UPDATE
SET owner = excluded.owner, live_since = excluded.live_since, until = excluded.until
"""
_RENEW = """
UPDATE account_streams SET until = clock_timestamp() + make_interval(secs => %s::float8)
WHERE owner = %s AND account_id = ANY(%s)
"""
_END = "DELETE FROM account_streams WHERE owner = %s AND account_id = ANY(%s)"


class Shard(NamedTuple):
    """The accounts that share a connection: those of an environment with ids in one range."""

    environment: str
    number: int

    @property
    def lease(self) -> str:
        return f"streams:{self.environment}:{self.number}"


Keys = dict[int, str]  # Account id -> fingerprint of its API key.


def wanted() -> dict[Shard, Keys]:
    """The accounts to hear, each with its current key."""
    accounts = ExchangeAccount.objects.usable().order_by("pk")
    shards: dict[Shard, Keys] = {}
    for pk, environment, key in accounts.values_list("pk", "environment", "key_fingerprint"):
        shard = Shard(environment, pk // settings.STREAM_SHARD_SIZE)
        shards.setdefault(shard, {})[pk] = key
    return shards


def accounts(ids: Collection[int]) -> list[ExchangeAccount]:
    return list(ExchangeAccount.objects.filter(pk__in=ids).order_by("pk"))


def begin(owner: str, account_ids: Collection[int]) -> None:
    """Note that accounts are heard from now on; what happened before is asked about."""
    ids = sorted(account_ids)
    with transaction.atomic(), connection.cursor() as cursor:
        ledger.make_due(ids)
        cursor.execute(_BEGIN, [owner, settings.STREAM_LEASE_SECONDS, ids])


def renew(owner: str, account_ids: Collection[int]) -> None:
    """Note that accounts are still heard."""
    with connection.cursor() as cursor:
        cursor.execute(_RENEW, [settings.STREAM_LEASE_SECONDS, owner, sorted(account_ids)])


def end(owner: str, account_ids: Collection[int]) -> None:
    """Note that accounts are not heard any more, unless by another process."""
    with connection.cursor() as cursor:
        cursor.execute(_END, [owner, sorted(account_ids)])
