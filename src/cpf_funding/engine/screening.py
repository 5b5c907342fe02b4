"""Whether an aid exists that day and is for such a person at all: asked once for all the dossiers that look the same.

Most aids stop here: another region, another status, a period that has ended. What they answer depends on the day and
on a few facts of the person, so it is kept in the rulebook for the profiles met last.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cpf_funding.engine.plan import VerdictLine
from cpf_funding.language.context import Context
from cpf_funding.language.evidence import Evidence, reasons
from cpf_funding.rulebook.book import Aid, Rulebook
from cpf_funding.truth import Truth

__all__ = ["Standing", "in_force", "stand", "standings"]

RECENT_DAYS = 365
"""An aid that ended within a year is reported as a cause; older ends are only verdicts."""
NOT_IN_FORCE = {"suspended": "aid_suspended", "announced": "aid_announced"}
MOST_PROFILES = 512
"""How many profiles are kept for aids that ask the same facts."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An aid on a day, for a profile: its period, its scope, and its line when these two alone refuse it for good."""

    aid: Aid
    in_force: Evidence
    scope: Evidence | None
    line: VerdictLine | None = None

    @property
    def presumed(self) -> bool:
        """Whether the aid is known to exist that day, and to be for such a person."""
        return self.in_force.truth is Truth.YES and (self.scope is None or self.scope.truth is Truth.YES)


@dataclass(slots=True)
class _Group:
    """Aids whose scope reads the same facts, with their places in the rulebook; `facts` is `None` for the others."""

    facts: tuple[str, ...] | None
    aids: list[tuple[int, Aid]]
    kept: dict[tuple[Any, ...], tuple[tuple[int, Standing], ...]] = field(default_factory=dict)


def standings(rulebook: Rulebook, context: Context) -> list[Standing]:
    """How every aid that has begun stands, in order of mobilisation."""
    groups: list[_Group] | None = rulebook.kept.get("screening")
    if groups is None:
        groups = rulebook.kept["screening"] = _groups(rulebook.aids)
    found: list[Standing | None] = [None] * len(rulebook.aids)
    fact = context.facts.get
    for group in groups:
        if group.facts is None:
            answers = _stand_all(group, context)
        else:
            profile = (context.on, *map(fact, group.facts))
            known = group.kept.get(profile)
            answers = known if known is not None else _keep(group, profile, context)
        for place, standing in answers:
            found[place] = standing
    return [standing for standing in found if standing is not None]


def _groups(aids: Iterable[Aid]) -> list[_Group]:
    groups: dict[tuple[str, ...] | None, _Group] = {}
    for place, aid in enumerate(aids):
        groups.setdefault(aid.profile, _Group(aid.profile, [])).aids.append((place, aid))
    return list(groups.values())


def _keep(group: _Group, profile: tuple[Any, ...], context: Context) -> tuple[tuple[int, Standing], ...]:
    if len(group.kept) >= MOST_PROFILES:
        group.kept.clear()
    found = group.kept[profile] = _stand_all(group, context)
    return found


def _stand_all(group: _Group, context: Context) -> tuple[tuple[int, Standing], ...]:
    return tuple((place, stand(aid, context)) for place, aid in group.aids if aid.in_force[0].start <= context.on)


def stand(aid: Aid, context: Context) -> Standing:
    """How one aid stands by its scope and its period."""
    scope = aid.scope(context) if aid.scope is not None else None
    existing = in_force(aid, context.on)
    line = None
    if scope is not None and scope.truth is Truth.NO:
        line = _refused(aid, tuple(reasons(scope)), out_of_scope=True)
    elif existing.truth is Truth.NO and existing.cause is None:
        line = _refused(aid, (existing,), out_of_scope=False)
    return Standing(aid, existing, scope, line)


def _refused(aid: Aid, why: tuple[Evidence, ...], out_of_scope: bool) -> VerdictLine:
    causes = tuple(evidence.cause for evidence in why if evidence.cause)
    return VerdictLine(aid.id, aid.label, Truth.NO, why, (), causes, out_of_scope)


def in_force(aid: Aid, on: date) -> Evidence:
    """Whether an aid exists on a day; one that ended lately, is suspended or only announced raises a cause."""
    period = aid.period(on)
    if period is None:
        past = [p for p in aid.in_force if p.until is not None and p.until < on]
        last = past[-1] if past else None
        recent = last is not None and last.until is not None and (on - last.until).days <= RECENT_DAYS
        return Evidence(
            Truth.NO, "in_force", aid.id, "ended" if last else "not_yet", on, "date",
            (last.until if last else aid.in_force[0].start,), cause="aid_ended" if recent else None,
            origin=last.origin if last else None, day=on, note=last.sourcing.source if last else None,
        )  # fmt: skip
    truth = {"open": Truth.YES, "unknown": Truth.UNKNOWN}.get(period.state, Truth.NO)
    missing = (f"in_force:{aid.id}",) if truth is Truth.UNKNOWN else ()
    cause = NOT_IN_FORCE.get(period.state) if truth is Truth.NO else None
    return Evidence(
        truth, "in_force", aid.id, period.state, on, "date", (period.start, period.until), (), missing, cause,
        period.origin, day=on, note=period.reason or period.sourcing.source,
    )  # fmt: skip
