"""`cpf-funding rules check`: read every rule again and tell every mistake."""

from __future__ import annotations

import click

from cpf_funding.commands.output import OVERLAY, RULES, write
from cpf_funding.rulebook.load import load_rulebook

__all__ = ["check"]


@click.command(short_help="Relit toutes les règles et signale chaque erreur.")
@OVERLAY
@RULES
def check(overlays: tuple[str, ...], rules: str | None) -> None:
    """Relit toutes les règles ; chaque erreur est signalée avec sa place et ce qu'il faut écrire."""
    book = load_rulebook(*overlays, rules=rules)
    counts = f"{len(book.aids)} aides, {len(book.parameters)} barèmes, {len(book.sources)} sources"
    write(f"Règles sans erreur : {counts}, {len(book.files)} fichiers.\n")
