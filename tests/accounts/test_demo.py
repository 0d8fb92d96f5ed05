"""The demo user of a first run."""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.demo import create_demo_operator, create_demo_user
from accounts.models import User


@pytest.fixture(autouse=True)
def _var(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


def test_the_demo_user_can_log_in_and_is_no_operator(db: None, post: Callable[..., Any]) -> None:
    email, password = create_demo_user()
    assert post("/auth/login", {"email": email, "password": password}).status_code == 200
    user = User.objects.get()
    assert not user.is_staff and not user.is_superuser
    assert user.exchange_accounts.get().is_default


def test_a_second_run_finds_the_same(db: None) -> None:
    assert create_demo_user() == create_demo_user()
    assert User.objects.count() == 1


def test_the_password_is_for_its_owner_only(db: None, tmp_path: Path) -> None:
    create_demo_user()
    assert stat.S_IMODE((tmp_path / "demo-login").stat().st_mode) == 0o600


@pytest.mark.parametrize("torn", [None, "", "demo@tradeplat.local\n"])
def test_a_lost_or_torn_file_is_made_anew(
    db: None, tmp_path: Path, post: Callable[..., Any], torn: str | None
) -> None:
    create_demo_user()
    file = tmp_path / "demo-login"
    file.unlink() if torn is None else file.write_text(torn)
    email, password = create_demo_user()
    assert post("/auth/login", {"email": email, "password": password}).status_code == 200
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_each_place_has_a_password_of_its_own(db: None, settings: Any, tmp_path: Path) -> None:
    first = create_demo_user()
    settings.VAR_DIR = tmp_path / "other"
    settings.VAR_DIR.mkdir()
    assert create_demo_user() != first


def test_the_demo_operator_can_log_in_at_the_admin_and_trade(db: None, tmp_path: Path) -> None:
    email, password = create_demo_operator()
    assert create_demo_operator() == (email, password)
    assert stat.S_IMODE((tmp_path / "operator-login").stat().st_mode) == 0o600
    answer = Client().post("/admin/login/", {"username": email, "password": password}, follow=True)
    assert "Outcome unknown" in answer.content.decode()
    operator = User.objects.get()
    assert operator.is_superuser and operator.exchange_accounts.get().is_default
