"""Exact amounts: what is read, what is refused, how it is written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cpf_funding.money import Rounding, divide, euros, hundredths, in_french, plain


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0), (1500, 150_000), (-3, -300), (999_999_999_999, 99_999_999_999_900),
        ("0", 0), ("-0", 0), ("1500", 150_000), ("1234.5", 123_450), ("1234.50", 123_450), ("0.05", 5), ("-0.05", -5),
        (1.1, 110), (28.58, 2858), (-0.5, -50), (0.0, 0),
        (Decimal("12.3"), 1230), (Decimal("1E+3"), 100_000), (Decimal("-0.00"), 0),
        (Decimal("999999999999.99"), 10**14 - 1),
    ],
)  # fmt: skip
def test_a_number_is_read_as_hundredths(value: Any, expected: int) -> None:
    assert hundredths(value) == expected


@pytest.mark.parametrize("value", [None, True, False, [], {}, b"12", 1j, object()])
def test_what_is_not_a_number_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="un nombre est attendu"):
        hundredths(value)


@pytest.mark.parametrize(
    "value",
    [
        "", " 12", "12 ", "12\n", "1 234.50", "1\u202f234", "12,50", "12 €", "+12", "1e3", ".5", "5.", "012", "--1",
        "0x10", "١٢", "1_000", "nan", "inf", float("nan"), float("inf"), 1e16, 1e-7, Decimal("NaN"), Decimal("sNaN"),
        Decimal("-Infinity"), "1000000000000",
    ],
)  # fmt: skip
def test_a_text_that_is_not_plainly_a_number_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="ce n'est pas un nombre"):
        hundredths(value)


@pytest.mark.parametrize("value", ["1.234", "0.001", "1.500", 0.1 + 0.2, Decimal("1.005")])
def test_a_third_decimal_is_refused_and_never_rounded(value: Any) -> None:
    with pytest.raises(ValueError, match="plus de deux décimales"):
        hundredths(value)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(10**12, id="13 digits"),
        pytest.param(-(10**12), id="minus 13 digits"),
        pytest.param(10**5000, id="5001 digits"),
        pytest.param(Decimal("1E+12"), id="decimal of 13 digits"),
        pytest.param(Decimal("1E+999999999"), id="decimal too long to write"),
        pytest.param(Decimal("1E-999999999"), id="decimal too small to write"),
    ],
)
def test_a_number_out_of_bounds_is_refused_before_it_is_written_out(value: Any) -> None:
    with pytest.raises(ValueError, match="ce nombre sort des limites"):
        hundredths(value)


def test_money_is_not_negative() -> None:
    assert euros("0.01") == 1
    assert euros("-0") == 0
    with pytest.raises(ValueError, match="ne peut pas être négatif"):
        euros("-0.01")


@pytest.mark.parametrize(
    ("value", "expected"), [(0, "0.00"), (5, "0.05"), (150_000, "1500.00"), (-5, "-0.05"), (-12_345, "-123.45")]
)
def test_plain_writes_two_decimals(value: int, expected: str) -> None:
    assert plain(value) == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (540_050, "€", "5\u202f400,50\u00a0€"),
        (540_000, "€", "5\u202f400\u00a0€"),
        (5, "€", "0,05\u00a0€"),
        (123_456_789, "", "1\u202f234\u202f567,89"),
        (-99_900, "h", "-999\u00a0h"),
    ],
)
def test_in_french_groups_thousands_and_drops_empty_cents(value: int, unit: str, expected: str) -> None:
    assert in_french(value, unit) == expected


def test_in_french_speaks_of_euros_unless_told() -> None:
    assert in_french(100) == "1\u00a0€"


@pytest.mark.parametrize(
    ("numerator", "denominator", "down", "up", "half_up"),
    [
        (0, 7, 0, 0, 0), (14, 7, 2, 2, 2), (1, 3, 0, 1, 0), (2, 3, 0, 1, 1), (1, 2, 0, 1, 1), (5, 2, 2, 3, 3),
        (249, 100, 2, 3, 2),
    ],
)  # fmt: skip
def test_division_rounds_as_named(numerator: int, denominator: int, down: int, up: int, half_up: int) -> None:
    assert divide(numerator, denominator) == down
    assert divide(numerator, denominator, Rounding.DOWN) == down
    assert divide(numerator, denominator, Rounding.UP) == up
    assert divide(numerator, denominator, Rounding.HALF_UP) == half_up
