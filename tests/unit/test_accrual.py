"""The account is fed as the law of the year says; each expected figure is worked out by hand beside it."""

from __future__ import annotations

from datetime import date

import pytest

from cpf_funding import Rulebook
from cpf_funding.accrual import WorkYear, ceiling, inaptitude_credit, to_euros, to_hours, yearly_credit
from cpf_funding.language.units import Unit
from generators import packaged


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return packaged()


def hours(count: int) -> int:
    return count * 100


def euros(count: int) -> int:
    return count * 100


def test_seven_and_a_half_years_of_full_time_fill_an_account(book: Rulebook) -> None:
    """24 h a year for five years make 120 h, then 12 h for two years 144 h, then 6 h up to 150 h."""
    held, seen = 0, []
    for _ in range(8):
        credit = yearly_credit(book, WorkYear(2016, "employee", full=True), held)
        assert credit.amount is not None
        assert credit.unit is Unit.HOURS
        held += credit.amount
        seen.append(held // 100)
    assert seen == [24, 48, 72, 96, 120, 132, 144, 150]
    assert yearly_credit(book, WorkYear(2016, "employee", full=True), held).amount == 0


@pytest.mark.parametrize(
    ("work", "held", "expected"),
    [
        (WorkYear(2015, "employee", hours=hours(800)), 0, 12),  # 24 x 800 / 1607 = 11.95, up: 12
        (WorkYear(2015, "employee", hours=hours(804)), 0, 13),  # 24 x 804 / 1607 = 12.01, up: 13
        (WorkYear(2015, "employee", hours=hours(1700)), 0, 24),  # above the reference year: a full year
        (WorkYear(2015, "employee", hours=hours(800), reference=hours(1600)), 0, 12),  # 24 x 800 / 1600 = 12 exactly
        (WorkYear(2015, "employee", hours=hours(800), absences=hours(807)), 0, 24),  # 1607 / 1607
        (WorkYear(2015, "employee", hours=hours(800)), hours(120), 6),  # 12 x 800 / 1607 = 5.97, up: 6
        (WorkYear(2015, "employee", full=True), hours(144), 6),  # 12 more would pass 150
        (WorkYear(2015, "employee", pay=999_440), 0, 12),  # 2080 x 9.61 = 19 988.80; half of it
        (WorkYear(2016, "low_qualified", full=True), 0, 24),  # before the law of 2016 took effect
        (WorkYear(2017, "low_qualified", full=True), 0, 48),
        (WorkYear(2018, "low_qualified", full=True), hours(384), 16),  # 400 - 384
        (WorkYear(2018, "low_qualified", hours=hours(803)), 0, 24),  # 48 x 803 / 1607 = 23.98, up: 24
        (WorkYear(2016, "esat", full=True), 0, 0),  # opened in 2015, fed from 2017
        (WorkYear(2017, "esat"), 0, 24),  # never reduced: the hours need not be known
        (WorkYear(2018, "esat", hours=hours(100)), hours(120), 12),
        (WorkYear(2017, "job_seeker"), 0, 0),
        (WorkYear(2018, "self_employed", full=True, contribution_paid=True), 0, 24),
        (WorkYear(2018, "self_employed", full=True, contribution_paid=False), 0, 0),
        (WorkYear(2018, "public_agent", full=True), 0, 24),
        (WorkYear(2019, "public_agent", full=True), 0, 25),
        (WorkYear(2019, "public_agent", full=True), hours(140), 10),  # 150 - 140
        (WorkYear(2022, "public_agent", hours=hours(28), reference=hours(35)), 0, 20),  # 25 x 28 / 35 = 20
        (WorkYear(2022, "public_agent", hours=hours(27), reference=hours(35)), 0, 20),  # 25 x 27 / 35 = 19.29, up: 20
        (WorkYear(2018, "public_agent_low_qualified", full=True), 0, 48),
        (WorkYear(2024, "public_agent_low_qualified", full=True), hours(380), 20),  # 400 - 380
    ],
)
def test_hours(book: Rulebook, work: WorkYear, held: int, expected: int) -> None:
    credit = yearly_credit(book, work, held)
    assert (credit.amount, credit.unit, credit.reason) == (hours(expected), Unit.HOURS, None)
    assert all(setting.sourcing for setting in credit.settings)


@pytest.mark.parametrize(
    ("work", "held", "expected"),
    [
        (WorkYear(2019, "employee", hours=hours(1607)), 0, 50_000),
        (WorkYear(2023, "employee", hours=80_350), 0, 50_000),  # half of 1607 h is 803.50 h: a full year
        (WorkYear(2023, "employee", hours=80_349), 0, 25_000),  # 500 x 803.49 / 1607 = 249.997, up
        (WorkYear(2023, "employee", hours=hours(700)), 0, 21_780),  # the published example: 217.80
        (WorkYear(2023, "employee", full=True), euros(4_800), 20_000),  # 5 000 - 4 800
        (WorkYear(2023, "employee", full=True), euros(5_600), 0),  # never below zero
        (WorkYear(2023, "low_qualified", full=True), 0, 80_000),
        (WorkYear(2023, "low_qualified", hours=hours(900)), euros(7_700), 30_000),  # 8 000 - 7 700
        (WorkYear(2023, "boe", full=True), 0, 80_000),  # 500 + 300
        (WorkYear(2023, "boe", hours=hours(700)), 0, 51_780),  # 217.80 + 300, never reduced
        (WorkYear(2023, "esat", hours=hours(1)), 0, 80_000),
        (WorkYear(2023, "self_employed", hours=6, reference=12, contribution_paid=True), 0, 25_000),  # six months
        (WorkYear(2023, "self_employed", full=True, contribution_paid=False), 0, 0),
        (WorkYear(2023, "job_seeker"), euros(900), 0),
    ],
)
def test_euros(book: Rulebook, work: WorkYear, held: int, expected: int) -> None:
    credit = yearly_credit(book, work, held)
    assert credit.unit is Unit.EUR
    assert credit.reason is None
    assert credit.amount == expected


@pytest.mark.parametrize(
    ("work", "held", "why"),
    [
        (WorkYear(2016, "employee"), 0, "heures travaillées"),
        (WorkYear(2014, "employee", full=True), 0, "inconnue en 2014"),
        (WorkYear(2016, "public_agent", full=True), 0, "inconnue en 2016"),
        (WorkYear(2016, "employee", full=True), hours(110), "palier"),  # 110 + 24 passes 120
        (WorkYear(2023, "low_qualified", hours=hours(700)), 0, "due proportion"),
        (WorkYear(2023, "employee", hours=hours(700), absences=hours(200)), 0, "absences protégées"),
        (WorkYear(2023, "employee", pay=1_000_000), 0, "rémunération de référence"),
        (WorkYear(2023, "self_employed", full=True), 0, "contribution"),
    ],
)
def test_what_the_sources_do_not_say_is_unknown(book: Rulebook, work: WorkYear, held: int, why: str) -> None:
    credit = yearly_credit(book, work, held)
    assert credit.amount is None
    assert why in (credit.reason or "")


def test_ceilings(book: Rulebook) -> None:
    assert ceiling(book, 2018, "employee").amount == hours(150)
    assert ceiling(book, 2018, "low_qualified").amount == hours(400)
    assert ceiling(book, 2019, "boe").amount == euros(8_000)
    assert ceiling(book, 2014, "employee").amount is None


def test_an_agent_who_may_become_unfit_gets_at_most_150_hours_more(book: Rulebook) -> None:
    assert inaptitude_credit(book, 2018, "public_agent", hours(200)).amount == hours(150)
    assert inaptitude_credit(book, 2018, "public_agent", hours(70)).amount == hours(70)
    assert inaptitude_credit(book, 2016, "public_agent", hours(70)).amount is None
    assert inaptitude_credit(book, 2018, "employee", hours(70)).amount == 0


def test_hours_and_euros_change_into_one_another(book: Rulebook) -> None:
    """The 120 h held at the end of 2018 are worth 120 x 15 = 1 800 euros; 2 240 euros are 149.33 h, so 149 h."""
    assert to_euros(book, hours(120), date(2019, 1, 1)).amount == euros(1_800)
    assert to_hours(book, euros(2_240), date(2024, 1, 1)).amount == hours(149)
    assert to_hours(book, euros(2_250), date(2024, 1, 1)).amount == hours(150)
    assert to_euros(book, hours(1), date(2018, 12, 31)).amount is None
    assert to_hours(book, hours(1), date(2018, 12, 31)).amount is None
