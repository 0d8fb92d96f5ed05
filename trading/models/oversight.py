"""What keeps the ledger honest: repeated requests, findings, and the platform's own switch."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import ExchangeAccount, User
from trading.models.orders import Order


class IdempotencyKey(models.Model):
    """The answer that a user's key was given, so that a repeat gets the same and does nothing."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    answer = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "idempotency_keys"
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="idempotency_keys_once"),
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_keys_age")]

    def __str__(self) -> str:
        return self.key


class DiscrepancyQuerySet(models.QuerySet["Discrepancy"]):
    def unresolved(self) -> "DiscrepancyQuerySet":
        return self.filter(resolved_at=None)


class Discrepancy(models.Model):
    """Something that did not agree with the exchange, and what was done about it."""

    account = models.ForeignKey(
        ExchangeAccount, on_delete=models.PROTECT, related_name="discrepancies"
    )
    order = models.ForeignKey(
        Order,
        to_field="order_id",
        on_delete=models.PROTECT,
        related_name="discrepancies",
        null=True,
        blank=True,
    )
    kind = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)
    action = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    resolution = models.CharField(max_length=200, blank=True, default="")

    objects = DiscrepancyQuerySet.as_manager()

    class Meta:
        db_table = "discrepancies"
        verbose_name_plural = "discrepancies"
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(resolved_at__isnull=True),
                name="discrepancies_unresolved",
            )
        ]

    def __str__(self) -> str:
        return self.kind


class Platform(models.Model):
    """The one row that can halt all sending at once."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    halted_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "platform"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="platform_one_row")]

    def __str__(self) -> str:
        return f"halted: {self.reason}" if self.halted_at else "running"
