"""What a second, plain reading of the rules says, against verdicts and amounts; and what holds of rules alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from cpf_funding.dossier import Dossier, Envelope
from cpf_funding.engine.plan import FundingPlan
from cpf_funding.facts import read_facts
from cpf_funding.language import tree
from cpf_funding.language.values import UNLIMITED, Setting, State
from cpf_funding.rulebook.book import Aid, Rulebook
from cpf_funding.rulebook.compare import Version, compare
from cpf_funding.testing.around_reading import Scene, holds, number
from cpf_funding.testing.invariants import Invariant, must
from cpf_funding.truth import Truth

__all__ = ["READING", "RULES", "RulebookInvariant"]

RulebookInvariant = Callable[[Rulebook], None]


def verdicts_agree_with_a_plain_reading(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """Where everything that a condition reads is known, the verdict is what the condition says."""
    decided = {each.aid for each in dossier.overrides} | {each.aid for each in dossier.local.already_asked}
    for scene in _scenes(dossier, rulebook, plan):
        verdict = next((v for v in plan.verdicts if v.aid == scene.aid.id), None)
        if verdict is None or scene.aid.id in decided:
            continue
        shape, id = scene.aid.shape, scene.aid.id
        scope = Truth.YES if shape.scope is None else holds(shape.scope, scene)
        must(verdict.out_of_scope or scope is not Truth.NO, f"{id}: not for such a person, and it is looked at")
        must(not verdict.out_of_scope or scope is not Truth.YES, f"{id}: for such a person, and set aside")
        asked = Truth.YES if shape.eligibility is None else holds(shape.eligibility, scene)
        if asked is Truth.NO:
            must(verdict.state is Truth.NO, f"{id}: its conditions fail, and it is not refused")
        elif asked is Truth.YES and scope is Truth.YES:
            failed = {evidence.kind for evidence in verdict.evidence if evidence.truth is Truth.NO}
            other = bool(failed & {"in_force", "notice", "opinion"})
            must(verdict.state is not Truth.NO or other, f"{id}: its conditions hold, and it is refused")


def amounts_agree_with_a_plain_reading(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """An amount that looks at no other aid, and reads what is known, is what the rule says."""
    lines = {line.aid: line for line in plan.contributions}
    for scene in _scenes(dossier, rulebook, plan):
        line, amount = lines.get(scene.aid.id), scene.aid.shape.amount
        if line is None or not line.steps or any(isinstance(node, tree.PLAN_NODES) for node in tree.walk(amount)):
            continue
        expected, shown = number(amount, scene), line.steps[-1]
        if expected is not None and line.override is None and line.standing != "granted":
            must(shown.low == expected == shown.high, f"{line.aid}: {shown.low} to {shown.high}, not {expected}")


def _scenes(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> Iterator[Scene]:
    """The dossier as the plain reading takes it, for each aid."""
    declared = {name: rulebook.facts[name] for name in dossier.answers}
    facts = read_facts(dossier, plan.as_of, declared)
    known = {**rulebook.local.envelopes_on(plan.as_of), **dossier.local.envelopes}
    envelopes = {name: left for name, envelope in known.items() if (left := _left(envelope)) is not None}
    for aid in rulebook.aids:
        yield Scene(rulebook, aid, plan.as_of, dossier.training.start, facts, envelopes)


def _left(envelope: Envelope) -> int | None:
    if envelope.state == "exhausted":
        return 0
    if envelope.left is not None:
        return envelope.left
    return UNLIMITED if envelope.state is not None else None


# Rules alone ------------------------------------------------------------------------------------


def rules_do_not_differ_from_themselves(rulebook: Rulebook) -> None:
    """Comparing an edition with itself finds nothing, over all time and on any day."""
    days = [None, *sorted({period.start for aid in rulebook.aids for period in aid.in_force})[-3:]]
    for day in days:
        found = compare(Version(rulebook, day), Version(rulebook, day))
        must(not found, f"the rules differ from themselves on {day}: {found}")


def around_each_bound_a_value_is_the_one_declared(rulebook: Rulebook) -> None:
    """The day before, on and after each bound, a parameter is worth what the only period of that day declares."""
    for name, parameter in rulebook.parameters.items():
        for key, rows in parameter.table.items():
            for day in _around(rows):
                declared = [
                    row for row in rows if row.start is not None and row.start <= day <= (row.until or date.max)
                ]
                must(len(declared) <= 1, f"{name} has {len(declared)} values on {day}")
                found = parameter.at(day, key)
                same = found == declared[0] if declared else found.state is State.UNKNOWN
                must(same, f"{name} ({key}) is {found} on {day}")


def around_each_bound_an_aid_is_as_declared(rulebook: Rulebook) -> None:
    """The day before, on and after each bound, an aid is in the only period that its file declares for that day."""
    for aid in rulebook.aids:
        for day in _aid_days(aid):
            declared = [each for each in aid.shape.in_force if each.from_ <= day <= (each.until or date.max)]
            must(len(declared) <= 1, f"{aid.id} is in {len(declared)} periods on {day}")
            period = aid.period(day)
            states = [each.state for each in declared]
            must([period.state] == states if period is not None else not states, f"{aid.id}: {period} on {day}")


def _around(rows: tuple[Setting, ...]) -> set[date]:
    return _beside({bound for row in rows for bound in (row.start, row.until) if bound is not None})


def _aid_days(aid: Aid) -> set[date]:
    return _beside({bound for each in aid.in_force for bound in (each.start, each.until) if bound is not None})


def _beside(bounds: set[date]) -> set[date]:
    inner = {bound for bound in bounds if date.min < bound < date.max}
    return {bound + timedelta(days=step) for bound in inner for step in (-1, 0, 1)}


READING: tuple[Invariant, ...] = (verdicts_agree_with_a_plain_reading, amounts_agree_with_a_plain_reading)
"""Those that read the rules a second time."""

RULES: tuple[RulebookInvariant, ...] = (
    rules_do_not_differ_from_themselves, around_each_bound_a_value_is_the_one_declared,
    around_each_bound_an_aid_is_as_declared,
)  # fmt: skip
"""Those of a rulebook, without any dossier."""
