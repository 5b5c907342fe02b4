"""When the aids that pay can be expected to answer, for a table: the days of `engine.schedule`, as constants.

The day of the plan, the delays and the calendars are known when the rules of a day are compiled. What a row changes is
who pays, where it is, and the facts that a delay is looked up by: the answer to a request is one of a few, each dated
by `engine.schedule` itself, and the starts for which it is late or doubtful lie between days that are constants.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import TypeVar

from cpf_funding.calendars import Territory
from cpf_funding.engine.plan import AnswerDates
from cpf_funding.engine.schedule import (
    BOUNDS,
    Count,
    Expected,
    all_on_time,
    date_request,
    declared,
    in_time,
    predictable,
)  # fmt: skip
from cpf_funding.frames.program import Program
from cpf_funding.language.columns_facts import day_number
from cpf_funding.language.columns_graph import CannotCompileError, Node
from cpf_funding.language.units import scale
from cpf_funding.language.values import UNLIMITED
from cpf_funding.rulebook.book import Aid, Duration

__all__ = ["MOST_CASES", "Answers", "Span", "doubtful_spans", "late_spans"]

MOST_CASES = 64
"""Published limit: beyond this number of answers that a request may have, the rules of that day are refused."""

Span = tuple[date | None, date | None]
"""Starts from a day on, and before another; `None` where nothing bounds them."""
Waits = frozenset[Expected]
Key = TypeVar("Key")


def late_spans(expected: Expected) -> tuple[Span, ...]:
    """The starts before the day on which an answer is expected; none where nobody can tell that day."""
    likely = expected.answer.likely
    return () if likely is None else ((None, likely),)


def doubtful_spans(expected: Expected, threshold: int) -> tuple[Span, ...]:
    """The starts by which an answer comes less often than `threshold`, in percent, or nobody can tell how often.

    The later the start, the likelier the answer and the more there is to compute: what can be told comes first.
    """
    least, most = expected.answer.least, expected.answer.most
    if most is None:
        return ((None, None),)
    if least is None or least >= most or not predictable(expected):
        return ((None, max(least or most, most)),)
    days = range(least.toordinal(), most.toordinal())

    def chance(day: int) -> float | None:
        return all_on_time([expected], date.fromordinal(day))

    untold = bisect_left(days, True, key=lambda day: chance(day) is None)
    sure = bisect_left(days, True, hi=untold, key=lambda day: in_time(chance(day), threshold))
    spans = [(None, date.fromordinal(days.start + sure))]
    return (*spans, (date.fromordinal(days.start + untold), most)) if untold < len(days) else (*spans,)


class Answers:
    """The answers awaited in the plan that is kept, on the calendar of one territory; `pays` says where an aid pays."""

    def __init__(self, program: Program, pays: Callable[[str], Node], territory: Territory) -> None:
        self.program, self.graph, self.pays, self.territory = program, program.graph, pays, territory
        self.asked = {id: each.aid for id, each in program.entering.items() if each.aid.kind in ("aid", "right")}
        local = program.rulebook.local
        self._delays, self._history = local.delays_on(program.on), local.history
        self._cases: dict[str, dict[Expected, Node]] = {}
        self._dated: dict[tuple[str, Waits, tuple[Count, ...]], Expected] = {}
        self._blurred: dict[AnswerDates, Expected] = {}

    def starting(self, spans: Callable[[Expected], Iterable[Span]]) -> Node:
        """Where the start, if it is known, lies in a span of an answer that is awaited."""
        found: dict[Span, list[Node]] = {}
        for id in self.asked:
            for expected, here in self.cases(id).items():
                for first, end in spans(expected):
                    if end is None or end > self.program.on:  # what pays can still be asked for: no start is before
                        found.setdefault((first, end), []).append(self.graph.all((self.pays(id), here)))
        inside = (self.graph.all((self._within(span), self.graph.any(nodes))) for span, nodes in found.items())
        return self.graph.all((self.program.scene.facts.known("training.start"), self.graph.any(inside)))

    def _within(self, span: Span) -> Node:
        graph, start = self.graph, self.program.scene.facts.date("training.start").number
        first, end = (None if day is None else graph.number(day_number(day)) for day in span)
        return graph.all((
            graph.true if first is None else graph.at_most(first, start),
            graph.true if end is None else graph.less(start, end),
        ))  # fmt: skip

    # The answers that a request may have -----------------------------------------------------------

    def cases(self, id: str) -> Mapping[Expected, Node]:
        """Each answer that a request for an aid may have, and the rows in which it has it."""
        if id not in self._cases:
            aid, found = self.asked[id], dict[Expected, list[Node]]()
            delays, sample = self._counts(aid)
            for counts, here in delays.items():
                waits = self._waits(aid) if any(counts) else {frozenset[Expected](): self.graph.true}
                for before, there in waits.items():
                    expected = self._expected(aid, before, counts, sample)
                    found.setdefault(expected, []).append(self.graph.all((here, there)))
            self._cases[id] = self._some(aid, found)
        return self._cases[id]

    def _some(self, aid: Aid, found: Mapping[Key, Iterable[Node]]) -> dict[Key, Node]:
        """What some row may have, and where."""
        kept = {key: where for key, nodes in found.items() if (where := self.graph.any(nodes)) is not self.graph.false}
        if len(kept) > MOST_CASES:
            raise CannotCompileError(aid.id, f"plus de {MOST_CASES} réponses possibles à sa demande")
        return kept

    def _expected(self, aid: Aid, before: Waits, counts: tuple[Count, ...], sample: tuple[int, ...]) -> Expected:
        """The request dated; without a distribution, those of the same days are one."""
        key = aid.id, before, counts
        if key not in self._dated:
            order = tuple(sorted(before, key=lambda each: each.aid))
            found = date_request(aid.id, order, counts, self.program.on, self.territory, sample=sample)
            self._dated[key] = found if predictable(found) else self._blur(found.answer)
        return self._dated[key]

    def _blur(self, answer: AnswerDates) -> Expected:
        """Some request that answers on these days, without a distribution."""
        unknown = Expected("", self.program.on, (), answer, self.program.on, self.territory)
        return self._blurred.setdefault(answer, unknown)

    # What it waits for ------------------------------------------------------------------------------

    def _waits(self, aid: Aid) -> dict[Waits, Node]:
        """The answers that a request may wait for together, and where."""
        graph, found = self.graph, {frozenset[Expected](): self.graph.true}
        for id in sorted(aid.after & self.asked.keys()):
            wider: dict[Waits, list[Node]] = {}
            for waits, where in found.items():
                joined: dict[Waits, list[Node]] = {waits: [graph.not_(self.pays(id))]}
                for expected, here in self.cases(id).items():
                    joined.setdefault(self._join(waits, expected), []).append(graph.all((self.pays(id), here)))
                if any(each.counts and not self.program.choices.together(id, each.aid) for each in waits):
                    joined = {waits: [graph.true]}
                for key, nodes in joined.items():
                    wider.setdefault(key, []).append(graph.all((where, graph.any(nodes))))
            found = self._some(aid, wider)
        return found

    def _join(self, waits: Waits, expected: Expected) -> Waits:
        """One more answer to wait for: an immediate one changes nothing, one without a distribution leaves days."""
        both, answer, on = waits | {expected}, expected.answer, self.program.on
        if expected.counts and answer.least == on == answer.most:
            return waits
        if all(each.counts for each in both):
            return both
        days = ([getattr(each.answer, bound) for each in both] for bound in BOUNDS)
        return frozenset({self._blur(AnswerDates(*(None if None in some else max(some) for some in days)))})

    # Delays -----------------------------------------------------------------------------------------

    def _counts(self, aid: Aid) -> tuple[dict[tuple[Count, ...], Node], tuple[int, ...]]:
        """The delays that an aid may have, each with the rows in which it has it; and the delays observed."""
        bounds, sample = declared(aid, self._delays, self._history)
        found: dict[tuple[Count, ...], Node] = {(): self.graph.true}
        for name, bound in zip(BOUNDS, bounds, strict=True):
            longer: dict[tuple[Count, ...], list[Node]] = {}
            for counts, where in found.items():
                for count, here in self._count(aid, name, bound):
                    longer.setdefault((*counts, count), []).append(self.graph.all((where, here)))
            found = self._some(aid, longer)
        return found, sample

    def _count(self, aid: Aid, name: str, bound: Count | Duration) -> Iterator[tuple[Count, Node]]:
        """The counts that a bound may be, see `engine.verdicts.days_of`."""
        if not isinstance(bound, Duration):
            yield bound, self.graph.true
            return
        answer = aid.shape.procedure.answer
        assert answer is not None
        found, _ = self.program.scene.rules.amount(getattr(answer, name), aid.id)
        for steps, here in self._constants(aid, found.high, self.graph.true):
            yield (None if steps >= UNLIMITED else (-(-steps // scale(bound.unit)), bound.unit)), here

    def _constants(self, aid: Aid, one: Node, where: Node) -> Iterator[tuple[int, Node]]:
        """The constants that an integer is chosen among, and where it is each."""
        if one.constant is not None:
            yield one.constant, where
        elif one.op == "choose":
            when, then, otherwise = one.parts
            yield from self._constants(aid, then, self.graph.all((where, when)))
            yield from self._constants(aid, otherwise, self.graph.all((where, self.graph.not_(when))))
        else:
            raise CannotCompileError(aid.id, "son délai de réponse se calcule ligne par ligne")
