"""What several nodes have in common is computed once, and nothing else of them changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from cpf_funding.frames.lower import Lowered, in_order
from cpf_funding.frames.sharing import shared
from cpf_funding.language.columns_graph import Graph, Node

NUMBERS, FLAGS = ("a", "b", "c", "d", "e"), ("p", "q", "r", "s", "t")
ROWS = pl.DataFrame(
    {name: [place + turn * turn - 3 for turn in range(6)] for place, name in enumerate(NUMBERS)}
    | {name: [(turn >> place % 3) % 2 == place % 2 for turn in range(6)] for place, name in enumerate(FLAGS)}
)
PLACES = st.lists(st.integers(0, 4), min_size=1, max_size=8)


def computed(nodes: Iterable[Node]) -> pl.DataFrame:
    """These nodes as columns, in their order."""
    outputs = list(nodes)
    lowered = Lowered(outputs)
    frame = ROWS
    for step in lowered.steps(outputs):
        frame = frame.with_columns(step)
    return frame.select(lowered.expression(node).alias(str(place)) for place, node in enumerate(outputs))


def operations(nodes: Iterable[Node]) -> int:
    """How many operations of two numbers or conditions these nodes ask for."""
    return sum(max(0, len(node.parts) - 1) for node in in_order(nodes))


def gathered(graph: Graph, gather: Callable[[Iterable[Node]], Node], places: list[int]) -> Node:
    if gather in (graph.all, graph.any):
        return gather(graph.flag(FLAGS[place]) for place in places)
    return gather(graph.integer(NUMBERS[place], -10, 100) for place in places)


@given(st.lists(st.tuples(st.sampled_from(["sum", "least", "most", "all", "any"]), PLACES), min_size=1, max_size=12))
def test_the_same_numbers_for_no_more_operations(asked: list[tuple[str, list[int]]]) -> None:
    graph = Graph()
    outputs = [gathered(graph, getattr(graph, op), places) for op, places in asked]
    found = shared(outputs)
    assert computed(found).equals(computed(outputs))
    assert operations(found) <= operations(outputs)


def test_what_two_sums_have_in_common_is_added_once() -> None:
    graph = Graph()
    outputs = [gathered(graph, graph.sum, places) for places in ([0, 1, 2], [0, 1, 2, 3], [0, 1, 4])]
    assert [operations(nodes) for nodes in (outputs, shared(outputs))] == [7, 4]


def test_a_sum_that_is_a_part_of_another_is_one_node_with_it() -> None:
    graph = Graph()
    whole, part = shared([gathered(graph, graph.sum, places) for places in ([0, 1, 2], [0, 1])])
    assert part in whole.parts


def test_an_amount_added_twice_counts_twice() -> None:
    graph = Graph()
    outputs = [gathered(graph, graph.sum, places) for places in ([0, 0, 1], [0, 1, 2])]
    assert computed(shared(outputs))["0"].to_list() == (2 * ROWS["a"] + ROWS["b"]).to_list()


def test_nothing_to_compute() -> None:
    assert shared([]) == []
