"""Alice, known to the API by a token and to the pages by a cookie."""

import pytest
from django.test import Client

from accounts.models import User
from tests import cast

ALICE = {"email": "alice@example.com", "password": "correct horse battery staple"}


@pytest.fixture
def alice(db: None) -> User:
    user = cast.trader(ALICE["email"])
    user.set_password(ALICE["password"])
    user.save(update_fields=["password"])
    cast.market()
    return user


@pytest.fixture
def signed_in(alice: User) -> Client:
    """A browser on our pages, that sends no CSRF token unless it is told to."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, "django.contrib.auth.backends.ModelBackend")
    return client
