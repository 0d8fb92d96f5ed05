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
        self._queue: queue.SimpleQueue[T] = queue.SimpleQueue()
        self._unwritten = 0
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def put(self, item: T) -> None:
        """Hand an item over; never waits."""
        with self._changed:
            self._unwritten += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
        self._queue.put(item)

    def wait_until_written(self, timeout: float) -> bool:
        """Wait until nothing is left to write, at most `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._unwritten == 0, timeout)

    def _run(self) -> None:
        while True:
            batch = [self._queue.get()]
            while len(batch) < _LARGEST_BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            self._write_surely(batch)
            with self._changed:
                self._unwritten -= len(batch)
                self._changed.notify_all()

    def _write_surely(self, batch: Sequence[T]) -> None:
        patience = threading.Event()
        while True:
            close_old_connections()
            try:
                return self._write(batch)
            except (OperationalError, InterfaceError) as error:
                logger.warning("%s: the database is away, %s", self._name, error)
                connection.close()
                patience.wait(_RETRY_SECONDS)
            except Exception:  # The thread must live on; the exchange will be asked again.
                logger.exception("%s: %d items were not written", self._name, len(batch))
                return None
