"""The worst case: which firm aids stand when what is to confirm falls. Amounts in euros."""

from __future__ import annotations

from typing import Any

import pytest

from cpf_funding import build_plan
from cpf_funding.money import plain
from rulebooks import aid, value
from worked import books, cpf, left, participation, payments, price

DOUBTFUL = {"eligibility": {"fact": "project.validated", "is": True}}


def related(**relations: Any) -> dict[str, Any]:
    return {"relations": relations}


def own(order: int, amount: str = "300") -> dict[str, Any]:
    return aid("own", order, value(amount), kind="own_money", funder="holder")


def worst(*aids: dict[str, Any], cost: str = "1000") -> tuple[dict[str, str], str]:
    """Who pays what in the plan, and what is left in the worst case."""
    plan = build_plan(price(cost), books(*aids))
    return payments(plan), plain(plan.unfunded_worst)


def test_an_account_that_the_plan_leaves_aside_stands_with_its_participation() -> None:
    """At best one aid pays all. Without it, 1000 - 103.20 - 600 = 296.80."""
    aids = aid("all", 5, left(), **DOUBTFUL), cpf("600"), participation()
    assert ({"all": "1000.00"}, "296.80") == worst(*aids)


def test_a_participation_is_due_again_where_the_aid_that_waived_it_falls() -> None:
    """At best 400 + 600. Without the first, the participation is due: 1000 - 103.20 - 600 = 296.80."""
    aids = aid("waiver", 5, value("400"), **DOUBTFUL), cpf("600"), participation(waived_by=["waiver"])
    assert ({"waiver": "400.00", "cpf": "600.00"}, "296.80") == worst(*aids)


def test_an_aid_left_aside_stays_out_where_a_line_excludes_it() -> None:
    """The plan asks for `all`: whoever cannot stand beside it is not asked, whichever of the two says so."""
    for theirs, its in ((["firm"], []), ([], ["all"])):
        line = aid("all", 5, left(), **DOUBTFUL, **related(excludes=theirs))
        firm = aid("firm", 20, value("400"), **related(excludes=its))
        assert ({"all": "1000.00"}, "1000.00") == worst(line, firm)


@pytest.mark.parametrize("first", [{"excludes": ["b"]}, {}])
def test_of_two_aids_left_aside_that_exclude_each_other_the_first_asked_stands(first: dict[str, Any]) -> None:
    """`a` would pay 100 and `b` 900: 900 are left."""
    second = {} if first else {"excludes": ["a"]}
    aids = aid("a", 20, value("100"), **related(**first)), aid("b", 30, value("900"), **related(**second))
    assert ({"all": "1000.00"}, "900.00") == worst(aid("all", 5, left(), **DOUBTFUL), *aids)


def test_an_aid_left_aside_does_not_take_the_place_of_a_line_that_it_would_bar() -> None:
    """At best 900 + 100. Without the 100, `plan` still pays 900: `bar`, which it refuses beside it, is not asked."""
    eligibility = {"not": {"joined_by": ["bar"]}}
    aids = aid("bar", 5, value("50")), aid("plan", 10, value("900"), eligibility=eligibility)
    assert ({"plan": "900.00", "rest": "100.00"}, "100.00") == worst(*aids, aid("rest", 20, value("100"), **DOUBTFUL))


@pytest.mark.parametrize(("ceiling", "expected"), [("1000", "0.00"), ("600", "700.00")])
def test_own_money_comes_only_where_no_aid_refuses_it(ceiling: str, expected: str) -> None:
    """At best 500 + 500. Without the first, 1000 complete the price; 600 do not, fall, and the person pays 300."""
    aids = aid("rest", 5, value("500"), **DOUBTFUL), own(7)
    strict = aid("strict", 10, value(ceiling), **related(own_money="forbidden"))
    assert ({"rest": "500.00", "strict": "500.00"}, expected) == worst(*aids, strict)


def test_own_money_asked_last_stands_beside_an_aid_that_refuses_it() -> None:
    """The course is paid by `strict`; the bus, which `bus` may not pay, by the person: nothing is left."""
    aids = (
        aid("bus", 5, value("50"), covers=["travel"], **DOUBTFUL),
        aid("strict", 10, value("1000"), **related(own_money="forbidden")),
        aid("own", 90, value("50"), kind="own_money", funder="holder", covers=["teaching", "travel"]),
    )
    plan = build_plan(price("1000", costs={"travel": "50"}), books(*aids))
    assert ({"bus": "50.00", "strict": "1000.00"}, 0) == (payments(plan), plan.unfunded_worst)


def test_what_relied_on_what_fell_falls_in_its_turn() -> None:
    """`rely` needs `rest`, in doubt. Without both, the 600 of `strict` do not complete the price and fall: 50 stand."""
    aids = (
        aid("sure", 1, value("50")), aid("rest", 5, value("100"), **DOUBTFUL),
        aid("rely", 10, value("400"), **related(needs=["rest"])),
        aid("strict", 20, value("600"), **related(own_money="forbidden")),
    )  # fmt: skip
    assert ({"sure": "50.00", "rest": "100.00", "rely": "400.00", "strict": "450.00"}, "950.00") == worst(*aids)


def test_only_what_relied_on_what_fell_falls() -> None:
    """At best 600 + 100 + 300. Without the 100, `strict` falls; `rely`, which needs `sure`, stands: 400 are left."""
    aids = (
        aid("sure", 1, value("300")), aid("rely", 5, value("300"), **related(needs=["sure"])),
        aid("rest", 10, value("100"), **DOUBTFUL),
        aid("strict", 20, value("300"), **related(own_money="forbidden")),
    )  # fmt: skip
    paid = {"sure": "300.00", "rely": "300.00", "rest": "100.00", "strict": "300.00"}
    assert (paid, "400.00") == worst(*aids)
