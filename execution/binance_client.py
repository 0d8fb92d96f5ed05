"""python-binance over one connection pool for all accounts, signing what and when it is told to."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
from binance import AsyncClient
from django.conf import settings

from execution.exchange import Credentials

# Shorter than the exchange keeps its side open: an order must not be the one to find a dead
# connection, for then nobody knows whether it arrived.
_KEEPALIVE_SECONDS = 10.0
_CONNECT_SECONDS = 3.0


class Refusal(Exception):
    """The exchange answered with anything but success. `body` may be JSON or may not."""

    def __init__(self, status: int, body: bytes, retry_after: str | None) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.body = body
        self.retry_after = retry_after


class Client(AsyncClient):  # type: ignore[misc]  # The library has no types.
    """The library's calls, each made with `**signed(...)`; they return the body as bytes.

    Make it on the event loop that it will run on.
    """

    def __init__(self, base_url: str) -> None:
        self.API_URL = base_url
        timeout = aiohttp.ClientTimeout(
            total=settings.EXCHANGE_TIMEOUT_SECONDS, connect=_CONNECT_SECONDS
        )
        # A redirect that is followed would send an order, and its key, a second time.
        super().__init__(requests_params={"allow_redirects": False, "timeout": timeout})

    def _init_session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEPALIVE_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=self._get_headers(),
        )

    def _get_request_kwargs(
        self, method: str, signed: bool, force_params: bool = False, **kwargs: Any
    ) -> Any:
        # Never "signed": the library would put a time and a window of its own in place of ours.
        return super()._get_request_kwargs(method, False, force_params, **kwargs)

    async def _handle_response(self, response: aiohttp.ClientResponse) -> bytes:
        # The library's exception needs a JSON object and loses Retry-After.
        body = await response.read()
        if not 200 <= response.status < 300:
            raise Refusal(response.status, body, response.headers.get("Retry-After"))
        return body


def signed(credentials: Credentials, timestamp: float, **parameters: Any) -> dict[str, Any]:
    """Parameters of a call with the account's key and a signature as of `timestamp`.

    `timestamp` is the exchange's, in seconds since the epoch; parameters that are None stay out.
    """
    given = {name: value for name, value in parameters.items() if value is not None}
    given["timestamp"] = int(timestamp * 1000)
    given["recvWindow"] = int(settings.RECV_WINDOW_SECONDS * 1000)
    return {
        **given,
        "signature": signature(credentials.secret_key, given),
        "headers": {"X-MBX-APIKEY": credentials.api_key},
    }


def signature(secret: str, parameters: Mapping[str, Any]) -> str:
    """HMAC SHA-256 over the parameters, sorted and percent-encoded as the library sends them."""
    payload = urlencode(sorted(parameters.items()), quote_via=quote)
    return hmac.new(secret.encode(), payload.encode(), hashlib.sha256).hexdigest()
