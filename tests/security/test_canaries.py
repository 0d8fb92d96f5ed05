"""No secret in a log, on Redis, in the database, a dump, a page, an error or a command line.

Canaries stand for every secret; they are used for a day, and then looked for everywhere.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.processes import Platform
from tests.security import canaries
from tests.security.day import Day

pytestmark = pytest.mark.processes
# Django keeps a web session under its key; the row is worthless once the session has ended.
BELONGS = {("tables", "web session"), ("dumpdata", "web session")}


@dataclass
class Evidence:
    day: Day
    places: dict[str, str]


@pytest.fixture(scope="module")
def evidence() -> Iterator[Evidence]:
    planted = canaries.environment()
    with (
        Platform(
            "paper", "web", "realtime", "worker", "streams", "market", env=planted
        ) as platform,
        canaries.overheard(platform) as commands,
    ):
        day = Day(platform, dict(planted))
        day.register()
        day.sign_in_badly()
        day.trade()
        day.trade_badly()
        day.meet_mistakes_of_ours()
        day.lose_the_keys()
        day.look_around()
        day.use_up_tokens()
        places = canaries.logs(platform) | {
            "Redis, as it was used": "\n".join(commands),
            "Redis, as it is kept": canaries.kept_by_redis(platform),
            "tables": canaries.tables(platform),
            "dumpdata": platform.manage("dumpdata").stdout,
            "answers": "\n".join(day.answers),
            "pages": "\n".join(day.pages),
            "command lines": canaries.command_lines(),
        }
        yield Evidence(day, places)


def test_no_secret_is_anywhere(evidence: Evidence) -> None:
    found = set(canaries.leaks(evidence.places, evidence.day.secrets))
    assert found - BELONGS == set()


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("log of web", "IntegrityError"),  # Our mistakes were told, tracebacks and all.
        ("log of worker", "violates check constraint"),
        ("log of worker", "API key is unknown there"),
        ("Redis, as it was used", "commands:order:submit"),
        ("Redis, as it was used", "events:order:status"),
        ("command lines", "granian"),
        ("pages", "/admin/accounts/exchangeaccount/"),
        ("answers", "OUTCOME_UNKNOWN"),
    ],
)
def test_the_search_saw_what_the_day_left(evidence: Evidence, place: str, shown: str) -> None:
    assert shown in evidence.places[place]


@pytest.mark.parametrize("place", ["tables", "dumpdata", "pages"])
def test_the_search_saw_the_trader(evidence: Evidence, place: str) -> None:
    assert evidence.day.email in evidence.places[place]


def test_a_secret_in_any_place_would_be_found(evidence: Evidence) -> None:
    assert len(evidence.day.secrets) >= 16
    for name, secret in evidence.day.secrets.items():
        for place, text in evidence.places.items():
            leaky = {place: f"{text[:1000]}\nkey={secret!r}\n"}
            assert (place, name) in canaries.leaks(leaky, evidence.day.secrets)


@pytest.mark.parametrize(
    "leak",
    ["a/key=", "a%2Fkey%3D", base64.b64encode(b"a/key=").decode(), b"a/key=".hex()],
    ids=["plain", "quoted", "base64", "hex"],
)
def test_an_encoded_secret_is_found_as_well(leak: str) -> None:
    assert canaries.leaks({"log": f"it is {leak}"}, {"key": "a/key="}) == [("log", "key")]
