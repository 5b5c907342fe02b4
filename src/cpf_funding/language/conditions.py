"""Conditions for one dossier: the tree becomes closures that return evidence, whose truth is three-valued.

Nothing short-circuits inside an `all` or an `any`: a counsellor is told every reason at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from cpf_funding.facts import Value
from cpf_funding.language import tree
from cpf_funding.language.amounts import compile_amount, read_fact, read_parameter
from cpf_funding.language.context import AmountFunction, ConditionFunction, Context, once, per_profile
from cpf_funding.language.evidence import Evidence, Range
from cpf_funding.language.problems import Checker
from cpf_funding.language.units import Unit
from cpf_funding.language.values import Setting
from cpf_funding.truth import Truth

__all__ = ["IN_PLAN", "TESTS", "compile_condition"]

IN_PLAN = "plan"
"""What is missing to tell a condition on co-funding while no plan is built."""

MOST_TOLD = 64
"""How many values of a fact a condition keeps ready-made evidence for."""

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN


def compile_condition(node: tree.Node, check: Checker) -> ConditionFunction:
    """Compile a condition; mistakes are reported to `check`."""
    check.cause(node, getattr(node, "cause", None))
    build: Any = _BUILDERS[type(node)]
    function: ConditionFunction = build(node, check)
    names = None if isinstance(node, tree.Compare) else check.small_profile(node)
    return function if names is None else per_profile(function, names)


def _member_of(group: tree.Node, child: tree.Node, check: Checker) -> ConditionFunction:
    """A member of a group; evaluated once per dossier when the group looks at the plan and the member does not."""
    function = compile_condition(child, check)
    return once(function) if check.looks_at_plan(group) and not check.looks_at_plan(child) else function


def _union(evidence: Iterable[Evidence], truth: Truth) -> tuple[str, ...]:
    """What is missing, from the members that leave the outcome unknown."""
    if truth is not UNKNOWN:
        return ()
    return tuple(dict.fromkeys(name for each in evidence if each.truth is UNKNOWN for name in each.missing))


def _all(node: tree.AllOf, check: Checker) -> ConditionFunction:
    return _group(node, "all", [_member_of(node, child, check) for child in node.all], min)


def _any(node: tree.AnyOf, check: Checker) -> ConditionFunction:
    return _group(node, "any", [_member_of(node, child, check) for child in node.any], max)


def _group(
    node: tree.AllOf | tree.AnyOf, kind: str, members: list[ConditionFunction], settle: Callable[[list[Truth]], Truth]
) -> ConditionFunction:
    """Kleene: *and* is the minimum of its members, *or* the maximum."""
    cause, at = node.cause, node.at

    def evaluate(context: Context) -> Evidence:
        children = tuple([member(context) for member in members])
        truth = settle([child.truth for child in children])
        missing = _union(children, truth) if truth is UNKNOWN else ()
        return Evidence(truth, kind, "", "", None, None, (), (), missing, cause, at, children)

    return evaluate


def _not(node: tree.Not, check: Checker) -> ConditionFunction:
    function = compile_condition(node.not_, check)
    cause, at = node.cause, node.at

    def evaluate(context: Context) -> Evidence:
        child = function(context)
        return Evidence(~child.truth, "not", missing=child.missing, cause=cause, origin=at, children=(child,))

    return evaluate


def _first_known(node: tree.FirstKnown, check: Checker) -> ConditionFunction:
    functions = [compile_condition(child, check) for child in node.first_known]
    cause, at = node.cause, node.at

    def evaluate(context: Context) -> Evidence:
        children: list[Evidence] = []
        for function in functions:
            children.append(function(context))
            if children[-1].truth is not UNKNOWN:
                break
        truth = children[-1].truth
        return Evidence(
            truth, "first_known", missing=_union(children, truth), cause=cause, origin=at, children=tuple(children)
        )

    return evaluate


# Comparisons ------------------------------------------------------------------------------------


def _ordered(operator: str, seen: Range, bounds: list[Range]) -> Truth:
    """Compare two ranges: YES or NO only when every value they may take agrees."""
    if operator == "between":
        return min(_at_least(seen, bounds[0]), _at_most(seen, bounds[1]))
    return max([_ORDERS[operator](seen, bound) for bound in bounds])


def _at_most(seen: Range, bound: Range) -> Truth:
    return YES if seen.high <= bound.low else NO if seen.low > bound.high else UNKNOWN


def _at_least(seen: Range, bound: Range) -> Truth:
    return YES if seen.low >= bound.high else NO if seen.high < bound.low else UNKNOWN


def _below(seen: Range, bound: Range) -> Truth:
    return YES if seen.high < bound.low else NO if seen.low >= bound.high else UNKNOWN


def _above(seen: Range, bound: Range) -> Truth:
    return YES if seen.low > bound.high else NO if seen.high <= bound.low else UNKNOWN


def _equal(left: Range, right: Range) -> Truth:
    if left.low == left.high == right.low == right.high:
        return YES
    return NO if left.high < right.low or right.high < left.low else UNKNOWN


_ORDERS = {
    "at_most": _at_most, "at_least": _at_least, "below": _below, "before": _below, "above": _above, "after": _above,
    "is": _equal, "in": _equal,
}  # fmt: skip


OperandFunction = Callable[[Context], tuple[Range, tuple[Setting, ...]]]
"""An operand in a context: its range, and the settings it was read from."""


def _operand(operand: Any, node: tree.Comparison, unit: Unit, check: Checker) -> OperandFunction:
    if isinstance(operand, str):
        value = check.literal(unit, operand, node)
        fixed = Range(value, value), ()
        return lambda context: fixed
    read, found = _reader(operand, check)
    check.same_unit(unit, found, operand)
    return read


def _reader(node: tree.Node, check: Checker) -> tuple[OperandFunction, Unit]:
    """An amount with the settings it is read from: of a parameter directly, of a computation by its steps."""
    if isinstance(node, tree.ParameterRef):
        parameter = check.parameter(node)
        return read_parameter(parameter), parameter.unit
    if isinstance(node, tree.FactRef):
        fact = check.fact(node.fact, node)
        known, unit = read_fact(fact), check.numeric(fact.kind, node)
        return lambda context: (known(context), ()), unit
    function, unit = compile_amount(node, check)
    return lambda context: _with_settings(function, context), unit


def _with_settings(function: AmountFunction, context: Context) -> tuple[Range, tuple[Setting, ...]]:
    """An amount and the settings it was read from, whatever is being recorded around."""
    outer, context.steps = context.steps, []
    result = function(context, 0)
    settings = tuple(step.setting for step in context.steps if step.setting is not None)
    context.steps = outer
    return result, settings


def _compared(
    node: tree.Comparison, subject: str, kind: str, left: OperandFunction, unit: Unit, check: Checker
) -> ConditionFunction:
    operands = [_operand(operand, node, unit, check) for operand in node.operands]
    operator, cause, at = node.operator, node.cause, node.at

    def evaluate(context: Context) -> Evidence:
        seen, settings = left(context)
        found = [operand(context) for operand in operands]
        bounds = [bound for bound, _ in found]
        for _, read in found:
            settings += read
        return told(_ordered(operator, seen, bounds), seen, bounds, settings)

    def evaluate_one(context: Context) -> Evidence:
        (seen, settings), (bound, read) = left(context), only(context)
        return told(order(seen, bound), seen, (bound,), settings + read)

    def told(truth: Truth, seen: Range, bounds: Sequence[Range], settings: tuple[Setting, ...]) -> Evidence:
        missing: tuple[str, ...] = ()
        if truth is UNKNOWN:
            missing = tuple(dict.fromkeys((*seen.missing, *(name for b in bounds for name in b.missing))))
        return Evidence(
            truth, kind, subject, operator, seen.high if seen.low == seen.high else None, unit,
            tuple([b.high if b.low == b.high else None for b in bounds]), settings, missing, cause, at,
        )  # fmt: skip

    if len(operands) == 1:
        only, order = operands[0], _ORDERS[operator]
        return evaluate_one
    return evaluate


def _compare(node: tree.Compare, check: Checker) -> ConditionFunction:
    fact = check.fact(node.fact, node)
    if node.fact not in check.vocabulary.facts:
        return lambda context: Evidence(
            UNKNOWN, "fact", node.fact
        )  # told already: what it is compared with cannot be read
    if isinstance(fact.kind, Unit):
        left, unit = _reader(tree.FactRef(fact=node.fact, at=node.at), check)
        return _compared(node, node.fact, "fact", left, unit, check)
    if fact.kind != "date" and node.operator not in ("is", "in"):
        check.problem(node, f"« {node.operator} » ne s'applique pas à ce fait", "utilisez is ou in")
    for operand in node.operands:
        if not isinstance(operand, str):
            check.problem(node, "ce fait se compare à une valeur écrite", "remplacez le montant par une valeur simple")
    name, operator, cause, at, kind = node.fact, node.operator, node.cause, node.at, fact.kind
    expected = tuple(
        check.value(kind, operand, node, fact) for operand in node.operands if isinstance(operand, str)
    ) or (0,)
    test = TESTS[operator]
    unknown = Evidence(UNKNOWN, "fact", name, operator, None, kind, expected, (), (name,), cause, at)
    told: dict[Any, Evidence] = {}  # evidence is immutable: a value seen again gives the same record

    def evaluate(context: Context) -> Evidence:
        seen = context.facts.get(name)
        if seen is None:
            return unknown
        found = told.get(seen)
        if found is None:
            truth = YES if test(seen, expected) else NO
            found = Evidence(truth, "fact", name, operator, seen, kind, expected, (), (), cause, at)
            if len(told) < MOST_TOLD and kind != "date":
                told[seen] = found
        return found

    return evaluate


def _member(seen: Any, expected: tuple[Value, ...]) -> bool:
    return any(one in expected for one in seen) if isinstance(seen, tuple) else seen in expected


TESTS: dict[str, Callable[[Any, tuple[Any, ...]], bool]] = {
    "is": _member,
    "in": _member,
    "at_least": lambda seen, expected: seen >= expected[0],
    "at_most": lambda seen, expected: seen <= expected[0],
    "after": lambda seen, expected: seen > expected[0],
    "above": lambda seen, expected: seen > expected[0],
    "before": lambda seen, expected: seen < expected[0],
    "below": lambda seen, expected: seen < expected[0],
    "between": lambda seen, expected: expected[0] <= seen <= expected[-1],
}


def _compare_amount(node: tree.CompareAmount, check: Checker) -> ConditionFunction:
    left, unit = _reader(node.amount, check)
    if isinstance(node.amount, tree.FactRef):
        return _compared(node, node.amount.fact, "fact", left, unit, check)
    subject = f"parameter:{check.parameter(node.amount).name}" if isinstance(node.amount, tree.ParameterRef) else ""
    return _compared(node, subject, "amount", left, unit, check)


# Lists, envelopes, co-funding -------------------------------------------------------------------


def _listed(node: tree.Listed, check: Checker) -> ConditionFunction:
    eligibility, name, cause, at = check.eligibility_list(node.list), node.list, node.cause, node.at

    def evaluate(context: Context) -> Evidence:
        if eligibility is None:
            return Evidence(
                UNKNOWN, "list", name, "is", missing=(f"list:{name}",), cause=cause, origin=at, day=context.start
            )
        truth, missing = eligibility.holds(context.facts, context.start)
        seen = context.facts.get(eligibility.fact)
        return Evidence(
            truth, "list", name, "is", seen, "code", (), (), missing, cause, at, day=context.start,
            note=eligibility.sourcing.source,
        )  # fmt: skip

    return evaluate


def _envelope(node: tree.EnvelopeIsOpen, check: Checker) -> ConditionFunction:
    name, cause, at = node.envelope, node.cause, node.at
    check.used.add(f"envelope:{name}")

    def evaluate(context: Context) -> Evidence:
        envelope = context.envelopes.get(name)
        state = envelope.state if envelope else None
        left = envelope.left if envelope else None
        if state is None and left is None:
            return Evidence(
                UNKNOWN, "envelope", name, "is", None, "text", ("open",), (), (f"envelope:{name}",), cause, at
            )
        truth = Truth.of(state != "exhausted" and left != 0)
        seen = state or ("open" if truth is YES else "exhausted")
        return Evidence(
            truth, "envelope", name, "is", seen, "text", ("open",), cause=cause, origin=at,
            day=envelope.on if envelope else None,
        )  # fmt: skip

    return evaluate


def _joined_by(node: tree.JoinedBy, check: Checker) -> ConditionFunction:
    ids = check.select(node.joined_by, node)
    subject, cause, at = " ".join(node.joined_by), node.cause, node.at
    whole = tree.CompareAmount(amount=_ONE_CENT, at_least=node.at_least or "0.01", at=at)
    floor = _operand(whole.at_least, whole, Unit.EUR, check)

    def evaluate(context: Context) -> Evidence:
        least, _ = floor(context)
        plan = context.plan
        if plan is None:  # nobody can tell before a plan is built: see engine/verdicts.py
            return Evidence(
                UNKNOWN, "joined_by", subject, "at_least", None, Unit.EUR, (least.high,), (), (IN_PLAN,), cause, at
            )
        if not plan.settled:
            truth = Truth.of(not ids.isdisjoint(plan.members))
            return Evidence(
                truth, "joined_by", subject, "at_least", None, Unit.EUR, (least.high,), cause=cause, origin=at
            )
        paid = sum(amount for aid, amount in plan.paid.items() if aid in ids)
        truth = _ordered("at_least", Range(paid, paid), [least])
        return Evidence(
            truth, "joined_by", subject, "at_least", paid, Unit.EUR, (least.high,), (), least.missing, cause, at
        )

    return evaluate


_ONE_CENT = tree.Quantity(value="0.01", unit=Unit.EUR)

_BUILDERS = {
    tree.AllOf: _all, tree.AnyOf: _any, tree.Not: _not, tree.FirstKnown: _first_known, tree.Compare: _compare,
    tree.CompareAmount: _compare_amount, tree.Listed: _listed, tree.EnvelopeIsOpen: _envelope,
    tree.JoinedBy: _joined_by,
}  # fmt: skip
