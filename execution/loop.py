"""The process's one event loop for calls to exchanges, on a thread of its own."""

import asyncio
import logging
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
logger = logging.getLogger(__name__)

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def get() -> asyncio.AbstractEventLoop:
    """The running loop; its thread starts with the first caller."""
    global _loop
    with _lock:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="exchange-loop", daemon=True).start()
        return _loop


def run(coroutine: Coroutine[Any, Any, T], timeout: float) -> T:
    """Run a coroutine on the loop and wait for it. Not from the loop's own thread.

    Raises: what the coroutine raises, and `TimeoutError` after `timeout` seconds, when it is
    cancelled.
    """
    future = asyncio.run_coroutine_threadsafe(coroutine, get())
    try:
        return future.result(timeout)
    finally:
        future.cancel()
