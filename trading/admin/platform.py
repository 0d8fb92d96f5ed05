"""The switch that halts all sending at once."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from tradeplat.operators.acting import ActingAdmin, deed
from trading import ledger
from trading.models import Platform


@admin.register(Platform)
class PlatformAdmin(ActingAdmin):
    """One row, so its list is its page."""

    fields = ("switch", "halted_at", "reason")
    readonly_fields = ("switch",)
    actions = ("halt", "resume")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.method == "POST":
            return super().changelist_view(request, extra_context)
        return redirect("admin:trading_platform_change", 1)

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Platform:
        return Platform.objects.get_or_create(pk=1)[0]

    def applies(self, name: str, obj: Platform) -> bool:
        return (name == "resume") == (obj.halted_at is not None)

    @admin.display(description="sending")
    def switch(self, platform: Platform) -> str:
        return str(platform)

    @deed(
        "Halt all sending",
        question="No order of anybody is sent any more. Orders are still accepted and wait; what"
        " is not sent inside its deadline is cancelled. Cancels still go.",
        unchanged="halted already.",
    )
    def halt(self, request: HttpRequest, chosen: list[Platform], reason: str) -> Sequence[Platform]:
        return chosen if ledger.halt_platform(reason) else []

    @deed(
        "Go on sending",
        question="Orders are sent again at once, first those that have waited.",
        unchanged="running already.",
    )
    def resume(
        self, request: HttpRequest, chosen: list[Platform], reason: str
    ) -> Sequence[Platform]:
        return chosen if ledger.resume_platform() else []
