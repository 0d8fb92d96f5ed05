"""Ending a socket from our side, also when its client has stopped reading."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import IntEnum
from typing import Any

Send = Callable[[dict[str, Any]], Awaitable[None]]

_PATIENCE_SECONDS = 30.0  # For a client that was cut off to read on and learn why.


class CloseCode(IntEnum):
    TRY_AGAIN_LATER = 1013  # Too slow a reader, or rows that cannot be read.
    UNAUTHORIZED = 4401


async def close(send: Send, code: CloseCode, reason: str) -> None:
    """Send the close frame, and cut the connection of a client that does not take it."""
    with suppress(OSError, RuntimeError, TimeoutError):  # Gone, or closed by the server already.
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await send({"type": "websocket.close", "code": int(code), "reason": reason})
    asyncio.get_running_loop().call_later(_PATIENCE_SECONDS, _abort, send)


def _abort(send: Send) -> None:
    """Let go of whatever the kernel was never able to deliver.

    ASGI has no word for this, and a server's own close waits for its buffer to drain, for ever
    where nobody reads. `send` is a method of uvicorn's protocol; elsewhere nothing happens.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
