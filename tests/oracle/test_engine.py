"""The engine against the independent oracle: same least unfunded, same holder's share, same payments by rank, as few
requests."""

from __future__ import annotations

import os

import pytest

from cpf_funding import build_plan
from oracle import brute, cpsat
from oracle.adapter import dossier_of, playable, rulebook_of
from oracle.model import Problem, objective
from oracle.strategies import seeded

CHUNKS = 20
CASES = int(os.environ.get("ORACLE_CASES", "20000"))
FIRST = int(os.environ.get("ORACLE_SEED", "0"))


def assert_same(problem: Problem, best: object, seed: int) -> None:
    """Compare by what the order of preference decides; dates, then ids, only break ties that ask as many."""
    plan = build_plan(dossier_of(problem), rulebook_of(problem))
    ours = objective(problem, {c.aid: c.amount for c in plan.contributions})
    theirs = objective(problem, best.amounts)  # type: ignore[attr-defined]
    assert ours[:4] == theirs[:4], f"seed {seed}: {problem}"
    assert sum(c.amount for c in plan.contributions) + plan.unfunded == plan.cost_total


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_brute_force_finds_no_better_plan(chunk: int) -> None:
    """On small problems of up to six aids and three lines, every subset and every cent was tried."""
    for seed in range(FIRST + chunk, FIRST + CASES, CHUNKS):
        problem = playable(seeded(seed, 6, 3, 1))
        assert_same(problem, brute.best(problem), seed)


@pytest.mark.parametrize("seed", [903_451])
def test_problems_that_once_differed(seed: int) -> None:
    """An aid that would push an earlier one onto the lines of a share is better left out: it must be a choice."""
    problem = playable(seeded(seed, 6, 3, 100))
    assert_same(problem, brute.best(problem), seed)


@pytest.mark.parametrize("chunk", range(4))
def test_brute_force_on_ten_aids(chunk: int) -> None:
    """Up to ten aids and four lines."""
    for seed in range(FIRST + 10_000_000 + chunk, FIRST + 10_000_000 + CASES // 100, 4):
        problem = playable(seeded(seed, 10, 4, 1))
        assert_same(problem, brute.best(problem), seed)


@pytest.mark.parametrize("chunk", range(4))
def test_cp_sat_on_real_amounts(chunk: int) -> None:
    """Amounts in real cents, on up to nine aids and five lines, against OR-tools CP-SAT."""
    for seed in range(FIRST + 20_000_000 + chunk, FIRST + 20_000_000 + CASES // 200, 4):
        problem = playable(seeded(seed, 9, 5, 12_345))
        assert_same(problem, cpsat.best(problem), seed)
