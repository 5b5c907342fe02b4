"""Delays and the probability that answers come in time, against enumeration, sampling and values made by hand."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cpf_funding.calendars import Territory, shift
from cpf_funding.engine.probability import Delay, Request, empirical, fixed, on_time, triangular
from cpf_funding.language.units import Unit

DAY, WORKING = Unit.CALENDAR_DAYS, Unit.WORKING_DAYS
FIRST = date(2017, 3, 1)
MAINLAND = Territory.MAINLAND


def request(id: str, delay: Delay | None, *after: Request) -> Request:
    return Request(id, after, None, None, delay)


def chance(start: int, *requests: Request) -> Fraction | None:
    return on_time(requests, FIRST, FIRST + timedelta(days=start), MAINLAND)


def test_a_triangle_rises_to_the_usual_delay_and_falls_after_it() -> None:
    assert triangular(2, 3, 5, DAY).weights == ((2, 3), (3, 6), (4, 4), (5, 2))


def test_a_certain_delay_is_a_triangle_of_one_day() -> None:
    assert triangular(4, 4, 4, DAY).weights == ((4, 1),)


@pytest.mark.parametrize("bounds", [(3, 2, 5), (1, 6, 5), (-1, 0, 0)])
def test_bounds_out_of_order_are_refused(bounds: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="least ≤ usual ≤ most"):
        triangular(*bounds, DAY)


def test_observed_delays_weigh_what_was_observed() -> None:
    assert empirical([9, 4, 4]).weights == ((4, 2), (9, 1))


def test_one_request_in_time_with_the_weights_up_to_the_start() -> None:
    assert chance(3, request("a", triangular(2, 3, 5, DAY))) == Fraction(9, 15)


def test_an_unknown_delay_leaves_the_probability_unknown() -> None:
    assert chance(30, request("a", fixed(1)), request("b", None)) is None


def test_a_request_waits_for_the_one_before() -> None:
    first = request("a", empirical([1, 3]))
    assert chance(4, request("b", empirical([1, 2]), first)) == Fraction(3, 4)


def test_a_shared_predecessor_is_not_counted_twice() -> None:
    shared = request("a", empirical([1, 9]))
    left, right = request("b", fixed(1), shared), request("c", fixed(1), shared)
    assert chance(5, left, right) == Fraction(1, 2)


def test_working_days_pass_over_the_week_end() -> None:
    friday = date(2017, 3, 3)
    asked = Request("a", (), friday, None, Delay(WORKING, ((1, 1), (2, 1))))
    assert on_time([asked], FIRST, date(2017, 3, 6), MAINLAND) == Fraction(1, 2)


def test_an_answer_already_given_does_not_wait() -> None:
    given_on = Request("a", (), None, FIRST, None)
    assert chance(3, request("b", fixed(3), given_on)) == 1


DELAYS = st.lists(st.integers(0, 12), min_size=1, max_size=3).map(empirical)


@st.composite
def graphs(draw: st.DrawFn) -> list[Request]:
    """Up to five requests, each waiting for any of those before it."""
    made: list[Request] = []
    for rank in range(draw(st.integers(1, 5))):
        after = [other for other in made if draw(st.booleans())]
        made.append(request(f"r{rank}", draw(DELAYS), *after))
    return made


def by_enumeration(requests: list[Request], start: date) -> Fraction:
    """Every combination of delays, one by one."""
    total = good = 0
    for combination in product(*(each.delay.weights for each in requests if each.delay is not None)):
        answers: dict[str, date] = {}
        weight = 1
        for each, (days, share) in zip(requests, combination, strict=True):
            filed = max([FIRST, *(answers[before.id] for before in each.after)])
            answers[each.id] = shift(filed, days, DAY, MAINLAND)
            weight *= share
        total += weight
        good += weight if max(answers.values()) <= start else 0
    return Fraction(good, total)


@settings(max_examples=60)
@given(graphs(), st.integers(0, 40))
def test_conditioning_gives_what_enumeration_gives(requests: list[Request], days: int) -> None:
    assert chance(days, *requests) == by_enumeration(requests, FIRST + timedelta(days=days))


def test_the_probability_agrees_with_sampling() -> None:
    """Monte-Carlo, fixed seed, four standard errors: a diamond whose delays are in working and in calendar days."""
    a = request("a", triangular(2, 5, 12, WORKING))
    b = request("b", triangular(3, 10, 30, DAY), a)
    c = request("c", triangular(5, 6, 20, WORKING), a)
    d = request("d", triangular(1, 4, 9, DAY), b, c)
    start = date(2017, 4, 3)
    exact = on_time([d], FIRST, start, MAINLAND)
    assert exact is not None
    random_days, runs = random.Random(2017), 20_000
    order = [a, b, c, d]
    hits = 0
    for _ in range(runs):
        answers: dict[str, date] = {}
        for each in order:
            assert each.delay is not None
            days, weights = zip(*each.delay.weights, strict=True)
            drawn = random_days.choices(days, weights)[0]
            filed = max([FIRST, *(answers[before.id] for before in each.after)])
            answers[each.id] = shift(filed, drawn, each.delay.unit, MAINLAND)
        hits += answers["d"] <= start
    error = math.sqrt(float(exact) * (1 - float(exact)) / runs)
    assert abs(hits / runs - float(exact)) < 4 * error
    assert 0.2 < float(exact) < 0.8


BOUNDS = st.tuples(st.integers(0, 15), st.integers(0, 15), st.integers(0, 15)).map(sorted)


@settings(max_examples=80)
@given(BOUNDS, BOUNDS, st.integers(0, 2), st.integers(1, 5), st.integers(0, 40))
def test_a_longer_delay_never_makes_an_answer_likelier_in_time(
    one: list[int], other: list[int], bound: int, more: int, days: int
) -> None:
    longer = sorted([*one[:bound], one[bound] + more, *one[bound + 1 :]])
    assume(longer[bound] == one[bound] + more)  # else the bounds changed places: another delay, not a longer one
    after = triangular(*other, WORKING)
    before = chance(days, request("b", after, request("a", triangular(*one, WORKING))))
    changed = chance(days, request("b", after, request("a", triangular(*longer, WORKING))))
    assert before is not None
    assert changed is not None
    assert changed <= before


@settings(max_examples=40)
@given(graphs(), st.integers(0, 30), st.integers(1, 10))
def test_filing_later_never_makes_an_answer_likelier_in_time(requests: list[Request], days: int, later: int) -> None:
    start = FIRST + timedelta(days=days)
    now = on_time(requests, FIRST, start, MAINLAND)
    then = on_time(requests, FIRST + timedelta(days=later), start, MAINLAND)
    assert now is not None
    assert then is not None
    assert then <= now
