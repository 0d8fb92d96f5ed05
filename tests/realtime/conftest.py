"""A real realtime process on the database of the tests and on a Redis of its own."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from accounts import sessions
from accounts.models import User
from tests import cast
from tests.processes import Platform
from tests.realtime.client import Client, opened
from tests.realtime.story import Story

Open = Callable[..., AbstractContextManager[Client]]


@pytest.fixture(scope="session")
def platform(django_db_setup: None) -> Iterator[Platform]:
    url = urlsplit(os.environ["DATABASE_URL"])
    mine = urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}"))
    with Platform("paper", "realtime", "market", env={"DATABASE_URL": mine}) as platform:
        yield platform


@pytest.fixture
def alice(transactional_db: None) -> User:
    return cast.trader("alice@example.com")


@pytest.fixture
def bob(transactional_db: None) -> User:
    return cast.trader("bob@example.com")


@pytest.fixture
def url(platform: Platform) -> str:
    return platform.url("realtime", scheme="ws")


@pytest.fixture
def open_as(url: str) -> Callable[..., AbstractContextManager[Client]]:
    """Open a socket of a user, on a session of its own."""

    def open_socket(user: User, **options: Any) -> AbstractContextManager[Client]:
        return opened(url, token=sessions.open_session(user).access, **options)

    return open_socket


@pytest.fixture
def story(platform: Platform) -> Iterator[Callable[[User], Story]]:
    with platform.redis() as redis:
        yield partial(Story, redis=redis)
