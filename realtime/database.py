"""Rows for coroutines: queries run in a few threads, each with a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async

P = ParamSpec("P")
T = TypeVar("T")

_THREADS = 4
_pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="rows")


async def in_thread(query: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a query without stopping the event loop; connections that broke are closed after it.

    Channels' default is one thread for the whole process, where a slow replay would hold up all.
    """
    run = database_sync_to_async(query, thread_sensitive=False, executor=_pool)
    result: T = await run(*args, **kwargs)
    return result
