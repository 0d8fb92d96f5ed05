"""Nobody, alice, and a browser without JavaScript."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from tests.cast import market, trader


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()  # Failed logins are counted there.


@pytest.fixture
def alice(db: None) -> User:
    user = trader("alice@example.com")
    user.set_password("correct horse battery staple")
    user.save(update_fields=["password"])
    market("BTCUSDT")
    return user


@pytest.fixture
def signed_in(alice: User, client: Client) -> Client:
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    return client
