"""Dossiers on each side of everything that a rulebook compares with: thresholds, ceilings, days, lists, envelopes.

The rules are read, not run: each condition of an aid is walked to find a dossier that meets the others, then one fact
is moved just below, at and just above the value that the rule names (a cent, a hundredth of an hour, a day, a year).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

from cpf_funding.dossier import Dossier
from cpf_funding.facts import Value, parse_value, read_facts
from cpf_funding.language import tree
from cpf_funding.language.values import UNLIMITED, Parameter, Setting, State
from cpf_funding.reading.dossiers import EARLIEST_YEAR, LATEST_YEAR
from cpf_funding.rulebook.book import Aid, Rulebook
from cpf_funding.testing.around_facts import DERIVED, facts_dossier, typical
from cpf_funding.testing.around_moves import moved, moves, starts, ties
from cpf_funding.testing.around_reading import Scene, holds
from cpf_funding.testing.around_wishes import Bound, Wishes, meet
from cpf_funding.truth import Truth

__all__ = ["Nearby", "dossiers_around"]

_DAY = timedelta(days=1)
_AHEAD = timedelta(days=90)
_FIRST = date(EARLIEST_YEAR, 1, 1)
_WAYS = 12
"""How many ways to open an aid are tried on one day."""


class Nearby(NamedTuple):
    """A dossier, which aid it is about, what stands at a threshold (`subject`), and on which `side`.

    Sides are `below`, `at`, `above` for numbers and dates; `in` and `out` for words, lists and envelopes (`unknown` for
    one of which nothing is said); `before` and `from` for the days on which a rule changes.
    """

    dossier: Dossier
    aid: str
    subject: str
    side: str


def dossiers_around(rulebook: Rulebook) -> Iterator[Nearby]:
    """Every dossier that stands next to something the rules compare with, aid by aid, in a fixed order.

    Each is planned on its own `as_of`. A threshold that no dossier that can be written stands at (a number below zero,
    a value that nothing else allows) is passed over.
    """
    for aid in rulebook.aids:
        yield from _Neighbourhood(rulebook, aid).dossiers()


@dataclass(slots=True)
class _Neighbourhood:
    """The dossiers around one aid."""

    rulebook: Rulebook
    aid: Aid
    opened: dict[tuple[date, str], dict[str, Value] | None] = field(default_factory=dict)
    """Facts that open the aid, by day and by what was asked besides."""

    def dossiers(self) -> Iterator[Nearby]:
        days = self._days()
        if not days:
            return
        shape = self.aid.shape
        for name in ("scope", "eligibility", "firm_when"):
            node: tree.Node | None = getattr(shape, name)
            if node is not None:
                yield from self._conditions(node, days)
        yield from self._conditions(shape.amount, days)
        yield from self._ceilings(days)
        yield from self._envelopes(days)
        yield from self._delays(days)
        yield from self._periods(days)

    # Days and facts -----------------------------------------------------------------------------

    def _days(self) -> list[date]:
        """Days on which the rules of the aid are not those of the day before, the latest first."""
        bounds = {period.start for period in self.aid.in_force}
        for name in self._parameters():
            bounds |= {s.start for s in self.rulebook.parameters[name].settings() if s.start is not None}
        days = {max(day, _FIRST) for day in bounds}
        return [day for day in sorted(days, reverse=True) if _possible(day) and self._asked(day)]

    def _parameters(self) -> list[str]:
        return sorted(name.partition(":")[2] for name in self.aid.used if name.startswith("parameter:"))

    def _asked(self, day: date) -> bool:
        period = self.aid.period(day)
        return period is not None and period.state == "open"

    def _typical(self, on: date) -> dict[str, Value]:
        """Facts that every dossier has, and a plausible value for each fact that the aid reads."""
        found: dict[str, Value] = {
            name: typical(self.rulebook.facts[name])
            for name in sorted(name.partition(":")[2] for name in self.aid.used if name.startswith("fact:"))
            if name in self.rulebook.facts and name not in DERIVED and not name.startswith("training.hours.")
        }
        costs: dict[str, Value] = {"training.costs.teaching": 0}
        costs |= {f"training.costs.{line}": 300_000 for line in self.aid.covers}
        course: dict[str, Value] = {
            "training.start": on + _AHEAD, "training.months": 300, "training.hours.total": 30_000,
        }  # fmt: skip
        return {**found, **costs, **course}

    def _scene(self, facts: Mapping[str, Value], on: date) -> Scene | None:
        """The facts as a dossier gives them, derived ones included."""
        dossier = facts_dossier(_facts_only(facts), self.rulebook, on, _envelopes(facts))
        if dossier is None:
            return None
        declared = {name: self.rulebook.facts[name] for name in dossier.answers}
        known = read_facts(dossier, on, declared)
        return Scene(self.rulebook, self.aid, on, dossier.training.start, known, _envelopes(facts))

    def _open(self, on: date, extra: Wishes | None = None) -> dict[str, Value] | None:
        """Facts in which everything that the aid asks for on a day is met, with more asked of some facts."""
        key = (on, repr(extra))
        if key not in self.opened:
            self.opened[key] = self._search(on, extra)
        return self.opened[key]

    def _search(self, on: date, extra: Wishes | None) -> dict[str, Value] | None:
        start = {**self._typical(on), **self._values(extra)}
        scene = self._scene(start, on)
        shape = self.aid.shape
        asked = [node for node in (shape.scope, shape.eligibility, shape.firm_when) if node is not None]
        for chosen in islice(meet(asked, scene, extra), _WAYS) if scene is not None else ():
            facts = moved(start, chosen)
            there = self._scene(facts, on)
            if there is not None and all(holds(node, there) is not Truth.NO for node in asked):
                return facts
        return None

    def _day(self, days: list[date]) -> date:
        """The first of these days on which the aid can be opened, else the first."""
        return next((day for day in days if self._open(day) is not None), days[0])

    def _scenes(self, node: tree.Node, days: list[date]) -> Iterator[tuple[dict[str, Value], Scene]]:
        """Facts that open the aid, and the scene that they make, for each dated value that a node reads."""
        for on, extra in self._versions(node, days):
            facts = self._facts(on, extra)
            scene = self._scene(facts, on)
            if scene is not None:
                yield facts, scene

    def _facts(self, on: date, extra: Wishes | None = None) -> dict[str, Value]:
        """Facts that open the aid; failing that, those that open it otherwise, or any, with what is asked."""
        found = self._open(on, extra)
        if found is not None:
            return found
        return {**(self._open(on) or self._typical(on)), **self._values(extra)}

    def _for_someone(self, on: date, extra: Wishes | None) -> bool:
        """Whether the aid is for anyone of whom this is asked: a shared table has rows that are for other aids."""
        scope, start = self.aid.shape.scope, {**self._typical(on), **self._values(extra)}
        scene = self._scene(start, on)
        return scope is None or scene is None or next(meet([scope], scene, extra), None) is not None

    def _values(self, wishes: Wishes | None) -> dict[str, Value]:
        found = {name: bound.choose(typical(self.rulebook.facts[name])) for name, bound in (wishes or {}).items()}
        return {name: value for name, value in found.items() if value is not None}

    def _place(self, facts: Mapping[str, Value], on: date, subject: str, side: str) -> Iterator[Nearby]:
        dossier = facts_dossier(_facts_only(facts), self.rulebook, on, _envelopes(facts)) if _possible(on) else None
        if dossier is not None:
            yield Nearby(dossier, self.aid.id, subject, side)

    # Conditions ---------------------------------------------------------------------------------

    def _conditions(self, root: tree.Node, days: list[date]) -> Iterator[Nearby]:
        for node in tree.walk(root):
            if isinstance(node, tree.Compare | tree.CompareAmount):
                subject = node.fact if isinstance(node, tree.Compare) else "amount"
                for facts, scene in self._scenes(node, days):
                    for change, side in moves(node, scene):
                        yield from self._place(moved(facts, change), scene.on, subject, side)
            elif isinstance(node, tree.Listed):
                yield from self._listed(node, days)

    def _versions(self, node: tree.Node, days: list[date]) -> Iterator[tuple[date, Wishes | None]]:
        """A day, and the key of a table, for each dated value that a node reads; for a node without any, one day."""
        refs = [each for each in tree.walk(node) if isinstance(each, tree.ParameterRef)]
        if not refs:
            yield self._day(days), None
        for ref in refs:
            name = ref.parameter if "." in ref.parameter else f"{self.aid.id}.{ref.parameter}"
            parameter = self.rulebook.parameters[name]
            for setting in parameter.settings():
                on = self._day_of(setting, parameter) if setting.state is State.VALID else None
                key = _key(setting, parameter)
                if on is not None and self._for_someone(on, key):
                    yield on, key

    def _day_of(self, setting: Setting, parameter: Parameter) -> date | None:
        """The first day on which a value counts and the aid can be asked for."""
        ahead = _AHEAD if parameter.clock == "start" else timedelta(0)
        first = setting.start or _FIRST
        starts = [first - ahead, *(max(first - ahead, period.start) for period in self.aid.in_force)]
        until = (setting.until or date(LATEST_YEAR, 12, 31)) - ahead
        return next((day for day in starts if day <= until and _possible(day) and self._asked(day)), None)

    def _listed(self, node: tree.Listed, days: list[date]) -> Iterator[Nearby]:
        listed = self.rulebook.lists.get(node.list)
        if listed is None or not listed.rows:
            return
        rows = [(code, row) for code, found in sorted(listed.rows.items()) for row in found]
        begun = [row.start for _, row in rows if row.start and _possible(row.start) and self._asked(row.start)]
        on = self._day([*days, *sorted(begun)])
        facts, subject = self._facts(on), f"list:{node.list}"
        yield from self._place({**facts, listed.fact: "RNCP0"}, on, subject, "out")
        if facts.get(listed.fact) not in listed.rows:
            facts = {**facts, listed.fact: rows[0][0]}
        yield from self._place(facts, on, subject, "in")
        bounds: dict[tuple[date, int], str] = {}
        for code, row in rows:
            bounds |= {(row.start, -1): code} if row.start is not None else {}
            bounds |= {(row.until, 1): code} if row.until is not None and row.until < date.max else {}
        for (day, step), code in sorted(bounds.items()):
            for side, start in (("at", day), ("below" if step < 0 else "above", day + step * _DAY)):
                there = {**facts, listed.fact: code, "training.start": start}
                yield from self._place(there, max(start - _AHEAD, _FIRST), subject, side)

    # Amounts ------------------------------------------------------------------------------------

    def _ceilings(self, days: list[date]) -> Iterator[Nearby]:
        """What binds an amount: each member of a least or a most made equal to each other, a cent less, a cent more."""
        amount = self.aid.shape.amount
        whole = tree.LeastOf(least_of=(tree.Remaining(remaining=self.aid.covers), amount))
        for facts, scene in self._scenes(amount, days):
            for node in tree.walk(whole):
                for change, side in ties(node, scene):
                    yield from self._place(moved(facts, change), scene.on, "ceiling", side)

    def _envelopes(self, days: list[date]) -> Iterator[Nearby]:
        shape = self.aid.shape
        nodes = [each for root in (shape.eligibility, shape.amount) if root is not None for each in tree.walk(root)]
        names = {n.envelope for n in nodes if isinstance(n, tree.EnvelopeIsOpen | tree.EnvelopeLeft)}
        on = self._day(days)
        for name in sorted(names):
            for side, left in (("out", 0), ("in", 1), ("in", UNLIMITED)):
                yield from self._place({**self._facts(on), f"envelope:{name}": left}, on, f"envelope:{name}", side)
            unknown = {key: value for key, value in self._facts(on).items() if key != f"envelope:{name}"}
            yield from self._place(unknown, on, f"envelope:{name}", "unknown")

    # Days ---------------------------------------------------------------------------------------

    def _delays(self, days: list[date]) -> Iterator[Nearby]:
        """A start that leaves the notice whole by a day, exactly, and lacks a day; likewise for the answers."""
        procedure = self.aid.shape.procedure
        answer = procedure.answer
        bounds = (answer.least, answer.usual, answer.most) if answer is not None else ()
        counted = [("notice", procedure.notice), *(("answer", bound) for bound in bounds)]
        for subject, node in ((subject, node) for subject, node in counted if node is not None):
            for facts, scene in self._scenes(node, days):
                for day, side in starts(node, scene, notice=subject == "notice"):
                    yield from self._place({**facts, "training.start": day}, scene.on, subject, side)

    def _periods(self, days: list[date]) -> Iterator[Nearby]:
        """The day before and the first day of each period of the aid and of its values."""
        on = self._day(days)
        facts = self._facts(on)
        for day in _changes((period.start, period.until) for period in self.aid.in_force):
            yield from self._changing(facts, day, "filing", f"in_force:{self.aid.id}")
        for name in self._parameters():
            parameter = self.rulebook.parameters[name]
            for key, rows in parameter.table.items():
                keyed = {} if parameter.by is None or key == "*" else {parameter.by: _as_fact(key, parameter, self)}
                for day in _changes((row.start, row.until) for row in rows):
                    yield from self._changing({**facts, **keyed}, day, parameter.clock, f"parameter:{name}")

    def _changing(self, facts: Mapping[str, Value], day: date, clock: str, subject: str) -> Iterator[Nearby]:
        for side, bound in (("before", day - _DAY), ("from", day)):
            on = bound if clock == "filing" else bound - _AHEAD
            yield from self._place({**facts, "training.start": on + _AHEAD}, on, subject, side)


# Helpers ----------------------------------------------------------------------------------------


def _possible(day: date) -> bool:
    return EARLIEST_YEAR <= day.year < LATEST_YEAR


def _facts_only(facts: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in facts.items() if not name.startswith("envelope:")}


def _envelopes(facts: Mapping[str, Value]) -> dict[str, int]:
    found = {name.partition(":")[2]: value for name, value in facts.items() if name.startswith("envelope:")}
    return {name: value for name, value in found.items() if isinstance(value, int)}


def _key(setting: Setting, parameter: Parameter) -> Wishes | None:
    if parameter.by is None or setting.key is None:
        return None
    if setting.key == "*":
        return {parameter.by: Bound(barred=frozenset(key for key in parameter.table if key != "*"))}
    return {parameter.by: Bound(among=frozenset({setting.key}))}


def _as_fact(key: str, parameter: Parameter, where: _Neighbourhood) -> Value:
    fact = where.rulebook.facts[parameter.by or ""]
    return parse_value(fact.kind, key, fact.choices)


def _changes(periods: Iterable[tuple[date | None, date | None]]) -> list[date]:
    """The first day of each period, and the day after its last."""
    found: set[date] = set()
    for start, until in periods:
        found |= {start} if start is not None else set()
        found |= {until + _DAY} if until is not None and until < date.max else set()
    return sorted(found)
