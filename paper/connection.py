"""One WebSocket connection: what is sent never waits for a slow reader."""

import asyncio
from collections import deque

from aiohttp import WSCloseCode, web

PING_EVERY_S = 120.0  # A client has half of it, 60 s, to answer.
CLOSE_WAIT_S = 1.0
_MOST_WAITING = 20_000


class Connection:
    """A WebSocket with a queue of outgoing messages and a task that writes them in order."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self._socket = socket
        self._transport = request.transport
        self._waiting: deque[bytes] = deque()
        self._wake = asyncio.Event()
        self._writer = asyncio.get_running_loop().create_task(self._write())

    def send(self, message: bytes) -> None:
        """Queue a JSON message. Who lets too many wait is disconnected."""
        self._waiting.append(message)
        self._wake.set()
        if len(self._waiting) > _MOST_WAITING:
            self.cut()

    async def _write(self) -> None:
        while not self._socket.closed:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting and not self._socket.closed:
                try:
                    await self._socket.send_str(self._waiting.popleft().decode())
                except ConnectionError:  # The reader has gone; its read loop ends the connection.
                    return

    def cut(self) -> None:
        """Drop the connection without a close frame."""
        self._writer.cancel()
        if self._transport is not None:
            self._transport.abort()

    async def flush_and_close(self) -> None:
        """Send what waits, then close in order."""
        self._writer.cancel()
        try:
            while self._waiting and not self._socket.closed:
                await self._socket.send_str(self._waiting.popleft().decode())
        except ConnectionError:
            return
        await self._socket.close(code=WSCloseCode.GOING_AWAY)

    def stop(self) -> None:
        """The connection has ended."""
        self._writer.cancel()
