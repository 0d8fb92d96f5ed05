"""A client of the WebSocket, on the real wire."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.waiting import eventually

Received = dict[str, Any]


class Client:
    """One open socket; everything it has received is in `received`."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.received: list[Received] = []

    def say(self, message: Any) -> None:
        """Send a message, as JSON unless it is text or bytes already."""
        text = message if isinstance(message, str | bytes) else json.dumps(message)
        self.connection.send(text)

    def next(self, *, timeout: float = 5.0) -> Received:
        message = json.loads(self.connection.recv(timeout=timeout))
        self.received.append(message)
        return message

    def next_of(self, kind: str, *, timeout: float = 5.0) -> Received:
        """The next message of a type, past others."""
        return self.next_where(lambda message: message["type"] == kind, timeout=timeout)

    def next_where(self, wanted: Callable[[Received], bool], *, timeout: float = 5.0) -> Received:
        deadline = time.monotonic() + timeout
        while not wanted(message := self.next(timeout=deadline - time.monotonic())):
            pass
        return message

    def subscribe(self, *channels: str) -> list[str]:
        """Subscribe, also to markets listed a moment ago; all that the socket then has."""

        def answer() -> list[str]:
            self.say({"op": "subscribe", "channels": list(channels)})
            message = self.next_where(lambda message: message["type"] in ("SUBSCRIBED", "ERROR"))
            subscribed: list[str] = message["data"].get("channels", [])
            return subscribed

        return eventually(answer)

    def updates(self, count: int) -> list[int]:
        """The numbers of the next `count` ORDER_UPDATEs."""
        return [self.next_of("ORDER_UPDATE")["seq"] for _ in range(count)]

    def heard_before_answer(self) -> list[Received]:
        """What the server had sent before it answered a question of ours: events in flight."""
        so_far = len(self.received)
        self.say({"op": "unsubscribe", "channels": []})
        self.next_of("SUBSCRIBED")
        return self.received[so_far:-1]

    def close_code(self, *, timeout: float = 5.0) -> int:
        """Read to the end; the code that the server closed with."""
        try:
            self.next_where(lambda message: False, timeout=timeout)
        except ConnectionClosed as closed:
            assert closed.rcvd is not None, "the connection broke without a close frame"
            return closed.rcvd.code
        raise AssertionError("unreachable")


@contextmanager
def opened(
    url: str, *, token: str | None = None, path: str = "/prices", query: str = "", **options: Any
) -> Iterator[Client]:
    """Open a socket. `options` are the library's: subprotocols, origin, additional_headers."""
    parameters = f"?{urlencode({'token': token})}&{query}" if token else f"?{query}"
    with connect(f"{url}{path}{parameters}", **options) as connection:
        yield Client(connection)
