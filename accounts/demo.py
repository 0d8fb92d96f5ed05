"""The users that a first run brings along, so that there is someone to log in as."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from accounts.models import User
from accounts.operators import create_operator
from accounts.registration import register

DEMO_EMAIL = "demo@tradeplat.local"
OPERATOR_EMAIL = "operator@tradeplat.local"


def create_demo_user() -> tuple[str, str]:
    """The e-mail and password of the demo user, who is made where missing. Safe to repeat.

    The password is random per VAR_DIR and kept there for its owner only, in `demo-login`.
    """
    return _kept_login("demo-login", DEMO_EMAIL, register)


def create_demo_operator() -> tuple[str, str]:
    """The same for an operator, who may do everything in the admin; kept in `operator-login`."""
    return _kept_login("operator-login", OPERATOR_EMAIL, create_operator)


def _kept_login(file: str, email: str, create: Callable[..., User]) -> tuple[str, str]:
    password = _kept_password(Path(settings.VAR_DIR) / file, email)
    user = User.objects.filter(email=email).first()
    if user is None:
        create(email=email, password=password)
    elif not user.check_password(password):  # The database is older than the file.
        user.set_password(password)
        user.save(update_fields=["password"])
    return email, password


def _kept_password(path: Path, email: str) -> str:
    try:
        return path.read_text().split()[1]
    except (FileNotFoundError, IndexError):  # IndexError: an earlier run was killed in between.
        password = secrets.token_urlsafe(12)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{email}\n{password}\n")
    return password
