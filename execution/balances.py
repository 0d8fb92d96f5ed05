"""Balances, fetched soon after what changed them, but never so often that orders suffer for it."""

import asyncio
import logging
import time
from collections.abc import Sequence

from accounts.models import ExchangeAccount
from execution import loop
from execution.batches import Batches
from execution.exchange import AccountSnapshot, Exchange, ExchangeError
from execution.exchanges import credentials_of
from execution.holds import Holds
from trading.balances import record_snapshot

logger = logging.getLogger(__name__)

_PER_ACCOUNT_SECONDS = 0.5
# A snapshot costs 20 of the 6,000 that an address may ask for in a minute: 2,400 at this pace.
_PER_ADDRESS_SECONDS = 0.5
_STOP_SECONDS = 1.0
Snapshot = tuple[int, AccountSnapshot]  # With the account's id.


class BalanceKeeper:
    """Fetches snapshots of accounts that something happened to. Lives on the exchange loop.

    An account that is wanted again while it waits its turn is fetched once.
    """

    def __init__(self, holds: Holds) -> None:
        self._holds = holds
        self._snapshots: Batches[Snapshot] = Batches("balances", record_snapshots)
        self._waiting: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()  # The loop itself keeps weak references.
        self._fetched_at: dict[int, float] = {}
        self._turn_at: dict[str, float] = {}  # By environment, which stands for an address.

    def want(self, account: ExchangeAccount, exchange: Exchange) -> None:
        """Fetch the account's balances soon."""
        if account.pk not in self._waiting:
            self._waiting.add(account.pk)
            task = asyncio.create_task(self._fetch(account, exchange))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def stop(self) -> None:
        """Write the snapshots that have come; the others are fetched some other time."""
        loop.get().call_soon_threadsafe(self._forget)
        self._snapshots.stop(_STOP_SECONDS)

    def _forget(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _fetch(self, account: ExchangeAccount, exchange: Exchange) -> None:
        try:
            await asyncio.sleep(self._next_turn(account) - time.monotonic())
        finally:
            # What happens from here on needs another look.
            self._waiting.discard(account.pk)
        if self._holds.left(account.environment):
            return
        self._fetched_at[account.pk] = time.monotonic()
        try:
            snapshot = await exchange.account(credentials_of(account))
        except ExchangeError as error:
            logger.warning("Balances of account %d: %s", account.pk, error.words)
            self._holds.note(account, error)
        else:
            self._snapshots.put((account.pk, snapshot))

    def _next_turn(self, account: ExchangeAccount) -> float:
        own = self._fetched_at.get(account.pk, 0.0) + _PER_ACCOUNT_SECONDS
        turn = max(time.monotonic(), own, self._turn_at.get(account.environment, 0.0))
        self._turn_at[account.environment] = turn + _PER_ADDRESS_SECONDS
        return turn


def record_snapshots(snapshots: Sequence[Snapshot]) -> None:
    for account_id, snapshot in snapshots:
        record_snapshot(account_id, snapshot)
