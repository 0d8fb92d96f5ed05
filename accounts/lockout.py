"""What someone is told who has guessed too often: 429, and for how long to wait."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tradeplat.problems import Problem, problem_response

MESSAGE = "Too many failed logins. Try again in {minutes} minutes."


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
