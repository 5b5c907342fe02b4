"""Aid by aid, before any plan: open, refused, or depending on what is not known; with the evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from cpf_funding.calendars import Territory, latest_filing
from cpf_funding.dossier import Dossier, Opinion, Override, Request
from cpf_funding.language.conditions import IN_PLAN
from cpf_funding.language.context import Context
from cpf_funding.language.evidence import Evidence, reasons
from cpf_funding.language.units import Unit, scale
from cpf_funding.language.values import UNLIMITED, Setting
from cpf_funding.rulebook.book import Aid, Duration
from cpf_funding.truth import Truth

__all__ = ["Verdict", "causes_of", "days_of", "filing_window", "reach_verdict"]

LATE = "slow_cofunding_answers"
CONTESTED = "project_contested"
RECENT_DAYS = 365
"""An aid that ended within a year is reported as a cause; older ends are only verdicts."""
NOT_IN_FORCE = {"suspended": "aid_suspended", "announced": "aid_announced"}


@dataclass(slots=True)
class Verdict:
    """How an aid stands for a dossier. `state` is YES (open), NO (refused) or UNKNOWN (depends on `missing`).

    `presumed` is false when it is not known that the aid exists that day, or that it is for such a person at all: it is
    then a question to ask, not money to count on.
    """

    aid: Aid
    state: Truth
    evidence: tuple[Evidence, ...]
    missing: tuple[str, ...] = ()
    out_of_scope: bool = False
    file_by: date | None = None
    request: Request | None = None
    override: Override | None = None
    needs_plan: bool = False
    firmness: Evidence | None = None
    presumed: bool = True
    causes: tuple[str, ...] = field(default=())

    @property
    def firm(self) -> bool:
        """Whether nothing is left to know or to do before the aid can be counted on."""
        return self.state is Truth.YES and (self.firmness is None or self.firmness.truth is Truth.YES)

    @property
    def granted(self) -> bool:
        """Whether the funder has already said yes."""
        return self.request is not None and self.request.answer == "granted"


def reach_verdict(aid: Aid, dossier: Dossier, context: Context, territory: Territory) -> Verdict:
    """The verdict on one aid, from everything that does not depend on the other aids of a plan."""
    for override in dossier.overrides:
        if override.aid == aid.id:
            return _overridden(aid, override)
    request = None
    for asked in dossier.local.already_asked:
        request = asked if asked.aid == aid.id else request
    if request is not None and request.answer == "granted":
        return Verdict(aid, Truth.YES, (_answer(request),), request=request)
    scope = aid.scope(context) if aid.scope is not None else None
    if scope is not None and scope.truth is Truth.NO:
        why = tuple(reasons(scope))
        return Verdict(aid, Truth.NO, why, out_of_scope=True, causes=tuple(e.cause for e in why if e.cause))
    found = [_in_force(aid, context.on)]
    if found[0].truth is Truth.NO:
        return _conclude(aid, found)
    if scope is not None:
        found.append(scope)
    file_by, notice = _notice(aid, context, territory, request)
    if notice is not None:
        found.append(notice)
    found += [_opinion(opinion) for opinion in dossier.project.opinions if opinion.aid == aid.id]
    if aid.eligibility is not None:
        found.append(aid.eligibility(context))
    if request is not None and request.answer == "refused":
        failed = any(evidence.truth is Truth.NO for evidence in found)
        found.append(_answer(request, None if failed else CONTESTED))
    verdict = _conclude(aid, found)
    verdict.presumed = found[0].truth is Truth.YES and (scope is None or scope.truth is Truth.YES)
    verdict.file_by, verdict.request = file_by, request
    if aid.firm_when is not None and verdict.state is not Truth.NO:
        verdict.firmness = aid.firm_when(context)
    return verdict


def _conclude(aid: Aid, found: list[Evidence]) -> Verdict:
    state = min([evidence.truth for evidence in found])
    missing = tuple(dict.fromkeys(name for e in found if e.truth is Truth.UNKNOWN for name in e.missing))
    needs_plan = aid.joins_to_be_eligible and state is not Truth.NO
    if state is Truth.UNKNOWN and IN_PLAN in missing:
        missing = tuple(name for name in missing if name != IN_PLAN)
        state = Truth.UNKNOWN if missing else Truth.YES
    shown = tuple(found)
    if state is Truth.NO:
        shown = tuple(r for evidence in found if evidence.truth is Truth.NO for r in reasons(evidence))
    causes = tuple(dict.fromkeys(c for e in shown for c in causes_of(e))) if state is Truth.NO else ()
    return Verdict(aid, state, shown, missing, needs_plan=needs_plan, causes=causes)


def causes_of(evidence: Evidence) -> list[str]:
    """The refusal causes that a failed condition raises: its own, else those of its failed parts."""
    if evidence.cause is not None:
        return [evidence.cause]
    return [cause for child in evidence.children if child.truth is Truth.NO for cause in causes_of(child)]


def _overridden(aid: Aid, override: Override) -> Verdict:
    truth = Truth.of(override.decision == "force")
    evidence = Evidence(
        truth, "override", aid.id, override.decision, override.by, "text", day=override.on, note=override.reason
    )
    return Verdict(aid, truth, (evidence,), override=override)


def _answer(request: Request, cause: str | None = None) -> Evidence:
    """A funder's answer. A refusal contests the project when every condition that is known of is met."""
    return Evidence(
        Truth.of(request.answer == "granted"), "request", request.aid, request.answer, request.amount, Unit.EUR,
        cause=cause, day=request.answered_on, note=request.reason,
    )  # fmt: skip


def _in_force(aid: Aid, on: date) -> Evidence:
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


def _opinion(opinion: Opinion) -> Evidence:
    truth = Truth.of(opinion.favourable)
    return Evidence(
        truth, "opinion", opinion.aid, "is", opinion.favourable, "truth", (True,),
        cause=CONTESTED if truth is Truth.NO else None, day=opinion.on, note=opinion.reason,
    )  # fmt: skip


def days_of(duration: Duration, context: Context) -> tuple[int | None, int | None, tuple[str, ...]]:
    """A duration in whole days or months, rounded up: the least and the most it may be, `None` when nothing bounds it,
    and what is missing to know it exactly."""
    value, steps = duration.amount(context, 0), scale(duration.unit)
    most = None if value.high >= UNLIMITED else -(-value.high // steps)
    return -(-value.low // steps), most, value.missing


def filing_window(aid: Aid, context: Context, territory: Territory) -> tuple[date | None, date | None, tuple[str, ...]]:
    """The last day to file that is sure to be in time, the last that may be, and what is missing to know which."""
    if context.start is None:
        return None, None, ("training.start",) if aid.notice is not None else ()
    if aid.notice is None:
        return context.start, context.start, ()
    least, most, missing = days_of(aid.notice, context)
    sure = None if most is None else latest_filing(context.start, most, aid.notice.unit, territory)
    possible = latest_filing(context.start, least or 0, aid.notice.unit, territory)
    return sure, possible, missing


def _notice(
    aid: Aid, context: Context, territory: Territory, request: Request | None
) -> tuple[date | None, Evidence | None]:
    """Whether there is still time to file: filing on the latest date works, a day later does not."""
    if aid.kind in ("mandatory", "own_money"):
        return None, None
    sure, possible, missing = filing_window(aid, context, territory)
    if possible is None and not missing:
        return None, None
    filed = request.filed_on if request is not None and request.filed_on is not None else context.on
    truth = Truth.UNKNOWN
    if sure is not None and filed <= sure:
        truth, missing = Truth.YES, ()
    elif possible is not None and filed > possible:
        truth, missing = Truth.NO, ()
    settings: tuple[Setting, ...] = ()
    if aid.notice is not None:
        outer, context.steps = context.steps, []
        aid.notice.amount(context, 0)
        settings = tuple(step.setting for step in context.steps if step.setting is not None)
        context.steps = outer
    return sure, Evidence(
        truth, "notice", aid.id, "at_most", filed, "date", (sure or possible,), settings, missing, LATE,
        day=context.start,
    )  # fmt: skip
