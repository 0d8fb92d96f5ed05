from django.db import migrations, models


class Migration(migrations.Migration):
    """An order of the exchange is one order here, so that two processes cannot both adopt it."""

    dependencies = [("trading", "0004_discrepancy_resolution")]

    operations = [
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(
                fields=("account", "symbol", "exchange_order_id"),
                name="order_commands_exchange_once",
            ),
        ),
        migrations.RemoveIndex(model_name="order", name="order_commands_exchange"),
    ]
