"""One row of an imported file, taken or refused: nothing that was read is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from cpf_funding.errors import Origin
from cpf_funding.exchange.files import printable
from cpf_funding.rulebook.shapes import ListEntry

__all__ = ["CODES", "MAX_LABEL", "Fields", "Flaw", "Row", "day_of", "kind_of", "label_of"]

CODES = {
    "rncp": re.compile(r"RNCP[0-9]{1,6}"),
    "rs": re.compile(r"RS[0-9]{1,6}"),
    "cpf": re.compile(r"(CPF)?[0-9]{1,6}"),
}
"""How the codes of each kind of list are written."""
MAX_LABEL = 2_000
_FORMS = (
    re.compile(r"(?P<day>[0-9]{2})/(?P<month>[0-9]{2})/(?P<year>[0-9]{4})"),
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"),
    re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"),
)
_UNKNOWN_DAYS = frozenset({"", "00000000", "99999999"})
"""Nothing written, or what the LHEO language writes for a day that is not known."""

T = TypeVar("T")
Flaw = tuple[str, str]
"""The field that is refused, and why."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row and its place: line, and rank among the rows of its document, from 1. `entry` or `flaws`, never both."""

    origin: Origin
    rank: int
    code: str
    entry: ListEntry | None = None
    owner: str = ""
    flaws: tuple[Flaw, ...] = ()


class Fields:
    """Reads the fields of one row, so that all its mistakes are told together."""

    def __init__(self, origin: Origin, rank: int) -> None:
        self._origin = origin
        self._rank = rank
        self._flaws: list[Flaw] = []

    def read(self, field: str, function: Callable[[str], T], text: str) -> T | None:
        """What `function` makes of a field; its `ValueError`, in French, is kept as a flaw."""
        try:
            return function(text)
        except ValueError as error:
            self.flaw(field, str(error))
            return None

    def flaw(self, field: str, reason: str) -> None:
        """Refuse the row for this field."""
        self._flaws.append((field, reason))

    def row(self, code: str, entry: dict[str, Any], *, owner: str = "", end: str) -> Row:
        """The row, refused when a field was; `end` is the field that says when the entry ends."""
        start, until = entry.get("from"), entry.get("until")
        if start is not None and until is not None and until < start:
            self.flaw(end, f"la fin ({until:%d/%m/%Y}) précède le début ({start:%d/%m/%Y})")
        taken = None if self._flaws else ListEntry.model_validate({"code": code, **entry})
        return Row(self._origin, self._rank, code, taken, owner, tuple(self._flaws))


def kind_of(code: str) -> str | None:
    """The kind of list that holds such codes: `rncp`, `rs` or `cpf`."""
    return next((kind for kind, pattern in CODES.items() if pattern.fullmatch(code)), None)


def label_of(text: str) -> str | None:
    """A title on one line; raises `ValueError` on what is no title."""
    label = " ".join(text.split())
    if "\0" in label:
        raise ValueError("le texte contient un caractère nul")
    if len(label) > MAX_LABEL:
        raise ValueError(f"le texte dépasse {MAX_LABEL} caractères")
    return label or None


def day_of(text: str) -> date | None:
    """A day written 31/12/2018, 2018-12-31 or 20181231; nothing written is not known. Raises `ValueError`."""
    written = text.strip()
    if written in _UNKNOWN_DAYS:
        return None
    for form in _FORMS:
        if match := form.fullmatch(written):
            try:
                return date(int(match["year"]), int(match["month"]), int(match["day"]))
            except ValueError:
                break
    raise ValueError(f"« {printable(written)} » n'est pas une date jj/mm/aaaa")
