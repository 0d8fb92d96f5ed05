import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Which accounts a private stream keeps true, so that their orders need no polling."""

    dependencies = [
        ("accounts", "0001_initial"),
        ("execution", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountStream",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="accounts.exchangeaccount",
                    ),
                ),
                ("owner", models.CharField(max_length=64)),
                ("live_since", models.DateTimeField()),
                ("until", models.DateTimeField()),
            ],
            options={"db_table": "account_streams"},
        ),
    ]
