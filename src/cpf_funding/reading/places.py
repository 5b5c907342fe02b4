"""A text that remembers where and how it was written."""

from __future__ import annotations

import re

from cpf_funding.errors import Origin

__all__ = ["AT", "Text", "shorten"]

AT = "__at__"
"""The key under which every mapping read from a file holds its own `Origin`."""

_NUMBER = re.compile(
    r"[-+]?(?:0x[0-9a-f_]+|0o[0-7_]+|0b[01_]+"
    r"|[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
    r"|(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:e[-+]?[0-9]+)?|\.inf)|\.nan",
    re.IGNORECASE,
)


class Text(str):
    """A scalar exactly as written; `unquoted` says that it stood without quotes (a YAML plain scalar)."""

    __slots__ = ("column", "file", "line", "unquoted")

    file: str
    line: int
    column: int
    unquoted: bool

    def __new__(cls, value: str, file: str = "", line: int = 1, column: int = 1, unquoted: bool = False) -> Text:
        """`line` and `column` count from 1."""
        self = super().__new__(cls, value)
        self.file = file
        self.line = line
        self.column = column
        self.unquoted = unquoted
        return self

    @property
    def origin(self) -> Origin:
        """Where the scalar starts, its quote included."""
        return Origin(self.file, self.line, self.column)

    @property
    def unquoted_number(self) -> bool:
        """Whether a YAML reader (1.1 or 1.2) would take this scalar for a number: 01, 75, 1e3, 12:30, 0x1F."""
        return self.unquoted and _NUMBER.fullmatch(self) is not None


def shorten(text: str) -> str:
    """At most 60 characters on one line, for quoting in a message."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"
