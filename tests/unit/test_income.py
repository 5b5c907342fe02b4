"""Income during training: declared lines, dated amounts, unknown where the sources are silent, never in a plan."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cpf_funding import Dossier, InputError, Rulebook, build_plan
from cpf_funding.income import Income, income_lines, read_income
from cpf_funding.truth import Truth
from generators import packaged

LONG = {"start": "2018-10-01", "end": "2019-03-29", "hours": {"total": "600"}, "weekly_hours": "35", "region": "75"}


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return packaged()


def lines(book: Rulebook, holder: dict[str, Any], training: dict[str, Any], **answers: Any) -> dict[str, Income]:
    dossier = Dossier.model_validate(
        {"holder": {"status": "job_seeker"} | holder, "training": training, "answers": answers}
    )
    start = date.fromisoformat(training["start"])
    return {line.line: line for line in income_lines(dossier, book, on=start)}


def asked(name: str) -> str:
    return f"income.{name}"


@pytest.mark.parametrize(
    ("start", "daily", "expected"),
    [
        ("2015-06-30", "15.00", 2048),
        ("2015-07-01", "15.00", 2054),
        ("2018-07-01", "15.00", 2081),
        ("2018-07-01", "31.40", 3140),  # above the floor: the allowance itself
        ("2024-06-30", "15.00", 2261),
        ("2024-07-01", "15.00", 2288),
        ("2026-11-23", "15.00", 2299),
    ],
)
def test_the_allowance_goes_on_and_never_below_the_floor(book: Rulebook, start: str, daily: str, expected: int) -> None:
    line = lines(book, {"allowance": {"kind": "are", "daily": daily}}, LONG | {"start": start, "end": None})["aref"]
    assert (line.per, line.least, line.most) == ("day", expected, expected)


def test_a_floor_that_was_not_found_is_unknown(book: Rulebook) -> None:
    training = LONG | {"start": "2021-09-01", "end": "2022-02-28"}
    line = lines(book, {"allowance": {"kind": "are", "daily": "15.00"}}, training)["aref"]
    assert (line.least, line.most) == (1500, None)
    assert "parameter:income.aref.minimum" in line.missing


def test_a_course_must_be_prescribed_and_last_forty_hours(book: Rulebook) -> None:
    holder, training = {"allowance": {"kind": "are", "daily": "30.00"}}, LONG | {"start": "2019-01-02"}
    prescribed = {asked("course_prescribed"): True}
    assert lines(book, holder, training, **prescribed)["aref"].state is Truth.YES
    assert "income.course_prescribed" in lines(book, holder, training)["aref"].missing
    assert lines(book, holder, training | {"hours": {"total": "39.99"}}, **prescribed)["aref"].state is Truth.NO
    assert lines(book, holder, training | {"hours": {"total": "40"}}, **prescribed)["aref"].state is Truth.YES


def test_when_the_allowance_ends_first_another_line_follows_within_its_ceiling(book: Rulebook) -> None:
    holder = {"allowance": {"kind": "are", "daily": "30.00", "ends": "2018-12-31"}}
    answers = {asked("course_prescribed"): True, asked("shortage_course"): True, asked("monthly_allowance"): "900.00"}
    line = lines(book, holder, LONG, **answers)["rff"]
    assert (line.state, line.per, line.least, line.most) == (Truth.YES, "month", 65_202, 65_202)
    assert "rff" not in lines(book, holder | {"allowance": holder["allowance"] | {"ends": "2019-03-29"}}, LONG)
    small = answers | {asked("monthly_allowance"): "600.00"}
    assert lines(book, holder, LONG, **small)["rff"].most == 60_000


@pytest.mark.parametrize(
    ("start", "born", "expected"),
    [
        ("2018-10-01", "2001-01-01", 13_034),  # 17
        ("2018-10-01", "2000-10-01", 31_039),  # 18 that day
        ("2018-10-01", "1997-10-01", 33_935),  # 21 that day
        ("2018-10-01", "1992-10-01", 40_109),  # 26 that day
        ("2021-04-30", "1990-01-01", 40_109),
        ("2021-05-01", "1990-01-01", 68_500),
        ("2021-05-01", "2002-01-01", 50_000),
        ("2025-04-01", "1990-01-01", 76_949),
        ("2026-03-31", "1990-01-01", 76_949),
        ("2026-04-01", "1990-01-01", 77_565),
        ("2026-04-01", "2009-06-01", 22_648),
    ],
)
def test_public_pay_by_age(book: Rulebook, start: str, born: str, expected: int) -> None:
    nothing = {asked(name): False for name in ("former_self_employed", "worked", "lone_parent", "mother_of_three")}
    holder = {"birth_date": born, "disability": "none", "allowance": {"kind": "none"}}
    line = lines(book, holder, LONG | {"start": start, "end": None}, **nothing, **{asked("recently_alone"): False})
    assert (line["public_pay"].least, line["public_pay"].most) == (expected, expected)


@pytest.mark.parametrize(
    ("start", "worked", "former_pay", "expected"),
    [
        ("2018-10-01", False, None, 65_202),
        ("2018-10-01", True, "500.00", 64_417),  # the floor
        ("2018-10-01", True, "1500.00", 150_000),
        ("2018-10-01", True, "2500.00", 193_252),  # the ceiling
        ("2022-01-03", False, None, 68_500),
        ("2026-04-01", True, "2500.00", 218_827),
        ("2025-04-01", True, "2500.00", 217_090),
    ],
)
def test_public_pay_of_a_disabled_worker(
    book: Rulebook, start: str, worked: bool, former_pay: str | None, expected: int
) -> None:
    answers = {asked("former_self_employed"): False, asked("worked"): worked, asked("former_pay"): former_pay}
    known = {name: value for name, value in answers.items() if value is not None}
    line = lines(book, {"disability": "boe"}, LONG | {"start": start, "end": None}, **known)["public_pay"]
    assert (line.least, line.most) == (expected, expected)


def test_scales_that_were_not_found_are_unknown(book: Rulebook) -> None:
    answers = {asked("former_self_employed"): False, asked("worked"): False}
    for start in ("2015-06-01", "2023-04-01", "2025-03-31"):
        line = lines(book, {"disability": "boe"}, LONG | {"start": start, "end": None}, **answers)["public_pay"]
        assert line.most is None
        assert "parameter:income.public.disabled" in line.missing


@pytest.mark.parametrize("kind", ["bilan", "vae", "licence_b"])
def test_short_supports_open_no_public_pay(book: Rulebook, kind: str) -> None:
    assert lines(book, {}, LONG | {"start": "2022-01-03", "end": None, "kind": kind})["public_pay"].state is Truth.NO


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2016-01-04", 20_000 + 12_000 + 60_000),  # 1 000 km x 0.20 + 20 meals x 6 + 20 nights x 30
        ("2022-11-30", 92_000),
        ("2022-12-01", 23_000 + 12_500 + 62_400),  # 1 000 km x 0.23 + 20 meals x 6.25 + 20 nights x 31.20
    ],
)
def test_mobility_by_date(book: Rulebook, start: str, expected: int) -> None:
    answers = {asked("total_km"): 1000, "course.meals": 20, "course.nights": 20, asked("already_paid"): 0}
    line = lines(book, {"allowance": {"kind": "none"}}, LONG | {"start": start, "end": None}, **answers)["mobility"]
    assert (line.per, line.least, line.most) == ("course", expected, expected)


def test_mobility_stops_at_its_yearly_ceiling_and_says_by_when_to_ask(book: Rulebook) -> None:
    """5 200 less 4 000 already paid leaves 1 200; thirty days after 1 December 2022 is the 31st."""
    answers = {asked("total_km"): 9000, "course.meals": 0, "course.nights": 0, asked("already_paid"): 4000}
    training = LONG | {"start": "2022-12-01", "end": None}
    line = lines(book, {"allowance": {"kind": "none"}}, training, **answers)["mobility"]
    assert line.most == 120_000
    assert line.ask_by == date(2022, 12, 31)
    assert lines(book, {}, LONG)["mobility"].ask_by is None


@pytest.mark.parametrize(("region", "far"), [("75", False), ("04", True)])
def test_distance_is_shorter_overseas(book: Rulebook, region: str, far: bool) -> None:
    answers = {asked("return_km"): 30, asked("return_hours"): "1.5", asked("course_prescribed"): True}
    training = LONG | {"start": "2022-01-03", "end": None, "kind": "certifying", "region": region}
    line = lines(book, {"allowance": {"kind": "none"}}, training, **answers)["mobility"]
    assert line.state is (Truth.YES if far else Truth.NO)


@pytest.mark.parametrize(
    ("start", "weekly", "children", "expected"),
    [
        ("2016-01-04", "35", 1, 40_000),
        ("2016-01-04", "15", 2, 46_000),
        ("2016-01-04", "14.99", 2, 19_500),
        ("2022-11-30", "35", 4, 52_000),
    ],
)
def test_childcare(book: Rulebook, start: str, weekly: str, children: int, expected: int) -> None:
    answers = {asked("lone_parent"): True, asked("youngest_child"): 9, asked("children"): children}
    training = LONG | {"start": start, "end": None, "weekly_hours": weekly}
    line = lines(book, {"allowance": {"kind": "none"}}, training, **answers)["agepi"]
    assert (line.state, line.least, line.most) == (Truth.YES, expected, expected)
    answers[asked("youngest_child")] = 10
    assert lines(book, {"allowance": {"kind": "none"}}, training, **answers)["agepi"].state is Truth.NO


def test_no_plan_reads_an_income(book: Rulebook) -> None:
    """Answers about income change neither the plan nor its questions; an employee has none of these lines."""
    training = LONG | {"costs": {"teaching": "3000.00"}, "kind": "certifying"}
    data = {"holder": {"status": "job_seeker", "region": "75"}, "training": training}
    without = build_plan(Dossier.model_validate(data), book, on=date(2018, 9, 1))
    answers = {asked("former_pay"): "2500.00", asked("worked"): True, asked("total_km"): 1000}
    with_them = build_plan(Dossier.model_validate(data | {"answers": answers}), book, on=date(2018, 9, 1))
    assert with_them.contributions == without.contributions
    assert not [question for question in without.questions if "income." in str(question)]
    employee = Dossier.model_validate({"holder": {"status": "employee", "allowance": {"kind": "none"}}})
    assert income_lines(employee, book, on=date(2018, 9, 1)) == ()


def test_a_line_that_names_nothing_known_is_refused(book: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "income.yaml"
    path.write_text(
        "income:\n  - {line: a, label: A, per: day, scope: {fact: holder.status, is: job_seeker},\n"
        "     when: {fact: nothing.known, is: true}, amount: {parameter: income.aref.minimum}}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError, match=r"nothing\.known"):
        income_lines(Dossier(), book, on=date(2018, 9, 1), shapes=read_income(path))
