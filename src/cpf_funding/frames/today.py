"""The rules of an aid as the dated values of one day leave them: a relation that the day settles ties nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cpf_funding.frames.scopes import Requirements, requirements
from cpf_funding.language import tree
from cpf_funding.language.columns import ColumnCompiler
from cpf_funding.language.settle import ValueOf, settle_amount, settle_condition
from cpf_funding.language.units import Unit
from cpf_funding.language.values import State
from cpf_funding.rulebook.assemble import looks_at_others
from cpf_funding.rulebook.book import Aid
from cpf_funding.truth import Truth

__all__ = ["Today", "today"]


@dataclass(frozen=True, slots=True)
class Today:
    """What a row must have to be in the scope of an aid, its amount, its conditions, and what these ask of the plan.

    Of the aids that `joined` names one may have to pay, and those that `barred` names may have to pay nothing. `paid`
    holds the aids of each sum of payments that the amount looks at. `fills` says whether nothing
    but what is left on its lines bounds it.
    """

    aid: Aid
    needs: Requirements
    amount: tree.Node
    eligibility: tree.Node | None
    joined: frozenset[str]
    barred: frozenset[str]
    paid: tuple[frozenset[str], ...]
    fills: bool

    @property
    def looks_at_others(self) -> bool:
        """Whether the amount depends that day on what others pay otherwise than by a plain ceiling."""
        return looks_at_others(self.amount)

    @property
    def relies(self) -> bool:
        """Whether the plan may fail the conditions of the aid."""
        return bool(self.joined or self.barred)


def today(aid: Aid, rules: ColumnCompiler, on: date) -> Today:
    """An aid on a day."""

    def value_of(node: tree.ParameterRef) -> tuple[int, Unit] | None:
        parameter = rules.parameter(node.parameter, aid.id)
        found = parameter.at(on) if parameter.by is None and parameter.clock == "filing" else None
        if found is None or found.state is not State.VALID or found.value is None:
            return None
        return found.value, parameter.unit

    eligibility = _settled(aid.shape.eligibility, value_of)
    amount = settle_amount(aid.shape.amount, value_of)
    needs = requirements(_settled(aid.shape.scope, value_of))
    joined, barred = (
        frozenset(id for each in _asked(eligibility, side) for id in rules.vocabulary.select(each)) - {aid.id}
        for side in (True, False)
    )
    sums = [each.paid_by for each in tree.walk(amount) if isinstance(each, tree.PaidBy)]
    paid = tuple(frozenset(id for each in named for id in rules.vocabulary.select(each)) - {aid.id} for named in sums)
    return Today(aid, needs, amount, eligibility, joined, barred, paid, _fills(amount, aid, rules, on))


def _fills(amount: tree.Node, aid: Aid, rules: ColumnCompiler, on: date) -> bool:
    """Whether nothing but what is left to pay is known to bound an amount."""
    if isinstance(amount, tree.LeastOf):
        return all(_fills(part, aid, rules, on) for part in amount.least_of)
    if isinstance(amount, tree.ParameterRef):
        parameter = rules.parameter(amount.parameter, aid.id)
        found = parameter.at(on) if parameter.by is None and parameter.clock == "filing" else None
        return found is not None and found.state is State.UNKNOWN
    return isinstance(amount, tree.Remaining) and set(aid.covers) <= set(amount.remaining)


def _settled(node: tree.Node | None, value_of: ValueOf) -> tree.Node | None:
    found = None if node is None else settle_condition(node, value_of)
    return None if isinstance(found, Truth) else found


def _asked(node: tree.Node | None, there: bool) -> Iterator[str]:
    """The co-funders named where a condition asks that they be there, or that they not be."""
    if node is None:
        return
    if isinstance(node, tree.JoinedBy) and there:
        yield from node.joined_by
    for child in tree.children(node):
        if not isinstance(node, tree.Not):
            yield from _asked(child, there)
        if isinstance(node, tree.Not | tree.FirstKnown):  # the parts of a `first_known` decide whether others do
            yield from _asked(child, not there)
