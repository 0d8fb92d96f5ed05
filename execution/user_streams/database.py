"""Rows for coroutines: queries run one after the other on a thread with a connection of its own."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections, connection

P = ParamSpec("P")
T = TypeVar("T")

_thread = ThreadPoolExecutor(1, thread_name_prefix="stream-rows")


async def in_thread(query: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a query without stopping the event loop. Raises: `DATABASE_AWAY`, and what is its own."""

    def run() -> T:
        close_old_connections()
        try:
            return query(*args, **kwargs)
        finally:
            close_old_connections()  # One that broke must not meet the next query.

    return await asyncio.get_running_loop().run_in_executor(_thread, run)


def close() -> None:
    """Give the connection back."""
    _thread.submit(lambda: connection.close()).result()
