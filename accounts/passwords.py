"""Passwords: the rules, and how a signed-in user takes a new one."""

from django.contrib.auth import authenticate, update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from accounts.models import User

LONGEST_PASSWORD = 128

WRONG = "This is not your present password."
TOO_MANY = "Too many wrong passwords. Try again in some minutes."


def password_errors(password: str, user: User) -> list[str]:
    """What is wrong with a new password, in words."""
    if len(password) > LONGEST_PASSWORD:
        return [f"Must have at most {LONGEST_PASSWORD} characters."]
    if "\0" in password:
        return ["Must not contain NUL characters."]
    try:
        validate_password(password, user)
    except ValidationError as error:
        return error.messages
    return []


@sensitive_variables()
def change_password(request: HttpRequest, user: User, *, present: str, new: str) -> None:
    """Give the user a new password: every token and every other browser is out at once.

    Wrong guesses at the present one are counted with failed logins, and lock out as those do.

    Raises: `ValidationError` with words per field: present, new.
    """
    known = authenticate(request, username=user.email, password=present)
    if known is None or known.pk != user.pk:
        # What axes leaves on a request that came after too many failures.
        locked_out = getattr(request, "axes_locked_out", False)
        raise ValidationError({"present": [TOO_MANY if locked_out else WRONG]})
    if present == new:
        raise ValidationError({"new": ["It has to differ from the present one."]})
    if errors := password_errors(new, user):
        raise ValidationError({"new": errors})
    user.set_password(new)
    user.save(update_fields=["password"])
    update_session_auth_hash(request, user)  # This browser stays.
