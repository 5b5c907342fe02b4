"""Amounts for one dossier: the tree becomes closures that return a range and record their steps.

A missing fact or value widens the range instead of stopping it: the upper bound is the most the amount could be, and
the result lists what is missing. Units are checked here, once, when the rulebook is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from cpf_funding.facts import Fact, Value
from cpf_funding.language import tree
from cpf_funding.language.context import MOST_KEPT, AmountFunction, Context, once, per_profile
from cpf_funding.language.evidence import Range, Step
from cpf_funding.language.problems import Checker
from cpf_funding.language.units import Unit, product, scale
from cpf_funding.language.values import UNLIMITED, Parameter, Setting, State
from cpf_funding.money import Rounding, divide
from cpf_funding.truth import Truth

__all__ = ["compile_amount", "read_fact", "read_parameter"]

YES, NO = Truth.YES, Truth.NO


def compile_amount(node: tree.Node, check: Checker, within: tree.Node | None = None) -> tuple[AmountFunction, Unit]:
    """Compile an amount; mistakes (unknown name, units that do not add up) are reported to `check`.

    A part of an amount (`within`) that looks at the plan is evaluated once per dossier when it does not look at it.
    """
    build: Any = _BUILDERS[type(node)]
    function, unit = build(node, check)
    if isinstance(node, tree.ParameterRef | tree.FactRef | tree.Quantity) or check.looks_at_plan(node):
        return function, unit
    names = check.small_profile(node)
    if names is not None:
        return per_profile(function, names), unit
    return (function if within is None or not check.looks_at_plan(within) else once(function)), unit


def _record(
    context: Context, depth: int, kind: str, subject: str, result: Range, unit: Unit, setting: Setting | None = None
) -> Range:
    """Settle a result, and record the step if steps are asked for. What nothing can change lacks nothing."""
    if result.missing and result.low == result.high:
        result = Range(result.low, result.high)
    if context.steps is not None:
        context.steps.append(Step(depth, kind, subject, result.low, result.high, unit, setting))
    return result


def read_parameter(parameter: Parameter) -> Callable[[Context], tuple[Range, tuple[Setting, ...]]]:
    """What reads a parameter for a dossier: its range, and the setting it comes from.

    What it finds is kept for the days and the keys met last: most dossiers of a day read the same settings.
    """
    kept: dict[tuple[date | None, Value | None], tuple[Range, tuple[Setting, ...]]] = {}
    filing, by = parameter.clock == "filing", parameter.by

    def read(context: Context) -> tuple[Range, tuple[Setting, ...]]:
        day = context.on if filing else context.start
        key = context.facts.get(by) if by is not None else None
        found = kept.get((day, key))
        if found is None:
            if len(kept) >= MOST_KEPT:
                kept.clear()
            found = kept[day, key] = _reading(parameter, day, key)
        return found

    return read


def _reading(parameter: Parameter, day: date | None, key: Value | None) -> tuple[Range, tuple[Setting, ...]]:
    if parameter.by is not None and key is None:
        low, high = parameter.bounds(day)
        return Range(low, high, (parameter.by,) if low < high else ()), (parameter.at(None),)
    setting = parameter.at(day, None if key is None else str(key))
    if setting.state is State.VALID:
        return Range(setting.value or 0, setting.value or 0), (setting,)
    if setting.state is State.ENDED:
        return Range(0, 0), (setting,)
    missing = ("training.start",) if day is None else (f"parameter:{parameter.name}",)
    return Range(0, UNLIMITED if setting.state is State.UNKNOWN else setting.value or 0, missing), (setting,)


def _parameter(node: tree.ParameterRef, check: Checker) -> tuple[AmountFunction, Unit]:
    parameter = check.parameter(node)
    name, unit, read = parameter.name, parameter.unit, read_parameter(parameter)

    def evaluate(context: Context, depth: int) -> Range:
        result, (setting,) = read(context)
        return result if context.steps is None else _record(context, depth, "parameter", name, result, unit, setting)

    return evaluate, unit


def read_fact(fact: Fact) -> Callable[[Context], Range]:
    """What reads a number of the dossier: the bounds of the fact when it is not known."""
    name = fact.name
    unknown = Range(fact.least or 0, UNLIMITED if fact.most is None else fact.most, (name,))

    def read(context: Context) -> Range:
        value = context.facts.get(name)
        return Range(value, value) if isinstance(value, int) else unknown

    return read


def _fact(node: tree.FactRef, check: Checker) -> tuple[AmountFunction, Unit]:
    fact = check.fact(node.fact, node)
    unit = check.numeric(fact.kind, node)
    name, read = node.fact, read_fact(fact)

    def evaluate(context: Context, depth: int) -> Range:
        return _record(context, depth, "fact", name, read(context), unit)

    return evaluate, unit


def _quantity(node: tree.Quantity, check: Checker) -> tuple[AmountFunction, Unit]:
    value = check.literal(node.unit, node.value, node)
    result = Range(value, value)
    return lambda context, depth: _record(context, depth, "value", "", result, node.unit), node.unit


def _gather(nodes: tuple[tree.Node, ...], check: Checker, within: tree.Node) -> tuple[tuple[AmountFunction, ...], Unit]:
    """Compile the amounts of one node, which must share one unit."""
    compiled = [compile_amount(node, check, within) for node in nodes]
    unit = compiled[0][1]
    for (_, other), node in zip(compiled, nodes, strict=True):
        check.same_unit(unit, other, node)
    return tuple(function for function, _ in compiled), unit


def _missing(ranges: list[Range]) -> tuple[str, ...]:
    missing: tuple[str, ...] = ()
    for each in ranges:
        if each.missing:
            missing = tuple(dict.fromkeys(missing + each.missing)) if missing else each.missing
    return missing


def _least_of(node: tree.LeastOf, check: Checker) -> tuple[AmountFunction, Unit]:
    functions, unit = _gather(node.least_of, check, node)

    def evaluate(context: Context, depth: int) -> Range:
        ranges = [function(context, depth + 1) for function in functions]
        low, high = min([r.low for r in ranges]), min([r.high for r in ranges])
        # What is missing does not matter when even its lowest value leaves the result as it is.
        missing = _missing([r for r in ranges if r.low < high]) if low < high else ()
        return _record(context, depth, "least_of", "", Range(low, high, missing), unit)

    return evaluate, unit


def _most_of(node: tree.MostOf, check: Checker) -> tuple[AmountFunction, Unit]:
    functions, unit = _gather(node.most_of, check, node)

    def evaluate(context: Context, depth: int) -> Range:
        ranges = [function(context, depth + 1) for function in functions]
        low, high = max([r.low for r in ranges]), max([r.high for r in ranges])
        missing = _missing([r for r in ranges if r.high > low]) if low < high else ()
        return _record(context, depth, "most_of", "", Range(low, high, missing), unit)

    return evaluate, unit


def _sum(node: tree.Sum, check: Checker) -> tuple[AmountFunction, Unit]:
    functions, unit = _gather(node.sum, check, node)

    def evaluate(context: Context, depth: int) -> Range:
        ranges = [function(context, depth + 1) for function in functions]
        result = Range(sum(r.low for r in ranges), min(UNLIMITED, sum(r.high for r in ranges)), _missing(ranges))
        return _record(context, depth, "sum", "", result, unit)

    return evaluate, unit


def _difference(node: tree.Difference, check: Checker) -> tuple[AmountFunction, Unit]:
    (left, right), unit = _gather(node.difference, check, node)

    def evaluate(context: Context, depth: int) -> Range:
        base, less = left(context, depth + 1), right(context, depth + 1)
        high = base.high if base.high >= UNLIMITED else max(0, base.high - less.low)
        result = Range(max(0, base.low - less.high), high, _missing([base, less]))
        return _record(context, depth, "difference", "", result, unit)

    return evaluate, unit


def _times(left: tuple[AmountFunction, Unit], right: tuple[AmountFunction, Unit], rounding: Rounding, unit: Unit,
           kind: str) -> AmountFunction:  # fmt: skip
    (first, first_unit), (second, second_unit) = left, right
    percents = (first_unit is Unit.PERCENT) + (second_unit is Unit.PERCENT) - (unit is Unit.PERCENT)
    divisor, factor = scale(first_unit) * scale(second_unit) * 100**percents, scale(unit)

    def multiply(a: int, b: int) -> int:
        if a == 0 or b == 0:
            return 0
        return UNLIMITED if max(a, b) >= UNLIMITED else min(UNLIMITED, divide(a * b * factor, divisor, rounding))

    def evaluate(context: Context, depth: int) -> Range:
        a, b = first(context, depth + 1), second(context, depth + 1)
        result = Range(multiply(a.low, b.low), multiply(a.high, b.high), _missing([a, b]))
        return _record(context, depth, kind, rounding.value, result, unit)

    return evaluate


def _product(node: tree.Product, check: Checker) -> tuple[AmountFunction, Unit]:
    left, right = (compile_amount(each, check, node) for each in node.product)
    unit = product(left[1], right[1])
    if unit is None:
        check.problem(
            node, f"{left[1]} et {right[1]} ne se multiplient pas",
            "multipliez des heures par un taux horaire, un montant par un pourcentage ou par un nombre",
        )  # fmt: skip
        unit = left[1]
    return _times(left, right, node.rounding, unit, "product"), unit


def _share(node: tree.Share, check: Checker) -> tuple[AmountFunction, Unit]:
    percent, base = (compile_amount(each, check, node) for each in (node.share, node.of))
    check.same_unit(Unit.PERCENT, percent[1], node.share)
    return _times(percent, base, node.rounding, base[1], "share"), base[1]


def _scale(node: tree.Scale, check: Checker) -> tuple[AmountFunction, Unit]:
    base, unit = compile_amount(node.scale, check, node)
    bounds = [UNLIMITED if b.up_to is None else check.literal(unit, b.up_to, b) for b in node.brackets]
    percents = [check.literal(Unit.PERCENT, b.percent, b) for b in node.brackets]
    if bounds != sorted(set(bounds)):
        check.problem(node, "les tranches ne sont pas croissantes", "rangez les tranches par borne up_to croissante")

    def apply(amount: int) -> int:
        if amount >= UNLIMITED and bounds[-1] >= UNLIMITED and percents[-1]:
            return UNLIMITED
        floors = [0, *bounds[:-1]]
        total = sum(
            max(0, min(amount, top) - floor) * percent
            for floor, top, percent in zip(floors, bounds, percents, strict=True)
        )
        return divide(total, 100 * scale(Unit.PERCENT), node.rounding)

    def evaluate(context: Context, depth: int) -> Range:
        value = base(context, depth + 1)
        result = Range(apply(value.low), apply(value.high), value.missing)
        return _record(context, depth, "scale", node.rounding.value, result, unit)

    return evaluate, unit


def _remaining(node: tree.Remaining, check: Checker) -> tuple[AmountFunction, Unit]:
    lines = node.remaining
    costs = tuple(f"training.costs.{line}" for line in lines)

    def evaluate(context: Context, depth: int) -> Range:
        if context.plan is not None:
            left = context.plan.remaining(lines)
        else:
            left = sum(value for cost in costs if isinstance(value := context.facts.get(cost), int))
        return _record(context, depth, "remaining", " ".join(lines), Range(left, left), Unit.EUR)

    return evaluate, Unit.EUR


def _envelope(node: tree.EnvelopeLeft, check: Checker) -> tuple[AmountFunction, Unit]:
    name = node.envelope
    unknown = Range(0, UNLIMITED, (f"envelope:{name}",))

    def evaluate(context: Context, depth: int) -> Range:
        envelope = context.envelopes.get(name)
        if envelope is None or (envelope.state is None and envelope.left is None):
            result = unknown
        elif envelope.state == "exhausted":
            result = Range(0, 0)
        else:
            left = UNLIMITED if envelope.left is None else envelope.left
            result = Range(left, left)
        return _record(context, depth, "envelope", name, result, Unit.EUR)

    return evaluate, Unit.EUR


def _paid_by(node: tree.PaidBy, check: Checker) -> tuple[AmountFunction, Unit]:
    ids = check.select(node.paid_by, node)
    subject = " ".join(node.paid_by)

    def evaluate(context: Context, depth: int) -> Range:
        if context.plan is None:
            return Range(0, UNLIMITED)
        paid = sum(amount for aid, amount in context.plan.paid.items() if aid in ids)
        return _record(context, depth, "paid_by", subject, Range(paid, paid), Unit.EUR)

    return evaluate, Unit.EUR


def _choose(node: tree.Choose, check: Checker) -> tuple[AmountFunction, Unit]:
    conditions = [
        once(check.condition(branch.when))
        if check.looks_at_plan(node) and not check.looks_at_plan(branch.when)
        else check.condition(branch.when)
        for branch in node.choose
    ]
    functions, unit = _gather((*(branch.then for branch in node.choose), node.otherwise), check, node)

    branches, otherwise = tuple(zip(conditions, functions, strict=False)), functions[-1]

    def evaluate(context: Context, depth: int) -> Range:
        possible: list[Range] = []
        missing: list[str] = []
        for condition, function in branches:
            outcome = condition(context)
            truth = outcome.truth
            if truth is NO:
                continue
            possible.append(function(context, depth + 1))
            if truth is YES:
                break
            missing += outcome.missing
        else:
            possible.append(otherwise(context, depth + 1))
        if not missing:
            return _record(context, depth, "choose", "", possible[0], unit)
        low, high = min([r.low for r in possible]), max([r.high for r in possible])
        lacking = tuple(dict.fromkeys((*missing, *_missing(possible)))) if low < high else ()
        return _record(context, depth, "choose", "", Range(low, high, lacking), unit)

    return evaluate, unit


_BUILDERS = {
    tree.ParameterRef: _parameter, tree.FactRef: _fact, tree.Quantity: _quantity, tree.LeastOf: _least_of,
    tree.MostOf: _most_of, tree.Sum: _sum, tree.Difference: _difference, tree.Product: _product, tree.Share: _share,
    tree.Scale: _scale, tree.Remaining: _remaining, tree.EnvelopeLeft: _envelope, tree.PaidBy: _paid_by,
    tree.Choose: _choose,
}  # fmt: skip
