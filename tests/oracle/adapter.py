"""The bridge between the oracle and the engine: an abstract problem becomes a rulebook and a dossier.

The solvers of this folder import nothing of the engine; only this file knows both sides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cpf_funding.dossier import Dossier
from cpf_funding.money import plain
from cpf_funding.rulebook.book import Rulebook
from oracle.model import Aid, Below, Capacity, Fixed, Least, Matching, Problem, ShareOfRemaining
from rulebooks import aid, rulebook, value


def playable(problem: Problem) -> Problem:
    """The problem without the aids that could pay nothing even alone: the engine never takes them into a plan."""
    kept = tuple(
        each for each in problem.aids if _potential(each.capacity, problem) > 0 and _cost(each.covers, problem)
    )
    return Problem(problem.costs, kept) if len(kept) == len(problem.aids) else playable(Problem(problem.costs, kept))


def _cost(lines: frozenset[str], problem: Problem) -> int:
    return sum(problem.costs[line] for line in lines)


def _potential(capacity: Capacity, problem: Problem) -> int:
    match capacity:
        case Fixed(cents):
            return cents
        case ShareOfRemaining(percent, lines, rounding, cap):
            base = percent * _cost(lines, problem)
            share = {"down": base // 10_000, "up": -(-base // 10_000), "half_up": (base + 5_000) // 10_000}[rounding]
            return share if cap is None else min(share, cap)
        case Matching(ids, cap):
            return 0 if not ids & problem.by_id.keys() or cap == 0 else 1
        case Below(cents, _):
            return cents
        case Least(of):
            return min(_potential(part, problem) for part in of)


def dossier_of(problem: Problem) -> Dossier:
    """A dossier whose only content is the cost of its lines."""
    costs = {line: plain(cents) for line, cents in problem.costs.items()}
    return Dossier.model_validate({"as_of": "2017-03-01", "training": {"costs": {"teaching": "0", **costs}}})


def rulebook_of(problem: Problem) -> Rulebook:
    """One YAML-like aid per abstract aid."""
    return rulebook(*(_aid(each, problem) for each in problem.aids))


def _aid(each: Aid, problem: Problem) -> dict[str, Any]:
    def present(ids: frozenset[str]) -> list[str]:
        return sorted(ids & problem.by_id.keys())

    relations: dict[str, Any] = {
        "excludes": present(each.excludes),
        "with": present(each.with_),
        "waived_by": present(each.waived_by),
        "own_money": "forbidden" if each.own_money_forbidden else "allowed",
    }
    never: Mapping[str, Any] = {}
    if each.needs is not None:
        relations["needs"] = present(each.needs - each.excludes)
        if not relations["needs"]:  # needs an aid that does not exist: never open
            never = {"scope": {"fact": "training.costs.total", "below": 0}}
    kind = each.kind
    if kind == "mandatory" and not relations["with"]:  # follows nobody: never due
        kind, never = "aid", {"scope": {"fact": "training.costs.total", "below": 0}}
        relations["waived_by"] = []
    return aid(
        each.id, each.rank, _amount(each.capacity, problem), covers=sorted(each.covers), kind=kind, relations=relations,
        funder="holder" if each.is_holder else "funder", **never,
    )  # fmt: skip


def _amount(capacity: Capacity, problem: Problem) -> dict[str, Any]:
    match capacity:
        case Fixed(cents):
            return value(plain(cents))
        case ShareOfRemaining(percent, lines, rounding, cap):
            base = {"remaining": sorted(lines)} if lines else value("0")
            share = {"share": {"value": plain(percent), "unit": "%"}, "of": base, "rounding": rounding}
            return share if cap is None else {"least_of": [share, value(plain(cap))]}
        case Matching(ids, cap):
            paid = _paid(ids, problem)
            return paid if cap is None else {"least_of": [paid, value(plain(cap))]}
        case Below(cents, ids):
            return {"difference": [value(plain(cents)), _paid(ids, problem)]}
        case Least(of):
            return {"least_of": [_amount(part, problem) for part in of]}


def _paid(ids: frozenset[str], problem: Problem) -> dict[str, Any]:
    present = sorted(ids & problem.by_id.keys())
    return {"paid_by": present} if present else value("0")
