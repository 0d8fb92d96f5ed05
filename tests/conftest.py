"""What every test shares: the order they run in."""

import pytest

_DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}


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
