"""Chores that delete what has served its time, and nothing else."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts.models import User
from trading import clean_up


def used_up(user: User, jti: str, *, expired: bool) -> None:
    expires_at = timezone.now() + timedelta(days=-1 if expired else 1)
    token = OutstandingToken.objects.create(user=user, jti=jti, token="…", expires_at=expires_at)
    BlacklistedToken.objects.create(token=token)


def test_used_tokens_are_kept_until_they_expire(alice: User) -> None:
    used_up(alice, "old", expired=True)
    used_up(alice, "new", expired=False)
    clean_up.run()
    assert [used.token.jti for used in BlacklistedToken.objects.all()] == ["new"]


def test_expired_web_sessions_go_in_bounded_batches(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clean_up, "BATCH", 2)
    monkeypatch.setattr(clean_up, "MOST_BATCHES", 2)
    yesterday = timezone.now() - timedelta(days=1)
    for number in range(7):
        Session.objects.create(session_key=f"key-{number}", expire_date=yesterday)
    Session.objects.create(session_key="live", expire_date=timezone.now() + timedelta(days=1))
    assert [clean_up.run()["django_session"] for _ in range(3)] == [4, 3, 0]
    assert Session.objects.get().session_key == "live"
