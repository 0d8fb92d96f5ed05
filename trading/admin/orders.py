"""Orders: found by anybody's id, with what happened to them and what can be done about it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from accounts.fields import encrypted_columns
from accounts.models import ExchangeAccount
from tradeplat.operators.acting import ActingAdmin, deed
from tradeplat.operators.ages import age
from tradeplat.operators.history import HistoryInline
from trading import ledger
from trading.admin.columns import amount
from trading.models import Discrepancy, Fill, Order, OrderEvent
from trading.states import Status

_QUANTITY, _PRICE = amount("quantity"), amount("price")
_STOP_PRICE, _QUOTE = amount("stop_price"), amount("quote_order_quantity")
_EXECUTED = amount("executed_quantity", "executed")
_FILLED = amount("filled_quantity", "sum of its fills")
_AVERAGE_PRICE = amount("average_price")
# An event has these of all fills so far.
_SO_FAR, _AVERAGE = amount("quantity", "executed"), amount("price", "average price")
_COMMISSION, _PNL = amount("commission"), amount("realized_pnl", "realised PnL")
_KEYS_OF_ACCOUNT = encrypted_columns(ExchangeAccount, through="account")


class NeedsFilter(admin.SimpleListFilter):
    """What needs a person, the longest waiting first."""

    title = "what needs a person"
    parameter_name = "needs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("outcome", "Outcome unknown"),
            ("cancel", "Cancel not confirmed"),
            ("fills", "Fills missing"),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "outcome":
                return queryset.in_doubt()
            case "cancel":
                return queryset.cancels_overdue()
            case "fills":
                return queryset.fills_overdue()
        return queryset


_ORDERINGS = {"outcome": ["claimed_at"], "cancel": ["cancel_requested_at"], "fills": ["id"]}


class EventsInline(HistoryInline):
    model = OrderEvent
    verbose_name_plural = "timeline, newest first"
    fields = ("seq", "created_at", "timestamp", "status", _SO_FAR, _AVERAGE, "reason", "origin")
    readonly_fields = (_SO_FAR, _AVERAGE)
    ordering = ("-seq",)


class FillsInline(HistoryInline):
    model = Fill
    verbose_name_plural = "fills, newest first"
    fields = (
        "exchange_trade_id",
        "traded_at",
        "is_maker",
        _PRICE,
        _QUANTITY,
        _COMMISSION,
        "commission_asset",
        _PNL,
    )
    readonly_fields = (_PRICE, _QUANTITY, _COMMISSION, _PNL)
    ordering = ("-id",)


class DiscrepanciesInline(HistoryInline):
    model = Discrepancy
    fields = ("kind", "detail", "action", "created_at", "resolved_at", "resolution")
    ordering = ("-id",)
    show_change_link = True


@admin.register(Order)
class OrderAdmin(ActingAdmin):
    list_display = (
        "created_at",
        "short_id",
        "environment",
        "state",
        "user",
        "side",
        _QUANTITY,
        "symbol",
        _PRICE,
        _EXECUTED,
        "reason",
        "type",
    )
    list_display_links = ("short_id",)
    list_filter = (
        NeedsFilter,
        "status",
        "account__environment",
        "side",
        "type",
        "source",
        "created_at",
    )
    list_select_related = ("user", "account")
    search_fields = ("order_id",)  # Shows the box; what is typed there goes to `found_by`.
    search_help_text = (
        "Our order id or its first 8 characters, the exchange's or the client's order id, "
        "an e-mail address, a symbol"
    )
    sortable_by = ("created_at",)
    actions = ("ask_again", "cancel")
    inlines = (EventsInline, FillsInline, DiscrepanciesInline)
    fieldsets = (
        (
            "What was asked for",
            {
                "fields": (
                    "order_id",
                    "client_order_id",
                    ("user", "account", "account_sequence", "source"),
                    ("symbol", "side", "type", "time_in_force"),
                    (_QUANTITY, _PRICE, _STOP_PRICE, _QUOTE),
                    "trailing_delta",
                    "created_at",
                )
            },
        ),
        (
            "What the exchange made of it",
            {
                "fields": (
                    "state",
                    "reason",
                    (_EXECUTED, _AVERAGE_PRICE, _FILLED),
                    ("exchange_order_id", "exchange_client_id", "order_list"),
                    "cancel_requested_at",
                    "updated_at",
                )
            },
        ),
        (
            "How it is carried out",
            {"fields": ("attempt", "claimed_at", "not_before", "next_check_at", "not_found_count")},
        ),
    )

    readonly_fields = (
        "state",
        _QUANTITY,
        _PRICE,
        _STOP_PRICE,
        _QUOTE,
        _EXECUTED,
        _AVERAGE_PRICE,
        _FILLED,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        return super().get_queryset(request).defer(*_KEYS_OF_ACCOUNT)

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return _ORDERINGS.get(request.GET.get("needs", ""), ["-id"])

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        return queryset.found_by(search_term) if search_term else queryset, False

    def applies(self, name: str, obj: Order) -> bool:
        if name == "cancel":
            return obj.is_open and obj.cancel_requested_at is None
        return obj.is_askable

    @admin.display(description="order")
    def short_id(self, order: Order) -> str:
        return str(order.order_id)[:8]

    @admin.display(description="at")
    def environment(self, order: Order) -> str:
        return order.account.environment

    @admin.display(description="state", ordering="status")
    def state(self, order: Order) -> str:
        if order.status == Status.SUBMITTED:
            words = f"outcome unknown for {age(order.claimed_at)}"
        elif order.cancel_requested_at and order.is_open:
            words = f"to be cancelled for {age(order.cancel_requested_at)}"
        elif order.misses_fills:
            words = "fills missing"
        else:
            return order.status
        return format_html('{} <span class="doubt">{}</span>', order.status, words)

    @deed(
        "Ask the exchange again",
        unchanged="the exchange has had its last word on them, or never had them.",
    )
    def ask_again(self, request: HttpRequest, chosen: list[Order], reason: str) -> Sequence[Order]:
        return ledger.ask_again([order.pk for order in chosen])

    @deed(
        "Cancel orders",
        question="What was not sent yet is cancelled at once; for the rest the exchange is asked"
        " to, again and again, until they have ended. What fills meanwhile stays filled.",
        unchanged="ended, or to be cancelled already.",
    )
    def cancel(self, request: HttpRequest, chosen: list[Order], reason: str) -> Sequence[Order]:
        return ledger.cancel_for_operator([order.pk for order in chosen])
