"""From an HTTP request to an answer: faults, limits, signature, the endpoint, the journal."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from aiohttp import web

from paper import errors, signing
from paper.engine.state import Account
from paper.faults import Fault
from paper.limits import retry_after_seconds
from paper.rest import ENDPOINTS
from paper.rest.call import Call, Endpoint
from paper.venue import Venue

_JSON = "application/json"
_HTML = "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"
_UNKNOWN = "Unknown error, please check your request or try again later."


@dataclass(slots=True)
class Sent:
    """A request as it came over the wire."""

    method: str
    path: str
    query: str
    body: str
    api_key: str | None
    address: str


class Dispatcher:
    """Answers every request under /api/v3."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue
        self._latency_s = venue.config.latency_ms / 1000
        self._encoder = msgspec.json.Encoder()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """The aiohttp handler."""
        path, _, query = request.raw_path.partition("?")
        # What is not UTF-8 cannot carry a right signature, and gets the answer to a wrong one.
        body = (await request.read()).decode(errors="replace") if request.can_read_body else ""
        sent = Sent(
            request.method,
            path,
            query,
            body,
            request.headers.get("X-MBX-APIKEY"),
            request.remote or "",
        )
        if self._latency_s:
            await asyncio.sleep(self._latency_s)
        try:
            parameters = signing.parse_parameters(query, body)
        except errors.ExchangeError as error:
            return self._refusal(sent, error)
        fault = self._venue.faults.for_call(sent.method, path, sent.api_key or "", parameters)
        if fault is None:
            return await self._answer(sent, parameters)
        return await self._answer_badly(request, sent, parameters, fault)

    async def _answer(self, sent: Sent, parameters: Mapping[str, str]) -> web.Response:
        try:
            response = self._run(sent, parameters)
        except errors.ExchangeError as error:
            response = self._refusal(sent, error)
        await self._venue.journal.durable()
        return response

    def _run(self, sent: Sent, parameters: Mapping[str, str]) -> web.Response:
        venue = self._venue
        endpoint = ENDPOINTS.get((sent.method, sent.path))
        if endpoint is None:
            return web.Response(status=404, text=_HTML.replace("502 Bad Gateway", "404 Not Found"))
        weight = endpoint.weigh(parameters)
        used = venue.limits.spend(sent.address, 0 if endpoint.is_free else weight, venue.clock())
        call = Call(venue, parameters, venue.now())
        try:
            if endpoint.signed:
                call.signer = self._authenticate(sent, parameters, call.now)
            result = endpoint.run(call)
        except errors.ExchangeError:
            if endpoint.is_free:  # A failed order call weighs what a successful one does not.
                venue.limits.spend(sent.address, weight, venue.clock())
            raise
        headers = {"X-MBX-USED-WEIGHT": str(used), "X-MBX-USED-WEIGHT-1M": str(used)}
        headers |= self._order_count(endpoint, call)
        body = self._encoder.encode(result)
        return web.Response(body=body, content_type=_JSON, headers=headers)

    def _order_count(self, endpoint: Endpoint, call: Call) -> dict[str, str]:
        if call.signer is None or endpoint.path != "/api/v3/order" or endpoint.method != "POST":
            return {}
        count = self._venue.limits.orders(call.signer.uid, self._venue.clock())
        return {
            "X-MBX-ORDER-COUNT-10S": str(count.recent),
            "X-MBX-ORDER-COUNT-1D": str(count.today),
        }

    def _authenticate(self, sent: Sent, parameters: Mapping[str, str], now: int) -> Account:
        account = signing.find_account(self._venue.state, sent.api_key or "")
        signing.check_time(parameters, now)
        payload = signing.signed_payload(sent.query, sent.body)
        signing.check_signature(account.secret_key, payload, parameters.get("signature"))
        return account

    def _refusal(self, sent: Sent, error: errors.ExchangeError) -> web.Response:
        used = str(self._venue.limits.used(sent.address))
        headers = {"X-MBX-USED-WEIGHT": used, "X-MBX-USED-WEIGHT-1M": used}
        if error.status in (418, 429):
            seconds = retry_after_seconds(self._venue.clock(), error)
            headers["Retry-After"] = str(seconds)
        return self._json_error(error.status, error.code, error.message, headers)

    def _json_error(
        self, status: int, code: int, words: str, headers: Mapping[str, str] | None = None
    ) -> web.Response:
        body = self._encoder.encode({"code": code, "msg": words})
        return web.Response(status=status, body=body, content_type=_JSON, headers=headers)

    async def _answer_badly(
        self, request: web.Request, sent: Sent, parameters: Mapping[str, str], fault: Fault
    ) -> web.StreamResponse:
        """What a scripted fault makes of the call."""
        match fault.action:
            case "delay":
                return await self._late(sent, parameters, fault)
            case "refuse":
                code, words = fault.code or -1000, fault.msg or _UNKNOWN
                return self._json_error(fault.status or 400, code, words)
            case "rate_limit":
                words = fault.msg or "Too much request weight used; please use WebSocket Streams."
                headers = {"Retry-After": str(fault.retry_after)}
                return self._json_error(fault.status or 429, fault.code or -1003, words, headers)
            case "drop":
                return _abort(request)
        answer = web.Response()
        if fault.accepts(default=True):
            answer = await self._answer(sent, parameters)
        match fault.action:
            case "accept_then_close":
                return _abort(request)
            case "never_answer":
                await asyncio.Event().wait()
            case "garbage":
                return _garbage(fault, answer)
        if fault.body is not None:
            return web.Response(status=fault.status or 503, text=fault.body)
        return self._json_error(fault.status or 503, fault.code or -1000, fault.msg or _UNKNOWN)

    async def _late(
        self, sent: Sent, parameters: Mapping[str, str], fault: Fault
    ) -> web.StreamResponse:
        if not fault.accepts(default=False):
            await asyncio.sleep(fault.ms / 1000)
            return await self._answer(sent, parameters)
        answer = await self._answer(sent, parameters)
        await asyncio.sleep(fault.ms / 1000)
        return answer


def _garbage(fault: Fault, answer: web.Response) -> web.Response:
    if fault.kind == "html":
        return web.Response(status=fault.status or 502, text=_HTML, content_type="text/html")
    body = answer.body if isinstance(answer.body, bytes) and answer.body else b'{"orderId": 1'
    cut = body[: max(1, len(body) // 2)]
    return web.Response(status=fault.status or 200, body=cut, content_type=_JSON)


def _abort(request: web.Request) -> web.Response:
    """Close the connection without a byte of an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
