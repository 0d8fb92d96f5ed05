"""Text that is encrypted before it reaches the database."""

from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute


@cache
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def cipher() -> MultiFernet:
    """The cipher of FIELD_ENCRYPTION_KEYS: the first key encrypts, every key decrypts."""
    return _fernet(tuple(settings.FIELD_ENCRYPTION_KEYS))


class _Unreadable:
    """Stands for a token that none of the keys decrypts, until somebody wants its text."""


class _PlainText(DeferredAttribute):
    """The attribute of an encrypted field. Reading it raises `InvalidToken` for a lost text."""

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        value = super().__get__(instance, cls)
        if isinstance(value, _Unreadable):
            raise InvalidToken(f"{self.field} of row {instance and instance.pk}")
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        # Without this, the instance's own dictionary would be read instead of `__get__`.
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):
    """A text column that holds Fernet tokens; Python sees the plain text, `dumpdata` the token.

    It cannot be searched: keep a fingerprint beside it for that. A row whose token cannot be
    decrypted can be loaded all the same, alone and among others: only its text is lost.
    """

    descriptor_class = _PlainText

    def get_prep_value(self, value: Any) -> Any:
        return value if value in (None, "") else cipher().encrypt(str(value).encode()).decode()

    def from_db_value(
        self, value: str | None, expression: Any, connection: Any
    ) -> str | _Unreadable | None:
        if not value:
            return value
        try:
            return cipher().decrypt(value.encode()).decode()
        except InvalidToken:
            return _Unreadable()

    def to_python(self, value: Any) -> Any:
        """The plain text of what `dumpdata` wrote; any other text as it is."""
        try:
            return value if value in (None, "") else cipher().decrypt(str(value).encode()).decode()
        except InvalidToken:
            return str(value)

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.get_prep_value(self.value_from_object(obj)) or "")


def encrypted_columns(model: type[models.Model], through: str = "") -> list[str]:
    """What to `defer()` where rows are only shown: nothing is decrypted that nobody may see.

    `through` names a relation to the model, for queries of others: `"account"`.
    """
    prefix = f"{through}__" if through else ""
    encrypted = [field for field in model._meta.fields if isinstance(field, EncryptedTextField)]
    return [f"{prefix}{field.name}" for field in encrypted]
