"""Which aids may stand together, and what each such configuration is worth.

Aids that no relation ties are in every configuration: adding one never raises what is left unfunded, and the order of
mobilisation decides who pays (DESIGN 4). The others are in or out; their compatible combinations are enumerated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import dropwhile
from typing import Any

from cpf_funding.engine.allocation import Allocation, LineClasses
from cpf_funding.engine.verdicts import Verdict
from cpf_funding.errors import LimitError, Problem
from cpf_funding.language.context import Context, PlanView
from cpf_funding.language.evidence import Range, Step
from cpf_funding.rulebook.book import Aid
from cpf_funding.truth import Truth

__all__ = ["MAX_CONFIGURATIONS", "Case", "Evaluation", "Share", "configurations", "evaluate", "spoilt", "too_many"]

MAX_CONFIGURATIONS = 4096
"""Published limit: beyond it a dossier is refused rather than planned by approximation."""


@dataclass(slots=True)
class Share:
    """What one aid pays in a configuration, and the range of what it could pay at its rank."""

    aid: Aid
    amount: int
    capacity: Range
    firm: bool
    binding: bool


@dataclass(slots=True)
class Evaluation:
    """A configuration once allocated. `starved`: it fails only for want of room left by other aids.

    `failing`, for a worst case: the aids that should not be there, since what they rely on is not.
    """

    shares: list[Share]
    holds: bool
    starved: bool
    failing: frozenset[str] = frozenset()


@dataclass(slots=True)
class Case:
    """One dossier's allocation problem: costs, candidates in order of mobilisation, and what is forced."""

    costs: Mapping[str, int]
    verdicts: list[Verdict]
    context: Context
    classes: LineClasses = field(init=False)
    masks: dict[str, int] = field(init=False)
    potentials: dict[str, int] = field(init=False)
    """The most each candidate could pay in any configuration, by its rule alone."""
    constant: dict[str, Range] = field(init=False)
    """Capacities that no plan can change."""
    looked_at: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = field(init=False)
    """What the other capacities look at: classes of lines by what is left on them, aids by what they pay."""
    capacities: dict[Any, Range] = field(default_factory=dict)
    """Capacities already computed, by what they look at in the plan."""
    strict: frozenset[str] = field(init=False)
    mandatory: list[Verdict] = field(init=False)
    related: list[Verdict] = field(init=False)
    """Candidates on which a relation may fail (see `_failing`)."""
    tied: frozenset[str] = field(init=False)
    """Aids whose presence is a choice (see `_tied`)."""
    standing: dict[frozenset[str], Evaluation] = field(default_factory=dict)
    """Worst cases already evaluated, by the aids that stand."""

    def __post_init__(self) -> None:
        self.classes = LineClasses(self.costs, [lines for v in self.verdicts for lines in v.aid.line_sets])
        self.masks = {v.aid.id: self.classes.mask(v.aid.covers) for v in self.verdicts}
        capacities = {v.aid.id: capacity_of(v, self.context) for v in self.verdicts}
        self.potentials = {id: capacity.high for id, capacity in capacities.items()}
        self.constant = {v.aid.id: capacities[v.aid.id] for v in self.verdicts if v.decided or not v.aid.sees_plan}
        self.looked_at = {
            v.aid.id: (tuple({self.classes.mask(lines) for lines in v.aid.line_sets}), tuple(v.aid.counts))
            for v in self.verdicts
        }
        self.strict = frozenset(v.aid.id for v in self.verdicts if v.aid.refuses_own_money)
        self.mandatory = [v for v in self.verdicts if v.aid.kind == "mandatory"]
        self.related = [v for v in self.verdicts if v.aid.needs or v.aid.joins or v.aid.waived_by]
        self.tied = _tied(self)

    @property
    def bringing_own_money(self) -> frozenset[str]:
        """The person's own money, unless it is asked last, and the aids that bring a contribution of the person."""
        early = (v.aid.id for v in self.verdicts[:-1] if v.aid.by_holder)
        return frozenset(early).union(*(v.aid.with_ for v in self.mandatory))


def configurations(case: Case) -> Iterator[tuple[frozenset[str], list[Share]]]:
    """Every configuration that holds, with its shares.

    Each compatible combination of the aids that a relation ties is tried with all the others. Where it fails only
    because a co-funder it relies on is left nothing to pay, it is tried again without each of the others.
    """
    tied = case.tied
    seen: set[frozenset[str]] = set()
    for base in _combinations(case):
        waiting = [base]
        while waiting:
            members = waiting.pop()
            if members in seen:
                continue
            seen.add(members)
            if len(seen) > MAX_CONFIGURATIONS:
                raise LimitError([too_many(tied)])
            evaluation = evaluate(case, members)
            if evaluation.holds:
                yield members, evaluation.shares
            elif evaluation.starved:
                free = (s for s in evaluation.shares if s.amount > 0 and s.aid.id not in tied)
                waiting += [members - {s.aid.id} for s in free if s.aid.kind != "mandatory"]


def _combinations(case: Case) -> Iterator[frozenset[str]]:
    """All the aids that no relation ties, with each compatible combination of those that one does."""
    tied = case.tied
    chosen = [v for v in case.verdicts if v.aid.kind != "mandatory"]
    optional = [v.aid for v in chosen if v.aid.id in tied]
    enemies = {aid.id: {o.id for o in optional if o.id in aid.excludes or aid.id in o.excludes} for aid in optional}
    forced = frozenset(v.aid.id for v in chosen if v.override is not None)

    def extend(rank: int, members: frozenset[str]) -> Iterator[frozenset[str]]:
        if rank == len(optional):
            yield members
            return
        aid = optional[rank]
        if enemies[aid.id].isdisjoint(members):
            yield from extend(rank + 1, members | {aid.id})
        if aid.id not in forced:
            yield from extend(rank + 1, members)

    yield from extend(0, frozenset(v.aid.id for v in chosen) - tied)


def too_many(tied: frozenset[str]) -> Problem:
    """What is said of a dossier past the limit."""
    names = ", ".join(sorted(tied))
    return Problem(
        f"plus de {MAX_CONFIGURATIONS} combinaisons d'aides compatibles ({names})",
        "écartez des aides par overrides (decision: bar) ou précisez le dossier",
    )


def _tied(case: Case) -> frozenset[str]:
    """Aids whose presence is a choice: something makes it matter to others whether they are in the plan.

    An amount that looks at what others pay ties every earlier aid, unless it cannot turn their euros into a loss: one
    class of lines, and no payment counted twice.
    """
    present = frozenset(v.aid.id for v in case.verdicts if v.aid.kind != "mandatory")
    counting = [v.aid for v in case.verdicts if v.aid.counts & present]
    moving = {v.aid.id for v in case.verdicts if v.aid.looks_at_others}
    tied: set[str] = set()
    earlier: dict[str, None] = {}
    for verdict in case.verdicts:
        aid = verdict.aid
        if aid.kind == "mandatory":
            tied |= aid.with_ | aid.waived_by
        else:
            enemies = aid.excludes & present
            if enemies or aid.refuses_own_money or aid.needs or aid.joins_to_be_eligible:
                tied |= enemies | {aid.id}
        tied |= aid.joins
        twice = bool(aid.counts & present) and (len(counting) > 1 or not aid.counts.isdisjoint(moving))
        if aid.looks_at_others:
            twice = twice or _moved_between(aid, earlier, moving)
            reach = _reach(aid, case, earlier)
            if twice or reach.bit_count() > 1:
                tied |= {id for id in earlier if case.masks[id] & reach}
        earlier[aid.id] = None
    holders = [v.aid.id for v in case.verdicts[:-1] if v.aid.by_holder]  # the last of all only fills what is left
    return frozenset(tied.union(holders) & present)


def _moved_between(aid: Aid, earlier: Iterable[str], moving: set[str]) -> bool:
    """Whether an aid that looks at others comes between this one and a payment that it counts: that payment may cost
    the one between more euros than it leaves to this one."""
    since = dropwhile(lambda id: id not in aid.counts, earlier)
    return not moving.isdisjoint(since)


def _reach(aid: Aid, case: Case, earlier: Iterable[str]) -> int:
    """The classes of lines on which an earlier payment may change what an aid can pay, through other aids if need be.

    When it is one class, another aid in the plan leaves less to pay on it whatever this one makes of it. Across
    classes, it could push an earlier aid onto the lines that this one looks at, and lower it where nobody else pays.
    """
    reach, grown = 0, case.masks[aid.id]
    for seen in (*map(case.classes.mask, aid.line_sets), *(case.masks.get(id, 0) for id in aid.counts)):
        grown |= seen
    while grown != reach:
        reach = grown
        for id in earlier:
            grown |= case.masks[id] if case.masks[id] & reach else 0
    return reach


def evaluate(
    case: Case, members: frozenset[str], *, firm_only: bool = False, trace: dict[str, list[Step]] | None = None
) -> Evaluation:
    """Allocate one configuration in order of mobilisation, and see whether the relations it relies on hold.

    With `firm_only`, the worst case: each pays the least it may, and nobody owes a contribution that is in doubt.
    `trace` receives the steps of each amount.
    """
    placed = members | _mandatory(case, members, firm_only)
    allocation = Allocation(case.classes)
    paid: dict[str, int] = {}
    view = PlanView(placed, paid, lambda lines: allocation.remaining(case.classes.mask(lines)))
    context = case.context
    context.plan = view
    shares: list[Share] = []
    constant, masks, place = case.constant if trace is None else {}, case.masks, allocation.place
    try:
        for verdict in case.verdicts:
            id = verdict.aid.id
            if id in placed:
                if trace is not None:
                    context.steps = trace[id] = []
                capacity = constant.get(id) or _capacity(case, verdict, view, allocation)
                bound = capacity.low if firm_only else capacity.high
                paid[id] = amount = place(masks[id], bound)
                firm = capacity.low >= amount and verdict.firm
                shares.append(Share(verdict.aid, amount, capacity, firm, amount == bound))
        view.settled, context.steps = True, None
        spared, hope = (True, True) if case.strict.isdisjoint(placed) else _no_own_money(case, shares)
        if firm_only:
            failing = frozenset(_failing(case, placed, paid, context)) | (frozenset() if spared else case.strict)
            return Evaluation(shares, not failing, hope, failing)
        related = not case.related or next(_failing(case, placed, paid, context), None) is None
        return Evaluation(shares, related and spared, hope)
    finally:
        context.plan = context.steps = None


def _capacity(case: Case, verdict: Verdict, plan: PlanView, allocation: Allocation) -> Range:
    """The capacity of an aid in the plan being built, computed once for all the plans that look the same to it."""
    if case.context.steps is not None:
        return capacity_of(verdict, case.context)
    masks, counted = case.looked_at[verdict.aid.id]
    paid = plan.paid
    key = (
        verdict.aid.id, verdict.aid.joins & plan.members, *[allocation.remaining(mask) for mask in masks],
        *[paid.get(id) for id in counted],
    )  # fmt: skip
    found = case.capacities.get(key)
    if found is None:
        found = case.capacities[key] = capacity_of(verdict, case.context)
    return found


def capacity_of(verdict: Verdict, context: Context) -> Range:
    """What an aid can pay: as decided or granted, else by its rule, in the plan that the context holds."""
    if verdict.override is not None and verdict.override.amount is not None:
        return Range(verdict.override.amount, verdict.override.amount)
    if verdict.granted and verdict.request is not None and verdict.request.amount is not None:
        return Range(verdict.request.amount, verdict.request.amount)
    if context.plan is None or not (verdict.aid.sees_plan or context.steps is not None):
        return verdict.potential(context)
    return verdict.aid.amount(context, 0)


def _mandatory(case: Case, members: frozenset[str], firm_only: bool) -> frozenset[str]:
    return frozenset(
        v.aid.id for v in case.mandatory
        if not v.aid.with_.isdisjoint(members) and v.aid.waived_by.isdisjoint(members) and (v.firm or not firm_only)
    )  # fmt: skip


def _failing(case: Case, placed: frozenset[str], paid: Mapping[str, int], context: Context) -> Iterator[str]:
    """The aids that rely on others who do not pay, or whose conditions on co-funding fail; and those on whose presence
    others count though they pay nothing."""
    for verdict in case.related:
        aid = verdict.aid
        if aid.kind == "mandatory" and not aid.with_.isdisjoint(placed):
            yield from (id for id in aid.waived_by & placed if not paid[id])
        if aid.id not in placed or verdict.override is not None:
            continue
        if aid.needs and not any(paid[id] for id in aid.needs & placed):
            yield aid.id
        if verdict.needs_plan and aid.eligibility is not None and aid.eligibility(context).truth is Truth.NO:
            yield aid.id
        if not aid.joins_to_be_eligible:
            yield from (id for id in aid.joins & placed if not paid[id])


def spoilt(case: Case, shares: list[Share], aid: Aid) -> bool:
    """Whether what others pay keeps out an aid that refuses own money, even for nothing."""
    return not _no_own_money(case, [*shares, Share(aid, 0, Range(0, 0), False, False)])[0]


def _no_own_money(case: Case, shares: list[Share]) -> tuple[bool, bool]:
    """For aids that refuse own money: whether others pay their lines in full, and whether at their most they could.

    Two flows are looked for, one that saturates these lines, one that keeps the holder off them; when both exist, one
    flow does both (Mendelsohn and Dulmage, 1958).
    """
    strict = 0
    for share in shares:
        if share.aid.refuses_own_money:
            strict |= case.masks[share.aid.id]
    if not strict:
        return True, True
    saturating, placing, hoped = (Allocation(case.classes) for _ in range(3))
    for share in shares:
        mask = case.masks[share.aid.id]
        if share.aid.by_holder:
            placing.place(mask & ~strict, share.amount)
        else:
            saturating.place(mask & strict, share.amount)
            placing.place(mask, share.amount)
            hoped.place(mask & strict, case.potentials[share.aid.id])
    due = case.classes.subsets[strict]
    holds = saturating.paid == due and placing.paid == sum(share.amount for share in shares)
    return holds, hoped.paid == due
