"""The days on which a rulebook changes, and how closely a set of worked cases stands around each.

A change is a day on which an aid is no longer in the state of the day before, or a value no longer the same: two
periods that say the same thing, one after the other, are no change. Nothing declared is as good as unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from cpf_funding.language.values import Parameter
from cpf_funding.rulebook.book import Aid, Rulebook
from cpf_funding.testing.report import BoundCoverage

__all__ = ["ASKED", "Bounds", "Days", "framed"]

ASKED = ("open", "unknown")
"""The states in which an aid can be asked for, so that its conditions and its amount are read."""

_DAY = timedelta(days=1)
_Key = tuple[str, str | None]
"""A parameter, and a key when it is a table."""


class Days:
    """The days that the cases show: of an aid, those on which it is for the person of a case and not refused by its
    conditions; of a value, those for which a plan read it."""

    def __init__(self) -> None:
        self.of_aid: defaultdict[str, set[date]] = defaultdict(set)
        self.of_value: defaultdict[_Key, set[date]] = defaultdict(set)


class Bounds(NamedTuple):
    """The changes that a plan can show; how many are of values that no aid reads (`unread`), or that none reads on the
    day nor on the day before (`hidden`)."""

    shown: tuple[BoundCoverage, ...]
    unread: int
    hidden: int


def framed(rulebook: Rulebook, days: Days) -> Bounds:
    """Every change of a rulebook, and whether the cases stand on each side."""
    shown: list[BoundCoverage] = []
    for aid in rulebook.aids:
        stood = days.of_aid[aid.id]
        shown += [_bound(aid.id, None, day, stood, stood) for day in _aid_changes(aid)]
    readers = _readers(rulebook)
    unread = hidden = 0
    for parameter in rulebook.parameters.values():
        aids = readers[parameter.name]
        for key in parameter.table:
            for day in _value_changes(parameter, key):
                unread += not aids
                if any(_readable(parameter, aids, side) for side in (day - _DAY, day)):
                    shown.append(_value_bound(parameter, key, day, aids, days))
                else:
                    hidden += bool(aids)
    return Bounds(tuple(shown), unread, hidden)


def _readers(rulebook: Rulebook) -> defaultdict[str, list[Aid]]:
    found: defaultdict[str, list[Aid]] = defaultdict(list)
    for aid in rulebook.aids:
        for name in aid.used:
            kind, _, id = name.partition(":")
            if kind == "parameter":
                found[id].append(aid)
    return found


# Days of change ---------------------------------------------------------------------------------


def _edges(periods: list[tuple[date | None, date | None]]) -> list[date]:
    """The first day of each period, and the day after its last."""
    starts = {start for start, _ in periods if start is not None}
    ends = {until + _DAY for _, until in periods if until is not None and until < date.max}
    return sorted(starts | ends)


def _aid_changes(aid: Aid) -> Iterator[date]:
    for day in _edges([(period.start, period.until) for period in aid.in_force]):
        before, after = aid.period(day - _DAY), aid.period(day)
        if (before.state if before else None) != (after.state if after else None):
            yield day


def _value_changes(parameter: Parameter, key: str) -> Iterator[date]:
    for day in _edges([(setting.start, setting.until) for setting in parameter.table[key]]):
        before, after = parameter.at(day - _DAY, key), parameter.at(day, key)
        if (before.state, before.value) != (after.state, after.value):
            yield day


def _readable(parameter: Parameter, aids: list[Aid], day: date) -> bool:
    """Whether a plan may read the value of a day: a course that starts that day may have been asked for long before."""
    for aid in aids:
        for period in aid.in_force:
            over = parameter.clock == "filing" and period.until is not None and period.until < day
            if period.state in ASKED and period.start <= day and not over:
                return True
    return False


# Cases around a day -----------------------------------------------------------------------------


def _bound(name: str, key: str | None, day: date, before: set[date], after: set[date]) -> BoundCoverage:
    return BoundCoverage(
        name, key, day, before=any(d < day for d in before), after=any(d >= day for d in after),
        eve=day - _DAY in before, same=day in after,
    )  # fmt: skip


def _value_bound(parameter: Parameter, key: str, day: date, aids: list[Aid], days: Days) -> BoundCoverage:
    """On a side where no aid can be asked for, or where nothing is declared, a case of such an aid is enough."""
    name = key if parameter.by is not None else None
    read = days.of_value[(parameter.name, name)]
    around = read.union(*(days.of_aid[aid.id] for aid in aids))
    before, after = (
        read if _readable(parameter, aids, side) and parameter.at(side, key).start is not None else around
        for side in (day - _DAY, day)
    )
    return _bound(parameter.name, name, day, before, after)
