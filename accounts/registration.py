"""How a user comes to be: with event numbers, an account at the exchange, and nothing half done."""

import secrets

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.views.decorators.debug import sensitive_variables

from accounts import provisioning
from accounts.models import Environment, ExchangeAccount, User, normalise_email
from trading.models import EventHead

LONGEST_EMAIL = 254
LONGEST_PASSWORD = 128
LONGEST_KEY = 512

Errors = dict[str, list[str]]
# The constraint that refused -> the field that is to blame, and why.
_TAKEN = {
    "users_email_any_case": ("email", "This e-mail address is registered already."),
    "exchange_accounts_one_key": ("binanceApiKey", "This key is in use already."),
}


@sensitive_variables()
def register(*, email: str, password: str, api_key: str = "", secret_key: str = "") -> User:
    """A new user who can trade at once, on paper or with the key pair given.

    On PAPER the pair may be any two strings: it is kept encrypted and never sent anywhere.

    Raises: `ValidationError` with a list of words per field: email, password, binanceApiKey,
    binanceSecretKey.
    """
    email, api_key, secret_key = normalise_email(email), api_key.strip(), secret_key.strip()
    errors = _email_errors(email) | _password_errors(password, email)
    errors |= _key_errors(api_key, secret_key)
    if errors:
        raise ValidationError(errors)
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password)
            EventHead.objects.create(user=user)
            _open_accounts(user, api_key, secret_key)
    except IntegrityError as error:
        raise _explained(error) from error
    return user


def _open_accounts(user: User, api_key: str, secret_key: str) -> None:
    """A paper account for everyone, and one of the default environment for a pair given for it."""
    own = bool(api_key) and settings.DEFAULT_ENVIRONMENT != Environment.PAPER
    paper = ExchangeAccount(
        user=user, name="Paper", environment=Environment.PAPER, is_default=not own
    )
    paper.set_keys(secrets.token_hex(32), secrets.token_hex(32))
    if not own:
        paper.given_api_key, paper.given_secret_key = api_key, secret_key
    paper.save()
    transaction.on_commit(lambda: provisioning.try_provision(paper), robust=True)
    if own:
        _open_given(user, api_key, secret_key)


def _open_given(user: User, api_key: str, secret_key: str) -> None:
    environment = Environment(settings.DEFAULT_ENVIRONMENT)
    account = ExchangeAccount(
        user=user,
        name=environment.label,
        environment=environment,
        is_default=True,
        provisioned_at=Now(),  # The exchange knows it already.
    )
    account.set_keys(api_key, secret_key)
    account.save()


def _email_errors(email: str) -> Errors:
    try:
        validate_email(email)
    except ValidationError:
        return {"email": ["Enter a valid e-mail address."]}
    if len(email) > LONGEST_EMAIL:
        return {"email": [f"Must have at most {LONGEST_EMAIL} characters."]}
    return {}


def _password_errors(password: str, email: str) -> Errors:
    if len(password) > LONGEST_PASSWORD:
        return {"password": [f"Must have at most {LONGEST_PASSWORD} characters."]}
    if "\0" in password:
        return {"password": ["Must not contain NUL characters."]}
    try:
        validate_password(password, User(email=email))
    except ValidationError as error:
        return {"password": error.messages}
    return {}


def _key_errors(api_key: str, secret_key: str) -> Errors:
    errors: Errors = {}
    for field, key in (("binanceApiKey", api_key), ("binanceSecretKey", secret_key)):
        if len(key) > LONGEST_KEY:
            errors[field] = [f"Must have at most {LONGEST_KEY} characters."]
        elif "\0" in key:
            errors[field] = ["Must not contain NUL characters."]
    if settings.DEFAULT_ENVIRONMENT == Environment.PAPER or not (api_key or secret_key):
        return errors
    return errors or _pair_errors(api_key, secret_key)


def _pair_errors(api_key: str, secret_key: str) -> Errors:
    """What is wrong with a pair that will be used."""
    if settings.DEFAULT_ENVIRONMENT == Environment.LIVE and not settings.ALLOW_LIVE_TRADING:
        return {"binanceApiKey": ["Live trading is switched off on this platform."]}
    if not api_key or not secret_key:
        missing = "binanceSecretKey" if api_key else "binanceApiKey"
        return {missing: ["A key and its secret belong together: give both, or neither."]}
    # The key travels in an HTTP header, where anything else would end it or fail to encode.
    if not (api_key.isascii() and api_key.isprintable() and " " not in api_key):
        return {"binanceApiKey": ["An API key has letters and digits only."]}
    return {}


def _explained(error: IntegrityError) -> Exception:
    """The refusal of a unique constraint in words; any other is a bug and stays one."""
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
    if constraint not in _TAKEN:
        return error
    field, words = _TAKEN[constraint]
    return ValidationError({field: [words]})
