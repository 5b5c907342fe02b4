"""Chances counted by hand, where the calendar of the region and the aids that wait make a difference."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from cpf_funding.calendars import Territory
from cpf_funding.engine import probability
from cpf_funding.engine.probability import MAX_STATES, Delay, Request, fixed, on_time
from cpf_funding.language.units import Unit

MONDAY = date(2017, 5, 22)
HOME = Territory.GUADELOUPE


def even(unit: Unit, *days: int) -> Delay:
    """Each of these delays is as likely as the others."""
    return Delay(unit, tuple((day, 1) for day in days))


def request(id: str, delay: Delay | None, *after: Request, filed: date | None = None) -> Request:
    return Request(id, after, filed, None, delay)


def chance(requests: list[Request], start: date, territory: Territory = HOME) -> Fraction | None:
    return on_time(requests, MONDAY, start, territory)


def test_a_delay_that_is_certain_weighs_one() -> None:
    assert fixed(3) == Delay(Unit.CALENDAR_DAYS, ((3, 1),))
    assert fixed(2, Unit.WORKING_DAYS) == Delay(Unit.WORKING_DAYS, ((2, 1),))


def test_the_holidays_of_the_region_count() -> None:
    """Four business days after Monday 22 May: Saturday 27 on the mainland, Monday 29 in Guadeloupe."""
    alone = [request("a", fixed(4, Unit.BUSINESS_DAYS))]
    assert chance(alone, date(2017, 5, 27), Territory.MAINLAND) == 1
    assert chance(alone, date(2017, 5, 27)) == 0
    assert chance(alone, date(2017, 5, 29)) == 1


def test_an_aid_that_waits_for_two_waits_for_the_later_one() -> None:
    """a: 1 or 4 days; b: 2 or 3; c: 1 day after both. By day 4, both must answer by day 3: a on day 1, one in two."""
    a, b = request("a", even(Unit.CALENDAR_DAYS, 1, 4)), request("b", even(Unit.CALENDAR_DAYS, 2, 3))
    c = request("c", fixed(1), a, b)
    assert chance([c], date(2017, 5, 26)) == Fraction(1, 2)
    assert chance([c], date(2017, 5, 25)) == Fraction(1, 4)
    assert chance([a, b, c], date(2017, 5, 26)) == Fraction(1, 2)


def test_an_answer_that_two_aids_wait_for_is_the_same_for_both() -> None:
    """a: 1 or 3 days; b and c: 1 day after a. Both by day 2 when a answers on day 1: one in two, not one in four."""
    a = request("a", even(Unit.CALENDAR_DAYS, 1, 3))
    b, c = request("b", fixed(1), a), request("c", fixed(1), a)
    assert chance([b, c], date(2017, 5, 24)) == Fraction(1, 2)
    d = request("d", even(Unit.CALENDAR_DAYS, 0, 1), b, c)
    assert chance([d], date(2017, 5, 24)) == Fraction(1, 4)


def test_a_request_already_filed_does_not_wait() -> None:
    a = request("a", fixed(30))
    days, start = even(Unit.CALENDAR_DAYS, 3, 9), date(2017, 5, 23)
    # With a, which is not answered by then, and without it: the request filed on the 20th counts from that day.
    assert chance([request("b", days, a, filed=date(2017, 5, 20))], start) == 0
    assert chance([request("b", days, filed=date(2017, 5, 20))], start) == Fraction(1, 2)


def test_months_that_end_before_the_start_add_up() -> None:
    """One, two or three months from 22 May: two of them by 31 July."""
    assert chance([request("a", even(Unit.MONTHS, 1, 2, 3))], date(2017, 7, 31)) == Fraction(2, 3)


def test_an_unknown_delay_makes_the_whole_unknown() -> None:
    a = request("a", None)
    assert chance([a], date(2017, 5, 26)) is None
    assert chance([request("b", fixed(1), a)], date(2017, 5, 26)) is None


def test_past_so_many_joint_answers_nothing_is_computed(monkeypatch: object) -> None:
    """Two aids of three possible days each, both awaited: nine joint answers."""
    days = even(Unit.CALENDAR_DAYS, 1, 2, 3)
    a, b = request("a", days), request("b", days)
    c = request("c", fixed(0), a, b)
    assert MAX_STATES == 20_000
    for limit, known in ((9, True), (8, False)):
        monkeypatch.setattr(probability, "MAX_STATES", limit)  # type: ignore[attr-defined]
        assert (chance([c], date(2017, 5, 26)) is not None) is known


def test_what_nothing_awaits_is_kept_in_one_piece(monkeypatch: object) -> None:
    """A hundred possible days count for one when no other aid waits for the answer."""
    monkeypatch.setattr(probability, "MAX_STATES", 1)  # type: ignore[attr-defined]
    alone = request("a", even(Unit.CALENDAR_DAYS, *range(100)))
    assert chance([alone], date(2017, 5, 31)) == Fraction(10, 100)
