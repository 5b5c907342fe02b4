"""What always holds of truth, money, calendars and derived facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from itertools import product
from math import ceil, floor

import holidays as reference
import pytest
from dateutil.easter import easter
from hypothesis import given, settings
from hypothesis import strategies as st

from cpf_funding.calendars import (
    Territory,
    days_between,
    holidays,
    is_business_day,
    is_working_day,
    latest_filing,
    shift,
)  # fmt: skip
from cpf_funding.facts import months_between
from cpf_funding.language.units import Unit
from cpf_funding.money import Rounding, divide, euros, hundredths, plain
from cpf_funding.truth import Truth

# Truth -----------------------------------------------------------------------------------------

truths = st.sampled_from(Truth)
Formula = Callable[[Mapping[str, Truth]], Truth]
NAMES = "abc"


def formulas() -> st.SearchStrategy[Formula]:
    """Formulas over three facts, built from all, any and not."""
    facts = st.sampled_from(NAMES).map(lambda name: lambda known: known[name])

    def larger(inner: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
        several = st.lists(inner, max_size=3)
        return st.one_of(
            several.map(lambda parts: lambda known: Truth.all(part(known) for part in parts)),
            several.map(lambda parts: lambda known: Truth.any(part(known) for part in parts)),
            inner.map(lambda part: lambda known: ~part(known)),
        )

    return st.recursive(facts, larger, max_leaves=8)


@given(truths, truths, truths)
def test_kleene_laws(a: Truth, b: Truth, c: Truth) -> None:
    """Conjunction and disjunction commute, associate, absorb and distribute; negation is an involution (De Morgan)."""
    for joined, other in ((Truth.all, Truth.any), (Truth.any, Truth.all)):
        assert joined([a, b]) is joined([b, a])
        assert joined([a, joined([b, c])]) is joined([joined([a, b]), c]) is joined([a, b, c])
        assert joined([a, a]) is a
        assert joined([a, other([a, b])]) is a
        assert joined([a, other([b, c])]) is other([joined([a, b]), joined([a, c])])
        assert ~joined([a, b]) is other([~a, ~b])
    assert ~~a is a


@settings(max_examples=200)
@given(formulas(), st.fixed_dictionaries(dict.fromkeys(NAMES, truths)))
def test_a_certainty_survives_whatever_is_learnt(formula: Formula, known: Mapping[str, Truth]) -> None:
    """Learning unknown facts never turns a yes or a no into anything else."""
    before = formula(known)
    choices = [[value] if value is not Truth.UNKNOWN else [Truth.NO, Truth.YES] for value in known.values()]
    after = {formula(dict(zip(known, world, strict=True))) for world in product(*choices)}
    assert Truth.UNKNOWN not in after
    assert before is Truth.UNKNOWN or after == {before}


# Money -----------------------------------------------------------------------------------------

amounts = st.integers(0, 10**14 - 1)


@given(amounts)
def test_money_written_then_read_is_the_same_money(cents: int) -> None:
    """Reading back what was written gives the same cents, whatever the type of the decimal writing."""
    assert euros(plain(cents)) == cents
    assert hundredths(plain(-cents)) == -cents


@given(st.integers(-(10**11), 10**11))
def test_a_float_of_two_decimals_is_read_exactly(cents: int) -> None:
    """What a JSON reader makes of an amount below a billion euros is read to the cent."""
    assert hundredths(float(plain(cents))) == cents


@given(st.integers(0, 10**18), st.integers(1, 10**9))
def test_division_is_the_rounding_of_the_exact_quotient(numerator: int, denominator: int) -> None:
    """Down, up and half-up are the floor, the ceiling and the floor of the exact quotient plus one half."""
    exact = Fraction(numerator, denominator)
    assert divide(numerator, denominator, Rounding.DOWN) == floor(exact)
    assert divide(numerator, denominator, Rounding.UP) == ceil(exact)
    assert divide(numerator, denominator, Rounding.HALF_UP) == floor(exact + Fraction(1, 2))


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_an_exact_half_goes_up(whole: int, half: int) -> None:
    """A quotient that ends in one half is rounded up by half-up."""
    assert divide((2 * whole + 1) * half, 2 * half, Rounding.HALF_UP) == whole + 1


# Calendars -------------------------------------------------------------------------------------

days = st.dates(date(1990, 1, 1), date(2060, 12, 31))
territories = st.sampled_from(Territory)
counts = st.integers(-80, 80)
KINDS_OF_DAYS = (Unit.CALENDAR_DAYS, Unit.WORKING_DAYS, Unit.BUSINESS_DAYS)
kinds_of_days = st.sampled_from(KINDS_OF_DAYS)
DAY = timedelta(days=1)


def counted(day: date, unit: Unit, territory: Territory) -> bool:
    """Whether a day counts, by its definition."""
    if unit is Unit.CALENDAR_DAYS:
        return True
    return (is_working_day if unit is Unit.WORKING_DAYS else is_business_day)(day, territory)


def days_of_notice(filing: date, start: date, unit: Unit, territory: Territory) -> int:
    """How many days a request filed on a day leaves before the start, counted one by one."""
    return sum(counted(filing + DAY * step, unit, territory) for step in range((start - filing).days))


@given(days, counts, kinds_of_days, territories)
def test_shift_is_a_walk_day_by_day(day: date, count: int, unit: Unit, territory: Territory) -> None:
    """Shifting by n is walking one day at a time, in the direction of n, until n days that count were met."""
    walked, left, step = day, abs(count), DAY if count > 0 else -DAY
    while left:
        walked += step
        left -= counted(walked, unit, territory)
    assert shift(day, count, unit, territory) == walked


@given(days, st.integers(0, 5000), kinds_of_days, territories)
def test_forward_then_backward(day: date, count: int, unit: Unit, territory: Territory) -> None:
    """Going forward then back as much returns to the day, or to the last one that counts before a day that does not."""
    back = day
    while count and not counted(back, unit, territory):
        back -= DAY
    assert shift(shift(day, count, unit, territory), -count, unit, territory) == back


@given(days, st.integers(0, 400))
def test_months_forward_then_backward(day: date, months: int) -> None:
    """Months there and back keep the month, and the day too unless a shorter month was met."""
    there = shift(day, months, Unit.MONTHS)
    back = shift(there, -months, Unit.MONTHS)
    assert (there.year * 12 + there.month) - (day.year * 12 + day.month) == months
    assert there.day == day.day or (there.day < day.day and (there + DAY).day == 1)
    assert (back.year, back.month) == (day.year, day.month)
    assert back.day == there.day


@given(days, counts, kinds_of_days, territories)
def test_days_between_undoes_shift(day: date, count: int, unit: Unit, territory: Territory) -> None:
    """The days between a day and the day n further are n, forward and backward."""
    assert days_between(day, shift(day, count, unit, territory), unit, territory) == count


@given(days, st.integers(-1500, 1500), kinds_of_days, territories)
def test_days_between_counts_every_day(first: date, offset: int, unit: Unit, territory: Territory) -> None:
    """The days between two days are those after the first up to the last, or from the last up to the first, negated."""
    last = first + DAY * offset
    if offset >= 0:
        expected = days_of_notice(first + DAY, last + DAY, unit, territory)
    else:
        expected = -days_of_notice(last, first, unit, territory)
    assert days_between(first, last, unit, territory) == expected


@given(days, st.integers(0, 60), kinds_of_days, territories)
def test_filing_on_the_latest_date_works_and_a_working_day_later_does_not(
    start: date, notice: int, unit: Unit, territory: Territory
) -> None:
    """A request filed on the latest date leaves the notice whole; filed one working day later, it does not."""
    filing = latest_filing(start, notice, unit, territory)
    assert days_of_notice(filing, start, unit, territory) == notice
    assert counted(filing, unit, territory) or notice == 0
    later = shift(filing, 1, Unit.WORKING_DAYS, territory)
    assert later > start or days_of_notice(later, start, unit, territory) < notice
    assert filing + DAY > start or days_of_notice(filing + DAY, start, unit, territory) < notice


@given(days, st.integers(0, 60), kinds_of_days, territories)
def test_a_longer_notice_is_never_filed_later(start: date, notice: int, unit: Unit, territory: Territory) -> None:
    """One more day of notice brings the latest filing strictly earlier; working days ask most, calendar days least."""
    assert latest_filing(start, notice + 1, unit, territory) < latest_filing(start, notice, unit, territory)
    calendar, working, business = (latest_filing(start, notice, kind, territory) for kind in KINDS_OF_DAYS)
    assert working <= business <= calendar


YEARS = range(2000, 2061)
SUBDIVISIONS: dict[Territory, list[str | None]] = {
    Territory.MAINLAND: [None],
    Territory.ALSACE_MOSELLE: ["57", "6AE"],
    Territory.GUADELOUPE: ["971"],
    Territory.MARTINIQUE: ["972"],
    Territory.GUYANE: ["973"],
    Territory.REUNION: ["974"],
    Territory.MAYOTTE: ["976"],
}
# The reference drops Whit Monday from 2005 to 2007, when the loi 2004-626 made it the usual day of solidarity. Many
# worked on it, but it was still a public holiday (Conseil d'État, 2005): it stays.
KEPT = {date(2005, 5, 16), date(2006, 6, 5), date(2007, 5, 28)}
# The reference adds days off by custom, which are in neither L3133-1 nor L3422-2 of the Code du travail: not kept.
CUSTOMS = {
    Territory.GUADELOUPE: {"Vendredi saint", "Mi-Carême", "Fête de Victor Schoelcher"},
    Territory.MARTINIQUE: {"Fête de Victor Schoelcher"},
}


@pytest.mark.parametrize("territory", Territory)
def test_holidays_agree_with_an_independent_package(territory: Territory) -> None:
    """From 2000 to 2060, the public holidays are those of the `holidays` package, with the two differences above."""
    customs = CUSTOMS.get(territory, set())
    for subdivision in SUBDIVISIONS[territory]:
        theirs = reference.country_holidays("FR", subdiv=subdivision, years=YEARS, language="fr")
        refused = {day for day, name in theirs.items() if name in customs}
        assert len(refused) == len(customs) * len(YEARS)
        assert not KEPT & set(theirs)
        assert {day for year in YEARS for day in holidays(year, territory)} == (set(theirs) | KEPT) - refused


@pytest.mark.parametrize("territory", Territory)
def test_every_year_has_its_moving_feasts(territory: Territory) -> None:
    """Easter Monday, Ascension Thursday and Whit Monday are 1, 39 and 50 days after Easter in every year."""
    for year in range(1583, 4100, 7):
        sunday = easter(year)
        assert {sunday + DAY, sunday + 39 * DAY, sunday + 50 * DAY} <= holidays(year, territory)


# Facts -----------------------------------------------------------------------------------------


@given(days, st.integers(0, 1500), st.integers(0, 50))
def test_months_between_is_exact_to_the_day(start: date, length: int, months: int) -> None:
    """At most (at least) n months: the day after the end is not after (before) the start shifted by n months."""
    end = start + DAY * length
    limit = shift(start, months, Unit.MONTHS)
    assert (months_between(start, end) <= months * 100) is (end + DAY <= limit)
    assert (months_between(start, end) >= months * 100) is (end + DAY >= limit)


@given(days, st.integers(0, 1500))
def test_one_more_day_is_longer(start: date, length: int) -> None:
    """A training that ends a day later has strictly more hundredths of a month."""
    end = start + DAY * length
    assert 0 < months_between(start, end) < months_between(start, end + DAY)
