"""The files that are imported: as they are published, one document a file or zipped, and never trusted.

A document is read as a stream, so its size costs no memory. An archive is never unpacked on the disk: the names it
holds serve to choose a document and to speak of it, nothing else.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Literal, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from cpf_funding.errors import InputError, LimitError, Origin, Problem
from cpf_funding.reading.places import shorten
from cpf_funding.reading.strict import load_bytes

__all__ = ["MAX_BYTES", "MAX_RATIO", "MAX_RECORD", "Document", "Stream", "documents", "printable", "refused"]

MAX_BYTES = 4_000_000_000
"""Bytes of one document, once unzipped; the largest official export is under 600 million."""
MAX_RECORD = 16_000_000
"""Bytes between the ends of two records: what bounds the memory, whatever the document holds."""
MAX_RATIO = 200
"""Bytes that one zipped byte may become, past the first record's worth; the official exports stay under 20."""
_DAMAGE = (BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError)
"""What `zipfile` raises on an archive that is cut or altered (`NotImplementedError` is a `RuntimeError`)."""
_HEAD = 512
_BLANKS = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"


class Stream:
    """The bytes of a document, within the limits above. `done` says that a record was read to its end."""

    def __init__(self, file: IO[bytes], name: str, most: int, *, zipped: bool = False) -> None:
        self.name = name
        self._file = file
        self._trouble = _damage if zipped else _failure
        self._most = most
        self._total = 0
        self._since = 0

    def read(self, size: int) -> bytes:
        """At most `size` bytes; none at the end. Raises `InputError`."""
        with self._trouble(self.name):
            return self._counted(self._file.read(size))

    def readline(self, size: int) -> bytes:
        """The rest of the line, or its first `size` bytes; none at the end. Raises `InputError`."""
        with self._trouble(self.name):
            return self._counted(self._file.readline(size))

    def done(self) -> None:
        """A record ends here."""
        self._since = 0

    def _counted(self, data: bytes) -> bytes:
        self._total += len(data)
        self._since += len(data)
        if self._since > MAX_RECORD:
            message = f"plus de {MAX_RECORD // 1_000_000} Mo sans qu'une fiche ou une ligne se termine"
            raise LimitError([Problem(message, "reprenez l'export d'origine", Origin(self.name, 1, 1))])
        if self._total > self._most:
            message = f"le contenu dépasse {self._most // 1_000_000} Mo, hors de proportion avec un export"
            raise LimitError([Problem(message, "reprenez l'export d'origine", Origin(self.name, 1, 1))])
        return data


class Document(NamedTuple):
    """One thing to import: an XML flow or a table."""

    name: str
    kind: Literal["xml", "csv"]
    stream: Stream


def documents(path: str | os.PathLike[str]) -> Iterator[Document]:
    """The document that a file is, or those that a zip file holds, each to be read before the next is asked for.

    What a file is, its first bytes say, never its name. Raises `InputError`, in French.
    """
    name = os.fspath(path)
    head = load_bytes(path, _HEAD)
    if head.startswith(b"PK"):
        yield from _members(path, name)
    else:
        with _failure(name), open(path, "rb") as file:
            yield Document(name, _kind(head), Stream(file, name, MAX_BYTES))


def _members(path: str | os.PathLike[str], name: str) -> Iterator[Document]:
    with _damage(name), ZipFile(path) as archive:
        size = os.path.getsize(path)
        for info in _chosen(archive, name):
            shown = f"{name} ({printable(_base(info))})"
            most = min(MAX_BYTES, MAX_RECORD + MAX_RATIO * min(info.compress_size, size))
            with _damage(shown):
                with archive.open(info) as start:
                    kind = _kind(start.read(_HEAD))
                with archive.open(info) as member:
                    yield Document(shown, kind, Stream(member, shown, most, zipped=True))


def _kind(head: bytes) -> Literal["xml", "csv"]:
    return "xml" if head.lstrip(_BLANKS).startswith(b"<") else "csv"


def _chosen(archive: ZipFile, name: str) -> list[ZipInfo]:
    """The XML flows of an archive, and its table « Standard » (or its only table)."""
    # The base of a folder is empty. Some systems add, beside each file, another whose name starts with « ._ ».
    infos = [info for info in archive.infolist() if _base(info) and not _base(info).startswith("._")]
    tables = [info for info in infos if _base(info).lower().endswith(".csv")]
    standard = [info for info in tables if "standard" in _base(info).lower()]
    flows = [info for info in infos if _base(info).lower().endswith(".xml")]
    chosen = flows + (standard or (tables if len(tables) == 1 else []))
    if not chosen:
        held = ", ".join(printable(_base(info)) for info in infos[:5]) or "rien"
        raise refused(name, f"l'archive ne contient ni export XML ni tableau « Standard » (elle contient : {held})",
                      "donnez une archive de France compétences, ou le fichier qu'elle contient")  # fmt: skip
    for info in chosen:
        if info.flag_bits & 1:
            raise refused(name, "l'archive est protégée par un mot de passe", "donnez le fichier qu'elle contient")
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise refused(name, "l'archive est comprimée d'une façon qui n'est pas lue",
                          "donnez le fichier qu'elle contient")  # fmt: skip
    return chosen


def _base(info: ZipInfo) -> str:
    """The last part of a name: the path that an archive gives leads nowhere here."""
    return info.filename.replace("\\", "/").rpartition("/")[2]


def printable(text: str) -> str:
    """A text from a file, short and without a character that a terminal would obey."""
    return shorten("".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text))


def refused(name: str, message: str, advice: str, line: int = 1) -> InputError:
    """The error of one mistake of a file."""
    return InputError([Problem(message, advice, Origin(name, line, 1))])


@contextmanager
def _failure(name: str) -> Iterator[None]:
    try:
        yield
    except OSError:
        raise refused(name, "le fichier ne peut pas être lu", "vérifiez que le disque est accessible") from None


@contextmanager
def _damage(name: str) -> Iterator[None]:
    try:
        yield
    except _DAMAGE:
        raise refused(name, "l'archive zip est tronquée ou abîmée", "téléchargez-la de nouveau") from None
