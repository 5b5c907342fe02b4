"""Solver A: every configuration in turn, amounts by Hall's condition. For about ten aids and four lines.

Amounts can be split over lines if and only if, for every group J of aids, they sum to no more than the cost of the
lines that J covers together (P. Hall 1935, in the version with quantities of D. Gale 1957).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from oracle.model import (
    Aid,
    Allocate,
    Below,
    Best,
    Capacity,
    Fixed,
    Matching,
    Problem,
    ShareOfRemaining,
    as_best,
    objective,
)

SparesOwnMoney = Callable[[Problem, frozenset[str], Mapping[str, int]], bool]


class Ledger(Protocol):
    """What the aids taken so far leave to pay."""

    def room(self, lines: frozenset[str]) -> int:
        """The most that one more aid could pay on these lines."""

    def pay(self, lines: frozenset[str], cents: int) -> None:
        """Record an aid that covers these lines and pays these cents."""


class Claims:
    """What Hall's condition reads: for each union of lines, the most that a group of aids covering just that pays."""

    def __init__(self, costs: Mapping[str, int]) -> None:
        self.costs = costs
        self.most: dict[frozenset[str], int] = {frozenset(): 0}

    def room(self, lines: frozenset[str]) -> int:
        """The least slack, over the groups of aids, once an aid on `lines` has joined the group."""
        return min(self._cost(union | lines) - paid for union, paid in self.most.items())

    def pay(self, lines: frozenset[str], cents: int) -> None:
        """Join an aid that pays `cents` to every group."""
        for union, paid in tuple(self.most.items()):
            self.most[union | lines] = max(self.most.get(union | lines, 0), paid + cents)

    def possible(self) -> bool:
        """Whether the amounts recorded can be split over the lines."""
        return all(paid <= self._cost(union) for union, paid in self.most.items())

    def _cost(self, lines: frozenset[str]) -> int:
        return sum(map(self.costs.__getitem__, lines))


def allocate(problem: Problem, chosen: Iterable[str]) -> dict[str, int]:
    """What each aid of the configuration `chosen` pays, in order, zeros and mandatory aids included."""
    return fill(problem, chosen, Claims(problem.costs))


def best(problem: Problem) -> Best:
    """The best plan of all."""
    return search(problem, allocate, spares_own_money)


def search(problem: Problem, allocate: Allocate, spares_own_money: SparesOwnMoney) -> Best:
    """The best of the configurations that stand, given how to allocate and how to see that own money is spared."""

    def standing() -> Iterator[dict[str, int]]:
        for chosen in compatible(problem):
            amounts = allocate(problem, chosen)
            if relied_on_pay(problem, chosen, amounts) and spares_own_money(problem, chosen, amounts):
                yield amounts

    return as_best(problem, min(standing(), key=lambda amounts: objective(problem, amounts)))


def fill(problem: Problem, chosen: Iterable[str], ledger: Ledger) -> dict[str, int]:
    """Each aid in turn pays the most it can, as `ledger` sees it."""
    amounts: dict[str, int] = {}
    for aid in problem.members(chosen):
        amounts[aid.id] = min(ceiling(aid.capacity, amounts, ledger), ledger.room(aid.covers))
        ledger.pay(aid.covers, amounts[aid.id])
    return amounts


def ceiling(capacity: Capacity, amounts: Mapping[str, int], ledger: Ledger) -> int:
    """What a capacity comes to after the amounts already paid."""
    match capacity:
        case Fixed(cents):
            return cents
        case ShareOfRemaining(percent, lines, rounding, cap):
            whole, left = divmod(percent * ledger.room(lines), 10_000)
            share = whole + {"down": 0, "up": left > 0, "half_up": left >= 5_000}[rounding]
            return share if cap is None else min(share, cap)
        case Matching(ids, cap):
            matched = _paid(ids, amounts)
            return matched if cap is None else min(matched, cap)
        case Below(cents, ids):
            return max(0, cents - _paid(ids, amounts))
        case _:
            return min(ceiling(part, amounts, ledger) for part in capacity.of)


def compatible(problem: Problem) -> Iterator[frozenset[str]]:
    """Every set of aids of which no two exclude each other."""

    def grow(chosen: frozenset[str], aids: tuple[Aid, ...]) -> Iterator[frozenset[str]]:
        if not aids:
            yield chosen
            return
        aid, *rest = aids
        yield from grow(chosen, tuple(rest))
        if not chosen & problem.excluded_by(aid):
            yield from grow(chosen | {aid.id}, tuple(rest))

    return grow(frozenset(), problem.optional)


def relied_on_pay(problem: Problem, chosen: frozenset[str], amounts: Mapping[str, int]) -> bool:
    """Whether every need is met and every aid that waives a mandatory one pays."""
    relied: set[str] = set()
    for id_ in chosen:
        aid = problem.by_id[id_]
        if aid.needs is not None and _paid(aid.needs & chosen, amounts) == 0:
            return False
    for aid in problem.mandatory:
        if aid.with_ & chosen:
            relied |= aid.waived_by & chosen
    return all(amounts[id_] > 0 for id_ in relied)


def guarded_lines(problem: Problem, chosen: Iterable[str]) -> frozenset[str]:
    """The lines on which an aid of the configuration forbids the holder's money."""
    aids = map(problem.by_id.__getitem__, chosen)
    return frozenset[str]().union(*(aid.covers for aid in aids if aid.own_money_forbidden))


def spares_own_money(problem: Problem, chosen: frozenset[str], amounts: Mapping[str, int]) -> bool:
    """Whether some split pays the guarded lines in full without the holder.

    Keep the holder off those lines. A split that places every amount and a split that fills every guarded line can be
    merged into one that does both (N. Mendelsohn and A. Dulmage 1958), so Hall's condition is tested for each apart.
    """
    guarded = guarded_lines(problem, chosen)
    claims = Claims(problem.costs)
    fills = Claims(amounts)
    for aid in problem.members(chosen):
        claims.pay(aid.covers - guarded if aid.is_holder else aid.covers, amounts[aid.id])
    for line in guarded:
        payers = (aid.id for aid in problem.members(chosen) if line in aid.covers and not aid.is_holder)
        fills.pay(frozenset(payers), problem.costs[line])
    return claims.possible() and fills.possible()


def _paid(ids: Iterable[str], amounts: Mapping[str, int]) -> int:
    return sum(amounts.get(id_, 0) for id_ in ids)
