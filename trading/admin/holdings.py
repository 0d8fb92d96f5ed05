"""What accounts hold, and the facts that it is made of: looked at, never edited."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.fields import encrypted_columns
from accounts.models import ExchangeAccount
from tradeplat.operators.history import HistoryAdmin
from trading.admin.columns import amount, document
from trading.models import Balance, EventHead, Fill, IdempotencyKey, Order, OrderEvent, Position

_QUANTITY, _PRICE, _COST = amount("quantity"), amount("price"), amount("cost")
_PNL = amount("realized_pnl", "realised PnL")
_COMMISSION = amount("commission")
_QUANTITY_AFTER, _COST_AFTER = amount("quantity_after"), amount("cost_after")
_FREE, _LOCKED = amount("free"), amount("locked")
_SO_FAR, _AVERAGE = amount("quantity", "executed so far"), amount("price", "average price")


class _OfAccount(HistoryAdmin):
    """Rows of an account, shown with whose it is."""

    list_select_related = ("account__user",)
    list_filter = ("account__environment",)
    ordering = ("-id",)
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        keys = encrypted_columns(ExchangeAccount, through="account")
        return super().get_queryset(request).defer(*keys)

    @admin.display(description="user")
    def user(self, row: Any) -> str:
        return str(row.account.user)


class _OfOrder(HistoryAdmin):
    """Rows of an order, found as the order is."""

    search_fields = ("order__order_id",)  # Shows the box; what is typed goes to `found_by`.
    search_help_text = "Whatever an order is found by: an id, an e-mail address, a symbol"
    ordering = ("-id",)
    sortable_by = ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if search_term:
            queryset = queryset.filter(order__in=Order.objects.found_by(search_term))
        return queryset, False


@admin.register(Position)
class PositionAdmin(_OfAccount):
    list_display = ("symbol", "user", "account", _QUANTITY, _COST, _PNL)
    search_fields = ("account__user__email__istartswith", "symbol__iexact")
    search_help_text = "The beginning of an e-mail address, or a symbol"
    fields = ("account", "symbol", _QUANTITY, _COST, _PNL, "readable_fees", "last_trade_id")
    readonly_fields = (_QUANTITY, _COST, _PNL, "readable_fees")

    @admin.display(description="fees")
    def readable_fees(self, position: Position) -> str:
        return document(position.fees)


@admin.register(Balance)
class BalanceAdmin(_OfAccount):
    list_display = ("asset", "user", "account", _FREE, _LOCKED, "as_of")
    search_fields = ("account__user__email__istartswith", "asset__iexact")
    search_help_text = "The beginning of an e-mail address, or an asset"
    fields = ("account", "asset", _FREE, _LOCKED, "as_of")
    readonly_fields = (_FREE, _LOCKED)


@admin.register(Fill)
class FillAdmin(_OfOrder, _OfAccount):
    list_display = (
        "traded_at",
        "symbol",
        "side",
        _QUANTITY,
        _PRICE,
        _COMMISSION,
        "commission_asset",
        _PNL,
        "user",
        "account",
    )
    fields = (
        "account",
        "order",
        ("symbol", "side", "is_maker"),
        ("exchange_trade_id", "traded_at", "created_at"),
        (_QUANTITY, _PRICE),
        (_COMMISSION, "commission_asset"),
        (_PNL, _QUANTITY_AFTER, _COST_AFTER),
    )
    readonly_fields = (_QUANTITY, _PRICE, _COMMISSION, _PNL, _QUANTITY_AFTER, _COST_AFTER)


@admin.register(OrderEvent)
class OrderEventAdmin(_OfOrder):
    list_display = ("created_at", "user", "seq", "order", "status", _SO_FAR, "reason", "origin")
    list_filter = ("status", "origin")
    list_select_related = ("user", "order")
    fields = (
        "order",
        ("user", "seq", "origin"),
        "status",
        (_SO_FAR, _AVERAGE),
        "reason",
        ("timestamp", "created_at"),
    )
    readonly_fields = (_SO_FAR, _AVERAGE)


@admin.register(EventHead)
class EventHeadAdmin(HistoryAdmin):
    list_display = ("user", "seq")
    list_select_related = ("user",)
    search_fields = ("user__email__istartswith",)
    search_help_text = "The beginning of an e-mail address"
    ordering = ("-pk",)


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(HistoryAdmin):
    list_display = ("created_at", "user", "key", "answer")
    list_select_related = ("user",)
    search_fields = ("key__exact", "user__email__istartswith")
    search_help_text = "The whole key, or the beginning of an e-mail address"
    ordering = ("-created_at",)
