"""A thread that writes what has come in to the database, all that has queued in one go."""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections, connection

T = TypeVar("T")
logger = logging.getLogger(__name__)

_LARGEST_BATCH = 200
_RETRY_SECONDS = 0.5


class Batches(Generic[T]):
    """Items are written in the order they came, and again for as long as the database is away."""

    def __init__(self, name: str, write: Callable[[Sequence[T]], None]) -> None:
        self._name = name
        self._write = write
        self._queue: queue.SimpleQueue[T | None] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._giving_up = threading.Event()

    def put(self, item: T) -> None:
        """Hand an item over; never waits."""
        self._queue.put(item)
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def stop(self, timeout: float) -> bool:
        """Write what is left and end; False when `timeout` seconds were not enough."""
        with self._starting:
            thread, self._thread = self._thread, None
        if thread is None:
            return True
        self._queue.put(None)
        thread.join(timeout)
        self._giving_up.set()
        return not thread.is_alive()

    def _run(self) -> None:
        while batch := self._next():
            self._write_surely(batch)
        connection.close()

    def _next(self) -> list[T]:
        """Everything that has come, waiting for the first; nothing at the end."""
        batch: list[T] = []
        while len(batch) < _LARGEST_BATCH and not (batch and self._queue.empty()):
            item = self._queue.get()
            if item is None:
                if batch:
                    self._queue.put(None)  # To be met again once these are written.
                break
            batch.append(item)
        return batch

    def _write_surely(self, batch: Sequence[T]) -> None:
        while not self._giving_up.is_set():
            close_old_connections()
            try:
                return self._write(batch)
            except (OperationalError, InterfaceError) as error:
                logger.warning("%s: the database is away, %s", self._name, error)
                connection.close()
                self._giving_up.wait(_RETRY_SECONDS)
            except Exception:  # The thread must live on; the exchange will be asked again.
                logger.exception("%s: %d items were not written", self._name, len(batch))
                return None
        return None
