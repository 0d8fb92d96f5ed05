"""Where sockets lead."""

from typing import Any

from realtime.consumers import EventConsumer

PATHS = frozenset({"/", "/prices"})

_consumer = EventConsumer.as_asgi()


async def sockets(scope: Any, receive: Any, send: Any) -> None:
    """Open a socket at one of our paths; a handshake elsewhere is answered with 403."""
    query = scope["query_string"]
    # The server logs it with the address, wherever that leads, and it may hold a token.
    scope["query_string"] = b""
    if scope["path"] not in PATHS:
        await send({"type": "websocket.close"})
        return
    await _consumer({**scope, "query_string": query}, receive, send)
