from django.db import migrations, models


class Migration(migrations.Migration):
    """Checks of a key that somebody has asked for, and what they found out."""

    dependencies = [("accounts", "0002_state_origin")]

    operations = [
        migrations.AddField(
            model_name="exchangeaccount",
            name="check_wanted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="exchangeaccount",
            name="key_worked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="exchangeaccount",
            name="exchange_uid",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="exchangeaccount",
            index=models.Index(
                condition=models.Q(check_wanted_at__isnull=False),
                fields=["check_wanted_at"],
                name="exchange_accounts_wanted",
            ),
        ),
    ]
