"""What became of every aid in the recommended plan, and why those that pay nothing pay nothing."""

from __future__ import annotations

from dataclasses import replace

from cpf_funding.engine.configurations import Case, spoilt
from cpf_funding.engine.plan import VerdictLine
from cpf_funding.engine.selection import Option
from cpf_funding.engine.verdicts import Verdict, causes_of
from cpf_funding.language.context import Context, PlanView
from cpf_funding.language.evidence import Evidence, reasons
from cpf_funding.rulebook.book import Aid
from cpf_funding.truth import Truth

__all__ = ["verdict_lines"]


def verdict_lines(verdicts: list[Verdict | VerdictLine], case: Case, best: Option) -> tuple[VerdictLine, ...]:
    """One line per aid, in order of mobilisation."""
    paying = frozenset(best.paying)
    entered = frozenset(v.aid.id for v in case.verdicts)
    freely = replace(case.context, envelopes={}, memo={})  # what an aid could pay were its envelope open
    return tuple(
        each if isinstance(each, VerdictLine) else _line(each, case, best, paying, entered, freely) for each in verdicts
    )


def _line(
    verdict: Verdict, case: Case, best: Option, paying: frozenset[str], entered: frozenset[str], freely: Context
) -> VerdictLine:
    aid, evidence, causes = verdict.aid, verdict.evidence, verdict.causes
    potential, lost = (_potential(verdict, case, freely) if aid.id not in paying else 0), None
    if aid.id not in entered and verdict.state is Truth.YES:
        lost = "zero"
    if aid.id in entered and aid.id not in paying:
        lost = _lost_to(aid, case, best, paying)
        if lost == "joined_by":
            failed = _failed_in(best, verdict, case)
            evidence, lost = (failed, lost) if failed else (evidence, "nothing_left")
            causes = tuple(dict.fromkeys(cause for each in failed for cause in causes_of(each)))
    return VerdictLine(
        aid=aid.id, label=aid.label, state=verdict.state, evidence=evidence, missing=verdict.missing, causes=causes,
        out_of_scope=verdict.out_of_scope, presumed=verdict.presumed, lost_to=lost, potential=potential,
        file_by=verdict.file_by,
    )  # fmt: skip


def _potential(verdict: Verdict, case: Case, freely: Context) -> int:
    """What an aid that pays nothing could pay; nothing when it is not for this person or day, whatever changes."""
    aid = verdict.aid
    if verdict.out_of_scope or aid.by_holder or (verdict.state is Truth.NO and not verdict.causes):
        return 0
    cost = sum(case.costs.get(line, 0) for line in aid.covers)
    return min(cost, (aid.amount(freely, 0) if aid.reads_envelope else verdict.potential(case.context)).high)


def _lost_to(aid: Aid, case: Case, best: Option, paying: frozenset[str]) -> str:
    """Why an aid that is not refused pays nothing in the recommended plan."""
    enemies = sorted(
        s.aid.id for s in best.shares if s.aid.id in paying and (s.aid.id in aid.excludes or aid.id in s.aid.excludes)
    )
    if enemies:
        return f"excludes:{enemies[0]}"
    if aid.id in best.members or aid.kind == "mandatory":
        return "nothing_left"
    if aid.needs and not aid.needs & paying:
        return "needs"
    if aid.refuses_own_money and spoilt(case, [share for share in best.shares if share.amount > 0], aid):
        return "own_money"
    return "joined_by" if aid.joins_to_be_eligible else "nothing_left"


def _failed_in(best: Option, verdict: Verdict, case: Case) -> tuple[Evidence, ...]:
    """The conditions on co-funding of an aid that the recommended plan fails; none where it would let the aid in."""
    paid = {share.aid.id: share.amount for share in best.shares}
    context, eligibility = case.context, verdict.aid.eligibility
    if eligibility is None:
        raise AssertionError("an aid that waits for a co-funder says so in its conditions")
    context.plan = PlanView(frozenset(paid), paid, lambda lines: 0, settled=True)
    try:
        found = eligibility(context)
    finally:
        context.plan = None
    return tuple(reasons(found)) if found.truth is Truth.NO else ()
