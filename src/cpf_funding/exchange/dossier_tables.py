"""Tables of dossiers in files: CSV as spreadsheets write it, or Parquet; read and written in batches of rows."""

from __future__ import annotations

import csv
import os
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any

import polars as pl

from cpf_funding.errors import InputError, Problem
from cpf_funding.exchange.files import MAX_BYTES, Document, Stream
from cpf_funding.exchange.tables import Cells, Table
from cpf_funding.frames.engines import BATCH
from cpf_funding.frames.layout import table_columns
from cpf_funding.frames.rows import LINE, Rejection, Rows, gather, is_result
from cpf_funding.language.columns_facts import SEVERAL
from cpf_funding.reading.strict import load_bytes
from cpf_funding.rulebook.book import Rulebook

__all__ = ["FORMATS", "Results", "Source", "open_table"]

FORMATS = (".csv", ".parquet")
CHUNK = 5_000
"""Rows of a CSV file that stand in memory as Python objects at once."""
_ADVICE = "donnez un CSV en UTF-8 (dans un tableur : Enregistrer sous, « CSV UTF-8 »), ou un fichier Parquet"


class Source(ABC):
    """A file of dossiers: the names of its columns, their types if they have some, its rows batch after batch.

    `size` is its length, in bytes or in rows, and `done` how much of it was read.
    """

    def __init__(self, path: str, header: Sequence[str], types: Mapping[str, Any], size: int) -> None:
        self.path, self.header, self.types, self.size, self.done = path, header, types, size, 0

    @abstractmethod
    def __iter__(self) -> Iterator[Rows]: ...


def open_table(path: str) -> Source:
    """A file of dossiers, CSV or Parquet by its first bytes; raises `InputError`."""
    head = load_bytes(path, 4)
    if head.startswith(b"PAR1"):
        return _Parquet(path)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")):
        raise InputError([Problem(f"{path} : c'est un classeur ou une archive", _ADVICE)])
    return _Csv(path)


class _Csv(Source):
    """Rows of texts, each with its line in the file."""

    def __init__(self, path: str) -> None:
        with open(path, "rb") as file:
            super().__init__(path, _table(file, path).header, {}, os.path.getsize(path))

    def __iter__(self) -> Iterator[Rows]:
        with open(self.path, "rb") as file:
            cells = iter(_table(file, self.path))
            yield self._batch(cells, file)  # even without a row: its columns are those of the file
            while (batch := self._batch(cells, file)).lines or batch.flaws:
                yield batch

    def _batch(self, cells: Iterator[Cells], file: IO[bytes]) -> Rows:
        parts = [self._rows(taken) for _ in range(0, BATCH, CHUNK) if (taken := list(islice(cells, min(CHUNK, BATCH))))]
        self.done = file.tell()
        lines = [line for part in parts for line in part.lines]
        frame = pl.concat([part.frame for part in parts or [self._rows([])]])
        return Rows(lines, frame, [flaw for part in parts for flaw in part.flaws])

    def _rows(self, taken: list[Cells]) -> Rows:
        why = "mettez entre guillemets un texte qui contient le séparateur"
        flaws = [Rejection(each.line, "", f"{each.flaw} : {why}") for each in taken if each.flaw]
        sound = [each for each in taken if not each.flaw]
        cells = zip(*(each.cells.values() for each in sound), strict=True) if sound else [[]] * len(self.header)
        columns = [pl.Series(name, each, dtype=pl.String) for name, each in zip(self.header, cells, strict=True)]
        return Rows([each.line for each in sound], pl.DataFrame(columns), flaws)


def _table(file: IO[bytes], path: str) -> Table:
    return Table(Document(path, "csv", Stream(file, path, MAX_BYTES)))


class _Parquet(Source):
    """Typed rows, numbered from 1."""

    def __init__(self, path: str) -> None:
        with _readable(path):
            self._scan = pl.scan_parquet(path, glob=False)
            types = self._scan.collect_schema()
            super().__init__(path, list(types), types, self._scan.select(pl.len()).collect().item())

    def __iter__(self) -> Iterator[Rows]:
        for start in range(0, max(1, self.size), BATCH):
            with _readable(self.path):
                frame = self._scan.slice(start, BATCH).collect()
            self.done = start + frame.height
            yield Rows(range(start + 1, self.done + 1), frame)


@contextmanager
def _readable(path: str) -> Iterator[None]:
    try:
        yield
    except (pl.exceptions.PolarsError, OSError):
        message = f"{path} : le fichier Parquet est tronqué ou abîmé"
        raise InputError([Problem(message, "reprenez l'export d'origine")]) from None


# Results ----------------------------------------------------------------------------------------


class Results:
    """The two files of a run, plans and rejected rows: written beside their places, moved there at the end or never."""

    def __init__(self, output: str, rejected: str, rulebook: Rulebook) -> None:
        self._output, self._rejected, self._rulebook = Path(output), Path(rejected), rulebook
        self._parts: dict[Path, int] = {}
        self.rejected = 0

    def __enter__(self) -> Results:
        with self._writable():
            self._folder = Path(tempfile.mkdtemp(prefix=f".{self._output.name}.", dir=self._output.parent))
        self._refusals = (self._folder / "rejected").open("w", encoding="utf-8-sig", newline="")
        self._table = csv.writer(self._refusals, delimiter=";", lineterminator="\n")
        self._table.writerow(["ligne", "champ", "raison"])
        return self

    def __exit__(self, *_: object) -> None:
        self._refusals.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @contextmanager
    def _writable(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            advice = "vérifiez que le dossier existe, que vous pouvez y écrire, et qu'il y a de la place"
            raise InputError([Problem(f"{self._output} ne peut pas être écrit", advice)]) from None

    def add(self, planned: pl.DataFrame) -> None:
        """Rows with their plans, after those already added."""
        path = self._folder / f"{len(self._parts)}.parquet"
        with self._writable():
            planned.drop(LINE).write_parquet(path)
        self._parts[path] = planned.height

    def reject(self, rejections: Iterable[Rejection]) -> None:
        """Reasons against rows that are not planned."""
        rejections = list(rejections)
        self._table.writerows(rejections)
        self.rejected += len({each.line for each in rejections})

    def finish(self) -> None:
        """Put both files in their places; there is no file of rejected rows when there are none."""
        held = [part for part, height in self._parts.items() if height] or list(self._parts)[:1]
        whole = gather([pl.scan_parquet(part) for part in held], self._rulebook)
        draft = self._folder / f"plans{self._output.suffix}"
        with self._writable():
            if self._output.suffix.lower() == ".csv":
                written = whole.select(_written(whole.collect_schema(), self._rulebook))
                written.sink_csv(draft, separator=";", include_bom=True)
            else:
                whole.sink_parquet(draft, row_group_size=BATCH)
            self._refusals.close()
            if self.rejected:
                os.replace(self._refusals.name, self._rejected)
            os.replace(draft, self._output)


def _written(schema: Mapping[str, Any], rulebook: Rulebook) -> Iterator[pl.Expr]:
    """The columns as people write them in a CSV file: numbers in their unit, with a comma."""
    steps = {column.name: column.steps for column in table_columns(rulebook)}
    for name, kind in schema.items():
        cell = pl.col(name)
        if (is_result(name) and kind == pl.Int64) or steps.get(name) == 100:
            cents = (cell % 100).cast(pl.String).str.zfill(2)
            yield pl.concat_str(cell // 100, pl.lit(","), cents).alias(name)
        elif name in SEVERAL:
            yield pl.when(cell == "").then(pl.lit(";")).otherwise(cell).alias(name)
        else:
            yield cell
