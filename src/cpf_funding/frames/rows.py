"""Rows of a file sorted out: the dossiers that can be planned, and why the others cannot; none is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar

import polars as pl

from cpf_funding.errors import InputError, Problem
from cpf_funding.frames.cells import checked, read_cell
from cpf_funding.frames.layout import COST, TableColumn, table_columns
from cpf_funding.frames.table import table_to_dossiers
from cpf_funding.reading.dossiers import cross_problems
from cpf_funding.reading.wording import nearest
from cpf_funding.rulebook.book import Rulebook

__all__ = ["LINE", "Header", "Rejection", "Rows", "check_header", "gather", "is_result", "plan_rows", "sort_out"]

RESULTS = ("holder_pays", "unfunded", "unfunded_worst", "complete", "problem")
"""Columns that plans add, beside those of `PREFIXES`."""
PREFIXES = ("pays.", "verdict.", "cause.")
_NEEDED = {
    COST: "le coût pédagogique manque : écrivez un montant, 0 si la formation est gratuite",
    "as_of": "le jour du plan manque : écrivez une date, ou lancez la commande avec --on",
    "id": "l'identifiant manque : écrivez-en un, ou retirez la colonne",
}
_REFUSED = "cette valeur n'est pas admise : voir la référence de la table"
LINE = "__line__"
"""The line of each row, on the way from one file to the other."""

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)


class Rejection(NamedTuple):
    """Why a row is not planned: its line in the file, the column at fault, what to write instead."""

    line: int
    field: str
    reason: str


class Rows(NamedTuple):
    """Some rows of a file: the line of each, their cells, and the lines that are no rows."""

    lines: Sequence[int]
    frame: pl.DataFrame
    flaws: Sequence[Rejection] = ()


class Header(NamedTuple):
    """What the columns of a file are: those that are read, by name, and the others with a word for each."""

    columns: Mapping[str, TableColumn]
    others: Mapping[str, str]


def check_header(names: Sequence[str], types: Mapping[str, Any], rulebook: Rulebook, on: date | None) -> Header:
    """What the columns of a file are; `types` are theirs when cells are not texts.

    Raises `InputError` with all that forbids to read the file.
    """
    known = {column.name: column for column in table_columns(rulebook)}
    columns = {name: known[name] for name in names if name in known}
    if on is not None:
        columns.pop("as_of", None)
    problems = list(_refused(names, on))
    for name, kind in types.items():
        if name in columns and not _fits(columns[name], kind):
            problems.append(Problem(f"la colonne « {name} » est de type {kind}", _advice(columns[name])))
        elif name not in columns and (kind.is_nested() or kind in (pl.Binary, pl.Object)):
            problems.append(Problem(f"la colonne « {name} » est de type {kind}", "retirez-la du fichier"))
    if problems:
        raise InputError(problems)
    others = {name: _other(name, known, rulebook) for name in names if name not in known}
    return Header(columns, others)


def _refused(names: Sequence[str], on: date | None) -> Iterator[Problem]:
    if COST not in names:
        yield Problem(f"la colonne « {COST} » manque", "ajoutez-la : c'est le coût pédagogique de la formation")
    if on is None and "as_of" not in names:
        yield Problem("le jour du plan n'est pas connu", "ajoutez --on 2017-03-01, ou une colonne « as_of »")
    for name in dict.fromkeys(names):
        if not name:
            yield Problem("une colonne n'a pas de nom", "nommez-la sur la première ligne, ou retirez-la")
        elif names.count(name) > 1:
            yield Problem(f"la colonne « {name} » est donnée {names.count(name)} fois", "gardez-en une")
        elif is_result(name) or name == LINE:
            yield Problem(f"la colonne « {name} » porte le nom d'un résultat", "renommez-la, ou retirez-la")


def _fits(column: TableColumn, kind: Any) -> bool:
    if kind == pl.Null:
        return True
    if column.unit is not None:
        return bool(kind.is_integer())
    if column.kind in ("truth", "date"):
        return kind == pl.Boolean if column.kind == "truth" else isinstance(kind, pl.Date | pl.Datetime)
    return kind in (pl.String, pl.Categorical, pl.Enum)


def _advice(column: TableColumn) -> str:
    if column.unit is None:
        kinds = {"truth": "des booléens", "date": "des dates (DATE)"}
        return f"écrivez-y {kinds.get(column.kind, 'des textes')}"
    if column.steps == 1:
        return "écrivez-y des entiers (BIGINT)"
    steps = "centimes" if column.unit == "EUR" else "centièmes"
    return f"écrivez-y des {steps} entiers, sans passer par des flottants : CAST(ROUND(100 * x) AS BIGINT)"


def _other(name: str, known: Mapping[str, TableColumn], rulebook: Rulebook) -> str:
    if name in rulebook.facts:
        return "se calcule à partir des autres, recopiée sans être lue"
    meant = nearest(name, list(known))
    question = f" ; vouliez-vous dire « {meant} » ?" if meant else ""
    return f"inconnue, recopiée sans être lue{question}"


# Rows -------------------------------------------------------------------------------------------


def sort_out(
    rows: Rows, header: Header, rulebook: Rulebook, on: date | None, texts: bool
) -> tuple[pl.DataFrame, list[Rejection]]:
    """The rows that can be planned, typed, with their `LINE`, an `id`, a day `as_of`; every reason against the others.

    `texts` says that cells are texts, to be read. A row without identifier takes its line for one.
    """
    read: Callable[[TableColumn, Any], Any] = read_cell if texts else checked
    frame, rejections = rows.frame, list(rows.flaws)
    flawed: dict[str, set[int]] = {}
    for name, column in header.columns.items():
        values, reasons = _values(frame.get_column(name), column, read)
        frame = frame.with_columns(values.alias(name))
        flawed[name] = set(reasons)
        rejections += [Rejection(rows.lines[row], name, reason) for row, reason in reasons.items()]
    if on is not None:
        frame = frame.with_columns(pl.lit(on).alias("as_of"))
    if "id" not in header.columns:
        frame = frame.with_columns(pl.Series("id", map(str, rows.lines), dtype=pl.String))
    for name, reason in _NEEDED.items():
        missing = set(frame.get_column(name).is_null().arg_true()) - flawed.get(name, set())
        rejections += [Rejection(rows.lines[row], name, reason) for row in missing]
    rejections += _contradictions(frame, rows.lines, rulebook)
    frame = frame.with_columns(pl.Series(LINE, rows.lines, dtype=pl.Int64))
    added = [name for name in ("id", "as_of") if name not in rows.frame.columns]
    wrong = pl.col(LINE).is_in({each.line for each in rejections})
    return frame.select(LINE, *added, *rows.frame.columns).filter(~wrong), sorted(rejections)


def _values(
    cells: pl.Series, column: TableColumn, read: Callable[[TableColumn, Any], Any]
) -> tuple[pl.Series, dict[int, str]]:
    """What the cells of a column hold, and why some hold nothing that can be read, by row; each text is read once."""
    if column.unit is not None and cells.dtype != pl.String:
        cells = cells.cast(pl.Int128).clip(-1, column.most + 1).cast(pl.Int64)
    elif cells.dtype != pl.String:
        cells = cells.cast(column.dtype)
    values: dict[Any, Any] = {}
    refused: dict[Any, str] = {}
    for cell in cells.drop_nulls().unique():
        try:
            values[cell] = read(column, cell)
        except ValueError as error:
            refused[cell] = str(error)
    old = pl.Series(list(values), dtype=cells.dtype)
    found = cells.replace_strict(old, pl.Series(list(values.values()), dtype=column.dtype), default=None)
    rows = cells.is_in(list(refused)).arg_true() if refused else ()
    return found.cast(column.dtype), {row: refused[cells[row]] for row in rows}


def _contradictions(frame: pl.DataFrame, lines: Sequence[int], rulebook: Rulebook) -> Iterator[Rejection]:
    """What columns contradict: rows that may are found by columns, then read as the reader of dossiers does."""
    c, nothing = pl.col, pl.lit(0)
    hours = {name: c(name) if name in frame.columns else None for name in _HOURS}
    tests = [("training.end", "training.start"), ("as_of", "holder.birth_date")]
    doubtful = [c(end) < c(start) for end, start in tests if {end, start} <= set(frame.columns)]
    total, *parts = hours.values()
    if total is not None:
        doubtful.append(sum((part.fill_null(0) for part in parts if part is not None), nothing) > total)
    used = [name for name in (*_HOURS, "training.start", "training.end", "as_of", "holder.birth_date")
            if name in frame.columns]  # fmt: skip
    found = frame.select(pl.any_horizontal(pl.lit(False), *doubtful).fill_null(False)).to_series().arg_true()
    for row, dossier in zip(found, table_to_dossiers(frame.select(used)[found], rulebook), strict=True):
        for path, message, advice in cross_problems(dossier):
            yield Rejection(lines[row], ".".join(map(str, path)), f"{message} : {advice}")


_HOURS = tuple(f"training.hours.{part}" for part in ("total", "centre", "company"))


# Plans ------------------------------------------------------------------------------------------


def plan_rows(
    sound: pl.DataFrame, header: Header, rulebook: Rulebook, on: date | None,
    plan: Callable[[pl.DataFrame, date], pl.DataFrame],
) -> tuple[pl.DataFrame, list[Rejection]]:  # fmt: skip
    """The rows with the plan of each, in their order, and those that `plan` refuses; each day is planned apart."""
    read, parts = list(header.columns), list[pl.DataFrame]()
    days = [on] if on is not None else sound.get_column("as_of").unique().sort().to_list()
    for day in days:
        here = sound.filter(pl.col("as_of") == day)
        planned = plan(here.select(read), day)
        parts.append(pl.concat([here, planned.select(planned.columns[len(read) :])], how="horizontal"))
    if not parts:
        return sound, []
    found = gather(parts, rulebook).sort(LINE)
    refused = found.filter(pl.col("problem").is_not_null()).select(LINE, "problem").rows()
    rejections = [
        Rejection(line, said, _REFUSED) if said in header.columns else Rejection(line, "", said)
        for line, said in refused
    ]
    return found.filter(pl.col("problem").is_null()).drop("problem"), rejections


def gather(parts: Sequence[Frame], rulebook: Rulebook) -> Frame:
    """Plans of several days, one after the other, with the same columns.

    Those of plans come last: payments in the order of the rules, totals, verdicts, causes. An aid that did not exist
    yet on a day pays nothing, and is refused.
    """
    schemas = [list(part.collect_schema()) for part in parts]
    carried = [name for name in schemas[0] if not is_result(name)]
    aids = {f"{prefix}{aid.id}": rank for rank, aid in enumerate(rulebook.aids) for prefix in PREFIXES}
    groups = ("pays.", *RESULTS, "verdict.", "cause.")
    results = {name for schema in schemas for name in schema if is_result(name)}
    order = sorted(results, key=lambda name: (groups.index(_group(name)), aids.get(name, 0), name))
    absent: Callable[[str], pl.Expr] = lambda name: (  # noqa: E731
        pl.lit(0, pl.Int64) if name.startswith("pays.") else pl.lit(False)
    ).alias(name)
    return pl.concat(
        part.with_columns(absent(name) for name in order if name not in schema).select(*carried, *order)
        for part, schema in zip(parts, schemas, strict=True)
    )


def is_result(name: str) -> bool:
    """Whether a column is one that plans add."""
    return name in RESULTS or name.startswith(PREFIXES)


def _group(name: str) -> str:
    return next((prefix for prefix in PREFIXES if name.startswith(prefix)), name)
