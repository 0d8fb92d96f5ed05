"""JSON as the wire contract wants it: exact numbers, times in UTC with a `Z`, no NaN.

Numbers come in as `int` or `Decimal`, never as `float`, and go out with every digit they have,
without trailing zeros and without an exponent.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Context, Decimal
from typing import IO, Any, Literal
from uuid import UUID

import msgspec
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from tradeplat.problems import Invalid, Problem

MAX_BODY = 1_000_000  # Bytes; an order takes 300.
Decimals = Literal["number", "string"]

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_WIDE = Context(prec=100)
_PLAIN = frozenset({str, int, bool, type(None), datetime, UUID})


def spell(number: Decimal) -> str:
    """A number in plain digits: no trailing zeros, no exponent.

    Raises: `ValueError` for NaN and infinities, which JSON cannot say.
    """
    if not number.is_finite():
        raise ValueError(f"{number} cannot be written as JSON")
    return format(_WIDE.normalize(number), "f") if number else "0"


def encode(payload: Any, *, decimals: Decimals = "number") -> bytes:
    """Encode dicts, lists, strings, `Decimal`, aware `datetime` and `UUID` as one JSON document."""
    return _ENCODER.encode(_ready(payload, decimals == "string"))


def decode(text: bytes | str) -> Any:
    """Decode JSON with `Decimal` in place of floats.

    Raises: `Invalid`, also for nesting that no call of ours needs and for NUL characters, which
    PostgreSQL cannot store.
    """
    try:
        value = _DECODER.decode(text)
    except (msgspec.DecodeError, RecursionError, ValueError, ArithmeticError) as error:
        raise Invalid({"body": "Must be valid JSON."}, code="BAD_JSON") from error
    _refuse_nul(value)
    return value


def _ready(value: Any, as_text: bool) -> Any:
    if type(value) in _PLAIN:  # Most values of a long list: spares them the checks below.
        return value
    if isinstance(value, Decimal):
        return spell(value) if as_text else msgspec.Raw(spell(value).encode())
    if isinstance(value, Mapping):
        return {key: _ready(item, as_text) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_ready(item, as_text) for item in value]
    return value


def _refuse_nul(value: Any, field: str = "") -> None:
    if isinstance(value, str) and "\0" in value:
        raise Invalid({field or "body": "Must not contain NUL characters."})
    if isinstance(value, dict):
        for key, item in value.items():
            _refuse_nul(key, field)
            _refuse_nul(item, field or str(key).replace("\0", ""))
    elif isinstance(value, list):
        for item in value:
            _refuse_nul(item, field)


class JSONRenderer(BaseRenderer):
    """Answers as JSON; `?decimals=string` asks for amounts as strings.

    An `indent` in the context, as the browsable pages give it, breaks it into lines for a person.
    """

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if data is None:
            return b""
        context = renderer_context or {}
        request = context.get("request")
        wanted = request.query_params.get("decimals") if request is not None else None
        text = encode(data, decimals="string" if wanted == "string" else "number")
        return msgspec.json.format(text, indent=context["indent"]) if "indent" in context else text


class JSONParser(BaseParser):
    """Reads a JSON body of at most `MAX_BODY` bytes; an empty body is an empty object."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read(MAX_BODY + 1)
        if len(body) > MAX_BODY:
            raise Problem(413, "TOO_LARGE", f"The body is larger than {MAX_BODY} bytes.")
        return decode(body) if body.strip() else {}
