"""What the streams read from the database and note there: accounts, and which of them are heard."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Min, Q

from accounts.models import ExchangeAccount
from execution.models import AccountStream
from trading import ledger
from trading.models import Fill

# A gap begins when the account was heard last, and is not forgotten with the next one.
_BEGIN = """
INSERT INTO account_streams (account_id, owner, live_since, until)
SELECT id, %s, clock_timestamp(), clock_timestamp() + make_interval(secs => %s::float8)
FROM exchange_accounts WHERE id = ANY(%s) ORDER BY id
ON CONFLICT (account_id) DO UPDATE
SET owner = excluded.owner, live_since = excluded.live_since, until = excluded.until,
    gap_since = coalesce(account_streams.gap_since,
                         least(account_streams.until, clock_timestamp()))
"""
_RENEW = """
UPDATE account_streams SET until = clock_timestamp() + make_interval(secs => %s::float8)
WHERE owner = %s AND account_id = ANY(%s)
"""
_END = """
UPDATE account_streams SET until = least(until, clock_timestamp())
WHERE owner = %s AND account_id = ANY(%s)
"""
_MARGIN = timedelta(minutes=2)  # Between the exchange's clock and ours, and for what was queued.


class Shard(NamedTuple):
    """The accounts that share a connection: those of an environment with ids in one range."""

    environment: str
    number: int

    @property
    def lease(self) -> str:
        return f"streams:{self.environment}:{self.number}"


class Gap(NamedTuple):
    """What was not heard before an account's stream went live: all from these trades on."""

    live_since: datetime
    last_trades: dict[str, int]  # By symbol.


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


def gap_of(account_id: int) -> Gap | None:
    """What of an account's trades has to be asked for; None when nothing can have been missed.

    A symbol that has no trade from before begins with its first.
    """
    stream = AccountStream.objects.filter(account=account_id).first()
    if stream is None or stream.gap_since is None:
        return None
    before = Q(traded_at__lt=stream.gap_since - _MARGIN)
    known = Fill.objects.filter(account=account_id).values("symbol")
    trades = known.annotate(
        first=Min("exchange_trade_id"), last=Max("exchange_trade_id", filter=before)
    )
    last = {row["symbol"]: row["first"] if row["last"] is None else row["last"] for row in trades}
    return Gap(stream.live_since, last)


def unknown_trades(account_id: int, symbol: str, trade_ids: Collection[int]) -> set[int]:
    """Those of the trades that we do not have."""
    fills = Fill.objects.filter(account=account_id, symbol=symbol)
    known = fills.filter(exchange_trade_id__in=trade_ids)
    return set(trade_ids) - set(known.values_list("exchange_trade_id", flat=True))


def close_gap(account_id: int, gap: Gap) -> None:
    """Note that what was missed is recorded, unless there was another gap meanwhile."""
    stream = AccountStream.objects.filter(account=account_id, live_since=gap.live_since)
    stream.update(gap_since=None)
