"""What bounds the lines of the plan that is kept, for a table: ceilings that pay their most, dated values in doubt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from cpf_funding.frames.flow import Flow
from cpf_funding.frames.program import Program
from cpf_funding.frames.verdicts import AidColumns
from cpf_funding.language import tree
from cpf_funding.language.columns import AmountColumns, ColumnCompiler, PlanColumns, TruthColumns
from cpf_funding.language.columns_graph import Node
from cpf_funding.language.units import Unit
from cpf_funding.language.values import Parameter
from cpf_funding.rulebook.book import Aid

__all__ = ["Ceilings", "ceilings"]


class Ceilings(NamedTuple):
    """Where a funder's line pays all that its rule gives; where that is a ceiling of an aid, and not the share it
    takes; where a line depends on a dated value that is not known."""

    bound: Node
    tight: Node
    doubtful: Node


def ceilings(program: Program) -> Ceilings:
    """What bounds the lines of the plan, each looked at again at its own turn."""
    graph, best = program.graph, program.best
    rules = program.scene.rules
    dated = _DatedValues(graph, rules.vocabulary, rules.facts, rules.on, rules.envelope)
    found: list[Ceilings] = []
    flow, paid, seen = Flow(graph, program.network, program.scene.cost), dict[str, Node](), dict(best.members)
    plan = PlanColumns(seen, paid, flow.remaining)
    for slot, turn in zip(program.slots, best.turns, strict=True):
        found += [_line(program, verdict, dated, plan) for verdict in slot]
        flow.placed.append((frozenset(slot[0].aid.covers), turn))
        flow.paid = graph.sum((flow.paid, turn))
        for verdict in slot:
            paid[verdict.id] = best.paid[verdict.id]
            seen[verdict.id] = graph.less(graph.zero, best.paid[verdict.id])
    return (
        Ceilings(*(graph.any(nodes) for nodes in zip(*found, strict=True))) if found else Ceilings(*3 * [graph.false])
    )


def _line(program: Program, verdict: AidColumns, dated: _DatedValues, plan: PlanColumns) -> Ceilings:
    """The line of one aid, where it pays."""
    graph, aid, paid = program.graph, verdict.aid, program.best.paid[verdict.id]
    capacity, _ = dated.amount(aid.shape.amount, aid.id, plan)
    doubts = [dated.condition(node, aid.id).missing for node in (aid.shape.scope, aid.shape.eligibility) if node]
    doubts += [_notice(program, verdict, dated), graph.all((capacity.missing, graph.less(capacity.low, paid)))]
    if aid.shape.firm_when is not None:
        doubts.append(dated.unmet(aid.shape.firm_when, aid.id))
    pays = graph.less(graph.zero, paid)
    doubtful = graph.all((pays, graph.any(doubts)))
    if aid.by_holder:
        return Ceilings(graph.false, graph.false, doubtful)
    most = graph.all((pays, graph.equal(paid, capacity.high)))
    leaves = [each for each in _giving(program, aid, plan) if not isinstance(each[0], tree.Remaining)]
    bound = graph.all((most, graph.any(here for _, here in leaves)))
    ceiling = graph.any(here for leaf, here in leaves if not isinstance(leaf, tree.Share))
    return Ceilings(bound, graph.all((graph.truth(aid.kind == "aid"), most, ceiling)), doubtful)


def _notice(program: Program, verdict: AidColumns, dated: _DatedValues) -> Node:
    """Where nobody can tell whether there is time to file, for want of a dated value."""
    node, notice = verdict.aid.shape.procedure.notice, verdict.conditions.get("notice")
    if node is None or notice is None:
        return program.graph.false
    untold = program.graph.not_(program.graph.any((notice.yes, notice.no)))
    start = program.scene.facts.known("training.start")
    return program.graph.all((start, untold, dated.amount(node, verdict.id)[0].missing))


def _giving(program: Program, aid: Aid, plan: PlanColumns) -> list[tuple[tree.Node, Node]]:
    """The parts of an amount from which it may come, each with where it does: see `engine.build`, `_limit`."""
    graph, rules = program.graph, program.scene.rules

    def look(node: tree.Node, here: Node) -> Iterator[tuple[tree.Node, Node]]:
        reached = [(child, graph.true) for child in getattr(node, "least_of", ())]
        if isinstance(node, tree.Choose):
            left = graph.true
            for branch in node.choose:
                truth = rules.condition(branch.when, aid.id, plan)
                reached.append((branch.then, graph.all((left, graph.not_(truth.no)))))
                left = graph.all((left, graph.not_(truth.yes)))
            reached.append((node.otherwise, left))
        if not reached:
            yield node, here
        high, later = rules.amount(node, aid.id, plan)[0].high, graph.false
        for child, there in reversed(reached):
            gives = graph.all((there, graph.equal(rules.amount(child, aid.id, plan)[0].high, high)))
            yield from look(child, graph.all((here, gives, graph.not_(later))))
            later = graph.any((later, gives))

    return list(look(aid.shape.amount, graph.true))


class _DatedValues(ColumnCompiler):
    """The same rules, where only a dated value that is not known counts as missing."""

    __slots__ = ()

    def amount(self, node: tree.Node, aid: str, plan: PlanColumns | None = None) -> tuple[AmountColumns, Unit]:
        found, unit = ColumnCompiler.amount(self, node, aid, plan)
        told = isinstance(node, tree.FactRef | tree.EnvelopeLeft)
        return (found._replace(missing=self.graph.false) if told else found), unit

    def condition(self, node: tree.Node, aid: str, plan: PlanColumns | None = None) -> TruthColumns:
        found = ColumnCompiler.condition(self, node, aid, plan)
        return found._replace(missing=self.graph.false) if isinstance(node, tree.Listed) else found

    def _told(self, yes: Node, no: Node, missing: Node | None = None) -> TruthColumns:
        return ColumnCompiler._told(self, yes, no, self.graph.false if missing is None else missing)

    def _read(self, parameter: Parameter, day: date | None) -> AmountColumns:
        found = ColumnCompiler._read(self, parameter, day)
        known = self.graph.truth(day is not None)
        if parameter.by is not None:
            known = self.graph.all((known, self.facts.known(parameter.by)))
        return found._replace(missing=self.graph.all((known, found.missing)))

    def unmet(self, node: tree.Node, aid: str) -> Node:
        """Where a part that keeps a condition from holding lacks a dated value: see `language.evidence`, `unmet`."""
        graph = self.graph
        if isinstance(node, tree.AllOf):
            inside = graph.any(self.unmet(child, aid) for child in node.all)
        elif isinstance(node, tree.Not):
            inside = graph.any(self._lacking(child, aid) for child in tree.children(node))
        elif isinstance(node, tree.AnyOf | tree.FirstKnown):
            inside = graph.any(self._alike(node, aid))
        else:
            inside = self.condition(node, aid).missing
        return graph.all((graph.not_(self.condition(node, aid).yes), inside))

    def _alike(self, node: tree.AnyOf | tree.FirstKnown, aid: str) -> Iterator[Node]:
        """The members that do not hold as the group does not: those written as *not*, where no other does."""
        graph = self.graph
        for state in (lambda truth: truth.no, lambda truth: graph.not_(graph.any((truth.yes, truth.no)))):
            here = state(self.condition(node, aid))
            reached = [(child, at, state(self.condition(child, aid))) for child, at in self._reached(node, aid)]
            alike = [(child, graph.all((at, same))) for child, at, same in reached]
            asked = graph.any(same for child, same in alike if not isinstance(child, tree.Not))
            for child, same in alike:
                spoken = graph.not_(asked) if isinstance(child, tree.Not) else graph.true
                yield graph.all((here, same, spoken, self.unmet(child, aid)))

    def _lacking(self, node: tree.Node, aid: str) -> Node:
        """Where an elementary condition, of those looked at, lacks a dated value."""
        if not isinstance(node, tree.AllOf | tree.AnyOf | tree.Not | tree.FirstKnown):
            return self.condition(node, aid).missing
        return self.graph.any(self.graph.all((at, self._lacking(child, aid))) for child, at in self._reached(node, aid))

    def _reached(self, node: tree.Node, aid: str) -> Iterator[tuple[tree.Node, Node]]:
        """The members of a group, and where each is looked at."""
        at = self.graph.true
        for child in tree.children(node):
            yield child, at
            if isinstance(node, tree.FirstKnown):
                truth = self.condition(child, aid)
                at = self.graph.all((at, self.graph.not_(self.graph.any((truth.yes, truth.no)))))
