from django.db import migrations, models


class Migration(migrations.Migration):
    """What operators look for: doubts, missing fills, and orders by anybody's id."""

    dependencies = [("trading", "0002_operator_origin")]

    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=["claimed_at"],
                condition=models.Q(status="SUBMITTED"),
                name="order_commands_in_doubt",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=["id"],
                condition=models.Q(
                    ("executed_quantity", models.F("filled_quantity")), _negated=True
                ),
                name="order_commands_fills_due",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=["exchange_order_id"],
                condition=models.Q(exchange_order_id__isnull=False),
                name="order_commands_exchange_id",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=["client_order_id"],
                condition=models.Q(client_order_id__isnull=False),
                name="order_commands_client_id",
            ),
        ),
    ]
