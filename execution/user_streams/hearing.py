"""Which accounts this process hears at the moment, kept in the rows that spare them the polling."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from execution.user_streams import rows
from execution.user_streams.database import in_thread
from tradeplat.outage import DATABASE_AWAY, Outage

logger = logging.getLogger(__name__)

_RENEW_SECONDS = 1.0


class Hearing:
    """Lives on the exchange loop. A change is written at once, and then renewed every second.

    `begun` is called once the rows say that an account is heard: from then on nothing is missed.
    """

    def __init__(self, owner: str, begun: Callable[[int], None]) -> None:
        self._owner = owner
        self._begun = begun
        self._now: set[int] = set()
        self._noted: set[int] = set()
        self._changed = asyncio.Event()

    def begun(self, account_id: int) -> None:
        self._now.add(account_id)
        self._noted.discard(account_id)  # Heard anew, so there was a gap to be asked about.
        self._changed.set()

    def missed(self, account_id: int) -> None:
        """What was told cannot be read: as if the account were heard only from now on."""
        if account_id in self._now:
            self.begun(account_id)

    def ended(self, account_id: int) -> None:
        self._now.discard(account_id)
        self._changed.set()

    async def run(self) -> None:
        """Keep the rows, until cancelled; then let the polling begin again."""
        outage = Outage("The rows of private streams")
        try:
            while True:
                self._changed.clear()
                try:
                    await self._note()
                    outage.over()
                except DATABASE_AWAY as error:
                    outage.note(error)
                await self._wait()
        finally:
            await asyncio.shield(self._end_all())

    async def _note(self) -> None:
        fresh, gone = self._now - self._noted, self._noted - self._now
        if fresh:
            await self._begin(fresh)
        if gone:
            await in_thread(rows.end, self._owner, gone)
            self._noted -= gone
        if kept := self._noted & self._now:
            await in_thread(rows.renew, self._owner, kept)

    async def _begin(self, fresh: set[int]) -> None:
        self._noted |= fresh  # Before they are: what begins anew meanwhile has to be noted again.
        try:
            await in_thread(rows.begin, self._owner, fresh)
        except DATABASE_AWAY:
            self._noted -= fresh
            raise
        for account_id in fresh & self._now:
            self._begun(account_id)

    async def _wait(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), _RENEW_SECONDS)

    async def _end_all(self) -> None:
        try:
            await in_thread(rows.end, self._owner, self._noted | self._now)
        except DATABASE_AWAY as error:  # The rows end by themselves.
            logger.info("The rows of private streams were left to expire: %s", error)
