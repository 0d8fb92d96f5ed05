"""Signed-in devices: opened by a login, renewed by refresh tokens, ended by a logout."""

from datetime import timedelta
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts import revocations, tokens
from accounts.models import AuthSession, User
from accounts.tokens import Identity, InvalidToken, Pair, Reused

_SEEN_INTERVAL = timedelta(minutes=1)


def open_session(user: User, user_agent: str = "") -> Pair:
    """Start a session on one more device, and issue its first tokens."""
    session = AuthSession.objects.create(user=user, user_agent=storable(user_agent))
    return tokens.issue(user, session)


def storable(user_agent: str) -> str:
    return user_agent.replace("\0", "")[:200]


def find(identity: Identity) -> AuthSession | None:
    """The session behind a token and its user, in one statement; None when either has ended."""
    return (
        AuthSession.objects.live()
        .filter(
            pk=identity.sid,
            user_id=identity.user_id,
            user__token_version=identity.token_version,
        )
        .first()
    )


def is_live(identity: Identity) -> bool:
    return find(identity) is not None


def touch(session: AuthSession) -> None:
    """Note that the device was seen, at most once a minute."""
    if session.last_seen_at < timezone.now() - _SEEN_INTERVAL:
        AuthSession.objects.filter(pk=session.pk).update(last_seen_at=Now())


def revoke(session: AuthSession) -> None:
    """End a session: its tokens or its cookie pass no more, here or on open sockets."""
    if session.web_key:
        Session.objects.filter(session_key=session.web_key).delete()
    if AuthSession.objects.filter(pk=session.pk, revoked_at=None).update(revoked_at=Now()):
        revocations.announce(session.user_id, session.pk)


def revoke_others(user: User, present: UUID | None) -> None:
    """End every session of a user but one."""
    for session in AuthSession.objects.filter(user=user, revoked_at=None):
        if session.pk != present:
            revoke(session)


def refresh(token: str) -> Pair:
    """New tokens for a refresh token, which is used up.

    One that comes a second time was stolen, from us or from its owner: the session ends.

    Raises: `InvalidToken`.
    """
    try:
        with transaction.atomic():  # Used up and replaced, or neither.
            session = find(tokens.spend(token))
    except Reused as reuse:
        if stolen := find(reuse.identity):
            revoke(stolen)
        raise
    if session is None:
        raise InvalidToken("The session has ended.")
    touch(session)
    return tokens.issue(session.user, session)
