"""The tables that no plan reads (rights earned in a year, income during training), each change framed to the day.

The figures were read again in the notes, row by row; the rules are what is under test.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from cpf_funding import Rulebook
from cpf_funding.facts import parse_value
from cpf_funding.language.values import ANY_KEY, Parameter, State
from generators import packaged

DAY = timedelta(days=1)
# parameter | keys (none: no table) | first day and value of each period; `?` not established, `-` the account has ended
SERIES = """
# CPF-01 to CPF-19, 2026/1.1, 2026/1.2: hours until 2018, euros since 2019, public agents in hours throughout.
cpf.accrual.hours | employee, boe | 2015-01-01 24, 2019-01-01 -
cpf.accrual.hours | low_qualified | 2015-01-01 24, 2017-01-01 48, 2019-01-01 -
cpf.accrual.hours | esat | 2015-01-01 0, 2017-01-01 24, 2019-01-01 -
cpf.accrual.hours | self_employed | 2018-01-01 24, 2019-01-01 -
cpf.accrual.hours | job_seeker | 2015-01-01 0, 2019-01-01 -
cpf.accrual.hours | public_agent | 2017-01-01 24, 2019-01-01 25
cpf.accrual.hours | public_agent_low_qualified | 2017-01-01 48, 2019-01-01 50
cpf.accrual.hours_step | employee, boe | 2015-01-01 120, 2019-01-01 ?
cpf.accrual.hours_step | low_qualified | 2015-01-01 120, 2017-01-01 400, 2019-01-01 ?
cpf.accrual.hours_step | esat | 2017-01-01 120, 2019-01-01 ?
cpf.accrual.hours_step | self_employed | 2018-01-01 120, 2019-01-01 ?
cpf.accrual.hours_step | public_agent | 2017-01-01 120, 2019-01-01 150
cpf.accrual.hours_step | public_agent_low_qualified | 2017-01-01 400
cpf.accrual.hours_after_step | employee, boe | 2015-01-01 12, 2019-01-01 ?
cpf.accrual.hours_after_step | low_qualified | 2015-01-01 12, 2017-01-01 ?
cpf.accrual.hours_after_step | esat, public_agent | 2017-01-01 12, 2019-01-01 ?
cpf.accrual.hours_after_step | self_employed | 2018-01-01 12, 2019-01-01 ?
cpf.accrual.hours_ceiling | employee, boe | 2015-01-01 150, 2019-01-01 ?
cpf.accrual.hours_ceiling | low_qualified | 2015-01-01 150, 2017-01-01 400, 2019-01-01 ?
cpf.accrual.hours_ceiling | esat | 2017-01-01 150, 2019-01-01 ?
cpf.accrual.hours_ceiling | self_employed | 2018-01-01 150, 2019-01-01 ?
cpf.accrual.hours_ceiling | public_agent | 2017-01-01 150
cpf.accrual.hours_ceiling | public_agent_low_qualified | 2017-01-01 400
cpf.accrual.euros | employee, boe, self_employed | 2015-01-01 -, 2019-01-01 500
cpf.accrual.euros | low_qualified, esat | 2015-01-01 -, 2019-01-01 800
cpf.accrual.euros | job_seeker | 2015-01-01 -, 2019-01-01 0
cpf.accrual.euros_flat | boe | 2019-01-01 300
cpf.accrual.euros_flat | employee, low_qualified, esat, self_employed, job_seeker | 2019-01-01 0
cpf.accrual.euros_ceiling | employee, job_seeker, self_employed | 2019-01-01 5000
cpf.accrual.euros_ceiling | low_qualified, boe, esat | 2019-01-01 8000
cpf.accrual.full_from | employee, low_qualified, boe | 2015-01-01 100, 2019-01-01 50
cpf.accrual.full_from | esat | 2017-01-01 0
cpf.accrual.full_from | public_agent, public_agent_low_qualified | 2017-01-01 100
cpf.accrual.full_from | self_employed | 2019-01-01 100
cpf.accrual.below | employee, boe | 2015-01-01 1
cpf.accrual.below | low_qualified | 2015-01-01 1, 2019-01-01 ?
cpf.accrual.below | public_agent, public_agent_low_qualified | 2017-01-01 1
cpf.accrual.below | self_employed | 2019-01-01 1
cpf.accrual.reference_hours | | 2015-01-01 1607
cpf.accrual.reference_pay_hours | | 2015-01-01 2080, 2019-01-01 ?
cpf.accrual.smic | | 2015-01-01 9.61, 2016-01-01 9.67, 2017-01-01 9.76, 2018-01-01 9.88, 2019-01-01 ?
cpf.accrual.absences | employee, low_qualified, boe | 2015-01-01 1, 2019-01-01 ?
cpf.accrual.absences | esat | 2017-01-01 1, 2019-01-01 ?
cpf.accrual.contribution | self_employed | 2018-01-01 1
cpf.accrual.contribution | * | 2015-01-01 0
cpf.accrual.inaptitude_hours | public_agent, public_agent_low_qualified | 2017-01-01 150
cpf.accrual.inaptitude_hours | * | 2015-01-01 0
cpf.accrual.conversion | | 2019-01-01 15
# REM-02, 2026/2.4/1 to 4: the allowance during the course.
income.aref.minimum | | 2014-07-01 20.48, 2015-07-01 20.54, 2017-07-01 20.67, 2018-07-01 20.81, \
2019-01-01 ?, 2023-07-01 22.61, 2024-07-01 22.88, 2025-07-01 22.99
income.aref.least_hours | | 2019-01-01 40
# REM-03, 2026/2.4/5: once it ends, 652.02, then the highest rate of the public scale.
income.rff.ceiling | | 2011-11-16 652.02, 2021-05-01 685, 2023-04-01 ?, 2025-04-01 769.49, 2026-04-01 775.65
income.rff.shortage_list | | 2011-11-16 1, 2020-11-07 ?
# REM-04 to REM-07, 2026/2.4/6 to 11: the public scale; those of April 2023 and April 2024 were not found.
income.public.under_18 | | 2018-08-14 130.34, 2021-05-01 200, 2023-04-01 ?, 2025-04-01 224.68, 2026-04-01 226.48
income.public.from_18 | | 2018-08-14 310.39, 2021-05-01 500, 2023-04-01 ?, 2025-04-01 561.68, 2026-04-01 566.17
income.public.from_21 | | 2018-08-14 339.35, 2021-05-01 500, 2023-04-01 ?, 2025-04-01 561.68, 2026-04-01 566.17
income.public.from_26 | | 2018-08-14 401.09, 2021-05-01 685, 2023-04-01 ?, 2025-04-01 769.49, 2026-04-01 775.65
income.public.disabled | | 2015-12-31 652.02, 2021-05-01 685, 2023-04-01 ?, 2025-04-01 769.49, 2026-04-01 775.65
income.public.special | | 2018-08-14 652.02, 2021-05-01 685, 2023-04-01 ?, 2025-04-01 769.49, 2026-04-01 775.65
income.public.family | | 2018-08-14 652.02, 2020-11-07 ?
income.public.former_self_employed | | 2015-12-31 708.59, 2021-05-01 ?
income.public.pay_floor | | 2015-12-31 644.17, 2021-05-01 685, 2023-04-01 ?, 2025-04-01 769.49, 2026-04-01 775.65
income.public.pay_ceiling | | 2015-12-31 1932.52, 2023-04-01 ?, 2025-04-01 2170.90, 2026-04-01 2188.27
income.public.allowance | none | 2018-08-14 1, 2020-11-07 ?, 2021-05-01 1
income.public.allowance | ass | 2018-08-14 1, 2020-11-07 ?, 2021-05-01 0
income.public.allowance | rsa | 2018-08-14 1, 2020-11-07 ?
income.public.allowance | are | 2018-08-14 0, 2020-11-07 ?
income.public.course | bilan | 2017-01-10 0
income.public.course | licence_b | 2011-04-11 0
income.public.course | vae | 2021-05-01 0
income.public.course | * | 2018-08-14 1
income.public.most_months | | 2021-05-01 36
income.public.full_time_hours | | 2021-05-01 151.67
income.public.age_two | | 2018-08-14 18
income.public.age_three | | 2018-08-14 21
income.public.age_four | | 2018-08-14 26
# REM-11, REM-12, 2026/2.3/1 to 6: getting there.
income.mobility.per_km | | 2015-01-01 0.20, 2022-12-01 0.23
income.mobility.per_meal | | 2015-01-01 6, 2022-12-01 6.25
income.mobility.per_night | | 2015-01-01 30, 2022-12-01 31.20
income.mobility.ceiling | | 2015-01-01 5000, 2022-12-01 5200
income.mobility.return_km | 01, 02, 03, 04, 06 | 2015-01-01 20
income.mobility.return_km | * | 2015-01-01 60
income.mobility.return_hours | | 2015-01-01 2
income.mobility.minimum_are | | 2014-07-01 28.58, 2015-07-01 28.67, 2017-07-01 28.86, 2018-07-01 29.06, 2019-01-01 ?
income.mobility.least_hours | | 2021-06-09 40
income.mobility.course | licence_b | 2011-04-11 0
income.mobility.course | bilan, vae | 2021-06-09 0
income.mobility.course | * | 2015-01-01 1
income.mobility.ask_within | | 2022-12-01 30
# REM-13, 2026/2.3/7 to 9: having a child minded; from the third child on the amount is the same.
income.agepi.full | 1 | 2014-01-20 400, 2022-12-01 416
income.agepi.full | 2 | 2014-01-20 460, 2022-12-01 478.40
income.agepi.full | 3, 4, 5, 6, 7, 8, 9, 10 | 2014-01-20 520, 2022-12-01 540.80
income.agepi.reduced | 1 | 2014-01-20 170, 2022-12-01 176.80
income.agepi.reduced | 2 | 2014-01-20 195, 2022-12-01 202.80
income.agepi.reduced | 3, 4, 5, 6, 7, 8, 9, 10 | 2014-01-20 220, 2022-12-01 228.80
income.agepi.full_hours | | 2014-01-20 15, 2022-12-01 ?
income.agepi.least_hours | | 2014-01-20 40, 2022-12-01 ?
income.agepi.child_age | | 2014-01-20 10, 2026-01-01 ?, 2026-10-08 12
income.agepi.are_share | | 2026-10-08 130
income.agepi.ask_within | | 2026-10-08 3
"""
STATES = {"?": State.UNKNOWN, "-": State.ENDED}


def rows() -> Iterator[tuple[str, str, date, str, str]]:
    """Parameter, key, day of change, value of the eve, value of the day."""
    for line in SERIES.strip().splitlines():
        if line.startswith("#"):
            continue
        name, keys, series = (part.strip() for part in line.split("|"))
        for key in keys.split(", ") if keys else [ANY_KEY]:
            before = "?"
            for period in series.split(", "):
                day, value = period.split()
                yield name, key, date.fromisoformat(day), before, value
                before = value


ROWS = tuple(rows())


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return packaged()


def reading(parameter: Parameter, key: str, day: date) -> tuple[State, int | None]:
    setting = parameter.at(day, key)
    return setting.state, setting.value


def expected(parameter: Parameter, text: str) -> tuple[State, object]:
    return (STATES[text], None) if text in STATES else (State.VALID, parse_value(parameter.unit, text))


@pytest.mark.parametrize("name", sorted({row[0] for row in ROWS}))
def test_the_eve_the_day_and_the_morrow_of_each_change(book: Rulebook, name: str) -> None:
    parameter = book.parameters[name]
    for _, key, day, before, value in [row for row in ROWS if row[0] == name]:
        assert reading(parameter, key, day - DAY) == expected(parameter, before), (key, day - DAY)
        assert reading(parameter, key, day) == expected(parameter, value), (key, day)
        assert reading(parameter, key, day + DAY) == expected(parameter, value), (key, day + DAY)


def test_every_change_of_these_tables_is_framed_here(book: Rulebook) -> None:
    """The parameters that no aid reads: a period that is added, moved or split is missing from the list above."""
    read = frozenset().union(*(aid.used for aid in book.aids))
    found = set()
    for parameter in book.parameters.values():
        for key, settings in parameter.table.items() if f"parameter:{parameter.name}" not in read else ():
            ends = {setting.until + DAY for setting in settings if setting.until is not None}
            for day in ends | {setting.start for setting in settings if setting.start is not None}:
                if reading(parameter, key, day - DAY) != reading(parameter, key, day):
                    found.add((parameter.name, key, day))
    assert found == {row[:3] for row in ROWS}


def test_income_is_that_of_the_day_the_course_starts(book: Rulebook) -> None:
    """`income_lines`: whatever the day on which the counsellor asks, a scale is that of the entry into the course."""
    clocks = {name: parameter.clock for name, parameter in book.parameters.items() if name.startswith("income.")}
    assert clocks == dict.fromkeys({row[0] for row in ROWS if row[0].startswith("income.")}, "start")
