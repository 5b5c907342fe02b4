"""The calendar of a plan: probabilities, observed delays, requests already filed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cpf_funding.calendars import Territory
from cpf_funding.dossier import Dossier
from cpf_funding.engine.build import build_plan
from cpf_funding.engine.plan import CalendarLine
from cpf_funding.engine.schedule import all_on_time, expected_answers
from cpf_funding.engine.screening import stand
from cpf_funding.engine.verdicts import reach_verdict
from cpf_funding.facts import read_facts
from cpf_funding.language.context import Context
from cpf_funding.language.values import Sourcing
from cpf_funding.rulebook.local import Local, LocalDelay
from rulebooks import aid, rulebook, value

DAY = date(2017, 3, 1)
BOOK = rulebook(
    aid("a", 10, value("300.00")), aid("b", 20, value("300.00"), procedure={"after": ["a"]}),
    aid("c", 30, value("300.00"), procedure={"after": ["a"]}),
)  # fmt: skip


def case(start: str = "2017-03-11", **local: Any) -> Dossier:
    training = {"start": start, "costs": {"teaching": "900.00"}}
    return Dossier.model_validate({"as_of": DAY, "training": training, "local": local})


def delay(least: int, usual: int, most: int) -> dict[str, int]:
    return {"least": least, "usual": usual, "most": most}


def calendar(dossier: Dossier) -> dict[str, CalendarLine]:
    return {line.aid: line for line in build_plan(dossier, BOOK).calendar}


def expected(dossier: Dossier, history: Any = None) -> Any:
    context = Context(read_facts(dossier, DAY), DAY, dossier.training.start, dossier.local.envelopes)
    verdicts = [reach_verdict(stand(each, context), dossier, context, Territory.MAINLAND) for each in BOOK.aids]
    return expected_answers(
        verdicts, frozenset({"a", "b", "c"}), dossier, context, Territory.MAINLAND, history or {}
    )  # fmt: skip


def test_the_probability_of_an_aid_counts_those_it_waits_for() -> None:
    """a: 1 day for sure; b: 8, 9 or 10 days, weighing 1, 2, 1: in time by day 10 when 9 at most."""
    lines = calendar(case(delays={"a": delay(1, 1, 1), "b": delay(8, 9, 10), "c": delay(0, 0, 0)}))
    assert lines["a"].on_time_probability == 1
    assert lines["b"].on_time_probability == 0.75


def test_a_delay_nobody_declared_is_unknown_and_so_is_what_follows() -> None:
    lines = calendar(case(delays={"b": delay(1, 2, 3)}))
    assert lines["a"].on_time_probability is None
    assert lines["b"].on_time_probability is None


def test_a_delay_known_by_its_longest_only_is_certain_or_unknown() -> None:
    short, long = (calendar(case(delays={"a": {"most": days}}))["a"].on_time_probability for days in (10, 11))
    assert (short, long) == (1.0, None)


def test_an_answer_that_cannot_come_in_time_settles_the_whole_plan() -> None:
    answers = expected(case(delays={"a": delay(11, 12, 13)}))
    assert all_on_time(answers.values(), date(2017, 3, 11)) == 0.0


def test_the_whole_plan_shares_what_its_aids_wait_for() -> None:
    """b and c are sure once a has answered, so the plan is as likely as a alone, not its square."""
    answers = expected(case(delays={"a": delay(9, 10, 11), "b": delay(0, 0, 0), "c": delay(0, 0, 0)}))
    assert all_on_time(answers.values(), date(2017, 3, 11)) == 0.75


def test_without_a_start_nothing_is_in_time_or_late() -> None:
    assert all_on_time(expected(case()).values(), None) is None


def test_a_plan_tells_the_chance_of_all_its_answers_together() -> None:
    delays = {"a": delay(9, 10, 11), "b": delay(0, 0, 0), "c": delay(0, 0, 0)}
    assert build_plan(case(delays=delays), BOOK).on_time_probability == 0.75
    assert build_plan(case(delays={**delays, "c": {}}), BOOK).on_time_probability is None
    granted = [{"aid": id, "answer": "granted", "amount": "300.00"} for id in "abc"]
    assert build_plan(case(delays=delays, already_asked=granted), BOOK).on_time_probability is None


def test_a_request_that_waits_for_its_answer_is_said_to_be_filed() -> None:
    asked = [{"aid": "a", "filed_on": "2017-02-20"}, {"aid": "b"}]
    lines = calendar(case(already_asked=asked))
    assert [(lines[id].asked, lines[id].filed_on) for id in "abc"] == [
        (True, date(2017, 2, 20)), (True, None), (False, None),
    ]  # fmt: skip


def test_what_an_agency_observed_comes_before_what_an_overlay_states() -> None:
    """And what the dossier says comes before both."""
    stated = LocalDelay(DAY, None, 1, 1, 1, Sourcing("essai", "high", DAY), None)
    book = replace(BOOK, local=Local(delays={"a": (stated,), "b": (stated,)}, history={"a": (2, 4, 9)}))
    lines = {line.aid: line for line in build_plan(case(), book).calendar}
    assert (lines["a"].answer.usual, lines["a"].sample) == (date(2017, 3, 5), 3)
    assert (lines["b"].answer.usual, lines["b"].sample) == (date(2017, 3, 6), None)
    own = {line.aid: line for line in build_plan(case(delays={"a": delay(6, 6, 6)}), book).calendar}
    assert (own["a"].answer.usual, own["a"].sample) == (date(2017, 3, 7), None)


def test_observed_delays_come_before_declared_ones_and_after_those_of_the_dossier() -> None:
    history = {"a": (2, 4, 9, 30)}
    seen = expected(case(), history)["a"]
    assert (seen.answer.least, seen.answer.usual, seen.answer.most) == (
        date(2017, 3, 3), date(2017, 3, 5), date(2017, 3, 31)
    )  # fmt: skip
    assert len(seen.sample) == 4
    assert all_on_time([seen], date(2017, 3, 11)) == 0.75
    stated = expected(case(delays={"a": delay(1, 1, 1)}), history)["a"]
    assert (stated.answer.usual, stated.sample) == (date(2017, 3, 2), ())


@pytest.mark.parametrize(("start", "probability"), [("2017-03-01", 2 / 3), ("2017-03-02", 1.0)])
def test_a_request_already_filed_has_had_no_answer_yet(start: str, probability: float) -> None:
    """Filed nine days ago for eight to ten days, weighing 1, 2, 1: the eight days are over."""
    asked = [{"aid": "a", "filed_on": "2017-02-20", "answer": "pending"}]
    answers = expected(case(delays={"a": delay(8, 9, 10)}, already_asked=asked))
    assert all_on_time([answers["a"]], date.fromisoformat(start)) == pytest.approx(probability)


def test_what_follows_a_granted_request_waits_for_nothing() -> None:
    granted = [{"aid": "a", "filed_on": "2017-02-01", "answer": "granted", "answered_on": "2017-02-20"}]
    lines = calendar(case(delays={"b": delay(3, 4, 5)}, already_asked=granted))
    assert lines["b"].file_from == DAY
    assert lines["b"].on_time_probability == 1
    soon = calendar(case("2017-03-05", delays={"b": delay(3, 4, 5)}, already_asked=granted))
    assert soon["b"].on_time_probability == 0.75  # three, four or five days from 1 March, weighing 1, 2, 1
