"""Operators at work: one with every permission, one who may only look, and whom they look after."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.test import Client
from django.urls import resolve

from accounts.models import User
from accounts.operators import create_operator
from tests import cast

PASSWORD = "correct horse battery staple"
BACKEND = "django.contrib.auth.backends.ModelBackend"
Act = Callable[..., Any]


@pytest.fixture(autouse=True, scope="session")
def _warm() -> None:
    """Every view is imported before a transaction begins: the database cuts off idle ones."""
    resolve("/admin/")


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def operator(db: None) -> User:
    return create_operator(email="operator@example.com", password=PASSWORD)


@pytest.fixture
def desk(operator: User) -> Client:
    """The browser of an operator."""
    client = Client()
    client.force_login(operator, backend=BACKEND)
    return client


@pytest.fixture
def onlooker(db: None) -> Client:
    """The browser of somebody who may view everything and change nothing."""
    user = cast.trader("onlooker@example.com")
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def alice(db: None) -> User:
    cast.market()
    return cast.trader("alice@example.com")


def act(desk: Client, model: str, action: str, *rows: Any, reason: str = "", **more: Any) -> Any:
    """Choose rows of `app/model` in the list and act on them; with a reason it is confirmed."""
    form = {"action": action, "index": 0, "_selected_action": [row.pk for row in rows], **more}
    if reason:
        form["reason"] = reason
    return desk.post(f"/admin/{model}/", form, follow=True)


def told(answer: Any) -> list[str]:
    """The messages on the page that an action leads to."""
    return [str(message) for message in answer.context["messages"]]
