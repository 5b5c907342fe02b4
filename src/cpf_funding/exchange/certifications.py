"""The registers of certifications that France compétences publishes (RNCP and RS), read as eligibility lists.

Two forms are read: the XML flow 4.1 and the table « Standard » of the CSV export. What decides is the dates: a
certification counts from its date of effect (else of decision) to the end of its registration. The flag « actif »,
which only tells the day of the export, is not read. Data under Licence Ouverte 2.0 (data.gouv.fr, dataset
5eebbc067a14b6fecc9c9976).
"""

from __future__ import annotations

import csv
import json
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from xml.etree.ElementTree import ParseError, XMLParser

from cpf_funding.errors import InputError, Origin, Problem
from cpf_funding.rulebook.shapes import ListEntry, ListFile

__all__ = ["merge", "read_rncp_xml", "read_standard_csv", "to_yaml"]

_SOURCE = "france-competences"
_LABELS = {
    "rncp": "Répertoire national des certifications professionnelles (extrait)",
    "rs": "Répertoire spécifique (extrait)",
}
_NUMBER = re.compile(r"(RNCP|RS)[0-9]{1,6}")
_DATE = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_TAGS = ("NUMERO_FICHE", "INTITULE", "DATE_EFFET", "DATE_DECISION", "DATE_FIN_ENREGISTREMENT")
_COLUMNS = ("Numero_Fiche", "Intitule", "Date_Effet", "Date_Decision", "Date_Fin_Enregistrement")
_AGAIN = "reprenez la fiche dans l'export d'origine"
_CHUNK = 1 << 16
_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories that the strict reader refuses, and that mean nothing in a title."""


def read_rncp_xml(path: str | os.PathLike[str], *, source: str = _SOURCE) -> ListFile:
    """The certifications of one XML export, RNCP or RS, in the order of the file.

    The file is streamed: the full export (about 570 MB) does not need the memory of a tree. A document type
    declaration is refused, so no entity is ever expanded. Raises `InputError`.
    """
    name = os.fspath(path)
    reader = _Records(name)
    parser = XMLParser(target=reader)
    try:
        with open(path, "rb") as file:
            while chunk := file.read(_CHUNK):
                parser.feed(chunk)
            parser.close()
    except OSError as error:
        raise _cannot_open(name, error) from None
    except (ParseError, ValueError) as error:
        line, column = getattr(error, "position", (1, 0))
        raise _refused(f"ce n'est pas un fichier XML bien formé ({error})", "reprenez l'export d'origine",
                       Origin(name, line, column + 1)) from None  # fmt: skip
    lists = _lists(reader.entries, source)
    if len(lists) != 1:
        found = "aucune certification" if not lists else "des certifications du RNCP et du RS"
        raise _refused(f"le fichier contient {found}", "donnez un export XML du RNCP ou du RS", Origin(name, 1, 1))
    return lists[0]


def read_standard_csv(path: str | os.PathLike[str], *, source: str = _SOURCE) -> tuple[ListFile, ...]:
    """The certifications of one table « Standard »: one list for the RNCP, one for the RS, when the table holds any.

    Raises `InputError` with every wrong line.
    """
    name = os.fspath(path)
    entries: list[ListEntry] = []
    problems: list[Problem] = []
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            for line, row in _rows(file, name):
                try:
                    entries.append(_entry(*(row[column] for column in _COLUMNS)))
                except ValueError as error:
                    problems.append(Problem(str(error), _AGAIN, Origin(name, line, 1)))
    except OSError as error:
        raise _cannot_open(name, error) from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise _refused(f"le tableau ne se lit pas ({error})", "donnez un fichier CSV en UTF-8, séparé par des « ; »",
                       Origin(name, 1, 1)) from None  # fmt: skip
    if problems:
        raise InputError(problems)
    return tuple(_lists(entries, source))


def merge(latest: ListFile, *older: ListFile) -> ListFile:
    """One list out of several exports of the same register: a code keeps what the latest export says of it."""
    entries = list(latest.entries)
    known = {entry.code for entry in entries}
    for each in older:
        if each.codes != latest.codes:
            message = f"deux répertoires différents : {latest.codes} et {each.codes}"
            raise InputError([Problem(message, "fusionnez des exports d'un même répertoire")])
        entries += [entry for entry in each.entries if entry.code not in known]
        known |= {entry.code for entry in each.entries}
    return latest.model_copy(update={"entries": tuple(entries)})


def to_yaml(list_file: ListFile, *, comment: str = "") -> str:
    """The list as a file of `rules/lists/`, entries sorted by number; `comment` stands above it, line by line."""
    lines = ["# yaml-language-server: $schema=../../docs/schema/rules.schema.json"]
    lines += [f"# {line}".rstrip() for line in comment.splitlines()]
    lines += [
        f"list: {list_file.list}", f"label: {_quoted(list_file.label)}", f"complete: {str(list_file.complete).lower()}",
        f"codes: {list_file.codes}", f"source: {list_file.source}",
    ]  # fmt: skip
    for key in ("confidence", "checked_on"):
        value = getattr(list_file, key)
        if value is not None:
            lines.append(f"{key}: {value}")
    rows = [_written(entry) for entry in sorted(list_file.entries, key=_by_number)]
    lines += ["entries:", *rows] if rows else ["entries: []"]
    return "\n".join(lines) + "\n"


def _written(entry: ListEntry) -> str:
    parts = [f"code: {_quoted(entry.code)}"]
    if entry.label is not None:
        parts.append(f"label: {_quoted(entry.label)}")
    if entry.public != "all":
        parts.append(f"public: {entry.public}")
    for key in ("regions", "branches"):
        codes = getattr(entry, key)
        if codes:
            parts.append(f"{key}: [{', '.join(map(_quoted, codes))}]")
    if entry.from_ is not None:
        parts.append(f"from: {entry.from_}")
    if entry.until is not None:
        parts.append(f"until: {entry.until}")
    return f"  - {{{', '.join(parts)}}}"


def _quoted(text: str) -> str:
    """A double-quoted YAML scalar, which any JSON string is; invisible characters are left out."""
    return json.dumps("".join(c for c in text if unicodedata.category(c) not in _INVISIBLE), ensure_ascii=False)


def _by_number(entry: ListEntry) -> tuple[int, str, date]:
    digits = re.sub(r"[^0-9]", "", entry.code)
    return int(digits or 0), entry.code, entry.from_ or date.min


class _Records:
    """Target of the XML parser: keeps the wanted children of each `FICHE`, nothing else."""

    def __init__(self, name: str) -> None:
        self.entries: list[ListEntry] = []
        self._name = name
        self._depth = 0
        self._fields: dict[str, str] = {}
        self._text: list[str] | None = None

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise _refused("le fichier déclare un type de document (DOCTYPE)", "donnez l'export d'origine, qui n'en a pas",
                       Origin(self._name, 1, 1))  # fmt: skip

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth == 1 and tag != "FICHES":
            raise _refused(f"la racine est « {tag} » au lieu de « FICHES »", "donnez un export XML du RNCP ou du RS",
                           Origin(self._name, 1, 1))  # fmt: skip
        if self._depth == 2:
            self._fields = {}
        elif self._depth == 3 and tag in _TAGS:
            self._text = []

    def data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def end(self, tag: str) -> None:
        if self._depth == 3 and self._text is not None:
            self._fields[tag] = "".join(self._text)
            self._text = None
        elif self._depth == 2 and tag == "FICHE":
            self._keep()
        self._depth -= 1

    def close(self) -> None:
        """Called by the parser at the end of the document; nothing is left to do."""

    def _keep(self) -> None:
        values = [self._fields.get(tag, "") for tag in _TAGS]
        try:
            self.entries.append(_entry(*values))
        except ValueError as error:
            raise _refused(f"fiche « {values[0][:40]} » : {error}", _AGAIN, Origin(self._name, 1, 1)) from None


def _rows(file: Any, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(file, delimiter=";", strict=True)
    header = next(reader, [])
    missing = [column for column in _COLUMNS if column not in header]
    if missing:
        raise _refused(f"colonnes absentes : {', '.join(missing)}", "donnez le tableau « Standard » de l'export CSV",
                       Origin(name, 1, 1))  # fmt: skip
    for cells in reader:
        if not cells:
            continue
        if len(cells) != len(header):
            raise _refused(f"{len(cells)} cellules au lieu de {len(header)}", _AGAIN, Origin(name, reader.line_num, 1))
        yield reader.line_num, dict(zip(header, cells, strict=True))


def _entry(number: str, title: str, effect: str, decision: str, end: str) -> ListEntry:
    """One row of a register; raises `ValueError`, in French, on a number or a date that is not one."""
    code = number.strip()
    if not _NUMBER.fullmatch(code):
        raise ValueError(f"« {code[:40]} » n'est pas un numéro du RNCP ou du RS")
    label = " ".join(title.split())
    start = _day(effect) or _day(decision)
    return ListEntry.model_validate({"code": code, "label": label or None, "from": start, "until": _day(end)})


def _day(text: str) -> date | None:
    """A day written dd/mm/yyyy; nothing written is not known."""
    if not text.strip():
        return None
    match = _DATE.fullmatch(text.strip())
    try:
        return date(int(match[3]), int(match[2]), int(match[1])) if match else _no_date(text)
    except ValueError:
        return _no_date(text)


def _no_date(text: str) -> date:
    raise ValueError(f"« {text.strip()[:40]} » n'est pas une date jj/mm/aaaa")


def _lists(entries: list[ListEntry], source: str) -> list[ListFile]:
    return [
        ListFile.model_validate({"list": kind, "label": label, "codes": kind, "source": source, "entries": tuple(rows)})
        for kind, label in _LABELS.items()
        if (rows := [entry for entry in entries if entry.code.startswith(kind.upper())])
    ]


def _refused(message: str, advice: str, origin: Origin) -> InputError:
    return InputError([Problem(message, advice, origin)])


def _cannot_open(name: str, error: OSError) -> InputError:
    return _refused(f"le fichier ne s'ouvre pas ({error.strerror})", "vérifiez son chemin", Origin(name, 1, 1))
