"""A connection to the WebSocket API, and an account's events in the order in which they came."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from execution.binance_client import signed
from execution.exchange import Credentials
from tests.conformance.desk import Desk

Message = dict[str, Any]
_SECONDS = 15.0


class PrivateStream:
    """Blocking calls of the desk go to a thread, so that the connection is served meanwhile."""

    def __init__(self, desk: Desk, connection: ClientConnection) -> None:
        self._desk = desk
        self._connection = connection
        self._numbers = itertools.count(1)
        self.events: list[Message] = []

    async def subscribe(self, *, secret_key: str | None = None) -> Message:
        """Ask for the account's events; the answer. `secret_key` is another than the account's."""
        credentials = self._desk.target.credentials
        if secret_key is not None:
            credentials = replace(credentials, secret_key=secret_key)
        number = next(self._numbers)
        request = {
            "id": number,
            "method": "userDataStream.subscribe.signature",
            "params": await asyncio.to_thread(self._signed, credentials),
        }
        await self._connection.send(msgspec.json.encode(request).decode())
        return await self._next(lambda message: message.get("id") == number)

    async def reports(self, client_id: str, *, until: str) -> list[Message]:
        """The executionReports about an order of ours, up to the one with the status `until`."""

        def ours(event: Message) -> bool:
            return event["e"] == "executionReport" and client_id in (event["c"], event["C"])

        await self._event(lambda event: ours(event) and event["X"] == until)
        return [event for event in self.events if ours(event)]

    async def balances(self, *, since: int) -> dict[str, Message]:
        """The rows by asset of the next account position that is not older than `since` (ms)."""

        def fits(event: Message) -> bool:
            return event["e"] == "outboundAccountPosition" and event["u"] >= since

        event = await self._event(fits)
        return {row["a"]: row for row in event["B"]}

    def _signed(self, credentials: Credentials) -> Message:
        given = signed(credentials, self._desk.now(), apiKey=credentials.api_key)
        del given["headers"]
        return given

    async def _event(self, wanted: Callable[[Message], bool]) -> Message:
        for event in self.events:
            if wanted(event):
                return event
        await self._next(lambda message: "event" in message and wanted(message["event"]))
        return self.events[-1]

    async def _next(self, wanted: Callable[[Message], bool]) -> Message:
        async with asyncio.timeout(_SECONDS):
            while True:
                message: Message = msgspec.json.decode(await self._connection.recv())
                if "event" in message:
                    self.events.append(message["event"])
                if wanted(message):
                    return message


@asynccontextmanager
async def connected(desk: Desk) -> AsyncIterator[PrivateStream]:
    async with connect(desk.target.ws_api_url) as connection:
        yield PrivateStream(desk, connection)


@asynccontextmanager
async def listening(desk: Desk) -> AsyncIterator[PrivateStream]:
    """A stream that the account's events come by."""
    async with connected(desk) as stream:
        answer = await stream.subscribe()
        assert answer["status"] == 200, answer
        yield stream
