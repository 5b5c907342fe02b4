"""Aids of one rank that can take over one another's euros: the same money, rank by rank, for fewer requests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cpf_funding.engine.configurations import MAX_CONFIGURATIONS, Case, Share, evaluate, too_many
from cpf_funding.engine.selection import euros
from cpf_funding.errors import LimitError

__all__ = ["without_replaceable"]


def without_replaceable(
    case: Case, found: Sequence[tuple[frozenset[str], list[Share]]]
) -> Iterator[tuple[frozenset[str], list[Share]]]:
    """The configurations worth the most euros again, without the aids that others of their rank make up for.

    An aid that nothing ties is in every configuration, and this never costs a euro. Where it is alone in its rank, it
    pays as much in all those of the most euros, and leaving it out brings nothing. Only an aid asked before another of
    the same rank may leave it the same euros: it is tried out, as long as no euro is lost. Raises `LimitError`.
    """
    replaceable = _replaceable(case)
    if not replaceable:
        return
    most = min(euros(case, shares) for _, shares in found)
    waiting = [(members, shares) for members, shares in found if euros(case, shares) == most]
    seen = {members for members, _ in found}
    while waiting:
        members, shares = waiting.pop()
        for share in shares:
            fewer = members - {share.aid.id}
            if share.amount == 0 or share.aid.id not in replaceable or fewer in seen:
                continue
            seen.add(fewer)
            if len(seen) > MAX_CONFIGURATIONS:
                raise LimitError([too_many(case.tied | replaceable)])
            evaluation = evaluate(case, fewer)
            if euros(case, evaluation.shares) <= most:
                waiting.append((fewer, evaluation.shares))
                if evaluation.holds:
                    yield fewer, evaluation.shares


def _replaceable(case: Case) -> frozenset[str]:
    """Aids that no relation ties and nobody imposes, asked before another of the same rank."""
    found: set[str] = set()
    later: set[int] = set()
    for verdict in reversed(case.verdicts):
        aid = verdict.aid
        if not aid.by_holder:
            if aid.rank in later and aid.id not in case.tied and verdict.override is None:
                found.add(aid.id)
            later.add(aid.rank)
    return frozenset(found)
