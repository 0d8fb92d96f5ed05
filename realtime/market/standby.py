"""One feed for all: whoever has the lease feeds, the others stand by and take over in seconds."""

import asyncio
import logging
from contextlib import suppress

from execution import leases
from execution.lease_holder import LeaseHolder
from realtime.database import in_thread
from realtime.market.feed import Feed
from tradeplat.run import heartbeat

logger = logging.getLogger(__name__)

_NAME = "market"
_LEASE_SECONDS = 4.0
_RENEW_SECONDS = 1.0


class Standby:
    """This copy of the feed, and its claim to be the one that speaks."""

    def __init__(self) -> None:
        self._lease = LeaseHolder(
            _NAME, leases.new_owner(), seconds=_LEASE_SECONDS, in_thread=in_thread
        )

    async def run(self) -> None:
        """Feed whenever the lease is ours, until cancelled; then give it back."""
        try:
            while True:
                if await self._take():
                    await self._feed()
                await asyncio.sleep(_RENEW_SECONDS)
        finally:
            await self._lease.drop()

    async def _feed(self) -> None:
        logger.info("Feeding the market")
        feed = asyncio.create_task(Feed(may_speak=self._lease.may_speak).run())
        try:
            while await self._take() and not feed.done():
                await asyncio.sleep(_RENEW_SECONDS)
        finally:
            feed.cancel()
            with suppress(asyncio.CancelledError):
                await feed  # Should it have failed, this process ends with its error.
            logger.info("No longer feeding the market")

    async def _take(self) -> bool:
        heartbeat.beat("market")
        return await self._lease.take()
