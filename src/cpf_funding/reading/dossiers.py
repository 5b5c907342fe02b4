"""Read a dossier (YAML or JSON), check what one field alone cannot show, and write one back."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, get_args

from cpf_funding.dossier import Cents, Dossier, Part
from cpf_funding.errors import InputError
from cpf_funding.money import in_french
from cpf_funding.reading.french import Flaw, check, merge, problem_at
from cpf_funding.reading.strict import DOSSIER_MAX_BYTES, MAX_PROBLEMS, load_bytes, scan

__all__ = ["EARLIEST_YEAR", "LATEST_YEAR", "MAX_AMOUNT", "cross_problems", "read_dossier", "read_dossier_text",
           "write_dossier_yaml"]  # fmt: skip

EARLIEST_YEAR, LATEST_YEAR = 1990, 2100
"""Years a date of a dossier may fall in; a birth date may go back to `EARLIEST_BIRTH_YEAR`."""
EARLIEST_BIRTH_YEAR = 1900
MAX_AMOUNT = 1_000_000_000
"""The largest amount of a dossier, in cents: 10 million euros."""

_SCHEMA = "cpf-funding/dossier/1"

Path = tuple[str | int, ...]


def read_dossier(path: str | os.PathLike[str]) -> Dossier:
    """The dossier written in a file.

    Raises `InputError` with every mistake of the file, each with its line and what to write instead, and
    `LimitError` when the file is beyond a limit of the reader.
    """
    return read_dossier_text(load_bytes(path, DOSSIER_MAX_BYTES), os.fspath(path))


def read_dossier_text(text: str | bytes, name: str = "dossier") -> Dossier:
    """The dossier written in a text, YAML or JSON; `name` is the file named in messages. Raises as `read_dossier`."""
    data, problems = scan(text, name, max_bytes=DOSSIER_MAX_BYTES)
    dossier, flaws = check(Dossier, data, source_name=name)
    # With mistakes, the checks across fields run on what could be read: one reading tells all.
    sound = dossier or (check(Dossier, _without(data, _unsound(flaws)))[0] if len(flaws) <= MAX_PROBLEMS else None)
    crossed = cross_problems(sound) if sound else []
    if isinstance(data, dict) and data.get("schema") is None:
        advice = f"écrivez « schema: {_SCHEMA} » en tête du fichier"
        crossed.append((("schema",), "la version du format manque", advice))
    flaws += [Flaw(path, problem_at(data, path, message, advice, name)) for path, message, advice in crossed]
    if dossier is None or problems or flaws:
        raise InputError(merge(problems, flaws))
    return dossier


def _unsound(flaws: list[Flaw]) -> set[Path]:
    """What to leave out so that the rest can be read: the wrong value, or the list that holds it."""
    cut = (next((index for index, step in enumerate(flaw.path) if isinstance(step, int)), None) for flaw in flaws)
    return {flaw.path[:length] for flaw, length in zip(flaws, cut, strict=True)}


def _without(data: Any, paths: set[Path], here: Path = ()) -> Any:
    if not isinstance(data, dict):
        return data
    return {key: _without(value, paths, (*here, key)) for key, value in data.items() if (*here, key) not in paths}


# Checks across fields --------------------------------------------------------------------------


def cross_problems(dossier: Dossier) -> list[tuple[Path, str, str]]:
    """What is absurd or contradictory in a dossier: path of the field, message, advice; both in French.

    The reader calls it on every file; a dossier built in Python can be given to it as well. No message repeats
    a personal value.
    """
    return [*_absurd_values(dossier), *_contradictions(dossier), *_answers(dossier)]


def _absurd_values(dossier: Dossier) -> Iterator[tuple[Path, str, str]]:
    for path, annotation, value in _leaves(dossier):
        if isinstance(value, date):
            earliest = EARLIEST_BIRTH_YEAR if path[-1] == "birth_date" else EARLIEST_YEAR
            if not earliest <= value.year <= LATEST_YEAR:
                message = f"l'année n'est pas comprise entre {earliest} et {LATEST_YEAR}"
                yield path, message, "vérifiez l'année, écrite sur quatre chiffres : 2017-03-01"
        elif value is not None and Cents in get_args(annotation) and value > MAX_AMOUNT:
            message = f"le montant dépasse {in_french(MAX_AMOUNT)}"
            yield path, message, "vérifiez le montant : des euros, avec un point avant les centimes (1234.50)"


def _contradictions(dossier: Dossier) -> Iterator[tuple[Path, str, str]]:
    training, born = dossier.training, dossier.holder.birth_date
    if training.start and training.end and training.end < training.start:
        message = f"la fin ({training.end}) précède le début ({training.start})"
        yield ("training", "end"), message, "corrigez « start » ou « end »"
    hours = training.hours
    parts = (hours.centre or 0) + (hours.company or 0)
    if hours.total is not None and parts > hours.total:
        total = in_french(hours.total, "h")
        message = f"centre et entreprise font {in_french(parts, 'h')}, plus que le total ({total})"
        yield ("training", "hours", "total"), message, "corrigez « total », « centre » ou « company »"
    if born and dossier.as_of and born > dossier.as_of:
        message = "la date de naissance suit la date du plan"
        yield ("holder", "birth_date"), message, "corrigez « birth_date » ou « as_of »"
    for aid, delay in dossier.local.delays.items():
        known = [days for days in (delay.least, delay.usual, delay.most) if days is not None]
        if known != sorted(known):
            yield ("local", "delays", aid), "les délais ne sont pas croissants", "écrivez least ≤ usual ≤ most"


def _answers(dossier: Dossier) -> Iterator[tuple[Path, str, str]]:
    for name, value in dossier.answers.items():
        if not isinstance(value, str | bool | int | float | Decimal | date):
            advice = "écrivez un texte, un nombre, une date, true ou false"
            yield ("answers", name), "une valeur simple est attendue", advice


def _leaves(part: Part, above: Path = ()) -> Iterator[tuple[Path, Any, Any]]:
    """Every value of the dossier that is not a part: path, declared type, value."""
    for name, field in type(part).model_fields.items():
        value, path = getattr(part, name), (*above, field.alias or name)
        if isinstance(value, Part):
            yield from _leaves(value, path)
        elif isinstance(value, tuple | dict):
            items = value.items() if isinstance(value, dict) else enumerate(value)
            for key, item in items:
                if isinstance(item, Part):
                    yield from _leaves(item, (*path, key))
        elif name != "at":
            yield path, field.annotation, value


# Writing ---------------------------------------------------------------------------------------

_PLAIN = re.compile(r"[a-z][a-z0-9_./-]*")
_RESERVED = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def write_dossier_yaml(dossier: Dossier) -> str:
    """The dossier as YAML that `read_dossier_text` reads back: known fields only, codes and amounts in quotes."""
    content = dossier.model_dump(by_alias=True, exclude_none=True)
    return "".join(f"{line}\n" for line in _mapping_lines(_compact(content)))


def _compact(content: dict[str, Any]) -> dict[str, Any]:
    """Without empty parts; an entry by name (`envelopes: {ft.aif: {}}`) is kept even when empty."""
    kept: dict[str, Any] = {}
    for key, value in content.items():
        value = _compact(value) if isinstance(value, dict) and key not in ("envelopes", "delays", "answers") else value
        if value not in ({}, (), []) or key == "cpf_codes":  # no code is known there, which is not « unknown »
            kept[key] = value
    return kept


def _mapping_lines(content: dict[str, Any]) -> Iterator[str]:
    for key, value in content.items():
        if isinstance(value, dict) and value:
            yield f"{_scalar(key)}:"
            yield from (f"  {line}" for line in _mapping_lines(value))
        elif isinstance(value, list | tuple) and value:
            yield f"{_scalar(key)}:"
            for item in value:
                lines = list(_mapping_lines(item)) if isinstance(item, dict) else [_scalar(item)]
                yield f"  - {lines[0]}"
                yield from (f"    {line}" for line in lines[1:])
        else:
            yield f"{_scalar(key)}: {'{}' if value == {} else '[]' if value == () else _scalar(value)}"


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | date):
        return str(value)
    text = str(value)
    return text if _PLAIN.fullmatch(text) and text not in _RESERVED else json.dumps(text, ensure_ascii=False)
