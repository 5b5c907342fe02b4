"""What is left in the worst case, for a table: `engine.selection`, its turns written one after another."""

from __future__ import annotations

from collections.abc import Mapping

from cpf_funding.frames.flow import Flow
from cpf_funding.frames.program import LINES, Option, Program
from cpf_funding.language.columns import PlanColumns
from cpf_funding.language.columns_graph import Graph, Node

__all__ = ["unfunded_worst"]

Where = Mapping[str, Node]
"""For each aid, the rows in which something is true of it."""


def unfunded_worst(program: Program) -> Node:
    """What is left to find, in cents, when only the firm lines of the plan stand, and the firm aids beside them."""
    graph, best = program.graph, program.best
    pays = {id: graph.less(graph.zero, paid) for id, paid in best.paid.items()}
    certain = {id: _certain(program, id) for id in program.entering}
    firm = {
        id: graph.all((pays[id], sure, graph.at_most(best.paid[id], best.floors[id]))) for id, sure in certain.items()
    }
    beside = _beside(program, pays, certain)
    standing = {id: graph.any((firm[id], beside.get(id, graph.false))) for id in _asked(program)}

    def stand(there: Where) -> tuple[Option, Where]:
        return _evaluate(program, _without_own_money(program, there, beside), certain)

    first, failing = stand(standing)
    fewer = _without(graph, standing, failing)
    second, _ = stand(fewer)
    last, _ = stand(_without(graph, fewer, _relying(program)))
    left = graph.choose(second.holds, second.unfunded, last.unfunded)
    left = graph.choose(first.holds, first.unfunded, left)
    sure = graph.all(graph.any((graph.not_(pays[id]), firm[id])) for id in program.entering)
    return graph.choose(sure, best.unfunded, graph.most((best.unfunded, left)))


def _without(graph: Graph, standing: Where, leaving: Where) -> Where:
    return {id: graph.all((there, graph.not_(leaving[id]))) for id, there in standing.items()}


def _asked(program: Program) -> list[str]:
    """The aids that may enter a plan, those that others bring with them apart."""
    return [id for id, each in program.entering.items() if each.aid.kind != "mandatory"]


def _certain(program: Program, id: str) -> Node:
    """Where nothing is left to know or to do before an aid can be counted on."""
    verdict, parts = program.entering[id], [program.entering[id].yes]
    if verdict.aid.shape.firm_when is not None:
        parts.append(program.scene.rules.condition(verdict.aid.shape.firm_when, id).yes)
    return program.graph.all(parts)


def _beside(program: Program, pays: Where, certain: Where) -> Where:
    """Where a firm aid that pays nothing would stand beside the lines of the plan."""
    graph, there, found = program.graph, dict(pays), dict[str, Node]()
    for id in _asked(program):
        verdict = program.entering[id]
        if verdict.aid.needs or verdict.aid.joins_to_be_eligible or verdict.aid.refuses_own_money:
            continue
        avoided = [pays[other] for other, each in program.entering.items() if id in each.aid.joins]
        avoided += [there[other] for other in sorted(program.choices.enemies(id, program.entering))]
        found[id] = graph.all((verdict.enters, certain[id], graph.not_(graph.any((pays[id], *avoided)))))
        there[id] = graph.any((there[id], found[id]))
    return found


def _without_own_money(program: Program, standing: Where, beside: Where) -> dict[str, Node]:
    """The same without the aids beside the plan that bring the person's own money, where an aid refuses it."""
    graph, members, places = program.graph, dict(standing), list(program.entering)
    refused = graph.any(there for id, there in standing.items() if program.entering[id].aid.refuses_own_money)
    for id in beside:
        later = places[places.index(id) + 1 :] if program.entering[id].aid.by_holder else ()
        bringing = (
            *(program.entering[other].enters for other in later),
            *(each.enters for each in program.entering.values() if id in each.aid.with_),
        )  # fmt: skip
        kept_back = graph.all((beside[id], refused, graph.any(bringing)))
        members[id] = graph.all((standing[id], graph.not_(kept_back)))
    return members


def _relying(program: Program) -> dict[str, Node]:
    """Where an aid relies on others, or a contribution counts on it."""
    graph, found = program.graph, dict[str, Node]()
    for id in _asked(program):
        aid = program.entering[id].aid
        waiving = (each.enters for each in program.entering.values() if id in each.aid.waived_by)
        relies = graph.truth(bool(aid.needs or aid.refuses_own_money or aid.joins))
        found[id] = graph.any((relies, *waiving))
    return found


def _evaluate(program: Program, members: dict[str, Node], certain: Where) -> tuple[Option, Where]:
    """These aids only, each for what it pays at the least, and where one of them should not be there."""
    graph = program.graph
    option = Option(graph.false, graph.zero, graph.zero, members)
    flow = Flow(graph, program.network, program.scene.cost)
    for id, verdict in program.entering.items():
        if verdict.aid.kind == "mandatory":
            members[id] = graph.all((program.owed(verdict, option), certain[id]))
    view = PlanColumns(members, option.paid, flow.remaining)
    for slot in program.slots:
        for verdict in slot:
            capacity, _ = program.scene.rules.amount(verdict.aid.shape.amount, verdict.id, view)
            option.floors[verdict.id] = capacity.low
        program.take_turn(slot, option, option.floors, flow)
    option.unfunded = graph.minus(graph.sum(program.scene.cost(line) for line in LINES), flow.paid, 0)
    failing = _failing(program, option, flow)
    option.holds = graph.not_(graph.any(failing.values()))
    return option, failing


def _failing(program: Program, option: Option, flow: Flow) -> Where:
    """Where an aid should not be there: see `engine.configurations`."""
    graph, members = program.graph, option.members
    found: dict[str, list[Node]] = {id: [] for id in members}
    own_money = program.own_money(option)

    def idle(ids: frozenset[str], when: Node) -> None:
        for id in sorted(ids & members.keys()):
            found[id].append(graph.all((when, members[id], graph.not_(program.one_pays([id], option)))))

    for id, verdict in program.entering.items():
        aid, there = verdict.aid, members[id]
        if aid.kind == "mandatory":
            due = graph.any(members[other] for other in sorted(aid.with_) if other in members)
            idle(aid.waived_by, graph.all((verdict.enters, due)))
        if aid.needs:
            found[id].append(graph.all((there, graph.not_(program.one_pays(aid.needs, option)))))
        if aid.joins_to_be_eligible and aid.shape.eligibility is not None:
            found[id].append(graph.all((there, program.refused(verdict, option, flow))))
        if not aid.joins_to_be_eligible:
            idle(aid.joins, there)
        if aid.refuses_own_money:
            found[id] += [graph.all((there, spoilt)) for spoilt in own_money]
    return {id: graph.any(parts) for id, parts in found.items()}
