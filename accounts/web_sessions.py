"""Browsers on our own pages, as rows among the signed-in devices.

The Django session is what lets a browser in; its row of `auth_sessions` is what its user sees of
it and may end. The row is written with the first answer to a browser that is signed in, by
whichever door it came, the admin's included.
"""

from collections.abc import Callable
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts import sessions
from accounts.models import AuthSession, AuthSessionQuerySet, User

# What the Django session remembers: the row, the key that the row has, and when it was last noted.
_SID, _WEB_KEY, _SEEN_AT = "sid", "sid_key", "sid_seen_at"
_SEEN_SECONDS = 60.0


class WebSessions:
    """Middleware that notes which browsers of which users are signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Accessed, or it would be read for answers that need no row at all, `/healthz` among them.
        if request.session.accessed and response.status_code < 500:
            note(request)
        return response


def note(request: HttpRequest) -> None:
    """Note that a signed-in browser is here, at most once a minute."""
    session, user = request.session, request.user
    if session.get(SESSION_KEY) is None or not isinstance(user, User):
        return
    now = timezone.now().timestamp()
    if session.get(_WEB_KEY) == session.session_key and now - session[_SEEN_AT] < _SEEN_SECONDS:
        return
    if not _keep_row(session):
        session[_SID] = str(_new_row(request, user).pk)
    session[_WEB_KEY], session[_SEEN_AT] = session.session_key, now


def sid_of(session: SessionBase) -> UUID | None:
    """The number of the row that belongs to a Django session."""
    sid = session.get(_SID)
    return UUID(sid) if sid else None


def end(request: HttpRequest) -> None:
    """End the row of a browser that logs out, before its Django session goes."""
    sid = sid_of(request.session)
    if sid is not None and (row := AuthSession.objects.filter(pk=sid).first()):
        sessions.revoke(row)


def live_sessions(user: User) -> AuthSessionQuerySet:
    """The user's devices that may come in now, the one that was seen last first."""
    browser = Session.objects.filter(session_key=OuterRef("web_key"), expire_date__gt=Now())
    may_come = Q(web_key="") | Exists(browser)
    unexpired = AuthSession.objects.unexpired(timezone.now())
    return unexpired.filter(may_come, user=user, revoked_at=None).order_by("-last_seen_at", "pk")


def _keep_row(session: SessionBase) -> bool:
    """Note that the browser was seen. False where it has no row that has not ended.

    The key of a session changes with a login and a new password, which also ends all rows.
    """
    sid = sid_of(session)
    row = AuthSession.objects.filter(pk=sid, revoked_at=None) if sid else AuthSession.objects.none()
    return bool(row.update(web_key=_key_of(session), last_seen_at=Now()))


def _new_row(request: HttpRequest, user: User) -> AuthSession:
    # A page asks for several things at once, and the first of them makes the row.
    row, _ = AuthSession.objects.get_or_create(
        web_key=_key_of(request.session),
        defaults={
            "user_id": user.pk,
            "user_agent": sessions.storable(request.headers.get("User-Agent", "")),
        },
    )
    return row


def _key_of(session: SessionBase) -> str:
    """The session's key, which a signed-in browser always has: login() makes one."""
    assert session.session_key
    return session.session_key
