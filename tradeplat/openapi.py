"""What `/api/schema` says of errors. Nothing is read or written by it; `problems.py` makes them."""

from typing import Any

from rest_framework import serializers


class Problem(serializers.Serializer[Any]):
    """RFC 9457, `application/problem+json`."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    error = serializers.CharField(help_text="The same words, for existing clients.")
    message = serializers.CharField(help_text="The same words, for existing clients.")
    code = serializers.CharField(help_text="Stable, for programs.")
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.CharField(), help_text="Field to message."
    )
    requestId = serializers.CharField()


def problems(*statuses: int) -> dict[tuple[int, str], type[Problem]]:
    """The `responses` of a call that may answer with these statuses."""
    return {(status, "application/problem+json"): Problem for status in statuses}
