"""How each aid stands before any plan, and the standing of its line in the plan."""

from __future__ import annotations

from typing import Any

import pytest

from cpf_funding import FundingPlan, build_plan
from cpf_funding.engine.plan import VerdictLine
from cpf_funding.money import plain
from cpf_funding.truth import Truth
from rulebooks import aid, value
from worked import books, left, payments, price

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
START = {"start": "2017-06-05", "end": "2017-12-01"}


def notice(days: str, unit: str = "calendar_days") -> dict[str, Any]:
    return {"procedure": {"notice": {"value": days, "unit": unit}}}


def only(plan: FundingPlan) -> VerdictLine:
    [verdict] = plan.verdicts
    return verdict


def judged(dossier: Any, amount: Any = None, **others: Any) -> VerdictLine:
    """The verdict on one aid."""
    return only(build_plan(dossier, books(aid("a", 1, amount or value("100"), **others))))


def standing(dossier: Any, amount: Any, **others: Any) -> tuple[str, str, tuple[str, ...]]:
    """Amount, standing and what to confirm of the one line of a plan."""
    [line] = build_plan(dossier, books(aid("a", 1, amount, **others))).contributions
    return plain(line.amount), line.standing, line.confirm


@pytest.mark.parametrize(
    ("on", "state"),
    [("2017-05-20", YES), ("2017-05-21", YES), ("2017-05-22", NO)],
    ids=["before", "on the day", "late"],
)
def test_filing_on_the_latest_day_works_and_a_day_later_does_not(on: str, state: Truth) -> None:
    """Fifteen calendar days before 5 June 2017 is 21 May."""
    found = judged(price("1000", as_of=on, training=START), **notice("15"))
    assert state is found.state
    assert "2017-05-21" == str(found.file_by)
    assert (("slow_cofunding_answers",) if state is NO else ()) == found.causes


def test_a_request_already_filed_counts_from_the_day_it_was_filed() -> None:
    """Asked in time, still pending: the plan of the week after does not call it late."""
    pending = {"already_asked": [{"aid": "a", "filed_on": "2017-05-20"}]}
    found = judged(price("1000", as_of="2017-06-01", training=START, local=pending), **notice("15"))
    assert YES is found.state


def test_without_a_start_a_notice_is_a_question() -> None:
    """The course has no date yet: nobody can tell whether there is time."""
    found = judged(price("1000"), **notice("15"))
    assert (UNKNOWN, ("training.start",), None) == (found.state, found.missing, found.file_by)
    assert YES is judged(price("1000")).state


def test_a_notice_that_nobody_knows_leaves_the_start_as_the_only_sure_bound() -> None:
    """Not declared for that year: before the start nobody can tell, after it it is too late."""
    parameters = {"notice": {"unit": "calendar_days", "clock": "filing", "values": [
        {"from": "2016-01-01", "state": "unknown", "source": "essai", "reason": "non publié"}]}}  # fmt: skip
    rule = {"procedure": {"notice": {"parameter": "notice"}}, "parameters": parameters}
    found = judged(price("1000", training=START), **rule)
    assert (UNKNOWN, ("parameter:a.notice",), None) == (found.state, found.missing, found.file_by)
    assert UNKNOWN is judged(price("1000", as_of="2017-06-05", training=START), **rule).state
    assert NO is judged(price("1000", as_of="2017-06-06", training=START), **rule).state


@pytest.mark.parametrize(
    ("state", "expected", "cause"),
    [("suspended", NO, "aid_suspended"), ("announced", NO, "aid_announced"), ("unknown", UNKNOWN, None)],
)
def test_an_aid_that_cannot_be_asked_for(state: str, expected: Truth, cause: str | None) -> None:
    """Suspended or only announced it is refused; not known to exist, it is a question and no money."""
    period = {"from": "2016-01-01", "state": state, "source": "essai", "reason": "essai"}
    plan = build_plan(price("1000"), books(aid("a", 1, value("100"), in_force=[period])))
    assert (expected, (cause,) if cause else ()) == (only(plan).state, only(plan).causes)
    assert {} == payments(plan)
    assert (("in_force:a",) if expected is UNKNOWN else ()) == only(plan).missing


def test_an_aid_ended_within_a_year_is_a_cause_and_an_older_end_is_not() -> None:
    """Over since 28 February 2017; nothing is said of an aid that is not born."""
    period = {"from": "2016-01-01", "until": "2017-02-28", "source": "essai"}
    assert ("aid_ended",) == judged(price("1000"), in_force=[period]).causes
    assert ("aid_ended",) == judged(price("1000", as_of="2018-02-28"), in_force=[period]).causes
    old = judged(price("1000", as_of="2018-03-01"), in_force=[period])
    assert (NO, (), "ended") == (old.state, old.causes, old.evidence[0].operator)
    unborn = books(aid("a", 1, value("1"), in_force=[{"from": "2018-01-01", "source": "essai"}]))
    assert () == build_plan(price("1000"), unborn).verdicts


def test_out_of_scope_is_told_apart_and_an_unknown_scope_is_no_money() -> None:
    """Another public: out of scope; a status not known: a question; the right public: a line."""
    scope = {"fact": "holder.status", "is": "employee"}
    found = judged(price("1000", holder={"status": "inactive"}), scope=scope)
    assert (NO, True, 0) == (found.state, found.out_of_scope, found.potential)
    found = judged(price("1000"), scope=scope)
    assert (UNKNOWN, False, 10_000) == (found.state, found.out_of_scope, found.potential)
    assert {} == payments(build_plan(price("1000"), books(aid("a", 1, value("100"), scope=scope))))
    assert YES is judged(price("1000", holder={"status": "employee"}), scope=scope).state


def test_a_recorded_opinion_decides_for_its_aid_only() -> None:
    """Negative, it refuses and contests the project; favourable, it is evidence."""
    opinion = {"aid": "a", "favourable": False, "reason": "projet à revoir", "on": "2017-02-10"}
    found = judged(price("1000", project={"opinions": [opinion]}))
    assert (NO, ("project_contested",), "projet à revoir") == (found.state, found.causes, found.evidence[0].note)
    assert YES is judged(price("1000", project={"opinions": [{**opinion, "favourable": True}]})).state
    assert YES is judged(price("1000", project={"opinions": [{**opinion, "aid": "b"}]})).state


@pytest.mark.parametrize(
    ("dossier", "amount", "others", "expected"),
    [
        ({}, value("100"), {}, ("100.00", "open", ())),
        ({}, value("100"), {"kind": "right"}, ("100.00", "right", ())),
        ({"cpf": {"balance": "100"}}, {"fact": "cpf.balance"}, {}, ("100.00", "open", ())),
        ({}, {"fact": "cpf.balance"}, {"kind": "right"}, ("1000.00", "to_confirm", ("cpf.balance",))),
        ({}, {"least_of": [left(), {"envelope": "a"}]}, {}, ("1000.00", "to_confirm", ("envelope:a",))),
        ({}, {"sum": [value("1000"), {"fact": "cpf.balance"}]}, {}, ("1000.00", "open", ())),
        ({}, value("100"), {"eligibility": {"fact": "project.validated", "is": True}},
         ("100.00", "to_confirm", ("project.validated",))),
        ({}, value("100"), {"firm_when": {"fact": "cpf.consent.given", "is": True}},
         ("100.00", "to_confirm", ("cpf.consent.given",))),
        ({"cpf": {"consent": {"given": False}}}, value("100"), {"firm_when": {"fact": "cpf.consent.given", "is": True}},
         ("100.00", "to_confirm", ("cpf.consent.given",))),
        ({"cpf": {"consent": {"given": True}}}, value("100"), {"firm_when": {"fact": "cpf.consent.given", "is": True}},
         ("100.00", "open", ())),
        ({"cpf": {"balance": "10"}}, value("100"), {"firm_when": {"amount": {"fact": "cpf.balance"}, "at_least": "20"}},
         ("100.00", "to_confirm", ("cpf.balance",))),
        ({"local": {"already_asked": [{"aid": "a", "answer": "granted", "amount": "50"}]}}, value("100"), {},
         ("50.00", "granted", ())),
        ({"local": {"already_asked": [{"aid": "a", "answer": "granted"}]}}, value("100"), {},
         ("100.00", "granted", ())),
    ],
)  # fmt: skip
def test_the_standing_of_a_line(
    dossier: dict[str, Any], amount: Any, others: dict[str, Any], expected: tuple[str, str, tuple[str, ...]]
) -> None:
    """Granted, a right, open, or to confirm with the list of what to confirm."""
    assert expected == standing(price("1000", **dossier), amount, **others)


def test_the_worst_case_keeps_what_is_firm_and_known() -> None:
    """100 are open, up to 1000 depend on an envelope: 0 left at best, 900 at worst; the open aid's 100 stand."""
    book = books(aid("a", 1, {"least_of": [left(), {"envelope": "a"}]}), aid("b", 2, value("100")))
    plan = build_plan(price("1000"), book)
    assert (0, 0, 90_000) == (plan.unfunded, plan.unfunded_best, plan.unfunded_worst)
    assert ["envelope:a"] == [question.subject for question in plan.questions]


def test_the_worst_case_drops_what_relies_on_what_is_not_firm() -> None:
    """`b` needs `a`, which is to confirm: at worst neither pays, and everything is left."""
    book = books(
        aid("a", 1, value("100"), eligibility={"fact": "project.validated", "is": True}),
        aid("b", 2, value("900"), relations={"needs": ["a"]}),
    )
    plan = build_plan(price("1000"), book)
    assert (0, 100_000) == (plan.unfunded, plan.unfunded_worst)


def test_the_last_request_decides() -> None:
    """Refused, then granted on appeal: the grant stands."""
    asked = [{"aid": "a", "answer": "refused", "reason": "pièces"}, {"aid": "a", "answer": "granted", "amount": "70"}]
    assert "70.00" == standing(price("1000", local={"already_asked": asked}), value("100"))[0]
    refused = judged(price("1000", local={"already_asked": asked[:1]}))
    assert (NO, "pièces") == (refused.state, refused.evidence[0].note)


def test_own_money_is_never_presumed() -> None:
    """Savings not told: no line, a question; told: what is missing at most."""
    own = {"kind": "own_money", "funder": "holder"}
    plan = build_plan(price("1000"), books(aid("a", 1, {"fact": "means.holder_can_pay"}, **own)))
    assert ({}, UNKNOWN, ("means.holder_can_pay",)) == (payments(plan), only(plan).state, only(plan).missing)
    assert {"a": "300.00"} == payments(
        build_plan(
            price("1000", means={"holder_can_pay": "300"}), books(aid("a", 1, {"fact": "means.holder_can_pay"}, **own))
        )
    )
