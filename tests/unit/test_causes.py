"""The refusal causes: raised when they cost money or time, watched, unknown, or clear."""

from __future__ import annotations

from typing import Any

import pytest

from cpf_funding import build_plan
from cpf_funding.engine.plan import Cause
from rulebooks import aid, value
from worked import books, cpf, left, price

START = {"start": "2017-06-05", "end": "2017-12-01"}
LONG = {"start": "2017-06-05", "end": "2018-06-05"}


def cause(id: str, dossier: Any, *aids: dict[str, Any]) -> Cause:
    """One cause of a plan; those of the survey are always there."""
    return next(each for each in build_plan(dossier, books(*aids)).causes if each.id == id)


def states(dossier: Any, *aids: dict[str, Any]) -> dict[str, str]:
    return {each.id: each.state for each in build_plan(dossier, books(*aids)).causes}


OPEN = {"envelope": "aif", "is": "open", "cause": "aif_envelope_exhausted"}
AIF = aid("aif", 70, {"least_of": [left(), value("6000")]}, eligibility=OPEN)


@pytest.mark.parametrize(
    ("envelope", "balance", "state", "euros"),
    [
        ({"state": "exhausted"}, "600", "raised", 40_000),
        ({"state": "exhausted"}, "1000", "clear", 0),
        ({"state": "low"}, "600", "watch", 0),
        ({"state": "open"}, "600", "clear", 0),
        (None, "600", "watch", 0),
    ],
)
def test_an_exhausted_envelope_is_raised_where_the_rights_do_not_cover_the_course(
    envelope: dict[str, str] | None, balance: str, state: str, euros: int
) -> None:
    """1000 - 600 = 400 are lost; rights that cover the whole price lose nothing; low or unknown is to watch."""
    local = {} if envelope is None else {"local": {"envelopes": {"aif": envelope}}}
    found = cause("aif_envelope_exhausted", price("1000", **local), cpf(balance), AIF)
    assert (state, euros) == (found.state, found.euros)
    assert (("aif",) if state in ("raised", "watch") else ()) == found.aids
    assert (("envelope:aif",) if envelope is None else ()) == found.missing


def test_rights_that_are_not_known_leave_the_envelope_in_doubt() -> None:
    """The account could cover the price, nobody knows: unknown, with what to ask."""
    account = aid("cpf", 10, {"fact": "cpf.balance"}, kind="right")
    found = cause(
        "aif_envelope_exhausted", price("1000", local={"envelopes": {"aif": {"state": "exhausted"}}}), account, AIF
    )
    assert ("unknown", ("cpf.balance",)) == (found.state, found.missing)


SHORT = {"fact": "training.months", "at_most": "12", "cause": "training_over_one_year"}


@pytest.mark.parametrize(
    ("training", "ceiling", "state"),
    [
        ({"start": "2017-06-05", "end": "2018-06-04"}, "400", "clear"),
        (LONG, "400", "raised"),
        (LONG, "0", "watch"),
        ({}, "400", "unknown"),
    ],
    ids=["twelve months", "a day more", "nothing lost", "no dates"],
)
def test_a_year_and_a_day_loses_an_aid(training: dict[str, str], ceiling: str, state: str) -> None:
    """The aid would pay 400 of the 1000 missing."""
    found = cause(
        "training_over_one_year", price("1000", training=training), aid("a", 1, value(ceiling), eligibility=SHORT)
    )
    assert state == found.state
    assert (40_000 if state == "raised" else 0) == found.euros


def test_an_aid_lost_past_the_mark_is_named_though_nothing_is_missing() -> None:
    """a would have paid 400; b pays all of it: to watch, for the course is over a year and an aid was lost to it."""
    aids = (aid("a", 1, value("400"), eligibility=SHORT), aid("b", 2, left()))
    found = cause("training_over_one_year", price("1000", training=LONG), *aids)
    assert ("watch", ("a",), 0) == (found.state, found.aids, found.euros)


ELIGIBLE = {"fact": "training.cpf_eligible", "is": True, "cause": "not_cpf_eligible"}


def test_a_course_off_the_lists_is_raised_when_another_aid_requires_them() -> None:
    """The account and a top-up are both lost: raised; the account alone: watch; not read: unknown."""
    account = aid("cpf", 10, value("600"), kind="right", eligibility=ELIGIBLE)
    top_up = aid("top_up", 20, value("100"), eligibility=ELIGIBLE)
    off = price("1000", training={"cpf_eligible": False})
    found = cause("not_cpf_eligible", off, account, top_up)
    assert ("raised", 70_000, ("cpf", "top_up")) == (found.state, found.euros, found.aids)
    assert "watch" == cause("not_cpf_eligible", off, account).state
    found = cause("not_cpf_eligible", price("1000"), account)
    assert ("unknown", ("training.cpf_eligible",), ("cpf",)) == (found.state, found.missing, found.aids)
    assert ["training.cpf_eligible"] == [each.subject for each in found.evidence]
    assert "clear" == cause("not_cpf_eligible", price("1000", training={"cpf_eligible": True}), account, top_up).state


def answering(days: int, **others: Any) -> dict[str, Any]:
    answer = {
        "least": {"value": str(days), "unit": "calendar_days"},
        "most": {"value": str(days), "unit": "calendar_days"},
    }
    return aid("a", 1, value("100"), procedure={"answer": answer, **others})


@pytest.mark.parametrize(("days", "state"), [(96, "clear"), (97, "raised")])
def test_an_answer_expected_after_the_start_is_raised(days: int, state: str) -> None:
    """1 March to 5 June 2017 is 96 days."""
    found = cause("slow_cofunding_answers", price("100", training=START), answering(days))
    assert (state, 10_000 if state == "raised" else 0) == (found.state, found.euros)


def test_slow_answers_without_a_date_or_a_delay() -> None:
    """No start: unknown; a delay that nobody declared: watch, and the delay is asked."""
    found = cause("slow_cofunding_answers", price("100"), answering(5))
    assert ("unknown", ("training.start",)) == (found.state, found.missing)
    found = cause("slow_cofunding_answers", price("100", training=START), aid("a", 1, value("100")))
    assert ("watch", ("delay:a",), ("a",)) == (found.state, found.missing, found.aids)


def test_a_filing_date_that_has_passed_is_raised_when_money_is_missing() -> None:
    """Fifteen days' notice, ten days left."""
    late = aid("a", 1, value("100"), procedure={"notice": {"value": "15", "unit": "calendar_days"}})
    found = cause("slow_cofunding_answers", price("1000", as_of="2017-05-26", training=START), late)
    assert ("raised", 10_000, ("a",)) == (found.state, found.euros, found.aids)


def test_a_price_above_every_ceiling_is_raised() -> None:
    """300 are left when the one aid pays its 700; at 700 the ceiling only binds; at 500 nothing does."""
    capped = aid("a", 1, {"least_of": [left(), value("700")]})
    found = cause("cost_too_high", price("1000"), capped)
    assert ("raised", 30_000, ("a",)) == (found.state, found.euros, found.aids)
    assert (70_000,) == found.evidence[0].expected
    assert "clear" == cause("cost_too_high", price("500"), capped).state


def test_a_share_is_no_ceiling() -> None:
    """a pays its half of 1000, b the other half, which is its ceiling: b is close to it, a is not."""
    half = aid("a", 1, {"share": {"value": "50", "unit": "%"}, "of": left()})
    found = cause("cost_too_high", price("1000"), half, aid("b", 2, value("500")))
    assert ("watch", ("b",)) == (found.state, found.aids)


def test_an_all_or_nothing_aid_that_falls_makes_the_price_too_high() -> None:
    """It would have paid 700 of 1000."""
    strict = aid("a", 1, value("700"), relations={"own_money": "forbidden"})
    found = cause("cost_too_high", price("1000"), strict)
    assert ("raised", 100_000, ("a",)) == (found.state, found.euros, found.aids)


def test_a_project_test_that_fails_is_raised_and_one_without_proof_is_watched() -> None:
    """Refused on the project: raised; not known: unknown; validated without a proof on file: watch; with one: clear."""
    tested = aid(
        "a", 1, value("400"), eligibility={"fact": "project.validated", "is": True, "cause": "project_contested"}
    )
    found = cause("project_contested", price("1000", project={"validated": False}), tested)
    assert ("raised", 40_000, ("a",)) == (found.state, found.euros, found.aids)
    found = cause("project_contested", price("1000"), tested)
    assert ("unknown", ("a",), ("project.validated",)) == (found.state, found.aids, found.missing)
    found = cause("project_contested", price("1000", project={"validated": True}), tested)
    assert ("watch", ("project.pmsmp_days", "project.prospect")) == (found.state, found.missing)
    proved = price("1000", project={"validated": True, "pmsmp_days": 5})
    assert "clear" == cause("project_contested", proved, tested).state


def test_a_doubt_that_changes_no_line_leaves_the_project_alone() -> None:
    """a pays all of it; whether b accepts the project is not known, and costs nothing: only a proof is missing."""
    test = {"fact": "project.validated", "is": True, "cause": "project_contested"}
    aids = (aid("a", 1, value("1000")), aid("b", 2, value("100"), eligibility=test))
    assert "watch" == cause("project_contested", price("1000"), *aids).state
    assert "unknown" == cause("project_contested", price("1050"), *aids).state


def test_a_group_without_a_cause_has_that_of_its_parts() -> None:
    """Either would do, neither is met, both for the same cause."""
    either = {"any": [{"fact": "holder.registered", "is": True, "cause": "public"},
                      {"fact": "holder.status", "is": "employee", "cause": "public"}]}  # fmt: skip
    given = price("1000", holder={"registered": False, "status": "inactive"})
    assert "raised" == cause("public", given, aid("a", 1, value("300"), eligibility=either)).state


def test_a_cause_of_ones_own_is_shown_only_when_it_costs() -> None:
    """The aid is refused to this public: raised while money is missing, absent otherwise."""
    refused = aid("a", 1, value("400"), eligibility={"fact": "holder.registered", "is": True, "cause": "public"})
    unregistered = {"holder": {"registered": False}}
    assert "raised" == cause("public", price("1000", **unregistered), refused).state
    assert "public" not in states(price("1000", **unregistered), refused, aid("b", 2, left()))
    assert "public" not in states(price("1000", holder={"registered": True}), refused)


def test_an_aid_for_others_is_not_lost() -> None:
    """Whom the aid is for is not a reason that somebody else could lift, even when it names a cause."""
    scope = {"fact": "holder.registered", "is": True, "cause": "public"}
    assert "public" not in states(price("1000", holder={"registered": False}), aid("a", 1, value("400"), scope=scope))


def test_a_loss_for_two_causes_raises_neither_alone() -> None:
    """Too long and on an exhausted envelope: mending one would bring nothing."""
    both = aid("a", 1, value("400"), eligibility={"all": [SHORT, {**OPEN, "envelope": "a"}]})
    found = states(price("1000", training=LONG, local={"envelopes": {"a": {"state": "exhausted"}}}), both)
    assert ("watch", "clear") == (found["training_over_one_year"], found["aif_envelope_exhausted"])


def test_causes_come_worst_first() -> None:
    """Raised, then by euros; the survey's six are always there."""
    found = build_plan(price("1000", training=LONG), books(aid("a", 1, value("400"), eligibility=SHORT))).causes
    assert "training_over_one_year" == found[0].id
    order = [each.state for each in found]
    assert sorted(order, key=["raised", "watch", "unknown", "clear"].index) == order
    assert 6 <= len(found)
