"""`cpf-funding rules import-list`: official files become a list that conditions can read."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path

import click

from cpf_funding.commands.output import OUTPUT, check_output, write
from cpf_funding.errors import InputError, LimitError, Problem
from cpf_funding.exchange.certifications import REGISTERS_ORIGIN, REGISTERS_SOURCE
from cpf_funding.exchange.files import printable
from cpf_funding.exchange.importing import Choice, Import
from cpf_funding.exchange.importing import import_list as read_list
from cpf_funding.exchange.list_files import refused_csv, to_yaml
from cpf_funding.exchange.rows import CODES, Row, day_of, kind_of
from cpf_funding.money import in_french
from cpf_funding.reading.strict import DOSSIER_MAX_BYTES, MAX_PROBLEMS, load_bytes, read_text

__all__ = ["import_list"]

_SHOWN = 20
"""How many codes or lines a message names."""


@click.command("import-list", short_help="Fait une liste à partir des fichiers officiels (RNCP, RS) ou d'un tableau.")
@click.argument("files", nargs=-1, required=True, metavar="FICHIER...")
@click.option("--list", "list_id", metavar="NOM", help="Le nom que lisent les règles : rncp, rs, copanef, coparef…")
@click.option("--label", metavar="TEXTE", help="Ce que le conseiller lit à la place de ce nom.")
@click.option("--source", metavar="NOM", help="Source déclarée dans les règles ; sinon, france-competences.")
@click.option("--codes", type=click.Choice(list(CODES)), help="La sorte de codes à garder, si les fichiers en mêlent.")
@click.option("--only", metavar="CODES", help="Ne garde que ces codes (RNCP123,RNCP456), ou ceux que donne ce fichier.")
@click.option("--owner", default="", metavar="TEXTE", help="Ne garde que les lignes dont le owner commence ainsi.")
@click.option("--complete", is_flag=True, help="Les fichiers donnent toute la liste : un code absent n'y est pas.")
@click.option("--checked-on", metavar="DATE", help="Jour de l'export, par exemple 2026-08-16.")
@click.option("--no-labels", is_flag=True, help="Sans les intitulés, pour un fichier plus court.")
@click.option("--rejected", metavar="FICHIER", help="Écrit ici les lignes refusées (CSV), et garde les autres.")
@OUTPUT
def import_list(
    files: tuple[str, ...], list_id: str | None, label: str | None, source: str | None, codes: str | None,
    only: str | None, owner: str, complete: bool, checked_on: str | None, no_labels: bool, rejected: str | None,
    output: str | None,
) -> None:  # fmt: skip
    """Fait une liste d'éligibilité à partir de fichiers, tels qu'ils sont publiés : XML, CSV ou zip.

    Un code garde ce qu'en dit le premier fichier qui le donne. Une ligne refusée arrête tout, sauf avec --rejected.
    """
    check_output(output)
    check_output(rejected)
    if None not in (rejected, output) and os.path.abspath(rejected or "") == os.path.abspath(output or ""):
        raise InputError([Problem("--rejected et -o donnent le même fichier", "donnez deux noms différents")])
    if only is not None and complete:
        message = "--only fait un extrait, --complete dit le contraire"
        raise InputError([Problem(message, "retirez l'une des deux options")])
    choice = Choice(
        list=list_id, label=label, source=source, codes=codes, only=_only(only), owner=owner, complete=complete,
        checked_on=_day(checked_on),
    )  # fmt: skip
    result = read_list(files, choice)
    if result.refused and (rejected is None or not result.list_file.entries):
        raise InputError(_problems(result.refused))
    text = to_yaml(result.list_file, comment=_comment(result), labels=not no_labels)
    _check_length(text)
    if result.refused and rejected is not None:
        write(refused_csv(result.refused), rejected)
    try:
        write(text, output)
    except InputError:
        if result.refused and rejected is not None:
            Path(rejected).unlink(missing_ok=True)
        raise
    for line in _summary(result, choice, rejected):
        click.echo(line, err=True)


def _day(text: str | None) -> date | None:
    try:
        return day_of(text or "")
    except ValueError as error:
        raise InputError([Problem(f"--checked-on : {error}", "écrivez par exemple 2026-08-16")]) from None


def _only(text: str | None) -> frozenset[str]:
    """The codes given, or those of a file: separated by commas, spaces or line ends; raises `InputError`."""
    if text is None:
        return frozenset()
    where = "--only"
    if os.path.lexists(text):
        where = text
        try:
            text = load_bytes(text, DOSSIER_MAX_BYTES).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise InputError([Problem(f"{where} n'est pas écrit en UTF-8", "enregistrez-le en « UTF-8 »")]) from None
    codes = frozenset(re.split(r"[\s,;]+", text)) - {""}
    wrong = sorted(printable(code) for code in codes if kind_of(code) is None)
    if wrong or not codes:
        message = f"{where} : « {wrong[0]} » n'est pas un code" if wrong else f"{where} ne donne aucun code"
        raise InputError([Problem(message, "écrivez par exemple RNCP37488,RNCP35419")])
    return codes


def _problems(refused: tuple[Row, ...]) -> list[Problem]:
    again = "reprenez cette ligne dans le fichier d'origine"
    problems = [
        Problem(f"ligne de rang {row.rank}, {field} : {reason}", again, row.origin)
        for row in refused[:MAX_PROBLEMS]
        for field, reason in row.flaws
    ]
    last = Problem(
        f"{_count(len(refused), 'ligne refusée', 'lignes refusées')}, rien n'est écrit",
        "corrigez, ou ajoutez --rejected refus.csv pour garder les autres lignes, s'il y en a",
    )
    return [*problems, last]


def _check_length(text: str) -> None:
    """Refuse to write a list that the reader of rules would refuse for its size."""
    try:
        read_text(text, "liste.yaml")
    except LimitError as error:
        message = f"la liste serait trop longue pour être relue ({error.problems[0].message})"
        raise InputError([Problem(message, "ajoutez --no-labels, ou réduisez-la avec --only")]) from None


def _comment(result: Import) -> str:
    """Where the list comes from; not the folder where it was read, which may name a person."""
    names = ", ".join(os.path.basename(document) for document in result.documents)
    lines = [f"Liste importée par cpf-funding rules import-list de : {names}"]
    if result.list_file.source == REGISTERS_SOURCE:
        lines.append(f"{REGISTERS_ORIGIN}. from : date d'effet, sinon de décision ; until : fin d'enregistrement.")
    return "\n".join(lines)


def _summary(result: Import, choice: Choice, rejected: str | None) -> list[str]:
    kept, aside = len(result.list_file.entries), sum(result.aside.values())
    lines = [
        f"{_count(result.read, 'ligne lue', 'lignes lues')} : {_count(kept, 'gardée', 'gardées')}, "
        f"{_count(len(result.refused), 'refusée', 'refusées')}, {_count(aside, 'écartée', 'écartées')}"
    ]
    lines += [f"  {_count(count, '', '').strip()} {reason}" for reason, count in sorted(result.aside.items())]
    if result.refused:
        lines.append(f"  les lignes refusées sont dans {rejected}")
        if choice.complete:
            lines.append("  il en manque : la liste est écrite comme un extrait (complete: false)")
    if result.absent:
        named = ", ".join(result.absent[:_SHOWN]) + ("…" if len(result.absent) > _SHOWN else "")
        lines.append(f"  codes demandés, absents des fichiers : {named}")
    return lines


def _count(number: int, one: str, several: str) -> str:
    return f"{in_french(100 * number, unit='')} {one if number < 2 else several}"
