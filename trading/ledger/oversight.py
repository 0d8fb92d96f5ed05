"""What an operator may do to orders, accounts and the platform; nothing here talks to an exchange.

Each call returns what it changed and leaves alone what it cannot: the operator is told which.
"""

from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest, Now

from accounts.models import ExchangeAccount
from trading import messages
from trading.ledger import cancels, checks
from trading.ledger.clock import database_now
from trading.models import Discrepancy, Order, OrderEvent, Platform
from trading.publisher import publisher
from trading.states import NOT_PLACED, Status

_REASON = 200  # Characters of a column.


def ask_again(order_ids: Collection[int]) -> list[Order]:
    """Let the exchange be asked at once about orders that it may know more of.

    Those proven absent are asked about on top: their watch is not shortened by it.
    """
    with transaction.atomic():
        orders = list(Order.objects.askable().filter(pk__in=order_ids).locked())
        chosen = Order.objects.filter(pk__in=[order.pk for order in orders])
        chosen.update(next_check_at=checks.at_once())
        watched = chosen.filter(status=Status.REJECTED, reason=NOT_PLACED)
        watched.update(not_found_count=Greatest(F("not_found_count") - 1, 0))
    return orders


def cancel_for_operator(order_ids: Collection[int]) -> list[Order]:
    """Cancel open orders in an operator's name; those that nobody had cancelled before."""
    with transaction.atomic():
        wanted = Order.objects.open().filter(pk__in=order_ids, cancel_requested_at=None)
        orders = list(wanted.locked())
        cancels.cancel(orders, origin=OrderEvent.Origin.OPERATOR)
    return orders


def set_account_state(
    account_ids: Collection[int], state: ExchangeAccount.State, reason: str
) -> list[ExchangeAccount]:
    """Halt accounts, let them only reduce, or let them trade; an operator's word beats any other.

    Accounts that were so by an operator's word already, or are archived, stay as they are.
    """
    active = state == ExchangeAccount.State.ACTIVE
    by = "" if active else ExchangeAccount.By.OPERATOR
    with transaction.atomic():
        accounts = ExchangeAccount.objects.in_use().filter(pk__in=account_ids).order_by("pk")
        changed = list(accounts.exclude(state=state, state_by=by).select_for_update(no_key=True))
        ExchangeAccount.objects.filter(pk__in=[account.pk for account in changed]).update(
            state=state,
            state_reason="" if active else reason[:_REASON],
            state_by=by,
            state_at=Now(),
        )
        told = [_account_update(account) for account in _fresh(changed)]
        transaction.on_commit(lambda: _announce(told))
    return changed


def _fresh(accounts: list[ExchangeAccount]) -> Iterable[ExchangeAccount]:
    ids = [account.pk for account in accounts]
    return ExchangeAccount.objects.filter(pk__in=ids).prefetch_related("balances")


def _account_update(account: ExchangeAccount) -> messages.Payload:
    row = messages.account_row(account, account.balances.all())
    return {"userId": account.user_id, **row}


def _announce(updates: Iterable[messages.Payload]) -> None:
    for update in updates:
        publisher.publish(messages.ACCOUNT_UPDATE, update)
    publisher.ring()  # Orders may have waited for this.


def halt_platform(reason: str) -> bool:
    """Send no more orders of anybody; cancels still go. False if it was so already."""
    return _switch(Q(halted_at=None), halted_at=database_now(), reason=reason[:_REASON])


def resume_platform() -> bool:
    """Send again, first what has waited and is inside its deadline. False if nothing was halted."""
    return _switch(Q(halted_at__isnull=False), halted_at=None, reason="")


def _switch(present: Q, **values: object) -> bool:
    with transaction.atomic():
        Platform.objects.get_or_create(pk=1)
        switched = Platform.objects.filter(present, pk=1).update(**values)
        transaction.on_commit(lambda: publisher.ring())
    return bool(switched)


def resolve(
    discrepancy_ids: Collection[int], *, user_id: int, resolution: str
) -> list[Discrepancy]:
    """Note who looked into discrepancies, and how they ended. Resolved ones stay as they are."""
    with transaction.atomic():
        unresolved = Discrepancy.objects.unresolved().filter(pk__in=discrepancy_ids).order_by("pk")
        resolved = list(unresolved.select_for_update(no_key=True, of=("self",)))
        Discrepancy.objects.filter(pk__in=[row.pk for row in resolved]).update(
            resolved_at=Now(), resolved_by_id=user_id, resolution=resolution[:_REASON]
        )
    return resolved
