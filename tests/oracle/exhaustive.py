"""The definition itself: every way to split every amount over the lines. For a dozen cents and four lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from oracle.brute import fill, guarded_lines, search
from oracle.model import Best, Problem


class Splits:
    """Every state in which the lines may be left, as what is left of each line."""

    def __init__(self, costs: Mapping[str, int]) -> None:
        self.lines = tuple(costs)
        self.left: set[tuple[int, ...]] = {tuple(costs.values())}

    def room(self, lines: frozenset[str]) -> int:
        """The most that is left on these lines, over the states."""
        return max(sum(self._on(lines, state)) for state in self.left)

    def pay(self, lines: frozenset[str], cents: int) -> None:
        """Take `cents` from these lines in every way."""
        where = [place for place, line in enumerate(self.lines) if line in lines]
        self.left = {after for state in self.left for after in _taken(state, where, cents)}

    def can_be_full(self, lines: frozenset[str]) -> bool:
        """Whether some state leaves nothing to pay on these lines (and whether there is a state at all)."""
        return any(sum(self._on(lines, state)) == 0 for state in self.left)

    def _on(self, lines: frozenset[str], state: tuple[int, ...]) -> Iterator[int]:
        return (cents for line, cents in zip(self.lines, state, strict=True) if line in lines)


def allocate(problem: Problem, chosen: Iterable[str]) -> dict[str, int]:
    """What each aid of the configuration `chosen` pays, in order, zeros and mandatory aids included."""
    return fill(problem, chosen, Splits(problem.costs))


def spares_own_money(problem: Problem, chosen: frozenset[str], amounts: Mapping[str, int]) -> bool:
    """Whether some split pays the guarded lines in full without the holder."""
    guarded = guarded_lines(problem, chosen)
    splits = Splits(problem.costs)
    for aid in problem.members(chosen):
        splits.pay(aid.covers - guarded if aid.is_holder else aid.covers, amounts[aid.id])
    return splits.can_be_full(guarded)


def best(problem: Problem) -> Best:
    """The best plan of all."""
    return search(problem, allocate, spares_own_money)


def _taken(state: tuple[int, ...], where: list[int], cents: int) -> Iterator[tuple[int, ...]]:
    if not where:
        if cents == 0:
            yield state
        return
    place, *rest = where
    for here in range(min(cents, state[place]) + 1):
        yield from _taken((*state[:place], state[place] - here, *state[place + 1 :]), rest, cents - here)
