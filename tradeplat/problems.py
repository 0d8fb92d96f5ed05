"""The one family of errors that clients see, as RFC 9457 problem documents.

Everything else that is raised is a bug and looks like one: a 500 with a request id, and a log line.
"""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from rest_framework import exceptions as drf
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.exceptions import TokenError

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
UNKNOWN_OUTCOME = "The outcome is not known: repeat with the same Idempotency-Key."


class Problem(Exception):
    """An error that a client is meant to see.

    `code` is stable and for programs, `message` for a person, `errors` maps a field to what is
    wrong with it and how to mend it.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        errors: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.errors = dict(errors or {})
        self.headers = dict(headers or {})

    def document(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.message,
            "error": self.message,
            "message": self.message,
            "code": self.code,
            "errors": self.errors,
            "requestId": getattr(request, "request_id", ""),
        }


class Invalid(Problem):
    """400: fields that cannot be accepted as they are."""

    def __init__(
        self, errors: Mapping[str, str], *, code: str = "INVALID", message: str = ""
    ) -> None:
        told = message or " ".join(f"{field}: {words}" for field, words in errors.items())
        super().__init__(400, code, told, errors=errors)


class NotFound(Problem):
    """404: unknown, or somebody else's; the two look the same."""

    def __init__(self, message: str = "Not found.") -> None:
        super().__init__(404, "NOT_FOUND", message)


class Conflict(Problem):
    """409: understood, but not in the state that things are in."""

    def __init__(self, code: str, message: str, *, errors: Mapping[str, str] | None = None) -> None:
        super().__init__(409, code, message, errors=errors)


class Unauthorized(Problem):
    """401: nobody, or nobody any more."""

    def __init__(self, message: str = "Sign in first.", *, code: str = "UNAUTHORIZED") -> None:
        super().__init__(401, code, message, headers={"WWW-Authenticate": "Bearer"})


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """What DRF answers when a view raises. None lets a bug be a bug."""
    problem = as_problem(exc)
    if problem is None:
        return None
    request = context["request"]._request
    if problem.status >= 500 and problem.code != "OVERLOADED" and _places_order(request):
        problem.code, problem.message = "OUTCOME_UNKNOWN", UNKNOWN_OUTCOME
    return Response(
        problem.document(request),
        status=problem.status,
        headers=problem.headers,
        content_type=None if _on_a_page(context["request"]) else CONTENT_TYPE,
    )


def as_problem(exc: BaseException) -> Problem | None:
    """The problem that an exception means to a client, None where it is a bug."""
    match exc:
        case Problem():
            return exc
        case drf.APIException():
            return _of_drf(exc)
        case TokenError():
            return Unauthorized("The token is not valid.", code="TOKEN_NOT_VALID")
        case DjangoValidationError():
            return Invalid(_of_validation(exc))
        case Http404():
            return NotFound()
        case PermissionDenied():
            return Problem(403, "FORBIDDEN", str(exc) or "You may not do that.")
        case OperationalError() | InterfaceError():
            logger.error("The database did not answer: %s", exc)
            return Problem(
                503, "UNAVAILABLE", "The database is not reachable.", headers={"Retry-After": "1"}
            )
    return None


def problem_response(problem: Problem, request: HttpRequest) -> HttpResponse:
    """A problem as the answer of a plain Django view."""
    return JsonResponse(
        problem.document(request),
        status=problem.status,
        headers=problem.headers,
        content_type=CONTENT_TYPE,
    )


def bug(request: HttpRequest) -> Problem:
    """What is told of an exception that nobody expected."""
    if _places_order(request):
        return Problem(500, "OUTCOME_UNKNOWN", UNKNOWN_OUTCOME)
    return Problem(500, "INTERNAL_ERROR", "Something went wrong on our side.")


def _on_a_page(request: Request) -> bool:
    """Whether the answer is shown on a browsable page, which is HTML whatever it tells."""
    renderer = getattr(request, "accepted_renderer", None)
    return renderer is not None and renderer.media_type == "text/html"


def _places_order(request: HttpRequest) -> bool:
    # The order may have been committed before things went wrong, so its sender must not conclude.
    return request.method == "POST" and request.path == "/api/trading/orders"


def _of_drf(exc: drf.APIException) -> Problem:
    headers = {}
    if isinstance(exc, drf.AuthenticationFailed | drf.NotAuthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if wait := getattr(exc, "wait", None):  # Throttled, in seconds.
        headers["Retry-After"] = str(int(wait) + 1)
    errors = _of_detail(exc.detail) if isinstance(exc, drf.ValidationError) else {}
    code = str(exc.default_code).upper()
    status = 401 if headers.get("WWW-Authenticate") else exc.status_code
    message = "Some fields are not valid." if errors else str(exc.detail)
    return Problem(status, code, message, errors=errors, headers=headers)


def _of_detail(detail: Any) -> dict[str, str]:
    if not isinstance(detail, dict):
        return {"body": " ".join(map(str, detail))}
    return {
        str(field): " ".join(map(str, words)) if isinstance(words, list) else str(words)
        for field, words in detail.items()
    }


def _of_validation(exc: DjangoValidationError) -> dict[str, str]:
    if hasattr(exc, "error_dict"):
        return {field: " ".join(words) for field, words in exc.message_dict.items()}
    return {"body": " ".join(exc.messages)}
