"""A rule on one day: the branches that the dated values of that day already decide are settled, the others kept.

What depends on a fact of the dossier, on a table or on the plan is never settled, so the tree that is left says what
remains to be looked at on that day: a rule that has changed of form on a date reads as the form it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cpf_funding.facts import parse_value
from cpf_funding.language import tree
from cpf_funding.language.conditions import TESTS
from cpf_funding.language.units import Unit
from cpf_funding.truth import Truth

__all__ = ["ValueOf", "settle_amount", "settle_condition"]

YES, NO = Truth.YES, Truth.NO
ValueOf = Callable[[tree.ParameterRef], tuple[int, Unit] | None]
"""The one valid value that a parameter has that day for every dossier, in steps of its unit; `None` otherwise."""


def settle_condition(node: tree.Node, value_of: ValueOf) -> tree.Node | Truth:
    """The condition that is left that day, or its truth when the dated values decide it."""
    if isinstance(node, tree.AllOf):
        return _group(node, "all", [settle_condition(child, value_of) for child in node.all], NO)
    if isinstance(node, tree.AnyOf):
        return _group(node, "any", [settle_condition(child, value_of) for child in node.any], YES)
    if isinstance(node, tree.Not):
        child = settle_condition(node.not_, value_of)
        return ~child if isinstance(child, Truth) else node.model_copy(update={"not_": child})
    if isinstance(node, tree.FirstKnown):
        return _first_known(node, value_of)
    if isinstance(node, tree.CompareAmount):
        truth = _compare(node, value_of)
        return node if truth is None else truth
    return node


def _group(node: tree.Node, name: str, children: list[tree.Node | Truth], absorbing: Truth) -> tree.Node | Truth:
    if absorbing in [child for child in children if isinstance(child, Truth)]:
        return absorbing
    kept = tuple(child for child in children if not isinstance(child, Truth))
    return node.model_copy(update={name: kept}) if kept else ~absorbing


def _first_known(node: tree.FirstKnown, value_of: ValueOf) -> tree.Node | Truth:
    kept: list[tree.Node] = []
    for child in node.first_known:
        settled = settle_condition(child, value_of)
        if isinstance(settled, Truth):
            if not kept:
                return settled
            kept.append(child)  # decides for sure: what follows is never looked at
            break
        kept.append(settled)
    return node.model_copy(update={"first_known": tuple(kept)})


def _compare(node: tree.CompareAmount, value_of: ValueOf) -> Truth | None:
    left = _constant(node.amount, value_of)
    if left is None:
        return None
    seen, unit = left
    bounds: list[int] = []
    for operand in node.operands:
        if isinstance(operand, str):
            value = parse_value(unit, operand)
            bound = value if isinstance(value, int) else None
        else:
            found = _constant(operand, value_of)
            bound = found[0] if found is not None else None
        if bound is None:
            return None
        bounds.append(bound)
    return Truth.of(TESTS[node.operator](seen, tuple(bounds)))


def _constant(node: tree.Node, value_of: ValueOf) -> tuple[int, Unit] | None:
    if isinstance(node, tree.ParameterRef):
        return value_of(node)
    if isinstance(node, tree.Quantity):
        value = parse_value(node.unit, node.value)
        return (value, node.unit) if isinstance(value, int) else None
    return None


# Amounts ----------------------------------------------------------------------------------------


def settle_amount(node: tree.Node, value_of: ValueOf) -> tree.Node:
    """The computation that is left that day: branches of a choice that cannot be taken are gone."""
    if isinstance(node, tree.Choose):
        return _choose(node, value_of)
    changed: dict[str, object] = {}
    for name in type(node).model_fields:
        value = getattr(node, name)
        if isinstance(value, tree.Node):
            changed[name] = settle_amount(value, value_of)
        elif isinstance(value, tuple) and any(isinstance(each, tree.Node) for each in value):
            changed[name] = tuple(_settled(value, value_of))
    return node.model_copy(update=changed) if changed else node


def _settled(nodes: Iterable[tree.Node], value_of: ValueOf) -> Iterable[tree.Node]:
    return (settle_amount(each, value_of) for each in nodes)


def _choose(node: tree.Choose, value_of: ValueOf) -> tree.Node:
    branches: list[tree.Choice] = []
    otherwise: tree.Node = node.otherwise
    for branch in node.choose:
        when = settle_condition(branch.when, value_of)
        if when is YES:
            otherwise = branch.then
            break
        if when is not NO:
            branches.append(branch.model_copy(update={"when": when, "then": settle_amount(branch.then, value_of)}))
    otherwise = settle_amount(otherwise, value_of)
    if not branches:
        return otherwise
    return node.model_copy(update={"choose": tuple(branches), "otherwise": otherwise})
