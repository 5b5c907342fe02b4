"""Whole lines of the calendar, each day counted by hand on a calendar of Guadeloupe, where 27 May is a holiday."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cpf_funding import Dossier, Rulebook, build_plan
from cpf_funding.engine.plan import AnswerDates, CalendarLine
from rulebooks import aid, rulebook, value


def delays(unit: str, least: int, usual: int, most: int, **others: Any) -> dict[str, Any]:
    counts = {"least": least, "usual": usual, "most": most}
    return {"answer": {**{name: {"value": str(n), "unit": unit} for name, n in counts.items()}, **others}}


def case(start: str | None, *, on: str = "2017-05-22", region: str | None = "01", **local: Any) -> Dossier:
    training = {"start": start, "costs": {"teaching": "900.00"}, "region": region}
    return Dossier.model_validate({"as_of": on, "training": training, "local": local})


def lines(dossier: Dossier, book: Rulebook) -> dict[str, CalendarLine]:
    return {line.aid: line for line in build_plan(dossier, book).calendar}


def chained(first: dict[str, Any], second: dict[str, Any]) -> Rulebook:
    return rulebook(
        aid("a", 10, value("300.00"), procedure=first),
        aid("b", 20, value("300.00"), procedure={"after": ["a"], **second}),
    )


ASCENSION = chained(delays("business_days", 1, 3, 5), delays("business_days", 1, 1, 2, silence="refused"))


def test_answers_are_counted_on_the_calendar_of_the_region() -> None:
    """From Monday 22 May 2017; Thursday 25 is Ascension, Saturday 27 a holiday of Guadeloupe, Sunday 28.

    Business days are 23, 24, 26, 29, 30, 31: a answers on the 23rd at best, the 26th as usual, the 30th at most; b is
    asked then, and answers on the 24th, the 29th, 1 June.
    """
    found = lines(case("2017-06-02"), ASCENSION)
    assert found["a"] == CalendarLine(
        aid="a", file_by=date(2017, 6, 2), file_from=date(2017, 5, 22), after=(),
        answer=AnswerDates(date(2017, 5, 23), date(2017, 5, 26), date(2017, 5, 30)), slack_days=7,
        on_time_probability=1.0,
    )  # fmt: skip
    assert found["b"] == CalendarLine(
        aid="b", file_by=date(2017, 6, 2), file_from=date(2017, 5, 23), after=("a",),
        answer=AnswerDates(date(2017, 5, 24), date(2017, 5, 29), date(2017, 6, 1)), slack_days=4,
        on_time_probability=1.0, silence="refused",
    )  # fmt: skip


def test_a_cent_is_asked_for_too() -> None:
    assert list(lines(case("2017-06-30"), rulebook(aid("a", 10, value("0.01"))))) == ["a"]


def test_the_same_dates_on_the_mainland_come_a_day_earlier() -> None:
    """Saturday 27 May 2017 is a business day there."""
    found = lines(case("2017-06-02", region="75"), ASCENSION)
    assert found["a"].answer == AnswerDates(date(2017, 5, 23), date(2017, 5, 26), date(2017, 5, 29))


def test_the_chance_is_counted_on_the_calendar_of_the_region() -> None:
    """a alone weighs 1, 2, 3, 2, 1 for 1 to 5 business days, that is to 23, 24, 26, 29 and 30 May in Guadeloupe.

    By Monday 29: 8 in 9 there. On the mainland the 27th counts: 23, 24, 26, 27, 29, so all.
    """
    only = rulebook(aid("a", 10, value("900.00"), procedure=delays("business_days", 1, 3, 5)))
    assert lines(case("2017-05-29"), only)["a"].on_time_probability == pytest.approx(8 / 9)
    assert lines(case("2017-05-29", region="75"), only)["a"].on_time_probability == 1.0


def test_an_answered_request_is_settled_the_day_it_was_answered() -> None:
    """a was asked on 2 May, refused on the 10th; b, which waits for it, can be asked today."""
    asked = [{"aid": "a", "filed_on": "2017-05-02", "answer": "refused", "answered_on": "2017-05-10"}]
    plan = build_plan(case("2017-06-02", already_asked=asked), ASCENSION)
    assert [line.aid for line in plan.calendar] == ["b"]
    granted = [
        {"aid": "a", "filed_on": "2017-05-02", "answer": "granted", "amount": "300", "answered_on": "2017-05-24"}
    ]
    (line,) = build_plan(case("2017-06-02", already_asked=granted), ASCENSION).calendar
    assert (line.aid, line.after, line.file_from) == ("b", ("a",), date(2017, 5, 24))
    # One or two business days after the 24th: 26 or 29 May.
    assert line.answer == AnswerDates(date(2017, 5, 26), date(2017, 5, 26), date(2017, 5, 29))


def test_an_answer_whose_day_was_not_noted_counts_from_today() -> None:
    granted = [{"aid": "a", "answer": "granted", "amount": "300"}]
    (line,) = build_plan(case("2017-06-02", already_asked=granted), ASCENSION).calendar
    assert line.file_from == date(2017, 5, 22)


def test_a_pending_request_counts_from_the_day_it_was_filed_and_cannot_be_late_already() -> None:
    """Filed on Friday 19 May: 1 to 5 business days lead to 20, 22, 23, 24, 26. The 20th has passed without an answer.

    Left are 22, 23, 24, 26 with weights 2, 3, 2, 1: by Tuesday 23, 5 chances in 8.
    """
    only = rulebook(aid("a", 10, value("900.00"), procedure=delays("business_days", 1, 3, 5)))
    asked = [{"aid": "a", "filed_on": "2017-05-19", "answer": "pending"}]
    line = lines(case("2017-05-23", already_asked=asked), only)["a"]
    assert (line.asked, line.filed_on, line.file_from) == (True, date(2017, 5, 19), date(2017, 5, 19))
    assert line.answer == AnswerDates(date(2017, 5, 20), date(2017, 5, 23), date(2017, 5, 26))
    assert line.on_time_probability == pytest.approx(5 / 8)


def test_a_pending_request_does_not_wait_any_more_for_what_comes_before_it() -> None:
    """b was filed before a answered: its answer depends on its own delay, one or two business days."""
    asked = [{"aid": "b", "filed_on": "2017-05-22", "answer": "pending"}]
    line = lines(case("2017-05-23", already_asked=asked), ASCENSION)["b"]
    # Weights of 1, 1, 2 days peaked at 1: 2 for one day, 1 for two; the 23rd is one day after the 22nd.
    assert line.on_time_probability == pytest.approx(2 / 3)


def test_observed_delays_take_the_place_of_the_declared_ones() -> None:
    """2, 3, 3 and 9 calendar days: least 2, median 3 (the lower one), most 9; three in four by the third day."""
    book = ASCENSION.with_history({"a": (2, 3, 3, 9)})
    line = lines(case("2017-05-25"), book)["a"]
    assert line.answer == AnswerDates(date(2017, 5, 24), date(2017, 5, 25), date(2017, 5, 31))
    assert (line.sample, line.slack_days) == (4, 0)
    assert line.on_time_probability == pytest.approx(3 / 4)
    assert lines(case("2017-05-25"), ASCENSION)["a"].sample is None
    stated = lines(case("2017-05-25", delays={"a": {"least": 1, "usual": 1, "most": 1}}), book)["a"]
    assert (stated.sample, stated.answer.most) == (None, date(2017, 5, 23))


def test_two_kinds_of_days_make_no_distribution() -> None:
    """Dates, yes; a probability between them, no: a triangle has one unit."""
    mixed = delays("calendar_days", 1, 2, 3)
    mixed["answer"]["most"] = {"value": "3", "unit": "business_days"}
    line = lines(case("2017-05-25"), rulebook(aid("a", 10, value("900.00"), procedure=mixed)))["a"]
    assert line.answer == AnswerDates(date(2017, 5, 23), date(2017, 5, 24), date(2017, 5, 26))
    assert line.on_time_probability is None


def test_delays_out_of_order_make_no_distribution_either() -> None:
    book = rulebook(aid("a", 10, value("900.00"), procedure=delays("calendar_days", 2, 1, 9)))
    assert lines(case("2017-05-25"), book)["a"].on_time_probability is None


def test_without_a_start_there_is_no_slack_and_no_chance() -> None:
    line = lines(case(None), ASCENSION)["a"]
    assert (line.slack_days, line.on_time_probability, line.file_by) == (None, None, None)
    assert line.answer.usual == date(2017, 5, 26)


def test_months_are_counted_by_their_number() -> None:
    book = rulebook(aid("a", 10, value("900.00"), procedure=delays("months", 0, 1, 2)))
    line = lines(case("2017-09-01", on="2017-01-31"), book)["a"]
    assert line.answer == AnswerDates(date(2017, 1, 31), date(2017, 2, 28), date(2017, 3, 31))


def test_the_last_answer_of_a_plan_is_the_latest_expected_one() -> None:
    """b answers on Monday 29 as usual; without a it is asked today, and answers on the 23rd, six days before."""
    (other,) = build_plan(case("2017-06-02"), ASCENSION).alternatives
    assert (other.without, other.last_answer) == (("a",), date(2017, 5, 23))
    assert other.differences["last_answer_days"] == -6


def test_the_longest_delay_stands_for_a_usual_one_that_nobody_knows() -> None:
    """b answers two business days at most after today, on the 24th: that is when its answer is expected."""
    book = chained({}, {"answer": {"most": {"value": "2", "unit": "business_days"}}})
    (other,) = build_plan(case("2017-06-02"), book).alternatives
    assert (other.without, other.last_answer) == (("a",), date(2017, 5, 24))


def test_the_last_answer_is_unknown_as_soon_as_one_is() -> None:
    """Nobody knows when a answers, nor then b: no number of days tells the plans apart."""
    (other,) = build_plan(case("2017-06-02"), chained({}, delays("business_days", 1, 1, 1))).alternatives
    assert other.last_answer == date(2017, 5, 23)
    assert "last_answer_days" not in other.differences
