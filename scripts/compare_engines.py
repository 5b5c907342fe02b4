"""Plan a million rows on each table engine, and see that every sum of cents and every count is that of Polars.

    python scripts/compare_engines.py                 # the six aids of the benchmarks, 1 000 000 rows
    python scripts/compare_engines.py --rows 20000 --packaged

DuckDB, and Spark where Java is found, read the same Parquet file. Fails where a total differs.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

import polars as pl

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from cpf_funding import Rulebook, load_rulebook  # noqa: E402  (found once the folder of the tests is)
from cpf_funding.frames import dossiers_to_table, plan_frame  # noqa: E402
from frames.dossiers import Drawer  # noqa: E402

DAY = date(2017, 3, 1)
DRAWN = 2000
Totals = dict[str, int]


def of_polars(path: Path, rulebook: Rulebook, wanted: Sequence[str]) -> Totals:
    found = plan_frame(pl.scan_parquet(path), rulebook, DAY)
    return found.select(pl.col(wanted).cast(pl.Int64).sum()).collect(engine="streaming").to_dicts()[0]


def of_duckdb(path: Path, rulebook: Rulebook, wanted: Sequence[str]) -> Totals:
    import duckdb

    found = plan_frame(duckdb.read_parquet(str(path)), rulebook, DAY)
    sums = ", ".join(f'sum("{name}"::bigint)' for name in wanted)
    return dict(zip(wanted, map(int, found.aggregate(sums).fetchall()[0]), strict=True))


def of_spark(path: Path, rulebook: Rulebook, wanted: Sequence[str]) -> Totals:
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as f

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    session = builder.config("spark.driver.memory", "4g").getOrCreate()
    try:
        found = plan_frame(session.read.parquet(str(path)), rulebook, DAY)
        row = found.agg(*(f.sum(f.col(f"`{name}`").cast("bigint")).alias(f"s{n}") for n, name in enumerate(wanted)))
        return dict(zip(wanted, row.collect()[0], strict=True))
    finally:
        session.stop()


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when every engine gives the same totals."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--packaged", action="store_true", help="the packaged rules of the same day")
    asked = parser.parse_args(arguments)
    rulebook = load_rulebook(rules=None if asked.packaged else ROOT / "benchmarks" / "six_aids" / "rules")
    table = dossiers_to_table(Drawer(rulebook, DAY, seed=1).dossiers(DRAWN), rulebook)
    planned = plan_frame(table, rulebook, DAY)
    wanted = [name for name in planned.columns if name not in table.columns and planned[name].dtype != pl.String]
    engines: dict[str, Callable[[Path, Rulebook, Sequence[str]], Any]] = {"Polars": of_polars, "DuckDB": of_duckdb}
    if shutil.which("java"):
        engines["Spark"] = of_spark
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        pl.concat([table] * -(-asked.rows // DRAWN)).head(asked.rows).write_parquet(path, row_group_size=100_000)
        totals: dict[str, Totals] = {}
        for name, run in engines.items():
            start = perf_counter()
            totals[name] = run(path, rulebook, wanted)
            print(f"{name:<8} {asked.rows} rows, {perf_counter() - start:.0f} s, unfunded {totals[name]['unfunded']}")
    for name, found in totals.items():
        different = {
            each: (found[each], totals["Polars"][each]) for each in wanted if found[each] != totals["Polars"][each]
        }
        if different:
            raise SystemExit(f"{name}: {different}")
    print(f"{len(wanted)} columns: the same totals on {', '.join(totals)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
