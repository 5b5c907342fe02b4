"""`cpf-funding plan`: from a dossier to its funding plan."""

from __future__ import annotations

import click

from cpf_funding.commands.inputs import columns, read_day, read_inputs
from cpf_funding.commands.output import HISTORY, ON, OUTPUT, OVERLAY, RULES, as_json, check_output, write
from cpf_funding.engine.build import build_plan
from cpf_funding.engine.remedies import find_remedies
from cpf_funding.report.text import WIDTH, plan_text
from cpf_funding.testing.save import case_text

__all__ = ["plan"]


@click.command(short_help="Écrit le plan de financement d'un dossier.")
@click.argument("file", metavar="FICHIER")
@ON
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", metavar="text|json",
    help="Texte pour une personne (text, par défaut) ou données pour un programme (json).",
)  # fmt: skip
@click.option(
    "--save-case",
    "case",
    metavar="FICHIER",
    help="Écrit aussi le résultat comme un cas à vérifier, sans l'identité de la personne.",
)
@click.option(
    "--checked-before", metavar="DATE",
    help="Avertit des valeurs que personne n'a vérifiées depuis ce jour, par exemple 2026-01-01.",
)  # fmt: skip
@HISTORY
@OVERLAY
@RULES
@OUTPUT
def plan(
    file: str, on: str | None, form: str, case: str | None, checked_before: str | None, history: str | None,
    overlays: tuple[str, ...], rules: str | None, output: str | None,
) -> None:  # fmt: skip
    """Écrit le plan de financement du dossier FICHIER (YAML ou JSON).

    Code de sortie : 0, un plan est construit, complet ou non ; 2, une entrée est refusée ; 1, défaut interne.
    """
    check_output(output)
    check_output(case)
    day, fresh = read_day(on), read_day(checked_before, "--checked-before")
    dossier, rulebook = read_inputs(file, overlays, rules, history)
    built = build_plan(dossier, rulebook, day, checked_before=fresh)
    found = find_remedies(dossier, rulebook, built, day)
    if case is not None:
        write(case_text(dossier, found, rulebook), case)
    if form == "json":
        from cpf_funding.report.document import plan_document

        write(as_json(plan_document(found, rulebook)), output)
    else:
        write(plan_text(found, rulebook, WIDTH if output is not None else columns(), dossier), output)
