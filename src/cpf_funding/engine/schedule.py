"""When each aid can be asked for and when its answer can be expected, along the order of requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median_low

from cpf_funding.calendars import Territory, shift
from cpf_funding.dossier import Delay as StatedDelay
from cpf_funding.dossier import Dossier
from cpf_funding.engine.plan import AnswerDates, CalendarLine
from cpf_funding.engine.probability import Delay, Request, empirical, on_time, triangular
from cpf_funding.engine.verdicts import Verdict, days_of
from cpf_funding.language.context import Context
from cpf_funding.language.units import Unit
from cpf_funding.rulebook.book import Aid, Duration
from cpf_funding.rulebook.local import History

__all__ = [
    "BOUNDS", "Count", "Expected", "all_on_time", "date_request", "declared", "expected_answers", "in_time",
    "last_answer", "latest", "line", "predictable",
]  # fmt: skip

BOUNDS = ("least", "usual", "most")
"""The bounds of a delay, in the order of `AnswerDates`."""
_NO_HISTORY: History = {}

Count = tuple[int, Unit] | None
"""A bound of a delay: how many days or months; `None` when it is not known."""


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """The request for one aid: the first day it can be filed, what it waits for, when the answer comes.

    `filed` is the day it was filed, `first` the first day on which anything can be; `counts` the three bounds of its
    delay, `sample` the delays observed when they come from a history.
    """

    aid: str
    file_from: date | None
    before: tuple[Expected, ...]
    answer: AnswerDates
    first: date
    territory: Territory
    filed: date | None = None
    settled: bool = False
    counts: tuple[Count, ...] = ()
    sample: tuple[int, ...] = ()

    @property
    def after(self) -> tuple[str, ...]:
        """Ids of the aids that must answer first."""
        return tuple(before.aid for before in self.before)


def expected_answers(
    verdicts: Iterable[Verdict], members: frozenset[str], dossier: Dossier, context: Context, territory: Territory,
    history: History = _NO_HISTORY, kept: dict[tuple[str, tuple[Expected, ...]], Expected] | None = None,
) -> Mapping[str, Expected]:  # fmt: skip
    """The expected answers of the aids of a plan; an undeclared delay stays unknown, and so does what follows it.

    A delay is the one that `dossier` gives, else the one observed in `history`, else the one that the rules declare.
    `kept` holds the requests already dated for other plans of the same dossier.
    """
    dated = kept if kept is not None else {}
    by_id = {verdict.aid.id: verdict for verdict in verdicts if verdict.aid.id in members}
    found: dict[str, Expected] = {}

    def visit(id: str) -> Expected:
        if id not in found:
            verdict = by_id[id]
            before = tuple([visit(name) for name in sorted(verdict.aid.after) if name in by_id])
            if (id, before) not in dated:
                dated[id, before] = _expected(verdict, before, dossier, context, territory, history)
            found[id] = dated[id, before]
        return found[id]

    for id in by_id:
        visit(id)
    return found


def _expected(
    verdict: Verdict, before: tuple[Expected, ...], dossier: Dossier, context: Context, territory: Territory,
    history: History,
) -> Expected:  # fmt: skip
    id, request = verdict.aid.id, verdict.request
    if request is not None and request.answer != "pending":
        day = request.answered_on or context.on
        dates = AnswerDates(day, day, day)
        return Expected(id, request.filed_on, before, dates, context.on, territory, request.filed_on, settled=True)
    filed = request.filed_on if request is not None else None
    bounds, sample = declared(verdict.aid, dossier.local.delays, history)
    counts = tuple(_counted(bound, context) for bound in bounds)
    return date_request(id, before, counts, context.on, territory, filed, sample)


def date_request(
    aid: str, before: tuple[Expected, ...], counts: tuple[Count, ...], first: date, territory: Territory,
    filed: date | None = None, sample: tuple[int, ...] = (),
) -> Expected:  # fmt: skip
    """A request dated: each bound of its delay counts from the day it was filed, else from the last answer it waits
    for, else from `first`."""
    starts = [filed or _filing(before, bound, first) for bound in BOUNDS]
    dates = AnswerDates(
        *(
            None if start is None or count is None else shift(start, *count, territory)
            for start, count in zip(starts, counts, strict=True)
        )
    )
    return Expected(aid, starts[0], before, dates, first, territory, filed, counts=counts, sample=sample)


def _filing(before: tuple[Expected, ...], bound: str, first: date) -> date | None:
    waits = [getattr(each.answer, bound) for each in before]
    return None if None in waits else max([first, *waits])


def declared(
    aid: Aid, delays: Mapping[str, StatedDelay], history: History
) -> tuple[tuple[Count | Duration, ...], tuple[int, ...]]:
    """The three bounds of the delay of an aid, and the delays observed when it comes from these.

    A bound is the one stated in `delays`, else the one observed, else the one that the rules declare, to be read on a
    dossier.
    """
    sample = history.get(aid.id, ()) if aid.id not in delays else ()
    if sample:
        return _observed(sample), sample
    stated = delays.get(aid.id)
    return tuple(_bound(aid, name, None if stated is None else getattr(stated, name)) for name in BOUNDS), ()


def _observed(sample: tuple[int, ...]) -> tuple[Count, ...]:
    return tuple((days, Unit.CALENDAR_DAYS) for days in (min(sample), median_low(sample), max(sample)))


def _bound(aid: Aid, name: str, stated: int | None) -> Count | Duration:
    if stated is not None:
        return stated, Unit.CALENDAR_DAYS
    duration: Duration | None = getattr(aid, name)
    nobody_decides = aid.kind == "right" and (aid.least, aid.usual, aid.most) == (None, None, None)
    return (0, Unit.CALENDAR_DAYS) if nobody_decides else duration


def _counted(bound: Count | Duration, context: Context) -> Count:
    if not isinstance(bound, Duration):
        return bound
    _, most, _ = days_of(bound, context)
    return None if most is None else (most, bound.unit)


def last_answer(expected: Mapping[str, Expected], paying: Iterable[str]) -> date | None:
    """The day the last of the aids that pay is expected to answer: see `latest`."""
    return latest([expected[id].answer for id in paying if id in expected])


def latest(answers: Iterable[AnswerDates]) -> date | None:
    """The day the last answer is expected (usual delay, else the longest); `None` when one is unknown."""
    days = [answer.likely for answer in answers]
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None


def line(verdict: Verdict, expected: Expected, context: Context) -> CalendarLine:
    """The calendar line of an aid that pays."""
    answer, start = expected.answer, context.start
    slack = (start - answer.likely).days if start is not None and answer.likely is not None else None
    return CalendarLine(
        aid=verdict.aid.id, file_by=verdict.file_by, file_from=expected.file_from, after=expected.after, answer=answer,
        slack_days=slack, on_time_probability=all_on_time([expected], start),
        silence=verdict.aid.shape.procedure.answer.silence if verdict.aid.shape.procedure.answer else None,
        sample=len(expected.sample) or None, asked=_pending(verdict), filed_on=expected.filed,
    )  # fmt: skip


def _pending(verdict: Verdict) -> bool:
    return verdict.request is not None and verdict.request.answer == "pending"


def all_on_time(expected: Iterable[Expected], start: date | None) -> float | None:
    """The probability that all these answers come by the start; `None` when a delay that matters is not known, or when
    nothing is awaited.

    1 when even the longest delays answer in time, 0 when even the shortest of one does not, whatever else is unknown;
    otherwise exact for the declared or observed delays (see `engine.probability`).
    """
    awaited = list(expected)
    if start is None or not awaited:
        return None
    if any(each.answer.least is not None and each.answer.least > start for each in awaited):
        return 0.0
    if all(each.answer.most is not None and each.answer.most <= start for each in awaited):
        return 1.0
    requests: dict[str, Request] = {}
    found = on_time([_request(each, requests) for each in awaited], awaited[0].first, start, awaited[0].territory)
    return None if found is None else float(found)


def in_time(probability: float | None, threshold: int) -> bool:
    """Whether answers are as likely to come by the start as the agency wants, in percent; not when nobody can tell."""
    return probability is not None and 100 * probability >= threshold


def _request(expected: Expected, known: dict[str, Request]) -> Request:
    if expected.aid not in known:
        waits = () if expected.filed or expected.settled else expected.before
        known[expected.aid] = Request(
            expected.aid, tuple(_request(before, known) for before in waits), expected.filed,
            expected.answer.most if expected.settled else None, _delay(expected),
        )  # fmt: skip
    return known[expected.aid]


def predictable(expected: Expected) -> bool:
    """Whether the delay of a request has a distribution, and so have those it waits for."""
    return _delay(expected) is not None and all(map(predictable, expected.before))


def _delay(expected: Expected) -> Delay | None:
    """The distribution of a delay. A triangle needs its three points in one kind of days.

    A request already filed has had no answer yet: only the delays that lead to today or later are left.
    """
    counts = [count for count in expected.counts if count is not None]
    units = {unit for _, unit in counts}
    if expected.sample:
        delay = empirical(expected.sample)
    elif len(counts) < len(BOUNDS) or len(units) > 1 or counts != sorted(counts):
        return None
    else:
        (least, unit), (usual, _), (most, _) = counts
        delay = triangular(least, usual, most, unit)
    if expected.filed is None:
        return delay
    left = tuple(
        (days, weight) for days, weight in delay.weights
        if shift(expected.filed, days, delay.unit, expected.territory) >= expected.first
    )  # fmt: skip
    return Delay(delay.unit, left) if left else None
