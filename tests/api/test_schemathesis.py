"""Every call of `/api/schema` with what Schemathesis makes up, good and bad: the answers are those
that the schema promises, and none is a mistake of ours.
"""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from rest_framework.test import APIClient
from schemathesis.specs.openapi.checks import positive_data_acceptance

from accounts.models import User
from tests.api.conftest import token_of

EXAMPLES = 25
# Calls that refuse more than a schema can say: a market that is not listed, an order's fields that
# do not fit its type, a weak password, a name of blanks alone.
CHOOSY = {"placeOrder", "listCandles", "readBook", "register", "logIn", "refreshTokens"}

contract = schemathesis.openapi.from_wsgi("/api/schema?format=json", get_wsgi_application())


@pytest.fixture
def _in_process(market_data: None, settings: Any) -> Iterator[None]:
    """What Django's test client does: a request does not end the test's transaction."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("_in_process")
@contract.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_call_keeps_to_the_schema(case: schemathesis.Case, alice: User) -> None:
    cache.clear()  # Throttles count there.
    case.call_and_validate(
        headers={"Authorization": f"Bearer {token_of(alice)}"}, excluded_checks=_excluded(case)
    )


def _excluded(case: schemathesis.Case) -> list[Any]:
    # A cursor is opaque, so no schema tells the real ones from the others.
    choosy = case.operation.definition.raw["operationId"] in CHOOSY or "cursor" in case.query
    return [positive_data_acceptance] if choosy else []


OPEN = {
    "listSymbols",
    "listCandles",
    "listTickers",
    "readBook",
    "register",
    "logIn",
    "refreshTokens",
}
# (method, path) of every call that is about somebody.
PERSONAL = [
    (method, path)
    for path, calls in contract.raw_schema["paths"].items()
    for method, call in calls.items()
    if call["operationId"] not in OPEN
]


@pytest.mark.parametrize("token", ["", "Bearer ", "Bearer x.y.z", "Basic YWxpY2U6cGFzc3dvcmQ="])
@pytest.mark.parametrize(("method", "path"), PERSONAL)
def test_nobody_is_told_anything_personal(db: None, method: str, path: str, token: str) -> None:
    headers = {"Authorization": token} if token else {}
    address = path.format(order_id=uuid4())
    answer = APIClient().generic(method.upper(), address, headers=headers)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert answer["Content-Type"] == "application/problem+json"
