"""Pages from the newest row towards older ones, by the row's id.

A cursor names the last row that was shown, so rows that come in between move nothing. It never
serves to find what is new: ids do not commit in order.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request

from trading.api.query import MOST_ROWS, Reader, read_limit, read_time
from trading.intents import read_symbol, read_whole


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page, and where the next one starts, None on the last."""

    rows: list[Any]
    next_cursor: str | None

    def headers(self, request: Request) -> dict[str, str]:
        if self.next_cursor is None:
            return {}
        query = request.query_params.copy()
        query["cursor"] = self.next_cursor
        address = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
        return {"Link": f'<{address}>; rel="next"'}


def page_of(
    rows: "QuerySet[Any, Any]", asked: Mapping[str, Any], *, columns: tuple[str, ...]
) -> Page:
    """The page that the parameters of `PAGING` ask for, as dicts of `columns` (`id` is one)."""
    wanted = {
        "symbol": asked["symbol"],
        "created_at__gte": asked["since"],
        "pk__lt": asked["cursor"],
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    size = asked["limit"] or MOST_ROWS
    found = list(rows.order_by("-pk").values(*columns)[: size + 1])
    more = len(found) > size
    return Page(found[:size], write_cursor(found[size - 1]["id"]) if more else None)


def write_cursor(row_id: int) -> str:
    return base64.urlsafe_b64encode(str(row_id).encode()).decode().rstrip("=")


def read_cursor(text: str) -> int:
    """Raises: `ValueError` in words for the sender."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        return read_whole(base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii"))
    except (UnicodeError, binascii.Error, ValueError):
        raise ValueError('Must be the cursor of a Link with rel="next".') from None


PAGING: dict[str, Reader] = {
    "symbol": read_symbol,
    "since": read_time,
    "limit": read_limit,
    "cursor": read_cursor,
}
