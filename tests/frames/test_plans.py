"""A program for each status: each row goes through that of its own, in any order, whatever holds the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.io.plugins import register_io_source

from cpf_funding import Rulebook, load_rulebook, plan_frame
from cpf_funding.frames import dossiers_to_table, plans
from cpf_funding.frames.plans import APART, NEITHER, compile_plans
from frames.dossiers import Drawer

ROOT = Path(__file__).parents[2]
SIX = ROOT / "benchmarks" / "six_aids" / "rules"
DAY = date(2017, 3, 1)


@pytest.fixture(scope="module")
def rulebook() -> Iterator[Rulebook]:
    """Rules that are few, and told apart by status all the same."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(plans, "MANY_AIDS", 0)
        yield load_rulebook(rules=SIX)


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


def test_a_lazy_table_is_read_by_batches_and_only_for_what_is_asked(
    table: pl.DataFrame, wanted: pl.DataFrame, rulebook: Rulebook
) -> None:
    """The price of one amount does not read what only other columns need; rows left out are not planned."""
    read: list[Any] = []

    def source(columns: Any, predicate: Any, rows: Any, batch: Any) -> Iterator[pl.DataFrame]:
        found = table.select(columns or table.columns).head(len(table) if rows is None else rows)
        found = found if predicate is None else found.filter(predicate)
        read.append((found.columns, found.height))
        yield found

    found = plan_frame(register_io_source(source, schema=table.schema), rulebook, DAY)
    assert found.collect_schema() == wanted.schema
    assert not read
    assert found.select("pays.cpf").collect()["pays.cpf"].equals(wanted["pays.cpf"])
    assert "training.costs.teaching" in read[0][0]
    assert "holder.region" not in read[0][0]
    seekers = pl.col(APART) == "job_seeker"
    asked: list[Callable[[Any], Any]] = [
        lambda found: found.filter(seekers).select("unfunded", "training.start"),
        lambda found: found.filter(seekers, pl.col("pays.cpf") > 0).select("holder.region"),
        lambda found: found.filter(pl.col("complete")).head(2).select("id"),
        lambda found: found.head(3).filter("complete").select("holder_pays"),
        lambda found: found.select(pl.len()),
        lambda found: found,
    ]
    for ask in asked:
        assert ask(found).collect().equals(ask(wanted))
    assert read[1][1] == table.filter(seekers).height
    assert found.head(0).collect().equals(wanted.head(0))


def test_one_program_is_enough_where_no_rule_looks_at_the_status(table: pl.DataFrame, rulebook: Rulebook) -> None:
    several = compile_plans(rulebook, DAY, frozenset(table.columns))
    assert set(several.programs) == {None, NEITHER, *rulebook.facts[APART].choices}
    without = compile_plans(rulebook, DAY, frozenset(table.columns) - {APART})
    assert set(without.programs) == {None}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(plans, "MANY_AIDS", 20)
        assert set(compile_plans(load_rulebook(rules=SIX), DAY, frozenset(table.columns)).programs) == {None}
    grants = load_rulebook(rules=ROOT / "docs" / "examples" / "renovation")
    day = max(period.start for aid in grants.aids for period in aid.in_force)
    assert set(compile_plans(grants, day, frozenset({APART})).programs) == {None}


def test_a_large_table_is_planned_by_parts(table: pl.DataFrame, wanted: pl.DataFrame, rulebook: Rulebook) -> None:
    """Past a batch, the rows stay in their order."""
    times = 1_300
    large = pl.concat([table] * times).with_columns(row=pl.int_range(len(table) * times))
    found = plan_frame(large, rulebook, DAY)
    assert found["row"].is_sorted()
    assert found.tail(len(table)).drop("row").equals(wanted)
    assert found["unfunded"].sum() == times * wanted["unfunded"].sum()
