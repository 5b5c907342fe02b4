"""A list written as a file of `rules/lists/`, and the rows that an import refused as a table."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from cpf_funding.exchange.rows import Row
from cpf_funding.rulebook.shapes import ListEntry, ListFile

__all__ = ["refused_csv", "to_yaml"]

_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories that the strict reader refuses, and that mean nothing in a title."""


def to_yaml(list_file: ListFile, *, comment: str = "", labels: bool = True) -> str:
    """The list as a file of `rules/lists/`, entries sorted by number; `comment` stands above it, line by line."""
    lines = [f"# {_visible(line)}".rstrip() for line in comment.splitlines()]
    lines += [
        f"list: {list_file.list}", f"label: {_quoted(list_file.label)}", f"complete: {str(list_file.complete).lower()}",
        f"codes: {list_file.codes}", f"source: {list_file.source}",
    ]  # fmt: skip
    for key in ("confidence", "checked_on"):
        value = getattr(list_file, key)
        if value is not None:
            lines.append(f"{key}: {value}")
    rows = [_written(entry, labels) for entry in sorted(list_file.entries, key=_by_number)]
    lines += ["entries:", *rows] if rows else ["entries: []"]
    return "\n".join(lines) + "\n"


def refused_csv(rows: Iterable[Row]) -> str:
    """Each mistake of each refused row: file, line, rank of the row, field, reason."""
    text = io.StringIO()
    table = csv.writer(text, delimiter=";", lineterminator="\n")
    table.writerow(["fichier", "ligne", "rang", "champ", "raison"])
    for row in rows:
        table.writerows([row.origin.file, row.origin.line, row.rank, field, reason] for field, reason in row.flaws)
    return text.getvalue()


def _written(entry: ListEntry, labels: bool) -> str:
    parts = [f"code: {_quoted(entry.code)}"]
    if labels and entry.label is not None:
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
    """A double-quoted YAML scalar, which any JSON string is."""
    return json.dumps(_visible(text), ensure_ascii=False)


def _visible(text: str) -> str:
    return "".join(c for c in text if unicodedata.category(c) not in _INVISIBLE)


def _by_number(entry: ListEntry) -> tuple[int, str, date]:
    digits = re.sub(r"[^0-9]", "", entry.code)
    return int(digits or 0), entry.code, entry.from_ or date.min
