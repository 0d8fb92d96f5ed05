"""The cast, registered as anybody would be, and hashing that costs nothing while testing others."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from rest_framework.test import APIClient

from accounts.models import User
from accounts.registration import register
from tests.paper_exchange import PaperExchange
from trading.messages import BELL

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


@pytest.fixture(scope="session")
def testnet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PaperExchange]:
    """A paper exchange that stands for the test network: it knows the keys it was given."""
    with PaperExchange(tmp_path_factory.mktemp("testnet")) as exchange:
        yield exchange


@pytest.fixture
def post() -> Callable[..., Any]:
    """POST a JSON body, as somebody or as nobody."""

    def call(path: str, body: Any = None, *, token: str = "") -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return APIClient().post(path, body, format="json", headers=headers)

    return call


@pytest.fixture
def bell(servers: None) -> Iterator[Callable[[], bool]]:
    """Whether the bell rings: somebody who listens as a drain does."""
    with redis.Redis.from_url(settings.REDIS_URL) as client, client.pubsub() as listener:
        listener.subscribe(BELL)
        listener.get_message(timeout=5)  # That the subscription stands.
        yield lambda: listener.get_message(timeout=5) is not None
