"""The private streams of all accounts, as one process keeps them."""

import asyncio
import logging
from concurrent.futures import Future
from contextlib import suppress
from functools import partial

from accounts.models import ExchangeAccount
from execution import leases, loop
from execution.balances import BalanceKeeper
from execution.batches import Batches
from execution.events import Event
from execution.exchange import Exchange
from execution.holds import Holds
from execution.user_streams import database, rows
from execution.user_streams.catch_up import CatchUp, Found, record_found
from execution.user_streams.database import in_thread
from execution.user_streams.hearing import Hearing
from execution.user_streams.inbox import Inbox
from execution.user_streams.refusals import Refusals
from execution.user_streams.rows import Keys, Shard
from execution.user_streams.shard import ShardKeeper
from tradeplat.outage import DATABASE_AWAY, Outage
from tradeplat.run import heartbeat

logger = logging.getLogger(__name__)

_LOOK_SECONDS = 0.5
_STOP_SECONDS = 5.0


class UserStreams:
    """Runs on the exchange loop until it is stopped, whatever the exchange or the database do."""

    def __init__(self) -> None:
        self.owner = leases.new_owner()
        holds = Holds()
        self._results: Batches[Found] = Batches("stream recorder", record_found)
        self._catch_up = CatchUp(self._results, holds)
        self._balances = BalanceKeeper(holds)
        self._heard: dict[int, tuple[ExchangeAccount, Exchange]] = {}
        self._hearing = Hearing(self.owner, begun=self._start_catching_up)
        self._inbox = Inbox(self._results, self._balances, missed=self._hearing.missed)
        self._holds = holds
        self._wanted: dict[Shard, Keys] = {}
        self._shards: dict[Shard, asyncio.Task[None]] = {}
        self._running: asyncio.Task[None] | None = None
        self._ready = False

    def start(self) -> "Future[None]":
        """Start on the exchange loop; what is returned ends only with a bug."""
        return asyncio.run_coroutine_threadsafe(self._run(), loop.get())

    def stop(self) -> None:
        """Let others go on, and write what has been heard. Not from the loop's own thread."""
        with suppress(TimeoutError):  # Rows and leases end by themselves.
            loop.run(self._end(), _STOP_SECONDS)
        self._results.stop(_STOP_SECONDS)
        self._inbox.stop(_STOP_SECONDS)
        self._catch_up.stop(_STOP_SECONDS)
        self._balances.stop()
        database.close()

    async def _end(self) -> None:
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait([self._running])

    async def _run(self) -> None:
        self._running = asyncio.current_task()
        outage = Outage("The accounts to hear")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._hearing.run())
            while True:
                heartbeat.beat("streams")
                try:
                    self._wanted = await in_thread(rows.wanted)
                except DATABASE_AWAY as error:
                    outage.note(error)
                else:
                    self._note_ready()
                    outage.over()
                for shard in self._wanted.keys() - self._shards.keys():
                    self._shards[shard] = tasks.create_task(self._keeper(shard).run())
                await asyncio.sleep(_LOOK_SECONDS)

    def _note_ready(self) -> None:
        if not self._ready:
            logger.info("Private streams are kept")
        self._ready = True

    def _start_catching_up(self, account_id: int) -> None:
        if account_id in self._heard:
            self._catch_up.want(*self._heard[account_id])

    def _keeper(self, shard: Shard) -> ShardKeeper:
        return ShardKeeper(
            shard,
            self.owner,
            Refusals(shard.environment, self._holds),
            wanted=lambda: self._wanted.get(shard, {}),
            listener=partial(_Ear, self._heard, self._hearing, self._catch_up, self._inbox),
        )


class _Ear:
    """Hears of the accounts of one exchange."""

    def __init__(
        self,
        heard: dict[int, tuple[ExchangeAccount, Exchange]],
        hearing: Hearing,
        catch_up: CatchUp,
        inbox: Inbox,
        exchange: Exchange,
    ) -> None:
        self._heard = heard
        self._hearing = hearing
        self._catch_up = catch_up
        self._inbox = inbox
        self._exchange = exchange

    def begun(self, account: ExchangeAccount) -> None:
        self._heard[account.pk] = account, self._exchange
        self._hearing.begun(account.pk)

    def ended(self, account_id: int) -> None:
        self._heard.pop(account_id, None)
        self._hearing.ended(account_id)
        self._catch_up.forget(account_id)

    def heard(self, account: ExchangeAccount, event: Event | None) -> None:
        self._inbox.put(account, self._exchange, event)
