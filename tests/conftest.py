"""What every test shares: the order they run in, and what is shown of a failure."""

from collections.abc import Generator

import pytest
from django.conf import settings

from tests.processes import Platform

_DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}


def pytest_configure() -> None:
    # Pages that are rendered inside the test session need no collected files.
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES["staticfiles"]["BACKEND"] = plain


@pytest.fixture(scope="session")
def django_db_modify_db_settings(servers: None) -> None:
    """The hook of pytest-django that runs before the test database is created.

    It stands in a conftest because pytest-django's own wins over any other plugin's.
    """


@pytest.hookimpl(trylast=True)  # After pytest-django has sorted by kind of database access.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Quick tests first, so that a plain mistake shows within seconds."""
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    if item.get_closest_marker("browser"):
        return 3
    if item.get_closest_marker("processes"):
        return 2
    uses_database = _DATABASE_FIXTURES & set(getattr(item, "fixturenames", ()))
    return 1 if uses_database or item.get_closest_marker("django_db") else 0


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the platform's processes said last when a test fails beside them."""
    report = yield
    if report.failed:
        for platform in Platform.running:
            report.sections.extend(platform.log_tails())
    return report
