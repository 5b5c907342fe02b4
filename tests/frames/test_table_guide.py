"""The guide to tables: its example file, and its Spark program as it stands on the page."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

pytest.importorskip("polars", reason="tables need the extra « frames »")

import polars as pl

from cpf_funding import build_plan
from cpf_funding.exchange.dossier_tables import open_table
from cpf_funding.frames import dossiers_to_table, plan_frame, table_to_dossiers
from cpf_funding.frames.one_by_one import plan_one_by_one
from cpf_funding.frames.rows import check_header, sort_out
from frames.dossiers import Drawer
from generators import packaged

DOCS = Path(__file__).parents[2] / "docs"
ON = date(2018, 10, 15)
SPARK_ON = date(2017, 3, 1)


def test_the_example_is_read_as_its_dossiers_are() -> None:
    """Nine dossiers and three rows with mistakes; the plans of the nine are those of the dossiers they stand for."""
    rulebook = packaged()
    source = open_table(str(DOCS / "examples" / "table" / "dossiers.csv"))
    header = check_header(source.header, source.types, rulebook, ON)
    (rows,) = source
    sound, rejections = sort_out(rows, header, rulebook, ON, texts=True)
    assert ({}, 9, {11, 12, 13}) == (header.others, len(sound), {each.line for each in rejections})
    planned = plan_one_by_one(sound.select(list(header.columns)), rulebook, ON)
    plans = [build_plan(each, rulebook, ON) for each in table_to_dossiers(sound, rulebook)]
    assert [plan.unfunded for plan in plans] == planned["unfunded"].to_list()
    first = plans[0]
    assert ("limoges-01", 598_000) == (first.dossier, sum(line.amount for line in first.contributions) + first.unfunded)


def spark_program() -> str:
    page = (DOCS / "how-to" / "plan-a-table.md").read_text(encoding="utf-8")
    (program,) = (code for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "SparkSession" in code)
    return program


@pytest.mark.spark
@pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java, which is not installed here")
def test_the_spark_program_of_the_guide_gives_the_plans_of_polars(tmp_path: Path) -> None:
    """In a process of its own: Java keeps the folder in which it was first started."""
    pytest.importorskip("pyspark", reason="the Spark program needs the extra « spark »")
    rulebook = packaged()
    table = dossiers_to_table(Drawer(rulebook, SPARK_ON, 5).dossiers(40), rulebook)
    costs = pl.Series("training.costs.teaching", [None, *table["training.costs.teaching"][1:]], dtype=pl.Int64)
    table = table.with_columns(pl.Series("id", [str(number) for number in range(40)]), costs)
    table.write_parquet(tmp_path / "dossiers.parquet")
    environment = os.environ | {
        "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_SUBMIT_ARGS": "--master local[1] --conf spark.ui.enabled=false "
                               "--conf spark.sql.shuffle.partitions=1 pyspark-shell",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", spark_program()], cwd=tmp_path, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    wanted = plan_frame(table, rulebook, SPARK_ON)
    found = pl.read_parquet(tmp_path / "plans.parquet" / "*.parquet").sort(pl.col("id").cast(pl.Int64))
    assert wanted.filter(pl.col("problem").is_null()).to_dicts() == found.to_dicts()
    (refused,) = (path for path in (tmp_path / "refus.csv").iterdir() if path.suffix == ".csv")
    with refused.open(encoding="utf-8", newline="") as file:
        assert [{"id": "0", "problem": "training.costs.teaching"}] == list(csv.DictReader(file))
    assert [name for name in os.listdir(tmp_path / "manque.csv") if name.endswith(".csv")]
