"""Who may do what for how long: leases by the database's clock."""

from django.db import models
from django.db.models.functions import Now

from accounts.models import ExchangeAccount


class SubmitLane(models.Model):
    """The right to start an account's orders. Only its owner claims them: they keep their order."""

    account = models.OneToOneField(ExchangeAccount, on_delete=models.CASCADE, primary_key=True)
    owner = models.CharField(max_length=64)
    until = models.DateTimeField()

    class Meta:
        db_table = "submit_lanes"

    def __str__(self) -> str:
        return f"lane of account {self.account_id}"


class Lease(models.Model):
    """The right to a job that one process does for all: market feed, stream shard or chore."""

    name = models.CharField(max_length=80, primary_key=True)
    owner = models.CharField(max_length=64)
    until = models.DateTimeField()

    class Meta:
        db_table = "leases"

    def __str__(self) -> str:
        return self.name


class AccountStreamQuerySet(models.QuerySet["AccountStream"]):
    def live(self) -> "AccountStreamQuerySet":
        return self.filter(until__gt=Now())


class AccountStream(models.Model):
    """An account that the exchange's private stream keeps true, for as long as the row is renewed.

    Its resting orders are looked at rarely meanwhile. Once `until` has passed they are polled
    again, whatever became of the process.
    """

    account = models.OneToOneField(ExchangeAccount, on_delete=models.CASCADE, primary_key=True)
    owner = models.CharField(max_length=64)
    live_since = models.DateTimeField()
    until = models.DateTimeField()
    # From when on trades may have been missed; null once they were asked for.
    gap_since = models.DateTimeField(null=True, blank=True)

    objects = AccountStreamQuerySet.as_manager()

    class Meta:
        db_table = "account_streams"

    def __str__(self) -> str:
        return f"stream of account {self.account_id}"
