"""What a dossier must say for a condition to hold: found by walking the condition, fact by fact."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from typing import Any

from cpf_funding.facts import Fact, Value, parse_value
from cpf_funding.language import tree
from cpf_funding.language.lists import ListRow
from cpf_funding.language.units import Unit
from cpf_funding.language.values import UNLIMITED
from cpf_funding.testing.around_reading import Scene, holds, number, solve, unit_of
from cpf_funding.truth import Truth

__all__ = ["Bound", "Wishes", "meet"]

Ordered = Any
"""A number or a day, compared with its own kind only."""
MOST_TRIED = 2_000
"""How many steps are tried before a condition is given up."""
_FEW = 8
"""Members of a group with fewer ways to be met are met first, counted up to this number."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What a fact may be: between two values, among some, or none of some; `barred` are single values left out."""

    low: Ordered | None = None
    high: Ordered | None = None
    among: frozenset[Value] | None = None
    barred: frozenset[Value] = field(default_factory=frozenset)

    def __and__(self, other: Bound) -> Bound:
        among = self.among if other.among is None else other.among
        if self.among is not None and other.among is not None:
            among = self.among & other.among
        return Bound(
            _extreme(max, self.low, other.low), _extreme(min, self.high, other.high), among, self.barred | other.barred
        )

    def choose(self, typical: Value, others: Sequence[Value] = ()) -> Value | None:
        """A value within the bound, the typical one if it can be; `None` when there is none."""
        if self.among is not None:
            left = sorted(self.among - self.barred, key=str)
            return typical if typical in left else next((value for value in left if self._between(value)), None)
        found: Value = typical
        if isinstance(typical, int | date) and not isinstance(typical, bool):
            if self.low is not None and typical < self.low:
                found = self.low
            if self.high is not None and found > self.high:
                found = self.high
        candidates = [found, *others, *((found + 1, found - 1) if type(found) is int else ())]
        return next((each for each in candidates if each not in self.barred and self._between(each)), None)

    def _between(self, value: Value) -> bool:
        above = self.low is None or (isinstance(value, int | date) and value >= self.low)
        return above and (self.high is None or (isinstance(value, int | date) and value <= self.high))


def _extreme(pick: Callable[..., Ordered], one: Ordered | None, other: Ordered | None) -> Ordered | None:
    return one if other is None else other if one is None else pick(one, other)


Wishes = Mapping[str, Bound]
"""What each fact may be; an envelope is named `envelope:<id>`, and stands for what is left in it, in cents."""


def meet(nodes: Sequence[tree.Node], scene: Scene, start: Wishes | None = None) -> Iterator[Mapping[str, Value]]:
    """Facts that make every condition hold, one way after the other, those of the scene kept where they can be."""
    steps = iter(range(MOST_TRIED))
    for wishes in _all(list(nodes), True, scene, dict(start or {}), steps):
        chosen = _chosen(wishes, scene)
        if chosen is not None:
            yield chosen


def _chosen(wishes: Wishes, scene: Scene) -> Mapping[str, Value] | None:
    found: dict[str, Value] = {}
    for name, bound in wishes.items():
        envelope = name.startswith("envelope:")
        fact = None if envelope else scene.rulebook.facts[name]
        typical: Value = UNLIMITED if fact is None else scene.facts.get(name, _neutral(fact))
        value = bound.choose(typical, tuple(fact.choices) if fact is not None else ())
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value < 0):
            return None
        found[name] = value
    return found


def _neutral(fact: Fact) -> Value:
    if isinstance(fact.kind, Unit):
        return 0
    return True if fact.kind == "truth" else date(2017, 6, 1) if fact.kind == "date" else "autre"


def _joined(one: Wishes, other: Wishes) -> Wishes | None:
    """Both together, or `None` when a fact is left no value."""
    both = dict(one)
    for name, bound in other.items():
        both[name] = both[name] & bound if name in both else bound
        left = both[name]
        if left.among is not None and not left.among - left.barred:
            return None
        if left.low is not None and left.high is not None and left.low > left.high:
            return None
    return both


# Walking ----------------------------------------------------------------------------------------


def _all(nodes: list[tree.Node], want: bool, scene: Scene, wishes: Wishes, steps: Iterator[int]) -> Iterator[Wishes]:
    if not nodes:
        yield wishes
        return
    if len(nodes) > 1:
        nodes = sorted(nodes, key=lambda node: sum(1 for _ in islice(_options(node, want, scene, steps), _FEW)))
    yield from _each(nodes, want, scene, wishes, steps)


def _each(nodes: list[tree.Node], want: bool, scene: Scene, wishes: Wishes, steps: Iterator[int]) -> Iterator[Wishes]:
    if not nodes:
        yield wishes
        return
    for option in _options(nodes[0], want, scene, steps):
        together = _joined(wishes, option)
        if next(steps, None) is None:
            return
        if together is not None:
            yield from _each(nodes[1:], want, scene, together, steps)


def _options(node: tree.Node, want: bool, scene: Scene, steps: Iterator[int]) -> Iterator[Wishes]:
    match node:
        case tree.AllOf() | tree.AnyOf():
            members = list(tree.children(node))
            if isinstance(node, tree.AllOf) is want:
                yield from _all(members, want, scene, {}, steps)
            else:
                for member in members:
                    yield from _options(member, want, scene, steps)
        case tree.Not():
            yield from _options(node.not_, not want, scene, steps)
        case tree.FirstKnown():
            yield from _options(node.first_known[0], want, scene, steps)
        case tree.Compare():
            yield from _fact_options(node, want, scene)
        case tree.CompareAmount():
            yield from _amount_options(node, want, scene)
        case tree.Listed():
            yield from _list_options(node, want, scene)
        case tree.EnvelopeIsOpen():
            yield {f"envelope:{node.envelope}": Bound(low=1) if want else Bound(low=0, high=0)}
        case _:  # whether another aid pays is not the dossier's to say
            yield {}


def _fact_options(node: tree.Compare, want: bool, scene: Scene) -> Iterator[Wishes]:
    fact = scene.rulebook.facts[node.fact]
    bounds = [
        number(o, scene) if isinstance(o, tree.Node) else parse_value(fact.kind, o, fact.choices) for o in node.operands
    ]
    known = [bound for bound in bounds if bound is not None]
    if len(known) < len(bounds):
        return
    for bound in _bounds(node.operator, known, want):
        yield {node.fact: bound}


def _bounds(operator: str, values: Sequence[Value], want: bool) -> Iterator[Bound]:
    """The ranges in which a comparison holds, or fails."""
    first, last = values[0], values[-1]
    if operator in ("is", "in"):
        if want:
            yield Bound(among=frozenset(values))
        elif isinstance(first, bool):
            yield Bound(among=frozenset({True, False} - set(values)))
        else:
            yield Bound(barred=frozenset(values))
        return
    if not isinstance(first, int | date) or not isinstance(last, int | date):
        return
    if operator == "between":
        yield from [Bound(first, last)] if want else [Bound(high=_before(first)), Bound(low=_after(last))]
    elif operator in ("at_least", "above", "after"):
        least = first if operator == "at_least" else _after(first)
        yield Bound(low=least) if want else Bound(high=_before(least))
    else:
        most = first if operator == "at_most" else _before(first)
        yield Bound(high=most) if want else Bound(low=_after(most))


def _after(value: Ordered) -> Ordered:
    return date.fromordinal(value.toordinal() + 1) if isinstance(value, date) else value + 1


def _before(value: Ordered) -> Ordered:
    return date.fromordinal(value.toordinal() - 1) if isinstance(value, date) else value - 1


def _amount_options(node: tree.CompareAmount, want: bool, scene: Scene) -> Iterator[Wishes]:
    """As it stands when it does; else one fact moved to the least or the greatest value of the range asked for."""
    if holds(node, scene) is Truth.of(want):
        yield {}
        return
    unit = unit_of(node.amount, scene)
    bounds = [number(o, scene) if isinstance(o, tree.Node) else parse_value(unit, o) for o in node.operands]
    known: list[Value] = [bound for bound in bounds if bound is not None]
    for bound in _bounds(node.operator, known, want) if len(known) == len(bounds) else ():
        targets = [each for each in (bound.low, bound.high) if isinstance(each, int)]
        targets += [each for each in bound.among or () if isinstance(each, int)]
        for target in targets:
            for name, value in solve(node.amount, target, scene):
                moved = replace(scene, facts={**scene.facts, name: value})
                if name.startswith("envelope:") or holds(node, moved) is Truth.of(want):
                    yield {name: Bound(low=value, high=value)}


def _list_options(node: tree.Listed, want: bool, scene: Scene) -> Iterator[Wishes]:
    listed = scene.rulebook.lists.get(node.list)
    if listed is None:
        return
    if not want:
        yield {listed.fact: Bound(barred=frozenset(listed.rows))}
        return
    for code, rows in sorted(listed.rows.items()):
        for row in rows:
            if _dated(row, scene.start):
                yield {listed.fact: Bound(among=frozenset({code})), **_row_wishes(row)}


def _dated(row: ListRow, day: date | None) -> bool:
    return day is None or ((row.start is None or row.start <= day) and (row.until is None or day <= row.until))


def _row_wishes(row: ListRow) -> Wishes:
    """For whom, where and in which branches a certification is on a list."""
    found: dict[str, Bound] = {}
    if row.public != "all":
        found["holder.status"] = Bound(among=frozenset({row.public}))
    if row.regions:
        codes: frozenset[Value] = frozenset(row.regions)
        found |= {"holder.region": Bound(among=codes), "training.region": Bound(among=codes)}
    if row.branches:
        found["holder.contract.naf"] = Bound(among=frozenset(row.branches))
    return found
