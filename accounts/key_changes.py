"""A new key pair for an account: it waits until the exchange has taken it, then replaces the old.

So a mistyped pair never stops an account that works. And orders are looked up by whichever pair
the account has, so a pair of another account at the exchange, which does not show them, is refused.
"""

from cryptography.fernet import InvalidToken
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.views.decorators.debug import sensitive_variables

from accounts import key_pairs
from accounts.models import Environment, ExchangeAccount, RetiredKey, fingerprint
from execution.exchange import Credentials, KeysLost
from tradeplat.problems import Conflict
from trading.models import Order

_OTHER_ACCOUNT = (
    "It belongs to another account at the exchange, which does not know the orders of this one."
    " Add it as an account of its own."
)
_NEXT = ["next_api_key", "next_secret_key"]


@sensitive_variables()
def propose(user_id: int, account_id: int, *, api_key: str, secret_key: str) -> None:
    """Have the exchange asked about a new pair, which replaces the present one if it is taken.

    Raises: `ExchangeAccount.DoesNotExist`, `ValidationError` with words per field (api_key,
    secret_key), `Conflict` with KEYS_ARE_OURS for a paper account.
    """
    api_key, secret_key = api_key.strip(), secret_key.strip()
    mine = ExchangeAccount.objects.in_use().filter(user_id=user_id)
    with transaction.atomic():
        account = mine.select_for_update(no_key=True).get(pk=account_id)
        if account.environment == Environment.PAPER:
            raise Conflict("KEYS_ARE_OURS", "A paper account has keys of our own making.")
        errors = key_pairs.pair_errors(account.environment, api_key, secret_key)
        if not errors and _is_anothers(account, api_key):
            errors = {"api_key": [key_pairs.TAKEN]}
        if errors:
            raise ValidationError(errors)
        account.next_api_key, account.next_secret_key = api_key, secret_key
        account.check_wanted_at = Now()
        account.save(update_fields=[*_NEXT, "check_wanted_at"])


def waits(account: ExchangeAccount) -> bool:
    """Whether a new pair of the account waits for the exchange's word."""
    try:
        return bool(account.next_api_key)
    except InvalidToken:
        return True


def candidate_of(account: ExchangeAccount) -> Credentials | None:
    """The pair that waits. Raises: `KeysLost` where none of FIELD_ENCRYPTION_KEYS decrypts it."""
    if not waits(account):
        return None
    try:
        return Credentials(account.environment, account.next_api_key, account.next_secret_key)
    except InvalidToken as error:
        raise KeysLost from error


def adopt(account: ExchangeAccount, uid: int | None) -> str:
    """Replace the present pair by the one that was taken; why not, or nothing where it was.

    `account` is as it was when the exchange was asked, `uid` the exchange's number of the account
    that the new pair belongs to.
    """
    if account.exchange_uid is not None and uid != account.exchange_uid:
        decline(account)
        return _OTHER_ACCOUNT
    try:
        with transaction.atomic():
            _replace(account)
    except IntegrityError as error:
        if not key_pairs.is_taken(error):
            raise
        decline(account)  # Another account was added with it meanwhile.
        return key_pairs.TAKEN
    return ""


def decline(account: ExchangeAccount) -> None:
    """Erase the pair that waits, unless a third one has taken its place."""
    with transaction.atomic():
        row = ExchangeAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
        if _waits_still(row, account):
            row.next_api_key = row.next_secret_key = ""
            row.save(update_fields=_NEXT)


def ask_again(account: ExchangeAccount) -> None:
    """Leave the pair waiting: the exchange could not be asked about it."""
    waiting = ExchangeAccount.objects.filter(pk=account.pk).exclude(next_api_key="")
    waiting.filter(check_wanted_at=None).update(check_wanted_at=F("last_check_at"))


def erase_unneeded(*account_ids: int) -> int:
    """Erase the keys of archived accounts, of all or of these; of how many.

    Kept are those of accounts with an order that may still have to be looked up: one that was
    proven absent is looked for during a day, and missing fills are fetched whatever the status.
    """
    archived = ExchangeAccount.objects.filter(archived_at__isnull=False).exclude(
        api_key="", given_api_key="", next_api_key=""
    )
    if account_ids:
        archived = archived.filter(pk__in=account_ids)
    looked_up = Order.objects.filter(account_id=OuterRef("pk"), next_check_at__isnull=False)
    return archived.filter(~Exists(looked_up)).update(
        api_key="",
        secret_key="",
        given_api_key="",
        given_secret_key="",
        next_api_key="",
        next_secret_key="",
    )


def _replace(account: ExchangeAccount) -> None:
    row = ExchangeAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
    if not _waits_still(row, account):
        return
    if row.key_fingerprint and row.key_fingerprint != fingerprint(row.next_api_key):
        RetiredKey.objects.create(
            account=row, api_key_last4=row.api_key_last4, key_fingerprint=row.key_fingerprint
        )
    row.set_keys(row.next_api_key, row.next_secret_key)
    row.next_api_key = row.next_secret_key = ""
    keys = ["api_key", "secret_key", "api_key_last4", "key_fingerprint"]
    row.save(update_fields=[*keys, *_NEXT])


def _waits_still(row: ExchangeAccount, asked: ExchangeAccount) -> bool:
    """Whether the pair that waits now is the one that the exchange was asked about."""
    try:
        return (row.next_api_key, row.next_secret_key) == (
            asked.next_api_key,
            asked.next_secret_key,
        )
    except InvalidToken:
        return True


def _is_anothers(account: ExchangeAccount, api_key: str) -> bool:
    here = Q(environment=account.environment, key_fingerprint=fingerprint(api_key))
    return ExchangeAccount.objects.in_use().filter(here).exclude(pk=account.pk).exists()
