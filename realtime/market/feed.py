"""The market feed: the exchange's public streams, followed once for everybody.

What is new goes out on Redis, at a bounded pace, and into the rows of last prices.
"""

import asyncio
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError
from redis import RedisError
from redis.asyncio import Redis

from realtime.database import in_thread
from realtime.market import symbols
from realtime.market.board import Board
from realtime.market.connection import follow
from realtime.market.prices import LastPrices
from realtime.market.streams import News
from realtime.subscription import LAST, MARKET
from tradeplat.outage import Outage
from tradeplat.wire import encode

_FLUSH_SECONDS = 0.1
_PRICES_SECONDS = 1.0
_SYMBOLS_SECONDS = 3.0
_LAST_LIVES_SECONDS = 3600


class Feed:
    """Runs until it is cancelled, whatever the exchange, Redis or the database do.

    `may_speak` is asked before anything is published.
    """

    def __init__(self, *, may_speak: Callable[[], bool]) -> None:
        self._may_speak = may_speak
        self._board = Board()
        self._last_prices = LastPrices()
        self._listed: frozenset[str] = frozenset()
        self._in_use: set[str] = set()

    async def run(self) -> None:
        url = settings.EXCHANGE_URLS[settings.DEFAULT_ENVIRONMENT]["STREAM_URL"]
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_symbols())
            tasks.create_task(follow(url, symbols=self._followed, take=self._take))
            tasks.create_task(self._keep_publishing())
            tasks.create_task(self._keep_prices())

    def _followed(self) -> list[str]:
        volumes = {name: day.quote_volume for name, day in self._board.days.items()}
        return symbols.choose(self._listed, in_use=self._in_use, volumes=volumes)

    def _take(self, news: News) -> None:
        if news.symbol in self._listed:  # The days come for every market of the exchange.
            self._board.take(news)

    async def _keep_symbols(self) -> None:
        outage = Outage("Symbols")
        while True:
            try:
                self._listed = await in_thread(symbols.listed)
                self._in_use = await in_thread(symbols.in_use)
                outage.over()
            except DatabaseError as error:
                outage.note(error)
            # Until the exchange's rules are there, a fresh platform waits for nothing else.
            await asyncio.sleep(_SYMBOLS_SECONDS if self._listed else 0.3)

    async def _keep_publishing(self) -> None:
        outage, timeout = Outage("Redis"), settings.REDIS_TIMEOUT_SECONDS
        redis = Redis.from_url(
            settings.REDIS_URL, socket_timeout=timeout, socket_connect_timeout=timeout
        )
        async with redis:
            while True:
                await asyncio.sleep(_FLUSH_SECONDS)
                if not self._may_speak():
                    continue
                try:
                    await self._publish(redis)
                    outage.over()
                except (RedisError, OSError) as error:  # Newer messages replace what is lost.
                    outage.note(error)

    async def _publish(self, redis: Redis) -> None:
        pipeline = redis.pipeline(transaction=False)
        for channel, message in self._board.due():
            text = encode(message)
            pipeline.publish(MARKET + channel, text)
            pipeline.set(LAST + channel, text, ex=_LAST_LIVES_SECONDS)
        if pipeline.command_stack:
            await pipeline.execute()

    async def _keep_prices(self) -> None:
        outage = Outage("Last prices")
        while True:
            await asyncio.sleep(_PRICES_SECONDS)
            try:
                await in_thread(self._last_prices.write, self._board.last_prices())
                outage.over()
            except DatabaseError as error:
                outage.note(error)
