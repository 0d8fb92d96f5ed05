"""Text that is encrypted before it reaches the database."""

from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


@cache
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def cipher() -> MultiFernet:
    """The cipher of FIELD_ENCRYPTION_KEYS: the first key encrypts, every key decrypts."""
    return _fernet(tuple(settings.FIELD_ENCRYPTION_KEYS))


class EncryptedTextField(models.TextField):
    """A text column that holds Fernet tokens; Python sees the plain text, `dumpdata` the token.

    It cannot be searched: keep a fingerprint beside it for that.
    """

    def get_prep_value(self, value: Any) -> Any:
        return value if value in (None, "") else cipher().encrypt(str(value).encode()).decode()

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return value if value in (None, "") else cipher().decrypt(value.encode()).decode()

    def to_python(self, value: Any) -> Any:
        """The plain text of what `dumpdata` wrote; any other text as it is."""
        try:
            return value if value in (None, "") else cipher().decrypt(str(value).encode()).decode()
        except InvalidToken:
            return str(value)

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.get_prep_value(self.value_from_object(obj)) or "")
