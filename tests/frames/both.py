"""The same dossiers through both back ends: one by one, and as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from cpf_funding import FundingPlan, Rulebook, build_plan
from cpf_funding.dossier import Dossier
from cpf_funding.errors import LimitError
from cpf_funding.frames import dossiers_to_table, plan_frame
from cpf_funding.truth import Truth

TOLD = {Truth.YES: True, Truth.NO: False, Truth.UNKNOWN: None}
Run = Callable[[pl.DataFrame, Rulebook, date], pl.DataFrame]
"""Plans a table on some engine."""


def eager(table: pl.DataFrame, rulebook: Rulebook, on: date) -> pl.DataFrame:
    return plan_frame(table, rulebook, on)


def row_of(plan: FundingPlan, rulebook: Rulebook) -> dict[str, Any]:
    """What the row of a dossier must hold, from its own plan; aids that pay nothing are not listed."""
    states = {cause.id: cause.state for cause in plan.causes}
    return {
        **{f"pays.{c.aid}": c.amount for c in plan.contributions if c.amount},
        "holder_pays": plan.holder_pays, "unfunded": plan.unfunded,
        "unfunded_worst": plan.unfunded_worst, "complete": plan.complete,
        **{f"verdict.{verdict.aid}": TOLD[verdict.state] for verdict in plan.verdicts},
        **{f"cause.{id}": states.get(id, "clear") for id in rulebook.causes},
        "problem": None,
    }  # fmt: skip


def row_in(row: Mapping[str, Any], table: Iterable[str]) -> dict[str, Any]:
    """What the row of a dossier holds beyond the table that was given; aids that pay nothing are left out."""
    given = set(table)
    return {
        name: value for name, value in row.items()
        if name not in given and (value or not name.startswith("pays."))
    }  # fmt: skip


def differences(
    dossiers: Sequence[Dossier], rulebook: Rulebook, on: date, run: Run = eager
) -> Iterator[tuple[Dossier, str]]:
    """The dossiers for which the two back ends say different things, with what each says.

    A dossier that has too many combinations for a plan of its own is passed over: a table plans it all the same.
    """
    table = dossiers_to_table(dossiers, rulebook)
    rows = run(table, rulebook, on).to_dicts()
    assert len(rows) == len(dossiers)
    for dossier, row in zip(dossiers, rows, strict=True):
        try:
            plan = build_plan(dossier, rulebook, on)
        except LimitError:
            continue
        wanted, found = row_of(plan, rulebook), row_in(row, table.columns)
        names = [name for name in sorted(wanted.keys() | found.keys()) if wanted.get(name, "-") != found.get(name, "-")]
        if names:
            yield dossier, "; ".join(f"{name}: {wanted.get(name, '-')}, {found.get(name, '-')}" for name in names)
