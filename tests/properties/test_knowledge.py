"""What always holds of verdicts, dated values and bounds (DESIGN 2 and 7), over generated rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import generators as g
from cpf_funding import FundingPlan, Rulebook, build_plan
from cpf_funding.language.evidence import Evidence
from cpf_funding.language.values import State
from cpf_funding.money import plain
from cpf_funding.testing import Draft, plan_checked
from cpf_funding.testing.drafts import aid, value
from cpf_funding.testing.strategies_rules import answers as any_answers
from cpf_funding.testing.strategies_rules import comparisons, conditions, plain_drafts, timelines
from cpf_funding.truth import Truth

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
pytestmark = pytest.mark.slow

PRICE = {"teaching": 100_000}


def asked_for(condition: dict[str, Any]) -> Rulebook:
    """A rulebook whose one aid asks for this."""
    return g.book_of([aid("a", 1, value("100"), eligibility=condition)])


def plan_with(book: Rulebook, answers: dict[str, Any], **parts: Any) -> FundingPlan:
    return build_plan(g.with_costs(PRICE, answers=answers, **parts), book)


# Learning --------------------------------------------------------------------------------------


@settings(max_examples=150)
@given(conditions(), any_answers(), g.unknowns)
def test_learning_never_turns_a_certainty_into_anything_else(
    condition: dict[str, Any], answers: dict[str, Any], unknown: frozenset[str]
) -> None:
    """A verdict that is certain while some facts are unknown is the same once they are known."""
    book = asked_for(condition)
    before = plan_with(book, {name: known for name, known in answers.items() if name not in unknown}).verdicts[0]
    after = plan_with(book, answers).verdicts[0]
    assert UNKNOWN is not after.state
    assert before.state in (UNKNOWN, after.state)
    assert (before.state is UNKNOWN) is bool(before.missing)
    assert set(before.missing) <= unknown


@settings(max_examples=150)
@given(conditions(first_known=True), any_answers(), g.unknowns)
def test_only_an_answer_that_comes_first_overrules_what_came_later(
    condition: dict[str, Any], answers: dict[str, Any], unknown: frozenset[str]
) -> None:
    """The declared exception: under `first_known`, what was read on the account may contradict the lists.

    A verdict that turns was then decided behind a member that was passed over for want of one of the facts learnt.
    """
    book = asked_for(condition)
    before = plan_with(book, {name: known for name, known in answers.items() if name not in unknown}).verdicts[0]
    after = plan_with(book, answers).verdicts[0]
    if before.state not in (UNKNOWN, after.state):
        passed_over = {name for e in evidence_of(before) for name in passed(e)}
        assert passed_over & unknown


def evidence_of(verdict: Any) -> tuple[Evidence, ...]:
    return tuple(verdict.evidence)


def passed(evidence: Evidence) -> Iterator[str]:
    """The facts missing to members of a `first_known` that a later member decided."""
    if evidence.kind == "first_known":
        for child in evidence.children[:-1]:
            yield from child.missing
    for child in evidence.children:
        yield from passed(child)


# Evidence --------------------------------------------------------------------------------------


@settings(max_examples=150)
@given(st.lists(comparisons(), min_size=1, max_size=4), any_answers())
def test_a_value_moved_past_its_threshold_removes_the_refusal(
    asked: list[dict[str, Any]], answers: dict[str, Any]
) -> None:
    """Each piece of evidence of a refusal names the fact, the comparison and the threshold that mend it.

    The least step less of it (a hundredth of an hour, a day) leaves the refusal as it was.
    """
    book = asked_for({"all": asked})
    refused = plan_with(book, answers).verdicts[0]
    for evidence in refused.evidence if refused.state is NO else ():
        assert "fact" == evidence.kind
        mended = {**answers, evidence.subject: past(evidence)}
        after = plan_with(book, mended).verdicts[0]
        same = [e for e in after.evidence if (e.subject, e.operator) == (evidence.subject, evidence.operator)]
        assert not any(e.truth is NO and e.expected == evidence.expected for e in same)
        if 1 == len(refused.evidence) and len(asked) == 1:
            assert YES is after.state
        if evidence.operator in STEPS:
            assert NO is plan_with(book, {**answers, evidence.subject: past(evidence, less=1)}).verdicts[0].state


STEPS = {
    "above": (1, 1),
    "after": (1, 1),
    "at_least": (0, 1),
    "below": (-1, -1),
    "before": (-1, -1),
    "at_most": (0, -1),
}
"""How many steps past its threshold a comparison holds, and in which direction it holds better."""


def past(evidence: Evidence, less: int = 0) -> Any:
    """The nearest value that satisfies a failed comparison, from the evidence alone, or `less` steps before it."""
    bound, step = evidence.expected[0], timedelta(days=1) if evidence.unit == "date" else 1
    if evidence.operator in STEPS:
        beyond, better = STEPS[evidence.operator]
        bound = bound + (beyond - less * better) * step  # type: ignore[operator]
    return plain(bound) if evidence.unit == "h" else bound  # type: ignore[arg-type]


# Time ------------------------------------------------------------------------------------------


def declared(periods: list[dict[str, Any]], day: date) -> dict[str, Any] | None:
    return next((p for p in periods if p["from"] <= day <= p.get("until", date.max)), None)


def around(periods: list[dict[str, Any]]) -> set[date]:
    """The day before, of and after each validity bound."""
    bounds = [bound for p in periods for bound in (p["from"], p.get("until")) if bound is not None]
    return {bound + timedelta(days=shift) for bound in bounds for shift in (-1, 0, 1)}


@settings(max_examples=80)
@given(timelines("valid", "ended", "unknown", "announced"), st.sampled_from(("filing", "start")))
def test_around_each_bound_a_parameter_has_the_version_declared(periods: list[dict[str, Any]], clock: str) -> None:
    """The value that the plan pays is the one declared for that day, on the clock that the rule reads."""
    for rank, period in enumerate(periods):
        period |= {"value": 10 * (rank + 1)} if period["state"] in ("valid", "announced") else {}
        period |= {} if period["state"] == "valid" else {"reason": "essai"}
    ceiling = {"unit": "EUR", "clock": clock, "values": periods}
    book = g.book_of([aid("a", 1, {"parameter": "ceiling"}, parameters={"ceiling": ceiling})])
    for day in around(periods):
        expected = declared(periods, day)
        setting = book.parameters["a.ceiling"].at(day)
        assert State(expected["state"] if expected else "unknown") is setting.state
        on = {"as_of": day, "training": {"start": day + timedelta(days=30)}} if clock == "filing" else {
            "as_of": date(2015, 1, 1), "training": {"start": day}}  # fmt: skip
        plan = build_plan(g.with_costs(PRICE, **on), book)
        shown = [(c.amount, c.standing) for c in plan.contributions]
        assert expected_line(expected) == shown


def expected_line(period: dict[str, Any] | None) -> list[tuple[int, str]]:
    """What a ceiling of this period pays on 1 000 euros; unknown, it is at most the price."""
    if period is None or period["state"] == "unknown":
        return [(100_000, "to_confirm")]
    if period["state"] == "ended":
        return []
    return [(period["value"] * 100, "open" if period["state"] == "valid" else "to_confirm")]


@settings(max_examples=80)
@given(timelines("open", "suspended", "announced", "unknown"))
def test_around_each_bound_an_aid_is_in_force_as_declared(periods: list[dict[str, Any]]) -> None:
    """Open: it pays; suspended, announced or over: refused; not known: a question, and no money counted on."""
    for period in periods:
        period |= {} if period["state"] == "open" else {"reason": "essai"}
    book = g.book_of([aid("a", 1, value("100"), in_force=periods)])
    states = {"open": YES, "unknown": UNKNOWN, "suspended": NO, "announced": NO}
    for day in around(periods):
        period = declared(periods, day)
        plan = build_plan(g.with_costs(PRICE, as_of=day), book)
        if day < periods[0]["from"]:
            assert () == plan.verdicts
            continue
        expected = states[period["state"]] if period else NO
        assert expected is plan.verdicts[0].state
        assert (10_000 if expected is YES else 0) == plan.cost_total - plan.unfunded
        assert (["in_force:a"] if expected is UNKNOWN else []) == [q.subject for q in plan.questions]


# Bounds ----------------------------------------------------------------------------------------


@settings(max_examples=150)
@given(plain_drafts(), g.situations(), g.unknowns)
def test_the_bounds_hold_whatever_is_learnt(draft: Draft, situation: dict[str, Any], unknown: frozenset[str]) -> None:
    """What is left once everything is known lies between the best and the worst announced before.

    The class: conditions without `first_known`, plain ceilings, `excludes`; no own money, which is never presumed.
    """
    book = draft.rulebook()
    before = build_plan(g.dossier_of(situation, unknown), book)
    after = build_plan(g.dossier_of(situation), book)
    assert before.unfunded_best <= after.unfunded <= before.unfunded_worst
    assert before.unfunded_best == before.unfunded


@settings(max_examples=100)
@given(plain_drafts(), g.situations(), g.unknowns)
def test_all_that_holds_of_plans_holds_when_little_is_known(
    draft: Draft, situation: dict[str, Any], unknown: frozenset[str]
) -> None:
    """Every invariant of the kit, in the class of rules where most lines are to confirm."""
    assert plan_checked(g.dossier_of(situation, unknown), draft.rulebook())
