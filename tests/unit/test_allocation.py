"""Prefix min-cuts and the split by line, on cases small enough to draw."""

from __future__ import annotations

import pytest

from cpf_funding.engine.allocation import Allocation, LineClasses, split_by_line

COSTS = {"teaching": 900, "exam": 600}


def test_lines_that_every_aid_treats_alike_are_one_class() -> None:
    """Two of four lines are covered by the same aids, one costs nothing: two classes, four subsets."""
    classes = LineClasses({"a": 10, "b": 20, "c": 5, "d": 0}, [("a", "b"), ("a", "b", "c", "d")])
    assert 2 == classes.size
    assert (30, 5) == classes.costs
    assert [0, 30, 5, 35] == classes.subsets


def test_a_mask_holds_the_classes_touched_and_no_line_without_cost() -> None:
    """The mask of two lines of one class is that of one of them; a free line adds nothing."""
    classes = LineClasses({"a": 10, "b": 20, "c": 5, "d": 0}, [("a", "b"), ("c", "d")])
    assert classes.mask(["a"]) == classes.mask(["a", "b"]) == 0b01
    assert 0b10 == classes.mask(["c", "d"])
    assert 0 == classes.mask(["d", "unknown"])


def test_an_earlier_aid_makes_room_for_a_later_one() -> None:
    """The first aid pays 600 on either line; an unlimited one on teaching alone can still pay 900, since 600 fit on
    the exam."""
    classes = LineClasses(COSTS, [("teaching", "exam"), ("teaching",)])
    allocation = Allocation(classes)
    assert 600 == allocation.place(classes.mask(COSTS), 600)
    assert 900 == allocation.remaining(classes.mask(["teaching"]))
    assert 900 == allocation.place(classes.mask(["teaching"]), 10_000)
    assert 1500 == allocation.paid
    assert 0 == allocation.remaining(classes.mask(COSTS))


@pytest.mark.parametrize(("lines", "capacity"), [([], 100), (["teaching"], 0), (["teaching"], -5)])
def test_no_line_or_no_capacity_pays_nothing(lines: list[str], capacity: int) -> None:
    """An aid whose lines cost nothing, or without capacity, leaves the allocation as it was."""
    classes = LineClasses(COSTS, [("teaching",)])
    allocation = Allocation(classes)
    assert 0 == allocation.place(classes.mask(lines), capacity)
    assert 0 == allocation.paid


def test_a_split_moves_an_earlier_aid_when_a_later_one_needs_the_room() -> None:
    """700 over teaching then exam would fill teaching; 800 that only teaching may take push 600 of them to the exam."""
    amounts = [("first", ("teaching", "exam"), 700), ("second", ("teaching",), 800)]
    expected = {"first": {"teaching": 100, "exam": 600}, "second": {"teaching": 800}}
    assert expected == split_by_line(COSTS, amounts)


def test_a_split_moves_a_chain_of_aids() -> None:
    """c needs x, which a holds; a can only go to y, which b holds; b goes to z."""
    costs = {"x": 10, "y": 10, "z": 10}
    amounts = [("a", ("x", "y"), 10), ("b", ("y", "z"), 10), ("c", ("x",), 10)]
    assert {"a": {"y": 10}, "b": {"z": 10}, "c": {"x": 10}} == split_by_line(costs, amounts)


def test_lines_to_fill_first_are_filled_first() -> None:
    """An aid that could lie anywhere goes to the line that must be full, whatever the order of the lines."""
    assert {"a": {"exam": 500}} == split_by_line(COSTS, [("a", ("teaching", "exam"), 500)], frozenset({"exam"}))
    expected = {"a": {"exam": 600, "teaching": 100}}
    assert expected == split_by_line(COSTS, [("a", ("teaching", "exam"), 700)], frozenset({"exam"}))


def test_amounts_that_do_not_fit_are_refused() -> None:
    """1 000 cents do not fit on a line of 900, nor on a line that does not exist."""
    with pytest.raises(ValueError, match="ne peuvent pas être répartis"):
        split_by_line(COSTS, [("a", ("teaching",), 1000)])
    with pytest.raises(ValueError, match="ne peuvent pas être répartis"):
        split_by_line(COSTS, [("a", ("meals",), 1)])
