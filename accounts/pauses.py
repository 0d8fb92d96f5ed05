"""A user's own brake on an account, and taking back what may be taken back."""

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import ExchangeAccount
from tradeplat.problems import Conflict
from trading import messages
from trading.publisher import publisher

State = ExchangeAccount.State
By = ExchangeAccount.By

_REASONS = {
    State.ACTIVE: "",
    State.REDUCING: "You let it only shrink its positions.",
    State.HALTED: "You paused it.",
}


def set_state(user_id: int, account_id: int, state: str) -> None:
    """Pause an account, let it only shrink its positions, or let it trade again.

    What an operator has decided only an operator takes back. What the exchange has caused, by
    refusing the key, the user takes back once a check since then has found that the key works.

    Raises: `ExchangeAccount.DoesNotExist`, `Conflict` with ACCOUNT_HALTED.
    """
    mine = ExchangeAccount.objects.in_use().filter(user_id=user_id)
    with transaction.atomic():
        account = mine.select_for_update(no_key=True).get(pk=account_id)
        if not may_change(account):
            raise Conflict("ACCOUNT_HALTED", why_not(account))
        if account.state == state:
            return
        account.state, account.state_reason = State(state), _REASONS[State(state)]
        account.state_by = By.USER if state != State.ACTIVE else ""
        account.state_at = Now()
        account.save(update_fields=["state", "state_reason", "state_by", "state_at"])
        payload = {
            "userId": account.user_id,
            **messages.account_row(account, account.balances.all()),
        }
        transaction.on_commit(lambda: publisher.publish(messages.ACCOUNT_UPDATE, payload))
        transaction.on_commit(lambda: publisher.ring())  # Orders may have waited for this.


def may_change(account: ExchangeAccount) -> bool:
    """Whether the account's user may set its state now."""
    if account.state == State.ACTIVE or account.state_by == By.USER:
        return True
    return account.state_by != By.OPERATOR and _works_since(account)


def why_not(account: ExchangeAccount) -> str:
    """What the user has to do, or wait for."""
    if account.state_by == By.OPERATOR:
        return "An operator has set this, and only an operator can take it back."
    return "The exchange refused the key. Check it, or replace it: once it works you can resume."


def _works_since(account: ExchangeAccount) -> bool:
    if not account.last_check_ok or account.key_worked_at is None:
        return False
    return account.state_at is None or account.key_worked_at > account.state_at
