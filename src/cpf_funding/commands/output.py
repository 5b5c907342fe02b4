"""What commands print or write, and the options they share."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from cpf_funding.errors import InputError, Problem

__all__ = ["HISTORY", "ON", "OUTPUT", "OVERLAY", "RULES", "as_json", "check_output", "write"]

ON = click.option(
    "--on", metavar="DATE", help="Jour du plan, par exemple 2017-03-01 ; sinon, celui du dossier (as_of)."
)
HISTORY = click.option(
    "--history", metavar="FICHIER", help="Réponses observées par l'agence (CSV : aid,filed_on,answered_on)."
)
OVERLAY = click.option(
    "--overlay", "overlays", multiple=True, metavar="FICHIER",
    help="Règles locales ajoutées aux autres ; l'option peut être répétée.",
)  # fmt: skip
RULES = click.option("--rules", metavar="DOSSIER", help="Dossier de règles, à la place de celles du logiciel.")
OUTPUT = click.option(
    "-o", "--output", metavar="SORTIE", help="Écrit dans ce fichier, qui ne doit pas exister ; sinon, à l'écran."
)


def check_output(output: str | None) -> None:
    """Refuse a file that exists: a dossier or a plan given to someone is not lost by a slip."""
    if output is not None and os.path.lexists(output):
        raise InputError(
            [Problem(f"le fichier {output} existe déjà", "choisissez un autre nom, ou supprimez-le d'abord")]
        )


def write(text: str, output: str | None = None) -> None:
    """Print, or write a new file at once: another program sees the whole file or none."""
    if output is None:
        _print(text)
        return
    target = Path(output)
    draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with draft.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.replace(draft, target)
    except OSError:
        advice = "vérifiez que le dossier existe et que vous pouvez y écrire"
        raise InputError([Problem(f"{output} ne peut pas être écrit", advice)]) from None
    finally:
        draft.unlink(missing_ok=True)


def _print(text: str) -> None:
    try:
        click.echo(text, nl=False)
    except BrokenPipeError:
        # The reader (`head`, `less`) has what it wanted; without this, closing standard output would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def as_json(data: Any) -> str:
    """JSON for people to read and programs to compare: indented, in the order of the contract."""
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
