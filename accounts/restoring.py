"""After a restore: sessions that had been revoked since the backup are live again."""

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts.models import AuthSession, User


def sign_out_everybody() -> None:
    """End every token and every web session. Passwords and keys stay."""
    with transaction.atomic():
        User.objects.update(token_version=F("token_version") + 1)
        AuthSession.objects.filter(revoked_at=None).update(revoked_at=Now())
        Session.objects.all().delete()
