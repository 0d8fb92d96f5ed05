"""Whether the exchange takes an account's key, asked in the background and told in plain words."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts import key_changes
from accounts.models import Environment, ExchangeAccount
from execution import loop
from execution.exchange import (
    AccountSnapshot,
    Credentials,
    Exchange,
    ExchangeError,
    KeysLost,
    Rejected,
)
from execution.exchanges import credentials_of, exchange_for
from execution.executor import executor
from trading.balances import record_snapshot

_Call = Coroutine[Any, Any, AccountSnapshot]

CHECK_INTERVAL = timedelta(minutes=5)
_BATCH = 10  # Each costs 20 of the 6,000 that an address may ask for in a minute.
_WANTED_BATCH = 2  # In one look, of which there is one a second.
_REPEAT_AFTER = timedelta(seconds=30)  # Nobody has answered: who was to ask has died.
_LIMIT_SECONDS = 60.0  # A last resort: calls have time limits of their own.
_WORKS = "The key works."
_NO_TRADING = "The key works, but the exchange does not let this account trade."


def check_due() -> None:
    """Check the keys whose turn it is: new ones first, then those checked longest ago."""
    due = Q(last_check_at=None) | Q(last_check_at__lt=Now() - CHECK_INTERVAL)
    _check(_claim(due, limit=_BATCH))


def check_wanted() -> None:
    """Check the keys that somebody waits to hear about."""
    unasked = Q(last_check_at=None) | Q(last_check_at__lt=F("check_wanted_at"))
    due = Q(check_wanted_at__isnull=False) & (unasked | Q(last_check_at__lt=Now() - _REPEAT_AFTER))
    _check(_claim(due, limit=_WANTED_BATCH))


def _check(accounts: Sequence[ExchangeAccount]) -> None:
    calls = [_ask(each, exchange_for(each.environment)) for each in accounts]
    # At once, so that an exchange that does not answer costs this worker one time limit, not ten.
    outcomes = loop.run(_gathered(calls), timeout=_LIMIT_SECONDS) if calls else []
    for account, outcome in zip(accounts, outcomes, strict=True):
        _record(account, outcome)


def _claim(due: Q, *, limit: int) -> list[ExchangeAccount]:
    """Accounts whose keys are due, marked so that another who asks gets others."""
    with transaction.atomic():
        accounts = list(
            ExchangeAccount.objects.usable()
            .filter(due)
            .exclude(environment__in=executor.holds.environments())
            .order_by(F("last_check_at").asc(nulls_first=True), "pk")
            .select_for_update(skip_locked=True, no_key=True)[:limit]
        )
        claimed = ExchangeAccount.objects.filter(pk__in=[account.pk for account in accounts])
        claimed.update(last_check_at=Now())
    return accounts


def _credentials(account: ExchangeAccount) -> Credentials:
    """The pair to be judged: the one that waits to replace the other, where there is one."""
    return key_changes.candidate_of(account) or credentials_of(account)


async def _ask(account: ExchangeAccount, exchange: Exchange) -> AccountSnapshot:
    return await exchange.account(_credentials(account))


async def _gathered(calls: Sequence[_Call]) -> list[AccountSnapshot | BaseException]:
    return await asyncio.gather(*calls, return_exceptions=True)


def _record(account: ExchangeAccount, outcome: AccountSnapshot | BaseException) -> None:
    """Note what became of a check."""
    match outcome:
        case AccountSnapshot():
            _accepted(account, outcome)
        case KeysLost():
            _refused(account, outcome.words)
        case Rejected():
            _refused(account, _explained(account, outcome))
        case ExchangeError():
            executor.holds.note(account, outcome)
            # Says nothing about the key, so what was known of it stands.
            words = f"Could not be checked: {outcome.words}"
            _note(account, words, last_check_ok=account.last_check_ok)
            if key_changes.waits(account):
                key_changes.ask_again(account)
        case _:
            raise outcome


def _accepted(account: ExchangeAccount, snapshot: AccountSnapshot) -> None:
    if key_changes.waits(account) and (why := key_changes.adopt(account, snapshot.uid)):
        words = f"The new key was not taken, the present one stays. {why}"
        _note(account, words, last_check_ok=account.last_check_ok)
        return
    record_snapshot(account.pk, snapshot)
    known: dict[str, Any] = {"exchange_uid": snapshot.uid} if snapshot.uid is not None else {}
    if snapshot.can_trade:
        _note(account, _WORKS, last_check_ok=True, key_worked_at=Now(), **known)
    else:
        _note(account, _NO_TRADING, last_check_ok=False, **known)


def _refused(account: ExchangeAccount, words: str) -> None:
    if key_changes.waits(account):
        key_changes.decline(account)
        words = f"The new key was refused, the present one stays. {words}"
        _note(account, words, last_check_ok=account.last_check_ok)
    else:
        _note(account, words, last_check_ok=False)


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
    if account.last_check_ok and not key_changes.waits(account):
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
    resting = executor.holds.environments()
    return [each for each in real if each != account.environment and each not in resting]


def _takes(account: ExchangeAccount, environment: str) -> bool:
    credentials = replace(_credentials(account), environment=environment)
    try:
        loop.run(exchange_for(environment).account(credentials), timeout=_LIMIT_SECONDS)
    except (ExchangeError, TimeoutError):
        return False
    return True


def _note(account: ExchangeAccount, words: str, **found: Any) -> None:
    row = ExchangeAccount.objects.filter(pk=account.pk)
    row.update(last_check_result=words[:300], **found)
    # Who has asked again since it was claimed is still to be answered.
    row.filter(check_wanted_at__lte=F("last_check_at")).update(check_wanted_at=None)
