"""Which aids may stand together, and what each such configuration is worth.

Aids that no relation ties are in every configuration: adding one never raises what is left unfunded, and the order of
mobilisation decides who pays (DESIGN 4). The others are in or out; their compatible combinations are enumerated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cpf_funding.engine.allocation import Allocation, LineClasses
from cpf_funding.engine.verdicts import Verdict
from cpf_funding.errors import LimitError, Problem
from cpf_funding.language.context import Context, PlanView
from cpf_funding.language.evidence import Range, Step
from cpf_funding.rulebook.book import Aid
from cpf_funding.truth import Truth

__all__ = ["MAX_CONFIGURATIONS", "Case", "Share", "configurations", "evaluate"]

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
    """A configuration once allocated. `starved`: it fails only for want of room left by other aids."""

    shares: list[Share]
    holds: bool
    starved: bool


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
    standing: dict[frozenset[str], Evaluation] = field(default_factory=dict)
    """Worst cases already evaluated, by the aids that stand."""

    def __post_init__(self) -> None:
        self.classes = LineClasses(self.costs, [lines for v in self.verdicts for lines in v.aid.line_sets])
        self.masks = {v.aid.id: self.classes.mask(v.aid.covers) for v in self.verdicts}
        self.potentials = {v.aid.id: capacity_of(v, self.context).high for v in self.verdicts}


def configurations(case: Case) -> Iterator[tuple[frozenset[str], list[Share]]]:
    """Every configuration that holds, with its shares.

    Each compatible combination of the aids that a relation ties is tried with all the others. Where it fails only
    because a co-funder it relies on is left nothing to pay, it is tried again without each of the others.
    """
    tied = _tied(case)
    seen: set[frozenset[str]] = set()
    for base in _combinations(case, tied):
        waiting = [base]
        while waiting:
            members = waiting.pop()
            if members in seen:
                continue
            seen.add(members)
            if len(seen) > MAX_CONFIGURATIONS:
                raise LimitError([_too_many(tied)])
            evaluation = evaluate(case, members)
            if evaluation.holds:
                yield members, evaluation.shares
            elif evaluation.starved:
                free = (s for s in evaluation.shares if s.amount > 0 and s.aid.id not in tied)
                waiting += [members - {s.aid.id} for s in free if s.aid.kind != "mandatory"]


def _combinations(case: Case, tied: frozenset[str]) -> Iterator[frozenset[str]]:
    """All the aids that no relation ties, with each compatible combination of those that one does."""
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


def _too_many(tied: frozenset[str]) -> Problem:
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
    earlier: set[str] = set()
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
        if aid.looks_at_others and (twice or not _one_class(aid, case)):
            reach = _reach(aid, case)
            tied |= {id for id in earlier if case.masks[id] & reach}
        earlier.add(aid.id)
    holders = [v.aid.id for v in case.verdicts[:-1] if v.aid.by_holder]  # the last of all only fills what is left
    return frozenset(tied.union(holders) & present)


def _reach(aid: Aid, case: Case) -> int:
    """The classes of lines on which a payment may change what an aid can pay, through other aids if need be."""
    reach, grown = 0, case.masks[aid.id]
    for seen in (*map(case.classes.mask, aid.line_sets), *(case.masks.get(id, 0) for id in aid.counts)):
        grown |= seen
    while grown != reach:
        reach = grown
        for mask in case.masks.values():
            grown |= mask if mask & reach else 0
    return reach


def _one_class(aid: Aid, case: Case) -> bool:
    """Whether an aid whose amount looks at others plays with them on one class of lines only.

    There, another aid in the plan leaves less to pay on that class whatever this one makes of it; across classes, it
    could lower this one's amount where nobody else pays.
    """
    masks = {case.classes.mask(lines) for lines in aid.line_sets} | {case.masks.get(id, 0) for id in aid.counts}
    masks.discard(0)
    return len(masks) <= 1 and all(mask.bit_count() == 1 for mask in masks)


def evaluate(
    case: Case, members: frozenset[str], *, firm_only: frozenset[str] | None = None,
    trace: dict[str, list[Step]] | None = None,
) -> Evaluation:  # fmt: skip
    """Allocate one configuration in order of mobilisation, and see whether the relations it relies on hold.

    With `firm_only`, the worst case: only these aids stand, each for what it pays at the least. `trace` receives the
    steps of each amount.
    """
    if firm_only is None:
        placed = members | _mandatory(case, members)
    else:
        standing = members & firm_only
        placed = standing | (_mandatory(case, standing) & firm_only)
    allocation = Allocation(case.classes)
    paid: dict[str, int] = {}
    view = PlanView(placed, paid, lambda lines: allocation.remaining(case.classes.mask(lines)))
    context = case.context
    context.plan = view
    shares: list[Share] = []
    try:
        for verdict in case.verdicts:
            aid = verdict.aid
            if aid.id in placed:
                if trace is not None:
                    context.steps = trace[aid.id] = []
                capacity = capacity_of(verdict, context)
                bound = capacity.high if firm_only is None else capacity.low
                amount = allocation.place(case.masks[aid.id], bound)
                paid[aid.id] = amount
                shares.append(Share(aid, amount, capacity, verdict.firm and capacity.low >= amount, amount == bound))
        view.settled, context.steps = True, None
        relied, fails = _relations(case, placed, shares, context)
        paying = {share.aid.id for share in shares if share.amount > 0}
        spared, hope = _no_own_money(case, shares)
        return Evaluation(shares, not fails and relied <= paying and spared, hope)
    finally:
        context.plan = context.steps = None


def capacity_of(verdict: Verdict, context: Context) -> Range:
    """What an aid can pay: as decided or granted, else by its rule, in the plan that the context holds."""
    if verdict.override is not None and verdict.override.amount is not None:
        return Range(verdict.override.amount, verdict.override.amount)
    if verdict.granted and verdict.request is not None and verdict.request.amount is not None:
        return Range(verdict.request.amount, verdict.request.amount)
    return verdict.aid.amount(context, 0)


def _mandatory(case: Case, members: frozenset[str]) -> frozenset[str]:
    return frozenset(
        v.aid.id
        for v in case.verdicts
        if v.aid.kind == "mandatory" and v.aid.with_ & members and not v.aid.waived_by & members
    )


def _relations(case: Case, placed: frozenset[str], shares: list[Share], context: Context) -> tuple[set[str], bool]:
    """The aids that must pay something for the configuration to stand, and whether one of its conditions fails."""
    paying = {share.aid.id for share in shares if share.amount > 0}
    relied: set[str] = set()
    fails = False
    for verdict in case.verdicts:
        aid = verdict.aid
        if aid.kind == "mandatory" and aid.with_ & placed:
            relied |= aid.waived_by & placed
        if aid.id not in placed or verdict.override is not None:
            continue
        if aid.needs and not aid.needs & paying:
            fails = True
        if verdict.needs_plan and aid.eligibility is not None and aid.eligibility(context).truth is Truth.NO:
            fails = True
        if not aid.joins_to_be_eligible:
            relied |= aid.joins & placed
    return relied, fails


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
