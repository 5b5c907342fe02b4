"""`cpf-funding plan`: from a dossier to its funding plan."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from datetime import date
from typing import TypeVar

import click

from cpf_funding.commands.output import OUTPUT, OVERLAY, RULES, as_json, check_output, write
from cpf_funding.engine.build import build_plan
from cpf_funding.errors import InputError, Problem
from cpf_funding.reading.dossiers import read_dossier
from cpf_funding.report.text import WIDTH, plan_text
from cpf_funding.rulebook.load import load_rulebook

__all__ = ["plan"]

T = TypeVar("T")


@click.command(short_help="Écrit le plan de financement d'un dossier.")
@click.argument("file", metavar="FICHIER")
@click.option("--on", metavar="DATE", help="Jour du plan, par exemple 2017-03-01 ; sinon, celui du dossier (as_of).")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", metavar="text|json",
    help="Texte pour une personne (text, par défaut) ou données pour un programme (json).",
)  # fmt: skip
@OVERLAY
@RULES
@OUTPUT
def plan(
    file: str, on: str | None, form: str, overlays: tuple[str, ...], rules: str | None, output: str | None
) -> None:
    """Écrit le plan de financement du dossier FICHIER (YAML ou JSON).

    Code de sortie : 0, un plan est construit, complet ou non ; 2, une entrée est refusée ; 1, défaut interne.
    """
    check_output(output)
    day = _day(on)
    problems: list[Problem] = []
    dossier = _gather(problems, lambda: read_dossier(file))
    rulebook = _gather(problems, lambda: load_rulebook(*overlays, rules=rules))
    if dossier is None or rulebook is None:
        raise InputError(problems)
    found = build_plan(dossier, rulebook, day)
    if form == "json":
        from cpf_funding.report.document import plan_document

        write(as_json(plan_document(found, rulebook)), output)
    else:
        write(plan_text(found, rulebook, WIDTH if output is not None else _columns()), output)


def _gather(problems: list[Problem], read: Callable[[], T]) -> T | None:
    """What is read, or `None` once its problems are noted: the mistakes of every file are told at once."""
    try:
        return read()
    except InputError as error:
        problems += error.problems
        return None


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError([Problem(f"--on : « {text} » n'est pas une date", "écrivez par exemple 2017-03-01")]) from None


def _columns() -> int:
    """The width of the terminal, if there is one, but no wider than what is comfortable to read."""
    return min(WIDTH, shutil.get_terminal_size().columns) if sys.stdout.isatty() else WIDTH
