"""The solvers agree with the definition and with one another, on problems that reach every condition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracle import brute, cpsat, exhaustive
from oracle.model import Aid, Fixed, Problem, ShareOfRemaining, leaves
from oracle.strategies import problems, seeded

pytestmark = pytest.mark.slow

THOUSANDS = 2_000


def test_hall_agrees_with_the_definition_on_thousands_of_tiny_problems() -> None:
    for seed in range(THOUSANDS):
        problem = seeded(seed, max_aids=5)
        assert brute.best(problem) == exhaustive.best(problem), seed


def test_integer_programming_agrees_on_tiny_problems() -> None:
    for seed in range(THOUSANDS, THOUSANDS + 200):
        problem = seeded(seed, max_aids=5)
        assert cpsat.best(problem) == brute.best(problem), seed


def test_integer_programming_agrees_on_hundreds_of_problems_in_cents() -> None:
    for seed in range(200):
        problem = seeded(seed, max_aids=7, max_lines=4, unit=10_000)
        assert cpsat.best(problem) == brute.best(problem), seed


def test_integer_programming_agrees_on_a_dozen_aids() -> None:
    for seed in range(60):
        problem = seeded(seed, max_aids=12, max_lines=4, unit=10_000)
        assert cpsat.best(problem) == brute.best(problem), seed


def test_integer_programming_agrees_on_25_aids_of_five_funders() -> None:
    """Each funder offers five aids that exclude one another: 6**5 configurations, which can still be enumerated."""
    ids = "abcdefghijklmnopqrstuvwxy"
    lines = (("teaching",), ("teaching", "exam"), ("exam", "travel"))
    aids = []
    for place, id_ in enumerate(ids):
        funder = place // 5
        covers = frozenset(lines[place % 3])
        share = ShareOfRemaining(1_000 + 333 * place, covers, "half_up", cap=120_000)
        same = frozenset(ids[5 * funder : 5 * funder + 5]) - {id_}
        aids.append(Aid(id_, funder, covers, Fixed(54_321 + 1_234 * place) if place % 5 else share, excludes=same))
    problem = Problem({"teaching": 412_345, "exam": 30_001, "travel": 99_999}, tuple(aids))
    assert cpsat.best(problem) == brute.best(problem)


@settings(max_examples=150)
@given(problems(max_aids=5, max_lines=3))
def test_all_three_agree_and_shrink(problem: Problem) -> None:
    assert brute.best(problem) == exhaustive.best(problem) == cpsat.best(problem)


@settings(max_examples=60)
@given(st.data())
def test_allocations_agree_in_every_configuration(data: st.DataObject) -> None:
    problem = data.draw(problems(max_aids=6, max_lines=4))
    chosen = data.draw(st.sets(st.sampled_from([aid.id for aid in problem.optional]))) if problem.optional else set()
    amounts = brute.allocate(problem, chosen)
    assert amounts == exhaustive.allocate(problem, chosen) == cpsat.allocate(problem, chosen)


@given(problems(max_aids=8, max_lines=4, unit=10_000))
def test_a_plan_adds_up_to_the_cent_and_keeps_to_the_conditions(problem: Problem) -> None:
    best = brute.best(problem)
    paying = [problem.by_id[id_] for id_ in best.amounts]
    assert sum(best.amounts.values()) + best.unfunded == problem.total
    assert best.unfunded >= 0
    assert best.holder_pays == sum(best.amounts[aid.id] for aid in paying if aid.is_holder)
    for aid in paying:
        ceilings = [part.cents for part in leaves(aid.capacity) if isinstance(part, Fixed)]
        assert 0 < best.amounts[aid.id] <= min([sum(problem.costs[line] for line in aid.covers), *ceilings])
        assert not problem.excluded_by(aid) & best.amounts.keys()
        assert aid.needs is None or aid.needs & best.amounts.keys()
        if aid.own_money_forbidden:
            rest = sum(cost for line, cost in problem.costs.items() if line not in aid.covers)
            assert best.unfunded + best.holder_pays <= rest


@given(problems(max_aids=6, max_lines=4, unit=10_000))
def test_the_order_of_a_file_changes_nothing(problem: Problem) -> None:
    lines = dict(reversed(list(problem.costs.items())))
    assert brute.best(Problem(lines, tuple(reversed(problem.aids)))) == brute.best(problem)


@given(problems(max_aids=8, max_lines=4, unit=10_000), st.data())
def test_the_order_decides_who_pays_never_how_much_is_left(problem: Problem, data: st.DataObject) -> None:
    """As long as the ceilings are fixed."""
    ceilings = data.draw(st.lists(st.integers(0, 60_000), min_size=len(problem.aids), max_size=len(problem.aids)))

    def paid(ranks: Sequence[int]) -> int:
        given = zip(problem.aids, ranks, ceilings, strict=True)
        aids = tuple(Aid(aid.id, rank, aid.covers, Fixed(cents)) for aid, rank, cents in given)
        return sum(brute.allocate(Problem(problem.costs, aids), problem.by_id).values())

    ranks = range(len(problem.aids))
    assert paid(ranks) == paid(data.draw(st.permutations(ranks)))


def test_the_problems_reach_every_condition() -> None:
    """Each condition refuses some configuration, and each kind of capacity pays, in a fair part of the problems."""
    seen: Counter[str] = Counter()
    for seed in range(1_000):
        problem = seeded(seed)
        best = brute.best(problem)
        seen["something is left unfunded"] += best.unfunded > 0
        seen["several aids pay"] += len(best.amounts) > 1
        for aid in problem.aids:
            if aid.id in best.amounts:
                seen[type(aid.capacity).__name__] += 1
                seen[aid.kind] += 1
                seen["own money forbidden"] += aid.own_money_forbidden
                seen["needs"] += aid.needs is not None
            elif aid.with_ & best.amounts.keys():
                seen["waived"] += bool(aid.waived_by & best.amounts.keys())
            for part in leaves(aid.capacity):
                if isinstance(part, ShareOfRemaining) and part.percent_hundredths % 100:
                    seen["a share with decimals"] += 1
        chosen = list(brute.compatible(problem))
        seen["exclusion"] += len(chosen) < 2 ** len(problem.optional)
        amounts = [(one, brute.allocate(problem, one)) for one in chosen]
        seen["relied on and paying nothing"] += not all(brute.relied_on_pay(problem, *one) for one in amounts)
        seen["own money in the way"] += not all(brute.spares_own_money(problem, *one) for one in amounts)
    rare = {what: times for what, times in seen.items() if times < 30}
    assert len(seen) == 18
    assert not rare
