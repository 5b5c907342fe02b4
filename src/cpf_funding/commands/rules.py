"""The tools of rule authors: `rules check`, `rules show`, `rules diff` and `rules doc`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click

from cpf_funding.commands.output import OVERLAY, RULES, write
from cpf_funding.errors import InputError, Origin, Problem
from cpf_funding.language.problems import nearest
from cpf_funding.report.rulebook_pages import write_pages
from cpf_funding.report.rulebook_text import aid_text, changes_text, list_text
from cpf_funding.rulebook.book import Aid, Rulebook
from cpf_funding.rulebook.check import CaseSummary, Gap, read_silences
from cpf_funding.rulebook.check import check as analyse
from cpf_funding.rulebook.compare import Version, compare
from cpf_funding.rulebook.load import load_rulebook
from cpf_funding.rulebook.location import packaged_rules
from cpf_funding.rulebook.portrait import place
from cpf_funding.testing.cases import Case, case_files, read_cases
from cpf_funding.testing.coverage import measure

__all__ = ["check", "diff", "doc", "show"]

FOUND = 2
"""Exit code when something remains to be mended or explained."""


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"{option} : « {text} » n'est pas une date"
        raise InputError([Problem(message, "écrivez année-mois-jour, par exemple 2017-03-01")]) from None


def _cases(rules: str | None) -> list[Case]:
    folder = Path(rules) if rules is not None else packaged_rules()
    return [case for path in case_files(folder) for case in read_cases(path)]


# check ------------------------------------------------------------------------------------------


@click.command(short_help="Relit les règles : erreurs, puis ce qui paraît douteux.")
@click.option("--stale-after", metavar="DATE", help="Signale les sources vérifiées avant ce jour.")
@click.option("--cases", "with_cases", is_flag=True, help="Rejoue les cas, et signale ce qu'aucun n'éprouve.")
@click.option("--notes", is_flag=True, help="Montre aussi les simples notes, et les constats mis en silence.")
@OVERLAY
@RULES
@click.pass_context
def check(
    context: click.Context, overlays: tuple[str, ...], rules: str | None, stale_after: str | None, with_cases: bool,
    notes: bool,
) -> None:  # fmt: skip
    """Relit toutes les règles, sans dossier.

    Une erreur de lecture arrête le contrôle. Un constat se corrige, ou s'explique dans check.yaml (id, where, reason).
    Code de sortie : 0, rien qui ne soit expliqué ; 2 sinon.
    """
    book = load_rulebook(*overlays, rules=rules)
    limit = _day(stale_after, "--stale-after") if stale_after is not None else None
    report = analyse(
        book,
        silences=read_silences(rules or packaged_rules()),
        stale_after=limit,
        tested=_tested(_cases(rules), book) if with_cases else None,
    )
    shown = [finding for finding in report.findings if notes or finding.severity != "info"]
    lines = [finding.text(place(finding.origin, book)) for finding in shown]
    if notes:
        lines += [f"{finding.where} : {finding.id} mis en silence : {reason}" for finding, reason in report.silenced]
    serious = sum(finding.severity != "info" for finding in report.findings)
    hidden = len(report.findings) - serious
    counts = f"{len(book.aids)} aides, {len(book.parameters)} barèmes, {len(book.sources)} sources"
    lines.append(
        f"Règles lues sans erreur : {counts}, {len(book.files)} fichiers. Constats à voir : {serious} ; "
        f"notes : {hidden} ; en silence : {len(report.silenced)}."
    )
    write("\n".join(lines) + "\n")
    context.exit(FOUND if serious else 0)


def _tested(cases: list[Case], book: Rulebook) -> CaseSummary:
    coverage = measure(cases, book)
    return CaseSummary(
        frozenset(coverage.aids),
        [Gap(t.where, t.missing, book.parameters[t.parameter].origin) for t in coverage.thresholds if not t.covered],
        [Gap(c.where, c.missing, c.origin) for c in coverage.conditions if not c.covered],
        [Gap(b.where, b.missing, _written(b.name, book)) for b in coverage.bounds if not b.to_the_day],
    )


def _written(name: str, book: Rulebook) -> Origin | None:
    """Where an aid or a dated value is written."""
    return book.parameters[name].origin if name in book.parameters else book.aid(name).shape.at


# show -------------------------------------------------------------------------------------------


@click.command(short_help="Dit une aide en français, telle qu'elle est un jour donné.")
@click.argument("name", metavar="[AIDE]", required=False)
@click.option("--on", required=True, metavar="DATE", help="Le jour, par exemple 2018-11-05.")
@OVERLAY
@RULES
def show(name: str | None, on: str, overlays: tuple[str, ...], rules: str | None) -> None:
    """Dit une aide : pour qui, à quelles conditions, combien, avec quelles autres, et d'où vient chaque valeur.

    Sans AIDE, la liste des aides avec leur état ce jour-là.
    """
    day, book = _day(on, "--on"), load_rulebook(*overlays, rules=rules)
    write(list_text(book, day) if name is None else aid_text(book, _aid(book, name), day))


def _aid(book: Rulebook, name: str) -> Aid:
    try:
        return book.aid(name)
    except KeyError:
        hint = nearest(name, [aid.id for aid in book.aids]) or "« rules show --on DATE » les liste toutes"
        raise InputError([Problem(f"aide inconnue « {name} »", hint)]) from None


# diff -------------------------------------------------------------------------------------------


@click.command(short_help="Dit ce qui a changé entre deux dates, ou entre deux dossiers de règles.")
@click.argument("before", metavar="AVANT")
@click.argument("after", metavar="APRÈS")
@click.option("--on", metavar="DATE", help="Compare deux dossiers de règles tels qu'ils sont ce jour-là.")
@OVERLAY
@RULES
def diff(before: str, after: str, on: str | None, overlays: tuple[str, ...], rules: str | None) -> None:
    """Dit ce qui a changé : valeurs, seuils, conditions, relations, périodes, sources.

    AVANT et APRÈS sont deux dates (2018-12-31 2019-01-01), ou deux dossiers de règles.
    """
    if Path(before).is_dir() and Path(after).is_dir():
        day = _day(on, "--on") if on is not None else None
        versions = [Version(load_rulebook(*overlays, rules=folder), day) for folder in (before, after)]
    else:
        book = load_rulebook(*overlays, rules=rules)
        versions = [Version(book, _day(text, name)) for text, name in ((before, "AVANT"), (after, "APRÈS"))]
    write(changes_text(compare(*versions)))


# doc --------------------------------------------------------------------------------------------


@click.command(short_help="Écrit les pages du recueil de règles (Markdown).")
@click.option("-o", "--output", required=True, metavar="DOSSIER", help="Où écrire ; le dossier est créé au besoin.")
@OVERLAY
@RULES
def doc(output: str, overlays: tuple[str, ...], rules: str | None) -> None:
    """Écrit une page par aide, et le tableau de ce que les règles couvrent."""
    book = load_rulebook(*overlays, rules=rules)
    written = write_pages(book, Path(output), _cases_by_aid(_cases(rules), book))
    write(f"{written} pages écrites dans {output}\n")


def _cases_by_aid(cases: list[Case], book: Rulebook) -> dict[str, list[str]]:
    """The cases that expect something of each aid."""
    found: dict[str, list[str]] = {}
    for case in cases:
        named = set(_texts(case.expect.model_dump()))
        for aid in book.aids:
            if aid.id in named:
                found.setdefault(aid.id, []).append(f"{case.id} : {case.shape.title}")
    return found


def _texts(data: Any) -> Iterator[str]:
    """Every text of nested data, keys included."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield str(key)
            yield from _texts(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _texts(value)
