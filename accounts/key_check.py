"""Whether the exchange takes an account's key, asked in the background and told in plain words."""

from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.models import Environment, ExchangeAccount
from execution import loop
from execution.exchange import AccountSnapshot, ExchangeError, Rejected
from execution.exchanges import credentials_of, exchange_for
from trading.balances import record_snapshot

CHECK_INTERVAL = timedelta(minutes=5)
_BATCH = 10  # Each costs 20 of the 6,000 that an address may ask for in a minute.
_MARGIN_SECONDS = 5.0  # The call's own time limit comes first and says more.
_WORKS = "The key works."
_NO_TRADING = "The key works, but the exchange does not let this account trade."


def check_due() -> None:
    """Check the keys whose turn it is: new ones first, then those checked longest ago."""
    for account in _claim_due():
        check(account)


def check(account: ExchangeAccount) -> None:
    """Ask the exchange for the account, and note what became of it."""
    try:
        snapshot = _ask(account, account.environment)
    except Rejected as error:
        _note(account, ok=False, words=_explained(account, error))
    except ExchangeError as error:
        # Says nothing about the key, so what was known of it stands.
        _note(account, ok=account.last_check_ok, words=f"Could not be checked: {error.words}")
    else:
        record_snapshot(account.pk, snapshot)
        _note(account, ok=snapshot.can_trade, words=_WORKS if snapshot.can_trade else _NO_TRADING)


def _claim_due() -> list[ExchangeAccount]:
    """Accounts whose keys are due, marked so that another who asks gets others."""
    usable = ~Q(api_key="") & (~Q(environment=Environment.PAPER) | ~Q(provisioned_at=None))
    due = Q(last_check_at=None) | Q(last_check_at__lt=Now() - CHECK_INTERVAL)
    with transaction.atomic():
        accounts = list(
            ExchangeAccount.objects.in_use()
            .filter(usable, due)
            .order_by(F("last_check_at").asc(nulls_first=True), "pk")
            .select_for_update(skip_locked=True, no_key=True)[:_BATCH]
        )
        claimed = ExchangeAccount.objects.filter(pk__in=[account.pk for account in accounts])
        claimed.update(last_check_at=Now())
    return accounts


def _ask(account: ExchangeAccount, environment: str) -> AccountSnapshot:
    credentials = replace(credentials_of(account), environment=environment)
    call = exchange_for(environment).account(credentials)
    return loop.run(call, timeout=settings.EXCHANGE_TIMEOUT_SECONDS + _MARGIN_SECONDS)


def _explained(account: ExchangeAccount, error: Rejected) -> str:
    """Why a key was refused, as far as it can be found out.

    The exchange has one answer for an unknown key, a forbidden address and a missing permission;
    the fourth cause, a key of another of its environments, shows when that one takes it.
    """
    if not error.halts_account:
        return error.words
    for environment in _others(account):
        if _takes(account, environment):
            return f"This key belongs to {environment}, not to {account.environment}."
    if account.last_check_ok:
        return (
            f"{error.words} It worked before: it was deleted, has expired, or this server's"
            " address was taken off its list."
        )
    return error.words


def _others(account: ExchangeAccount) -> list[str]:
    """The environments that a key may be tried at by mistake of its owner. Never PAPER."""
    if account.environment == Environment.PAPER:
        return []
    real = [Environment.TESTNET, Environment.DEMO]
    if settings.ALLOW_LIVE_TRADING:
        real.append(Environment.LIVE)
    return [environment for environment in real if environment != account.environment]


def _takes(account: ExchangeAccount, environment: str) -> bool:
    try:
        _ask(account, environment)
    except ExchangeError:
        return False
    return True


def _note(account: ExchangeAccount, *, ok: bool | None, words: str) -> None:
    ExchangeAccount.objects.filter(pk=account.pk).update(
        last_check_ok=ok, last_check_result=words[:300]
    )
