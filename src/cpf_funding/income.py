"""The income a person may have while training, line by line, apart from any plan.

The lines are declared in `rules/income.yaml` with the language of the rules, on the parameters of the rulebook. They
never meet a cost of the training: neither a plan nor an amount of a plan reads them. A person may be offered several
lines; which one is paid is for the payer, or the person, to say.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from cpf_funding.calendars import shift
from cpf_funding.dossier import Dossier
from cpf_funding.errors import InputError, Problem
from cpf_funding.facts import Value, read_facts
from cpf_funding.language.amounts import compile_amount
from cpf_funding.language.context import Context, Vocabulary
from cpf_funding.language.evidence import Evidence, unmet
from cpf_funding.language.problems import Checker
from cpf_funding.language.tree import Amount, Condition, Node
from cpf_funding.language.units import Unit, scale
from cpf_funding.language.values import UNLIMITED, Setting
from cpf_funding.reading.french import validate
from cpf_funding.reading.strict import read_file
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.rulebook.location import packaged_rules
from cpf_funding.rulebook.shapes import Id
from cpf_funding.truth import Truth

__all__ = ["Income", "IncomeFile", "IncomeShape", "income_lines", "read_income"]

ENDS_FIRST = "income.allowance_ends_first"
"""The one fact worked out here: the allowance ends before the course does."""


class IncomeShape(Node):
    """One line of income. `scope` says whom it is for, `when` the other conditions; `per` what the amount pays for."""

    line: Id
    label: str
    per: Literal["day", "month", "course"]
    note: str | None = None
    scope: Condition
    when: Condition
    amount: Amount
    ask_within: Amount | None = None


class IncomeFile(Node):
    """`rules/income.yaml`."""

    income: tuple[IncomeShape, ...]


@dataclass(frozen=True, slots=True)
class Income:
    """A line for one dossier. Amounts are in cents, by day, by month or for the whole course.

    `state` is YES (every condition met), NO or UNKNOWN. `least` and `most` bound the amount; `most` is `None` when
    nothing known bounds it. `missing` names what is not known, of the conditions and of the amount; `evidence` is what
    was looked at, `settings` the values of the amount; `ask_by` is the last day to ask, when it is known.
    """

    line: str
    label: str
    per: str
    state: Truth
    least: int
    most: int | None
    missing: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    settings: tuple[Setting, ...]
    ask_by: date | None
    note: str | None


def read_income(path: str | os.PathLike[str] | None = None) -> tuple[IncomeShape, ...]:
    """The lines of a file; those that come with the package by default. Raises `InputError` with every mistake."""
    source = packaged_rules() / "income.yaml" if path is None else Path(path)
    return validate(IncomeFile, read_file(source), source_name=str(source)).income


def income_lines(
    dossier: Dossier, book: Rulebook, *, on: date, shapes: tuple[IncomeShape, ...] | None = None
) -> tuple[Income, ...]:
    """Every line whose scope does not exclude the person, in the order of the file.

    Values are read at the start of the course. Raises `InputError` when the lines name what the rulebook does not have.
    """
    declared = {name: fact for name, fact in book.facts.items() if name in dossier.answers}
    facts = read_facts(dossier, on, declared)
    _derive(facts)
    vocabulary = Vocabulary(book.facts, book.parameters, book.lists, frozenset(), frozenset(book.causes))
    problems: list[Problem] = []
    found = [
        _line(shape, Context(facts, on, dossier.training.start), Checker(vocabulary, shape.line, problems))
        for shape in (read_income() if shapes is None else shapes)
    ]
    if problems:
        raise InputError(problems)
    return tuple(line for line in found if line is not None)


def _derive(facts: dict[str, Value]) -> None:
    ends, end = facts.get("holder.allowance.ends"), facts.get("training.end")
    if isinstance(ends, date) and isinstance(end, date):
        facts[ENDS_FIRST] = ends < end


def _line(shape: IncomeShape, context: Context, check: Checker) -> Income | None:
    scope, when = check.condition(shape.scope), check.condition(shape.when)
    amount, unit = compile_amount(shape.amount, check)
    check.same_unit(Unit.EUR, unit, shape.amount)
    deadline = compile_amount(shape.ask_within, check) if shape.ask_within is not None else None
    if check.problems:
        return None
    evidence = (scope(context), when(context))
    state = Truth.all(each.truth for each in evidence)
    if evidence[0].truth is Truth.NO:
        return None
    context.steps = []
    paid = amount(context, 0)
    settings = tuple(step.setting for step in context.steps if step.setting is not None)
    context.steps = None
    missing = [name for each in evidence for leaf in unmet(each) for name in leaf.missing]
    ask_by = None
    if deadline is not None and context.start is not None:
        within, days = deadline[0](context, 0), deadline[1]
        if not within.missing:
            ask_by = shift(context.start, -(-within.low // scale(days)), days)
    return Income(
        shape.line, shape.label, shape.per, state, paid.low, None if paid.high >= UNLIMITED else paid.high,
        tuple(dict.fromkeys([*missing, *paid.missing])), evidence, settings, ask_by, shape.note,
    )  # fmt: skip
