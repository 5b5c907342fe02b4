"""What the commands that build plans read: a dossier, the rules, a day, some changes."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TypeVar

from cpf_funding.dossier import Dossier
from cpf_funding.engine.history import read_history
from cpf_funding.errors import InputError, Problem
from cpf_funding.reading.dossiers import read_dossier
from cpf_funding.report.text import WIDTH
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.rulebook.load import load_rulebook

__all__ = ["columns", "read_changes", "read_day", "read_inputs"]

T = TypeVar("T")


def read_inputs(
    file: str, overlays: Iterable[str], rules: str | None, history: str | None = None
) -> tuple[Dossier, Rulebook]:
    """The dossier and the rulebook, with the delays of a history file; `InputError` tells every mistake at once."""
    problems: list[Problem] = []
    dossier = _gather(problems, lambda: read_dossier(file))
    rulebook = _gather(problems, lambda: load_rulebook(*overlays, rules=rules))
    if rulebook is not None and history is not None:
        aids = frozenset(aid.id for aid in rulebook.aids)
        observed = _gather(problems, lambda: read_history(history, aids))
        rulebook = rulebook.with_history(observed or {})
    if dossier is None or rulebook is None or problems:
        raise InputError(problems)
    return dossier, rulebook


def _gather(problems: list[Problem], read: Callable[[], T]) -> T | None:
    try:
        return read()
    except InputError as error:
        problems += error.problems
        return None


def read_day(text: str | None, option: str = "--on") -> date | None:
    """The day given to an option; raises `InputError`."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"{option} : « {text} » n'est pas une date"
        raise InputError([Problem(message, "écrivez par exemple 2017-03-01")]) from None


def read_changes(texts: Iterable[str]) -> Mapping[str, str]:
    """The changes of `--set path=value`; raises `InputError` for each that is not written so, or given twice."""
    problems: list[Problem] = []
    found: dict[str, str] = {}
    for text in texts:
        path, equals, value = text.partition("=")
        if not equals or not path.strip():
            advice = "écrivez par exemple --set training.start=2017-09-04"
            problems.append(Problem(f"--set : « {text} » n'est pas un chemin suivi d'une valeur", advice))
        elif path.strip() in found:
            problems.append(Problem(f"--set : « {path.strip()} » est donné deux fois", "gardez une seule valeur"))
        else:
            found[path.strip()] = value.strip()
    if problems:
        raise InputError(problems)
    return found


def columns() -> int:
    """The width of the terminal, if there is one, but no wider than what is comfortable to read."""
    return min(WIDTH, shutil.get_terminal_size().columns) if sys.stdout.isatty() else WIDTH
