"""Comparing configurations: the order of preference, the worst case, and the plans that no other beats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from operator import le

from cpf_funding.engine.configurations import Case, Share, evaluate

__all__ = ["Option", "assess", "euros", "pareto"]


@dataclass(slots=True)
class Option:
    """One feasible configuration and what it is worth, in cents, filings and days."""

    members: frozenset[str]
    shares: list[Share]
    unfunded: int
    worst: int
    holder_pays: int
    by_rank: tuple[int, ...]
    """What each rank pays, negated."""
    filings: int
    last_answer: date | None
    rights_used: int

    @property
    def paying(self) -> tuple[str, ...]:
        """Ids of the aids that pay, in order of mobilisation."""
        return tuple(share.aid.id for share in self.shares if share.amount > 0)

    @property
    def preference(self) -> tuple[int, int, tuple[int, ...], int, int, tuple[str, ...]]:
        """Smaller is better: least unfunded, least from the holder, then the ranks of mobilisation (an aid asked
        earlier pays the most it can), fewest filings, earliest last answer, ids."""
        return (
            self.unfunded, self.holder_pays, self.by_rank, self.filings,
            _ordinal(self.last_answer), tuple(sorted(self.paying)),
        )  # fmt: skip

    @property
    def counts(self) -> tuple[int, int, int, int, int, int]:
        """What a plan may be better or worse on."""
        return (
            self.unfunded, self.worst, self.holder_pays, self.filings, _ordinal(self.last_answer), self.rights_used,
        )  # fmt: skip


def _ordinal(day: date | None) -> int:
    return day.toordinal() if day is not None else date.max.toordinal()


def euros(case: Case, shares: list[Share]) -> tuple[int, int, tuple[int, ...]]:
    """What counts first in the order of preference: what is left unfunded, what the holder pays, what each rank pays
    (negated)."""
    unfunded, holder_pays = sum(case.costs.values()), 0
    ranks = {verdict.aid.rank: 0 for verdict in case.verdicts if not verdict.aid.by_holder}
    for share in shares:
        unfunded -= share.amount
        if share.aid.by_holder:
            holder_pays += share.amount
        else:
            ranks[share.aid.rank] -= share.amount
    return unfunded, holder_pays, tuple(ranks.values())


def assess(
    case: Case, members: frozenset[str], shares: list[Share], last_answer: Callable[[frozenset[str]], date | None]
) -> Option:
    """What a configuration that holds is worth. `last_answer` dates the last answer of the aids that pay."""
    unfunded, holder_pays, by_rank = euros(case, shares)
    paying = [share for share in shares if share.amount > 0]
    asked = frozenset(share.aid.id for share in paying if share.aid.kind in ("aid", "right"))
    return Option(
        members=members, shares=shares, unfunded=unfunded, worst=_worst(case, members, shares, unfunded),
        holder_pays=holder_pays, by_rank=by_rank, filings=len(asked), last_answer=last_answer(asked),
        rights_used=sum(share.amount for share in paying if share.aid.kind == "right"),
    )  # fmt: skip


def _worst(case: Case, members: frozenset[str], shares: list[Share], unfunded: int) -> int:
    """What is left when only firm lines stand; relations that no longer hold take more aids away."""
    firm = frozenset(share.aid.id for share in shares if share.firm)
    if all(share.firm for share in shares if share.amount > 0):
        return unfunded
    total = sum(case.costs.values())
    while firm:
        standing = case.standing.get(firm)
        if standing is None:  # the aids that stand are all that matters, whatever the configuration they come from
            standing = case.standing[firm] = evaluate(case, members, firm_only=firm)
        if standing.holds:
            return max(unfunded, total - sum(share.amount for share in standing.shares))
        bound = [s.aid for s in shares if s.aid.id in firm and (s.aid.needs or s.aid.refuses_own_money or s.aid.joins)]
        firm -= {(bound or [share.aid for share in shares if share.aid.id in firm])[-1].id}
    return total


def pareto(options: list[Option], best: Option) -> list[Option]:
    """The options that no other beats on every count, the recommended one apart, in order of preference."""
    distinct: dict[tuple[tuple[str, int], ...], Option] = {}
    for option in sorted(options, key=lambda o: o.preference):
        distinct.setdefault(tuple((s.aid.id, s.amount) for s in option.shares if s.amount > 0), option)
    kept = [(option, option.counts) for option in distinct.values()]
    return [
        option for option, counts in kept if option is not best and not any(_beats(other, counts) for _, other in kept)
    ]


def _beats(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return one != other and all(map(le, one, other))
