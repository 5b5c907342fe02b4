"""What is wrong with an input, said to the person who can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["CpfFundingError", "InputError", "LimitError", "Origin", "Problem"]


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """A place in a file: path as given, line and column counted from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: what is wrong (`message`) and what to write instead (`advice`), both in French."""

    message: str
    advice: str
    origin: Origin | None = None

    def __str__(self) -> str:
        place = f"{self.origin} : " if self.origin else ""
        return f"{place}{self.message} → {self.advice}"


class CpfFundingError(Exception):
    """Root of every error this library raises on purpose."""


class InputError(CpfFundingError):
    """A dossier, a rule file or an argument was refused; `problems` holds every mistake found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class LimitError(InputError):
    """An input is beyond a published limit (docs/limits.md); nothing was computed."""
