"""`cpf-funding new`: a dossier to fill in."""

from __future__ import annotations

import click

from cpf_funding.commands.output import OUTPUT, RULES, check_output, write
from cpf_funding.report.template import dossier_template
from cpf_funding.rulebook.load import load_rulebook

__all__ = ["new"]


@click.command(short_help="Écrit un modèle de dossier commenté, à remplir.")
@RULES
@OUTPUT
def new(rules: str | None, output: str | None) -> None:
    """Écrit un modèle de dossier commenté, à remplir.

    Il pose toutes les questions : celles du format, et celles que posent les règles.
    """
    check_output(output)
    write(dossier_template(load_rulebook(rules=rules).facts), output)
