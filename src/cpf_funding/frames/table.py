"""Dossiers as a table, one per row, and back; what a table cannot hold is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from cpf_funding.dossier import Dossier
from cpf_funding.errors import InputError, Problem
from cpf_funding.facts import BUILT_IN, parse_value
from cpf_funding.frames.cells import checked
from cpf_funding.frames.layout import CARRIED, TableColumn, table_columns
from cpf_funding.language.columns_facts import SEVERAL
from cpf_funding.money import plain
from cpf_funding.reading.french import validate
from cpf_funding.rulebook.book import Rulebook

__all__ = ["dossiers_to_table", "table_to_dossiers"]

# Dossiers to rows -------------------------------------------------------------------------------


def dossiers_to_table(dossiers: Iterable[Dossier], rulebook: Rulebook) -> pl.DataFrame:
    """The table of these dossiers, with the columns of `table_columns`.

    Papers gathered and the day an envelope was seen are left out: no amount depends on them. Raises `InputError` for
    what a table cannot hold: decisions, requests, opinions, delays, an unknown answer.
    """
    columns = table_columns(rulebook)
    values: dict[str, list[Any]] = {column.name: [] for column in columns}
    problems: list[Problem] = []
    for number, dossier in enumerate(dossiers, 1):
        name = f"dossier {dossier.id or number}"
        problems += [Problem(f"{name} : {what}", "planifiez ce dossier seul") for what in _beyond(dossier, rulebook)]
        for column in columns:
            try:
                value = _value(dossier, column, rulebook)
                values[column.name].append(None if value is None else checked(column, value))
            except ValueError as error:
                problems.append(Problem(f"{name} : {column.name}, {error}", "corrigez la valeur"))
    if problems:
        raise InputError(problems)
    return pl.DataFrame([pl.Series(column.name, values[column.name], dtype=column.dtype) for column in columns])


def _beyond(dossier: Dossier, rulebook: Rulebook) -> Iterator[str]:
    parts = {
        "overrides": dossier.overrides, "local.already_asked": dossier.local.already_asked,
        "local.delays": dossier.local.delays, "project.opinions": dossier.project.opinions,
    }  # fmt: skip
    yield from (f"une table n'a pas de place pour {name}" for name, part in parts.items() if part)
    yield from (f"réponse à un fait inconnu « {name} »" for name in dossier.answers if name not in rulebook.facts)


def _value(dossier: Dossier, column: TableColumn, rulebook: Rulebook) -> Any:
    name = column.name
    if name.startswith("local.envelopes."):
        envelope, _, part = name.removeprefix("local.envelopes.").rpartition(".")
        known = dossier.local.envelopes.get(envelope)
        return getattr(known, part) if known is not None else None
    if name not in BUILT_IN and name not in CARRIED:
        answer = dossier.answers.get(name)
        fact = rulebook.facts[name]
        return None if answer is None else parse_value(fact.kind, answer, fact.choices)
    found: Any = dossier
    for step in name.split("."):
        found = getattr(found, step)
    return ";".join(found) if name in SEVERAL and found is not None else found


# Rows to dossiers -------------------------------------------------------------------------------


def table_to_dossiers(table: pl.DataFrame, rulebook: Rulebook, on: date | None = None) -> Iterator[Dossier]:
    """The dossiers of a table, one by one, planned on a day if one is given; columns of another name are ignored.

    Raises `InputError` for a value that a dossier cannot hold.
    """
    columns = [column for column in table_columns(rulebook) if column.name in table.columns]
    for row in table.select([column.name for column in columns]).iter_rows(named=True):
        yield validate(Dossier, _written(row, columns) | ({"as_of": on} if on is not None else {}))


def _written(row: Mapping[str, Any], columns: Iterable[TableColumn]) -> dict[str, Any]:
    data: dict[str, Any] = {"answers": {}}
    for column in columns:
        value = row[column.name]
        if value is None:
            continue
        written = plain(value) if column.steps == 100 else value
        if column.name.startswith("local.envelopes."):
            envelope, _, part = column.name.removeprefix("local.envelopes.").rpartition(".")
            data.setdefault("local", {}).setdefault("envelopes", {}).setdefault(envelope, {})[part] = written
        elif column.name not in BUILT_IN and column.name not in CARRIED:
            data["answers"][column.name] = written
        else:
            *path, last = column.name.split(".")
            part_: dict[str, Any] = data
            for step in path:
                part_ = part_.setdefault(step, {})
            part_[last] = [code for code in value.split(";") if code] if column.name in SEVERAL else written
    return data
