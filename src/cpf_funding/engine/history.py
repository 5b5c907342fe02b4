"""An agency's own history of answers: for each aid, the days that its funder took."""

from __future__ import annotations

import csv
import os
from datetime import date

from cpf_funding.errors import InputError, Origin, Problem
from cpf_funding.reading.strict import DOSSIER_MAX_BYTES, MAX_PROBLEMS, load_bytes
from cpf_funding.rulebook.local import History

__all__ = ["read_history"]

_COLUMNS = ["aid", "filed_on", "answered_on"]
_HEADER = "première ligne attendue : aid,filed_on,answered_on"


def read_history(path: str | os.PathLike[str], aids: frozenset[str] | None = None) -> History:
    """The delays written in a CSV file: `aid,filed_on,answered_on`, one answered request a line, UTF-8.

    Semicolons are accepted in place of commas. With `aids`, another id is refused. Raises `InputError` with every
    mistake, in French, each with its line.
    """
    name = os.fspath(path)
    try:
        text = load_bytes(path, DOSSIER_MAX_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError:
        advice = "enregistrez-le en CSV UTF-8"
        raise InputError([Problem("le fichier n'est pas en UTF-8", advice, Origin(name, 1, 1))]) from None
    lines = text.splitlines()
    delimiter = ";" if lines and ";" in lines[0] else ","
    problems: list[Problem] = []
    found: dict[str, list[int]] = {}
    rows = list(enumerate(csv.reader(lines, delimiter=delimiter), 1))
    if not rows or rows[0][1] != _COLUMNS:
        problems.append(Problem("les colonnes ne sont pas celles d'un historique", _HEADER, Origin(name, 1, 1)))
    for number, row in rows[1:] if not problems else ():
        try:
            aid, days = _observation(row, aids)
        except ValueError as error:
            message, advice = error.args
            problems.append(Problem(message, advice, Origin(name, number, 1)))
        else:
            found.setdefault(aid, []).append(days)
        if len(problems) >= MAX_PROBLEMS:
            break
    if problems:
        raise InputError(problems)
    return {aid: tuple(sorted(days)) for aid, days in sorted(found.items())}


def _observation(row: list[str], aids: frozenset[str] | None) -> tuple[str, int]:
    """The aid of a line and the days it took; raises `ValueError` with a message and an advice."""
    if len(row) != len(_COLUMNS):
        raise ValueError(f"{len(row)} colonnes au lieu de 3", "écrivez par exemple ft.aif,2017-03-01,2017-03-15")
    aid, filed, answered = row
    if not aid or (aids is not None and aid not in aids):
        raise ValueError(f"aide inconnue « {aid} »", "donnez l'identifiant de l'aide, par exemple ft.aif")
    if not answered:
        raise ValueError("la demande n'a pas encore de réponse", "retirez la ligne : seules les réponses comptent")
    try:
        days = (date.fromisoformat(answered) - date.fromisoformat(filed)).days
    except ValueError:
        raise ValueError("une date n'est pas lisible", "écrivez les dates sous la forme 2017-03-01") from None
    if days < 0:
        raise ValueError("la réponse précède la demande", "vérifiez les deux dates")
    return aid, days
