"""Plans worked out by hand, in euros and cents, that every solver must find."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from oracle import brute, cpsat
from oracle.model import Aid, Below, Best, Capacity, Fixed, Least, Matching, Problem, Rounding, ShareOfRemaining

TEACHING = frozenset({"teaching"})
SOLVERS = pytest.mark.parametrize("solver", [brute, cpsat], ids=["brute", "cpsat"])
pytestmark = SOLVERS


def cents(euros: str) -> int:
    whole, _, rest = euros.partition(".")
    return 100 * int(whole) + int(rest.ljust(2, "0") if rest else 0)


def aid(id_: str, rank: int, capacity: str | Capacity, *covers: str, **conditions: Any) -> Aid:
    ceiling = Fixed(cents(capacity)) if isinstance(capacity, str) else capacity
    return Aid(id_, rank, frozenset(covers) or TEACHING, ceiling, **conditions)


def ids(*names: str) -> frozenset[str]:
    return frozenset(names)


def check(solver: Any, price: str | dict[str, str], aids: list[Aid], left: str, holder: str, **amounts: str) -> None:
    costs = {"teaching": price} if isinstance(price, str) else price
    problem = Problem({line: cents(cost) for line, cost in costs.items()}, tuple(aids))
    expected = Best({id_: cents(euros) for id_, euros in amounts.items()}, cents(left), cents(holder))
    assert solver.best(problem) == expected


def cpf(balance: str, rank: int = 1) -> Aid:
    return aid("cpf", rank, balance, kind="right")


def participation(*covers: str, waived_by: frozenset[str] = frozenset()) -> Aid:
    return aid("flat", 0, "103.20", *covers, kind="mandatory", with_=ids("cpf"), waived_by=waived_by)


def share(percent: int, rounding: Rounding = "down", cap: str | None = None) -> ShareOfRemaining:
    return ShareOfRemaining(100 * percent, TEACHING, rounding, None if cap is None else cents(cap))


def test_a_share_between_a_payment_and_the_ceiling_that_counts_it(solver: Any) -> None:
    """With a: 100 + 450 + 100. Without: 500 + 200."""
    aids = [aid("a", 1, "100"), aid("b", 2, share(50)), aid("c", 3, Below(cents("200"), ids("a")))]
    check(solver, "1000", aids, left="300", holder="0", b="500", c="200")


def test_the_participation_is_inside_the_price(solver: Any) -> None:
    check(solver, "1000", [cpf("600"), participation()], left="296.80", holder="103.20", cpf="600", flat="103.20")


def test_the_participation_cuts_the_cpf_back_when_the_gap_is_smaller(solver: Any) -> None:
    check(solver, "1000", [cpf("950"), participation()], left="0", holder="103.20", cpf="896.80", flat="103.20")


def test_a_price_below_the_participation_is_the_holders(solver: Any) -> None:
    check(solver, "80", [cpf("600"), participation()], left="0", holder="80", flat="80")


def test_a_balance_above_the_price_pays_the_price(solver: Any) -> None:
    check(solver, "1000", [cpf("5000")], left="0", holder="0", cpf="1000")
    check(solver, "1000", [cpf("5000"), participation()], left="0", holder="103.20", cpf="896.80", flat="103.20")


def test_no_participation_without_the_cpf(solver: Any) -> None:
    check(solver, "1000", [aid("region", 2, "700"), participation()], left="300", holder="0", region="700")


def test_a_region_pays_a_share_of_what_the_cpf_leaves(solver: Any) -> None:
    region = aid("region", 2, share(80))
    check(solver, "1000", [cpf("600"), region], left="80", holder="0", cpf="600", region="320")
    check(
        solver, "1000", [cpf("600"), participation(), region],
        left="59.36", holder="103.20", cpf="600", flat="103.20", region="237.44",
    )  # fmt: skip


@pytest.mark.parametrize(("rounding", "expected"), [("down", "320.00"), ("half_up", "320.01"), ("up", "320.01")])
def test_a_share_is_rounded_as_named(solver: Any, rounding: Rounding, expected: str) -> None:
    """80 % of 400.01 is 320.008."""
    left = {"320.00": "80.01", "320.01": "80.00"}[expected]
    check(solver, "1000.01", [cpf("600"), aid("region", 2, share(80, rounding))], left, "0", cpf="600", region=expected)


@pytest.mark.parametrize(("rounding", "expected"), [("down", "0.50"), ("half_up", "0.51"), ("up", "0.51")])
def test_half_a_cent_is_rounded_as_named(solver: Any, rounding: Rounding, expected: str) -> None:
    left = {"0.50": "0.51", "0.51": "0.50"}[expected]
    check(solver, "1.01", [aid("region", 2, share(50, rounding))], left, "0", region=expected)


@pytest.mark.parametrize(("rounding", "expected"), [("down", "0.33"), ("half_up", "0.33"), ("up", "0.34")])
def test_less_than_half_a_cent_is_rounded_as_named(solver: Any, rounding: Rounding, expected: str) -> None:
    """33 % of 1.01 is 0.3333."""
    left = {"0.33": "0.68", "0.34": "0.67"}[expected]
    check(solver, "1.01", [aid("region", 2, share(33, rounding))], left, "0", region=expected)


def test_a_share_of_90_percent_has_a_cap(solver: Any) -> None:
    check(solver, "5000", [aid("region", 2, share(90, cap="2000"))], left="3000", holder="0", region="2000")
    check(solver, "2000", [aid("region", 2, share(90, cap="2000"))], left="200", holder="0", region="1800")


def test_a_share_sees_what_could_be_paid_after_moving_the_earlier_aids(solver: Any) -> None:
    """The CPF may pay the exam instead: an aid on the teaching alone could still pay 900, not 400."""
    costs = {"teaching": "900", "exam": "600"}
    aids = [aid("cpf", 1, "600", "teaching", "exam"), aid("region", 2, share(100))]
    check(solver, costs, aids, left="0", holder="0", cpf="600", region="900")


@pytest.mark.parametrize(("ceiling", "left", "amounts"), [
    ("300", "400", {"cpf": "600"}),
    ("399.99", "400", {"cpf": "600"}),
    ("400", "0", {"cpf": "600", "aif": "400"}),
])  # fmt: skip
def test_an_aif_below_the_gap_falls(solver: Any, ceiling: str, left: str, amounts: dict[str, str]) -> None:
    aif = aid("aif", 2, ceiling, own_money_forbidden=True)
    check(solver, "1000", [cpf("600"), aif], left, "0", **amounts)


def test_an_aif_refuses_own_money_and_the_participation_alike(solver: Any) -> None:
    aif = aid("aif", 2, "300", own_money_forbidden=True)
    own = aid("own", 3, "1000", kind="own_money")
    check(solver, "1000", [cpf("600"), aif, own], left="0", holder="400", cpf="600", own="400")
    full = replace(aif, capacity=Fixed(cents("400")))
    paid = {"cpf": "600", "flat": "103.20"}
    check(solver, "1000", [cpf("600"), participation(), full], left="296.80", holder="103.20", **paid)


def test_an_aif_may_waive_the_participation_it_refuses(solver: Any) -> None:
    waived = participation(waived_by=ids("aif"))
    aif = aid("aif", 2, "400", own_money_forbidden=True)
    check(solver, "1000", [cpf("600"), waived, aif], left="0", holder="0", cpf="600", aif="400")


def test_the_holder_may_pay_lines_the_aif_does_not_cover(solver: Any) -> None:
    aif = aid("aif", 2, "1000", own_money_forbidden=True)
    aids = [cpf("600"), participation("teaching", "travel"), aif]
    costs = {"teaching": "1000", "travel": "200"}
    check(solver, costs, aids, left="96.80", holder="103.20", cpf="600", flat="103.20", aif="400")


def test_two_aids_that_refuse_own_money_need_one_split_for_both(solver: Any) -> None:
    """Each could have its own line paid by the common aid, but its 500 euros pay only one of the two."""
    costs = {"teaching": "1000", "travel": "1000"}
    common = aid("region", 1, "500", "teaching", "travel")
    first = aid("aif", 2, "500", "teaching", own_money_forbidden=True)
    second = aid("travel_aid", 2, "500", "travel", own_money_forbidden=True)
    check(solver, costs, [common, first, second], left="1000", holder="0", region="500", aif="500")
    enough = replace(common, capacity=Fixed(cents("1000")))
    paid = {"region": "1000", "aif": "500", "travel_aid": "500"}
    check(solver, costs, [enough, first, second], left="0", holder="0", **paid)


def test_one_for_one_matching(solver: Any) -> None:
    agefiph = aid("match", 2, Matching(ids("region")))
    check(solver, "1000", [aid("region", 1, "300"), agefiph], left="400", holder="0", region="300", match="300")
    check(solver, "1000", [aid("region", 1, "700"), agefiph], left="0", holder="0", region="700", match="300")
    check(solver, "1000", [aid("region", 1, "0"), agefiph], left="1000", holder="0")
    check(solver, "1000", [agefiph], left="1000", holder="0")
    capped = replace(agefiph, capacity=Matching(ids("region"), cents("250")))
    check(solver, "1000", [aid("region", 1, "300"), capped], left="450", holder="0", region="300", match="250")


def test_a_ceiling_shared_with_another_aid(solver: Any) -> None:
    aif = aid("aif", 2, Below(cents("3200"), ids("region")))
    check(solver, "5000", [aid("region", 1, "1200"), aif], left="1800", holder="0", region="1200", aif="2000")
    check(solver, "5000", [aid("region", 1, "4000"), aif], left="1000", holder="0", region="4000")


def test_the_least_of_several_ceilings_binds(solver: Any) -> None:
    region = aid("region", 2, Least((share(80), Fixed(cents("300")))))
    check(solver, "1000", [cpf("600"), region], left="100", holder="0", cpf="600", region="300")
    check(solver, "900", [cpf("600"), region], left="60", holder="0", cpf="600", region="240")


def test_exclusions_work_both_ways_and_are_weighed_by_what_is_left(solver: Any) -> None:
    middle = aid("b", 1, "800", excludes=ids("a", "c"))
    check(solver, "1000", [aid("a", 2, "500"), middle, aid("c", 3, "400")], left="100", holder="0", a="500", c="400")
    check(solver, "1000", [aid("a", 2, "500"), middle, aid("c", 3, "200")], left="200", holder="0", b="800")


def test_an_aid_that_needs_a_co_funder(solver: Any) -> None:
    needy = aid("needy", 1, "400", needs=ids("cpf", "region"))
    check(solver, "1000", [needy, cpf("300", rank=2)], left="300", holder="0", needy="400", cpf="300")
    check(solver, "1000", [needy, cpf("0", rank=2)], left="1000", holder="0")
    check(solver, "400", [needy, cpf("300", rank=2)], left="100", holder="0", cpf="300")


def test_who_waives_must_pay(solver: Any) -> None:
    """And a waiver of 103.20 for 1 euro leaves more to fund: the plan does without it."""
    waived = participation(waived_by=ids("employer"))
    paid = {"cpf": "600", "flat": "103.20"}
    for employer in (aid("employer", 2, "0"), aid("employer", 2, "1")):
        check(solver, "1000", [cpf("600"), waived, employer], left="296.80", holder="103.20", **paid)
    employer = aid("employer", 2, "400")
    check(solver, "1000", [cpf("600"), waived, employer], left="0", holder="0", cpf="600", employer="400")


def test_own_money_comes_when_it_is_the_only_way(solver: Any) -> None:
    own = aid("own", 9, "500", kind="own_money")
    check(solver, "1000", [aid("region", 1, "900"), own], left="0", holder="100", region="900", own="100")
    check(solver, "1000", [aid("region", 1, "1000"), own], left="0", holder="0", region="1000")


def test_ties_go_to_the_ranks_then_to_the_fewest_then_to_the_ids(solver: Any) -> None:
    check(solver, "1000", [aid("b", 1, "600"), aid("a", 2, "1000")], left="0", holder="0", b="600", a="400")
    alike = [aid("a", 1, "600"), aid("c", 1, "1000"), aid("b", 1, "1000")]
    check(solver, "1000", alike, left="0", holder="0", b="1000")


@pytest.mark.parametrize("names", [("flat_a", "flat_b"), ("flat_b", "flat_a")])
def test_a_last_tie_goes_to_the_first_in_order(solver: Any, names: tuple[str, str]) -> None:
    """Two empty accounts that exclude each other, each with its participation: the plans differ in nothing else."""
    accounts = [aid("y", 1, "0", excludes=ids("z")), aid("z", 1, "0")]
    flats = [aid(name, 0, "50", kind="mandatory", with_=ids(with_)) for name, with_ in zip(names, "yz", strict=True)]
    check(solver, "100", accounts + flats, left="50", holder="50", flat_a="50")


def test_an_empty_project(solver: Any) -> None:
    check(solver, {}, [], left="0", holder="0")
    check(solver, "0", [cpf("600"), participation()], left="0", holder="0")


@pytest.mark.parametrize(("aids", "message"), [
    ([aid("a", 1, "1"), aid("a", 2, "1")], "twice"),
    ([aid("a", 1, "1", "unknown")], "a: unknown line"),
    ([aid("a", 1, Matching(ids("b"))), aid("b", 2, "1")], "looks at b"),
    ([aid("a", 1, Below(5, ids("a")))], "looks at a"),
    ([aid("a", 0, "1", kind="mandatory", needs=ids("b"))], "a: a mandatory aid"),
])  # fmt: skip
def test_a_problem_that_makes_no_sense_is_refused(solver: Any, aids: list[Aid], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check(solver, "1000", aids, left="0", holder="0")
