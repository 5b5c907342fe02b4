"""French calendars: public holidays, the three kinds of days, months."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cpf_funding.calendars import (
    Territory,
    days_between,
    holidays,
    is_business_day,
    is_working_day,
    latest_filing,
    shift,
    territory_of,
)  # fmt: skip
from cpf_funding.language.units import Unit

CALENDAR, WORKING, BUSINESS, MONTHS = Unit.CALENDAR_DAYS, Unit.WORKING_DAYS, Unit.BUSINESS_DAYS, Unit.MONTHS
FRIDAY, SATURDAY, SUNDAY = date(2017, 6, 2), date(2017, 6, 3), date(2017, 6, 4)
WHIT_MONDAY, TUESDAY = date(2017, 6, 5), date(2017, 6, 6)


def day(text: str) -> date:
    return date.fromisoformat(text)


def test_the_eleven_national_days_of_2017() -> None:
    assert sorted(map(str, holidays(2017))) == [
        "2017-01-01", "2017-04-17", "2017-05-01", "2017-05-08", "2017-05-25", "2017-06-05", "2017-07-14", "2017-08-15",
        "2017-11-01", "2017-11-11", "2017-12-25",
    ]  # fmt: skip


def test_two_holidays_on_one_day_are_one_day_off() -> None:
    assert day("2008-05-01") in holidays(2008)  # Labour day and Ascension
    assert len(holidays(2008)) == 10


@pytest.mark.parametrize(
    ("territory", "added"),
    [
        (Territory.ALSACE_MOSELLE, {"2017-04-14", "2017-12-26"}), (Territory.GUADELOUPE, {"2017-05-27"}),
        (Territory.MARTINIQUE, {"2017-05-22"}), (Territory.GUYANE, {"2017-06-10"}), (Territory.REUNION, {"2017-12-20"}),
        (Territory.MAYOTTE, {"2017-04-27"}),
    ],
)  # fmt: skip
def test_local_days_add_to_the_national_ones(territory: Territory, added: set[str]) -> None:
    assert {str(off) for off in holidays(2017, territory) - holidays(2017)} == added
    assert holidays(2017) < holidays(2017, territory)


@pytest.mark.parametrize("year", [0, 10_000, -1])
def test_a_year_that_no_date_bears_is_refused(year: int) -> None:
    with pytest.raises(ValueError, match="les années vont de 1 à 9999"):
        holidays(year)


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("01", "guadeloupe"), ("02", "martinique"), ("03", "guyane"), ("04", "reunion"), ("06", "mayotte"),
        ("42", "alsace_moselle"), ("44", "mainland"), ("41", "mainland"), ("75", "mainland"), ("1", "mainland"),
        ("", "mainland"), (None, "mainland"),
    ],
)  # fmt: skip
def test_a_region_code_gives_a_calendar(region: str | None, expected: str) -> None:
    assert territory_of(region).value == expected


@pytest.mark.parametrize(
    ("tested", "working", "business"),
    [
        (FRIDAY, True, True), (SATURDAY, False, True), (SUNDAY, False, False), (WHIT_MONDAY, False, False),
        (TUESDAY, True, True), (date(2017, 11, 11), False, False),  # a Saturday
    ],
)  # fmt: skip
def test_saturdays_are_business_days_and_holidays_are_neither(tested: date, working: bool, business: bool) -> None:
    assert is_working_day(tested) is working
    assert is_business_day(tested) is business


def test_a_local_holiday_closes_its_territory_only() -> None:
    abolition = date(2017, 5, 22)
    assert is_working_day(abolition)
    assert not is_working_day(abolition, Territory.MARTINIQUE)
    assert not is_business_day(abolition, Territory.MARTINIQUE)


@pytest.mark.parametrize(
    ("start", "count", "unit", "expected"),
    [
        ("2017-06-02", 3, CALENDAR, "2017-06-05"), ("2017-06-02", -3, CALENDAR, "2017-05-30"),
        ("2017-06-02", 1, WORKING, "2017-06-06"), ("2017-06-02", 1, BUSINESS, "2017-06-03"),
        ("2017-06-02", 2, BUSINESS, "2017-06-06"), ("2017-06-06", -1, WORKING, "2017-06-02"),
        ("2017-06-06", -1, BUSINESS, "2017-06-03"), ("2017-06-04", 1, WORKING, "2017-06-06"),
        ("2017-06-04", -1, WORKING, "2017-06-02"), ("2016-12-30", 1, WORKING, "2017-01-02"),
        ("2017-01-02", -1, WORKING, "2016-12-30"), ("2017-01-01", -1, BUSINESS, "2016-12-31"),
        ("2017-01-31", 1, MONTHS, "2017-02-28"), ("2016-01-31", 1, MONTHS, "2016-02-29"),
        ("2017-03-31", -1, MONTHS, "2017-02-28"), ("2017-01-15", 12, MONTHS, "2018-01-15"),
        ("2017-01-15", -1, MONTHS, "2016-12-15"),
    ],
)  # fmt: skip
def test_shift_by_hand(start: str, count: int, unit: Unit, expected: str) -> None:
    assert shift(day(start), count, unit) == day(expected)


def test_shift_reads_the_calendar_of_the_territory() -> None:
    assert shift(day("2017-05-19"), 1, WORKING) == day("2017-05-22")
    assert shift(day("2017-05-19"), 1, WORKING, Territory.MARTINIQUE) == day("2017-05-23")


@pytest.mark.parametrize("unit", [CALENDAR, WORKING, BUSINESS, MONTHS])
def test_nothing_to_add_gives_the_same_day_open_or_not(unit: Unit) -> None:
    assert shift(SUNDAY, 0, unit) == SUNDAY


def test_a_jump_over_decades_counts_every_year() -> None:
    walked, left = day("2000-01-03"), 6000
    while left:
        walked += timedelta(days=1)
        left -= is_working_day(walked)
    assert shift(day("2000-01-03"), 6000, WORKING) == walked
    assert shift(walked, -6000, WORKING) == day("2000-01-03")


@pytest.mark.parametrize(
    ("start", "count", "unit"),
    [
        (date.max, 1, CALENDAR), (date.min, -1, CALENDAR), (SUNDAY, 10**30, CALENDAR), (date.max, 1, WORKING),
        (date(9999, 12, 20), 11, BUSINESS), (date(1, 1, 3), -2, WORKING), (date.min, -1, BUSINESS),
        (date(9999, 12, 1), 1, MONTHS), (date.min, -1, MONTHS), (SUNDAY, 10**30, MONTHS),
        (SUNDAY, -(10**6), MONTHS),
    ],
)  # fmt: skip
def test_outside_the_years_1_to_9999_the_error_is_clear(start: date, count: int, unit: Unit) -> None:
    with pytest.raises(ValueError, match="date hors du calendrier : les années vont de 1 à 9999"):
        shift(start, count, unit)


@pytest.mark.parametrize("unit", sorted({*Unit} - {CALENDAR, WORKING, BUSINESS, MONTHS}))
@pytest.mark.parametrize("count", [-2, 0, 2])
def test_only_days_and_months_shift_a_date(unit: Unit, count: int) -> None:
    with pytest.raises(ValueError, match="n'est pas une sorte de jours"):
        shift(SUNDAY, count, unit)


@pytest.mark.parametrize(
    ("start", "notice", "unit", "expected"),
    [
        ("2017-06-06", 2, CALENDAR, "2017-06-04"), ("2017-06-06", 1, WORKING, "2017-06-02"),
        ("2017-06-06", 1, BUSINESS, "2017-06-03"), ("2017-06-05", 1, WORKING, "2017-06-02"),
        ("2017-06-19", 10, WORKING, "2017-06-02"), ("2017-05-31", 1, MONTHS, "2017-04-30"),
        ("2017-02-28", 1, MONTHS, "2017-01-28"), ("2017-06-04", 0, CALENDAR, "2017-06-04"),
        ("2017-06-04", 0, WORKING, "2017-06-04"), ("2017-06-04", 0, MONTHS, "2017-06-04"),
    ],
)  # fmt: skip
def test_latest_filing_by_hand(start: str, notice: int, unit: Unit, expected: str) -> None:
    assert latest_filing(day(start), notice, unit) == day(expected)


def test_latest_filing_reads_the_calendar_of_the_territory() -> None:
    start = day("2018-01-02")
    assert latest_filing(start, 4, WORKING) == day("2017-12-26")
    assert latest_filing(start, 4, WORKING, Territory.ALSACE_MOSELLE) == day("2017-12-22")


def test_a_negative_notice_is_refused() -> None:
    with pytest.raises(ValueError, match="ne peut pas être négatif"):
        latest_filing(TUESDAY, -1, CALENDAR)


@pytest.mark.parametrize(
    ("first", "last", "unit", "expected"),
    [
        ("2017-06-02", "2017-06-06", CALENDAR, 4), ("2017-06-06", "2017-06-02", CALENDAR, -4),
        ("2017-06-02", "2017-06-06", WORKING, 1), ("2017-06-02", "2017-06-06", BUSINESS, 2),
        ("2017-06-06", "2017-06-02", WORKING, -1), ("2017-06-06", "2017-06-03", BUSINESS, -1),
        ("2017-06-03", "2017-06-05", WORKING, 0), ("2017-06-05", "2017-06-03", WORKING, 0),
        ("2016-12-30", "2017-01-02", WORKING, 1), ("2017-01-02", "2016-12-30", WORKING, -1),
        ("2017-06-06", "2017-06-06", WORKING, 0),
    ],
)  # fmt: skip
def test_days_between_by_hand(first: str, last: str, unit: Unit, expected: int) -> None:
    assert days_between(day(first), day(last), unit) == expected


def test_days_between_reads_the_calendar_of_the_territory() -> None:
    week = day("2017-05-19"), day("2017-05-23")
    assert days_between(*week, WORKING) == 2
    assert days_between(*week, WORKING, Territory.MARTINIQUE) == 1


@pytest.mark.parametrize("unit", [MONTHS, Unit.EUR, Unit.YEARS])
def test_days_between_counts_days_only(unit: Unit) -> None:
    with pytest.raises(ValueError, match="n'est pas une sorte de jours"):
        days_between(FRIDAY, TUESDAY, unit)
