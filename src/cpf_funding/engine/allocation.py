"""Who pays what inside one configuration: prefix min-cuts over cost lines, in integer cents.

Let `c_l` be the cost of line `l`, and let aids come in order of mobilisation, aid `j` with a capacity `k_j` over the
lines `L_j`. By the max-flow min-cut theorem (Ford and Fulkerson, 1956) the most that aids 1..i can pay together is

    F(i) = min over T subset of lines of ( sum of c_l for l in T  +  sum of k_j for j <= i with L_j not inside T )

and aid `i` pays `F(i) - F(i-1)`: the lexicographic optimum, because the feasible vectors form a polymatroid (Edmonds,
1970). Lines that the same aids cover are merged into one class, so the subsets are few.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

__all__ = ["Allocation", "LineClasses", "split_by_line"]


class LineClasses:
    """Cost lines merged into classes: two lines that every aid treats alike are one class. Built once per dossier."""

    __slots__ = ("_around", "_mask_of", "costs", "size", "subsets")

    def __init__(self, costs: Mapping[str, int], covers: Iterable[Sequence[str]]) -> None:
        lines = [line for line, cost in costs.items() if cost > 0]
        cover_sets = [frozenset(cover) for cover in covers]
        classes: dict[tuple[bool, ...], list[str]] = {}
        for line in lines:
            classes.setdefault(tuple(line in cover for cover in cover_sets), []).append(line)
        self._mask_of = {line: 1 << rank for rank, members in enumerate(classes.values()) for line in members}
        self.costs = tuple(sum(costs[line] for line in members) for members in classes.values())
        self.size = len(self.costs)
        self.subsets = [0] * (1 << self.size)
        for subset in range(1, 1 << self.size):
            lowest = subset & -subset
            self.subsets[subset] = self.subsets[subset ^ lowest] + self.costs[lowest.bit_length() - 1]
        self._around: dict[int, tuple[list[int], list[int]]] = {}

    def around(self, mask: int) -> tuple[list[int], list[int]]:
        """The subsets of classes that hold all those of a mask, and the others."""
        found = self._around.get(mask)
        if found is None:
            within = [subset for subset in range(len(self.subsets)) if not mask & ~subset]
            without = [subset for subset in range(len(self.subsets)) if mask & ~subset]
            found = self._around[mask] = within, without
        return found

    def mask(self, lines: Iterable[str]) -> int:
        """The classes that a set of lines touches, as a bit mask; lines without cost touch none."""
        mask = 0
        for line in lines:
            mask |= self._mask_of.get(line, 0)
        return mask


class Allocation:
    """Aids placed one after the other; `paid` is `F(i)`, what those placed so far pay together."""

    __slots__ = ("_classes", "_cuts", "paid")

    def __init__(self, classes: LineClasses) -> None:
        self._classes = classes
        self._cuts = list(classes.subsets)
        self.paid = 0

    def remaining(self, mask: int) -> int:
        """What an unlimited aid over these lines could still pay."""
        cuts = self._cuts
        return min([cuts[subset] for subset in self._classes.around(mask)[0]]) - self.paid

    def place(self, mask: int, capacity: int) -> int:
        """Place the next aid and return the amount it pays."""
        cuts = self._cuts
        if mask == 0 or capacity <= 0:
            return 0
        for subset in self._classes.around(mask)[1]:
            cuts[subset] += capacity
        total = min(cuts)
        amount, self.paid = total - self.paid, total
        return amount


def split_by_line(
    costs: Mapping[str, int], amounts: Sequence[tuple[str, Sequence[str], int]], first: frozenset[str] = frozenset()
) -> dict[str, dict[str, int]]:
    """Split each aid's amount over the lines it covers, by augmenting paths; amounts must be feasible.

    `amounts` lists (aid, lines, cents). Lines of `first` are filled before the others: an augmenting path never
    empties a line, so they stay as full as they can be. Otherwise lines are filled in the order given, and an earlier
    aid is moved to another of its lines only when a later one needs the room.
    """
    flow = _Flow(costs, {aid: [line for line in lines if line in costs] for aid, lines, _ in amounts})
    left = {aid: amount for aid, _, amount in amounts}
    for allowed in (first, frozenset(costs)) if first else (frozenset(costs),):
        for aid in left:
            while left[aid] > 0:
                moved = flow.augment(aid, left[aid], set(costs) - allowed)
                if moved == 0:
                    break
                left[aid] -= moved
    if any(left.values()):
        raise ValueError("ces montants ne peuvent pas être répartis sur les lignes")
    return {aid: {line: cents for line, cents in lines.items() if cents} for aid, lines in flow.split.items()}


class _Flow:
    """Amounts already placed on lines, and the room left on each line."""

    def __init__(self, costs: Mapping[str, int], covers: Mapping[str, Sequence[str]]) -> None:
        self.room = dict(costs)
        self.covers = covers
        self.split: dict[str, dict[str, int]] = {aid: {} for aid in covers}

    def augment(self, aid: str, wanted: int, visited: set[str]) -> int:
        """Place up to `wanted` cents of an aid on its lines, moving others if needed; returns what was placed."""
        for line in self.covers[aid]:
            if line in visited:
                continue
            visited.add(line)
            moved = min(wanted, self.room[line]) or self._make_room(aid, line, wanted, visited)
            if moved:
                self.room[line] -= moved
                self.split[aid][line] = self.split[aid].get(line, 0) + moved
                return moved
        return 0

    def _make_room(self, aid: str, line: str, wanted: int, visited: set[str]) -> int:
        for other, held in ((other, lines.get(line, 0)) for other, lines in self.split.items() if other != aid):
            moved = self.augment(other, min(wanted, held), visited) if held else 0
            if moved:
                self.split[other][line] -= moved
                self.room[line] += moved
                return moved
        return 0
