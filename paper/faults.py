"""Faults on demand, so that whoever trades here can be tested against a bad day.

A fault matches calls (or, for the stream actions, events of an account) and is used up after
`times` matches. `accept` says whether the call is carried out before the fault shows.
"""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

CallAction = Literal[
    "delay",
    "refuse",
    "status",
    "accept_then_close",
    "accept_then_5xx",
    "never_answer",
    "drop",
    "rate_limit",
    "garbage",
]
StreamAction = Literal[
    "duplicate_events",
    "reorder_events",
    "drop_events",
    "garble_events",
    "end_subscription",
    "cut_stream",
    "skew_clock",
]


class Match(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """What a fault applies to. An absent field matches everything."""

    method: str | None = None
    path: str | None = None
    api_key: str | None = None
    client_order_id: str | None = None
    symbol: str | None = None

    def fits(self, method: str, path: str, api_key: str, parameters: Mapping[str, str]) -> bool:
        """Whether this call is meant. A path may be whole or only its end, such as "order"."""
        ids = {parameters.get(name) for name in ("newClientOrderId", "origClientOrderId")}
        return (
            self.method in (None, method)
            and (self.path is None or f"/{path}".endswith(f"/{self.path.lstrip('/')}"))
            and self.api_key in (None, api_key)
            and (self.client_order_id is None or self.client_order_id in ids)
            and self.symbol in (None, parameters.get("symbol"))
        )


class Fault(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """One scripted fault. `times` -1 is for ever; `ms` is a delay or a clock's skew."""

    action: CallAction | StreamAction
    match: Match = msgspec.field(default_factory=Match)
    times: int = 1
    ms: int = 0
    code: int | None = None
    msg: str | None = None
    status: int | None = None
    body: str | None = None
    retry_after: int = 1
    kind: Literal["html", "cut"] = "html"
    accept: bool | None = None
    hits: int = 0

    def accepts(self, *, default: bool) -> bool:
        return default if self.accept is None else self.accept

    @property
    def is_spent(self) -> bool:
        return self.times >= 0 and self.hits >= self.times

    def hit(self) -> "Fault":
        self.hits += 1
        return self


STREAM_ACTIONS = frozenset({
    "duplicate_events",
    "reorder_events",
    "drop_events",
    "garble_events",
    "end_subscription",
    "cut_stream",
})  # fmt: skip


class Faults:
    """The faults that are set, first match first."""

    def __init__(self) -> None:
        self.active: list[Fault] = []

    def for_call(
        self, method: str, path: str, api_key: str, parameters: Mapping[str, str]
    ) -> Fault | None:
        """The fault that this call runs into; it is counted."""
        for fault in self.active:
            if fault.is_spent or fault.action in STREAM_ACTIONS or fault.action == "skew_clock":
                continue
            if fault.match.fits(method, path, api_key, parameters):
                return fault.hit()
        return None

    def for_event(self, api_key: str, event: Mapping[str, Any]) -> Fault | None:
        """The fault that this event of an account runs into; it is counted."""
        named = {"symbol": event.get("s", ""), "newClientOrderId": event.get("c", "")}
        for fault in self.active:
            if fault.is_spent or fault.action not in STREAM_ACTIONS:
                continue
            if fault.match.fits("STREAM", "stream", api_key, named):
                return fault.hit()
        return None
