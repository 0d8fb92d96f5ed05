"""The process's one subscription to Redis: what it brings goes straight to the local sockets.

Nothing depends on it: what it misses while Redis is away is read from rows within a second.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from channels.layers import get_channel_layer
from django.conf import settings
from redis import RedisError
from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from realtime import groups
from realtime.channels import TICKERS, Market, symbol_of
from realtime.texts import Text, read
from tradeplat.outage import Outage
from trading.messages import ACCOUNT_UPDATE, ORDER_STATUS, POSITION_UPDATE, order_update

logger = logging.getLogger(__name__)

MARKET = "market:"  # Prefix of the Redis channels of the market feed.
LAST = "market:last:"  # Prefix of the keys where it leaves the last message of each channel.

_TIMEOUT_SECONDS = 2.0
_QUIET_SECONDS = 2.0  # Then we ask whether Redis is still there …
_DEAD_SECONDS = 6.0  # … and by then it should have answered.
_RETRY_SECONDS = 0.5


class _Addressed(msgspec.Struct):
    userId: int


_ADDRESS = msgspec.json.Decoder(_Addressed)


class Subscription:
    def __init__(self, market: Market) -> None:
        self._market = market
        self._layer = get_channel_layer()
        self._outage = Outage("Redis, so events are read from rows")

    async def keep_listening(self) -> None:
        """Listen and connect again, for ever."""
        while True:
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                self._outage.note(error)
            await asyncio.sleep(_RETRY_SECONDS)

    async def _listen(self) -> None:
        redis = Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=_TIMEOUT_SECONDS,
            socket_connect_timeout=_TIMEOUT_SECONDS,
        )
        async with redis, redis.pubsub() as subscription:
            await subscription.subscribe(ORDER_STATUS, ACCOUNT_UPDATE, POSITION_UPDATE)
            await subscription.psubscribe(f"{MARKET}*")
            await self._recall(redis)
            self._outage.over()
            await self._read(subscription)

    async def _recall(self, redis: Redis) -> None:
        """Fetch the market's last messages, so that a process that just started has snapshots."""
        async for key in redis.scan_iter(match=f"{LAST}*", count=1000):
            if message := await redis.get(key):
                self._market.recall(key.decode().removeprefix(LAST), message)

    async def _read(self, subscription: PubSub) -> None:
        heard_at = time.monotonic()
        while True:
            message = await subscription.get_message(timeout=_QUIET_SECONDS)
            if message is not None:
                heard_at = time.monotonic()
                self._sort(message)
                await asyncio.sleep(0)  # In a burst this never waits, and sockets must be written.
            elif time.monotonic() - heard_at > _DEAD_SECONDS:
                raise ConnectionError("Redis has fallen silent")
            else:
                await subscription.ping()

    def _sort(self, message: Mapping[str, Any]) -> None:
        if message["type"] not in ("message", "pmessage"):
            return
        channel = message["channel"].decode()
        try:
            if channel.startswith(MARKET):
                self._market_message(channel.removeprefix(MARKET), message["data"])
            else:
                self._user_message(channel, message["data"])
        except (msgspec.MsgspecError, KeyError, UnicodeDecodeError) as error:
            logger.warning("Not a message of ours on %s: %r", channel, error)

    def _user_message(self, channel: str, data: bytes) -> None:
        group = groups.of_user(_ADDRESS.decode(data).userId)
        if self._layer.has_members(group):  # Most users are connected elsewhere, or not at all.
            self._layer.deliver(group, _WRAPPED[channel](read(data)))

    def _market_message(self, channel: str, data: bytes) -> None:
        if symbol_of(channel) is None:
            return
        text = self._market.keep(channel, data)
        # The last word on a candle is not replaced by the first on the next one.
        slot = f"{channel} closed" if b'"closed":true' in data else channel
        message = {"type": "market.message", "slot": slot, "text": text}
        self._layer.deliver(groups.of_market(channel), message)
        if channel.startswith("ticker:"):
            self._layer.deliver(groups.of_market(TICKERS), message)


def _order_event(status: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": "order.event", "seq": status["seq"], "text": Text(order_update(status))}


def _user_state(kind: str) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """A row that replaces the one the client has: not numbered, and the page reads it again."""

    def wrap(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        data = {name: value for name, value in payload.items() if name != "userId"}
        return {"type": "user.state", "text": Text({"type": kind, "data": data})}

    return wrap


_WRAPPED = {
    ORDER_STATUS: _order_event,
    POSITION_UPDATE: _user_state("POSITION_UPDATE"),
    ACCOUNT_UPDATE: _user_state("ACCOUNT_UPDATE"),
}
