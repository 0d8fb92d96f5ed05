"""Who opens a socket: by a token in the query or the subprotocol, or by the web session."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.http import parse_cookie
from django.http.request import split_domain_port, validate_host

from accounts import sessions, tokens, web_sessions
from accounts.models import User
from tradeplat.wire import Decimals

BEARER = "bearer"
_SessionStore = import_module(settings.SESSION_ENGINE).SessionStore


class Refused(Exception):
    """Nobody we know, or from a page that is not ours."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is on a socket, and what has to stay true for them to remain."""

    user_id: int
    token_version: int
    expires_at: datetime
    sid: UUID | None = None
    session_key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Handshake:
    """What the opening request says. The repr shows no token."""

    query: Mapping[str, list[str]] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    subprotocols: list[str] = field(repr=False)

    @classmethod
    def of(cls, scope: Mapping[str, Any]) -> "Handshake":
        return cls(
            query=parse_qs(scope.get("query_string", b"").decode("latin-1")),
            headers={name.decode(): value.decode("latin-1") for name, value in scope["headers"]},
            subprotocols=scope.get("subprotocols") or [],
        )

    @property
    def subprotocol(self) -> str | None:
        """What the server selects: browsers give up unless one of their offers is."""
        return BEARER if BEARER in self.subprotocols else None

    @property
    def decimals(self) -> Decimals:
        return "string" if self.first("decimals") == "string" else "number"

    def first(self, name: str) -> str | None:
        return self.query.get(name, [None])[0]

    def visitor(self) -> Visitor:
        """Who this is, from rows.

        Raises: `Refused`.
        """
        if token := self._token():
            return _by_token(token)
        if not _is_our_page(self.headers.get("origin", ""), self.headers.get("host", "")):
            raise Refused("No token, and not from a page of ours.")
        cookies = parse_cookie(self.headers.get("cookie", ""))
        return _by_web_session(cookies.get(settings.SESSION_COOKIE_NAME, ""))

    def _token(self) -> str | None:
        if token := self.first("token"):
            return token
        if self.subprotocol:
            return next((offer for offer in self.subprotocols if offer != BEARER), None)
        return None


def _by_token(token: str) -> Visitor:
    try:
        identity = tokens.verify(token)
    except tokens.InvalidToken as error:
        raise Refused(str(error)) from error
    if not sessions.is_live(identity):
        raise Refused("The session has ended.")
    return Visitor(identity.user_id, identity.token_version, identity.expires_at, sid=identity.sid)


def _by_web_session(key: str) -> Visitor:
    session = _SessionStore(key)
    user = get_user(SimpleNamespace(session=session))  # type: ignore[arg-type]  # All it reads.
    if not key or not isinstance(user, User):
        raise Refused("Nobody is signed in.")
    return Visitor(
        user.pk,
        user.token_version,
        session.get_expiry_date(),
        sid=web_sessions.sid_of(session),
        session_key=key,
    )


def _is_our_page(origin: str, host: str) -> bool:
    """Whether a page may use the visitor's cookie here, as any site could open a socket with it."""
    if origin in {settings.FRONTEND_URL.rstrip("/"), *settings.CSRF_TRUSTED_ORIGINS}:
        return True
    domain, _ = split_domain_port(host)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return False
    # On the port of the pages, or behind the proxy that this request came through as well.
    ours = (f"{domain}:{settings.WEB_PORT}", host)
    return origin in {f"{scheme}://{place}" for scheme in ("http", "https") for place in ours}
