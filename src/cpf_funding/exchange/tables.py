"""CSV tables, row after row: UTF-8, a line of column names, then one row a line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import NamedTuple

from cpf_funding.exchange.files import Document, Stream, refused

__all__ = ["MAX_LINE", "Cells", "Table"]

MAX_LINE = 1_000_000
"""Bytes of one line."""
_UTF8 = "enregistrez le tableau en « CSV UTF-8 »"


class Cells(NamedTuple):
    """A row: the line where it starts, its rank from 1, its cells by column. `flaw`: why it has none."""

    line: int
    rank: int
    cells: dict[str, str]
    flaw: str = ""


class Table:
    """A table under way: `header` is read at once, the rows as they are asked for."""

    def __init__(self, document: Document) -> None:
        self.name = document.name
        self._stream = document.stream
        self._lines = _lines(document.stream)
        first = next(self._lines, "")
        delimiter = max(";,\t", key=first.count)
        try:
            header = next(csv.reader([first], delimiter=delimiter), [])
        except csv.Error:
            raise refused(self.name, "la première ligne n'est pas une ligne de noms de colonnes", _UTF8) from None
        self.header = [column.strip() for column in header]
        self._reader = csv.reader(self._lines, delimiter=delimiter, strict=True)

    def __iter__(self) -> Iterator[Cells]:
        """The rows that hold something. Raises `InputError` when the table cannot be cut into rows."""
        rank, line = 0, 2
        try:
            for cells in self._reader:
                self._stream.done()
                if any(cell.strip() for cell in cells):
                    rank += 1
                    yield self._row(line, rank, cells)
                line = self._reader.line_num + 2
        except csv.Error:
            advice = "vérifiez les guillemets : un texte ouvert se ferme, et un guillemet s'y double"
            raise refused(self.name, "le tableau ne se lit plus à partir d'ici", advice, line) from None

    def _row(self, line: int, rank: int, cells: list[str]) -> Cells:
        if len(cells) != len(self.header):
            return Cells(line, rank, {}, f"{len(cells)} cellules au lieu de {len(self.header)}")
        return Cells(line, rank, dict(zip(self.header, cells, strict=True)))


def _lines(stream: Stream) -> Iterator[str]:
    """The lines of a text, its byte order mark left out; raises `InputError`."""
    number = 0
    while data := stream.readline(MAX_LINE + 1):
        number += 1
        if len(data) > MAX_LINE:
            raise refused(stream.name, f"une ligne dépasse {MAX_LINE} octets", _UTF8, number)
        try:
            line = data.decode("utf-8")
        except UnicodeDecodeError:
            raise refused(stream.name, "le fichier n'est pas écrit en UTF-8", _UTF8, number) from None
        yield line.removeprefix("\ufeff") if number == 1 else line
