"""The computation of an amount, in French: « 1 080 € = 120 h (heures au compte) × 9 €/h (valeur d'une heure) ».

Made from the steps that the evaluator recorded; each line is one operation, its operands below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cpf_funding.language.evidence import Step
from cpf_funding.language.units import Unit, scale
from cpf_funding.language.values import UNLIMITED
from cpf_funding.language.words import (
    Names,
    aid_name,
    enumerate_in_french,
    setting_label,
    show,
)

__all__ = ["limit_label", "step_label", "step_lines", "step_value"]


class _Operation(NamedTuple):
    step: Step
    operands: tuple[_Operation, ...]


def step_lines(steps: Iterable[Step], names: Names) -> list[str]:
    """One line per operation, the result first, each operand that is itself computed indented below."""
    return [line for root in _forest(steps) for line in _lines(root, names, 0)]


def limit_label(limit: Step, steps: Iterable[Step], names: Names) -> str:
    """What bounds an amount, a step of its computation: « plafond régional, région de résidence 75 : 3 000 € »."""
    found = next((each for root in _forest(steps) for each in _walk(root) if each.step == limit), None)
    if found is None or not found.operands:
        return f"{step_label(limit, names) or _CONSTANT} : {step_value(limit)}"
    return f"{_expression(limit, [_only_branch(each) for each in found.operands], names)} : {step_value(limit)}"


def _walk(operation: _Operation) -> Iterator[_Operation]:
    yield operation
    for operand in operation.operands:
        yield from _walk(operand)


def _forest(steps: Iterable[Step]) -> list[_Operation]:
    """Steps are recorded operands first: whatever is deeper and not yet taken belongs to the next shallower step."""
    waiting: list[_Operation] = []
    for step in steps:
        first = len(waiting)
        while first and waiting[first - 1].step.depth > step.depth:
            first -= 1
        waiting[first:] = [_Operation(step, tuple(waiting[first:]))]
    return waiting


def _lines(operation: _Operation, names: Names, indent: int) -> Iterator[str]:
    operation = _only_branch(operation)
    step, operands = operation.step, [_only_branch(each) for each in operation.operands]
    if not operands:
        yield f"{'  ' * indent}{step_value(step)} : {step_label(step, names) or _CONSTANT}"
        return
    yield f"{'  ' * indent}{step_value(step)} = {_expression(step, operands, names)}"
    for operand in operands:
        if operand.operands:
            yield from _lines(operand, names, indent + 1)


def _only_branch(operation: _Operation) -> _Operation:
    """A choice of which one branch is possible is that branch."""
    while operation.step.kind == "choose" and len(operation.operands) == 1:
        operation = operation.operands[0]
    return operation


# Operations -------------------------------------------------------------------------------------

_BETWEEN = {"sum": " + ", "difference": " − ", "product": " × ", "share": " de "}
_AMONG = {
    "least_of": "le plus petit de", "most_of": "le plus grand de",
    "choose": "selon une condition qui n'est pas connue, l'un de",
}  # fmt: skip
_CONSTANT = "valeur fixée par la règle"
_ROUNDED = {"down": "arrondi au centième inférieur", "up": "arrondi au centième supérieur",
            "half_up": "arrondi au centième le plus proche"}  # fmt: skip


def _expression(step: Step, operands: list[_Operation], names: Names) -> str:
    if step.kind in _AMONG:
        taken = next((each for each in operands if each.step.high == step.high), None)
        return f"{_AMONG[step.kind]} : " + " ; ".join(_term(each, names, each is taken) for each in operands)
    if step.kind == "scale":
        return f"barème par tranches sur {_term(operands[0], names)}"
    text = _BETWEEN[step.kind].join(_term(each, names) for each in operands)
    if step.kind in ("product", "share") and not _exact(step, operands):
        text += f", {_ROUNDED[step.subject]}"
    return text


def _exact(step: Step, operands: list[_Operation]) -> bool:
    """Whether a product falls on a whole number of steps of its unit, so that nothing was rounded."""
    left, right = (each.step for each in operands)
    percents = sum(each.unit is Unit.PERCENT for each in (left, right)) - (step.unit is Unit.PERCENT)
    divisor = scale(left.unit) * scale(right.unit) * 100**percents
    return step.high >= UNLIMITED or left.high * right.high * scale(step.unit) == step.high * divisor


def _term(operation: _Operation, names: Names, taken: bool = False) -> str:
    notes = [] if operation.operands else [step_label(operation.step, names)]
    notes += ["retenu"] if taken else []
    kept = [note for note in notes if note]
    return step_value(operation.step) + (f" ({', '.join(kept)})" if kept else "")


# Operands ---------------------------------------------------------------------------------------


def step_value(step: Step) -> str:
    """The result of a step, or its bounds when something is not known."""
    low, high = show(step.low, step.unit), show(step.high, step.unit)
    if step.low == step.high:
        return high
    if step.high >= UNLIMITED:
        return f"au moins {low}" if step.low else "montant non connu"
    return f"de {low} à {high}" if step.low else f"au plus {high}"


def step_label(step: Step, names: Names) -> str:
    """What was read, for a step that reads something; empty for an operation."""
    if step.setting is not None:
        return setting_label(step.setting, names)
    if step.kind == "fact":
        return names.facts[step.subject].label
    if step.kind == "envelope":
        return f"reste de l'enveloppe {aid_name(step.subject, names)}"
    if step.kind == "remaining":
        lines = (names.facts[f"training.costs.{line}"].label for line in step.subject.split())
        return f"reste à payer : {enumerate_in_french(lines, 'et')}"
    if step.kind == "paid_by":
        return f"payé par {enumerate_in_french((aid_name(id, names) for id in step.subject.split()), 'et')}"
    return ""
