"""JSON Web Tokens: what they say, and whether it was us who said it.

Whether a token still counts is a question to rows; `accounts.sessions` answers it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token
from rest_framework_simplejwt.utils import datetime_from_epoch

from accounts.models import AuthSession, User

T = TypeVar("T", bound=Token)
_LONGEST = 4096  # Characters; ours take 400.


class InvalidToken(Exception):
    """Not a token of ours, of the wrong type, expired, or used up."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a token speaks for."""

    user_id: int
    sid: UUID
    token_version: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Pair:
    """An access token and the refresh token that replaces it. The repr shows neither."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)


def issue(user: User, session: AuthSession) -> Pair:
    """New tokens of a session, under the user's present token version."""
    refresh = RefreshToken()
    refresh["id"] = user.pk  # A JSON number: SimpleJWT's own for_user() would write a string.
    refresh["email"] = user.email
    refresh["sid"] = str(session.pk)
    refresh["ver"] = user.token_version
    return Pair(access=str(refresh.access_token), refresh=str(refresh))


def verify(token: str) -> Identity:
    """Who an access token speaks for, by its signature and expiry alone.

    Raises: `InvalidToken`.
    """
    return _identity(_parsed(AccessToken, token))


def spend(token: str) -> Identity:
    """Use up a refresh token, so that it never passes again.

    Raises: `Reused` for a token that was used before, `InvalidToken` for any other fault.
    """
    refresh = _parsed(_UncheckedRefreshToken, token)
    identity = _identity(refresh)
    if not _use_up(refresh, identity):
        raise Reused(identity)
    return identity


def _use_up(refresh: RefreshToken, identity: Identity) -> bool:
    """Whether this is the first use. SimpleJWT's `blacklist()` would keep the text as well."""
    kept = {"token": "", "expires_at": identity.expires_at}
    number, _ = OutstandingToken.objects.get_or_create(jti=refresh["jti"], defaults=kept)
    # The unique row decides between two that come at once, so nothing is looked up before it.
    _, first = BlacklistedToken.objects.get_or_create(token=number)
    return first


class Reused(InvalidToken):
    """A refresh token came twice: one of the two who have it stole it."""

    def __init__(self, identity: Identity) -> None:
        super().__init__("The refresh token was used before.")
        self.identity = identity


class _UncheckedRefreshToken(RefreshToken):
    def check_blacklist(self) -> None:
        """Passed over: `spend` has to tell a used token from one that was never ours."""


def _parsed(kind: type[T], token: str) -> T:
    if len(token) > _LONGEST:
        raise InvalidToken("The token is too long.")
    try:
        return kind(token)  # type: ignore[arg-type]  # Annotated amiss.
    except (TokenError, RecursionError) as error:  # PyJWT parses the header before it verifies.
        raise InvalidToken("The token is not valid or has expired.") from error


def _identity(token: Token) -> Identity:
    try:
        user_id, version = token["id"], token["ver"]
        if type(user_id) is not int or type(version) is not int:
            raise TypeError("A claim is not a number.")
        return Identity(user_id, UUID(token["sid"]), version, datetime_from_epoch(token["exp"]))
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise InvalidToken("The token lacks a claim.") from error
