"""The values that a rulebook compares facts with, its envelopes, and the days on which it changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from cpf_funding.facts import Value, parse_value
from cpf_funding.language import tree
from cpf_funding.language.values import UNLIMITED
from cpf_funding.reading.dossiers import EARLIEST_YEAR, LATEST_YEAR
from cpf_funding.rulebook.book import Aid, Rulebook

__all__ = ["Landmarks", "landmarks"]


@dataclass(frozen=True, slots=True)
class Landmarks:
    """What a rulebook looks at: `facts` gives, for each fact that it reads, the values it names, in steps, in order.

    `days` are the first days of the periods of its aids and values, and the days after their last, within the years
    that a dossier may bear.
    """

    facts: Mapping[str, tuple[Value, ...]]
    envelopes: tuple[str, ...]
    days: tuple[date, ...]


def landmarks(rulebook: Rulebook) -> Landmarks:
    """Walk every rule once."""
    facts: defaultdict[str, set[Value]] = defaultdict(set)
    envelopes: set[str] = set()
    days: set[date | None] = set()
    for aid in rulebook.aids:
        for period in aid.in_force:
            days |= {period.start, _next(period.until)}
        for node in _nodes(aid):
            if isinstance(node, tree.EnvelopeIsOpen | tree.EnvelopeLeft):
                envelopes.add(node.envelope)
            elif isinstance(node, tree.FactRef):
                facts[node.fact] |= set()
            elif isinstance(node, tree.Compare):
                facts[node.fact] |= set(_named(node, aid, rulebook))
    for parameter in rulebook.parameters.values():
        for setting in parameter.settings():
            days |= {setting.start, _next(setting.until)}
        if parameter.by is not None:
            fact = rulebook.facts[parameter.by]
            facts[parameter.by] |= {parse_value(fact.kind, key) for key in parameter.table if key != "*"}
    for listed in rulebook.lists.values():
        facts[listed.fact] |= set(listed.rows)
        rows = [row for found in listed.rows.values() for row in found]
        for row in rows:
            days |= {row.start, _next(row.until)}
            facts["holder.region"] |= row.regions
            facts["holder.contract.naf"] |= row.branches
    for name in facts:
        facts[name] |= set(rulebook.facts[name].choices)
    kept = sorted(day for day in days if day is not None and EARLIEST_YEAR < day.year < LATEST_YEAR)
    return Landmarks(
        {name: tuple(sorted(values, key=_order)) for name, values in sorted(facts.items())},
        tuple(sorted(envelopes)), tuple(kept),
    )  # fmt: skip


def _nodes(aid: Aid) -> Iterator[tree.Node]:
    """Everything that the rules of an aid are made of."""
    shape = aid.shape
    answer = shape.procedure.answer
    delays = (answer.least, answer.usual, answer.most) if answer is not None else ()
    for root in (shape.scope, shape.eligibility, shape.firm_when, shape.amount, shape.procedure.notice, *delays):
        if root is not None:
            yield from tree.walk(root)


def _named(node: tree.Compare, aid: Aid, rulebook: Rulebook) -> Iterator[Value]:
    """The values of a comparison, and those of the parameters it reads at any date."""
    fact = rulebook.facts[node.fact]
    for operand in node.operands:
        if isinstance(operand, str):
            yield parse_value(fact.kind, operand, fact.choices)
            continue
        for ref in tree.walk(operand):
            if isinstance(ref, tree.ParameterRef):
                name = ref.parameter if "." in ref.parameter else f"{aid.id}.{ref.parameter}"
                values = (setting.value for setting in rulebook.parameters[name].settings())
                yield from (value for value in values if value is not None and value < UNLIMITED)


def _next(day: date | None) -> date | None:
    return None if day is None or day == date.max else day + timedelta(days=1)


def _order(value: Value) -> tuple[str, int, str]:
    number = value.toordinal() if isinstance(value, date) else value if isinstance(value, int) else 0
    return type(value).__name__, number, str(value)
