"""Who may do what for how long: leases by the database's clock."""

from django.db import models

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
