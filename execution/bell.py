"""The bell of a drain: a Redis channel on which nobody else listens, so that its silence counts."""

import logging
import threading
import time
from types import TracebackType
from typing import Self

import redis
from django.conf import settings
from redis.client import PubSub

from trading.messages import BELL

logger = logging.getLogger(__name__)

_PING_SECONDS = 5.0
_SILENT_SECONDS = 15.0
_RECONNECT_SECONDS = 1.0


class Bell:
    """Subscribed while it is entered, whenever Redis is there. While it is away, waits are naps."""

    def __init__(self) -> None:
        self._redis = redis.Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=settings.REDIS_TIMEOUT_SECONDS,
            socket_connect_timeout=settings.REDIS_TIMEOUT_SECONDS,
            retry=None,
        )
        self._channel: PubSub | None = None
        self._heard_at = self._pinged_at = 0.0
        self._try_at = 0.0
        self._nap = threading.Event()

    def __enter__(self) -> Self:
        self._connect()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave()
        self._redis.close()

    def wait(self, timeout: float) -> None:
        """Until the bell rings, at most `timeout` seconds. Never raises for Redis."""
        if self._channel is None and time.monotonic() > self._try_at:
            self._connect()
        if self._channel is None:
            self._nap.wait(timeout)
            return
        try:
            self._listen(self._channel, timeout)
        except (redis.RedisError, OSError) as error:
            logger.warning("The bell is out of order, rows are polled: %s", error)
            self._disconnect()

    def _listen(self, channel: PubSub, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            self._check(channel)
            message = channel.get_message(timeout=left)
            if message is not None:
                self._heard_at = time.monotonic()
                if message["type"] == "message":
                    return _take_rest(channel)

    def _check(self, channel: PubSub) -> None:
        """A connection that only looks alive would keep others from waking anyone."""
        now = time.monotonic()
        if now - self._heard_at > _SILENT_SECONDS:
            raise redis.ConnectionError(f"silent for {_SILENT_SECONDS:.0f} s")
        if now - self._pinged_at > _PING_SECONDS:
            self._pinged_at = now
            channel.ping()

    def _connect(self) -> None:
        channel: PubSub = self._redis.pubsub()  # type: ignore[no-untyped-call]
        try:
            channel.subscribe(BELL)  # type: ignore[no-untyped-call]
        except (redis.RedisError, OSError) as error:
            logger.info("No bell: %s", error)
            self._try_at = time.monotonic() + _RECONNECT_SECONDS
            return
        self._channel = channel
        self._heard_at = self._pinged_at = time.monotonic()

    def _leave(self) -> None:
        """From here on, whoever rings is told that nobody listens."""
        if self._channel is not None:
            try:
                self._channel.unsubscribe(BELL)  # type: ignore[no-untyped-call]
                while self._channel.subscribed:
                    if self._channel.get_message(timeout=settings.REDIS_TIMEOUT_SECONDS) is None:
                        break
            except (redis.RedisError, OSError) as error:
                logger.info("The bell was out of order at the end: %s", error)
        self._disconnect()

    def _disconnect(self) -> None:
        channel, self._channel = self._channel, None
        self._try_at = time.monotonic() + _RECONNECT_SECONDS
        if channel is not None:
            channel.close()  # Closes the socket, which ends the subscription.


def _take_rest(channel: PubSub) -> None:
    """However often it rang: one look at the rows answers all of it."""
    while channel.get_message() is not None:
        pass
