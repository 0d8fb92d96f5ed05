"""Calls in flight on the exchange loop: many at once, but never more than there are slots."""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from execution import loop

logger = logging.getLogger(__name__)
_CANCEL_SECONDS = 1.0
Call = Coroutine[Any, Any, None]


class Calls:
    """A number of slots. Calls are started by one thread and run on the loop."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._in_flight = 0
        self._changed = threading.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def free(self) -> int:
        return self._slots - self._in_flight

    def start(self, calls: Sequence[Call]) -> None:
        """Start calls in this order, without waiting for any of them."""
        if not calls:
            return
        with self._changed:
            self._in_flight += len(calls)
        loop.get().call_soon_threadsafe(self._spawn, calls)

    def cancel(self) -> None:
        """Break off every call, and wait until they have ended."""
        loop.get().call_soon_threadsafe(self._cancel)
        self.wait_until_idle(_CANCEL_SECONDS)

    def wait_until_free(self, timeout: float) -> bool:
        """Wait for a free slot, at most `timeout` seconds."""
        return self._wait(lambda: self.free > 0, timeout)

    def wait_until_idle(self, timeout: float) -> bool:
        """Wait for the end of every call, at most `timeout` seconds."""
        return self._wait(lambda: self._in_flight == 0, timeout)

    def _wait(self, condition: Callable[[], bool], timeout: float) -> bool:
        with self._changed:
            return self._changed.wait_for(condition, timeout)

    def _spawn(self, calls: Sequence[Call]) -> None:
        for call in calls:
            task = asyncio.create_task(call)
            self._tasks.add(task)  # The loop itself keeps only weak references.
            task.add_done_callback(self._done)

    def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            logger.error("A call ended with a bug", exc_info=task.exception())
        with self._changed:
            self._in_flight -= 1
            self._changed.notify_all()
