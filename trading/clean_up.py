"""Deleting what has served its time, in small transactions that disturb nobody."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from accounts.models import AuthSession
from trading.models import IdempotencyKey

KEYS_LIVE = timedelta(days=7)
BATCH = 1000
MOST_BATCHES = 100  # What is left then goes the next time.


def run() -> dict[str, int]:
    """Delete old idempotency keys, expired tokens and expired sessions; how many of each."""
    return {rows.model._meta.db_table: sum(_batches(rows)) for rows in _old()}


def _old() -> tuple["QuerySet[Any]", ...]:
    now = timezone.now()
    return (
        IdempotencyKey.objects.filter(created_at__lt=now - KEYS_LIVE),
        OutstandingToken.objects.filter(expires_at__lt=now),  # Its blacklisting goes with it.
        Session.objects.filter(expire_date__lt=now),
        AuthSession.objects.expired(now),
    )


def _batches(rows: "QuerySet[Any]") -> Iterator[int]:
    for _ in range(MOST_BATCHES):
        keys = list(rows.order_by().values_list("pk", flat=True)[:BATCH])
        rows.model._default_manager.filter(pk__in=keys).delete()
        yield len(keys)
        if len(keys) < BATCH:
            return
