"""A plain second reading of the rules, for one dossier in which everything is known or absent.

It shares no code with the evaluators of the language: a number or `None`, a truth, no evidence, no range, no plan. The
kit uses it to find the facts that stand at a threshold; the tests compare it with the evaluators.
"""

from __future__ import annotations

import operator as op
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import Any

from cpf_funding.facts import Value, parse_value
from cpf_funding.language import tree
from cpf_funding.language.units import Unit, product, scale
from cpf_funding.language.values import UNLIMITED, Setting, State
from cpf_funding.rulebook.book import Aid, Rulebook
from cpf_funding.truth import Truth

__all__ = ["Scene", "holds", "number", "setting_of", "solve", "unit_of"]

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN


@dataclass(frozen=True, slots=True)
class Scene:
    """Where the rules of one aid are read: the day of the plan, the start of the course, the facts in their steps.

    `envelopes` gives what is left in each, in cents, `UNLIMITED` for one that is open without a figure.
    """

    rulebook: Rulebook
    aid: Aid
    on: date
    start: date | None
    facts: Mapping[str, Value]
    envelopes: Mapping[str, int] = field(default_factory=dict)

    def day(self, clock: str) -> date | None:
        """The day that a clock shows."""
        return self.on if clock == "filing" else self.start

    def full(self, name: str) -> str:
        """The full name of a parameter as the aid writes it."""
        return name if "." in name else f"{self.aid.id}.{name}"


def setting_of(node: tree.ParameterRef, scene: Scene) -> Setting | None:
    """The dated value that a rule reads, found by looking at every one of them; `None` when there is none."""
    parameter = scene.rulebook.parameters[scene.full(node.parameter)]
    key, day = None, scene.day(parameter.clock)
    if parameter.by is not None:
        fact = scene.facts.get(parameter.by)
        if fact is None:
            return None
        key = str(fact) if str(fact) in parameter.table else "*"
    for setting in parameter.settings():
        mine = key is None or (setting.key or "*") == key
        begun = day is not None and (setting.start is None or setting.start <= day)
        if mine and begun and (setting.until is None or (day is not None and day <= setting.until)):
            return setting
    return None


# Amounts ----------------------------------------------------------------------------------------


def number(node: tree.Node, scene: Scene) -> int | None:
    """An amount in steps of its unit, when all that it reads is known and no other aid pays; else `None`."""
    match node:
        case tree.ParameterRef():
            setting = setting_of(node, scene)
            return setting.value if setting is not None and setting.state is State.VALID else None
        case tree.FactRef():
            found = scene.facts.get(node.fact)
            most = scene.rulebook.facts[node.fact].most
            if not isinstance(found, int):
                return None
            return found if most is None else min(found, most)
        case tree.Quantity():
            value = parse_value(node.unit, node.value)
            return value if isinstance(value, int) else None
        case tree.Remaining():
            costs = [scene.facts.get(f"training.costs.{line}") for line in node.remaining]
            return sum(cost for cost in costs if isinstance(cost, int))
        case tree.EnvelopeLeft():
            return scene.envelopes.get(node.envelope)
        case tree.PaidBy():
            return 0
        case tree.Choose():
            branch = _branch(node, scene)
            return None if branch is None else number(branch, scene)
        case _:
            return _combined(node, scene)


def _branch(node: tree.Choose, scene: Scene) -> tree.Node | None:
    for choice in node.choose:
        truth = holds(choice.when, scene)
        if truth is not NO:
            return choice.then if truth is YES else None
    return node.otherwise


def _combined(node: tree.Node, scene: Scene) -> int | None:
    operands = _operands(node)
    known = [found for each in operands if (found := number(each, scene)) is not None]
    if len(known) < len(operands):
        return None
    match node:
        case tree.LeastOf():
            return min(known)
        case tree.MostOf():
            return max(known)
        case tree.Sum():
            return min(UNLIMITED, sum(known))
        case tree.Difference():
            return UNLIMITED if known[0] >= UNLIMITED else max(0, known[0] - known[1])
        case tree.Scale():
            return _scaled(node, known[0], scene)
        case tree.Product() | tree.Share():
            if 0 in known:
                return 0
            exact = known[0] * known[1] * _ratio(node, scene)
            return UNLIMITED if max(known) >= UNLIMITED else min(UNLIMITED, _rounded(exact, node.rounding))
        case _:
            raise TypeError(f"{type(node).__name__} is not an amount")


def _operands(node: tree.Node) -> tuple[tree.Node, ...]:
    if isinstance(node, tree.Scale):
        return (node.scale,)
    return tuple(tree.children(node))


def _ratio(node: tree.Product | tree.Share, scene: Scene) -> Fraction:
    """What the product of two counts of steps is multiplied by, to be a count of steps of the result."""
    units = [unit_of(each, scene) for each in _operands(node)]
    result = unit_of(node, scene)
    percents = units.count(Unit.PERCENT) - (result is Unit.PERCENT)
    return Fraction(scale(result), scale(units[0]) * scale(units[1]) * 100**percents)


def unit_of(node: tree.Node, scene: Scene) -> Unit:
    """The unit of an amount."""
    match node:
        case tree.ParameterRef():
            return scene.rulebook.parameters[scene.full(node.parameter)].unit
        case tree.FactRef():
            kind = scene.rulebook.facts[node.fact].kind
            return kind if isinstance(kind, Unit) else Unit.EUR
        case tree.Quantity():
            return node.unit
        case tree.Product():
            left, right = (unit_of(each, scene) for each in node.product)
            return product(left, right) or left
        case tree.Share():
            return unit_of(node.of, scene)
        case tree.Choose():
            return unit_of(node.otherwise, scene)
        case tree.Remaining() | tree.EnvelopeLeft() | tree.PaidBy():
            return Unit.EUR
        case _:
            return unit_of(_operands(node)[0], scene)


def _rounded(exact: Fraction, how: str) -> int:
    return floor(exact) if how == "down" else ceil(exact) if how == "up" else floor(exact + Fraction(1, 2))


def _scaled(node: tree.Scale, base: int, scene: Scene) -> int:
    unit, total, floor_ = unit_of(node, scene), Fraction(0), 0
    for bracket in node.brackets:
        top = base if bracket.up_to is None else _steps(unit, bracket.up_to)
        part = max(0, min(base, top) - floor_)
        if part >= UNLIMITED - floor_ and _steps(Unit.PERCENT, bracket.percent):
            return UNLIMITED
        total += Fraction(part * _steps(Unit.PERCENT, bracket.percent), 100 * 100)
        floor_ = top
    return _rounded(total, node.rounding)


def _steps(unit: Unit, text: str) -> int:
    value = parse_value(unit, text)
    return value if isinstance(value, int) else 0


# Conditions -------------------------------------------------------------------------------------


def holds(node: tree.Node, scene: Scene) -> Truth:
    """Whether a condition holds; what looks at a plan, or reads what is absent, is unknown."""
    match node:
        case tree.AllOf():
            return Truth.all([holds(each, scene) for each in node.all])
        case tree.AnyOf():
            return Truth.any([holds(each, scene) for each in node.any])
        case tree.Not():
            return ~holds(node.not_, scene)
        case tree.FirstKnown():
            return _first_known(node, scene)
        case tree.Compare():
            return _compared(node, scene.facts.get(node.fact), scene)
        case tree.CompareAmount():
            return _compared(node, number(node.amount, scene), scene)
        case tree.Listed():
            listed = scene.rulebook.lists.get(node.list)
            return UNKNOWN if listed is None else listed.holds(scene.facts, scene.start)[0]
        case tree.EnvelopeIsOpen():
            left = scene.envelopes.get(node.envelope)
            return UNKNOWN if left is None else Truth.of(left > 0)
        case _:
            return UNKNOWN


def _first_known(node: tree.FirstKnown, scene: Scene) -> Truth:
    """The first that is known, while those before it are certainly not: bounds may settle more than is read here."""
    for each in node.first_known:
        truth = holds(each, scene)
        word = isinstance(each, tree.Compare) and not isinstance(scene.rulebook.facts[each.fact].kind, Unit)
        if truth is not UNKNOWN or not (word or isinstance(each, tree.Listed)):
            return truth
    return UNKNOWN


def _compared(node: tree.Comparison, seen: Value | None, scene: Scene) -> Truth:
    kind: Unit | str
    if isinstance(node, tree.Compare):
        kind = scene.rulebook.facts[node.fact].kind
    else:
        kind = unit_of(node.amount, scene) if isinstance(node, tree.CompareAmount) else Unit.EUR
    bounds = [number(o, scene) if isinstance(o, tree.Node) else parse_value(kind, o) for o in node.operands]
    if seen is None or None in bounds:
        return UNKNOWN
    return Truth.of(_met(node.operator, seen, bounds))


def _met(operator: str, seen: Any, bounds: list[Any]) -> bool:
    """Whether a value compares so with bounds of its own kind."""
    if operator in ("is", "in"):
        return any(one in bounds for one in seen) if isinstance(seen, tuple) else seen in bounds
    if operator == "between":
        return bool(bounds[0] <= seen <= bounds[-1])
    return bool(_ORDERS[operator](seen, bounds[0]))


_ORDERS = {"at_least": op.ge, "at_most": op.le, "above": op.gt, "after": op.gt, "below": op.lt, "before": op.lt}


# The other way round ----------------------------------------------------------------------------


def solve(node: tree.Node, target: int, scene: Scene) -> Iterator[tuple[str, int]]:
    """One fact (or `envelope:` id) at a time, and the value that brings an amount to `target`, or next to it."""
    if target < 0:
        return
    match node:
        case tree.FactRef():
            yield node.fact, target
        case tree.EnvelopeLeft():
            yield f"envelope:{node.envelope}", target
        case tree.Remaining():
            line = f"training.costs.{node.remaining[0]}"
            now = scene.facts.get(line, 0)
            if isinstance(now, int):
                yield line, target - ((number(node, scene) or 0) - now)
        case tree.LeastOf() | tree.MostOf():
            for part in _operands(node):
                yield from solve(part, target, scene)
        case tree.Sum():
            parts = [(part, number(part, scene) or 0) for part in node.sum]
            for part, now in parts:
                yield from solve(part, target - (sum(found for _, found in parts) - now), scene)
        case tree.Difference():
            less = number(node.difference[1], scene)
            if less is not None:
                yield from solve(node.difference[0], target + less, scene)
        case tree.Product() | tree.Share():
            first, second = _operands(node)
            for part, other in ((first, second), (second, first)):
                factor = number(other, scene)
                if factor and factor < UNLIMITED:
                    yield from solve(part, ceil(target / (factor * _ratio(node, scene))), scene)
        case tree.Choose():
            branch = _branch(node, scene)
            if branch is not None:
                yield from solve(branch, target, scene)
