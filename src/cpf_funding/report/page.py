"""Plain text set in paragraphs and sections, wrapped at a width."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Line", "Page", "detail", "item"]

_GLUED = re.compile(r"(?<=«) | (?=[»:;!?])")


class Line(NamedTuple):
    """A paragraph: its indent, its mark, its words; what does not fit on a line goes on below the words."""

    indent: int
    mark: str
    words: str


def item(words: str, mark: str = "- ") -> Line:
    """An entry of a list."""
    return Line(0, mark, _capitalised(words))


def detail(words: str, mark: str = "") -> Line:
    """Something said of the entry above."""
    return Line(3, mark, _capitalised(words))


def _capitalised(words: str) -> str:
    return words[:1].upper() + words[1:]


class Page:
    """A text being written, at most `width` columns wide (a longer word is not cut)."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._lines: list[str] = []

    def write(self, words: str, indent: int = 0, mark: str = "") -> None:
        """Add a paragraph."""
        self._lines += textwrap.wrap(
            _GLUED.sub("\u00a0", words), self._width, initial_indent=" " * indent + mark,
            subsequent_indent=" " * (indent + len(mark)), break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip

    def section(self, title: str, lines: Iterable[Line]) -> None:
        """Add a titled list of paragraphs; nothing when it is empty."""
        found = list(lines)
        if found:
            self._lines += ["", title.upper()]
            for indent, mark, words in found:
                self.write(words, indent, mark)

    def blank(self) -> None:
        """Add an empty line."""
        self._lines.append("")

    def text(self) -> str:
        """What was written, ending with a line feed."""
        return "\n".join(self._lines) + "\n"
