"""Refusal causes for a table: the detectors of `engine.causes`, as columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import NamedTuple

from cpf_funding.engine.screening import in_force
from cpf_funding.engine.verdicts import LATE
from cpf_funding.facts import parse_value
from cpf_funding.frames.answers import Answers, doubtful_spans, late_spans
from cpf_funding.frames.blame import Blame, Evaluation, only
from cpf_funding.frames.ceilings import ceilings
from cpf_funding.frames.program import Option, Program
from cpf_funding.frames.verdicts import AidColumns
from cpf_funding.language.columns import PlanColumns
from cpf_funding.language.columns_graph import CannotCompileError, Node
from cpf_funding.language.units import Unit
from cpf_funding.rulebook.shapes import CauseShape
from cpf_funding.truth import Truth

__all__ = ["CauseColumns", "cause_columns"]


class CauseColumns(NamedTuple):
    """Where a cause is raised, to watch, or cannot be told; clear elsewhere. The first that holds decides."""

    raised: Node
    watch: Node
    unknown: Node


def cause_columns(program: Program, unfunded_worst: Node) -> dict[str, CauseColumns]:
    """The state of each cause, given what is left in the worst case."""
    scene = _Scene(program, unfunded_worst)
    return {id: _DETECTORS[shape.detector](scene, id, shape) for id, shape in program.rulebook.causes.items()}


class _Scene:
    """What became of every aid in the plan that is kept, and why."""

    def __init__(self, program: Program, unfunded_worst: Node) -> None:
        self.program, self.graph, self.best = program, program.graph, program.best
        graph = self.graph
        self.left_alone: dict[str, Node] = {}
        """Where the plan that is kept fails the conditions of an aid on co-funding."""
        self.missing_money = graph.less(graph.zero, self.best.unfunded)
        self.missing_at_worst = graph.less(graph.zero, unfunded_worst)
        self.losses = {id: self._loss(verdict) for id, verdict in program.verdicts.items()}

    def pays(self, id: str) -> Node:
        """Where an aid pays."""
        paid = self.best.paid.get(id)
        return self.graph.false if paid is None else self.graph.less(self.graph.zero, paid)

    def _loss(self, verdict: AidColumns) -> tuple[Node, Blame]:
        """Where an aid that could have paid is refused or left out for want of a co-funder, and for which causes."""
        graph, program, aid = self.graph, self.program, verdict.aid
        freely, _ = program.scene.freely.amount(aid.shape.amount, aid.id)
        cost = graph.sum(program.scene.cost(line) for line in dict.fromkeys(aid.covers))
        could = graph.all((
            graph.not_(verdict.out_of_scope), graph.not_(self.pays(aid.id)), graph.less(graph.zero, cost),
            graph.less(graph.zero, freely.high),
        ))  # fmt: skip
        existing = in_force(aid, program.on)
        if existing.truth is Truth.NO:
            return could, {existing.cause: graph.true}
        evaluation = Evaluation(verdict, program.scene)
        blame: Blame = {}
        notice = verdict.conditions.get("notice")
        if notice is not None:
            blame = {LATE: notice.no}
        if aid.shape.eligibility is not None:
            failed = verdict.conditions["eligibility"].no
            for cause, node in evaluation.reasons(aid.shape.eligibility).items():
                here = graph.all((failed, node))
                blame[cause] = graph.any((blame.get(cause, graph.false), here))
        lost = graph.all((could, verdict.no, verdict.presumed))
        alone, why = self._left_alone(verdict)
        if alone is graph.false:
            return lost, blame
        alone = graph.all((alone, could))
        both = {
            cause: graph.any((
                graph.all((verdict.no, blame.get(cause, graph.false))), graph.all((alone, why.get(cause, graph.false)))
            )) for cause in blame.keys() | why.keys()
        }  # fmt: skip
        return graph.any((lost, alone)), both

    def _left_alone(self, verdict: AidColumns) -> tuple[Node, Blame]:
        """Where an aid is left out because those it must be joined by do not pay, and why."""
        graph, best, aid = self.graph, self.best, verdict.aid
        if not aid.joins_to_be_eligible or aid.id not in best.members or aid.shape.eligibility is None:
            return graph.false, {}
        fallen = graph.not_(self.spoilt(aid.id)) if aid.refuses_own_money else graph.true
        out = graph.all((graph.not_(best.members[aid.id]), self._left_out(verdict), fallen))
        nothing_left: Callable[[tuple[str, ...]], Node] = lambda lines: graph.zero  # noqa: E731
        plan = PlanColumns(best.members, best.paid, nothing_left, settled=True)
        evaluation = Evaluation(verdict, self.program.scene, plan)
        failed = evaluation.truth(aid.shape.eligibility).no
        self.left_alone[aid.id] = graph.all((out, failed))
        return self.left_alone[aid.id], evaluation.reasons(aid.shape.eligibility)

    def _left_out(self, verdict: AidColumns) -> Node:
        """Where an aid that may enter pays nothing, though no line excludes it and one that it needs pays."""
        graph, paid, aid = self.graph, self.best.paid, verdict.aid
        excluding = sorted(self.program.choices.enemies(aid.id, paid))
        paying = [graph.not_(self.pays(id)) for id in (aid.id, *excluding)]
        if aid.needs:
            paying.append(graph.any(self.pays(id) for id in aid.needs if id in paid))
        return graph.all((verdict.enters, *paying))

    def fallen(self, id: str) -> Node:
        """Where an aid that refuses own money falls for want of the rest, or for the person's euros."""
        verdict = self.program.entering[id]
        if not verdict.aid.refuses_own_money:
            return self.graph.false
        return self.graph.all((self.spoilt(id), self._left_out(verdict)))

    def spoilt(self, id: str) -> Node:
        """Where the lines of an aid that refuses own money are not paid in full, or are by the person."""
        graph, entering = self.graph, self.program.entering
        alone = {other: graph.truth(other == id) for other in entering}
        return graph.any(self.program.own_money(Option(graph.true, graph.zero, graph.zero, alone, self.best.paid)))

    def lost(self, cause: str, kinds: Iterable[bool] = (True, False)) -> Node:
        """Where an aid is lost to this cause alone; `kinds` says whether rights, and others, are looked at."""
        wanted = set(kinds)
        return self.graph.any(
            self.graph.all((lost, only(blame, cause, self.graph)))
            for id, (lost, blame) in self.losses.items()
            if not (aid := self.program.verdicts[id].aid).by_holder and (aid.kind == "right") in wanted
        )

    def refused_for(self, cause: str) -> Node:
        """Where an aid for such a person is refused for this cause, among others or not."""
        return self.graph.any(
            self.graph.all(
                (verdict.no, self.graph.not_(verdict.out_of_scope), self.losses[id][1].get(cause, self.graph.false))
            )
            for id, verdict in self.program.verdicts.items()
        )

    def undecided(self, cause: str) -> Node:
        """Where a condition of this cause is unknown for an aid that depends on something unknown."""
        return self.graph.any(self.undecided_for(id, cause) for id in self.program.verdicts)

    def undecided_for(self, id: str, cause: str) -> Node:
        """The same for one aid."""
        graph, verdict = self.graph, self.program.verdicts[id]
        evaluation = Evaluation(verdict, self.program.scene)
        parts = [evaluation.undecided(part, cause) for part in (verdict.aid.shape.scope, verdict.aid.shape.eligibility)
                 if part is not None]  # fmt: skip
        notice = verdict.conditions.get("notice")
        if notice is not None and cause == LATE:
            parts.append(graph.not_(graph.any((notice.yes, notice.no))))
        told = graph.any((verdict.yes, verdict.no, self.left_alone.get(id, graph.false)))
        return graph.all((graph.not_(told), graph.any(parts)))

    def low(self) -> Node:
        """Where an envelope that an aid not refused looks at is nearly empty."""
        graph, found = self.graph, list[Node]()
        for verdict in self.program.verdicts.values():
            evaluation = Evaluation(verdict, self.program.scene)
            for part in (verdict.aid.shape.scope, verdict.aid.shape.eligibility):
                if part is not None:
                    told = graph.any((verdict.no, self.left_alone.get(verdict.id, graph.false)))
                    found.append(graph.all((graph.not_(told), evaluation.low(part))))
        return graph.any(found)


# Detectors --------------------------------------------------------------------------------------


def _envelope(scene: _Scene, cause: str, shape: CauseShape) -> CauseColumns:
    """Lost to an exhausted envelope while the person's rights do not cover the teaching cost."""
    graph, program = scene.graph, scene.program
    rights = [each for each in program.entering.values() if each.aid.kind == "right"]
    mixed = [each.id for each in rights if "teaching" in each.aid.covers and len(set(each.aid.covers)) > 1]
    if mixed:
        raise CannotCompileError(
            ", ".join(mixed), "un droit qui paie plusieurs lignes ne dit pas ce qu'il paie de chacune"
        )
    covered = graph.sum(scene.best.paid[each.id] for each in rights if "teaching" in each.aid.covers)
    short = graph.less(covered, program.scene.cost("teaching"))
    lost = scene.lost(cause)
    doubted = graph.any(_doubtful(scene, each) for each in rights)
    watch = graph.all((short, graph.any((scene.undecided(cause), scene.low()))))
    return CauseColumns(graph.all((short, lost)), watch, graph.all((graph.not_(short), lost, doubted)))


def _doubtful(scene: _Scene, verdict: AidColumns) -> Node:
    """Where a line that pays is to confirm: something of its conditions or amount is not known, or not met."""
    graph, aid = scene.graph, verdict.aid
    paid = scene.best.paid[aid.id]
    doubts = [graph.not_(verdict.yes), graph.less(scene.best.floors[aid.id], paid)]
    if aid.shape.firm_when is not None:
        doubts.append(graph.not_(scene.program.scene.rules.condition(aid.shape.firm_when, aid.id).yes))
    return graph.all((graph.less(graph.zero, paid), graph.any(doubts)))


def _lost(scene: _Scene, cause: str, shape: CauseShape) -> CauseColumns:
    """An aid otherwise open is lost to this limit and the plan is incomplete; watch past the mark."""
    graph, lost = scene.graph, scene.lost(cause)
    raised = graph.all((lost, scene.missing_money))
    if shape.fact is None or shape.above is None:
        return CauseColumns(raised, lost, graph.false)
    kind = scene.program.rulebook.facts[shape.fact].kind
    known = scene.program.scene.facts.known(shape.fact)
    mark = parse_value(kind, shape.above)
    past = graph.false
    if isinstance(kind, Unit) and isinstance(mark, int):
        past = graph.all((known, graph.less(graph.number(mark), scene.program.scene.facts.integer(shape.fact))))
    return CauseColumns(raised, past, graph.not_(known))


def _list(scene: _Scene, cause: str, shape: CauseShape) -> CauseColumns:
    """The person's right is lost to eligibility, another aid requires it, and the plan is incomplete."""
    graph, rights, others = scene.graph, scene.lost(cause, [True]), scene.lost(cause, [False])
    return CauseColumns(graph.all((rights, others, scene.missing_money)), rights, scene.undecided(cause))


def _answers(scene: _Scene, cause: str, shape: CauseShape) -> CauseColumns:
    """A filing date has passed and money is missing, or an answer is not expected before the start."""
    graph, program, lost = scene.graph, scene.program, scene.lost(cause)
    awaited = cache(lambda territory: Answers(program, scene.pays, territory))
    late = program.scene.by_territory(lambda there: awaited(there).starting(late_spans))
    doubtful = program.scene.by_territory(
        lambda there: awaited(there).starting(lambda expected: doubtful_spans(expected, shape.threshold))
    )
    unknown = graph.not_(program.scene.facts.known("training.start"))
    watch = graph.all((graph.not_(unknown), graph.any((lost, doubtful))))
    return CauseColumns(graph.any((late, graph.all((lost, scene.missing_money)))), watch, unknown)


def _project(scene: _Scene, cause: str, shape: CauseShape) -> CauseColumns:
    """A funder's test of the project fails; watch when no proof is on file."""
    graph = scene.graph
    paying = graph.any(graph.all((scene.undecided_for(id, cause), scene.pays(id))) for id in scene.program.verdicts)
    unknown = graph.any((graph.all((scene.undecided(cause), scene.missing_at_worst)), paying))
    unproved = graph.not_(graph.any((graph.truth(not shape.proofs), *(_proves(scene, name) for name in shape.proofs))))
    return CauseColumns(scene.refused_for(cause), graph.all((unproved, graph.not_(unknown))), unknown)


def _ceilings(scene: _Scene, cause: str, shape: CauseShape) -> CauseColumns:
    """Every open aid pays its ceiling and money is missing; or an all-or-nothing aid falls for want of the rest."""
    graph, found = scene.graph, ceilings(scene.program)
    fallen = graph.any(scene.fallen(id) for id in scene.best.paid)
    raised = graph.all((graph.any((found.bound, fallen)), scene.missing_money))
    unknown = graph.all((found.doubtful, scene.missing_at_worst))
    return CauseColumns(raised, graph.all((found.tight, graph.not_(unknown))), unknown)


def _proves(scene: _Scene, name: str) -> Node:
    """Where a fact on file says something for the project."""
    graph, facts, kind = scene.graph, scene.program.scene.facts, scene.program.rulebook.facts[name].kind
    if isinstance(kind, Unit):
        return graph.less(graph.zero, facts.integer(name))
    return facts.among(name, [True]) if kind == "truth" else graph.all((
        facts.known(name), graph.not_(facts.among(name, ["none"]))
    ))  # fmt: skip


def _refusal(scene: _Scene, cause: str, shape: CauseShape) -> CauseColumns:
    """An aid otherwise open is refused for this and money is missing."""
    graph = scene.graph
    return CauseColumns(graph.all((scene.lost(cause), scene.missing_money)), graph.false, graph.false)


_DETECTORS: Mapping[str, Callable[[_Scene, str, CauseShape], CauseColumns]] = {
    "answers": _answers, "ceilings": _ceilings, "envelope": _envelope, "lost": _lost, "list": _list,
    "project": _project, "refusal": _refusal,
}  # fmt: skip
