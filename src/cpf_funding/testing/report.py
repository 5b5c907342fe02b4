"""What cases put to the test, as counts and in words (French)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from cpf_funding.errors import Origin
from cpf_funding.language.words import day_in_french, parameter_label
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.truth import Truth

__all__ = ["BoundCoverage", "ConditionCoverage", "Coverage", "ThresholdCoverage"]

T = TypeVar("T")


def _missing(seen: frozenset[Truth], yes: str, no: str) -> str:
    """The outcomes that no case gave, in words."""
    return "jamais " + " ni ".join(word for truth, word in ((Truth.YES, yes), (Truth.NO, no)) if truth not in seen)


@dataclass(frozen=True, slots=True)
class ConditionCoverage:
    """An elementary condition of an aid, and the outcomes that the cases gave it."""

    aid: str
    part: str
    label: str
    origin: Origin | None
    seen: frozenset[Truth]

    @property
    def covered(self) -> bool:
        """Whether it was seen true and false."""
        return {Truth.YES, Truth.NO} <= self.seen

    @property
    def where(self) -> str:
        """Its place as `check.yaml` names it: stable as long as the rule is."""
        return f"condition:{self.aid}/{self.part}/{self.label}"

    @property
    def missing(self) -> str:
        """What no case shows, in words; asked of an uncovered condition."""
        return _missing(self.seen, "vraie", "fausse")


@dataclass(frozen=True, slots=True)
class ThresholdCoverage:
    """A dated value that conditions compare with, and the outcomes of these comparisons."""

    parameter: str
    key: str | None
    start: date | None
    seen: frozenset[Truth]

    @property
    def covered(self) -> bool:
        """Whether a case stands on each side."""
        return {Truth.YES, Truth.NO} <= self.seen

    @property
    def where(self) -> str:
        """Its place as `check.yaml` names it."""
        return f"parameter:{self.parameter}{f' ({self.key})' if self.key else ''} {self.start}"

    @property
    def missing(self) -> str:
        """What no case shows, in words; asked of an uncovered threshold."""
        return _missing(self.seen, "rempli", "manqué")


@dataclass(frozen=True, slots=True)
class BoundCoverage:
    """A day on which an aid or a value changes; whether cases stand before it, on its eve, on the day itself, after."""

    name: str
    key: str | None
    day: date
    before: bool
    after: bool
    eve: bool
    same: bool

    @property
    def covered(self) -> bool:
        """Whether a case stands on each side."""
        return self.before and self.after

    @property
    def to_the_day(self) -> bool:
        """Whether a case stands on the eve, and one on the day itself."""
        return self.eve and self.same

    @property
    def where(self) -> str:
        """Its place as `check.yaml` names it."""
        return f"change:{self.name}{f' ({self.key})' if self.key else ''} {self.day}"

    @property
    def missing(self) -> str:
        """What no case shows, in words; asked of a change that is not framed to the day."""
        return "ni la veille ni le jour même" if not (self.eve or self.same) else (
            "pas le jour même" if self.eve else "pas la veille"
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Coverage:
    """What cases put to the test.

    Conditions are those of the aids that at least one case reaches (`aids`), thresholds and days of change those of the
    whole rulebook. `unread` and `hidden` count the changes that no plan can show: of values that no aid reads, and of
    values that none reads around the day. `explained` counts what was set aside, with a written reason.
    """

    aids: tuple[str, ...]
    untouched: tuple[str, ...]
    conditions: tuple[ConditionCoverage, ...]
    thresholds: tuple[ThresholdCoverage, ...]
    bounds: tuple[BoundCoverage, ...]
    names: Rulebook
    unread: int = 0
    hidden: int = 0
    explained: int = 0

    def without(self, is_explained: Callable[[str], bool]) -> Coverage:
        """The same, less what is not covered and whose `where` has a written explanation."""
        conditions = tuple(c for c in self.conditions if c.covered or not is_explained(c.where))
        thresholds = tuple(t for t in self.thresholds if t.covered or not is_explained(t.where))
        bounds = tuple(b for b in self.bounds if b.to_the_day or not is_explained(b.where))
        before = len(self.conditions) + len(self.thresholds) + len(self.bounds)
        fewer = before - len(conditions) - len(thresholds) - len(bounds)
        return replace(
            self, conditions=conditions, thresholds=thresholds, bounds=bounds, explained=self.explained + fewer
        )

    def summary(self) -> str:
        """The counts, in French, and the aids that no case reaches."""
        return "\n".join(_summary(self))

    def text(self) -> str:
        """The report, in French: the counts, then what no case tests."""
        return "\n".join((*_summary(self), *_details(self)))


# In words ---------------------------------------------------------------------------------------


def _summary(coverage: Coverage) -> Iterator[str]:
    yield f"aides : {_count(coverage.aids, lambda _: True, len(coverage.aids) + len(coverage.untouched))} atteintes"
    yield f"conditions vues vraies et fausses : {_count(coverage.conditions, lambda c: c.covered)}"
    yield f"seuils éprouvés des deux côtés : {_count(coverage.thresholds, lambda t: t.covered)}"
    yield f"changements encadrés par des cas : {_count(coverage.bounds, lambda b: b.covered)}"
    yield f"changements encadrés au jour près : {_count(coverage.bounds, lambda b: b.to_the_day)}"
    for count, what in (
        (coverage.unread, "changements de barèmes qu'aucune aide ne lit (droits acquis, revenus)"),
        (coverage.hidden, "changements de valeurs qu'aucune aide ne lit ces jours-là"),
        (coverage.explained, "conditions, seuils et changements expliqués dans check.yaml"),
    ):
        if count:
            yield f"hors de ces comptes, {what} : {count}"
    if coverage.untouched:
        yield "aides qu'aucun cas n'atteint : " + ", ".join(coverage.untouched)


def _details(coverage: Coverage) -> Iterator[str]:
    for condition in coverage.conditions:
        if not condition.covered:
            yield f"  {condition.aid} : « {condition.label} » {condition.missing} ({condition.origin or '?'})"
    for threshold in coverage.thresholds:
        if not threshold.covered:
            where = _value(threshold.parameter, threshold.key, threshold.start, coverage.names)
            yield f"  seuil {threshold.missing} : {where}"
    for bound in coverage.bounds:
        if not bound.to_the_day:
            yield f"  changement, {bound.missing} : {_value(bound.name, bound.key, bound.day, coverage.names)}"


def _count(items: tuple[T, ...], kept: Callable[[T], bool], total: int | None = None) -> str:
    count, whole = sum(map(kept, items)), len(items) if total is None else total
    return f"{count} sur {whole}" + (f" ({100 * count // whole} %)" if whole else "")


def _value(name: str, key: str | None, day: date | None, rulebook: Rulebook) -> str:
    label = parameter_label(name, rulebook) if name in rulebook.parameters else rulebook.aid(name).label
    of = f" [{key}]" if key is not None else ""
    return f"{label}{of}, {name}" + (f", le {day_in_french(day)}" if day is not None else "")
