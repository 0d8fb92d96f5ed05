"""Telling open sockets that a token has lost its worth, without ever waiting for Redis.

The rows decide: REST reads them with every request and realtime compares them with its open
sockets. This only makes it quick, so what does not get through is dropped.
"""

import asyncio
import logging
import queue
import threading
from functools import cache
from typing import Any
from uuid import UUID

from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)

_SEND_SECONDS = 2.0
_QUEUE_SIZE = 1000

Announcement = tuple[str, dict[str, Any]]  # A group of the Channels layer and its message.


def announce(user_id: int, sid: UUID | None = None) -> None:
    """Tell the user's open sockets that one session, or every token, was revoked."""
    message = {"type": "session.revoked", "sid": str(sid)} if sid else {"type": "user.revoked"}
    try:
        _queue().put_nowait((f"user.{user_id}", message))
    except queue.Full:
        logger.warning(
            "Too many revocations wait for Redis; sockets of user %d notice late", user_id
        )


@cache
def _queue() -> "queue.Queue[Announcement]":
    """The queue of this process, and the one thread that empties it."""
    waiting: queue.Queue[Announcement] = queue.Queue(_QUEUE_SIZE)
    threading.Thread(target=_send_all, args=(waiting,), name="revocations", daemon=True).start()
    return waiting


def _send_all(waiting: "queue.Queue[Announcement]") -> None:
    while True:
        group, message = waiting.get()
        try:
            asyncio.run(_send(group, message))
        except Exception as error:  # Whatever Redis or the layer raise, the thread goes on.
            logger.warning("A revocation did not reach %s: %r", group, error)


async def _send(group: str, message: dict[str, Any]) -> None:
    layer = get_channel_layer()
    await asyncio.wait_for(layer.group_send(group, message), _SEND_SECONDS)
