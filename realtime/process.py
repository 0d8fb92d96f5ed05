"""What a realtime process has once, for all its sockets, and how that starts and stops."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from django.db import DatabaseError

from realtime.channels import Market
from realtime.database import in_thread
from realtime.market import symbols
from realtime.roster import Roster
from realtime.subscription import Subscription

logger = logging.getLogger(__name__)

_SYMBOLS_SECONDS = 5.0
_AFTER_A_BUG_SECONDS = 1.0

market = Market()
roster = Roster()
_tasks: list[asyncio.Task[None]] = []


def ensure_started() -> None:
    """Start the loops of this process; a server without lifespan does so with its first socket."""
    if not _tasks or _tasks[0].get_loop() is not asyncio.get_running_loop():
        subscription = Subscription(market)
        loops = (
            subscription.keep_listening, roster.keep_time, roster.keep_looking, _keep_symbols
        )  # fmt: skip
        _tasks[:] = [asyncio.create_task(_for_ever(loop), name=loop.__name__) for loop in loops]


async def stop() -> None:
    for task in _tasks:
        task.cancel()
    await asyncio.gather(*_tasks, return_exceptions=True)
    _tasks.clear()


async def warm_up() -> None:
    """Make the first visitor wait for nothing that can be done before."""
    await _read_symbols()


async def _for_ever(loop: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await loop()
        except Exception:  # A bug must not silence every socket of the process for good.
            logger.exception("%s failed and starts again", loop.__name__)
            await asyncio.sleep(_AFTER_A_BUG_SECONDS)


async def _keep_symbols() -> None:
    while True:
        await asyncio.sleep(_SYMBOLS_SECONDS)
        await _read_symbols()


async def _read_symbols() -> None:
    try:
        market.symbols = await in_thread(symbols.listed)
    except DatabaseError as error:
        logger.info("Symbols cannot be read: %s", error)
