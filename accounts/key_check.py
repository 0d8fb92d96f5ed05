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

from accounts.models import Environment, ExchangeAccount
from execution import loop
from execution.exchange import AccountSnapshot, Exchange, ExchangeError, KeysLost, Rejected
from execution.exchanges import credentials_of, exchange_for
from execution.executor import executor
from trading.balances import record_snapshot

_Call = Coroutine[Any, Any, AccountSnapshot]

CHECK_INTERVAL = timedelta(minutes=5)
_BATCH = 10  # Each costs 20 of the 6,000 that an address may ask for in a minute.
_LIMIT_SECONDS = 60.0  # A last resort: calls have time limits of their own.
_WORKS = "The key works."
_NO_TRADING = "The key works, but the exchange does not let this account trade."


def check_due() -> None:
    """Check the keys whose turn it is: new ones first, then those checked longest ago."""
    accounts = _claim_due()
    calls = [_ask(each, exchange_for(each.environment)) for each in accounts]
    # At once, so that an exchange that does not answer costs this worker one time limit, not ten.
    outcomes = loop.run(_gathered(calls), timeout=_LIMIT_SECONDS)
    for account, outcome in zip(accounts, outcomes, strict=True):
        _record(account, outcome)


def _claim_due() -> list[ExchangeAccount]:
    """Accounts whose keys are due, marked so that another who asks gets others."""
    due = Q(last_check_at=None) | Q(last_check_at__lt=Now() - CHECK_INTERVAL)
    with transaction.atomic():
        accounts = list(
            ExchangeAccount.objects.usable()
            .filter(due)
            .exclude(environment__in=executor.holds.environments())
            .order_by(F("last_check_at").asc(nulls_first=True), "pk")
            .select_for_update(skip_locked=True, no_key=True)[:_BATCH]
        )
        claimed = ExchangeAccount.objects.filter(pk__in=[account.pk for account in accounts])
        claimed.update(last_check_at=Now())
    return accounts


async def _ask(account: ExchangeAccount, exchange: Exchange) -> AccountSnapshot:
    return await exchange.account(credentials_of(account))


async def _gathered(calls: Sequence[_Call]) -> list[AccountSnapshot | BaseException]:
    return await asyncio.gather(*calls, return_exceptions=True)


def _record(account: ExchangeAccount, outcome: AccountSnapshot | BaseException) -> None:
    """Note what became of a check."""
    match outcome:
        case AccountSnapshot(can_trade=can_trade):
            record_snapshot(account.pk, outcome)
            _note(account, ok=can_trade, words=_WORKS if can_trade else _NO_TRADING)
        case KeysLost():
            _note(account, ok=False, words=outcome.words)
        case Rejected():
            _note(account, ok=False, words=_explained(account, outcome))
        case ExchangeError():
            executor.holds.note(account, outcome)
            # Says nothing about the key, so what was known of it stands.
            words = f"Could not be checked: {outcome.words}"
            _note(account, ok=account.last_check_ok, words=words)
        case _:
            raise outcome


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
    resting = executor.holds.environments()
    return [each for each in real if each != account.environment and each not in resting]


def _takes(account: ExchangeAccount, environment: str) -> bool:
    credentials = replace(credentials_of(account), environment=environment)
    try:
        loop.run(exchange_for(environment).account(credentials), timeout=_LIMIT_SECONDS)
    except (ExchangeError, TimeoutError):
        return False
    return True


def _note(account: ExchangeAccount, *, ok: bool | None, words: str) -> None:
    ExchangeAccount.objects.filter(pk=account.pk).update(
        last_check_ok=ok, last_check_result=words[:300]
    )
