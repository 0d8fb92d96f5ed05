"""How a REST request says whose it is: a Bearer token, or the web session of our own pages."""

from rest_framework.authentication import (
    BaseAuthentication,
    SessionAuthentication,
    get_authorization_header,
)
from rest_framework.request import Request

from accounts import sessions, tokens
from accounts.models import AuthSession, User
from tradeplat.problems import Unauthorized


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`; `request.auth` becomes the session's row."""

    def authenticate(self, request: Request) -> tuple[User, AuthSession] | None:
        scheme, _, token = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        try:
            identity = tokens.verify(token.strip().decode("latin-1"))
        except tokens.InvalidToken as error:
            raise Unauthorized(str(error), code="TOKEN_NOT_VALID") from error
        session = sessions.find(identity)
        if session is None:
            raise Unauthorized("The session has ended.", code="TOKEN_REVOKED")
        sessions.touch(session)
        return session.user, session

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class WebSessionAuthentication(SessionAuthentication):
    """The cookie of our own pages, with CSRF enforced."""

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
