"""What would clear a refusal cause: the smallest change of each lever, found by rebuilding the plan with it.

Nothing is shown that was not rebuilt. Along a lever, sizes are whole steps (cents, days, hundredths of an hour); the
smallest that works is found by exponential and binary search (Bentley and Yao, 1976), starting from the sizes that the
evidence points at. One step less was rebuilt too, and does not work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations

from cpf_funding.dossier import Dossier
from cpf_funding.engine.build import build_plan
from cpf_funding.engine.levers import Changes, Move, Scene, gaps, move_of, worth_trying
from cpf_funding.engine.plan import Cause, FundingPlan, Remedy
from cpf_funding.errors import InputError
from cpf_funding.reading.changes import apply_changes
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.rulebook.levers import LeverShape
from cpf_funding.truth import Truth

__all__ = ["MAX_REBUILDS", "find_remedies", "smallest"]

MAX_REBUILDS = 150
"""Published limit: past this number of rebuilt plans, no further pair of levers is tried."""
_CLEARED = ("clear", "watch")
"""Forgetting a fact would make a cause unknown: that clears nothing."""
_FEW = 64
"""Sizes among which halving is quick enough without a guess."""
_NEAR = 4
"""How far from a guess to look, in doubling strides, before halving."""


def find_remedies(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan, on: date | None = None) -> FundingPlan:
    """The plan with the remedies of each raised cause, those that complete it first, then the least effort.

    `plan` is `build_plan(dossier, rulebook, on)`. A remedy clears its cause, or completes a plan that was not complete
    otherwise than by presuming more; it leaves no more to find than before, and makes no answer late that was not.
    Where no lever clears the cause, or none completes the plan, two are combined.
    """
    search = _Search(dossier, rulebook, plan, on or plan.as_of)
    causes = [replace(c, remedies=search.remedies(c)) if c.state == "raised" else c for c in plan.causes]
    for index, cause in enumerate(causes):
        if cause.state == "raised" and not any(remedy.completes for remedy in cause.remedies):
            causes[index] = replace(cause, remedies=_ranked([*cause.remedies, *search.pair(cause)], rulebook))
    return replace(plan, causes=tuple(causes))


def smallest(works: Callable[[int], bool], most: int, guesses: Iterable[int] = ()) -> int | None:
    """The least size from 1 to `most` that works, given that more works when less does; `None` when none is found.

    Size 0 is taken not to work. Where more does not always work when less does, the size returned works and the one
    below does not, but others may work below.
    """
    low, high = 0, None
    for size in sorted({*guesses, most}):
        if works(size):
            high = size
            break
        low = size
    if high is None:
        return None
    guessed, gap = (high if high < most else low), 1
    while high - low > 1:
        size = (low + high) // 2
        if gap <= _NEAR and guessed == high:
            size = max(size, high - gap)
        elif gap <= _NEAR and guessed == low > 0:
            size = min(size, low + gap)
        gap *= 2
        worked = works(size)
        guessed = size if guessed == (high if worked else low) else guessed
        low, high = (low, size) if worked else (size, high)
    return high


class _Search:
    """The plans rebuilt for one dossier, each once."""

    def __init__(self, dossier: Dossier, rulebook: Rulebook, plan: FundingPlan, day: date) -> None:
        self.dossier, self.rulebook, self.plan, self.day = dossier, rulebook, plan, day
        self.raised = tuple(cause.id for cause in plan.causes if cause.state == "raised")
        self.late = _late(plan)
        self.worth = worth_trying(dossier, rulebook, plan.as_of)
        self.rebuilt: dict[tuple[tuple[str, str], ...], FundingPlan | None] = {}

    def remedies(self, cause: Cause) -> tuple[Remedy, ...]:
        """What each lever of the cause does alone."""
        found = []
        for id, shape in self._levers(cause):
            move = move_of(shape, Scene(self.dossier, self.plan, cause))
            size = self._least(move, cause, lambda changes: self._mends(changes, cause)) if move is not None else None
            if move is not None and size is not None:
                found.append(self._remedy((id,), move.changes(size)))
        return _ranked(found, self.rulebook)

    def pair(self, cause: Cause) -> Iterator[Remedy]:
        """The first two levers, in order of effort, that clear the cause and complete the plan together."""
        for first, second in combinations(self._levers(cause), 2):
            if len(self.rebuilt) >= MAX_REBUILDS:
                return
            changes = self._joined(first[1], second[1], cause)
            if changes is not None:
                yield self._remedy((first[0], second[0]), changes)
                return

    def _joined(self, first: LeverShape, second: LeverShape, cause: Cause) -> Changes | None:
        """The least of the second lever beside the most of the first, then the least of the first beside that."""

        one = move_of(first, Scene(self.dossier, self.plan, cause))

        def completes(changes: Changes) -> bool:
            after = self._rebuild(changes)
            return after is not None and after.complete and self._mends(changes, cause)

        def beside(size: int) -> tuple[Changes, Move | None]:
            changes = one.changes(size) if one is not None else {}
            try:
                return changes, move_of(second, Scene(apply_changes(self.dossier, changes), self.plan, cause))
            except InputError:
                return changes, None

        def both(size: int, other: int) -> bool:
            changes, move = beside(size)
            return move is not None and other <= move.most and completes({**changes, **move.changes(other)})

        if one is None:
            return None
        other = beside(one.most)[1]
        if other is None or not both(one.most, other.most):
            return None
        least = smallest(lambda size: both(one.most, size), other.most, other.guesses)
        size = smallest(lambda size: both(size, least), one.most, one.guesses) if least is not None else None
        if least is None or size is None:
            raise AssertionError("the most of both levers works")
        changes, move = beside(size)
        return None if move is None else {**changes, **move.changes(least)}

    def _levers(self, cause: Cause) -> list[tuple[str, LeverShape]]:
        named = [
            (id, self.rulebook.levers[id].shape) for id in self.rulebook.causes[cause.id].levers if id in self.worth
        ]
        return sorted(named, key=lambda lever: (lever[1].effort, lever[0]))

    def _least(self, move: Move, cause: Cause, works: Callable[[Changes], bool]) -> int | None:
        guesses = set(move.guesses)
        if not guesses and move.most > _FEW:
            guesses |= self._slope(move)
        return smallest(lambda size: works(move.changes(size)), move.most, guesses)

    def _slope(self, move: Move) -> set[int]:
        """Where what is missing would reach nothing if each step saved as much as the first ones."""
        first = move.most // 16
        after = self._rebuild(move.changes(first))
        saved = self.plan.unfunded - after.unfunded if after is not None else 0
        sizes = {-(-gap * first // saved) for gap in gaps(self.plan)} if saved > 0 else set()
        return {size for size in sizes if 0 < size < move.most}

    def _mends(self, changes: Changes, cause: Cause) -> bool:
        after = self._rebuild(changes)
        if after is None or after.unfunded > self.plan.unfunded or not _late(after) <= self.late:
            return False
        if after.complete and not self.plan.complete and after.unfunded_worst < self.plan.unfunded_worst:
            return True  # the cause may stay: it costs nothing any more
        return _state(after, cause.id) in _CLEARED and self._gains(after, cause)

    def _gains(self, after: FundingPlan, cause: Cause) -> bool:
        """Whether the cause is not cleared only because its aids are now refused for another reason as well."""
        freed = _refused(self.plan).intersection(cause.aids) - _refused(after)
        surer = self.plan.complete and after.unfunded_worst < self.plan.unfunded_worst
        return bool(freed) or after.unfunded < self.plan.unfunded or surer or _late(after) < self.late

    def _rebuild(self, changes: Changes) -> FundingPlan | None:
        """The plan with these changes; `None` when they make a dossier that is refused."""
        key = tuple(sorted(changes.items()))
        if key not in self.rebuilt:
            try:
                changed = apply_changes(self.dossier, changes)
                day = changed.as_of if "as_of" in changes else self.day
                self.rebuilt[key] = build_plan(changed, self.rulebook, day)
            except InputError:
                self.rebuilt[key] = None
        return self.rebuilt[key]

    def _remedy(self, ids: tuple[str, ...], changes: Changes) -> Remedy:
        shapes = [self.rulebook.levers[id].shape for id in ids]
        after = self._rebuild(changes)
        if after is None:
            raise AssertionError("a remedy is a plan that was rebuilt")
        return Remedy(
            lever="+".join(ids), label=" ; ".join(shape.label for shape in shapes),
            who=tuple(dict.fromkeys(who for shape in shapes for who in shape.who)), changes=dict(changes),
            unfunded=after.unfunded, holder_pays=after.holder_pays,
            clears=tuple(id for id in self.raised if _state(after, id) in _CLEARED),
            unfunded_worst=after.unfunded_worst,
            ask_again=tuple(dict.fromkeys(path for shape in shapes for path in shape.ask_again)),
        )  # fmt: skip


def _state(plan: FundingPlan, id: str) -> str:
    """The state of a cause; those that a plan does not list are clear."""
    return next((cause.state for cause in plan.causes if cause.id == id), "clear")


def _refused(plan: FundingPlan) -> frozenset[str]:
    return frozenset(verdict.aid for verdict in plan.verdicts if verdict.state is Truth.NO)


def _late(plan: FundingPlan) -> frozenset[str]:
    return frozenset(line.aid for line in plan.calendar if line.slack_days is not None and line.slack_days < 0)


def _ranked(remedies: Iterable[Remedy], rulebook: Rulebook) -> tuple[Remedy, ...]:
    def effort(remedy: Remedy) -> int:
        return sum(rulebook.levers[id].shape.effort for id in remedy.lever.split("+"))

    return tuple(sorted(remedies, key=lambda remedy: (not remedy.completes, effort(remedy), remedy.lever)))
