"""`cpf-funding table`: the plans of a file of dossiers, one per row."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

from cpf_funding.commands.inputs import read_day
from cpf_funding.commands.output import OVERLAY, RULES, check_output, write
from cpf_funding.errors import InputError, Problem
from cpf_funding.exchange.files import printable
from cpf_funding.money import in_french
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.rulebook.load import load_rulebook

if TYPE_CHECKING:  # the libraries of tables are an extra
    import polars as pl

    from cpf_funding.exchange.dossier_tables import Results, Source

__all__ = ["table"]

_NEEDS = {"polars": ("polars", "narwhals"), "duckdb": ("polars", "narwhals", "duckdb", "pyarrow")}
"""What each engine is made of."""


@click.command(short_help="Écrit les plans d'une table de dossiers, un par ligne (CSV ou Parquet).")
@click.argument("file", metavar="FICHIER")
@click.option(
    "-o", "--output", required=True, metavar="SORTIE",
    help="Écrit les plans dans ce fichier (.csv ou .parquet), qui ne doit pas exister.",
)  # fmt: skip
@click.option("--on", metavar="DATE", help="Jour du plan, par exemple 2017-03-01 ; sinon, la colonne as_of.")
@click.option(
    "--engine", type=click.Choice(list(_NEEDS)), default="polars", metavar="polars|duckdb",
    help="Qui porte la table : Polars (par défaut) ou DuckDB ; les fichiers écrits sont les mêmes.",
)  # fmt: skip
@click.option(
    "--rejected", metavar="FICHIER", help="Écrit ici les lignes refusées (CSV) ; sinon, dans SORTIE.rejets.csv."
)
@OVERLAY
@RULES
def table(
    file: str, output: str, on: str | None, engine: str, rejected: str | None, overlays: tuple[str, ...],
    rules: str | None,
) -> None:  # fmt: skip
    """Écrit le plan de chaque dossier de FICHIER, une table d'un dossier par ligne (CSV ou Parquet).

    Une ligne refusée n'arrête rien : elle va dans un second fichier, avec son numéro et la raison. Code de sortie : 0,
    les deux fichiers sont écrits ; 2, l'entrée entière est refusée et rien n'est écrit ; 1, défaut interne.
    """
    _check_engine(engine)
    from cpf_funding.exchange.dossier_tables import FORMATS, Results, open_table

    rejected = rejected or f"{os.path.splitext(output)[0]}.rejets.csv"
    _check_outputs(output, rejected, FORMATS)
    day = read_day(on)
    source = open_table(file)
    rulebook = load_rulebook(*overlays, rules=rules)
    with Results(output, rejected, rulebook) as results:
        counts = _run(source, results, rulebook, day, engine)
        results.finish()
    write("".join(f"{line}\n" for line in _summary(counts, rulebook, rejected)))


def _check_engine(engine: str) -> None:
    absent = [name for name in _NEEDS[engine] if find_spec(name) is None]
    if absent:
        message = f"il manque {', '.join(absent)} pour lire des tables avec {engine}"
        extra = "frames" if engine == "polars" else engine
        raise InputError([Problem(message, f"installez l'extra : pip install 'cpf-funding[cli,{extra}]'")])


def _check_outputs(output: str, rejected: str, formats: tuple[str, ...]) -> None:
    if os.path.splitext(output)[1].lower() not in formats:
        raise InputError([Problem(f"{output} ne dit pas son format", "donnez un nom en .csv ou en .parquet")])
    for path in (output, rejected):
        check_output(path)
    paths = [os.path.abspath(path) for path in (output, rejected)]
    if paths[0] == paths[1]:
        raise InputError([Problem("--rejected et -o donnent le même fichier", "donnez deux noms différents")])


def _run(source: Source, results: Results, rulebook: Rulebook, on: date | None, engine: str) -> Counter[str]:
    """Plan the rows batch after batch; the counts and sums of the summary."""
    from cpf_funding.frames.rows import check_header, plan_rows, sort_out

    header = check_header(source.header, source.types, rulebook, on)
    for name, why in header.others.items():
        click.echo(f"colonne « {printable(name)} » : {why}", err=True)
    plan, counts = _planner(rulebook, engine), Counter[str]()
    with _progress(source) as advance:
        for rows in source:
            sound, rejections = sort_out(rows, header, rulebook, on, texts=not source.types)
            planned, refused = plan_rows(sound, header, rulebook, on, plan)
            results.add(planned)
            results.reject([*rejections, *refused])
            counts.update(_counts(planned))
            counts["read"] += len({*rows.lines, *(flaw.line for flaw in rows.flaws)})
            advance()
    counts["rejected"] = results.rejected
    return counts


def _planner(rulebook: Rulebook, engine: str) -> Callable[[pl.DataFrame, date], pl.DataFrame]:
    """How rows of a day are planned: as columns, or one by one on the days whose rules columns cannot express."""
    from cpf_funding.frames import CannotCompileError, plan_frame
    from cpf_funding.frames.one_by_one import plan_one_by_one

    slow: set[date] = set()

    def plan(part: pl.DataFrame, day: date) -> pl.DataFrame:
        if day not in slow:
            try:
                return plan_frame(part, rulebook, day) if engine == "polars" else _duckdb(part, rulebook, day)
            except CannotCompileError as error:
                slow.add(day)
                click.echo(f"{day:%d/%m/%Y} : plans calculés un à un, plus lentement ({error})", err=True)
        return plan_one_by_one(part, rulebook, day)

    return plan


def _duckdb(part: pl.DataFrame, rulebook: Rulebook, day: date) -> pl.DataFrame:
    import duckdb

    from cpf_funding.frames import plan_frame

    with duckdb.connect() as connection:
        planned: pl.DataFrame = plan_frame(connection.from_arrow(part.to_arrow()), rulebook, day).pl()
    return planned


@contextmanager
def _progress(source: Source) -> Iterator[Callable[[], None]]:
    """A bar on a terminal; nothing elsewhere."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=source.size, label="Plans", file=sys.stderr, hidden=hidden) as bar:
        yield lambda: bar.update(source.done - bar.pos)


def _counts(planned: pl.DataFrame) -> dict[str, Any]:
    sums = {name: planned[name].sum() for name in planned.columns if name.startswith("pays.") or name == "unfunded"}
    complete = planned["complete"].sum() if "complete" in planned.columns else 0
    return {"planned": planned.height, "complete": complete, **sums}


def _summary(counts: Counter[str], rulebook: Rulebook, rejected: str) -> Iterator[str]:
    read, planned = _count(counts["read"], "ligne lue", "lignes lues"), counts["planned"]
    refused = _count(counts["rejected"], "refusée", "refusées")
    yield f"{read} : {_count(planned, 'planifiée', 'planifiées')}, {refused}"
    if planned:
        yield f"  {_count(counts['complete'], 'plan complet', 'plans complets')}"
        paid: Counter[str] = Counter()
        for aid in rulebook.aids:
            paid[rulebook.funders[aid.shape.funder].label] += counts[f"pays.{aid.id}"]
        cost = paid.total() + counts["unfunded"]
        yield f"  {in_french(cost)} de coûts, {in_french(counts['unfunded'])} sans financement"
        yield from (f"  {in_french(cents)} : {label}" for label, cents in paid.most_common() if cents)
    if counts["rejected"]:
        yield f"  les lignes refusées sont dans {rejected}"


def _count(number: int, one: str, several: str) -> str:
    return f"{in_french(100 * number, unit='')} {one if number < 2 else several}"
