"""Levers that have no bearing on a dossier, or that no dossier could bear, are passed over; the others are found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cpf_funding import Dossier, Rulebook, build_plan
from cpf_funding.engine import remedies
from cpf_funding.engine.plan import Cause
from cpf_funding.engine.remedies import find_remedies
from cpf_funding.language.values import Sourcing
from cpf_funding.rulebook.local import Local, LocalEnvelope
from rulebooks import aid, rulebook, value
from worked import price


def raised(book: Rulebook, case: Dossier, id: str) -> Cause:
    """A cause that is raised, with its remedies."""
    plan = find_remedies(case, book, build_plan(case, book))
    found = next(cause for cause in plan.causes if cause.id == id)
    assert found.state == "raised"
    return found


def changes(levers: Mapping[str, Any], case: Dossier) -> dict[str, Mapping[str, str]]:
    """What each lever changes for a course that is dearer than what its one aid, of 900, pays."""
    book = rulebook(aid("a", 10, value("900")), levers=levers, tries={"cost_too_high": list(levers)})
    return {remedy.lever: remedy.changes for remedy in raised(book, case, "cost_too_high").remedies}


LOWER = {"kind": "lower", "path": "training.costs.teaching", "most_percent": 50, "step": "1"}
EMPLOYER = {"kind": "raise", "path": "means.employer", "most": "100"}


def test_the_lever_that_works() -> None:
    assert changes({"price": LOWER}, price("1000")) == {"price": {"training.costs.teaching": "900.00"}}


@pytest.mark.parametrize(
    "lever",
    [
        {"kind": "date", "most": 30},  # the course has no first day
        {"kind": "shorten", "most_percent": 50},
        {"kind": "region"},
        {"kind": "envelope", "most": 30},  # no envelope raised the cause
        {"kind": "opinion"},  # nobody refused anything
        LOWER | {"path": "training.costs.exam"},  # nothing to lower
        LOWER | {"path": "cpf.balance"},  # not known
        EMPLOYER,  # not known, and not from nothing
    ],
    ids=lambda lever: f"{lever['kind']}-{lever.get('path', '')}",
)
def test_a_lever_without_bearing_is_passed_over_alone_or_with_another(lever: dict[str, Any]) -> None:
    levers = {"none": {**lever, "effort": 1}, "little": LOWER | {"most_percent": 5, "effort": 2}}
    assert changes(levers, price("1000", costs={"exam": "0"})) == {}
    assert list(changes(levers | {"price": LOWER}, price("1000", costs={"exam": "0"}))) == ["price"]


def test_a_change_that_no_dossier_can_bear_is_passed_over() -> None:
    """The course would end before it starts."""
    backwards = {"training.end": "2017-01-01"}
    case = price("1000", training={"start": "2017-06-05", "end": "2017-12-05"})
    levers = {
        "backwards": {"kind": "fact", "also": backwards, "effort": 1},
        "cheaper_backwards": LOWER | {"also": backwards, "effort": 2},
        "little": LOWER | {"most_percent": 5, "effort": 3},
    }
    assert changes(levers, case) == {}


@pytest.mark.parametrize(("answer", "proposed"), [(True, True), (False, False), (None, True)])
def test_a_lever_is_tried_unless_its_condition_is_known_not_to_hold(answer: bool | None, proposed: bool) -> None:
    fact = {"kind": "truth", "label": "prix à négocier", "question": "Le prix se négocie-t-il ?"}
    levers = {"price": LOWER | {"when": {"fact": "course.negotiable", "is": "true"}}}
    book = rulebook(
        aid("a", 10, value("900")), levers=levers, tries={"cost_too_high": ["price"]},
        facts={"course.negotiable": fact},
    )  # fmt: skip
    answers = {} if answer is None else {"course.negotiable": answer}
    found = raised(book, price("1000", answers=answers), "cost_too_high").remedies
    assert [remedy.lever for remedy in found] == (["price"] if proposed else [])


def test_the_region_is_moved_only_where_both_regions_are_known_and_differ() -> None:
    """Aid b, of 100, is for courses of the region 75; nobody knows where this course is."""
    here = aid("b", 20, value("100"), scope={"fact": "training.region", "is": "75"})
    levers = {"here": {"kind": "region"}}
    book = rulebook(aid("a", 10, value("900")), here, levers=levers, tries={"cost_too_high": ["here"]})

    def found(home: str, place: str | None) -> list[str]:
        case = price("1000", holder={"region": home}, training={"region": place})
        return [remedy.lever for remedy in raised(book, case, "cost_too_high").remedies]

    assert found("75", None) == []
    assert found("75", "53") == ["here"]


@pytest.mark.parametrize(("day", "proposed"), [("2017-03-01", ["price"]), ("2017-04-01", [])])
def test_a_lever_reads_the_envelopes_stated_that_day(day: str, proposed: list[str]) -> None:
    """The agency says that the envelope is open in March, and exhausted from April."""
    levers = {"price": LOWER | {"when": {"envelope": "a", "is": "open"}}}
    book = rulebook(aid("a", 10, value("900")), levers=levers, tries={"cost_too_high": ["price"]})
    said = Sourcing("essai", "high", date(2017, 3, 1))
    stated = (
        LocalEnvelope(date(2017, 3, 1), date(2017, 3, 31), "open", None, said, None),
        LocalEnvelope(date(2017, 4, 1), None, "exhausted", None, said, None),
    )
    local = replace(book, local=Local(envelopes={"a": stated}))
    found = raised(local, price("1000", as_of=day), "cost_too_high").remedies
    assert [remedy.lever for remedy in found] == proposed


def test_an_aid_that_opens_again_is_enough_though_another_pays_in_its_place() -> None:
    """b, of 300, never goes with a, of 400: once registered, b is refused no more, and 600 are still missing."""
    registered = {"fact": "holder.registered", "is": "true", "cause": "public"}
    book = rulebook(
        aid("a", 10, value("400")), aid("b", 20, value("300"), eligibility=registered, relations={"excludes": ["a"]}),
        levers={"register": {"kind": "fact", "also": {"holder.registered": "true"}}}, tries={"public": ["register"]},
    )  # fmt: skip
    (remedy,) = raised(book, price("1000", holder={"registered": False}), "public").remedies
    assert (remedy.lever, remedy.unfunded) == ("register", 60_000)


TWO = {
    "exam": {"kind": "lower", "path": "training.costs.exam", "most_percent": 99, "step": "1", "effort": 1},
    "price": LOWER | {"most_percent": 5, "effort": 2},
}


def test_two_levers_when_neither_is_enough() -> None:
    """945 of teaching and 60 of exam: the exam comes down to 1 (99 percent is 59.40), then 46 less of teaching do."""
    book = rulebook(
        aid("a", 10, value("900"), covers=["teaching", "exam"]), levers=TWO, tries={"cost_too_high": list(TWO)}
    )
    case = price("945", costs={"exam": "60"})
    found = {remedy.lever: remedy for remedy in raised(book, case, "cost_too_high").remedies}
    assert found["exam+price"].changes == {"training.costs.exam": "1.00", "training.costs.teaching": "899.00"}
    assert found["exam+price"].completes


def test_past_so_many_plans_no_pair_is_sought(monkeypatch: pytest.MonkeyPatch) -> None:
    book = rulebook(
        aid("a", 10, value("900"), covers=["teaching", "exam"]), levers=TWO, tries={"cost_too_high": list(TWO)}
    )
    monkeypatch.setattr(remedies, "MAX_REBUILDS", 1)
    case = price("945", costs={"exam": "60"})
    assert "exam+price" not in [remedy.lever for remedy in raised(book, case, "cost_too_high").remedies]


def test_only_what_contests_an_aid_for_such_a_person_is_looked_at_again() -> None:
    """Aid b is for others: looking again at it would change nothing."""
    other = aid("b", 20, value("1"), scope={"fact": "holder.registered", "is": "true"})
    book = rulebook(
        aid("a", 10, value("1000")),
        other,
        levers={"again": {"kind": "opinion"}},
        tries={"project_contested": ["again"]},
    )
    opinions = [{"aid": "b", "favourable": False}, {"aid": "a", "favourable": True}]
    asked = [{"aid": "b", "answer": "refused"}, {"aid": "a", "answer": "refused", "answered_on": "2017-02-20"}]
    case = price(
        "1000", holder={"registered": False}, project={"opinions": opinions}, local={"already_asked": asked}
    )  # fmt: skip
    (remedy,) = raised(book, case, "project_contested").remedies
    assert remedy.changes == {
        "local.already_asked[2].answer": "pending", "local.already_asked[2].filed_on": "null",
        "local.already_asked[2].answered_on": "null",
    }  # fmt: skip
