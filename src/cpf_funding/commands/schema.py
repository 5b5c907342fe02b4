"""`cpf-funding rules schema`: the JSON Schemas of dossiers, plans and rule files."""

from __future__ import annotations

import click

from cpf_funding.commands.output import OUTPUT, as_json, check_output, write
from cpf_funding.report.schema import SCHEMAS

__all__ = ["schema"]


@click.command(short_help="Écrit le schéma JSON des règles, des dossiers ou des plans.")
@click.argument("name", type=click.Choice(list(SCHEMAS)), default="rules", metavar=f"[{'|'.join(SCHEMAS)}]")
@OUTPUT
def schema(name: str, output: str | None) -> None:
    """Écrit le schéma JSON des dossiers, des plans ou (par défaut) des fichiers de règles."""
    check_output(output)
    write(as_json(SCHEMAS[name]()), output)
