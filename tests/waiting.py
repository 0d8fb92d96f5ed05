"""Waiting for what other processes do: a condition and a deadline instead of a nap."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
_INTERVAL_SECONDS = 0.02


class NotInTime(AssertionError):
    """The condition was still false at its deadline; says what it returned last."""

    def __init__(self, condition: object, timeout: float, last: object) -> None:
        name = getattr(condition, "__qualname__", repr(condition))
        super().__init__(f"{name} was still {last!r} after {timeout} s")


def eventually(condition: Callable[[], T], *, timeout: float = 10.0) -> T:
    """The first true value that the condition returns, asked until `timeout` seconds have gone."""
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise NotInTime(condition, timeout, value)
        time.sleep(_INTERVAL_SECONDS)
    return value


async def eventually_async(condition: Callable[[], Awaitable[T]], *, timeout: float = 10.0) -> T:
    """`eventually` for a coroutine function; the event loop runs on between the questions."""
    deadline = time.monotonic() + timeout
    while not (value := await condition()):
        if time.monotonic() > deadline:
            raise NotInTime(condition, timeout, value)
        await asyncio.sleep(_INTERVAL_SECONDS)
    return value
