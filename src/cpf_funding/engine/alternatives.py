"""Other plans worth showing: those that no plan beats on every count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from cpf_funding.engine.configurations import Case, evaluate
from cpf_funding.engine.plan import Alternative
from cpf_funding.engine.selection import Option, assess, pareto

__all__ = ["describe", "without_one"]


def without_one(case: Case, best: Option, last_answer: Callable[[frozenset[str]], date | None]) -> list[Option]:
    """The recommended configuration without each of its aids: fewer requests, rights kept, an answer not awaited."""
    options = []
    for share in best.shares:
        if share.amount > 0 and share.aid.kind in ("aid", "right"):
            members = best.members - {share.aid.id}
            evaluation = evaluate(case, members)
            if evaluation.holds:
                options.append(assess(case, members, evaluation.shares, last_answer))
    return options


def describe(options: list[Option], best: Option) -> tuple[Alternative, ...]:
    """The alternatives in which someone pays, best first, with what each gains and loses against the plan shown.

    One that is worth the same on every count has nothing to tell.
    """
    return tuple(_describe(o, best) for o in pareto(options, best) if o.paying and o.counts != best.counts)


def _describe(option: Option, best: Option) -> Alternative:
    ours, theirs = set(best.paying), set(option.paying)
    differences = {
        "unfunded": option.unfunded - best.unfunded,
        "unfunded_worst": option.worst - best.worst,
        "holder_pays": option.holder_pays - best.holder_pays,
        "filings": option.filings - best.filings,
        "rights_used": option.rights_used - best.rights_used,
    }
    if option.last_answer is not None and best.last_answer is not None:
        differences["last_answer_days"] = (option.last_answer - best.last_answer).days
    return Alternative(
        amounts={share.aid.id: share.amount for share in option.shares if share.amount > 0}, unfunded=option.unfunded,
        unfunded_worst=option.worst, holder_pays=option.holder_pays, filings=option.filings,
        last_answer=option.last_answer, rights_used=option.rights_used, without=tuple(sorted(ours - theirs)),
        added=tuple(sorted(theirs - ours)), differences={name: value for name, value in differences.items() if value},
    )  # fmt: skip
