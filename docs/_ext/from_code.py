"""What the code and the rules declare, shown by directives or pages, so that no reference repeats it by hand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import click
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from cpf_funding import load_rulebook
from cpf_funding.cli import _commands, main
from cpf_funding.commands.french import speak_french
from cpf_funding.engine.configurations import MAX_CONFIGURATIONS
from cpf_funding.engine.probability import MAX_STATES
from cpf_funding.engine.remedies import MAX_REBUILDS
from cpf_funding.exchange import files, importing, rows, tables
from cpf_funding.facts import BUILT_IN, Fact
from cpf_funding.frames.answers import MOST_CASES
from cpf_funding.frames.choices import MOST_CHOICES
from cpf_funding.frames.layout import COST, TableColumn, table_columns
from cpf_funding.language.units import Unit
from cpf_funding.money import in_french
from cpf_funding.reading import dossiers, strict
from cpf_funding.rulebook.dated import LONGEST

_KINDS = {
    "truth": "oui ou non", "text": "texte", "code": "code, entre guillemets", "date": "date",
    Unit.EUR: "euros", Unit.HOURS: "heures", Unit.EUR_PER_HOUR: "euros par heure", Unit.MONTHS: "mois",
    Unit.CALENDAR_DAYS: "jours calendaires", Unit.YEARS: "années", Unit.COUNT: "nombre entier", Unit.LEVEL: "niveau",
    Unit.PERCENT: "pourcentage",
}  # fmt: skip

_REFUSED = "l'entrée est refusée"
_LIMITS: dict[str, tuple[int, str]] = {
    "Taille d'un dossier, en octets": (strict.DOSSIER_MAX_BYTES, _REFUSED),
    "Taille d'un fichier de règles, en octets": (strict.RULES_MAX_BYTES, _REFUSED),
    "Éléments dans un fichier": (strict.MAX_NODES, _REFUSED),
    "Niveaux d'imbrication": (strict.MAX_DEPTH, _REFUSED),
    "Caractères dans une valeur": (strict.MAX_SCALAR, _REFUSED),
    "Erreurs signalées à la fois": (strict.MAX_PROBLEMS, "la lecture s'arrête, et la liste le dit"),
    "Montant d'un dossier, en euros": (dossiers.MAX_AMOUNT // 100, _REFUSED),
    "Durée d'un barème ou d'un délai, en jours ou en mois": (LONGEST, _REFUSED),
    "Combinaisons d'aides compatibles, pour un plan": (MAX_CONFIGURATIONS, _REFUSED),
    "Combinaisons d'aides compatibles, pour une table": (MOST_CHOICES, "les règles du jour sont refusées"),
    "Réponses possibles à une demande, pour une table": (MOST_CASES, "les règles du jour sont refusées"),
    "Réponses possibles des financeurs, prises ensemble": (MAX_STATES, "la probabilité d'être à temps est inconnue"),
    "Taille d'un document importé, une fois décompressé, en octets": (files.MAX_BYTES, _REFUSED),
    "Octets qu'un octet comprimé peut devenir": (files.MAX_RATIO, _REFUSED),
    "Taille d'une fiche importée, en octets": (files.MAX_RECORD, _REFUSED),
    "Taille d'une ligne de tableau importée, en octets": (tables.MAX_LINE, _REFUSED),
    "Lignes d'un import": (importing.MAX_ROWS, _REFUSED),
    "Caractères d'un intitulé importé": (rows.MAX_LABEL, "la ligne est refusée"),
    "Plans recalculés pour chercher des remèdes": (MAX_REBUILDS, "aucune autre paire de leviers n'est essayée"),
}


def _row(fact: Fact) -> str:
    choices = " ; ".join(f"`{value}` : {label}" for value, label in fact.choices.items())
    return f"| `{fact.name}` | {_KINDS[fact.kind]} | {fact.label} | {choices} |"


class FactTable(SphinxDirective):
    """The facts that rules may name: those of every dossier (`built-in`), or those that rules declare (`declared`)."""

    required_arguments: ClassVar[int] = 1

    def run(self) -> list[nodes.Node]:
        declared = self.arguments[0] == "declared"
        facts = [fact for fact in load_rulebook().facts.values() if declared is (fact.name not in BUILT_IN)]
        head = ["| Fait | Nature | Ce que c'est | Valeurs |", "| --- | --- | --- | --- |"]
        return self.parse_text_to_nodes("\n".join([*head, *map(_row, facts)]))


def _column_row(column: TableColumn) -> str:
    kind = {"truth": "booléen", "date": "date"}.get(column.kind, "texte")
    values = ", ".join(f"`{value}`" for value in column.choices)
    if column.unit is not None:
        steps = "centimes" if column.unit.startswith("EUR") else "centièmes"
        kind = f"entier ({steps})" if column.steps == 100 else "entier"
        values = f"{column.least} à {in_french(column.most * 100 // column.steps, unit='')}"
        values += f" {_KINDS[column.unit]}" if column.steps == 100 else ""
    label = f"{column.label} (obligatoire)" if column.name == COST else column.label
    return f"| `{column.name}` | {kind} | {label} | {values} |"


class ColumnTable(SphinxDirective):
    """The columns that a table of dossiers may have."""

    def run(self) -> list[nodes.Node]:
        head = ["| Colonne | Type en Parquet | Ce que c'est | Valeurs |", "| --- | --- | --- | --- |"]
        return self.parse_text_to_nodes("\n".join([*head, *map(_column_row, table_columns(load_rulebook()))]))


class LimitTable(SphinxDirective):
    """The published limits, and what happens beyond each."""

    def run(self) -> list[nodes.Node]:
        rows = [f"| {label} | {in_french(100 * most, unit='')} | {past} |" for label, (most, past) in _LIMITS.items()]
        years = f"de {dossiers.EARLIEST_YEAR} à {dossiers.LATEST_YEAR} ; naissance dès {dossiers.EARLIEST_BIRTH_YEAR}"
        rows.append(f"| Années d'un dossier | {years} | {_REFUSED} |")
        return self.parse_text_to_nodes("\n".join(["| Limite | Au plus | Au-delà |", "| --- | ---: | --- |", *rows]))


def _described(command: click.Command, name: str, above: click.Context | None = None) -> Iterator[str]:
    """Each command with its help and its options, in the words of `--help`."""
    context = click.Context(command, parent=above, info_name=name)
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            yield from _described(command.get_command(context, each) or command, f"{name} {each}", context)
        return
    usage = " ".join([name, *command.collect_usage_pieces(context)[1:]])
    yield from ("", f"**`{usage}`**", "", " ".join((command.help or "").split()))
    yield from ("", "| Option | Effet |", "| --- | --- |")
    records = [parameter.get_help_record(context) for parameter in command.params]
    yield from (f"| `{_cell(record[0])}` | {_cell(record[1])} |" for record in records if record and record[1])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


class CommandTable(SphinxDirective):
    """Every command and every option."""

    def run(self) -> list[nodes.Node]:
        speak_french()
        return self.parse_text_to_nodes("\n".join(_described(_commands(), "cpf-funding")))


def write_rulebook(app: Sphinx) -> None:
    """The pages of `cpf-funding rules doc`, afresh for each build."""
    folder = Path(app.srcdir, "reference", "rules")
    shutil.rmtree(folder, ignore_errors=True)
    if main(["rules", "doc", "-o", str(folder)]) != 0:
        raise RuntimeError("the rules cannot be read: run cpf-funding rules check")


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("builder-inited", write_rulebook)
    app.add_directive("fact-table", FactTable)
    app.add_directive("command-table", CommandTable)
    app.add_directive("limit-table", LimitTable)
    app.add_directive("column-table", ColumnTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
