"""The one connection to the exchange's public streams: kept open, kept subscribed."""

import asyncio
import itertools
import logging
import random
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from realtime.market.streams import (
    ALL_DAYS,
    MAX_STREAMS,
    News,
    ShuttingDown,
    streams_of,
    subscribe,
    translate,
)
from tradeplat.outage import Outage

logger = logging.getLogger(__name__)

_OPEN_SECONDS = 10.0
_SILENCE_SECONDS = 10.0  # The days of all markets come every second.
_FIRST_WAIT_SECONDS = 0.25
_LONGEST_WAIT_SECONDS = 15.0
_STREAMS_AT_ONCE = 200
_SUBSCRIBE_PAUSE_SECONDS = 0.3  # The exchange takes five messages a second.


async def follow(
    url: str, *, symbols: Callable[[], list[str]], take: Callable[[News], None]
) -> None:
    """Hand over news of the markets that `symbols` names, for ever.

    Connects again at once when the exchange shuts down, as it does with every connection within
    24 hours, and ever more slowly while it cannot be reached.
    """
    outage, wait = Outage("Market streams"), _FIRST_WAIT_SECONDS
    while True:
        try:
            async for message in _messages(url, symbols):
                _hand_over(message, take)
                outage.over()
                wait = _FIRST_WAIT_SECONDS
        except ShuttingDown:
            logger.info("The exchange closes the market streams: connecting again")
        except (OSError, TimeoutError, WebSocketException) as error:
            outage.note(error)
            await asyncio.sleep(random.uniform(wait / 2, wait))
            wait = min(2 * wait, _LONGEST_WAIT_SECONDS)


async def _messages(url: str, symbols: Callable[[], list[str]]) -> AsyncIterator[bytes]:
    async with connect(f"{url}/stream", open_timeout=_OPEN_SECONDS, max_size=None) as connection:
        subscribing = asyncio.create_task(_keep_subscribed(connection, symbols))
        try:
            while True:
                async with asyncio.timeout(_SILENCE_SECONDS):
                    message = await connection.recv(decode=False)
                yield message
        finally:
            subscribing.cancel()


async def _keep_subscribed(connection: ClientConnection, symbols: Callable[[], list[str]]) -> None:
    """Subscribe to markets as they become known; one that was followed stays."""
    subscribed: set[str] = set()
    with suppress(ConnectionClosed):  # Whoever reads hears of it as well.
        for number in itertools.count(1):
            wanted = [ALL_DAYS, *streams_of(symbols())]
            missing = [stream for stream in wanted if stream not in subscribed]
            room = MAX_STREAMS - len(subscribed)
            if batch := missing[: min(_STREAMS_AT_ONCE, room)]:
                await connection.send(subscribe(number, batch))
                subscribed.update(batch)
            await asyncio.sleep(_SUBSCRIBE_PAUSE_SECONDS)


def _hand_over(message: bytes, take: Callable[[News], None]) -> None:
    try:
        for news in translate(message):
            take(news)
    except msgspec.DecodeError as error:
        logger.warning("A market message was not understood: %s", error)
