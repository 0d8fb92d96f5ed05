"""What can be traded, by the exchange's own rules, and at what price it was last."""

from django.db import models

from accounts.models import Environment
from trading.models.amounts import AmountField


class Symbol(models.Model):
    """A market of one environment, as its exchangeInfo describes it."""

    environment = models.CharField(max_length=8, choices=Environment)
    symbol = models.CharField(max_length=32)
    base = models.CharField(max_length=20)
    quote = models.CharField(max_length=20)
    status = models.CharField(max_length=20)  # TRADING, HALT, BREAK, CANCEL_ONLY …
    filters = models.JSONField(default=dict)  # filterType -> {field: decimal string}
    order_types = models.JSONField(default=list)
    flags = models.JSONField(default=dict)  # quoteOrderQtyMarketAllowed, allowTrailingStop …
    refreshed_at = models.DateTimeField()

    class Meta:
        db_table = "symbols"
        constraints = [
            models.UniqueConstraint(fields=["environment", "symbol"], name="symbols_once"),
        ]

    def __str__(self) -> str:
        return self.symbol


class LastPrice(models.Model):
    """The last price of a market, kept by the market feed: positions are valued without a call."""

    environment = models.CharField(max_length=8, choices=Environment)
    symbol = models.CharField(max_length=32)
    price = AmountField()
    as_of = models.DateTimeField()  # The exchange's clock.

    class Meta:
        db_table = "last_prices"
        constraints = [
            models.UniqueConstraint(fields=["environment", "symbol"], name="last_prices_once"),
        ]

    def __str__(self) -> str:
        return f"{self.symbol} {self.price}"
