"""What is answered where no view answers: a page to a browser, a problem to a program."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client

from accounts.pages import sign_in
from tests.pages.test_sign_in_pages import ALICE

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
STRANGE_HOST = {"Host": "evil.example"}


@pytest.fixture
def breaking_client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """A client of a site whose database is away, which shows itself on every rendered page."""

    def breaks(*_: Any, **__: Any) -> HttpResponse:
        raise OperationalError("the database is away")

    monkeypatch.setattr(sign_in, "render", breaks)
    yield Client(raise_request_exception=False)


def assert_page(answer: Any, status: int, words: str) -> None:
    assert (answer.status_code, answer["Content-Type"]) == (status, "text/html; charset=utf-8")
    page = answer.content.decode()
    assert words in page
    assert answer["X-Request-Id"] in page


def assert_problem(answer: Any, status: int, code: str) -> None:
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["code"] == code
    assert answer.json()["requestId"] == answer["X-Request-Id"]


def test_an_unknown_page_is_told_on_a_page(client: Client) -> None:
    assert_page(client.get("/nope", headers=BROWSER), 404, "nothing at this address")


@pytest.mark.parametrize(
    ("path", "accept"), [("/nope", "*/*"), ("/api/nope", BROWSER["Accept"]), ("/auth/nope", "")]
)
def test_an_unknown_address_is_a_problem_to_programs(
    client: Client, path: str, accept: str
) -> None:
    assert_problem(client.get(path, headers={"Accept": accept}), 404, "NOT_FOUND")


def test_a_stale_form_is_explained_on_a_page() -> None:
    strict = Client(enforce_csrf_checks=True)
    for path in ("/login", "/register"):
        assert_page(strict.post(path, ALICE, headers=BROWSER), 403, "reload the page")
    assert_problem(strict.post("/login", ALICE), 403, "FORBIDDEN")


def test_a_strange_host_is_a_problem_of_one_line(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.get("/api/market/symbols", headers=STRANGE_HOST)
    assert_problem(answer, 400, "BAD_HOST")
    (record,) = caplog.records
    assert (record.levelno, record.exc_info) == (logging.WARNING, None)
    assert "evil.example" in record.getMessage()


def test_a_strange_host_is_told_on_a_page(client: Client) -> None:
    answer = client.get("/", headers=BROWSER | STRANGE_HOST)
    assert_page(answer, 400, "no such name")
    assert "evil.example" not in answer.content.decode()


def test_a_form_that_is_too_large_is_told_on_a_page(client: Client) -> None:
    body = ALICE | {"email": "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE}
    answer = client.post(
        "/login", "&".join(f"{name}={value}" for name, value in body.items()),
        content_type="application/x-www-form-urlencoded", headers=BROWSER,
    )  # fmt: skip
    assert_page(answer, 413, "one megabyte")


def test_a_mistake_of_ours_is_told_without_a_database(breaking_client: Client) -> None:
    assert_page(breaking_client.get("/login", headers=BROWSER), 500, "went wrong on our side")
    assert_problem(breaking_client.get("/login"), 500, "INTERNAL_ERROR")
