"""Whose a REST request is: a token's, or a web session's with CSRF."""

from typing import Any

import pytest
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from accounts import sessions
from accounts.models import User


class WhoAmI(APIView):
    """A view with the platform's own defaults."""

    def get(self, request: Request) -> Response:
        return Response({"id": request.user.pk})

    post = get


def asked(method: str = "get", **extra: Any) -> Any:
    """The answer to a request, as the middlewares would have prepared it."""
    user, cookie = extra.pop("user", None), extra.pop("cookie", "")
    request = getattr(APIRequestFactory(enforce_csrf_checks=True), method)("/", **extra)
    if user is not None:
        request.user = user
    if cookie:
        request.COOKIES["csrftoken"] = cookie
    return WhoAmI.as_view()(request).render()


def test_a_bearer_token_speaks_for_its_user(alice: User) -> None:
    token = sessions.open_session(alice).access
    for scheme in ("Bearer", "bearer", "BEARER"):
        answer = asked("post", headers={"Authorization": f"{scheme} {token}"})
        assert (answer.status_code, answer.data) == (200, {"id": alice.pk})


def test_a_web_session_may_read(alice: User) -> None:
    assert asked(user=alice).data == {"id": alice.pk}


def test_a_web_session_may_write_only_with_the_token_against_forgery(alice: User) -> None:
    assert asked("post", user=alice).status_code == 403
    token = "a" * 32
    answer = asked("post", user=alice, cookie=token, headers={"X-CSRFToken": token})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "header", ["", "Basic YTpi", "Bearer", "Bearer ", "Token abc", "Bearer a b"]
)
def test_nobody_is_asked_for_a_bearer_token(db: None, header: str) -> None:
    answer = asked(headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_bad_token_is_not_saved_by_a_web_session(alice: User) -> None:
    answer = asked(user=alice, headers={"Authorization": "Bearer of.bad.news"})
    assert answer.status_code == 401


def test_a_request_costs_one_statement(alice: User, django_assert_num_queries: Any) -> None:
    headers = {"Authorization": f"Bearer {sessions.open_session(alice).access}"}
    with django_assert_num_queries(1):
        asked(headers=headers)
