"""Who does what at the moment: rights that end by themselves, looked at only."""

from django.contrib import admin

from execution.models import AccountStream, Lease, SubmitLane
from tradeplat.operators.history import HistoryAdmin


@admin.register(Lease)
class LeaseAdmin(HistoryAdmin):
    list_display = ("name", "owner", "until")
    ordering = ("name",)


@admin.register(SubmitLane)
class SubmitLaneAdmin(HistoryAdmin):
    list_display = ("account_id", "owner", "until")
    ordering = ("-until",)
    fields = ("account_id", "owner", "until")
    readonly_fields = fields


@admin.register(AccountStream)
class AccountStreamAdmin(HistoryAdmin):
    list_display = ("account_id", "owner", "live_since", "until")
    ordering = ("until",)
    fields = list_display
    readonly_fields = list_display
