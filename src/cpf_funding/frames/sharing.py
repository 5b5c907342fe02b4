"""What several sums, bounds or conditions have in common is computed once.

The graph flattens what it gathers, so that equal calculations are one node: `a + b + c` and `a + b + d` then add `a`
and `b` twice. Here the pair of parts that most nodes hold becomes a node of its own, until no pair is in two of them:
the greedy rule of C. Paar, "Optimized arithmetic for Reed-Solomon encoders" (ISIT 1997).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import combinations, count

from cpf_funding.frames.lower import in_order
from cpf_funding.language.columns_graph import Node

__all__ = ["shared"]

_GATHERING = {"sum": "int", "least": "int", "most": "int", "all": "bool", "any": "bool"}
"""The operations whose parts may be taken in any order, and what they give."""
_NO_BOUNDS = (0, 0, 0)


def shared(outputs: Sequence[Node]) -> list[Node]:
    """The same outputs, made of fewer operations; their nodes are new and have no bounds."""
    nodes = list(in_order(outputs))
    fresh = count(1 + max((node.rank for node in nodes), default=0))
    found = {node.rank: Node(node.rank, node.kind, node.op, (), _NO_BOUNDS) for node in nodes}
    parts: dict[int, Sequence[int]] = {}
    for op, kind in _GATHERING.items():
        groups = {node.rank: {part.rank for part in node.parts} for node in nodes if node.op == op and _once(node)}
        for rank, pair in _pairs(groups, fresh):
            found[rank], parts[rank] = Node(rank, kind, op, (), _NO_BOUNDS), pair
        parts |= {rank: sorted(group) for rank, group in groups.items()}
    for rank, group in parts.items():
        if len(group) == 1:  # all of its parts are a pair that others hold too
            found[rank] = found[group[0]]
    for rank, group in parts.items():
        if len(group) > 1:
            found[rank].args = tuple(found[part] for part in group)
    for node in nodes:
        if node.rank not in parts:
            found[node.rank].args = tuple(found[arg.rank] if isinstance(arg, Node) else arg for arg in node.args)
    return [found[node.rank] for node in outputs]


def _once(node: Node) -> bool:
    """Whether no part is there twice: a sum may double an amount."""
    return len(set(node.parts)) == len(node.parts)


def _pairs(groups: Mapping[int, set[int]], fresh: Iterator[int]) -> Iterator[tuple[int, tuple[int, int]]]:
    """The pairs that several groups hold, each with the number that replaces it there, most held first."""
    holders: dict[tuple[int, int], set[int]] = {}
    for rank, group in groups.items():
        for pair in combinations(sorted(group), 2):
            holders.setdefault(pair, set()).add(rank)
    queue = [(-len(ranks), pair) for pair, ranks in holders.items() if len(ranks) > 1]
    heapify(queue)
    while queue:
        weight, pair = heappop(queue)
        ranks = holders[pair]
        if len(ranks) != -weight:  # another pair took some of them since
            if len(ranks) > 1:
                heappush(queue, (-len(ranks), pair))
            continue
        new = next(fresh)
        yield new, pair
        mates: set[int] = set()
        for rank in sorted(ranks):
            group = groups[rank]
            group.difference_update(pair)
            for mate in group:
                for old in pair:
                    holders[min(mate, old), max(mate, old)].discard(rank)
                holders.setdefault((mate, new), set()).add(rank)
            mates |= group
            group.add(new)
        ranks.clear()
        for mate in mates:
            if len(holders[mate, new]) > 1:
                heappush(queue, (-len(holders[mate, new]), (mate, new)))
