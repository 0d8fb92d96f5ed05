"""Pages of long lists that do not count them to their end."""

from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property

LIMIT = 10_000


class BoundedPaginator(Paginator):
    """Counts and pages to LIMIT rows: who looks for anything further searches or filters."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list  # A QuerySet, as the admin gives it.
        return int(rows.order_by()[:LIMIT].count())

    @property
    def is_bounded(self) -> bool:
        return self.count == LIMIT
