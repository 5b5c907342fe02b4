"""Aid by aid, before any plan: open, refused, or depending on what is not known; with the evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from cpf_funding.calendars import Territory, latest_filing
from cpf_funding.dossier import Dossier, Opinion, Override, Request
from cpf_funding.engine.screening import Standing
from cpf_funding.language.conditions import IN_PLAN
from cpf_funding.language.context import Context
from cpf_funding.language.evidence import Evidence, Range, reasons
from cpf_funding.language.units import Unit, scale
from cpf_funding.language.values import UNLIMITED, Setting
from cpf_funding.rulebook.book import Aid, Duration
from cpf_funding.truth import Truth

__all__ = ["Verdict", "causes_of", "days_of", "filing_window", "reach_verdict"]

LATE = "slow_cofunding_answers"
CONTESTED = "project_contested"


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
    _potential: Range | None = None

    def potential(self, context: Context) -> Range:
        """What the aid could pay by its rule alone, whatever the other aids do; read once per dossier."""
        if self._potential is None:
            self._potential = self.aid.amount(context, 0)
        return self._potential

    @property
    def firm(self) -> bool:
        """Whether nothing is left to know or to do before the aid can be counted on."""
        return self.state is Truth.YES and (self.firmness is None or self.firmness.truth is Truth.YES)

    @property
    def decided(self) -> bool:
        """Whether the amount is already settled, by a counsellor or by the funder."""
        return (self.override is not None and self.override.amount is not None) or (
            self.granted and self.request is not None and self.request.amount is not None
        )

    @property
    def granted(self) -> bool:
        """Whether the funder has already said yes."""
        return self.request is not None and self.request.answer == "granted"


def reach_verdict(standing: Standing, dossier: Dossier, context: Context, territory: Territory) -> Verdict:
    """The verdict on one aid, from everything that does not depend on the other aids of a plan."""
    aid, scope = standing.aid, standing.scope
    for override in dossier.overrides:
        if override.aid == aid.id:
            return _overridden(aid, override)
    request = None
    for asked in dossier.local.already_asked:
        request = asked if asked.aid == aid.id else request
    if request is not None and request.answer == "granted":
        return Verdict(aid, Truth.YES, (_answer(request),), request=request)
    if scope is not None and scope.truth is Truth.NO:
        why = tuple(reasons(scope))
        return Verdict(aid, Truth.NO, why, out_of_scope=True, causes=tuple(e.cause for e in why if e.cause))
    if standing.in_force.truth is Truth.NO:
        return _conclude(aid, [standing.in_force])
    found = [standing.in_force] if scope is None else [standing.in_force, scope]
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
    verdict.presumed = standing.presumed
    verdict.file_by, verdict.request = file_by, request
    if aid.firm_when is not None and verdict.state is not Truth.NO:
        verdict.firmness = aid.firm_when(context)
    return verdict


def _conclude(aid: Aid, found: list[Evidence]) -> Verdict:
    state = min([evidence.truth for evidence in found])
    doubtful = [e for e in found if e.truth is Truth.UNKNOWN]
    missing = tuple(dict.fromkeys([name for e in doubtful for name in e.missing])) if doubtful else ()
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
