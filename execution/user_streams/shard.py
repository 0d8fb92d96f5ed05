"""One shard: whoever has its lease follows it, the others stand by and take over in seconds."""

import asyncio
import logging
import random
import time
from collections.abc import Callable

from django.conf import settings
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from execution.events import ShuttingDown
from execution.exchange import Exchange
from execution.exchanges import exchange_for
from execution.lease_holder import LeaseHolder
from execution.user_streams.database import in_thread
from execution.user_streams.racing import first_to_end
from execution.user_streams.refusals import Refusals
from execution.user_streams.rows import Keys, Shard
from execution.user_streams.session import Listener, Session
from tradeplat.outage import Outage

logger = logging.getLogger(__name__)

# At DEBUG the library shows every frame, and with it the keys of accounts.
_wire = logging.getLogger("execution.user_streams.wire")
_wire.setLevel(logging.INFO)

_RENEW_SECONDS = 1.0
_OPEN_SECONDS = 10.0
# Ours, besides the exchange's own: a cut that nobody tells of shows within ten seconds.
_PING_SECONDS = 5.0
_CLOSE_SECONDS = 1.0
_FIRST_WAIT_SECONDS = 0.25
# 300 attempts in five minutes are one address's limit at the exchange.
_LONGEST_WAIT_SECONDS = 3.0
_SHORT_LIFE_SECONDS = 5.0


class ShardKeeper:
    """This process's claim to a shard, and the connection while the claim holds."""

    def __init__(
        self,
        shard: Shard,
        owner: str,
        refusals: Refusals,
        *,
        wanted: Callable[[], Keys],
        listener: Callable[[Exchange], Listener],
    ) -> None:
        self._shard = shard
        self._refusals = refusals
        self._wanted = wanted
        self._listener = listener
        self._lease = LeaseHolder(
            shard.lease, owner, seconds=settings.STREAM_LEASE_SECONDS, in_thread=in_thread
        )

    async def run(self) -> None:
        """Follow the shard whenever its lease is ours, until cancelled; then give it back."""
        try:
            while True:
                if await self._lease.take():
                    logger.info("Private streams of %s %d: ours", *self._shard)
                    await first_to_end(self._follow(), self._keep_lease())
                    logger.info("Private streams of %s %d: another's", *self._shard)
                await asyncio.sleep(_RENEW_SECONDS)
        finally:
            await asyncio.shield(self._lease.drop())

    async def _follow(self) -> None:
        """Connect, again and again: at once when the exchange has announced its end, and else ever
        more slowly while it cannot be reached.
        """
        exchange = await asyncio.to_thread(exchange_for, self._shard.environment)
        outage, wait = Outage(f"Private streams of {self._shard.environment}"), _FIRST_WAIT_SECONDS
        while True:
            begun_at, announced = time.monotonic(), False
            try:
                await self._hear(exchange, outage)
            except ShuttingDown:
                logger.info("Private streams of %s: connecting again", self._shard.environment)
                announced = True
            except (OSError, TimeoutError, WebSocketException) as error:
                outage.note(error)
            lived = time.monotonic() - begun_at > _SHORT_LIFE_SECONDS
            wait = _FIRST_WAIT_SECONDS if lived else min(2 * wait, _LONGEST_WAIT_SECONDS)
            if not (announced and lived):
                await asyncio.sleep(random.uniform(wait / 2, wait))

    async def _hear(self, exchange: Exchange, outage: Outage) -> None:
        """One connection, to its end."""
        session = Session(
            exchange,
            self._listener(exchange),
            self._refusals,
            wanted=self._wanted,
            may_speak=self._lease.may_speak,
        )
        async with connect(
            settings.EXCHANGE_URLS[self._shard.environment]["WS_API_URL"],
            open_timeout=_OPEN_SECONDS,
            ping_interval=_PING_SECONDS,
            ping_timeout=_PING_SECONDS,
            close_timeout=_CLOSE_SECONDS,
            max_size=None,
            logger=_wire,
        ) as socket:
            outage.over()
            await session.run(socket)

    async def _keep_lease(self) -> None:
        while await self._lease.take():
            await asyncio.sleep(_RENEW_SECONDS)
