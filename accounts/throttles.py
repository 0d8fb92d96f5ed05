"""How often one address may ask for something without signing in."""

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class RegisterThrottle(SimpleRateThrottle):
    """Registrations by an address, whether they come by the API or by the page.

    Counted by address also when somebody is signed in: each new user would start a new count.
    """

    scope = "register"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


def wait_to_register(request: HttpRequest) -> float | None:
    """Counts a registration; the seconds to wait when there were too many, None otherwise."""
    throttle = RegisterThrottle()
    if throttle.allow_request(Request(request), APIView()):
        return None
    return throttle.wait() or 1.0
