"""WebSockets to the exchange, and the events of an account through python-binance."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

from binance.async_client import AsyncClient
from websockets.asyncio.client import ClientConnection, connect

from tests.paper.conftest import Trader
from tests.paper_exchange import PaperExchange

PATIENCE_S = 10


@asynccontextmanager
async def streams(
    exchange: PaperExchange, *names: str, path: str | None = None
) -> AsyncIterator[ClientConnection]:
    """A connection to the combined streams of these names."""
    address = path or f"/stream?streams={'/'.join(names)}"
    async with connect(exchange.stream_url + address) as socket:
        yield socket


async def receive(socket: ClientConnection) -> Any:
    """The next message."""
    return json.loads(await asyncio.wait_for(socket.recv(), PATIENCE_S))


def subscription(trader: Trader, number: int) -> str:
    """The request to subscribe, signed by hand."""
    fields = {"apiKey": trader.api_key, "timestamp": time.time_ns() // 1_000_000}
    payload = urlencode(sorted(fields.items())).encode()
    signature = hmac.new(trader.secret_key.encode(), payload, hashlib.sha256).hexdigest()
    method = "userDataStream.subscribe.signature"
    return json.dumps({"id": number, "method": method, "params": fields | {"signature": signature}})


class Events:
    """The private events of one account, as python-binance's socket API hands them over."""

    def __init__(self, trader: Trader) -> None:
        self._client = AsyncClient(trader.api_key, trader.secret_key)
        self._client.API_URL = trader.exchange.rest_url
        self._client.ws_api._url = trader.exchange.ws_api_url
        self._queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.subscription = -1

    async def __aenter__(self) -> "Events":
        answer = await self._client._ws_api_request(
            "userDataStream.subscribe.signature", signed=True, params={}
        )
        self._client.ws_api.TIMEOUT = 0.3  # Or closing it would take the ten seconds of a read.
        self.subscription = answer["subscriptionId"]
        self._client.ws_api.register_subscription_queue(self.subscription, self._queue)
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self._client.close_connection()

    async def next(self, kind: str = "executionReport") -> dict[str, Any]:
        """The next event of this kind; others are passed over."""
        while True:
            event = await asyncio.wait_for(self._queue.get(), PATIENCE_S)
            if event["e"] == kind:
                return event

    async def ask(self, method: str, **parameters: Any) -> Any:
        """An unsigned call on the same connection."""
        return await self._client._ws_api_request(method, signed=False, params=parameters)
