"""Encrypted fields and the rotation of their keys."""

from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.management import call_command
from django.db.models import TextField
from django.db.models.functions import Cast

from accounts.management.commands import rotate_field_keys
from accounts.models import ExchangeAccount, User


def stored() -> list[str]:
    return list(
        ExchangeAccount.objects.order_by("pk").values_list(Cast("api_key", TextField()), flat=True)
    )


def rotate() -> str:
    output = StringIO()
    call_command("rotate_field_keys", stdout=output)
    return output.getvalue()


def test_rotation_leaves_only_the_newest_key_in_use(
    alice: User, bob: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotate_field_keys, "BATCH", 1)
    plain = list(ExchangeAccount.objects.order_by("pk").values_list("api_key", flat=True))
    newest = Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [newest, *settings.FIELD_ENCRYPTION_KEYS]
    assert "2 rows" in rotate()
    settings.FIELD_ENCRYPTION_KEYS = [newest]
    assert list(ExchangeAccount.objects.order_by("pk").values_list("api_key", flat=True)) == plain


def test_rotation_twice_changes_nothing_more(alice: User, settings: Any) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [
        Fernet.generate_key().decode(),
        *settings.FIELD_ENCRYPTION_KEYS,
    ]
    rotate()
    before = stored()
    assert "0 rows" in rotate()
    assert stored() == before


def test_without_the_key_a_row_is_loaded_but_its_text_is_not_read(
    alice: User, settings: Any
) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    account = ExchangeAccount.objects.get()
    with pytest.raises(InvalidToken):
        _ = account.api_key
    account.save(update_fields=["state"])
    assert account.name == "Paper"


def test_an_empty_text_stays_empty(alice: User) -> None:
    assert ExchangeAccount.objects.filter(given_api_key="").exists()
