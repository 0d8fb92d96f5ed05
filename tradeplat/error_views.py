"""What is shown where no view answers: a problem to a program, a small page to a person."""

import logging

from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from tradeplat.problems import NotFound, Problem, bug, problem_response

logger = logging.getLogger(__name__)

FOR_PROGRAMS = ("/api/", "/auth/")
STALE_FORM = (
    "This form is no longer good: it was open for too long, you signed in elsewhere meanwhile, or "
    "your browser keeps no cookies. Go back, reload the page and send it again."
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, DisallowedHost):
        # Anybody can cause it, so it is worth one line and not Django's whole stack.
        logger.warning("%.200s", exception)
        return _shown(request, Problem(400, "BAD_HOST", "This site has no such name."))
    if isinstance(exception, RequestDataTooBig):
        return _shown(request, Problem(413, "TOO_LARGE", "That is more than one megabyte."))
    return _shown(request, Problem(400, "BAD_REQUEST", "The request cannot be read."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _shown(request, Problem(403, "FORBIDDEN", "You may not do that."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token. Django has logged the reason."""
    return _shown(request, Problem(403, "FORBIDDEN", STALE_FORM))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _shown(request, NotFound("There is nothing at this address."))


def server_error(request: HttpRequest) -> HttpResponse:
    return _shown(request, bug(request))


def _shown(request: HttpRequest, problem: Problem) -> HttpResponse:
    if _is_for_a_person(request):
        # Without the request, so that no context processor asks a database that may be away.
        page = render_to_string("error.html", problem.document(request))
        response = HttpResponse(page, status=problem.status)
    else:
        response = problem_response(problem, request)
    patch_vary_headers(response, ["Accept"])
    return response


def _is_for_a_person(request: HttpRequest) -> bool:
    wants_page = "text/html" in request.headers.get("Accept", "")
    return wants_page and not request.path.startswith(FOR_PROGRAMS)
