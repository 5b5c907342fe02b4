"""Funding problems as they come and as nobody would wish them, for Hypothesis and, faster, from a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from random import Random
from typing import TypeVar

from hypothesis import strategies as st

from oracle.model import NOBODY, Aid, Below, Capacity, Fixed, Kind, Least, Matching, Problem, ShareOfRemaining

T = TypeVar("T")
LINES = ("teaching", "exam", "travel", "meals", "equipment", "childcare", "lodging", "registration")
IDS = "abcdefghijklmnopqrstuvwxyz"
KINDS: tuple[Kind, ...] = ("aid", "aid", "aid", "aid", "right", "mandatory", "own_money")
PERCENTS = (0, 3333, 5000, 8000, 9000, 10_000)
FORMS = ("fixed", "fixed", "share", "below", "matching", "least")
ENTANGLED = ("fixed", "share", "share", "below", "below", "below", "matching", "least")
"""Ceilings that mostly depend on what others pay: an aid may then cost more than it brings."""


@st.composite
def problems(draw: st.DrawFn, max_aids: int = 6, max_lines: int = 3, unit: int = 1) -> Problem:
    """A problem of at most 26 aids and 8 lines, its amounts at most a dozen times `unit` cents, or near it."""
    return _Maker(lambda most: draw(_integers(most)), unit).problem(max_aids, max_lines)


def seeded(seed: int, max_aids: int = 6, max_lines: int = 3, unit: int = 1, forms: Sequence[str] = FORMS) -> Problem:
    """The same kind of problem, from a seed: a hundred times faster, without shrinking."""
    source = Random(seed)
    return _Maker(lambda most: source.randint(0, most), unit, forms).problem(max_aids, max_lines)


@lru_cache
def _integers(most: int) -> st.SearchStrategy[int]:
    return st.integers(0, most)


class _Maker:
    """Makes a problem out of `upto(n)`, whose answers are integers from 0 to n; 0 leads to the plainest choice."""

    def __init__(self, upto: Callable[[int], int], unit: int, forms: Sequence[str] = FORMS) -> None:
        self.upto, self.unit, self.forms = upto, unit, forms
        self.costs: dict[str, int] = {}
        self.earlier: list[Aid] = []

    def problem(self, max_aids: int, max_lines: int) -> Problem:
        """Lines, then aids in their order of mobilisation, given in another order."""
        self.costs = {line: self.cents() for line in LINES[: 1 + self.upto(max_lines - 1)]}
        ids = IDS[: max(self.upto(max_aids), self.upto(max_aids))]
        kinds = {id_: self.one(KINDS) for id_ in ids}
        ranks = {id_: 0 if kinds[id_] == "mandatory" else self.upto(4) for id_ in ids}
        optional = frozenset(id_ for id_ in ids if kinds[id_] != "mandatory")
        for id_ in sorted(ids, key=lambda id_: (ranks[id_], id_)):
            self.earlier.append(self.aid(id_, ranks[id_], kinds[id_], optional - {id_}))
        return Problem(self.costs, tuple(sorted(self.earlier, key=lambda _: self.upto(9))))

    def aid(self, id_: str, rank: int, kind: Kind, others: frozenset[str]) -> Aid:
        """An aid that comes after those made so far."""
        covers = self.some(self.costs)
        capacity = self.capacity(covers, self.forms)
        if kind == "mandatory":
            return Aid(id_, rank, covers, capacity, kind=kind, with_=self.some(others), waived_by=self.few(others))
        return Aid(
            id_,
            rank,
            covers,
            capacity,
            excludes=self.few(others),
            needs=self.some(others) if self.upto(5) == 5 else None,
            own_money_forbidden=kind != "own_money" and self.upto(4) == 4,
            kind=kind,
            firm=self.upto(1) == 0,
        )

    def capacity(self, covers: frozenset[str], forms: Sequence[str]) -> Capacity:
        """A capacity of one of these forms."""
        ids = frozenset(aid.id for aid in self.earlier)
        match self.one(forms):
            case "share":
                percent = self.one(PERCENTS) if self.upto(1) else self.upto(10_000)
                lines = self.some(self.costs) if self.upto(2) == 2 else covers
                return ShareOfRemaining(percent, lines, self.one(("down", "up", "half_up")), self.cap())
            case "below":
                return Below(self.ceiling(covers), self.some(ids))
            case "matching":
                return Matching(self.some(ids), self.cap())
            case "least":
                return Least(tuple(self.capacity(covers, forms[:-1]) for _ in range(1 + self.upto(2))))
            case _:
                return Fixed(self.ceiling(covers))

    def ceiling(self, covers: frozenset[str]) -> int:
        """Any amount, the price of the lines covered, the whole price, or what an earlier ceiling leaves of it."""
        if self.upto(2):
            return self.cents()
        gaps = [sum(self.costs[line] for line in covers), sum(self.costs.values())]
        gaps += [gaps[1] - aid.capacity.cents for aid in self.earlier if isinstance(aid.capacity, Fixed)]
        return max(0, self.one(gaps))

    def cap(self) -> int | None:
        """No cap, or any amount."""
        return self.cents() if self.upto(1) else None

    def cents(self) -> int:
        """A whole number of units, or a few cents or a third of a unit away from it."""
        away = self.one((0, 0, 0, 1, -1, self.unit // 3)) if self.unit > 3 else 0
        return max(0, self.upto(12) * self.unit + away)

    def one(self, choices: Sequence[T]) -> T:
        """One of the choices."""
        return choices[self.upto(len(choices) - 1)]

    def some(self, names: Iterable[str]) -> frozenset[str]:
        """At least one of the names, if there is one."""
        listed = sorted(names)
        if not listed:
            return NOBODY
        bits = 1 + self.upto(2 ** len(listed) - 2)
        return frozenset(name for place, name in enumerate(listed) if bits >> place & 1)

    def few(self, names: frozenset[str]) -> frozenset[str]:
        """None of the names, more often than not, or one or two."""
        listed = sorted(names)
        return frozenset(self.one(listed) for _ in range(max(0, self.upto(5) - 3))) if listed else NOBODY
