"""Guessing passwords: how guesses are counted, and what is told to who guessed too often."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from rest_framework.throttling import BaseThrottle

from accounts.models import normalise_email
from tradeplat.problems import Problem, problem_response

MESSAGE = "Too many failed logins. Try again in {minutes} minutes."


def counted_as(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """The name that guesses are counted under: one for all spellings of an address."""
    return normalise_email((credentials or {}).get("username") or "")


def counted_from(request: HttpRequest) -> str | None:
    """The address that guesses are counted for: the one that throttles see."""
    seen = BaseThrottle().get_ident(request)  # type: ignore[arg-type]  # All that it reads is META.
    try:
        return str(ip_address(seen))
    except ValueError:  # NUM_PROXIES counts a proxy that was not passed.
        return request.META.get("REMOTE_ADDR")


def response(
    request: HttpRequest, original: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """The answer in place of the view's: a problem for a program, the same page for a person."""
    seconds = int(settings.AXES_COOLOFF_TIME.total_seconds())
    if original is None or "text/html" not in original.headers.get("Content-Type", ""):
        words = MESSAGE.format(minutes=seconds // 60)
        original = problem_response(Problem(429, "TOO_MANY_ATTEMPTS", words), request)
    original.status_code = 429
    original["Retry-After"] = str(seconds)
    return original
