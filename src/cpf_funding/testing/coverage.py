"""What a set of worked cases puts to the test: conditions seen true and false, thresholds and dates met on both sides.

A condition counts only where the engine looks at it: the aid can be asked for that day and is not out of scope.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from cpf_funding.dossier import Dossier
from cpf_funding.engine.build import build_plan
from cpf_funding.engine.plan import FundingPlan
from cpf_funding.errors import InputError, Origin
from cpf_funding.facts import read_facts
from cpf_funding.language import tree
from cpf_funding.language.conditions import compile_condition
from cpf_funding.language.context import AmountFunction, ConditionFunction, Context, PlanView, Vocabulary
from cpf_funding.language.evidence import Evidence, leaves
from cpf_funding.language.problems import Checker
from cpf_funding.language.values import ANY_KEY, UNLIMITED, Setting, State
from cpf_funding.language.words import parameter_label
from cpf_funding.rulebook.book import Aid, Rulebook
from cpf_funding.testing.cases import Case, dossier_of
from cpf_funding.testing.changes import ASKED, Days, framed
from cpf_funding.testing.report import BoundCoverage, ConditionCoverage, Coverage, ThresholdCoverage
from cpf_funding.truth import Truth

__all__ = ["BoundCoverage", "ConditionCoverage", "Coverage", "ThresholdCoverage", "measure"]

_LEAVES = (tree.Compare, tree.CompareAmount, tree.Listed, tree.EnvelopeIsOpen, tree.JoinedBy)
Key = tuple[str, Origin | None]
"""An aid, and where one of its conditions is written."""
Place = tuple[str, str | None, date | None]
"""A dated value: its parameter, its key in a table, its first day."""


# Looking at cases -------------------------------------------------------------------------------


class _Part(NamedTuple):
    """A condition of an aid with its place: `scope`, `eligibility`, `firm_when`, a `when` of `amount` or `notice`."""

    aid: Aid
    name: str
    node: tree.Node
    function: ConditionFunction


class _Observed:
    """What the cases showed."""

    def __init__(self) -> None:
        self.outcomes: defaultdict[Key, set[Truth]] = defaultdict(set)
        self.thresholds: defaultdict[Place, set[Truth]] = defaultdict(set)
        self.reached: set[str] = set()
        self.days = Days()


def measure(cases: Iterable[Case], rulebook: Rulebook) -> Coverage:
    """What these cases put to the test; a case whose dossier is refused tests no rule."""
    parts = {aid.id: list(_parts(aid, rulebook)) if _askable(aid) else [] for aid in rulebook.aids}
    bounds_of = {key: places for id in parts for key, places in _thresholds(parts[id], rulebook).items()}
    observed = _Observed()
    for case in cases:
        try:
            dossier = dossier_of(case)
            plan = build_plan(dossier, rulebook, case.on)
        except InputError:
            continue
        _look(dossier, plan, rulebook, parts, bounds_of, observed)
    reached = [aid for aid in rulebook.aids if aid.id in observed.reached]
    bounds = framed(rulebook, observed.days)
    return Coverage(
        aids=tuple(aid.id for aid in reached),
        untouched=tuple(aid.id for aid in rulebook.aids if aid not in reached),
        conditions=tuple(_conditions(reached, parts, observed, rulebook)),
        thresholds=tuple(
            ThresholdCoverage(*place, frozenset(observed.thresholds[place]))
            for place in sorted(frozenset().union(*bounds_of.values()), key=str)
        ),
        bounds=bounds.shown,
        unread=bounds.unread,
        hidden=bounds.hidden,
        names=rulebook,
    )


def _parts(aid: Aid, rulebook: Rulebook) -> Iterator[_Part]:
    check = Checker(_vocabulary(rulebook), aid.id)
    shape = aid.shape
    written = [("scope", shape.scope), ("eligibility", shape.eligibility), ("firm_when", shape.firm_when)]
    for name, amount in (("amount", shape.amount), ("notice", shape.procedure.notice)):
        for choose in tree.walk(amount) if amount is not None else ():
            if isinstance(choose, tree.Choose):
                written += [(name, choice.when) for choice in choose.choose]
    for name, node in written:
        if node is not None:
            yield _Part(aid, name, node, compile_condition(node, check))


def _askable(aid: Aid) -> bool:
    """Whether the aid can be asked for at some date; the conditions of one that is only announced are never read."""
    return any(period.state in ASKED for period in aid.in_force)


def _vocabulary(rulebook: Rulebook) -> Vocabulary:
    aids = frozenset(aid.id for aid in rulebook.aids)
    return Vocabulary(rulebook.facts, rulebook.parameters, rulebook.lists, aids, frozenset(rulebook.causes))


def _leaf_nodes(part: _Part, rulebook: Rulebook) -> Iterator[tree.Node]:
    """The elementary conditions, without those that no dossier can settle.

    These are a comparison of two constants (a way to write « no when unknown ») and a list that the rulebook lacks.
    """
    for node in tree.walk(part.node):
        absent = isinstance(node, tree.Listed) and node.list not in rulebook.lists
        if isinstance(node, _LEAVES) and not absent and not (isinstance(node, tree.CompareAmount) and _constant(node)):
            yield node


def _constant(node: tree.CompareAmount) -> bool:
    read = (tree.FactRef, tree.ParameterRef, tree.Remaining, tree.PaidBy, tree.EnvelopeLeft)
    return not any(isinstance(below, read) for below in tree.walk(node))


def _thresholds(parts: list[_Part], rulebook: Rulebook) -> dict[Key, frozenset[Place]]:
    """The dated values that each condition compares with, and that a dossier may fall on either side of."""
    found: dict[Key, frozenset[Place]] = {}
    for part in parts:
        for node in tree.walk(part.node):
            if isinstance(node, tree.Comparison) and node.operator not in ("is", "in"):
                operands = [below for o in node.operands if isinstance(o, tree.Node) for below in tree.walk(o)]
                names = (below.parameter for below in operands if isinstance(below, tree.ParameterRef))
                found[(part.aid.id, node.at)] = frozenset(
                    (s.parameter, s.key, s.start)
                    for name in names
                    for s in rulebook.parameters[name if "." in name else f"{part.aid.id}.{name}"].settings()
                    if _crossable(s, node.operator)
                )
    return found


def _crossable(setting: Setting, operator: str) -> bool:
    """Whether a dossier may meet and miss this value: it must be known, and bound something.

    No amount is below zero, so « at least 0 » is how a rule says that nothing is asked; likewise an unlimited value.
    """
    if setting.state is not State.VALID or setting.value == UNLIMITED:
        return False
    return setting.value != 0 or operator not in ("at_least", "below")


def _look(
    dossier: Dossier, plan: FundingPlan, rulebook: Rulebook, parts: dict[str, list[_Part]],
    bounds_of: dict[Key, frozenset[Place]], observed: _Observed,
) -> None:  # fmt: skip
    declared = {name: fact for name, fact in rulebook.facts.items() if name in dossier.answers}
    facts = read_facts(dossier, plan.as_of, declared)
    refused = {verdict.aid for verdict in plan.verdicts if verdict.state is Truth.NO}
    for aid in rulebook.aids:
        context = Context(facts, plan.as_of, dossier.training.start, dossier.local.envelopes)
        context.plan = _view(plan, aid)
        period = aid.period(plan.as_of)
        in_scope = aid.scope is None or aid.scope(context).truth is not Truth.NO
        asked = period is not None and period.state in ASKED
        seen: list[Evidence] = []
        for part in parts[aid.id]:
            if asked and (in_scope or part.node is aid.shape.scope):
                seen.append(part.function(context))
                _note(aid.id, seen[-1], bounds_of, observed)
        open_to = in_scope and aid.id not in refused
        if asked:
            amounts = _amounts(aid) if open_to else _notice(aid) if in_scope else []
            _note_values(_read(amounts, context, seen), context, rulebook, observed)
        if not in_scope:
            continue
        if asked or (period is not None and not _askable(aid)):
            observed.reached.add(aid.id)
        if open_to or not asked:
            observed.days.of_aid[aid.id].add(plan.as_of)


def _notice(aid: Aid) -> list[AmountFunction]:
    """What is read of an aid that is for the person, even when its conditions refuse it."""
    return [aid.notice.amount] if aid.notice is not None else []


def _amounts(aid: Aid) -> list[AmountFunction]:
    delays = (aid.least, aid.usual, aid.most)
    return [aid.amount, *_notice(aid), *(delay.amount for delay in delays if delay is not None)]


def _view(plan: FundingPlan, aid: Aid) -> PlanView:
    """The recommended plan as the aid sees it: who is there, what each pays, what those before it leave."""
    before = [c for c in plan.contributions if c.rank < aid.rank]

    def remaining(lines: tuple[str, ...]) -> int:
        paid = sum(c.by_line.get(line, 0) for c in before for line in lines)
        return sum(plan.cost_lines.get(line, 0) for line in lines) - paid

    paid = {c.aid: c.amount for c in plan.contributions}
    return PlanView(frozenset(paid), paid, remaining, settled=True)


def _note(aid: str, root: Evidence, bounds_of: dict[Key, frozenset[Place]], observed: _Observed) -> None:
    for leaf in leaves(root):
        key = (aid, leaf.origin)
        observed.outcomes[key].add(leaf.truth)
        for setting in leaf.settings:
            place = (setting.parameter, setting.key, setting.start)
            if place in bounds_of.get(key, ()):
                observed.thresholds[place].add(leaf.truth)


def _read(amounts: list[AmountFunction], context: Context, seen: list[Evidence]) -> set[str]:
    """The parameters that conditions and amounts read."""
    context.steps = []
    for amount in amounts:
        amount(context, 0)
    settings = [step.setting for step in context.steps if step.setting is not None]
    settings += [setting for root in seen for leaf in leaves(root) for setting in leaf.settings]
    return {setting.parameter for setting in settings}


def _note_values(names: set[str], context: Context, rulebook: Rulebook, observed: _Observed) -> None:
    for name in names:
        parameter = rulebook.parameters[name]
        day, key = context.day(parameter.clock), None
        if parameter.by is not None:
            value = context.facts.get(parameter.by)
            if value is None:
                continue
            key = str(value) if str(value) in parameter.table else ANY_KEY
        if day is not None:
            observed.days.of_value[(name, key)].add(day)


# Results ----------------------------------------------------------------------------------------


def _conditions(
    reached: list[Aid], parts: dict[str, list[_Part]], observed: _Observed, rulebook: Rulebook
) -> Iterator[ConditionCoverage]:
    for aid in reached:
        for part in parts[aid.id]:
            for node in _leaf_nodes(part, rulebook):
                seen = frozenset(observed.outcomes.get((aid.id, node.at), ()))
                yield ConditionCoverage(aid.id, part.name, _label(node, aid, rulebook), node.at, seen)


def _label(node: tree.Node, aid: Aid, rulebook: Rulebook) -> str:
    if isinstance(node, tree.Compare):
        return rulebook.facts[node.fact].label
    if isinstance(node, tree.CompareAmount) and isinstance(node.amount, tree.ParameterRef):
        name = node.amount.parameter
        return parameter_label(name if "." in name else f"{aid.id}.{name}", rulebook)
    if isinstance(node, tree.Listed):
        return f"liste {node.list}"
    if isinstance(node, tree.EnvelopeIsOpen):
        return f"enveloppe {node.envelope}"
    if isinstance(node, tree.JoinedBy):
        return "cofinancement par " + ", ".join(node.joined_by)
    return "montant calculé"
