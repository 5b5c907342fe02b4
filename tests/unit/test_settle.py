"""What is left of a rule on a day whose dated values are known: branches that they decide are gone, nothing else is."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from cpf_funding.language import tree
from cpf_funding.language.settle import settle_amount, settle_condition
from cpf_funding.language.units import Unit
from cpf_funding.truth import Truth

FACT = {"fact": "cpf.account_open", "is": "true"}
OTHER = {"fact": "holder.registered", "is": "true"}
PLAN = {"joined_by": ["a"]}


def on(name: str, **comparison: Any) -> dict[str, Any]:
    """A condition on a dated value."""
    return {"amount": {"parameter": name}, **comparison}


YES, NO = on("open", **{"is": "1"}), on("open", **{"is": "0"})
OPEN = on("unknown", **{"is": "1"})
VALUES = {"open": (1, Unit.YES_NO), "twelve": (1200, Unit.EUR), "ten": (1000, Unit.EUR)}


def condition(written: Any) -> tree.Node:
    return TypeAdapter(tree.Condition).validate_python(written)


def amount(written: Any) -> tree.Node:
    return TypeAdapter(tree.Amount).validate_python(written)


def known(node: tree.ParameterRef) -> tuple[int, Unit] | None:
    return VALUES.get(node.parameter)


@pytest.mark.parametrize(
    ("written", "left"),
    [
        (YES, Truth.YES),
        (NO, Truth.NO),
        (OPEN, OPEN),
        (FACT, FACT),
        (PLAN, PLAN),
        ({"not": YES}, Truth.NO),
        ({"not": NO}, Truth.YES),
        ({"not": {"all": [YES, FACT]}}, {"not": {"all": [FACT]}}),
        ({"all": [FACT, NO, OPEN]}, Truth.NO),
        ({"all": [FACT, YES, OPEN]}, {"all": [FACT, OPEN]}),
        ({"all": [YES, {"not": NO}]}, Truth.YES),
        ({"any": [FACT, YES, OPEN]}, Truth.YES),
        ({"any": [FACT, NO, OPEN]}, {"any": [FACT, OPEN]}),
        ({"any": [NO, {"not": YES}]}, Truth.NO),
        ({"all": [{"any": [NO, FACT]}, OTHER]}, {"all": [{"any": [FACT]}, OTHER]}),
        ({"first_known": [YES, FACT]}, Truth.YES),
        ({"first_known": [NO, FACT]}, Truth.NO),
        ({"first_known": [FACT, NO, OTHER]}, {"first_known": [FACT, NO]}),  # NO is sure: what follows is never read
        ({"first_known": [FACT, OTHER]}, {"first_known": [FACT, OTHER]}),
    ],
)
def test_a_condition(written: Any, left: Any) -> None:
    expected = left if isinstance(left, Truth) else condition(left)
    assert settle_condition(condition(written), known) == expected


@pytest.mark.parametrize(
    ("comparison", "truth"),
    [
        ({"at_least": "12.00"}, True),
        ({"at_least": "12.01"}, False),
        ({"at_most": "11.99"}, False),
        ({"above": "12"}, False),
        ({"below": "12.01"}, True),
        ({"between": ["12", "13"]}, True),
        ({"between": ["12.01", "13"]}, False),
        ({"at_least": {"parameter": "ten"}}, True),
        ({"at_most": {"parameter": "ten"}}, False),
        ({"at_most": {"value": "12.00", "unit": "EUR"}}, True),
        ({"at_most": {"parameter": "unknown"}}, None),
        ({"at_most": {"fact": "cpf.balance"}}, None),
        ({"at_most": {"sum": [{"parameter": "ten"}, {"parameter": "ten"}]}}, None),
    ],
)
def test_a_comparison_is_decided_when_both_sides_are_known(comparison: dict[str, Any], truth: bool | None) -> None:
    written = condition(on("twelve", **comparison))
    assert settle_condition(written, known) == (written if truth is None else Truth.of(truth))


def test_a_constant_is_known_and_a_computation_is_not() -> None:
    constant = condition({"amount": {"value": "3", "unit": "h"}, "above": "2"})
    assert settle_condition(constant, known) is Truth.YES
    computed = condition({"amount": {"sum": [{"parameter": "ten"}]}, "above": "2"})
    assert settle_condition(computed, known) == computed


ONE, TWO, THREE = ({"value": text, "unit": "EUR"} for text in "123")


def choose(*branches: tuple[Any, Any], otherwise: Any = THREE) -> dict[str, Any]:
    return {"choose": [{"when": when, "then": then} for when, then in branches], "otherwise": otherwise}


@pytest.mark.parametrize(
    ("written", "left"),
    [
        (choose((YES, ONE), (FACT, TWO)), ONE),
        (choose((NO, ONE)), THREE),
        (choose((NO, ONE), (FACT, TWO)), choose((FACT, TWO))),
        (choose((FACT, ONE), (YES, TWO)), choose((FACT, ONE), otherwise=TWO)),
        (choose((FACT, choose((NO, ONE), otherwise=TWO))), choose((FACT, TWO))),
        (choose((NO, ONE), otherwise=choose((YES, TWO))), TWO),
        ({"least_of": [choose((YES, ONE)), TWO]}, {"least_of": [ONE, TWO]}),
        ({"share": {"value": "50", "unit": "%"}, "of": choose((NO, ONE))},
         {"share": {"value": "50", "unit": "%"}, "of": THREE}),
        ({"sum": [ONE, {"most_of": [choose((YES, TWO)), THREE]}]}, {"sum": [ONE, {"most_of": [TWO, THREE]}]}),
        ({"remaining": ["teaching"]}, {"remaining": ["teaching"]}),
    ],
)  # fmt: skip
def test_an_amount(written: Any, left: Any) -> None:
    assert settle_amount(amount(written), known) == amount(left)
