"""What the bounds of integers settle is left out of the graph; what 64 bits cannot hold is refused."""

from __future__ import annotations

import pickle

import pytest

from cpf_funding.frames.flow import amounts_fit
from cpf_funding.language.columns_graph import CannotCompileError, Graph
from cpf_funding.money import Rounding

GRAPH = Graph()
COST = GRAPH.integer("cost", 0, 1000)
CAPACITY = GRAPH.integer("capacity", 0, 500)
CHANGE = GRAPH.minus(COST, CAPACITY)


def test_zero_bounds_nothing_that_is_never_negative() -> None:
    assert GRAPH.most((GRAPH.zero, COST)) is COST
    assert GRAPH.most((GRAPH.zero, CHANGE)).parts == (GRAPH.zero, CHANGE)


def test_a_ceiling_bounds_nothing_that_never_passes_it() -> None:
    assert GRAPH.least((GRAPH.number(500), CAPACITY)) is CAPACITY
    assert GRAPH.least((GRAPH.number(499), CAPACITY)).op == "least"


def test_a_constant_at_the_bound_is_all_that_is_left() -> None:
    assert GRAPH.least((GRAPH.zero, COST)) is GRAPH.zero
    assert GRAPH.most((GRAPH.number(1000), COST)).constant == 1000


def test_an_amount_on_no_line_pays_nothing() -> None:
    amounts = [(frozenset({"teaching"}), CAPACITY), (frozenset[str](), CAPACITY)]
    paid, asked = amounts_fit(GRAPH, lambda line: COST, amounts)
    assert paid is GRAPH.least((COST, CAPACITY))
    assert asked is GRAPH.sum((CAPACITY, CAPACITY))


def test_two_integers_that_are_always_the_same_count_once() -> None:
    nothing = GRAPH.integer("nothing", 0, 0)
    assert GRAPH.most((nothing, GRAPH.zero)) in (nothing, GRAPH.zero)
    assert GRAPH.least((nothing, GRAPH.zero)) in (nothing, GRAPH.zero)
    assert GRAPH.equal(nothing, GRAPH.zero) is GRAPH.true


def test_a_choice_within_the_same_choice_is_settled() -> None:
    here = GRAPH.flag("here")
    assert GRAPH.choose(here, GRAPH.choose(here, COST, CAPACITY), COST) is COST
    assert GRAPH.choose(here, CAPACITY, GRAPH.choose(here, COST, CAPACITY)) is CAPACITY


def test_what_64_bits_may_not_hold_is_refused() -> None:
    huge = GRAPH.integer("huge", 0, 2**40)
    with pytest.raises(CannotCompileError, match="il peut dépasser 64 bits"):
        GRAPH.times(huge, GRAPH.integer("other", 0, 2**40), 1, 1, Rounding.DOWN)
    with pytest.raises(CannotCompileError, match="64 bits"):
        GRAPH.number(2**63)


def test_the_refusal_crosses_processes() -> None:
    refusal = pickle.loads(pickle.dumps(CannotCompileError("aide", "trop long")))
    assert (refusal.what, refusal.why, str(refusal)) == ("aide", "trop long", "aide : trop long")


def test_a_node_can_be_read() -> None:
    assert str(GRAPH.minus(COST, GRAPH.number(3))) == "minus(integer(cost), constant(3))"
