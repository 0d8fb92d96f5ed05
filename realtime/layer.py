"""The channel layer: local members first, Redis when it can.

What a group is sent through Redis reaches its members in every process; what this process has
received for itself goes straight into the queues of the members it holds, by `deliver`.
"""

import asyncio
import logging
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from channels_redis.pubsub import (
    RedisPubSubChannelLayer,
    RedisPubSubLoopLayer,
    RedisSingleShardConnection,
)
from channels_redis.utils import _wrap_close, decode_hosts
from redis import RedisError

from tradeplat.outage import Outage

logger = logging.getLogger(__name__)

Message = Mapping[str, Any]

_TIMEOUT_SECONDS = 2.0
_RETRY_SECONDS = 1.0
_POLL_SECONDS = 0.1


class LocalFirstChannelLayer(RedisPubSubChannelLayer):  # type: ignore[misc]
    """A `RedisPubSubChannelLayer` in which joining never waits for Redis."""

    def deliver(self, group: str, message: Message) -> None:
        """Put a message into the queues of the group's members in this process.

        It is handed over as it is, so it may hold objects that could not travel over Redis.
        """
        self._get_layer().deliver(group, message)

    def has_members(self, group: str) -> bool:
        """Whether anybody in this process listens to the group."""
        return bool(self._get_layer().has_members(group))

    def forget(self, channel: str) -> None:
        """Drop the queue of a consumer that has ended."""
        self._get_layer().forget(channel)

    def _get_layer(self) -> "LocalFirstLoopLayer":
        loop = asyncio.get_running_loop()
        layer = self._layers.get(loop)
        if layer is None:
            layer = LocalFirstLoopLayer(*self._args, **self._kwargs, channel_layer=self)
            self._layers[loop] = layer
            _wrap_close(self, loop)
        assert isinstance(layer, LocalFirstLoopLayer)
        return layer


class LocalFirstLoopLayer(RedisPubSubLoopLayer):  # type: ignore[misc]
    """The layer of one event loop.

    Who is here is written down at once; one task keeps Redis's view of it in line.
    """

    def __init__(self, hosts: Sequence[Any] | None = None, **kwargs: Any) -> None:
        bounds = {"socket_timeout": _TIMEOUT_SECONDS, "socket_connect_timeout": _TIMEOUT_SECONDS}
        super().__init__(**kwargs)
        self._shards = [_Shard(bounds | host, self) for host in decode_hosts(hosts)]
        self._outage = Outage("Redis, so groups reach this process alone")
        self._changed = asyncio.Event()
        self._follower: asyncio.Task[None] | None = None

    def deliver(self, group: str, message: Message) -> None:
        for channel in self.groups.get(self._get_group_channel_name(group), ()):
            if queue := self.channels.get(channel):
                queue.put_nowait(message)

    def has_members(self, group: str) -> bool:
        return self._get_group_channel_name(group) in self.groups

    def forget(self, channel: str) -> None:
        if self.channels.pop(channel, None) is not None:
            self._follow()

    async def new_channel(self, prefix: str = "specific.") -> str:
        channel = f"{self.prefix}{prefix}{uuid.uuid4().hex}"
        self.channels[channel] = asyncio.Queue()
        self._follow()
        return channel

    async def receive(self, channel: str) -> Message:
        message = await self.channels[channel].get()
        if isinstance(message, Mapping):
            return message
        received: Message = self.channel_layer.deserialize(message)
        return received

    async def group_add(self, group: str, channel: str) -> None:
        self.groups.setdefault(self._get_group_channel_name(group), set()).add(channel)
        self._follow()

    async def group_discard(self, group: str, channel: str) -> None:
        name = self._get_group_channel_name(group)
        members = self.groups.get(name, set())
        members.discard(channel)
        if not members:
            self.groups.pop(name, None)
            self._follow()

    async def flush(self) -> None:
        if self._follower:
            self._follower.cancel()
            await asyncio.wait([self._follower])
            self._follower = None
        await super().flush()

    def _follow(self) -> None:
        self._changed.set()
        if self._follower is None:
            self._follower = asyncio.create_task(self._keep_following())

    async def _keep_following(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._subscribe_to_present()
                self._outage.over()
            except (RedisError, OSError) as error:
                self._outage.note(error)
                await asyncio.sleep(_RETRY_SECONDS)
                self._changed.set()

    async def _subscribe_to_present(self) -> None:
        """Subscribe to the channels and groups that have members here, and to nothing else."""
        present = self.channels.keys() | self.groups.keys()
        for shard in self._shards:
            wanted = {name for name in present if self._get_shard(name) is shard}
            for name in wanted - shard._subscribed_to:
                await shard.subscribe(name)
            for name in shard._subscribed_to - wanted:
                await shard.unsubscribe(name)


class _Shard(RedisSingleShardConnection):  # type: ignore[misc]
    """One Redis of the layer. Channels' own logs a traceback a second while Redis is away."""

    async def _do_receiving(self) -> None:
        while True:
            try:
                await self._receive_next()
            except (RedisError, OSError) as error:
                logger.debug("Nothing received for groups: %s", error)
                await asyncio.sleep(_RETRY_SECONDS)

    async def _receive_next(self) -> None:
        if self._pubsub.subscribed:
            message = await self._pubsub.get_message(
                ignore_subscribe_messages=True, timeout=_POLL_SECONDS
            )
            self._receive_message(message)
        else:
            await asyncio.sleep(_POLL_SECONDS)
