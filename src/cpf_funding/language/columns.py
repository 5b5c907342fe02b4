"""Conditions and amounts for a table of dossiers: the same tree as for one dossier, as columns instead of evidence.

A condition is whether it holds and whether it fails: Kleene logic in two booleans, so that what is unknown for a row
stays unknown. Amounts are in `columns_amounts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from cpf_funding.facts import parse_value
from cpf_funding.language import tree
from cpf_funding.language.columns_amounts import (
    AmountColumns,
    AmountCompiler,
    EnvelopeColumns,
    PlanColumns,
    TruthColumns,
    as_number,
    looks_at_plan,
)  # fmt: skip
from cpf_funding.language.columns_facts import day_number
from cpf_funding.language.columns_graph import Node
from cpf_funding.language.units import Unit

__all__ = ["AmountColumns", "ColumnCompiler", "EnvelopeColumns", "PlanColumns", "TruthColumns"]


class ColumnCompiler(AmountCompiler):
    """Compiles the rules of one day."""

    __slots__ = ()

    def condition(self, node: tree.Node, aid: str, plan: PlanColumns | None = None) -> TruthColumns:
        """A condition; while no plan is built, nobody can tell a condition on co-funding."""
        builder: Any = _CONDITIONS[type(node)]
        if plan is not None and looks_at_plan(node):
            built: TruthColumns = builder(self, node, aid, plan)
            return built
        key = (id(node), aid)
        if key not in self.memo:
            self.memo[key] = builder(self, node, aid, None)
            self.kept.append(node)
        result: TruthColumns = self.memo[key]
        return result

    def _told(self, yes: Node, no: Node, missing: Node | None = None) -> TruthColumns:
        unknown = self.graph.not_(self.graph.any((yes, no)))
        return TruthColumns(yes, no, unknown if missing is None else self.graph.all((unknown, missing)))

    def _all(self, node: tree.AllOf, aid: str, plan: PlanColumns | None) -> TruthColumns:
        found = [self.condition(child, aid, plan) for child in node.all]
        graph = self.graph
        lacking = graph.any(f.missing for f in found)
        return self._told(graph.all(f.yes for f in found), graph.any(f.no for f in found), lacking)

    def _any(self, node: tree.AnyOf, aid: str, plan: PlanColumns | None) -> TruthColumns:
        found = [self.condition(child, aid, plan) for child in node.any]
        graph = self.graph
        lacking = graph.any(f.missing for f in found)
        return self._told(graph.any(f.yes for f in found), graph.all(f.no for f in found), lacking)

    def _not(self, node: tree.Not, aid: str, plan: PlanColumns | None) -> TruthColumns:
        found = self.condition(node.not_, aid, plan)
        return TruthColumns(found.no, found.yes, found.missing)

    def _first_known(self, node: tree.FirstKnown, aid: str, plan: PlanColumns | None) -> TruthColumns:
        graph, (found, *others) = self.graph, [self.condition(child, aid, plan) for child in node.first_known]
        lacking = found.missing
        for other in others:
            open_ = graph.not_(graph.any((found.yes, found.no)))
            lacking = graph.any((lacking, other.missing))
            yes, no = (
                graph.any((had, graph.all((open_, more)))) for had, more in zip(found[:2], other[:2], strict=True)
            )
            found = self._told(yes, no, lacking)
        return found

    def _compare(self, node: tree.Compare, aid: str, plan: PlanColumns | None) -> TruthColumns:
        fact, graph = self.vocabulary.facts[node.fact], self.graph
        if isinstance(fact.kind, Unit):
            return self._compared(node, tree.FactRef(fact=node.fact, at=node.at), aid, plan)
        known = self.facts.known(node.fact)
        if fact.kind == "date":
            seen = AmountColumns(self.facts.date(node.fact).number, self.facts.date(node.fact).number, graph.false)
            days = [date.fromisoformat(str(operand)) for operand in node.operands]
            bounds = [self.exactly(graph.number(day_number(day))) for day in days]
            told = self._ordered(node.operator, seen, bounds)
            holds = told.yes
        else:
            holds = self.facts.among(node.fact, [parse_value(fact.kind, o, fact.choices) for o in node.operands])
        return self._told(graph.all((known, holds)), graph.all((known, graph.not_(holds))))

    def _compare_amount(self, node: tree.CompareAmount, aid: str, plan: PlanColumns | None) -> TruthColumns:
        return self._compared(node, node.amount, aid, plan)

    def _compared(self, node: tree.Comparison, left: tree.Node, aid: str, plan: PlanColumns | None) -> TruthColumns:
        seen, unit = self.amount(left, aid, plan)
        bounds = [
            self.exactly(self.graph.number(as_number(unit, operand))) if isinstance(operand, str)
            else self.amount(operand, aid, plan)[0] for operand in node.operands
        ]  # fmt: skip
        return self._ordered(node.operator, seen, bounds)

    def _ordered(self, operator: str, seen: AmountColumns, bounds: list[AmountColumns]) -> TruthColumns:
        """YES or NO only where every value that both sides may take agrees."""
        graph, bound = self.graph, bounds[0]
        lacking = self._missing((seen, *bounds))
        if operator == "at_most":
            return self._told(graph.at_most(seen.high, bound.low), graph.less(bound.high, seen.low), lacking)
        if operator == "at_least":
            return self._told(graph.at_most(bound.high, seen.low), graph.less(seen.high, bound.low), lacking)
        if operator in ("below", "before"):
            return self._told(graph.less(seen.high, bound.low), graph.at_most(bound.high, seen.low), lacking)
        if operator in ("above", "after"):
            return self._told(graph.less(bound.high, seen.low), graph.at_most(seen.high, bound.low), lacking)
        if operator == "between":
            parts = (self._ordered("at_least", seen, bounds), self._ordered("at_most", seen, bounds[1:]))
            return self._told(graph.all(p.yes for p in parts), graph.any(p.no for p in parts), lacking)
        sames = [self._equal(seen, bound) for bound in bounds]
        return self._told(graph.any(s.yes for s in sames), graph.all(s.no for s in sames), lacking)

    def _equal(self, left: AmountColumns, right: AmountColumns) -> TruthColumns:
        graph = self.graph
        pairs = ((left.low, left.high), (right.low, right.high), (left.low, right.low))
        apart = (graph.less(left.high, right.low), graph.less(right.high, left.low))
        return TruthColumns(graph.all(graph.equal(a, b) for a, b in pairs), graph.any(apart), graph.false)

    def _listed(self, node: tree.Listed, aid: str, plan: PlanColumns | None) -> TruthColumns:
        found = self.vocabulary.lists.get(node.list)
        if found is None:
            return TruthColumns(self.graph.false, self.graph.false, self.graph.true)
        holds, fails = self.facts.listed(found)
        return self._told(holds, fails)

    def _envelope_is_open(self, node: tree.EnvelopeIsOpen, aid: str, plan: PlanColumns | None) -> TruthColumns:
        graph, found = self.graph, self.envelope(node.envelope)
        open_ = graph.all((graph.not_(found.exhausted), graph.less(graph.zero, found.left)))
        return self._told(graph.all((found.known, open_)), graph.all((found.known, graph.not_(open_))))

    def _joined_by(self, node: tree.JoinedBy, aid: str, plan: PlanColumns | None) -> TruthColumns:
        graph = self.graph
        if plan is None:
            return TruthColumns(graph.false, graph.false, graph.false)
        if not plan.settled:
            ids = frozenset[str]().union(*map(self.vocabulary.select, node.joined_by))
            there = graph.any(member for name, member in plan.members.items() if name in ids)
            return self._told(there, graph.not_(there))
        floor = node.at_least or "0.01"
        if isinstance(floor, str):
            least = self.exactly(graph.number(as_number(Unit.EUR, floor)))
        else:
            least, _ = self.amount(floor, aid, plan)
        return self._ordered("at_least", self.exactly(self._paid(node.joined_by, plan)), [least])


_CONDITIONS: Mapping[type[tree.Node], Any] = {
    tree.AllOf: ColumnCompiler._all, tree.AnyOf: ColumnCompiler._any, tree.Not: ColumnCompiler._not,
    tree.FirstKnown: ColumnCompiler._first_known, tree.Compare: ColumnCompiler._compare,
    tree.CompareAmount: ColumnCompiler._compare_amount, tree.Listed: ColumnCompiler._listed,
    tree.EnvelopeIsOpen: ColumnCompiler._envelope_is_open, tree.JoinedBy: ColumnCompiler._joined_by,
}  # fmt: skip
