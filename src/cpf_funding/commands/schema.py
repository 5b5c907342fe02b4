"""`cpf-funding rules schema`: the JSON Schemas of dossiers, plans, rule files and worked cases."""

from __future__ import annotations

import click

from cpf_funding.commands.output import OUTPUT, as_json, check_output, write
from cpf_funding.report.schema import SCHEMAS
from cpf_funding.testing.schema import case_schema

__all__ = ["schema"]

_SCHEMAS = SCHEMAS | {"case": case_schema}


@click.command(short_help="Écrit le schéma JSON des règles, des dossiers, des plans ou des cas.")
@click.argument("name", type=click.Choice(list(_SCHEMAS)), default="rules", metavar=f"[{'|'.join(_SCHEMAS)}]")
@OUTPUT
def schema(name: str, output: str | None) -> None:
    """Écrit le schéma JSON des dossiers, des plans, des cas ou (par défaut) des fichiers de règles."""
    check_output(output)
    write(as_json(_SCHEMAS[name]()), output)
