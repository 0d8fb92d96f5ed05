"""One slice of a long list, the newest first, found by ids: rows that come in shift nothing."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

LARGEST_ID = 2**63 - 1
DIGITS = 19  # Of the largest id; int() refuses a text of thousands.


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows, and the ids that the neighbouring slices start from, None where there is none."""

    rows: list[Any]
    older_than: int | None = None
    newer_than: int | None = None


def slice_of(rows: "QuerySet[Any]", request: HttpRequest, *, size: int) -> Slice:
    """The slice that `?older_than=` or `?newer_than=` asks for, else the newest.

    Raises: `Http404` for what is not an id.
    """
    newer_than, older_than = _id(request, "newer_than"), _id(request, "older_than")
    if newer_than is not None:
        found = list(rows.filter(pk__gt=newer_than).order_by("pk")[: size + 1])
        if len(found) > size:
            shown = found[size - 1 :: -1]
            return Slice(shown, older_than=shown[-1].pk, newer_than=shown[0].pk)
        older_than = None  # So near to the newest that they are the slice.
    if older_than is not None:
        rows = rows.filter(pk__lt=older_than)
    found = list(rows.order_by("-pk")[: size + 1])
    shown = found[:size]
    return Slice(
        shown,
        older_than=shown[-1].pk if len(found) > size else None,
        newer_than=shown[0].pk if older_than is not None and shown else None,
    )


def _id(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name)
    if text is None:
        return None
    is_number = text.isascii() and text.isdecimal() and len(text) <= DIGITS
    if not is_number or int(text) > LARGEST_ID:
        raise Http404(f"{name} is no id")
    return int(text)
