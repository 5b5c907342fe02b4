"""When each aid can be asked for and when its answer can be expected, along the order of requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from cpf_funding.calendars import Territory, shift
from cpf_funding.dossier import Dossier
from cpf_funding.engine.plan import AnswerDates, CalendarLine
from cpf_funding.engine.verdicts import Verdict, days_of
from cpf_funding.language.context import Context
from cpf_funding.language.units import Unit
from cpf_funding.rulebook.book import Aid, Duration

__all__ = ["Expected", "expected_answers", "last_answer", "line"]

_BOUNDS = ("least", "usual", "most")


@dataclass(frozen=True, slots=True)
class Expected:
    """The request for one aid: the first day it can be filed, what it waits for, when the answer comes."""

    file_from: date | None
    after: tuple[str, ...]
    answer: AnswerDates


def expected_answers(
    verdicts: Iterable[Verdict], members: frozenset[str], dossier: Dossier, context: Context, territory: Territory
) -> Mapping[str, Expected]:
    """The expected answers of the aids of a plan; an undeclared delay stays unknown, and so does what follows it."""
    by_id = {verdict.aid.id: verdict for verdict in verdicts if verdict.aid.id in members}
    found: dict[str, Expected] = {}

    def visit(id: str) -> Expected:
        if id not in found:
            verdict = by_id[id]
            before = tuple(sorted(verdict.aid.after & by_id.keys()))
            found[id] = _expected(verdict, [visit(name).answer for name in before], before, dossier, context, territory)
        return found[id]

    for id in by_id:
        visit(id)
    return found


def _expected(
    verdict: Verdict, before: list[AnswerDates], names: tuple[str, ...], dossier: Dossier, context: Context,
    territory: Territory,
) -> Expected:  # fmt: skip
    request = verdict.request
    if request is not None and request.answer != "pending":
        day = request.answered_on or context.on
        return Expected(request.filed_on, names, AnswerDates(day, day, day))
    dates: list[date | None] = []
    first: date | None = None
    for bound in _BOUNDS:
        filed: date | None = context.on
        if request is not None and request.filed_on is not None:
            filed = request.filed_on
        else:
            waits = [getattr(answer, bound) for answer in before]
            filed = None if None in waits else max([context.on, *waits])
        first = filed if bound == "least" else first
        dates.append(_answered(verdict.aid, bound, filed, dossier, context, territory))
    return Expected(first, names, AnswerDates(*dates))


def _answered(
    aid: Aid, bound: str, filed: date | None, dossier: Dossier, context: Context, territory: Territory
) -> date | None:
    if filed is None:
        return None
    local = dossier.local.delays.get(aid.id)
    declared: int | None = getattr(local, bound) if local is not None else None
    if declared is not None:
        return shift(filed, declared, Unit.CALENDAR_DAYS, territory)
    duration: Duration | None = getattr(aid, bound)
    if duration is None:
        no_decision = aid.kind == "right" and (aid.least, aid.usual, aid.most) == (None, None, None)
        return filed if no_decision else None
    _, most, _ = days_of(duration, context)
    return None if most is None else shift(filed, most, duration.unit, territory)


def last_answer(expected: Mapping[str, Expected], paying: Iterable[str]) -> date | None:
    """The day the last answer is expected (usual delay, else the longest); `None` when one is unknown."""
    days = [expected[id].answer.usual or expected[id].answer.most for id in paying if id in expected]
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None


def line(verdict: Verdict, expected: Expected, context: Context) -> CalendarLine:
    """The calendar line of an aid that pays."""
    answer, start = expected.answer, context.start
    likely = answer.usual or answer.most
    slack = (start - likely).days if start is not None and likely is not None else None
    return CalendarLine(
        aid=verdict.aid.id, file_by=verdict.file_by, file_from=expected.file_from, after=expected.after, answer=answer,
        slack_days=slack, on_time_probability=_certain(answer, start),
        silence=verdict.aid.shape.procedure.answer.silence if verdict.aid.shape.procedure.answer else None,
    )  # fmt: skip


def _certain(answer: AnswerDates, start: date | None) -> float | None:
    """1 when even the longest delay answers by the start, 0 when even the shortest does not; otherwise unknown."""
    if start is None:
        return None
    if answer.most is not None and answer.most <= start:
        return 1.0
    return 0.0 if answer.least is not None and answer.least > start else None
