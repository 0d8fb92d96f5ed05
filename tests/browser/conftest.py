"""A real platform, the system's Chromium, and pages on which nothing may go wrong unseen."""

import shutil
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    StorageState,
    expect,
    sync_playwright,
)

from tests.processes import Platform

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "correct horse battery staple"
PATIENCE_MS = 15_000  # Other tests and other processes share two cores.

# Chromium itself writes this for every answer above 399, wanted or not.
_STATUS_LINE = "Failed to load resource"
_numbers = count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    expect.set_options(timeout=PATIENCE_MS)
    with Platform("paper", "web", "realtime", "worker", "market") as platform:
        yield platform


def _installed_browser() -> str | None:
    names = ("chromium", "google-chrome", "chromium-browser")
    return next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_installed_browser(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium: Browser, platform: Platform) -> Iterator[Callable[[], Page]]:
    """Opens pages of people who share nothing; each must end without an error in its console."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_page() -> Page:
        context = chromium.new_context(
            base_url=platform.web_url,
            viewport={"width": 1440, "height": 900},
            storage_state=_unasked(platform.web_url),
        )
        context.set_default_timeout(PATIENCE_MS)
        context.on("page", lambda page: _watch(page, troubles))
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def _unasked(origin: str) -> StorageState:
    """A browser whose user has switched the question before an order off; one test is about it."""
    return {
        "cookies": [],
        "origins": [{"origin": origin, "localStorage": [{"name": "confirm", "value": "off"}]}],
    }


def _watch(page: Page, troubles: list[str]) -> None:
    """Collect what no test may cause: script errors, errors in the console, broken policies."""
    page.on("pageerror", lambda error: troubles.append(f"{error}\n{error.stack}"))

    @lambda listen: page.on("console", listen)
    def _listen(message: object) -> None:
        text, kind = message.text, message.type  # type: ignore[attr-defined]
        if kind == "error" and _STATUS_LINE not in text and "WebSocket connection" not in text:
            troubles.append(text)


@pytest.fixture
def page(visitor: Callable[[], Page]) -> Page:
    """A page of nobody."""
    return visitor()


@pytest.fixture
def alice(visitor: Callable[[], Page]) -> Page:
    """Alice, newly registered, on the live trade page with her play money there."""
    page = visitor()
    register(page, f"alice{next(_numbers)}@example.com")
    expect(page.locator("#link")).to_have_text("Live")
    expect(page.locator("#available")).to_have_text("10,000 USDT")
    return page


def register(page: Page, email: str) -> None:
    page.goto("/register")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.locator("#symbol-name")).to_have_text("BTCUSDT")
