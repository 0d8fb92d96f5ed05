"""Encrypt what is stored under older keys anew, with the first of FIELD_ENCRYPTION_KEYS."""

from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import models, transaction
from django.db.models.functions import Cast

from accounts.fields import EncryptedTextField

BATCH = 200


class Command(BaseCommand):
    help = "Encrypt every encrypted field under the first of FIELD_ENCRYPTION_KEYS. Repeatable."

    def handle(self, *args: Any, **options: Any) -> None:
        for model in apps.get_models():
            names = [
                field.name
                for field in model._meta.concrete_fields
                if isinstance(field, EncryptedTextField)
            ]
            if names:
                self.stdout.write(f"{model._meta.label}: {_rotate(model, names)} rows encrypted")


def _rotate(model: type[models.Model], names: list[str]) -> int:
    """Go through a table by primary key, a batch and a short transaction at a time."""
    count, last = 0, 0
    while batch := _batch_after(model, names, last):
        last = batch[-1][0]
        count += _rotate_batch(model, names, [pk for pk, *stored in batch if _is_old(stored)])
    return count


def _batch_after(model: type[models.Model], names: list[str], pk: int) -> list[tuple[Any, ...]]:
    """(primary key, stored token…) of the next rows; the cast leaves tokens as they are."""
    stored = [Cast(name, models.TextField()) for name in names]
    rows = model._default_manager.filter(pk__gt=pk).order_by("pk")
    return list(rows.values_list("pk", *stored)[:BATCH])


def _is_old(stored: list[str]) -> bool:
    newest = Fernet(settings.FIELD_ENCRYPTION_KEYS[0])
    return any(token and not _opens(newest, token) for token in stored)


def _opens(fernet: Fernet, token: str) -> bool:
    try:
        fernet.decrypt(token.encode())
    except InvalidToken:
        return False
    return True


def _rotate_batch(model: type[models.Model], names: list[str], pks: list[int]) -> int:
    with transaction.atomic():  # Locked, so that a key entered meanwhile is not overwritten.
        rows = model._default_manager.filter(pk__in=pks).order_by("pk")
        for row in rows.select_for_update(no_key=True):
            row.save(update_fields=names)
    return len(pks)
