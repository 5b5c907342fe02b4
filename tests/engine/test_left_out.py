"""Why an aid that is not refused pays nothing, and which causes a refusal raises."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cpf_funding import build_plan
from cpf_funding.engine.verdicts import causes_of
from cpf_funding.language.evidence import Evidence
from cpf_funding.language.lists import EligibilityList, ListRow
from cpf_funding.language.values import Sourcing
from cpf_funding.truth import Truth
from rulebooks import aid, rulebook, value
from worked import cpf, left, participation, price

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN


def lost(*aids: dict[str, Any], teaching: str = "1000", **given: Any) -> dict[str, str | None]:
    """By aid, why it pays nothing."""
    plan = build_plan(price(teaching, **given), rulebook(*aids))
    return {verdict.aid: verdict.lost_to for verdict in plan.verdicts}


def test_nothing_is_left_for_the_last() -> None:
    assert lost(aid("a", 10, value("1000")), aid("b", 20, value("1"))) == {"a": None, "b": "nothing_left"}


def test_a_contribution_that_falls_when_the_right_does_not_pay() -> None:
    """Without a cent on the account, the person owes no participation."""
    assert lost(participation(), cpf("0"), aid("a", 20, value("900"))) == {
        "holder.participation": "nothing_left", "cpf": "zero", "a": None,
    }  # fmt: skip


def test_own_money_is_not_why_an_aid_whose_lines_are_paid_is_left_out() -> None:
    """Money is missing on the bus alone, that neither of two aids covers; they exclude each other."""
    forbidden = {"own_money": "forbidden"}
    b = aid("b", 20, value("500"), relations=forbidden)
    c = aid("c", 30, value("500"), relations=forbidden | {"excludes": ["b"]})
    found = lost(aid("a", 10, value("1000")), b, c, costs={"travel": "50"})
    assert found == {"a": None, "b": "nothing_left", "c": "nothing_left"}


def test_the_last_cent_of_its_lines_is_paid_by_another() -> None:
    """Not the person's money but its co-funder is why the aid is left out: nothing is left for d to pay."""
    alone = aid("a", 30, value("400"), relations={"own_money": "forbidden"}, eligibility={"joined_by": ["d"]})
    found = lost(aid("b", 10, value("999.99")), aid("c", 20, value("0.01")), alone, aid("d", 40, left()))
    assert found == {"b": None, "c": None, "a": "joined_by", "d": "nothing_left"}


def test_an_enemy_that_pays_more() -> None:
    other = aid("b", 20, value("500"), relations={"excludes": ["a"]})
    assert lost(aid("a", 10, value("600")), other) == {"a": None, "b": "excludes:a"}
    assert lost(aid("a", 10, value("400")), other) == {"a": "excludes:b", "b": None}


def test_what_the_person_could_bring_is_not_counted_as_an_aid_left_out() -> None:
    own = aid("own", 90, {"fact": "means.holder_can_pay"}, kind="own_money", funder="holder")
    plan = build_plan(price("1000"), rulebook(aid("a", 10, value("0")), own))
    assert {verdict.aid: verdict.potential for verdict in plan.verdicts} == {"a": 0, "own": 0}


def test_all_or_nothing() -> None:
    """A euro is missing, so the aid that forbids the person to add anything is lost."""
    forbidden = aid("a", 10, value("999"), relations={"own_money": "forbidden"})
    assert lost(forbidden) == {"a": "own_money"}
    assert lost(forbidden, teaching="999") == {"a": None}


def test_a_co_funder_that_is_not_there() -> None:
    needing = aid("b", 20, value("500"), relations={"needs": ["a"]})
    assert lost(aid("a", 10, value("0")), needing) == {"a": "zero", "b": "needs"}
    assert lost(aid("a", 10, value("1")), needing) == {"a": None, "b": None}


@pytest.mark.parametrize(("project", "expected"), [
    ({}, ("nothing_left", ())), ({"validated": True}, ("nothing_left", ())), ({"validated": False}, ("joined_by", ())),
])  # fmt: skip
def test_an_aid_left_out_is_not_said_to_lack_a_co_funder_that_it_may_do_without(
    project: dict[str, Any], expected: tuple[str, tuple[str, ...]]
) -> None:
    """`a` pays all of it, and the person is spared the participation; no date has passed for the account either."""
    alone = {"any": [{"joined_by": ["b"]}, {"fact": "project.validated", "is": True}]}
    book = rulebook(participation(), cpf("600", eligibility=alone), aid("b", 30, value("0")), aid("a", 20, value("80")))
    plan = build_plan(price("80", project=project, training={"start": "2017-06-01"}), book)
    (found,) = [verdict for verdict in plan.verdicts if verdict.aid == "cpf"]
    assert (found.lost_to, found.causes) == expected


def test_what_a_refused_aid_could_pay_is_no_more_than_the_lines_it_covers_cost() -> None:
    """1000 of teaching; no exam is to be paid."""
    covering = {
        "covers": ["teaching", "exam"],
        "eligibility": {"fact": "holder.registered", "is": True, "cause": "public"},
    }
    [line] = build_plan(
        price("1000", holder={"registered": False}), rulebook(aid("a", 10, value("2000"), **covering))
    ).verdicts
    assert line.potential == 100_000


def test_a_cent_of_the_person_keeps_out_an_aid_that_refuses_own_money() -> None:
    owed, refuses = participation("0.01"), aid("a", 20, value("100"), relations={"own_money": "forbidden"})
    assert lost(owed, cpf("2000"), refuses)["a"] == "own_money"
    assert lost(cpf("2000"), refuses)["a"] == "nothing_left"
    assert lost(cpf("999.99"), aid("b", 15, value("0.01")), refuses)["a"] == "nothing_left"


def test_what_is_left_of_a_settled_plan_is_nothing_to_a_condition() -> None:
    """The account would come if no more than 1000 were left and b paid: all is paid, and b pays nothing."""
    both = {"all": [{"amount": {"remaining": ["teaching"]}, "at_most": "1000"}, {"joined_by": ["b"]}]}
    assert lost(cpf("600", eligibility=both), aid("b", 30, value("0")), aid("a", 20, left())) == {
        "a": None, "b": "zero", "cpf": "joined_by"
    }  # fmt: skip


def leaf(truth: Truth, cause: str | None = None, *children: Evidence) -> Evidence:
    return Evidence(truth, "all" if children else "fact", cause=cause, children=children)


def test_the_causes_of_a_failed_group_are_those_of_its_failed_parts() -> None:
    met, unknown, failed = leaf(YES, "a"), leaf(UNKNOWN, "b"), leaf(NO, "c")
    assert causes_of(leaf(NO, None, met, unknown, failed)) == ["c"]
    assert causes_of(leaf(NO, None, leaf(NO, None, failed, leaf(NO, "d")), failed)) == ["c", "d", "c"]
    assert causes_of(leaf(NO, "own", failed)) == ["own"]
    assert causes_of(leaf(NO)) == []


# Lists ------------------------------------------------------------------------------------------

ANYWHERE = ListRow("all", frozenset(), frozenset(), None, None)
HERE = ANYWHERE._replace(regions=frozenset({"75"}))
BRANCH = ANYWHERE._replace(branches=frozenset({"78.20Z"}))


@pytest.mark.parametrize(
    ("rows", "facts", "expected"),
    [
        ([HERE], {}, (UNKNOWN, ("holder.region",))),
        ([HERE, BRANCH], {}, (UNKNOWN, ("holder.region", "holder.contract.naf"))),
        ([HERE, ANYWHERE], {}, (YES, ())),  # another row settles it: nothing is missing
        ([HERE], {"holder.region": "75"}, (YES, ())),
        ([HERE], {"holder.region": "93"}, (NO, ())),
        ([HERE, HERE], {}, (UNKNOWN, ("holder.region",))),
        ([ANYWHERE._replace(public="employee")], {}, (UNKNOWN, ("holder.status",))),
        ([ANYWHERE._replace(public="employee")], {"holder.status": "temporary_worker"}, (YES, ())),
        ([ANYWHERE._replace(public="job_seeker")], {"holder.status": "inactive"}, (NO, ())),
        ([], {}, (NO, ())),
    ],
)
def test_what_is_missing_to_tell_whether_a_course_is_listed(
    rows: list[ListRow], facts: dict[str, Any], expected: tuple[Truth, tuple[str, ...]]
) -> None:
    day = date(2017, 3, 1)
    source = Sourcing("essai", "high", day)
    listed = EligibilityList("titres", "Titres", "rncp", True, {"RNCP1": tuple(rows)} if rows else {}, source)
    assert listed.holds({"training.certification.rncp": "RNCP1", **facts}, day) == expected
