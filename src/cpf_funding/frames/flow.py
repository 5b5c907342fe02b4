"""Who pays what inside one configuration, for a table: the prefix min-cuts of `engine.allocation`, as columns.

    F(i) = min over T of ( sum of c_l for l in T  +  sum of k_j for j <= i with L_j not inside T )

Only the unions of the sets `L_j` need be tried for T: a line of T that no set inside T covers costs and saves nothing.
Sets of lines that never overlap are cut apart, and a set that holds all the lines of the others bounds their sum, so
that most rulebooks come down to one minimum per aid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from cpf_funding.language.columns_graph import CannotCompileError, Graph, Node

__all__ = ["Flow", "Network", "amounts_fit"]

Lines = frozenset[str]
MOST_CUTS = 64


@dataclass(frozen=True, slots=True)
class Network:
    """The sets of lines that aids cover, as a tree: groups of overlapping sets, and the set that holds each group.

    `whole` says whether one of the sets is all the lines of this part; `cuts` are the unions to try where sets overlap
    and none holds the others.
    """

    lines: Lines
    whole: bool
    parts: tuple[Network, ...]
    cuts: tuple[Lines, ...] = ()

    @classmethod
    def of(cls, covers: Iterable[Iterable[str]]) -> Network:
        """The tree of these sets; its root holds every line."""
        sets = {frozenset(cover) for cover in covers} - {frozenset()}
        return cls._part(frozenset().union(*sets), sets)

    @classmethod
    def _part(cls, lines: Lines, sets: set[Lines]) -> Network:
        inner = sets - {lines}
        groups: list[set[Lines]] = []
        for each in sorted(inner, key=sorted):
            met = [group for group in groups if any(each & other for other in group)]
            groups = [group for group in groups if group not in met] + [{each}.union(*met)]
        parts = []
        for group in groups:
            union = frozenset().union(*group)
            if union == lines and len(groups) == 1:  # overlapping sets that no set of theirs holds
                return cls(lines, lines in sets, (), _unions(group))
            parts.append(cls._part(union, group))
        return cls(lines, lines in sets, tuple(parts))


def _unions(sets: Iterable[Lines]) -> tuple[Lines, ...]:
    found: set[Lines] = {frozenset()}
    for each in sets:
        found |= {each | other for other in found}
        if len(found) > MOST_CUTS:
            raise CannotCompileError("lignes de coût", "trop d'aides se partagent les lignes de trop de façons")
    return tuple(sorted(found, key=lambda lines: (len(lines), sorted(lines))))


@dataclass(slots=True)
class Flow:
    """Aids placed one after the other on the lines of a network; `paid` is what those placed so far pay together."""

    graph: Graph
    network: Network
    cost: Callable[[str], Node]
    placed: list[tuple[Lines, Node]] = field(default_factory=list)
    paid: Node = field(init=False)
    _costs: dict[Lines, Node] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.paid = self.graph.zero

    def costs(self, lines: Lines) -> Node:
        """What some lines cost together."""
        if lines not in self._costs:
            self._costs[lines] = self.graph.sum(self.cost(line) for line in sorted(lines))
        return self._costs[lines]

    def place(self, lines: Iterable[str], capacity: Node) -> Node:
        """Place the next aid and return the amount it pays."""
        cover = frozenset(lines)
        if capacity.most <= 0:
            return self.graph.zero
        before = self.paid
        if _within(capacity, self.remaining(cover)):
            self.placed.append((cover, capacity))
            self.paid = self.graph.sum((before, capacity))
            return capacity
        kept = self.graph.most((self.graph.zero, self.graph.least((capacity, self.costs(cover)))))
        self.placed.append((cover, kept))
        self.paid = self.most(self.placed)
        return self.graph.minus(self.paid, before, 0)

    def remaining(self, lines: Iterable[str]) -> Node:
        """What an unlimited aid over these lines could still pay."""
        cover = frozenset(lines)
        return self.graph.minus(self.most([*self.placed, (cover, self.costs(cover))]), self.paid, 0)

    def most(self, placed: Iterable[tuple[Lines, Node]]) -> Node:
        """The most that aids on these lines, of these capacities, can pay together."""
        return self._total(self.network, [each for each in placed if each[0] <= self.network.lines])

    def _total(self, part: Network, placed: list[tuple[Lines, Node]]) -> Node:
        """The most that these aids, all inside a part, can pay there."""
        graph = self.graph
        inside = [(cover, most) for cover, most in placed if cover <= part.lines]
        if part.cuts:
            sums = (
                graph.sum((self.costs(cut), *(most for cover, most in inside if not cover <= cut)))
                for cut in (*part.cuts, *((part.lines,) if part.lines not in part.cuts else ()))
            )
            return graph.least(sums)
        if not inside:
            return graph.zero
        own = [most for cover, most in inside if cover == part.lines]
        below = [self._total(each, inside) for each in part.parts]
        found = graph.sum((*own, *below))
        return graph.least((self.costs(part.lines), found)) if own else found


def _within(amount: Node, most: Node) -> bool:
    """Whether an amount, as it is written, is never negative nor above another."""
    if amount is most or amount.constant == 0:
        return True
    if amount.op == "choose":
        return all(_within(part, most) for part in amount.parts[1:])
    return amount.op == "least" and amount.least >= 0 and any(part is most for part in amount.parts)


def amounts_fit(graph: Graph, cost: Callable[[str], Node], amounts: Iterable[tuple[Lines, Node]]) -> tuple[Node, Node]:
    """What these amounts can pay together on their lines, and their sum."""
    asked = list(amounts)
    flow = Flow(graph, Network.of(lines for lines, _ in asked), cost)
    return flow.most(asked), graph.sum(amount for _, amount in asked)
