"""The cast, registered as anybody would be, and hashing that costs nothing while testing others."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from accounts.models import User
from accounts.registration import register

PASSWORD = "correct horse battery staple"
ALICE = {"email": "alice@example.com", "password": PASSWORD}


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()  # Throttles count there.


@pytest.fixture
def alice(db: None) -> User:
    return register(email="alice@example.com", password=PASSWORD)


@pytest.fixture
def bob(db: None) -> User:
    return register(email="bob@example.com", password=PASSWORD)


@pytest.fixture
def post() -> Callable[..., Any]:
    """POST a JSON body, as somebody or as nobody."""

    def call(path: str, body: Any = None, *, token: str = "") -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return APIClient().post(path, body, format="json", headers=headers)

    return call
