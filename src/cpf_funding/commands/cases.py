"""`cpf-funding rules cases`: run the worked cases and say what they cover."""

from __future__ import annotations

from pathlib import Path

import click

from cpf_funding.errors import CpfFundingError, InputError, Problem
from cpf_funding.rulebook.check import read_silences
from cpf_funding.rulebook.load import load_rulebook
from cpf_funding.rulebook.location import packaged_rules
from cpf_funding.testing.cases import Case, case_files, read_cases, run_case
from cpf_funding.testing.coverage import measure

__all__ = ["cases"]

PASSED, DIFFERENT, REFUSED = 0, 1, 2


@click.command("cases", short_help="Rejoue les cas d'école et compare les plans.")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FICHIERS]...")
@click.option("--rules", type=click.Path(path_type=Path), metavar="DOSSIER", help="Dossier de règles à utiliser.")
@click.option("--coverage", is_flag=True, help="Montre ce que les cas laissent sans épreuve.")
@click.option("--coverage-summary", is_flag=True, help="Compte seulement ce que les cas éprouvent.")
@click.pass_context
def cases(
    context: click.Context, files: tuple[Path, ...], rules: Path | None, coverage: bool, coverage_summary: bool
) -> None:
    """Rejoue des cas d'école (format cpf-funding/case/1) et montre chaque écart avec le plan attendu.

    Sans FICHIERS, les cas du dossier cases/ des règles. Code de retour : 0 tous conformes, 1 au moins un écart,
    2 un fichier est refusé, ou il n'y a aucun cas.
    """
    try:
        rulebook = load_rulebook(rules=rules)
        read = _read(files or _packaged(rules))
        silences = read_silences(rules or packaged_rules())
    except CpfFundingError as error:
        click.echo(str(error), err=True)
        context.exit(REFUSED)
    failed = 0
    for case in read:
        found = run_case(case, rulebook)
        if found:
            failed += 1
            click.echo(f"{case.origin} : cas « {case.id} » ({case.shape.title})")
            for difference in found:
                click.echo(f"  - {difference}")
    click.echo(f"{len(read)} cas, {len(read) - failed} conformes, {failed} avec écart")
    if coverage or coverage_summary:
        measured = measure(read, rulebook).without(lambda where: any(silence.covers(where) for silence in silences))
        click.echo(measured.text() if coverage else measured.summary())
    context.exit(DIFFERENT if failed else PASSED)


def _packaged(rules: Path | None) -> tuple[Path, ...]:
    folder = rules or packaged_rules()
    found = case_files(folder)
    if not found:
        advice = "écrivez-y des cas (docs/how-to/write-a-case.md), ou donnez les fichiers à rejouer"
        raise InputError([Problem(f"aucun cas dans {folder / 'cases'}", advice)])
    return found


def _read(files: tuple[Path, ...]) -> list[Case]:
    """Every case of every file; `InputError` with the mistakes of all of them."""
    read: list[Case] = []
    problems: list[Problem] = []
    for path in files:
        try:
            read += read_cases(path)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return read
