"""Asking by REST for what a stream did not tell: open orders that we do not know, balances, and
trades of orders that were placed elsewhere and have ended unheard.

Our own open orders are not this module's: they are made due, and the reconciler asks about them.
"""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.conf import settings

from accounts.models import ExchangeAccount
from execution.balances import Snapshot, record_snapshots
from execution.batches import Batches
from execution.exchange import (
    Exchange,
    ExchangeError,
    Rejected,
    Sighting,
    Trade,
)
from execution.exchanges import credentials_of
from execution.holds import Holds
from execution.user_streams import rows
from execution.user_streams.database import in_thread
from execution.user_streams.rows import Gap
from tradeplat.outage import DATABASE_AWAY
from trading import ledger
from trading.models import OrderEvent
from trading.results import Seen

logger = logging.getLogger(__name__)

_SYMBOLS_A_TURN = 5  # Trades of a symbol weigh 20, an account itself 100.
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 1.0, 60.0


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """Everything that an account's gap has hidden was handed over before this."""

    account_id: int
    gap: Gap


Found = Seen | CaughtUp


class CatchUp:
    """Catches accounts up one after the other. Lives on the exchange loop.

    An account weighs 100 of the 6,000 that an address may ask for in a minute. One that is wanted
    again while it waits its turn is asked for once.
    """

    def __init__(self, results: Batches[Found], holds: Holds) -> None:
        self._results = results
        self._snapshots: Batches[Snapshot] = Batches("stream snapshots", record_snapshots)
        self._holds = holds
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._again: set[int] = set()
        self._turn_at: dict[str, float] = {}  # By environment, which stands for an address.

    def want(self, account: ExchangeAccount, exchange: Exchange) -> None:
        """Catch the account up soon."""
        self._again.add(account.pk)
        if account.pk not in self._tasks:
            task = asyncio.create_task(self._run(account, exchange))
            self._tasks[account.pk] = task
            task.add_done_callback(lambda done: self._done(account, exchange, done))

    def forget(self, account_id: int) -> None:
        """Its stream has ended: it will be wanted again with the next one."""
        task = self._tasks.pop(account_id, None)
        if task is not None:
            task.cancel()

    def stop(self, timeout: float) -> None:
        """Write the snapshots that have come, in `timeout` seconds."""
        self._snapshots.stop(timeout)

    def _done(self, account: ExchangeAccount, exchange: Exchange, task: asyncio.Task[None]) -> None:
        if task.cancelled() or self._tasks.get(account.pk) is not task:
            return
        del self._tasks[account.pk]
        if error := task.exception():
            logger.error("Catching up ended with a bug", exc_info=error)
        elif account.pk in self._again:  # It was wanted while the task was ending.
            self.want(account, exchange)

    async def _run(self, account: ExchangeAccount, exchange: Exchange) -> None:
        wait = _FIRST_WAIT_SECONDS
        while account.pk in self._again:
            await self._turn(account.environment, settings.CATCH_UP_SECONDS)
            self._again.discard(account.pk)  # What happens from here on needs another look.
            try:
                await self._ask(account, exchange)
            except DATABASE_AWAY as error:
                logger.info("Account %d waits for the database: %s", account.pk, error)
                self._again.add(account.pk)
                await asyncio.sleep(_FIRST_WAIT_SECONDS)
            except Rejected as error:  # Its stream will be refused as well.
                logger.warning("Account %d is not caught up: %s", account.pk, error)
            except ExchangeError as error:
                self._holds.note(account, error)
                logger.warning("Account %d is not caught up yet: %s", account.pk, error)
                self._again.add(account.pk)
                await asyncio.sleep(wait)
                wait = min(2 * wait, _LONGEST_WAIT_SECONDS)

    async def _turn(self, environment: str, seconds: float) -> None:
        """Wait until the environment may be asked, and take `seconds` of its time."""
        turn = max(time.monotonic(), self._turn_at.get(environment, 0.0))
        self._turn_at[environment] = turn + seconds
        await asyncio.sleep(turn - time.monotonic())
        while left := self._holds.left(environment):
            await asyncio.sleep(left)

    async def _ask(self, account: ExchangeAccount, exchange: Exchange) -> None:
        credentials = credentials_of(account)
        for order in await exchange.open_orders(credentials):
            self._put(account, order)
        self._snapshots.put((account.pk, await exchange.account(credentials)))
        gap = await in_thread(rows.gap_of, account.pk)
        if gap is None:
            return
        for symbol, trade_id in gap.last_trades.items():
            await self._turn(account.environment, settings.CATCH_UP_SECONDS / _SYMBOLS_A_TURN)
            trades = await exchange.trades_from(credentials, symbol, trade_id)
            await self._find_orders(account, exchange, symbol, trades)
        self._results.put(CaughtUp(account.pk, gap))

    async def _find_orders(
        self,
        account: ExchangeAccount,
        exchange: Exchange,
        symbol: str,
        trades: Mapping[int, tuple[Trade, ...]],
    ) -> None:
        """Hand over the orders whose trades we do not all have."""
        ids = [trade.trade_id for each in trades.values() for trade in each]
        unknown = await in_thread(rows.unknown_trades, account.pk, symbol, ids)
        for order_id, of_order in trades.items():
            if unknown.isdisjoint(trade.trade_id for trade in of_order):
                continue
            order = await exchange.sight(credentials_of(account), symbol, order_id)
            if order is not None:
                self._put(account, replace(order, trades=of_order))

    def _put(self, account: ExchangeAccount, order: Sighting) -> None:
        self._results.put(Seen(account.pk, order, OrderEvent.Origin.REST))


def record_found(found: Sequence[Found]) -> None:
    """Record what was seen; only then is a gap closed."""
    ledger.record([each for each in found if isinstance(each, Seen)])
    for each in found:
        if isinstance(each, CaughtUp):
            rows.close_gap(each.account_id, each.gap)
