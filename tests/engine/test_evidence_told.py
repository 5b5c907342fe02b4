"""What each verdict rests on, field by field: a decision, an answer, an opinion, a period, a last day to file."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cpf_funding import build_plan
from cpf_funding.engine.plan import VerdictLine
from cpf_funding.language.evidence import Evidence
from cpf_funding.language.units import Unit
from cpf_funding.truth import Truth
from rulebooks import aid, rulebook, value
from worked import cpf, participation, price

DAY = date(2017, 3, 1)
YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
OPEN = Evidence(
    YES, "in_force", "a", "open", DAY, "date", (date(2000, 1, 1), None), day=DAY, note="essai"
)  # fmt: skip


def verdict(given: dict[str, Any], **others: Any) -> VerdictLine:
    """The verdict on the one aid of a rulebook."""
    (line,) = build_plan(price("1000", **given), rulebook(aid("a", 10, value("500"), **others))).verdicts
    return line


@pytest.mark.parametrize(("decision", "state"), [("force", YES), ("bar", NO)])
def test_a_decision_of_the_counsellor_is_all_there_is(decision: str, state: Truth) -> None:
    override = {"aid": "a", "decision": decision, "reason": "vu avec elle", "by": "M. Le Goff", "on": "2017-02-03"}
    line = verdict({"overrides": [override]}, scope={"fact": "holder.registered", "is": "true"})
    assert (line.state, line.causes, line.missing) == (state, (), ())
    assert line.evidence == (
        Evidence(
            state, "override", "a", decision, "M. Le Goff", "text", day=date(2017, 2, 3), note="vu avec elle"
        ),
    )  # fmt: skip


@pytest.mark.parametrize("asked", [[], [{"aid": "a"}], [{"aid": "a", "answer": "refused"}]])
def test_whom_an_aid_is_not_for(asked: list[dict[str, str]]) -> None:
    """Asked for all the same, or not."""
    scope = {"fact": "holder.registered", "is": "true", "cause": "public"}
    line = verdict({"holder": {"registered": False}, "local": {"already_asked": asked}}, scope=scope)
    assert (line.state, line.out_of_scope, line.causes) == (NO, True, ("public",))


def test_what_the_person_owes_is_not_asked_for() -> None:
    """A mandatory amount has no day to file, even once the course has begun; the account then comes too late."""
    begun = price("1000", training={"start": "2017-02-20", "end": "2017-06-30"})
    owed, account = build_plan(begun, rulebook(cpf("500"), participation())).verdicts
    assert (account.aid, account.state, account.file_by) == ("cpf", NO, date(2017, 2, 20))
    assert account.causes == ("slow_cofunding_answers",)
    assert (owed.state, owed.file_by, owed.causes) == (YES, None, ())


def test_an_answer_that_was_yes_is_all_there_is() -> None:
    request = {"aid": "a", "answer": "granted", "amount": "321.00", "answered_on": "2017-02-20", "reason": "lettre"}
    line = verdict({"local": {"already_asked": [request]}}, scope={"fact": "holder.registered", "is": "true"})
    assert line.evidence == (
        Evidence(YES, "request", "a", "granted", 32_100, Unit.EUR, day=date(2017, 2, 20), note="lettre"),
    )
    assert (line.state, line.out_of_scope) == (YES, False)


@pytest.mark.parametrize(("registered", "cause"), [(True, "project_contested"), (False, None)])
def test_a_refusal_contests_the_project_when_every_known_condition_is_met(registered: bool, cause: str | None) -> None:
    request = {"aid": "a", "answer": "refused", "answered_on": "2017-02-20", "reason": "lettre"}
    condition = {"fact": "holder.registered", "is": "true", "cause": "public"}
    given = {"local": {"already_asked": [request]}, "holder": {"registered": registered}}
    line = verdict(given, eligibility=condition)
    answer = Evidence(NO, "request", "a", "refused", None, Unit.EUR, cause=cause, day=date(2017, 2, 20), note="lettre")
    assert line.state is NO
    assert line.evidence[-1] == answer
    assert line.causes == ((cause,) if cause else ("public",))
    assert len(line.evidence) == (1 if registered else 2)


def test_of_several_requests_the_last_counts() -> None:
    asked = [{"aid": "a", "answer": "granted"}, {"aid": "b", "answer": "granted"}, {"aid": "a", "answer": "refused"}]
    assert verdict({"local": {"already_asked": asked}}).state is NO
    assert verdict({"local": {"already_asked": asked[:2]}}).state is YES


@pytest.mark.parametrize(("favourable", "state", "cause"), [(True, YES, None), (False, NO, "project_contested")])
def test_an_opinion(favourable: bool, state: Truth, cause: str | None) -> None:
    opinion = {"aid": "a", "favourable": favourable, "on": "2017-02-10", "reason": "trop tôt"}
    other = {"aid": "b", "favourable": not favourable}
    line = verdict({"project": {"opinions": [other, opinion]}})
    told = Evidence(
        state, "opinion", "a", "is", favourable, "truth", (True,), cause=cause, day=date(2017, 2, 10), note="trop tôt"
    )
    assert line.evidence == ((OPEN, told) if favourable else (told,))
    assert (line.state, line.causes) == (state, (cause,) if cause else ())


PERIODS = {
    "ended": [{"from": "2000-01-01", "until": "2016-03-01", "source": "essai"}],
    "ended_long_ago": [{"from": "2000-01-01", "until": "2016-02-29", "source": "essai"}],
    "suspended": [{"from": "2000-01-01", "state": "suspended", "reason": "faute de fonds", "source": "essai"}],
    "announced": [{"from": "2000-01-01", "state": "announced", "reason": "projet", "source": "essai"}],
    "unknown": [{"from": "2000-01-01", "state": "unknown", "reason": "rien ne le dit", "source": "essai"}],
}
START = date(2000, 1, 1)


@pytest.mark.parametrize(
    ("name", "state", "expected"),
    [
        ("ended", NO, Evidence(
            NO, "in_force", "a", "ended", DAY, "date", (date(2016, 3, 1),), cause="aid_ended", day=DAY, note="essai")),
        ("ended_long_ago", NO, Evidence(
            NO, "in_force", "a", "ended", DAY, "date", (date(2016, 2, 29),), day=DAY, note="essai")),
        ("suspended", NO, Evidence(
            NO, "in_force", "a", "suspended", DAY, "date", (START, None), cause="aid_suspended", day=DAY,
            note="faute de fonds")),
        ("announced", NO, Evidence(
            NO, "in_force", "a", "announced", DAY, "date", (START, None), cause="aid_announced", day=DAY,
            note="projet")),
        ("unknown", UNKNOWN, Evidence(
            UNKNOWN, "in_force", "a", "unknown", DAY, "date", (START, None), missing=("in_force:a",), day=DAY,
            note="rien ne le dit")),
    ],
)  # fmt: skip
def test_a_period(name: str, state: Truth, expected: Evidence) -> None:
    """An end is a cause for a year: 1 March 2016 is 365 days before 1 March 2017, 29 February 366."""
    line = verdict({}, in_force=PERIODS[name])
    assert (line.state, line.evidence, line.missing) == (state, (expected,), expected.missing)
    assert line.causes == ((expected.cause,) if expected.cause else ())
    assert line.presumed is (state is NO)
    assert line.potential == (50_000 if expected.cause or state is UNKNOWN else 0)


def test_before_its_first_day_an_aid_is_not_told_of() -> None:
    later = [{"from": "2017-03-02", "source": "essai"}]
    assert build_plan(price("1000"), rulebook(aid("a", 10, value("500"), in_force=later))).verdicts == ()


NOTICE = {"unit": "calendar_days", "clock": "filing", "values": [
    {"from": "2000-01-01", "value": "15", "source": "essai"}]}  # fmt: skip


@pytest.mark.parametrize(
    ("start", "filed", "state", "last"),
    [
        ("2017-03-16", None, YES, date(2017, 3, 1)),
        ("2017-03-15", None, NO, date(2017, 2, 28)),
        ("2017-03-15", "2017-02-28", YES, date(2017, 2, 28)),
        (None, None, UNKNOWN, None),
    ],
)
def test_a_last_day_to_file(start: str | None, filed: str | None, state: Truth, last: date | None) -> None:
    """Fifteen days before 16 March is the day of the plan; a request already filed is judged on its own day."""
    asked = [{"aid": "a", "answer": "pending", "filed_on": filed}] if filed else []
    line = verdict(
        {"training": {"start": start}, "local": {"already_asked": asked}},
        parameters={"notice": NOTICE}, procedure={"notice": {"parameter": "notice"}},
    )  # fmt: skip
    told = next(evidence for evidence in line.evidence if evidence.kind == "notice")
    (setting,) = told.settings
    assert (setting.parameter, setting.value) == ("a.notice", 15)
    assert told._replace(settings=()) == Evidence(
        state, "notice", "a", "at_most", date.fromisoformat(filed) if filed else DAY, "date", (last,),
        missing=() if start else ("training.start",), cause="slow_cofunding_answers",
        day=date.fromisoformat(start) if start else None,
    )  # fmt: skip
    assert (line.state, line.file_by) == (state, last if state is not UNKNOWN else None)
    assert line.causes == (("slow_cofunding_answers",) if state is NO else ())


@pytest.mark.parametrize(("region", "last"), [("02", date(2017, 5, 19)), ("75", date(2017, 5, 22))])
def test_a_last_day_in_working_days_leaves_the_holidays_of_the_place_out(region: str, last: date) -> None:
    """Two working days before Wednesday 24 May 2017: Tuesday, then Monday 22, a holiday in Martinique."""
    given = {"training": {"start": "2017-05-24", "region": region}}
    assert verdict(given, procedure={"notice": {"value": "2", "unit": "working_days"}}).file_by == last
