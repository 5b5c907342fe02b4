"""One funding problem, reduced to what decides who pays what. Every amount is an integer number of cents.

**Configuration.** A set S of aids that are not mandatory. A mandatory aid joins it when S holds an aid of its `with_`
and none of its `waived_by`. The aids of the configuration come in the order (rank, id).

**Amounts.** One amount per aid is feasible when each can be split over the lines its aid covers, no line receiving more
than its cost. Each aid in turn pays the most it can, at most its capacity, given what the earlier ones pay: the amounts
are the lexicographically largest feasible ones. A capacity depends only on what the earlier aids pay; what "could still
be paid" is meant at the aid's own place in the order.

**A configuration stands** when all of these hold:

- no two aids of S exclude each other;
- an aid of S with `needs` finds in S one of them that pays more than 0;
- every aid of S that waives a mandatory aid of which some `with_` aid is in S pays more than 0;
- let W be all the lines covered by the aids of S that forbid own money, paying or not: some split of the amounts pays
  every line of W in full without any cent of the holder (mandatory and own money aids) on W.

**The best plan** is the least by `objective` among the configurations that stand; the empty one always does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Rounding = Literal["down", "up", "half_up"]
Kind = Literal["aid", "right", "mandatory", "own_money"]
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Fixed:
    """A ceiling in cents."""

    cents: int


@dataclass(frozen=True, slots=True)
class ShareOfRemaining:
    """Hundredths of a percent of what an unlimited aid on `lines` could still pay, rounded to the cent, then capped."""

    percent_hundredths: int
    lines: frozenset[str]
    rounding: Rounding = "down"
    cap: int | None = None


@dataclass(frozen=True, slots=True)
class Matching:
    """As much as the aids `ids` pay together in the same plan, then capped."""

    ids: frozenset[str]
    cap: int | None = None


@dataclass(frozen=True, slots=True)
class Below:
    """A ceiling in cents, less what the aids `ids` pay together, never below 0."""

    cents: int
    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Least:
    """The least of several capacities (at least one)."""

    of: tuple[Capacity, ...]


Capacity = Fixed | ShareOfRemaining | Matching | Below | Least


@dataclass(frozen=True, slots=True)
class Aid:
    """One possible payer. `with_` and `waived_by` belong to mandatory aids only; `firm` marks who is sure to pay."""

    id: str
    rank: int
    covers: frozenset[str]
    capacity: Capacity
    excludes: frozenset[str] = NOBODY
    needs: frozenset[str] | None = None
    own_money_forbidden: bool = False
    kind: Kind = "aid"
    with_: frozenset[str] = NOBODY
    waived_by: frozenset[str] = NOBODY
    firm: bool = True

    @property
    def is_holder(self) -> bool:
        """Whether the holder of the account is the one who pays."""
        return self.kind in ("mandatory", "own_money")


@dataclass(frozen=True, slots=True)
class Problem:
    """The cost of each line and the aids that may pay. An id that no aid bears stands for an aid that is absent.

    Raises:
        ValueError: a negative cost, an unknown line, an id borne twice, a capacity that looks at an aid that does not
            come earlier, or a mandatory aid with conditions of its own.
    """

    costs: Mapping[str, int]
    aids: tuple[Aid, ...]
    by_id: Mapping[str, Aid] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {aid.id: aid for aid in self.aids})
        if len(self.by_id) != len(self.aids):
            raise ValueError("an id is borne twice")
        if min(self.costs.values(), default=0) < 0:
            raise ValueError("a cost is negative")
        for aid in self.aids:
            shares = [part.lines for part in leaves(aid.capacity) if isinstance(part, ShareOfRemaining)]
            if not aid.covers.union(*shares) <= self.costs.keys():
                raise ValueError(f"{aid.id}: unknown line")
            for other in looked_at(aid.capacity) & self.by_id.keys():
                if _place(self.by_id[other]) >= _place(aid):
                    raise ValueError(f"{aid.id}: its capacity looks at {other}, which does not come earlier")
            if aid.kind == "mandatory" and (aid.needs is not None or aid.own_money_forbidden or self.excluded_by(aid)):
                raise ValueError(f"{aid.id}: a mandatory aid has no needs, no exclusions and forbids nothing")

    @property
    def total(self) -> int:
        """The cost of the whole project."""
        return sum(self.costs.values())

    @property
    def in_order(self) -> tuple[Aid, ...]:
        """Every aid, in order of mobilisation."""
        return tuple(sorted(self.aids, key=_place))

    @property
    def optional(self) -> tuple[Aid, ...]:
        """The aids that a configuration may take or leave, in order of mobilisation."""
        return tuple(aid for aid in self.in_order if aid.kind != "mandatory")

    @property
    def mandatory(self) -> tuple[Aid, ...]:
        """The aids that the others bring with them, in order of mobilisation."""
        return tuple(aid for aid in self.in_order if aid.kind == "mandatory")

    @property
    def ranks(self) -> tuple[int, ...]:
        """The ranks at which someone other than the holder may pay, ascending."""
        return tuple(sorted({aid.rank for aid in self.aids if not aid.is_holder}))

    def excluded_by(self, aid: Aid) -> frozenset[str]:
        """The ids that `aid` excludes or that exclude it."""
        return (aid.excludes & self.by_id.keys()) | {other.id for other in self.aids if aid.id in other.excludes}

    def members(self, chosen: Iterable[str]) -> tuple[Aid, ...]:
        """The aids of the configuration `chosen`, with the mandatory ones that it brings, in order of mobilisation."""
        ids = frozenset(chosen)
        return tuple(
            aid
            for aid in self.in_order
            if (bool(aid.with_ & ids) and not aid.waived_by & ids if aid.kind == "mandatory" else aid.id in ids)
        )


@dataclass(frozen=True, slots=True)
class Best:
    """A plan: what each aid that pays something pays, what nobody pays, and what the holder pays of the rest."""

    amounts: Mapping[str, int]
    unfunded: int
    holder_pays: int


Allocate = Callable[[Problem, Iterable[str]], dict[str, int]]
Objective = tuple[int, int, tuple[int, ...], int, int, tuple[str, ...], tuple[int, ...]]


def objective(problem: Problem, amounts: Mapping[str, int]) -> Objective:
    """What the best plan has least: unfunded, holder pays, payments pooled by rank (negated), how many are asked, how
    many pay, their ids.

    Mandatory aids count in the first two only, own money aids in these and among those that pay. A last item,
    the amounts in order (negated), makes the best plan unique: plans equal up to there differ only through mandatory
    aids that an aid paying nothing brings.
    """
    paying = sorted(aid.id for aid in problem.optional if amounts.get(aid.id, 0) > 0)
    pooled = dict.fromkeys(problem.ranks, 0)
    for aid in problem.aids:
        if not aid.is_holder:
            pooled[aid.rank] -= amounts.get(aid.id, 0)
    return (
        problem.total - sum(amounts.values()),
        sum(amounts.get(aid.id, 0) for aid in problem.aids if aid.is_holder),
        tuple(pooled.values()),
        sum(problem.by_id[id_].kind != "own_money" for id_ in paying),
        len(paying),
        tuple(paying),
        tuple(-amounts.get(aid.id, 0) for aid in problem.in_order),
    )


def as_best(problem: Problem, amounts: Mapping[str, int]) -> Best:
    """The plan made of these amounts."""
    unfunded, holder_pays, *_ = objective(problem, amounts)
    return Best({id_: cents for id_, cents in amounts.items() if cents > 0}, unfunded, holder_pays)


def leaves(capacity: Capacity) -> tuple[Fixed | ShareOfRemaining | Matching | Below, ...]:
    """The capacities of which this one is the least."""
    if isinstance(capacity, Least):
        return tuple(leaf for part in capacity.of for leaf in leaves(part))
    return (capacity,)


def looked_at(capacity: Capacity) -> frozenset[str]:
    """The aids whose payment this capacity depends on by name."""
    return NOBODY.union(*(part.ids for part in leaves(capacity) if isinstance(part, Matching | Below)))


def _place(aid: Aid) -> tuple[int, str]:
    return aid.rank, aid.id
