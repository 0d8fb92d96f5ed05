"""The page's exact decimals against Python's, in the browser that uses them."""

import random
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal

import pytest
from playwright.sync_api import Page

from tests.processes import Platform

# Name of a method, two texts → what it gives, as text.
COMPUTE = """async (cases) => {
  const { Decimal } = await import("/static/js/decimal.js");
  return cases.map(([method, a, b]) => String(Decimal.of(a)[method](b)));
}"""
PARSE = """async (texts) => {
  const { Decimal } = await import("/static/js/decimal.js");
  return texts.map((text) => Decimal.parse(text)?.toString() ?? null);
}"""
EXACT = Context(prec=200)


def plain(value: Decimal) -> str:
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def expected(method: str, a: Decimal, b: Decimal) -> str:
    if method == "plus":
        return plain(EXACT.add(a, b))
    if method == "minus":
        return plain(EXACT.subtract(a, b))
    if method == "times":
        return plain(EXACT.multiply(a, b))
    if method == "over":
        return plain(EXACT.divide(a, b).quantize(Decimal("1e-18"), ROUND_DOWN, EXACT))
    steps = EXACT.divide(a, b)
    rounding = {"floorTo": ROUND_DOWN, "nearestTo": ROUND_HALF_UP}[method]
    return plain(EXACT.multiply(steps.quantize(Decimal(1), rounding, EXACT), b))


@pytest.fixture
def open_page(page: Page, platform: Platform) -> Page:
    page.goto("/")
    return page


def test_they_agree_with_python(open_page: Page) -> None:
    rng = random.Random(5)

    def amount(largest: int) -> Decimal:
        return Decimal(rng.randrange(1, 10**largest)).scaleb(-rng.randrange(0, 12))

    methods = ["plus", "minus", "times", "over", "floorTo", "nearestTo"]
    cases = [(rng.choice(methods), amount(20), amount(8)) for _ in range(600)]

    got = open_page.evaluate(COMPUTE, [[method, plain(a), plain(b)] for method, a, b in cases])

    wanted = [expected(method, a, b) for method, a, b in cases]
    wrong = [row for row in zip(cases, got, wanted, strict=True) if row[1] != row[2]]
    assert wrong == []


def test_text_is_read_exactly_or_not_at_all(open_page: Page) -> None:
    read = {
        "0.1": "0.1",
        "1": "1",
        " 12.50 ": "12.5",
        ".5": "0.5",
        "7.": "7",
        "-0.000000000000000001": "-0.000000000000000001",
        "123456789012345678.123456789012345678": "123456789012345678.123456789012345678",
        "": None,
        ".": None,
        "1e5": None,
        "1,5": None,
        "NaN": None,
        "0x10": None,
    }

    assert open_page.evaluate(PARSE, list(read)) == list(read.values())


def test_a_tenth_and_two_tenths_are_three(open_page: Page) -> None:
    assert open_page.evaluate(COMPUTE, [["plus", "0.1", "0.2"]]) == ["0.3"]


def test_rounding_for_the_eye_goes_half_away_from_zero(open_page: Page) -> None:
    cases = [["toFixed", text, 2] for text in ("1.005", "-1.005", "0.004", "12", "0.999")]

    assert open_page.evaluate(COMPUTE, cases) == ["1.01", "-1.01", "0.00", "12.00", "1.00"]
