"""Whatever holds the table, the plans are those of Polars, in a table of the same kind; a lazy one stays lazy."""

from __future__ import annotations

import pickle
import shutil
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.io.plugins import register_io_source

from cpf_funding import Rulebook, load_rulebook
from cpf_funding.errors import InputError
from cpf_funding.frames import dossiers_to_table, plan_frame
from cpf_funding.frames.engines import planned, planned_batches
from cpf_funding.frames.plans import compile_plans
from frames.dossiers import Drawer

SIX = Path(__file__).parents[2] / "benchmarks" / "six_aids" / "rules"
DAY = date(2017, 3, 1)


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_rulebook(rules=SIX)


@pytest.fixture(scope="module")
def table(rulebook: Rulebook) -> pl.DataFrame:
    """A hundred dossiers, and one that has no cost."""
    found = dossiers_to_table(Drawer(rulebook, DAY, seed=1).dossiers(100), rulebook)
    return pl.concat([found, found.head(1).with_columns(pl.lit(None, pl.Int64).alias("training.costs.teaching"))])


@pytest.fixture(scope="module")
def wanted(table: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    return plan_frame(table, rulebook, DAY).drop(table.columns)


def added(found: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    return found.drop(table.columns)


def test_the_plans_follow_the_table(table: pl.DataFrame, wanted: pl.DataFrame, rulebook: Rulebook) -> None:
    found = plan_frame(table, rulebook, DAY)
    assert found.select(table.columns).equals(table)
    assert found.columns == table.columns + wanted.columns
    for aid in rulebook.aids:
        assert wanted[f"pays.{aid.id}"].dtype == pl.Int64
        assert wanted[f"verdict.{aid.id}"].dtype == pl.Boolean
    causes = [name.removeprefix("cause.") for name in wanted.columns if name.startswith("cause.")]
    assert causes == list(rulebook.causes)


def test_a_lazy_table_stays_lazy(table: pl.DataFrame, wanted: pl.DataFrame, rulebook: Rulebook) -> None:
    """A source that counts how often it is read: never by `plan_frame`, once by whoever collects."""
    read: list[int] = []

    def source(columns: Any, predicate: Any, rows: Any, batch: Any) -> Iterator[pl.DataFrame]:
        read.append(1)
        yield table if columns is None else table.select(columns)

    found = plan_frame(register_io_source(source, schema=table.schema), rulebook, DAY)
    assert isinstance(found, pl.LazyFrame)
    assert found.collect_schema().names() == table.columns + wanted.columns
    assert not read
    assert added(found.collect(), table).equals(wanted)
    assert len(read) == 1


def test_a_table_read_in_pieces_from_a_file(
    tmp_path: Path, table: pl.DataFrame, wanted: pl.DataFrame, rulebook: Rulebook
) -> None:
    table.write_parquet(tmp_path / "in.parquet", row_group_size=7)
    plan_frame(pl.scan_parquet(tmp_path / "in.parquet"), rulebook, DAY).sink_parquet(tmp_path / "out.parquet")
    assert added(pl.read_parquet(tmp_path / "out.parquet"), table).equals(wanted)


def test_only_what_is_asked_is_computed(table: pl.DataFrame, wanted: pl.DataFrame, rulebook: Rulebook) -> None:
    """The price of one amount does not read what only other columns need."""
    asked = plan_frame(table.lazy(), rulebook, DAY).select("pays.cpf")
    assert "holder.region" not in asked.explain()
    assert asked.collect()["pays.cpf"].equals(wanted["pays.cpf"])


def test_pandas(table: pl.DataFrame, wanted: pl.DataFrame, rulebook: Rulebook) -> None:
    pandas = pytest.importorskip("pandas", reason="needs the extra [pandas]")
    frame = table.to_pandas()
    frame.index = [f"row {number}" for number in range(len(frame))]
    found = plan_frame(frame, rulebook, DAY)
    assert isinstance(found, pandas.DataFrame)
    assert list(found.columns) == table.columns + wanted.columns
    assert list(found.index) == list(frame.index)
    assert found[table.columns].equals(frame)
    assert pl.from_pandas(found[wanted.columns]).cast(dict(wanted.schema)).equals(wanted)


def test_duckdb(table: pl.DataFrame, wanted: pl.DataFrame, rulebook: Rulebook) -> None:
    duckdb = pytest.importorskip("duckdb", reason="needs the extra [duckdb]")
    with duckdb.connect() as connection:
        found = plan_frame(connection.from_arrow(table.to_arrow()), rulebook, DAY)
        assert isinstance(found, duckdb.DuckDBPyRelation)
        assert found.columns == table.columns + wanted.columns
        assert added(found.pl(), table).equals(wanted)
        assert found.aggregate("sum(unfunded)").fetchall() == [(wanted["unfunded"].sum(),)]


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java 17")
def test_spark(
    tmp_path: Path, table: pl.DataFrame, wanted: pl.DataFrame, rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyspark", reason="needs the extra [spark]")
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)  # the workers need the library too
    from pyspark.sql import DataFrame, SparkSession

    table.write_parquet(tmp_path / "in.parquet")
    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    session = builder.config("spark.sql.warehouse.dir", str(tmp_path)).getOrCreate()
    try:
        found = plan_frame(session.read.parquet(str(tmp_path / "in.parquet")), rulebook, DAY)
        assert isinstance(found, DataFrame)
        assert found.columns == table.columns + wanted.columns
        found.coalesce(1).write.parquet(str(tmp_path / "out"))
    finally:
        session.stop()
    assert added(pl.read_parquet(tmp_path / "out" / "*.parquet"), table).equals(wanted)


def test_batches_are_gathered_and_none_is_lost(table: pl.DataFrame, wanted: pl.DataFrame, rulebook: Rulebook) -> None:
    """What Spark and DuckDB hand over: batches of any size, an empty one among them."""
    pytest.importorskip("pyarrow", reason="needs pyarrow")
    plans = compile_plans(rulebook, DAY, frozenset(table.columns))
    whole = table.to_arrow()
    batches = [*whole.slice(0, 0).to_batches(), *whole.to_batches(max_chunksize=13)]
    found = pl.concat([pl.DataFrame(pl.from_arrow(batch)) for batch in planned_batches(batches, plans)])
    assert added(found, table).equals(wanted)
    assert list(planned_batches([], plans)) == []


def test_a_program_travels(table: pl.DataFrame, wanted: pl.DataFrame, rulebook: Rulebook) -> None:
    """As Spark sends it to its workers."""
    plans = pickle.loads(pickle.dumps(compile_plans(rulebook, DAY, frozenset(table.columns))))
    assert added(planned(table, plans), table).equals(wanted)


def test_an_empty_table(table: pl.DataFrame, wanted: pl.DataFrame, rulebook: Rulebook) -> None:
    assert plan_frame(table.head(0), rulebook, DAY).drop(table.columns).equals(wanted.head(0))


def test_something_that_is_no_table(rulebook: Rulebook) -> None:
    with pytest.raises(InputError, match=r"ce n'est pas une table que l'on sait lire \(list\)"):
        plan_frame([1, 2], rulebook, DAY)
