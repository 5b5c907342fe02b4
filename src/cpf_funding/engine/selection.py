"""Comparing configurations: the order of preference, the worst case, and the plans that no other beats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from operator import le

from cpf_funding.engine.configurations import Case, Evaluation, Share, evaluate
from cpf_funding.rulebook.book import Aid

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
    def preference(self) -> tuple[int, int, tuple[int, ...], int, int, int, tuple[str, ...]]:
        """Smaller is better: least unfunded, least from the holder, then the ranks of mobilisation (an aid asked
        earlier pays the most it can), fewest filings, earliest last answer, fewest payers, ids."""
        paying = sorted(self.paying)
        return (
            self.unfunded, self.holder_pays, self.by_rank, self.filings,
            _ordinal(self.last_answer), len(paying), tuple(paying),
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
        members=members, shares=shares, unfunded=unfunded, worst=_worst(case, shares, unfunded),
        holder_pays=holder_pays, by_rank=by_rank, filings=len(asked), last_answer=last_answer(asked),
        rights_used=sum(share.amount for share in paying if share.aid.kind == "right"),
    )  # fmt: skip


def _worst(case: Case, shares: list[Share], unfunded: int) -> int:
    """What is left when only firm lines stand, with the firm aids beside them that would disturb none.

    Those that relied on what no longer stands leave, then all that rely on others: nothing is left that may fail. It
    looks at what each aid pays: which of the configurations that pay it was met first changes nothing.
    """
    lines = [share for share in shares if share.amount > 0]
    if all(share.firm for share in lines):
        return unfunded
    beside = _beside(case, [share.aid for share in lines])
    standing = {share.aid.id for share in lines if share.firm and share.aid.kind != "mandatory"}.union(beside)
    own = frozenset(beside).intersection(case.bringing_own_money)
    found = _stand(case, standing, own)
    if not found.holds:
        standing -= found.failing
        found = _stand(case, standing, own)
    if not found.holds:
        found = _stand(case, standing - _relying(case), own)
    return max(unfunded, sum(case.costs.values()) - sum(share.amount for share in found.shares))


def _stand(case: Case, standing: set[str], own: frozenset[str]) -> Evaluation:
    """These aids only, each for the least it may pay; where one refuses the person's money, without their `own`."""
    members = frozenset(standing if case.strict.isdisjoint(standing) else standing - own)
    found = case.standing.get(members)
    if found is None:
        found = case.standing[members] = evaluate(case, members, firm_only=True)
    return found


def _beside(case: Case, lines: list[Aid]) -> list[str]:
    """Firm aids that pay nothing in a plan and that none of its lines excludes or looks at, in order of mobilisation.

    They rely on nobody; one that another of them excludes stays out. Where an aid refuses the person's money, those
    that bring some stand back (`Case.bringing_own_money`).
    """
    there = {aid.id: aid for aid in lines}
    avoided = frozenset[str]().union(*(aid.excludes | aid.joins for aid in lines))
    found = []
    for verdict in case.verdicts:
        aid = verdict.aid
        relies = aid.needs or aid.refuses_own_money or aid.joins_to_be_eligible
        if relies or aid.kind == "mandatory" or aid.id in there or not verdict.firm:
            continue
        if aid.id not in avoided and aid.excludes.isdisjoint(there):
            found.append(aid.id)
            there[aid.id] = aid
            avoided |= aid.excludes
    return found


def _relying(case: Case) -> frozenset[str]:
    """The aids that rely on others, or on whom a contribution counts."""
    waiving = frozenset[str]().union(*(v.aid.waived_by for v in case.mandatory))
    return waiving.union(v.aid.id for v in case.verdicts if v.aid.needs or v.aid.refuses_own_money or v.aid.joins)


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
