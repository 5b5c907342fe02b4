"""Eligibility lists: found or not, for whom, where, when, on a complete list or on an extract."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cpf_funding import build_plan
from cpf_funding.truth import Truth
from rulebooks import aid, rulebook, value
from worked import price

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
DAY = date(2017, 6, 5)
CODE = {"training.certification.rncp": "RNCP1"}


def held(
    facts: dict[str, Any], day: date | None = DAY, *, complete: bool = True, codes: str = "rncp", **row: Any
) -> Any:
    """Whether the certification is on a list that holds RNCP1 on these terms."""
    entries = [{"code": "RNCP1", **row}]
    book = rulebook(
        lists=[
            {
                "list": "essai",
                "label": "Liste",
                "complete": complete,
                "codes": codes,
                "entries": entries,
                "source": "essai",
            }
        ]
    )
    return book.lists["essai"].holds(facts, day)


def test_no_code_or_no_day_is_unknown() -> None:
    """What is missing is named."""
    assert (UNKNOWN, ("training.certification.rncp",)) == held({})
    assert (UNKNOWN, ("training.certification.rs",)) == held({}, codes="rs")
    assert (UNKNOWN, ("training.start",)) == held(CODE, None)


def test_not_found_is_no_on_a_complete_list_and_unknown_on_an_extract() -> None:
    """An extract never says no."""
    other = {"training.certification.rncp": "RNCP2"}
    assert (NO, ()) == held(other)
    assert (UNKNOWN, ("list:essai",)) == held(other, complete=False)
    assert (YES, ()) == held(CODE, complete=False)


@pytest.mark.parametrize(("shift", "truth"), [(4, NO), (5, YES), (6, YES), (7, NO)])
def test_both_ends_of_a_row_are_included(shift: int, truth: Truth) -> None:
    """From 5 to 6 June 2017."""
    assert (truth, ()) == held(CODE, date(2017, 6, shift), **{"from": "2017-06-05", "until": "2017-06-06"})


@pytest.mark.parametrize(
    ("public", "status", "truth"),
    [
        ("all", None, YES), ("job_seeker", "job_seeker", YES), ("job_seeker", "employee", NO),
        ("employee", "temporary_worker", YES), ("employee", "inactive", NO), ("employee", None, UNKNOWN),
    ],
)  # fmt: skip
def test_a_row_is_for_a_public(public: str, status: str | None, truth: Truth) -> None:
    """A temporary worker is an employee to the lists."""
    facts = CODE if status is None else {**CODE, "holder.status": status}
    assert (truth, ("holder.status",) if truth is UNKNOWN else ()) == held(facts, public=public)


def test_the_region_of_a_job_seeker_is_where_they_live_and_of_an_employee_where_the_course_is() -> None:
    """Listed for region 75: each status reads its own region."""
    facts = {**CODE, "holder.region": "75", "training.region": "53"}
    assert YES is held({**facts, "holder.status": "job_seeker"}, regions=["75"])[0]
    assert NO is held({**facts, "holder.status": "employee"}, regions=["75"])[0]
    assert (UNKNOWN, ("holder.region",)) == held({**CODE, "holder.status": "job_seeker"}, regions=["75"])


def test_a_branch_is_read_from_the_activity_code() -> None:
    """Listed for 78.20Z."""
    assert YES is held({**CODE, "holder.contract.naf": "78.20Z"}, branches=["78.20Z"])[0]
    assert NO is held({**CODE, "holder.contract.naf": "01.11Z"}, branches=["78.20Z"])[0]
    assert (UNKNOWN, ("holder.contract.naf",)) == held(CODE, branches=["78.20Z"])


def test_one_of_several_codes_is_enough() -> None:
    """A course bears several CPF codes."""
    assert YES is held({"training.certification.cpf_codes": ("9", "RNCP1")}, codes="cpf")[0]
    assert NO is held({"training.certification.cpf_codes": ("9",)}, codes="cpf")[0]


def test_a_list_without_a_file_is_unknown_and_asked() -> None:
    """A rule may name a list that nobody imported yet: membership is a question, never a refusal."""
    book = rulebook(aid("a", 1, value("1"), eligibility={"list": "copanef", "cause": "not_cpf_eligible"}))
    plan = build_plan(price("10", training={"certification": {"cpf_codes": ["1"]}, "start": "2017-06-05"}), book)
    assert (UNKNOWN, ("list:copanef",)) == (plan.verdicts[0].state, plan.verdicts[0].missing)
    assert ["La certification est-elle inscrite sur la liste « copanef » au début de la formation ?"] == [
        question.question for question in plan.questions
    ]
