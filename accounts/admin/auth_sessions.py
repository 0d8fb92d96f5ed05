"""Signed-in devices: seen, and signed out."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts import sessions
from accounts.models import AuthSession
from tradeplat.operators.acting import ActingAdmin, deed


class LiveFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("live", "Signed in"), ("revoked", "Revoked")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        return queryset.filter(revoked_at__isnull=self.value() == "live")


@admin.register(AuthSession)
class AuthSessionAdmin(ActingAdmin):
    list_display = ("user", "user_agent", "created_at", "last_seen_at", "revoked_at")
    list_filter = (LiveFilter,)
    list_select_related = ("user",)
    search_fields = ("user__email__istartswith",)
    search_help_text = "The beginning of an e-mail address"
    ordering = ("-last_seen_at",)
    fields = ("id", "user", "user_agent", "created_at", "last_seen_at", "revoked_at")
    actions = ("revoke",)

    def applies(self, name: str, obj: AuthSession) -> bool:
        return obj.revoked_at is None

    @deed(
        "Sign out",
        question="These devices are signed out at once, and their open sockets are closed.",
        unchanged="signed out already.",
    )
    def revoke(
        self, request: HttpRequest, chosen: list[AuthSession], reason: str
    ) -> Sequence[AuthSession]:
        live = [session for session in chosen if session.revoked_at is None]
        for session in live:
            sessions.revoke(session)
        return live
