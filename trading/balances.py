"""Balances: the one road by which what an account has is noted, and told to its user."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import ExchangeAccount
from execution.exchange import AccountSnapshot, Holding
from trading import messages
from trading.models import Balance
from trading.models.amounts import ZERO
from trading.publisher import publisher


def record_snapshot(account_id: int, snapshot: AccountSnapshot) -> None:
    """Note everything that an account has; what the snapshot leaves out is 0.

    Safe to repeat and safe out of order: what is older than what we know changes nothing.
    """
    with transaction.atomic():
        account = ExchangeAccount.objects.select_for_update(no_key=True).get(pk=account_id)
        if account.balances_as_of and account.balances_as_of >= snapshot.as_of:
            return
        known = {row.asset: row for row in account.balances.all()}
        rows = _rows(account, snapshot, known)
        changed = account.can_trade != snapshot.can_trade or _differ(rows, known)
        _store(rows)
        account.can_trade, account.balances_as_of = snapshot.can_trade, snapshot.as_of
        account.save(update_fields=["can_trade", "balances_as_of"])
        if changed:
            _tell(account, rows)


def record_changes(account_id: int, holdings: Iterable[Holding], as_of: datetime) -> None:
    """Note what an account now has of some assets; the others stay as they are.

    Safe to repeat and safe out of order: what is older than what we know of an asset is left out.
    """
    with transaction.atomic():
        account = ExchangeAccount.objects.select_for_update(no_key=True).get(pk=account_id)
        known = {row.asset: row for row in account.balances.all()}
        fresh = [
            _row(account, holding, as_of)
            for holding in holdings
            if holding.asset not in known or known[holding.asset].as_of <= as_of
        ]
        if account.balances_as_of and account.balances_as_of > as_of:
            # The snapshot since then told of every asset.
            fresh = [row for row in fresh if row.asset in known]
        _store(fresh)
        # Before the first snapshot it would look as if there were nothing else.
        if account.balances_as_of and _differ(fresh, known):
            _tell(account, list((known | {row.asset: row for row in fresh}).values()))


def _store(rows: Sequence[Balance]) -> None:
    Balance.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["account", "asset"],
        update_fields=["free", "locked", "as_of"],
    )


def _tell(account: ExchangeAccount, rows: Sequence[Balance]) -> None:
    payload = {"userId": account.user_id, **messages.account_row(account, rows)}
    transaction.on_commit(lambda: publisher.publish(messages.ACCOUNT_UPDATE, payload))


def _rows(
    account: ExchangeAccount, snapshot: AccountSnapshot, known: dict[str, Balance]
) -> Sequence[Balance]:
    """The account's balances as they now are, by asset."""
    told = {holding.asset: holding for holding in snapshot.holdings}
    held = [told.get(asset, Holding(asset, ZERO, ZERO)) for asset in sorted(told.keys() | known)]
    rows = []
    for holding in held:
        row = known.get(holding.asset)
        if row is not None and row.as_of > snapshot.as_of:
            rows.append(row)  # A report about this asset alone came in meanwhile.
            continue
        rows.append(_row(account, holding, snapshot.as_of))
    return rows


def _row(account: ExchangeAccount, holding: Holding, as_of: datetime) -> Balance:
    return Balance(
        account=account,
        asset=holding.asset,
        free=holding.free,
        locked=holding.locked,
        as_of=as_of,
    )


def _differ(rows: Sequence[Balance], known: dict[str, Balance]) -> bool:
    return any(
        row.asset not in known
        or (row.free, row.locked) != (known[row.asset].free, known[row.asset].locked)
        for row in rows
    )
