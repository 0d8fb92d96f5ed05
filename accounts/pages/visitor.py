"""Who looks at a page."""

from django.http import HttpRequest

from accounts.models import User


def user_of(request: HttpRequest) -> User:
    """The signed-in user: for views that nobody else comes to."""
    assert isinstance(request.user, User)
    return request.user
