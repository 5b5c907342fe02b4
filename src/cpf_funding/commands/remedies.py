"""`cpf-funding remedies`, `compare` and `calendar`: what would mend a plan, what if, and by when."""

from __future__ import annotations

import click

from cpf_funding.commands.inputs import columns, read_changes, read_day, read_inputs
from cpf_funding.commands.output import HISTORY, ON, OUTPUT, OVERLAY, RULES, check_output, write
from cpf_funding.engine.build import build_plan
from cpf_funding.engine.comparison import compare_plans
from cpf_funding.engine.remedies import find_remedies
from cpf_funding.errors import InputError, Problem
from cpf_funding.report.compare import comparison_text
from cpf_funding.report.ics import calendar_ics
from cpf_funding.report.remedies import remedies_text
from cpf_funding.report.text import WIDTH

__all__ = ["calendar", "compare", "remedies"]


@click.command(short_help="Cherche ce qui lèverait chaque cause de blocage.")
@click.argument("file", metavar="FICHIER")
@ON
@HISTORY
@OVERLAY
@RULES
@OUTPUT
def remedies(
    file: str, on: str | None, history: str | None, overlays: tuple[str, ...], rules: str | None, output: str | None
) -> None:
    """Cherche, pour chaque cause de blocage du dossier FICHIER, le plus petit changement qui la lève.

    Chaque remède montré a été essayé : le plan a été recalculé avec lui.
    """
    check_output(output)
    day = read_day(on)
    dossier, rulebook = read_inputs(file, overlays, rules, history)
    plan = find_remedies(dossier, rulebook, build_plan(dossier, rulebook, day), day)
    write(remedies_text(plan, rulebook, columns() if output is None else WIDTH), output)


@click.command(short_help="Compare le plan avec celui d'un dossier modifié.")
@click.argument("file", metavar="FICHIER")
@click.option(
    "--set", "texts", multiple=True, required=True, metavar="CHEMIN=VALEUR",
    help="Champ à changer, par exemple training.start=2017-09-04 ; l'option peut être répétée.",
)  # fmt: skip
@ON
@HISTORY
@OVERLAY
@RULES
@OUTPUT
def compare(
    file: str,
    texts: tuple[str, ...],
    on: str | None,
    history: str | None,
    overlays: tuple[str, ...],
    rules: str | None,
    output: str | None,
) -> None:
    """Montre côte à côte le plan du dossier FICHIER et celui du même dossier, modifié."""
    check_output(output)
    day, changes = read_day(on), read_changes(texts)
    dossier, rulebook = read_inputs(file, overlays, rules, history)
    found = compare_plans(dossier, changes, rulebook, day)
    write(comparison_text(found, rulebook, columns() if output is None else WIDTH), output)


@click.command(short_help="Écrit les dates de demande pour un agenda.")
@click.argument("file", metavar="FICHIER")
@click.option(
    "--ics", "output", required=True, metavar="SORTIE", help="Fichier .ics à écrire, qui ne doit pas exister."
)
@ON
@HISTORY
@OVERLAY
@RULES
def calendar(
    file: str, output: str, on: str | None, history: str | None, overlays: tuple[str, ...], rules: str | None
) -> None:
    """Écrit les dates limites de demande et les réponses attendues du dossier FICHIER au format iCalendar."""
    check_output(output)
    day = read_day(on)
    dossier, rulebook = read_inputs(file, overlays, rules, history)
    plan = build_plan(dossier, rulebook, day)
    if not any(line.file_by or line.answer.likely for line in plan.calendar):
        message = "le plan n'a aucune date : le début de la formation ou les délais ne sont pas connus"
        raise InputError([Problem(message, "écrivez training.start dans le dossier")])
    write(calendar_ics(plan, rulebook), output)
