"""What users do with their accounts at exchanges: add, rename, choose, check, archive.

Whatever changes which accounts a user has locks the user's row first, then the accounts.
Each raises `ExchangeAccount.DoesNotExist` for another's, an unknown or an archived account.
"""

import secrets

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.views.decorators.debug import sensitive_variables

from accounts import key_changes, key_pairs, provisioning
from accounts.models import Environment, ExchangeAccount, ExchangeAccountQuerySet, User
from tradeplat.problems import Conflict
from trading.models import Order

MOST_ACCOUNTS = 20
LONGEST_NAME = 80


@sensitive_variables()
def add(
    user: User, *, name: str, environment: str, api_key: str = "", secret_key: str = ""
) -> ExchangeAccount:
    """One more account; the first one of a user becomes the default.

    On PAPER the pair is made by us, with play money; elsewhere it is the user's own, and is
    checked at the exchange within seconds.

    Raises: `ValidationError` with words per field (name, environment, api_key, secret_key),
    `Conflict` with TOO_MANY_ACCOUNTS.
    """
    name, pair = name.strip(), (api_key.strip(), secret_key.strip())
    errors = _name_errors(name) | _environment_errors(environment)
    if not errors and environment != Environment.PAPER:
        errors = key_pairs.pair_errors(environment, *pair)
    if errors:
        raise ValidationError(errors)
    try:
        with transaction.atomic():
            is_default = _lock_for_one_more(user.pk)
            if environment == Environment.PAPER:
                return open_paper(user, name=name, is_default=is_default)
            return open_given(
                user, name=name, environment=environment, pair=pair, is_default=is_default
            )
    except IntegrityError as error:
        if key_pairs.is_taken(error):
            raise ValidationError({"api_key": [key_pairs.TAKEN]}) from None
        raise


@sensitive_variables()
def open_paper(
    user: User, *, name: str, is_default: bool, given: tuple[str, str] = ("", "")
) -> ExchangeAccount:
    """An account with play money, in the caller's transaction. What was given is kept, unsent."""
    account = ExchangeAccount(
        user=user, name=name, environment=Environment.PAPER, is_default=is_default
    )
    account.set_keys(secrets.token_hex(32), secrets.token_hex(32))
    account.given_api_key, account.given_secret_key = given
    account.save()
    transaction.on_commit(lambda: provisioning.try_provision(account), robust=True)
    return account


@sensitive_variables()
def open_given(
    user: User, *, name: str, environment: str, pair: tuple[str, str], is_default: bool
) -> ExchangeAccount:
    """An account that exists at an exchange already, in the caller's transaction."""
    account = ExchangeAccount(
        user=user,
        name=name,
        environment=environment,
        is_default=is_default,
        provisioned_at=Now(),
        check_wanted_at=Now(),
    )
    account.set_keys(*pair)
    account.save()
    return account


def rename(user_id: int, account_id: int, name: str) -> None:
    """Raises: `ValidationError` with words about the name."""
    name = name.strip()
    if errors := _name_errors(name):
        raise ValidationError(errors)
    with transaction.atomic():
        account = _locked(user_id, account_id)
        account.name = name
        account.save(update_fields=["name"])


def make_default(user_id: int, account_id: int) -> None:
    """Trade with this account where none is named. Exactly one is the default at any time."""
    with transaction.atomic():
        _lock_user(user_id)
        account = _locked(user_id, account_id)
        _set_default(account)


def want_check(user_id: int, account_id: int) -> None:
    """Have the exchange asked about the key within a second or two. Safe to repeat."""
    with transaction.atomic():
        account = _locked(user_id, account_id)
        if account.check_wanted_at is None:
            account.check_wanted_at = Now()
            account.save(update_fields=["check_wanted_at"])


def archive(user_id: int, account_id: int) -> None:
    """Put an account away for good. Its orders and fills stay, its keys are erased.

    The default moves on to the oldest account that is left. The keys stay for as long as an order
    of the account may still have to be looked up, see `key_changes.erase_unneeded`.

    Raises: `Conflict` with ACCOUNT_HAS_OPEN_ORDERS.
    """
    with transaction.atomic():
        _lock_user(user_id)
        # Under this lock no order is accepted: whatever was accepted before is counted here.
        account = _locked(user_id, account_id)
        if open_orders := Order.objects.for_account(account.pk).open().count():
            raise Conflict("ACCOUNT_HAS_OPEN_ORDERS", _open_orders_words(open_orders))
        was_default, account.is_default = account.is_default, False
        account.archived_at, account.check_wanted_at = Now(), None
        account.save(update_fields=["archived_at", "is_default", "check_wanted_at"])
        if was_default and (oldest := _in_use(user_id).order_by("pk").first()):
            _set_default(oldest)
        key_changes.erase_unneeded(account.pk)


def _open_orders_words(count: int) -> str:
    orders = "1 order is" if count == 1 else f"{count} orders are"
    return f"{orders} open or in doubt. Cancel what is open, and wait until the rest is known."


def _in_use(user_id: int) -> ExchangeAccountQuerySet:
    return ExchangeAccount.objects.in_use().filter(user_id=user_id)


def _locked(user_id: int, account_id: int) -> ExchangeAccount:
    return _in_use(user_id).select_for_update(no_key=True).get(pk=account_id)


def _lock_user(user_id: int) -> None:
    # No key: rows that refer to the user may go on being inserted.
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user_id)


def _lock_for_one_more(user_id: int) -> bool:
    """Whether it will be the default. Raises: `Conflict` for a user who has enough."""
    _lock_user(user_id)
    mine = _in_use(user_id)
    if mine.count() >= MOST_ACCOUNTS:
        words = f"You have {MOST_ACCOUNTS} accounts, which is the most. Archive one first."
        raise Conflict("TOO_MANY_ACCOUNTS", words)
    return not mine.filter(is_default=True).exists()


def _set_default(account: ExchangeAccount) -> None:
    _in_use(account.user_id).filter(is_default=True).update(is_default=False)
    account.is_default = True
    account.save(update_fields=["is_default"])


def _name_errors(name: str) -> key_pairs.Errors:
    if not name:
        return {"name": ["Give it a name."]}
    if len(name) > LONGEST_NAME:
        return {"name": [f"Must have at most {LONGEST_NAME} characters."]}
    if not name.isprintable():
        return {"name": ["Must not contain control characters."]}
    return {}


def _environment_errors(environment: str) -> key_pairs.Errors:
    if environment not in Environment.values:
        return {"environment": ["Choose one of the environments."]}
    if not key_pairs.is_allowed(environment):
        return {"environment": [key_pairs.LIVE_IS_OFF]}
    return {}
