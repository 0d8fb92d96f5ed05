"""The pages of the API, for people: browsable with the web session, Swagger UI with a token.

That nothing is blocked by the Content-Security-Policy is what every `visitor` is held to.
"""

from collections.abc import Callable
from itertools import count

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, register
from tests.processes import Platform

ORDER = '{"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": 0.001, "price": 30000}'
_numbers = count(1)


@pytest.fixture
def carol(page: Page) -> Page:
    register(page, f"carol{next(_numbers)}@example.com")
    return page


def test_a_signed_in_person_reads_and_places_orders_on_the_browsable_pages(carol: Page) -> None:
    carol.goto("/api/trading/orders")
    answer = carol.locator(".response-info")
    expect(answer).to_contain_text("HTTP 200 OK")
    expect(answer).to_contain_text("X-Event-Seq")

    carol.get_by_label("Content:").fill(ORDER)
    carol.get_by_role("button", name="POST").click()
    expect(answer).to_contain_text("HTTP 202 Accepted")
    expect(answer).to_contain_text('"status": "PENDING"')

    carol.goto("/api/trading/orders")
    expect(answer).to_contain_text('"price": 30000')


def test_a_refusal_is_shown_on_the_page(carol: Page) -> None:
    carol.goto("/api/trading/orders")
    carol.get_by_label("Content:").fill('{"symbol": "NOPE"}')
    carol.get_by_role("button", name="POST").click()
    expect(carol.locator(".response-info")).to_contain_text("HTTP 400 Bad Request")
    expect(carol.locator(".response-info")).to_contain_text('"side": "Is required."')


def test_all_orders_are_cancelled_by_a_button_and_a_second(carol: Page) -> None:
    carol.goto("/api/trading/orders")
    carol.get_by_label("Content:").fill(ORDER)
    carol.get_by_role("button", name="POST").click()
    carol.goto("/api/trading/orders")
    carol.get_by_role("button", name="Cancel").click()
    carol.get_by_role("button", name="DELETE /api/trading/orders").click()
    expect(carol.locator(".response-info")).to_contain_text('"count": 1')


def test_nobody_is_shown_the_way_to_the_login_and_back(page: Page) -> None:
    page.goto("/api/trading/orders")
    expect(page.locator(".response-info")).to_contain_text("HTTP 401 Unauthorized")
    page.get_by_role("link", name="Log in").click()
    expect(page).to_have_url("/login?next=/api/trading/orders")


def test_swagger_ui_signs_in_with_a_token_and_tries_a_call(
    visitor: Callable[[], Page], platform: Platform
) -> None:
    who = {"email": f"dan{next(_numbers)}@example.com", "password": PASSWORD}
    token = requests.post(f"{platform.web_url}/auth/register", json=who, timeout=10).json()["token"]
    page = visitor()
    page.goto("/api/docs")

    page.get_by_role("button", name="Authorize").click()
    bearer = page.locator(".auth-container", has_text="bearer")
    bearer.locator("input").fill(token)
    bearer.locator("button[type=submit]").click()
    page.locator(".btn-done").first.click()

    call = page.locator("#operations-api-listPositions")
    call.locator(".opblock-summary-control").click()
    call.get_by_role("button", name="Try it out").click()
    call.get_by_role("button", name="Execute").click()
    expect(call.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
