from django.db import migrations, models


class Migration(migrations.Migration):
    """Browsers on our own pages are signed-in devices as well."""

    dependencies = [("accounts", "0004_key_replacement")]

    operations = [
        migrations.AddField(
            model_name="authsession",
            name="web_key",
            field=models.CharField(blank=True, default="", editable=False, max_length=40),
        ),
        migrations.AddConstraint(
            model_name="authsession",
            constraint=models.UniqueConstraint(
                condition=models.Q(("web_key", ""), _negated=True),
                fields=("web_key",),
                name="auth_sessions_one_browser",
            ),
        ),
    ]
