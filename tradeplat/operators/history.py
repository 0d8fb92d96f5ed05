"""Rows that only the platform writes: an operator looks at them, finds them, and edits none."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.forms import BaseInlineFormSet
from django.http import HttpRequest

from tradeplat.operators.paging import BoundedPaginator

INLINE_ROWS = 100


class ReadOnly:
    """No way to add, change or delete, whatever permissions somebody was given."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class _ChangeList(ChangeList):
    """Says how many rows a search found, and of a whole list only where it is told exactly."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not (self.query or self.has_active_filters):
            self.full_result_count = self.result_count


class HistoryAdmin(ReadOnly, admin.ModelAdmin):
    """A list that stays quick however long it grows, and pages without a form."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 0

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return _ChangeList


class _Newest(BaseInlineFormSet):
    """The newest rows of an object. Django would render every one that there is."""

    def get_queryset(self) -> Any:
        if not hasattr(self, "_newest"):
            self._newest = list(super().get_queryset()[:INLINE_ROWS])
        return self._newest


class HistoryInline(ReadOnly, admin.TabularInline):
    """The newest rows that belong to an object, on its page."""

    formset = _Newest
    extra = 0
    can_delete = False
