"""Kleene's strong three-valued logic, row by row."""

from __future__ import annotations

import pytest

from cpf_funding.truth import Truth

NO, UNKNOWN, YES = Truth.NO, Truth.UNKNOWN, Truth.YES


@pytest.mark.parametrize(("value", "expected"), [(True, YES), (False, NO), (None, UNKNOWN)])
def test_a_missing_fact_is_unknown(value: bool | None, expected: Truth) -> None:
    assert Truth.of(value) is expected


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (YES, YES, YES, YES), (YES, UNKNOWN, UNKNOWN, YES), (YES, NO, NO, YES),
        (UNKNOWN, YES, UNKNOWN, YES), (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN), (UNKNOWN, NO, NO, UNKNOWN),
        (NO, YES, NO, YES), (NO, UNKNOWN, NO, UNKNOWN), (NO, NO, NO, NO),
    ],
)  # fmt: skip
def test_conjunction_and_disjunction_follow_the_tables(left: Truth, right: Truth, both: Truth, either: Truth) -> None:
    assert Truth.all([left, right]) is both
    assert Truth.any([left, right]) is either


def test_nothing_to_meet_is_met_and_nothing_to_choose_from_is_not() -> None:
    assert Truth.all([]) is YES
    assert Truth.any([]) is NO


@pytest.mark.parametrize(("value", "expected"), [(YES, NO), (UNKNOWN, UNKNOWN), (NO, YES)])
def test_negation_keeps_the_unknown(value: Truth, expected: Truth) -> None:
    assert ~value is expected


def test_values_may_come_from_a_generator() -> None:
    assert Truth.all(value for value in (YES, UNKNOWN)) is UNKNOWN
    assert Truth.any(value for value in (NO, UNKNOWN)) is UNKNOWN
