from django.db import migrations, models


class Migration(migrations.Migration):
    """From when on a stream may have missed trades, until somebody has asked for them."""

    dependencies = [("execution", "0002_account_streams")]

    operations = [
        migrations.AddField(
            model_name="accountstream",
            name="gap_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
