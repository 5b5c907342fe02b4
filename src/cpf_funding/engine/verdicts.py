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
from cpf_funding.rulebook.book import Aid, Duration
from cpf_funding.truth import Truth

__all__ = ["Verdict", "days_of", "latest_filing_of", "reach_verdict"]

LATE = "slow_cofunding_answers"
CONTESTED = "project_contested"
RECENT_DAYS = 365
"""An aid that ended within a year is reported as a cause; older ends are only verdicts."""
NOT_IN_FORCE = {"suspended": "aid_suspended", "announced": "aid_announced", "ended": "aid_ended"}


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
    override = next((o for o in dossier.overrides if o.aid == aid.id), None)
    if override is not None:
        return _overridden(aid, override)
    request = next((r for r in reversed(dossier.local.already_asked) if r.aid == aid.id), None)
    if request is not None and request.answer != "pending":
        return _answered(aid, request)
    scope = aid.scope(context) if aid.scope is not None else None
    if scope is not None and scope.truth is Truth.NO:
        return _conclude(aid, [scope], out_of_scope=True)
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
    verdict = _conclude(aid, found)
    verdict.presumed = found[0].truth is Truth.YES and (scope is None or scope.truth is Truth.YES)
    verdict.file_by, verdict.request = file_by, request
    if aid.firm_when is not None and verdict.state is not Truth.NO:
        verdict.firmness = aid.firm_when(context)
    return verdict


def _conclude(aid: Aid, found: list[Evidence], *, out_of_scope: bool = False) -> Verdict:
    state = Truth.all(evidence.truth for evidence in found)
    missing = tuple(dict.fromkeys(name for e in found if e.truth is Truth.UNKNOWN for name in e.missing))
    needs_plan = aid.joins_to_be_eligible and state is not Truth.NO
    if state is Truth.UNKNOWN and IN_PLAN in missing:
        missing = tuple(name for name in missing if name != IN_PLAN)
        state = Truth.UNKNOWN if missing else Truth.YES
    shown = tuple(found)
    if state is Truth.NO:
        shown = tuple(r for evidence in found if evidence.truth is Truth.NO for r in reasons(evidence))
    causes = tuple(dict.fromkeys(c for e in shown for c in _causes(e))) if state is Truth.NO else ()
    return Verdict(aid, state, shown, missing, out_of_scope, needs_plan=needs_plan, causes=causes)


def _causes(evidence: Evidence) -> list[str]:
    if evidence.cause is not None:
        return [evidence.cause]
    return [cause for child in evidence.children if child.truth is Truth.NO for cause in _causes(child)]


def _overridden(aid: Aid, override: Override) -> Verdict:
    truth = Truth.of(override.decision == "force")
    evidence = Evidence(
        truth, "override", aid.id, override.decision, override.by, "text", day=override.on, note=override.reason
    )
    return Verdict(aid, truth, (evidence,), override=override)


def _answered(aid: Aid, request: Request) -> Verdict:
    truth = Truth.of(request.answer == "granted")
    cause = None if truth is Truth.YES else CONTESTED
    evidence = Evidence(
        truth, "request", aid.id, request.answer, request.amount, Unit.EUR, cause=cause, day=request.answered_on,
        note=request.reason,
    )  # fmt: skip
    return Verdict(aid, truth, (evidence,), request=request, causes=(cause,) if cause else ())


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


def days_of(duration: Duration | None, context: Context) -> tuple[int | None, int | None, tuple[str, ...]]:
    """A duration as whole days or months: its least and most values, `None` when not known, and what is missing."""
    if duration is None:
        return None, None, ()
    value = duration.amount(context, 0)
    steps = scale(duration.unit)
    low, high = -(-value.low // steps), -(-value.high // steps)
    if value.missing:
        return None, None, value.missing
    return low, high, ()


def latest_filing_of(aid: Aid, context: Context, territory: Territory) -> tuple[date | None, tuple[str, ...]]:
    """The last day on which the aid can be asked for, and what is missing to know it."""
    if context.start is None:
        return None, ("training.start",) if aid.notice is not None else ()
    if aid.notice is None:
        return context.start, ()
    _, most, missing = days_of(aid.notice, context)
    if most is None:
        return None, missing
    return latest_filing(context.start, most, aid.notice.unit, territory), ()


def _notice(
    aid: Aid, context: Context, territory: Territory, request: Request | None
) -> tuple[date | None, Evidence | None]:
    """Whether there is still time to file: filing on the latest date works, a day later does not."""
    if aid.kind in ("mandatory", "own_money"):
        return None, None
    file_by, missing = latest_filing_of(aid, context, territory)
    filed = request.filed_on if request is not None and request.filed_on is not None else context.on
    if file_by is None:
        if not missing:
            return None, None
        return None, Evidence(Truth.UNKNOWN, "notice", aid.id, "at_most", filed, "date", missing=missing, cause=LATE)
    outer, context.steps = context.steps, []
    if aid.notice is not None:
        aid.notice.amount(context, 0)
    settings = tuple(step.setting for step in context.steps if step.setting is not None)
    context.steps = outer
    truth = Truth.of(filed <= file_by)
    return file_by, Evidence(
        truth, "notice", aid.id, "at_most", filed, "date", (file_by,), settings, cause=LATE, day=context.start
    )
