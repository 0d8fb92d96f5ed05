import pytest

from accounts.models import User
from tests import cast
from trading.models import Symbol


@pytest.fixture
def alice(db: None, btcusdt: Symbol) -> User:
    return cast.trader("alice@example.com")


@pytest.fixture
def bob(db: None, btcusdt: Symbol) -> User:
    return cast.trader("bob@example.com")


@pytest.fixture
def btcusdt(db: None) -> Symbol:
    return cast.market()
