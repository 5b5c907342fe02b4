"""The six aids written by hand in Polars, for dossiers in which everything is known."""

from __future__ import annotations

import polars as pl

__all__ = ["AIDS", "planned"]

AIDS = ("cpf", "fpspp.top_up", "region", "ft.aif", "agefiph", "fiphfp")
HOUR = 9
CAPS = {"11": 150_000, "53": 100_000, "75": 200_000, "93": 300_000}


def planned(table: pl.LazyFrame) -> pl.LazyFrame:
    """The amount of each aid and what is left, in cents."""
    seeker = pl.col("holder.status") == "job_seeker"
    boe = pl.col("holder.disability") == "boe"
    eligible, hours, cost = pl.col("training.cpf_eligible"), pl.col("cpf.hours"), pl.col("training.costs.teaching")
    after = pl.col("training.end").dt.offset_by("1d")
    cap = pl.lit(0, pl.Int64)
    for region, most in CAPS.items():
        cap = pl.when(pl.col("holder.region") == region).then(pl.lit(most, pl.Int64)).otherwise(cap)
    found: list[pl.Expr] = []
    table = table.with_columns(left0=cost)
    for number, (when, most) in enumerate((
        (eligible, hours * HOUR),
        (seeker & eligible & (hours < 10_000), (10_000 - hours) * HOUR),
        (seeker & (after <= pl.col("training.start").dt.offset_by("24mo")), cap),
        (
            seeker & (after <= pl.col("training.start").dt.offset_by("12mo"))
            & (pl.col("local.envelopes.ft.aif.state") == "open"), pl.lit(600_000, pl.Int64),
        ),
        (seeker & boe & (pl.col("left4") < cost), pl.lit(500_000, pl.Int64)),
        ((pl.col("holder.status") == "public_agent") & boe, pl.lit(1_000_000, pl.Int64)),
    )):  # fmt: skip
        left = pl.col(f"left{number}")
        pays = pl.when(when).then(pl.min_horizontal(most, left)).otherwise(pl.lit(0, pl.Int64))
        table = table.with_columns(pays.alias(f"pays.{AIDS[number]}"))
        table = table.with_columns((left - pl.col(f"pays.{AIDS[number]}")).alias(f"left{number + 1}"))
        found.append(pl.col(f"pays.{AIDS[number]}"))
    return table.select(*found, pl.col(f"left{len(AIDS)}").alias("unfunded"))
