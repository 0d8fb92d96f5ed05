"""What did not agree with the exchange: unresolved first, read, and resolved by somebody."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest

from accounts.fields import encrypted_columns
from accounts.models import ExchangeAccount, User
from tradeplat.operators.acting import ActingAdmin, deed
from trading import ledger
from trading.admin.columns import document
from trading.models import Discrepancy


class ResolvedFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("unresolved", "Unresolved"), ("resolved", "Resolved")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        return queryset.filter(resolved_at__isnull=self.value() == "unresolved")


@admin.register(Discrepancy)
class DiscrepancyAdmin(ActingAdmin):
    list_display = ("kind", "order", "account", "created_at", "action", "resolved_at")
    list_filter = (ResolvedFilter, "account__environment")
    list_select_related = ("order", "account__user")
    search_fields = ("kind__iexact", "order__order_id__exact", "account__user__email__istartswith")
    search_help_text = "A kind, our order id, or the beginning of an e-mail address"
    ordering = (F("resolved_at").desc(nulls_first=True), "-created_at")
    fields = (
        "kind",
        "account",
        "order",
        "readable_detail",
        "action",
        "created_at",
        "resolved_at",
        "resolved_by",
        "resolution",
    )
    readonly_fields = ("readable_detail",)
    actions = ("resolve",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Discrepancy]:
        keys = encrypted_columns(ExchangeAccount, through="account")
        return super().get_queryset(request).defer(*keys)

    def applies(self, name: str, obj: Discrepancy) -> bool:
        return obj.resolved_at is None

    @admin.display(description="detail")
    def readable_detail(self, discrepancy: Discrepancy) -> str:
        return document(discrepancy.detail)

    @deed(
        "Mark as resolved",
        question="These are looked into and done with. Should one arise again, it is a new row.",
        unchanged="resolved already.",
    )
    def resolve(
        self, request: HttpRequest, chosen: list[Discrepancy], reason: str
    ) -> Sequence[Discrepancy]:
        ids = [discrepancy.pk for discrepancy in chosen]
        assert isinstance(request.user, User)  # Nobody else comes here.
        return ledger.resolve(ids, user_id=request.user.pk, resolution=reason)
