"""Server messages as text: encoded once, whatever number of sockets they go to."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

import msgspec

from tradeplat.wire import Decimals, encode

_DECODER = msgspec.json.Decoder(float_hook=Decimal)
# Whole numbers in a message of ours that are no amounts and stay numbers with ?decimals=string.
_COUNTS = frozenset({"userId", "accountId", "seq", "headSeq", "feedAgeMs", "id"})


class Text:
    """One message in both ways of writing decimals, each made when it is first asked for."""

    def __init__(self, payload: Mapping[str, Any]) -> None:
        self._payload = payload

    def written(self, decimals: Decimals) -> str:
        return self._strings if decimals == "string" else self._numbers

    @cached_property
    def _numbers(self) -> str:
        return encode(self._payload).decode()

    @cached_property
    def _strings(self) -> str:
        return encode(self._payload, decimals="string").decode()


class ReadyText(Text):
    """A message that arrived as text already; it is parsed only for those who want strings."""

    def __init__(self, text: bytes) -> None:
        self._text = text

    @cached_property
    def _numbers(self) -> str:
        return self._text.decode()

    @cached_property
    def _strings(self) -> str:
        return encode(read(self._text), decimals="string").decode()


def read(text: bytes | str) -> Any:
    """A message of ours as it was before it was encoded: every amount a `Decimal` again.

    Raises: `msgspec.DecodeError`.
    """
    return _amounts(_DECODER.decode(text))


def _amounts(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: item if k in _COUNTS else _amounts(item) for k, item in value.items()}
    if isinstance(value, list):
        return [_amounts(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return value
