"""JSON as the contract spells it."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradeplat.problems import Invalid
from tradeplat.wire import decode, encode, spell

D = Decimal


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("67200.120000000000000000", "67200.12"),
        ("1E+3", "1000"),
        ("0.000000010", "0.00000001"),
        ("0E-18", "0"),
        ("-0", "0"),
        ("123456789012345678.123456789012345678", "123456789012345678.123456789012345678"),
    ],
)
def test_numbers_keep_their_digits_and_no_exponent(number: str, text: str) -> None:
    assert encode(D(number)) == text.encode()
    assert encode({"a": [D(number)]}, decimals="string") == b'{"a":["%s"]}' % text.encode()


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_json_cannot_say_is_a_bug(number: str) -> None:
    with pytest.raises(ValueError, match="cannot be written"):
        encode(D(number))


def test_times_end_in_z() -> None:
    assert encode(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == b'"2026-01-02T03:04:05Z"'


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=18, min_value=-(10**17), max_value=10**17
    )
)
def test_what_is_written_is_read_again(number: Decimal) -> None:
    assert D(str(decode(spell(number)))) == number


@pytest.mark.parametrize("body", [b"{", b"NaN", b'{"a":Infinity}', b"\xff", b"[" * 100_000])
def test_what_is_not_json_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        decode(body)
    assert refusal.value.code == "BAD_JSON"


def test_nul_is_refused_and_its_field_named() -> None:
    with pytest.raises(Invalid) as refusal:
        decode(b'{"symbol":["x","\\u0000"]}')
    assert list(refusal.value.errors) == ["symbol"]
