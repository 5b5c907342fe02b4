"""Brackets, and the split of a plan over lines, on numbers worked out by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cpf_funding import build_plan
from cpf_funding.engine.allocation import split_by_line
from cpf_funding.language.context import Context
from cpf_funding.language.evidence import Range, Step
from cpf_funding.language.operations import step_lines
from cpf_funding.language.units import Unit
from rulebooks import aid, rulebook, value
from worked import price

BRACKETS = [{"up_to": "100", "percent": "100"}, {"up_to": "200", "percent": "50"}, {"percent": "10"}]
BALANCE = {"fact": "cpf.balance"}


def scaled(rounding: str, balance: int, brackets: Any = BRACKETS) -> tuple[Range, list[Step]]:
    amount = {"scale": {"sum": [BALANCE]}, "brackets": brackets, "rounding": rounding}
    book, steps = rulebook(aid("a", 1, amount)), list[Step]()
    context = Context({"cpf.balance": balance}, date(2017, 3, 1), None, steps=steps)
    return book.aid("a").amount(context, 0), steps


@pytest.mark.parametrize(
    ("balance", "rounding", "cents"),
    [
        (0, "up", 0),
        (1, "down", 1),
        (10_000, "down", 10_000),
        (10_001, "down", 10_000),  # half a cent more
        (10_001, "half_up", 10_001),
        (10_001, "up", 10_001),
        (20_000, "down", 15_000),
        (20_004, "half_up", 15_000),  # four tenths of a cent
        (20_005, "half_up", 15_001),
        (20_001, "up", 15_001),
        (30_000, "down", 16_000),
    ],
)
def test_each_bracket_has_its_percentage(balance: int, rounding: str, cents: int) -> None:
    found, steps = scaled(rounding, balance)
    assert found == Range(cents, cents)
    assert steps == [
        Step(2, "fact", "cpf.balance", balance, balance, Unit.EUR), Step(1, "sum", "", balance, balance, Unit.EUR),
        Step(0, "scale", rounding, cents, cents, Unit.EUR),
    ]  # fmt: skip


def test_past_a_last_bracket_with_a_bound_nothing_is_added() -> None:
    assert scaled("down", 99_999, BRACKETS[:2])[0] == Range(15_000, 15_000)


def test_what_is_read_to_choose_is_no_step() -> None:
    """And what comes after is told all the same."""
    when = {"amount": {"sum": [BALANCE, value("1")]}, "above": "1"}
    amount = {"sum": [{"choose": [{"when": when, "then": value("3")}], "otherwise": value("1")}, value("2")]}
    book, steps = rulebook(aid("a", 1, amount)), list[Step]()
    context = Context({"cpf.balance": 1}, date(2017, 3, 1), None, steps=steps)
    assert book.aid("a").amount(context, 0) == Range(500, 500)
    assert [(step.kind, step.depth, step.low) for step in steps] == [
        ("value", 2, 300), ("choose", 1, 300), ("value", 1, 200), ("sum", 0, 500)
    ]  # fmt: skip


def test_a_scale_is_said_with_what_it_is_applied_to() -> None:
    _, steps = scaled("down", 30_000)
    lines = [line.replace("\u00a0", " ") for line in step_lines(steps, rulebook())]
    assert lines[0] == "160 € = barème par tranches sur 300 €"


def test_part_of_an_aid_makes_room_for_another() -> None:
    """a fills x, then 50 of y. c needs 30 of x, b 20: fifty of a go to y, where fifty are left."""
    costs = {"x": 100, "y": 100}
    amounts = [("a", ("x", "y"), 150), ("b", ("x",), 20), ("c", ("x",), 30)]
    assert split_by_line(costs, amounts) == {"a": {"x": 50, "y": 100}, "b": {"x": 20}, "c": {"x": 30}}


def test_room_is_made_on_the_line_that_has_some_for_whoever_holds_it() -> None:
    """d asks for all of x, which a, b and c hold in part; only b and c have another line."""
    costs = {"x": 90, "y": 30, "z": 30}
    amounts = [("a", ("x",), 30), ("b", ("x", "y"), 30), ("c", ("x", "z"), 30), ("d", ("x",), 60)]
    assert split_by_line(costs, amounts) == {"a": {"x": 30}, "b": {"y": 30}, "c": {"z": 30}, "d": {"x": 60}}


def test_amounts_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^ces montants ne peuvent pas être répartis sur les lignes$"):
        split_by_line({"x": 10}, [("a", ("x",), 6), ("b", ("x",), 5)])


def test_a_first_line_stays_as_full_as_it_can_be() -> None:
    """Teaching first: the exam is paid only with what teaching leaves."""
    costs = {"exam": 50, "teaching": 100}
    amounts = [("a", ("exam", "teaching"), 80), ("b", ("teaching",), 20)]
    assert split_by_line(costs, amounts) == {"a": {"exam": 50, "teaching": 30}, "b": {"teaching": 20}}
    assert split_by_line(costs, amounts, frozenset({"teaching"})) == {"a": {"teaching": 80}, "b": {"teaching": 20}}


# A co-funder that does not come -----------------------------------------------------------------

JOINED = {"joined_by": ["cpf"], "cause": "public"}


@pytest.mark.parametrize(("balance", "lost"), [("0", "joined_by"), ("100", None)])
def test_an_aid_that_waits_for_a_co_funder_says_what_the_plan_lacks(balance: str, lost: str | None) -> None:
    """The account has nothing to give: a is open by itself, and lost for want of it."""
    other = {"fact": "holder.registered", "is": "true"}
    book = rulebook(
        aid("cpf", 10, {"fact": "cpf.balance"}, kind="right"),
        aid("a", 20, {"least_of": [{"remaining": ["teaching"]}, value("500")]}, eligibility={"all": [other, JOINED]}),
    )
    plan = build_plan(price("1000", cpf={"balance": balance}, holder={"registered": True}), book)
    verdict = next(each for each in plan.verdicts if each.aid == "a")
    assert (verdict.lost_to, verdict.potential) == (lost, 50_000 if lost else 0)
    assert verdict.causes == (("public",) if lost else ())
    kinds = [evidence.kind for evidence in verdict.evidence]
    assert kinds == (["joined_by"] if lost else ["in_force", "all"])
