"""One feed for all: whoever has the lease feeds, the others stand by and take over in seconds."""

import asyncio
import logging
import os
import secrets
import socket
import time
from contextlib import suppress

from django.db import DatabaseError

from execution import leases
from realtime.database import in_thread
from realtime.market.feed import Feed
from realtime.outage import Outage
from tradeplat.run import heartbeat

logger = logging.getLogger(__name__)

_NAME = "market"
_LEASE_SECONDS = 4.0
_RENEW_SECONDS = 1.0


class Standby:
    """This copy of the feed, and its claim to be the one that speaks."""

    def __init__(self) -> None:
        self._owner = f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._taken_at = 0.0
        self._outage = Outage("The lease of the market feed")

    async def run(self) -> None:
        """Feed whenever the lease is ours, until cancelled; then give it back."""
        try:
            while True:
                if await self._take():
                    await self._feed()
                await asyncio.sleep(_RENEW_SECONDS)
        finally:
            with suppress(DatabaseError):
                await in_thread(leases.drop, _NAME, self._owner)

    async def _feed(self) -> None:
        logger.info("Feeding the market")
        feed = asyncio.create_task(Feed(may_speak=self._may_speak).run())
        try:
            while await self._take() and not feed.done():
                await asyncio.sleep(_RENEW_SECONDS)
        finally:
            feed.cancel()
            with suppress(asyncio.CancelledError):
                await feed  # Should it have failed, this process ends with its error.
            logger.info("No longer feeding the market")

    async def _take(self) -> bool:
        """Take or renew the lease. While the database is away it stays with whoever has it."""
        heartbeat.beat("market")
        asked_at = time.monotonic()
        try:
            taken = await in_thread(leases.take, _NAME, self._owner, _LEASE_SECONDS)
        except DatabaseError as error:
            self._outage.note(error)
            if self._taken_at:
                self._taken_at = asked_at
            return self._taken_at > 0
        self._outage.over()
        self._taken_at = asked_at if taken else 0.0
        return taken

    def _may_speak(self) -> bool:
        """False in a process that was stopped and goes on: another may have the lease by now."""
        return time.monotonic() - self._taken_at < _LEASE_SECONDS
