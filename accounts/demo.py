"""The user that a first run of the platform brings along, so that there is someone to log in as."""

import os
import secrets
from pathlib import Path

from django.conf import settings

from accounts.models import User
from accounts.registration import register

DEMO_EMAIL = "demo@tradeplat.local"


def create_demo_user() -> tuple[str, str]:
    """The e-mail and password of the demo user, who is made where missing. Safe to repeat.

    The password is random per VAR_DIR and kept there for its owner only, in `demo-login`.
    """
    password = _kept_password()
    user = User.objects.filter(email=DEMO_EMAIL).first()
    if user is None:
        register(email=DEMO_EMAIL, password=password)
    elif not user.check_password(password):  # The database is older than the file.
        user.set_password(password)
        user.save(update_fields=["password"])
    return DEMO_EMAIL, password


def _kept_password() -> str:
    path = Path(settings.VAR_DIR) / "demo-login"
    try:
        return path.read_text().split()[1]
    except (FileNotFoundError, IndexError):  # IndexError: an earlier run was killed in between.
        password = secrets.token_urlsafe(12)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{DEMO_EMAIL}\n{password}\n")
    return password
