"""The plans of a table built one dossier at a time: what `plan_frame` gives, for rules that columns cannot express."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from cpf_funding.engine.build import build_plan
from cpf_funding.engine.plan import FundingPlan
from cpf_funding.errors import InputError
from cpf_funding.frames.table import table_to_dossiers
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.truth import Truth

__all__ = ["plan_one_by_one"]

_TOLD = {Truth.YES: True, Truth.NO: False, Truth.UNKNOWN: None}


def plan_one_by_one(frame: pl.DataFrame, rulebook: Rulebook, on: date) -> pl.DataFrame:
    """The table with the plan of each row, in the columns of `plan_frame`; `problem` says why a row has no plan."""
    aids = [aid.id for aid in rulebook.aids if aid.in_force[0].start <= on]
    causes = list(rulebook.causes)
    schema: dict[str, Any] = {
        **{f"pays.{id}": pl.Int64 for id in aids}, "holder_pays": pl.Int64, "unfunded": pl.Int64,
        "unfunded_worst": pl.Int64, "complete": pl.Boolean, **{f"verdict.{id}": pl.Boolean for id in aids},
        **{f"cause.{id}": pl.String for id in causes}, "problem": pl.String,
    }  # fmt: skip
    rows = []
    for dossier in table_to_dossiers(frame, rulebook, on):
        try:
            rows.append(_row(build_plan(dossier, rulebook, on), aids, causes))
        except InputError as error:
            rows.append({"problem": str(error)})
    return pl.concat([frame, pl.DataFrame(rows, schema=schema)], how="horizontal")


def _row(plan: FundingPlan, aids: list[str], causes: list[str]) -> dict[str, Any]:
    paid = {line.aid: line.amount for line in plan.contributions}
    verdicts = {verdict.aid: _TOLD[verdict.state] for verdict in plan.verdicts}
    states = {cause.id: cause.state for cause in plan.causes}
    return {
        **{f"pays.{id}": paid.get(id, 0) for id in aids}, "holder_pays": plan.holder_pays,
        "unfunded": plan.unfunded, "unfunded_worst": plan.unfunded_worst, "complete": plan.complete,
        **{f"verdict.{id}": verdicts.get(id, False) for id in aids},
        **{f"cause.{id}": states.get(id, "clear") for id in causes},
    }  # fmt: skip
