"""Which quantities exist, in which steps they are held, and which may be multiplied."""

from __future__ import annotations

import pytest

from cpf_funding.language.units import Unit, product, scale

DAYS = {Unit.CALENDAR_DAYS, Unit.WORKING_DAYS, Unit.BUSINESS_DAYS}
WHOLE = {*DAYS, Unit.YEARS, Unit.COUNT, Unit.LEVEL, Unit.YES_NO}


@pytest.mark.parametrize("unit", Unit)
def test_three_units_are_kinds_of_days(unit: Unit) -> None:
    assert unit.is_days is (unit in DAYS)


@pytest.mark.parametrize("unit", Unit)
def test_whole_things_have_one_step_and_the_others_a_hundred(unit: Unit) -> None:
    assert scale(unit) == (1 if unit in WHOLE else 100)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (Unit.HOURS, Unit.EUR_PER_HOUR, Unit.EUR),
        (Unit.CALENDAR_DAYS, Unit.EUR_PER_DAY, Unit.EUR),
        (Unit.WORKING_DAYS, Unit.EUR_PER_DAY, Unit.EUR),
        (Unit.MONTHS, Unit.EUR_PER_MONTH, Unit.EUR),
    ],
)
def test_a_quantity_times_its_price_is_money_in_either_order(left: Unit, right: Unit, expected: Unit) -> None:
    assert product(left, right) is expected
    assert product(right, left) is expected


@pytest.mark.parametrize("factor", [Unit.COUNT, Unit.PERCENT])
@pytest.mark.parametrize("unit", sorted(set(Unit) - {Unit.COUNT, Unit.PERCENT}))
def test_a_number_or_a_percentage_keeps_the_unit(factor: Unit, unit: Unit) -> None:
    assert product(factor, unit) is unit
    assert product(unit, factor) is unit


def test_a_number_of_percentages_is_a_percentage() -> None:
    assert product(Unit.COUNT, Unit.PERCENT) is Unit.PERCENT
    assert product(Unit.PERCENT, Unit.COUNT) is Unit.PERCENT


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Unit.EUR, Unit.EUR), (Unit.EUR, Unit.HOURS), (Unit.HOURS, Unit.HOURS), (Unit.HOURS, Unit.EUR_PER_DAY),
        (Unit.MONTHS, Unit.EUR_PER_DAY), (Unit.CALENDAR_DAYS, Unit.EUR_PER_MONTH), (Unit.EUR_PER_HOUR, Unit.EUR),
    ],
)  # fmt: skip
def test_other_products_mean_nothing(left: Unit, right: Unit) -> None:
    assert product(left, right) is None
    assert product(right, left) is None
