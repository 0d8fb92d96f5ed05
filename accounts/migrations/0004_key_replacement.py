import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import accounts.fields


class Migration(migrations.Migration):
    """A key pair that waits to replace another, and what is remembered of the one before."""

    dependencies = [("accounts", "0003_wanted_checks")]

    operations = [
        migrations.AddField(
            model_name="exchangeaccount",
            name="next_api_key",
            field=accounts.fields.EncryptedTextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="exchangeaccount",
            name="next_secret_key",
            field=accounts.fields.EncryptedTextField(blank=True, default=""),
        ),
        migrations.CreateModel(
            name="RetiredKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("api_key_last4", models.CharField(blank=True, default="", max_length=4)),
                ("key_fingerprint", models.CharField(max_length=64)),
                (
                    "retired_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="retired_keys",
                        to="accounts.exchangeaccount",
                    ),
                ),
            ],
            options={"db_table": "retired_keys"},
        ),
    ]
