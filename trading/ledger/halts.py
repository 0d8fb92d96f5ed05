"""Accounts that may send nothing more until somebody looks at them."""

import logging
from collections.abc import Collection

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import ExchangeAccount

logger = logging.getLogger(__name__)

By = ExchangeAccount.By
_WEIGHT = ["", By.USER, By.EXCHANGE, By.OPERATOR]


def halt_account(account_id: int, reason: str, *, by: str = By.EXCHANGE) -> None:
    """Set an account HALTED: nothing of it is sent any more, its cancels still go."""
    with transaction.atomic():
        halt([account_id], reason, by=by)


def halt(account_ids: Collection[int], reason: str, *, by: str = By.EXCHANGE) -> None:
    """Halt accounts in the caller's transaction, before it locks any order.

    What an operator has decided stays an operator's, and what the exchange has stays out of the
    user's hands.
    """
    ids = sorted(account_ids)
    accounts = ExchangeAccount.objects.filter(pk__in=ids).order_by("pk")
    for account in accounts.select_for_update(no_key=True):
        halted = account.state == ExchangeAccount.State.HALTED
        if halted and not _outweighs(by, account.state_by):
            continue
        account.state, account.state_reason = ExchangeAccount.State.HALTED, reason[:200]
        account.state_by = by if _outweighs(by, account.state_by) else account.state_by
        account.state_at = Now()
        account.save(update_fields=["state", "state_reason", "state_by", "state_at"])
        logger.warning("Account %s is halted: %s", account.pk, reason)


def _outweighs(by: str, other: str) -> bool:
    return _WEIGHT.index(by) > _WEIGHT.index(other)
