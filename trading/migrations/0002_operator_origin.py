from django.db import migrations, models


class Migration(migrations.Migration):
    """Events tell what an operator did from what the user did."""

    dependencies = [("trading", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="orderevent",
            name="origin",
            field=models.CharField(
                choices=[
                    ("user", "User"),
                    ("operator", "Operator"),
                    ("rest", "Rest"),
                    ("stream", "Stream"),
                    ("reconcile", "Reconcile"),
                    ("sweep", "Sweep"),
                ],
                max_length=10,
            ),
        ),
    ]
