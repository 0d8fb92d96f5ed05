"""How often one address may ask for something without signing in."""

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class AddressThrottle(SimpleRateThrottle):
    """Counts by address also when somebody is signed in: each new user would start a new count."""

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class LoginThrottle(AddressThrottle):
    """Passwords and refresh tokens tried, whether by the API, the page or the admin."""

    scope = "login"


class RegisterThrottle(AddressThrottle):
    """Registrations, whether they come by the API or by the page."""

    scope = "register"


def wait_to_log_in(request: HttpRequest) -> float | None:
    """Counts an attempt; the seconds to wait when there were too many, None otherwise."""
    return _wait(LoginThrottle(), request)


def wait_to_register(request: HttpRequest) -> float | None:
    """Counts a registration; the seconds to wait when there were too many, None otherwise."""
    return _wait(RegisterThrottle(), request)


def _wait(throttle: AddressThrottle, request: HttpRequest) -> float | None:
    if throttle.allow_request(Request(request), APIView()):
        return None
    return throttle.wait() or 1.0
