"""From files as they are published to a list of `rules/lists/`: read, choose, merge, and account for every row."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from cpf_funding.errors import InputError, LimitError, Problem
from cpf_funding.exchange import certifications, eligibility
from cpf_funding.exchange.files import documents, refused
from cpf_funding.exchange.rows import Row, kind_of
from cpf_funding.exchange.tables import Table
from cpf_funding.reading.french import validate
from cpf_funding.rulebook.shapes import ListEntry, ListFile

__all__ = ["MAX_ROWS", "Choice", "Import", "import_list", "read_rows"]

MAX_ROWS = 200_000
"""Rows of one import; the two official registers hold about 30 000."""
_REGISTERS = {"rncp": "Répertoire national des certifications professionnelles", "rs": "Répertoire spécifique"}
_OTHER_KIND = "d'un autre répertoire"
_NOT_ASKED = "non demandées"
_OTHER_OWNER = "d'un autre propriétaire"
_EARLIER = "déjà données par un fichier précédent"
_TWICE = "en double"


@dataclass(frozen=True, slots=True)
class Choice:
    """What is wanted. `codes` is the kind of list (found in the files when absent), `only` the codes to keep.

    `owner` keeps the rows whose owner starts so, whatever the case. `complete` says that the files hold the whole list.
    """

    list: str | None = None
    label: str | None = None
    source: str | None = None
    codes: str | None = None
    only: frozenset[str] = frozenset()
    owner: str = ""
    complete: bool = False
    checked_on: date | None = None


@dataclass(frozen=True, slots=True)
class Import:
    """A list, and what became of each row read: an entry, set aside (`aside`: how many, by reason), or refused.

    `documents` are the files, `absent` the codes asked for that none of them holds.
    """

    list_file: ListFile
    documents: tuple[str, ...]
    read: int
    aside: Counter[str]
    refused: tuple[Row, ...]
    absent: tuple[str, ...]


def import_list(paths: Iterable[str | os.PathLike[str]], choice: Choice) -> Import:
    """One list out of files: a code keeps what the first file that holds it says of it.

    Refused rows do not raise: they are given back, and a list that lacks some is not complete. Raises `InputError` when
    a file cannot be read, when no row is left, or when the choice does not say enough.
    """
    rows = list(_limited((place, row) for place, path in enumerate(paths) for row in read_rows(path)))
    codes = _codes(choice, [row for _, row in rows])
    sorting = _Sorting(choice, codes)
    for place, row in rows:
        sorting.add(place, row)
    if not sorting.entries and not sorting.refused:
        message = "aucune ligne n'est à garder" if rows else "les fichiers ne contiennent aucune ligne"
        raise InputError([Problem(message, "vérifiez les fichiers, --codes, --only et --owner")])
    return Import(
        list_file=_list_file(choice, codes, tuple(sorting.entries), complete=choice.complete and not sorting.refused),
        documents=tuple(dict.fromkeys(row.origin.file for _, row in rows)),
        read=len(rows),
        aside=sorting.aside,
        refused=tuple(sorting.refused),
        absent=tuple(sorted(choice.only - {row.code for _, row in rows})),
    )


def read_rows(path: str | os.PathLike[str]) -> Iterator[Row]:
    """The rows of a file: XML flow, table « Standard », table of an eligibility list, or a zip of these.

    Raises `InputError`.
    """
    for document in documents(path):
        if document.kind == "xml":
            yield from certifications.read_flow(document)
            continue
        table = Table(document)
        if set(certifications.COLUMNS) <= set(table.header):
            yield from certifications.read_standard(table)
        elif "code" in table.header:
            yield from eligibility.read_eligibility(table)
        else:
            columns = ", ".join(eligibility.COLUMNS)
            advice = f"donnez le tableau « Standard » de l'export, ou un tableau dont les colonnes sont {columns}"
            raise refused(document.name, "ce n'est pas un tableau connu", advice)


def _limited(rows: Iterable[tuple[int, Row]]) -> Iterator[tuple[int, Row]]:
    for count, (place, row) in enumerate(rows):
        if count >= MAX_ROWS:
            message = f"les fichiers contiennent plus de {MAX_ROWS} lignes"
            raise LimitError([Problem(message, "donnez-en moins à la fois", row.origin)])
        yield place, row


@dataclass(slots=True)
class _Sorting:
    """Each row goes to one place: an entry, set aside for a reason, or refused."""

    choice: Choice
    codes: str
    entries: dict[ListEntry, None] = field(default_factory=dict)
    refused: list[Row] = field(default_factory=list)
    aside: Counter[str] = field(default_factory=Counter)
    first: dict[str, int] = field(default_factory=dict)

    def add(self, place: int, row: Row) -> None:
        """Sort a row of the file that stands at this place among those given."""
        if reason := self._aside(place, row):
            self.aside[reason] += 1
        elif row.entry is None:
            self.refused.append(row)
        elif row.entry in self.entries:
            self.aside[_TWICE] += 1
        else:
            self.entries[row.entry] = None
            self.first.setdefault(row.code, place)

    def _aside(self, place: int, row: Row) -> str | None:
        """Why a row is not looked at; one whose code could not be read always is."""
        if row.code and kind_of(row.code) != self.codes:
            return _OTHER_KIND
        if row.code and self.choice.only and row.code not in self.choice.only:
            return _NOT_ASKED
        if row.code and not row.owner.casefold().startswith(self.choice.owner.casefold()):
            return _OTHER_OWNER
        return _EARLIER if self.first.get(row.code, place) < place else None


def _codes(choice: Choice, rows: list[Row]) -> str:
    """The kind of the list: said, or the only one that the rows hold."""
    if choice.codes is not None:
        return choice.codes
    if choice.list in _REGISTERS:
        return choice.list
    kinds = sorted({kind for row in rows if (kind := kind_of(row.code)) is not None})
    if len(kinds) > 1:
        message = f"les fichiers contiennent des codes de plusieurs sortes : {', '.join(kinds)}"
        raise InputError([Problem(message, f"ajoutez --codes {kinds[0]}, par exemple")])
    return kinds[0] if kinds else "cpf"


def _list_file(choice: Choice, codes: str, entries: tuple[ListEntry, ...], *, complete: bool) -> ListFile:
    """The list, named as chosen; a register has a name and a source of its own."""
    register = _REGISTERS.get(codes)
    default = f"{register}{'' if complete else ' (extrait)'}" if register else None
    head = {
        "list": choice.list or (codes if register else None),
        "label": choice.label or default,
        "source": choice.source or (certifications.REGISTERS_SOURCE if register else None),
    }
    options = {"list": "--list", "label": "--label", "source": "--source"}
    if missing := [options[key] for key, value in head.items() if value is None]:
        message = f"une liste de codes CPF n'a ni nom ni source d'elle-même : il manque {', '.join(missing)}"
        advice = 'écrivez par exemple --list copanef --label "Liste COPANEF" --source ma-source'
        raise InputError([Problem(message, advice)])
    dated = {} if choice.checked_on is None else {"checked_on": choice.checked_on}
    return validate(ListFile, {**head, **dated, "codes": codes, "complete": complete, "entries": entries})
