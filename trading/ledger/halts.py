"""Accounts that may send nothing more until somebody looks at them."""

import logging
from collections.abc import Collection

from django.db import transaction

from accounts.models import ExchangeAccount

logger = logging.getLogger(__name__)


def halt_account(account_id: int, reason: str) -> None:
    """Set an account HALTED: nothing of it is sent any more, its cancels still go."""
    with transaction.atomic():
        halt([account_id], reason)


def halt(account_ids: Collection[int], reason: str) -> None:
    """Halt accounts in the caller's transaction, before it locks any order."""
    ids = sorted(account_ids)
    locked = (
        ExchangeAccount.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    )
    fresh = [account.pk for account in locked if account.state != ExchangeAccount.State.HALTED]
    ExchangeAccount.objects.filter(pk__in=fresh).update(
        state=ExchangeAccount.State.HALTED, state_reason=reason[:200]
    )
    for account_id in fresh:
        logger.warning("Account %s is halted: %s", account_id, reason)
