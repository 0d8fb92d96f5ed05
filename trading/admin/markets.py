"""What can be traded, by the exchange's own rules, and at what price it was last."""

from django.contrib import admin

from tradeplat.operators.history import HistoryAdmin
from trading.admin.columns import amount, document
from trading.models import LastPrice, Symbol

_PRICE = amount("price")


@admin.register(Symbol)
class SymbolAdmin(HistoryAdmin):
    list_display = ("symbol", "environment", "base", "quote", "status", "refreshed_at")
    list_filter = ("environment", "status", "quote")
    search_fields = ("symbol__istartswith", "base__iexact", "quote__iexact")
    search_help_text = "The beginning of a symbol, or an asset"
    ordering = ("environment", "symbol")
    fields = (
        ("symbol", "environment", "status"),
        ("base", "quote"),
        "readable_filters",
        "order_types",
        "flags",
        "refreshed_at",
    )
    readonly_fields = ("readable_filters",)

    @admin.display(description="filters")
    def readable_filters(self, symbol: Symbol) -> str:
        return document(symbol.filters)


@admin.register(LastPrice)
class LastPriceAdmin(HistoryAdmin):
    list_display = ("symbol", "environment", _PRICE, "as_of")
    list_filter = ("environment",)
    search_fields = ("symbol__istartswith",)
    search_help_text = "The beginning of a symbol"
    ordering = ("environment", "symbol")
    fields = ("symbol", "environment", _PRICE, "as_of")
    readonly_fields = (_PRICE,)
