"""How a user comes to be: with event numbers, an account at the exchange, and nothing half done."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.views.decorators.debug import sensitive_variables

from accounts import exchange_accounts, key_pairs
from accounts.models import Environment, User, normalise_email
from accounts.passwords import password_errors
from trading.models import EventHead

LONGEST_EMAIL = 254

Errors = dict[str, list[str]]
_WIRE_NAMES = {"api_key": "binanceApiKey", "secret_key": "binanceSecretKey"}
# The constraint that refused -> the field that is to blame, and why.
_TAKEN = {
    "users_email_any_case": ("email", "This e-mail address is registered already."),
    "exchange_accounts_one_key": ("binanceApiKey", key_pairs.TAKEN),
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
    given = ("", "") if own else (api_key, secret_key)
    exchange_accounts.open_paper(user, name="Paper", is_default=not own, given=given)
    if own:
        environment = Environment(settings.DEFAULT_ENVIRONMENT)
        exchange_accounts.open_given(
            user,
            name=environment.label,
            environment=environment,
            pair=(api_key, secret_key),
            is_default=True,
        )


def _email_errors(email: str) -> Errors:
    try:
        validate_email(email)
    except ValidationError:
        return {"email": ["Enter a valid e-mail address."]}
    if len(email) > LONGEST_EMAIL:
        return {"email": [f"Must have at most {LONGEST_EMAIL} characters."]}
    return {}


def _password_errors(password: str, email: str) -> Errors:
    errors = password_errors(password, User(email=email))
    return {"password": errors} if errors else {}


def _key_errors(api_key: str, secret_key: str) -> Errors:
    errors = key_pairs.text_errors(api_key, secret_key)
    used = settings.DEFAULT_ENVIRONMENT != Environment.PAPER and (api_key or secret_key)
    if used and not errors:
        errors = key_pairs.pair_errors(settings.DEFAULT_ENVIRONMENT, api_key, secret_key)
    return {_WIRE_NAMES[field]: words for field, words in errors.items()}


def _explained(error: IntegrityError) -> Exception:
    """The refusal of a unique constraint in words; any other is a bug and stays one."""
    constraint = key_pairs.constraint_of(error)
    if constraint not in _TAKEN:
        return error
    field, words = _TAKEN[constraint]
    return ValidationError({field: [words]})
