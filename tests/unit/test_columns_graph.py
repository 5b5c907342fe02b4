"""What the bounds of integers settle is left out of the smallest and of the largest of them."""

from __future__ import annotations

from cpf_funding.frames.flow import amounts_fit
from cpf_funding.language.columns_graph import Graph

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
