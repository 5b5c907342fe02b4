"""Plans for tables: rows per second and peak memory, for six aids and for all the packaged rules of a day.

    python benchmarks/frames.py                         # 10^4, 10^5, 10^6 and 5x10^6 rows
    python benchmarks/frames.py --rows 10000 100000 --case "six aids" "six aids by hand"

Each measure runs in a process of its own, from a Parquet file read as it is computed. The six aids also run as written
by hand in Polars and, where it is installed (`pip install openfisca-core`), by openfisca-core on the whole table; the
three must pay the same euros. Ratios of one run travel between machines, rows per second do not. They are those of the
processor, by the cores that a case can use (Polars all of them, openfisca-core one), so that a machine that does
something else changes them little.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import product
from math import log
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import polars as pl

from cpf_funding import Dossier, load_rulebook
from cpf_funding.frames import dossiers_to_table, plan_frame

SIX = Path(__file__).parent / "six_aids"
DAY = date(2017, 3, 1)
ROWS = (10_000, 100_000, 1_000_000, 5_000_000)
READ = (
    "holder.status", "holder.disability", "holder.region", "cpf.hours", "training.cpf_eligible", "training.start",
    "training.end", "training.costs.teaching", "local.envelopes.ft.aif.state",
)  # fmt: skip
STATUSES = ("job_seeker", "job_seeker", "job_seeker", "employee", "public_agent")
"""Three dossiers in five are those of job seekers."""


def dossiers(day: date) -> list[Dossier]:
    """A thousand and eighty dossiers that tell the rules apart."""
    return [
        Dossier.model_validate({
            "as_of": day,
            "holder": {"status": status, "registered": turn % 4 != 0, "disability": disability, "region": region,
                       "birth_date": "1978-05-04", "qualification": 3},
            "cpf": {"account_open": True, "hours": hours, "dif_hours": 10 * turn, "balance": 100 * hours // 8,
                    "consent": {"given": True}},
            "training": {
                "kind": "certifying", "cpf_eligible": turn % 7 != 0, "modality": "in_person", "region": region,
                "provider": {"qualiopi": True}, "start": day + timedelta(days=60 + turn),
                "end": day + timedelta(days=60 + turn + length), "weekly_hours": 35,
                "hours": {"total": 900, "centre": 760}, "costs": {"teaching": cost, "travel": 20 * turn},
            },
            "project": {"validated": True, "prospect": "hiring_promise"},
            "means": {"employer": 500 if status == "employee" else 0},
            "local": {"envelopes": {"ft.aif": {"state": "exhausted" if turn % 5 == 0 else "open"}}},
        })
        for turn, (status, disability, region, hours, length, cost) in enumerate(product(
            STATUSES, ("boe", "none"), ("11", "53", "75"), (0, 40, 150), (90, 200, 500), (800, 2_500, 6_000, 12_000)
        ))
    ]  # fmt: skip


def write(path: Path, day: date, rows: int, rules: Path | None) -> None:
    """The table of these dossiers, over and over, as a Parquet file; the columns that the six aids read for theirs."""
    table = dossiers_to_table(dossiers(day), load_rulebook(rules=rules))
    if rules is not None:
        table = table.select(READ)
    whole = pl.concat([table] * -(-rows // len(table))).head(rows)
    whole.write_parquet(path, row_group_size=100_000)


# What is measured, each in a process of its own -------------------------------------------------


def sums(table: pl.LazyFrame) -> dict[str, int]:
    """The sum of each amount."""
    return table.select(pl.col("^pays.*$", "unfunded").sum()).collect(engine="streaming").to_dicts()[0]


def everything(table: pl.LazyFrame) -> dict[str, int]:
    """Something of every column, so that all are computed."""
    return table.select(pl.all().null_count()).collect(engine="streaming").to_dicts()[0]


def compiled(path: Path, day: date, rules: Path | None, what: Callable[[pl.LazyFrame], dict[str, int]]) -> Any:
    rulebook = load_rulebook(rules=rules)
    table = pl.scan_parquet(path)
    plan_frame(table.head(0), rulebook, day)  # compiled once for all the tables of a day
    return lambda: what(plan_frame(table, rulebook, day))


def by_hand(path: Path) -> Any:
    sys.path.insert(0, str(SIX))
    from by_hand import planned

    return lambda: sums(planned(pl.scan_parquet(path)))


def microsimulation(path: Path) -> Any:
    sys.path.insert(0, str(SIX))
    from by_hand import AIDS
    from microsimulation import AIDS as NAMES
    from microsimulation import planned, system

    rules = system()
    names = {name: f"pays.{aid}" for name, aid in zip(NAMES, AIDS, strict=True)}
    return lambda: planned(pl.read_parquet(path), rules).rename(names).sum().to_dicts()[0]


CASES: dict[str, tuple[date, Path | None, Callable[[Path], Any]]] = {
    "six aids": (DAY, SIX / "rules", lambda path: compiled(path, DAY, SIX / "rules", sums)),
    "six aids by hand": (DAY, SIX / "rules", by_hand),
    "six aids openfisca": (DAY, SIX / "rules", microsimulation),
    **{
        f"all rules {day}{', ' + name if name else ''}": (
            day, None, lambda path, day=day, what=what: compiled(path, day, None, what)  # type: ignore[misc]
        )
        for day in (DAY, date(2026, 11, 23))
        for name, what in (("", sums), ("every column", everything))
    },
}  # fmt: skip


def measure(case: str, path: Path) -> None:
    """Print the seconds of the processor, those that passed, the peak of memory in MB and the sums."""
    run = CASES[case][2](path)
    wall, busy = perf_counter(), process_time()
    found = run()
    seconds = process_time() - busy, perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"busy": seconds[0], "wall": seconds[1], "peak": peak, "found": found}))


# The table --------------------------------------------------------------------------------------


def compare(rows: Sequence[int], cases: Sequence[str]) -> None:
    cores, results = pl.thread_pool_size(), dict[tuple[str, int], dict[str, Any]]()
    print(f"Polars {pl.__version__}, {cores} cores")
    print(f"{'':<34} {'rows':>9} {'busy s':>8} {'wall s':>8} {'rows/s':>11} {'peak MB':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for count in rows:
            for case in cases:
                day, rules, _ = CASES[case]
                path = Path(folder) / f"{day}-{rules is None}-{count}.parquet"
                if not path.exists():
                    write(path, day, count, rules)
                command = [sys.executable, __file__, "--measure", case, str(path)]
                told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                found = results[case, count] = json.loads(told)
                found["rate"] = count / found["busy"] * (1 if "openfisca" in case else cores)
                print(f"{case:<34} {count:>9} {found['busy']:>8.2f} {found['wall']:>8.2f} {found['rate']:>11.0f} "
                      f"{found['peak']:>8}", flush=True)  # fmt: skip
            for path in Path(folder).glob("*.parquet"):
                path.unlink()
    for case in cases:
        if len(rows) > 1:
            first, last = (results[case, count]["busy"] for count in rows[-2:])
            print(f"{case}: seconds grow as rows to the power {log(last / first) / log(rows[-1] / rows[-2]):.2f}")
    for count in rows:
        ours = results.get(("six aids", count))
        for other in ("six aids by hand", "six aids openfisca"):
            theirs = results.get((other, count))
            if ours and theirs:
                if ours["found"] != theirs["found"]:
                    raise SystemExit(f"{other}: {theirs['found']}, and not {ours['found']}")
                print(f"{count} rows, rate of six aids / {other}: {ours['rate'] / theirs['rate']:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS)
    parser.add_argument("--case", choices=CASES, nargs="+")
    parser.add_argument("--measure", nargs=2, metavar=("CASE", "FILE"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        measure(asked.measure[0], Path(asked.measure[1]))
        return
    there = importlib.util.find_spec("openfisca_core") is not None
    compare(asked.rows, asked.case or [case for case in CASES if there or "openfisca" not in case])


if __name__ == "__main__":
    main()
