"""The process's publisher: hands messages to Redis from a thread of its own.

Nothing that serves a request ever waits for Redis. What the queue cannot take, or Redis does not,
is dropped: every message has a look at rows behind it that makes it certain.
"""

import logging
import queue
import threading
from collections.abc import Iterable

import redis
from celery import Celery, current_app
from django.conf import settings
from kombu.exceptions import OperationalError

from tradeplat.wire import encode
from trading.messages import BELL, Payload

logger = logging.getLogger(__name__)

BATCH = 500
SUBMIT_TASK = "execution.submit_orders"
_RING = ("", b"")  # A wake-up among the messages.
_Message = tuple[str, bytes]


class Publisher:
    """One daemon thread with a bounded queue. Safe to use from every thread; never blocks."""

    def __init__(self, celery: Celery = current_app) -> None:
        self._celery = celery
        self._queue: queue.Queue[_Message] = queue.Queue(settings.PUBLISH_QUEUE_SIZE)
        self._lock = threading.Lock()
        self._thread = threading.Thread()
        self._redis = redis.Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=settings.REDIS_TIMEOUT_SECONDS,
            socket_connect_timeout=settings.REDIS_TIMEOUT_SECONDS,
            retry=None,
        )
        self._working = True

    def publish(self, channel: str, payload: Payload) -> None:
        """Publish a payload as JSON, soon."""
        self._put((channel, encode(payload)))

    def ring(self) -> None:
        """Wake a drain: there is something to send, or to cancel."""
        self._put(_RING)

    def _put(self, message: _Message) -> None:
        self._ensure_thread()
        try:
            self._queue.put_nowait(message)
        except queue.Full:
            self._note("its queue is full")

    def _ensure_thread(self) -> None:
        if self._thread.is_alive():  # It is not after a fork, nor after a bug.
            return
        with self._lock:
            if not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            batch = [self._queue.get()]
            while len(batch) < BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            self._send(batch)

    def _send(self, batch: list[_Message]) -> None:
        try:
            if not self._publish(batch):
                # Only now: a message to Celery costs its worker more than an order's whole work.
                self._celery.send_task(SUBMIT_TASK, ignore_result=True, retry=False)
        except (redis.RedisError, OperationalError, OSError) as error:
            self._note(str(error))
        else:
            self._working = True

    def _publish(self, batch: Iterable[_Message]) -> bool:
        """Publish a batch in one trip; whether a drain heard the bell, if it was rung."""
        pipeline = self._redis.pipeline(transaction=False)
        rung = False
        for message in batch:
            if message == _RING:
                rung = True
            else:
                pipeline.publish(*message)
        if rung:
            pipeline.publish(BELL, b"")
        answers = pipeline.execute()
        return not rung or answers[-1] > 0

    def _note(self, words: str) -> None:
        # Once per outage, not once per order.
        if self._working:
            logger.warning("Not published, rows will be swept: %s", words)
        self._working = False


publisher = Publisher()
