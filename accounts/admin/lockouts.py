"""Who guessed passwords, and letting in who is locked out by mistake."""

from collections.abc import Sequence
from typing import Any

from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from tradeplat.operators.acting import ActingAdmin, deed


class LockedOutFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("locked", "Locked out now")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        since = timezone.now() - settings.AXES_COOLOFF_TIME
        limit = settings.AXES_FAILURE_LIMIT
        return queryset.filter(failures_since_start__gte=limit, attempt_time__gt=since)


@admin.register(AccessAttempt)
class LockoutAdmin(ActingAdmin):
    list_display = (
        "username",
        "ip_address",
        "failures_since_start",
        "locked_out",
        "attempt_time",
        "path_info",
        "user_agent",
    )
    list_filter = (LockedOutFilter,)
    search_fields = ("username__istartswith", "ip_address__exact")
    search_help_text = "The beginning of an e-mail address, or an address on the network"
    ordering = ("-attempt_time",)
    # Not what was sent: people type passwords where their address belongs.
    fields = list_display
    readonly_fields = ("locked_out",)
    actions = ("lift",)

    @admin.display(description="Locked out", boolean=True)
    def locked_out(self, attempt: AccessAttempt) -> bool:
        ended = timezone.now() - settings.AXES_COOLOFF_TIME
        often = attempt.failures_since_start >= settings.AXES_FAILURE_LIMIT
        return bool(often and attempt.attempt_time > ended)

    @deed("Lift the lockout", unchanged="gone already.")
    def lift(
        self, request: HttpRequest, chosen: list[AccessAttempt], reason: str
    ) -> Sequence[AccessAttempt]:
        return [
            attempt for attempt in chosen if reset(ip=attempt.ip_address, username=attempt.username)
        ]
