"""What operators did; and what of others' apps is nobody's business."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from tradeplat.operators.history import HistoryAdmin

# Their pages show whole tokens.
admin.site.unregister([BlacklistedToken, OutstandingToken])


@admin.register(LogEntry)
class LogEntryAdmin(HistoryAdmin):
    list_display = ("action_time", "user", "content_type", "object_repr", "get_change_message")
    list_filter = ("action_flag", "action_time")
    list_select_related = ("user", "content_type")
    search_fields = ("user__email__istartswith", "object_id__exact")
    search_help_text = "The beginning of an operator's e-mail address, or an object's number"
    ordering = ("-id",)
    fields = ("action_time", "user", "content_type", "object_id", "object_repr", "deed")
    readonly_fields = ("deed",)

    @admin.display(description="what was done")
    def deed(self, entry: LogEntry) -> str:
        return entry.get_change_message()
