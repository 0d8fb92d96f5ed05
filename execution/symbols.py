"""The chore of keeping the markets' rules fresh, done by one process for all."""

import logging
from collections.abc import Collection
from datetime import timedelta

from django.conf import settings

from accounts.models import ExchangeAccount
from execution import leases, loop
from execution.exchange import ExchangeError
from execution.exchanges import exchange_for
from trading import symbols

logger = logging.getLogger(__name__)

FRESH = timedelta(minutes=4)  # Less than the schedule's five, so that none is skipped.
_LEASE_SECONDS = 30.0


def refresh_stale(owner: str, *, paused: Collection[str] = ()) -> bool:
    """Refresh the symbols of every environment in use; whether all of them are fresh now.

    The `paused` environments are not asked.
    """
    return all([_refresh(environment, owner, paused) for environment in _in_use()])


def _in_use() -> set[str]:
    accounts = ExchangeAccount.objects.in_use().values_list("environment", flat=True)
    return {settings.DEFAULT_ENVIRONMENT, *accounts.distinct()}


def _refresh(environment: str, owner: str, paused: Collection[str]) -> bool:
    if symbols.are_fresh(environment, within=FRESH):
        return True
    lease = f"symbols:{environment}"
    if environment in paused or not leases.take(lease, owner, _LEASE_SECONDS):
        return False
    try:
        patience = settings.EXCHANGE_TIMEOUT_SECONDS + 1
        rules = loop.run(exchange_for(environment).symbols(), patience)
    except ExchangeError as error:
        logger.warning("Symbols of %s: %s", environment, error.words)
        return False
    finally:
        leases.drop(lease, owner)
    logger.info("%s lists %d symbols", environment, symbols.refresh(environment, rules))
    return True
