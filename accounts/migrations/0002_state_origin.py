from django.db import migrations, models


class Migration(migrations.Migration):
    """Whose word an account's state is, and since when it stands."""

    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="exchangeaccount",
            name="state_by",
            field=models.CharField(
                blank=True,
                choices=[("user", "User"), ("operator", "Operator"), ("exchange", "Exchange")],
                default="",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="exchangeaccount",
            name="state_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="exchangeaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(state_by__in=["", "user", "operator", "exchange"]),
                name="exchange_accounts_state_by",
            ),
        ),
    ]
