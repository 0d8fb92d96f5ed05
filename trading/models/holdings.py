"""What an account holds: positions, folded from fills, and balances, as the exchange tells them."""

from django.db import models

from accounts.models import ExchangeAccount
from trading.models.amounts import ZERO, AmountField


class Position(models.Model):
    """The last fold of an account's fills in one symbol. `verify_ledger` proves that it is."""

    account = models.ForeignKey(ExchangeAccount, on_delete=models.PROTECT, related_name="positions")
    symbol = models.CharField(max_length=32)
    quantity = AmountField(default=ZERO)  # Negative when short.
    cost = AmountField(default=ZERO)  # Signed quote amount paid for what is still open.
    realized_pnl = AmountField(default=ZERO)
    fees = models.JSONField(default=dict)  # asset -> decimal string
    last_trade_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "positions"
        constraints = [
            models.UniqueConstraint(fields=["account", "symbol"], name="positions_once"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.symbol}"


class Balance(models.Model):
    """One asset of an account in the exchange's last snapshot or report."""

    account = models.ForeignKey(ExchangeAccount, on_delete=models.PROTECT, related_name="balances")
    asset = models.CharField(max_length=20)
    free = AmountField(default=ZERO)
    locked = AmountField(default=ZERO)
    as_of = models.DateTimeField()  # The exchange's clock.

    class Meta:
        db_table = "balances"
        constraints = [
            models.UniqueConstraint(fields=["account", "asset"], name="balances_once"),
        ]

    def __str__(self) -> str:
        return f"{self.free} {self.asset}"
