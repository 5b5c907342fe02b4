"""A program for each status: each row goes through that of its own, in any order, whatever holds the text."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from cpf_funding import Rulebook, load_rulebook, plan_frame
from cpf_funding.frames import dossiers_to_table
from cpf_funding.frames.plans import APART, NEITHER, compile_plans
from frames.dossiers import Drawer

ROOT = Path(__file__).parents[2]
DAY = date(2017, 3, 1)


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_rulebook(rules=ROOT / "benchmarks" / "six_aids" / "rules")


@pytest.fixture(scope="module")
def table(rulebook: Rulebook) -> pl.DataFrame:
    """Statuses one after the other, some of them unknown or no status."""
    found = dossiers_to_table(Drawer(rulebook, DAY, seed=3).dossiers(120), rulebook)
    statuses = [*rulebook.facts[APART].choices, None, "chomeur", NEITHER]
    return found.with_columns(pl.Series(APART, [statuses[turn % len(statuses)] for turn in range(120)], pl.String))


@pytest.fixture(scope="module")
def wanted(table: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    return plan_frame(table, rulebook, DAY)


def test_a_row_has_the_plan_that_it_has_alone(table: pl.DataFrame, wanted: pl.DataFrame, rulebook: Rulebook) -> None:
    alone = [plan_frame(table[turn], rulebook, DAY) for turn in range(24)]
    assert pl.concat(alone).equals(wanted.head(24))


def test_a_status_that_is_none_is_refused_and_an_unknown_one_is_planned(wanted: pl.DataFrame) -> None:
    assert wanted.filter(pl.col(APART).is_in(["chomeur", NEITHER]))["problem"].unique().to_list() == [APART]
    unknown = wanted.filter(pl.col(APART).is_null())
    assert unknown.height == 12
    assert unknown.filter(pl.col("problem").is_null())["unfunded"].null_count() == 0


@pytest.mark.parametrize("kind", ["categorical", "enum"])
def test_a_status_written_otherwise(table: pl.DataFrame, wanted: pl.DataFrame, rulebook: Rulebook, kind: str) -> None:
    values = table[APART].unique().drop_nulls().sort()
    other = table.with_columns(pl.col(APART).cast(pl.Categorical() if kind == "categorical" else pl.Enum(values)))
    found = plan_frame(other, rulebook, DAY)
    assert found.with_columns(pl.col(APART).cast(pl.String)).equals(wanted)


def test_one_program_is_enough_where_no_rule_looks_at_the_status(table: pl.DataFrame, rulebook: Rulebook) -> None:
    several = compile_plans(rulebook, DAY, frozenset(table.columns))
    assert set(several.programs) == {None, NEITHER, *rulebook.facts[APART].choices}
    without = compile_plans(rulebook, DAY, frozenset(table.columns) - {APART})
    assert set(without.programs) == {None}
    grants = load_rulebook(rules=ROOT / "docs" / "examples" / "renovation")
    day = max(period.start for aid in grants.aids for period in aid.in_force)
    assert set(compile_plans(grants, day, frozenset({APART})).programs) == {None}


def test_a_large_table_is_planned_by_parts(table: pl.DataFrame, wanted: pl.DataFrame, rulebook: Rulebook) -> None:
    """Past a batch, the rows stay in their order."""
    times = 900
    large = pl.concat([table] * times).with_columns(row=pl.int_range(len(table) * times))
    found = plan_frame(large, rulebook, DAY)
    assert found["row"].is_sorted()
    assert found.tail(len(table)).drop("row").equals(wanted)
    assert found["unfunded"].sum() == times * wanted["unfunded"].sum()
