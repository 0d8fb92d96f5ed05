"""The rules about a key pair that will be used at an exchange."""

from django.conf import settings
from django.db import IntegrityError

from accounts.models import Environment

LONGEST_KEY = 512

Errors = dict[str, list[str]]  # Field, `api_key` or `secret_key` -> what is wrong with it.

LIVE_IS_OFF = "Live trading is switched off on this platform."
TAKEN = "This key is in use already."


def is_allowed(environment: str) -> bool:
    """Whether the platform trades there at all."""
    return environment != Environment.LIVE or settings.ALLOW_LIVE_TRADING


def text_errors(api_key: str, secret_key: str) -> Errors:
    """What keeps two texts from being stored, whatever they are for."""
    errors: Errors = {}
    for field, key in (("api_key", api_key), ("secret_key", secret_key)):
        if len(key) > LONGEST_KEY:
            errors[field] = [f"Must have at most {LONGEST_KEY} characters."]
        elif "\0" in key:
            errors[field] = ["Must not contain NUL characters."]
    return errors


def pair_errors(environment: str, api_key: str, secret_key: str) -> Errors:
    """What is wrong with a pair that will be used there."""
    if not is_allowed(environment):
        return {"api_key": [LIVE_IS_OFF]}
    if not api_key or not secret_key:
        missing = "secret_key" if api_key else "api_key"
        return {missing: ["A key and its secret belong together: give both, or neither."]}
    # The key travels in an HTTP header, where anything else would end it or fail to encode.
    if not (api_key.isascii() and api_key.isprintable() and " " not in api_key):
        return {"api_key": ["An API key has letters and digits only."]}
    return text_errors(api_key, secret_key)


def is_taken(error: IntegrityError) -> bool:
    """Whether the database refused a key that another account in use has already."""
    return constraint_of(error) == "exchange_accounts_one_key"


def constraint_of(error: IntegrityError) -> str:
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
