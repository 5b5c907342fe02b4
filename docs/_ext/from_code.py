"""What the code and the rules declare, shown by directives or pages, so that no reference repeats it by hand."""

from __future__ import annotations

import json
import shutil
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from cpf_funding.cli import main
from cpf_funding.engine.configurations import MAX_CONFIGURATIONS
from cpf_funding.engine.probability import MAX_STATES
from cpf_funding.engine.remedies import MAX_REBUILDS
from cpf_funding.facts import BUILT_IN, Fact
from cpf_funding.language.units import Unit
from cpf_funding.money import in_french
from cpf_funding.reading import dossiers, strict
from cpf_funding.rulebook.dated import LONGEST

_KINDS = {
    "truth": "oui ou non", "text": "texte", "code": "code, entre guillemets", "date": "date",
    Unit.EUR: "euros", Unit.HOURS: "heures", Unit.EUR_PER_HOUR: "euros par heure", Unit.MONTHS: "mois",
    Unit.CALENDAR_DAYS: "jours calendaires", Unit.YEARS: "années", Unit.COUNT: "nombre entier", Unit.LEVEL: "niveau",
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
    "Durée d'un barème, en jours ou en mois": (LONGEST, _REFUSED),
    "Combinaisons d'aides compatibles, pour un plan": (MAX_CONFIGURATIONS, _REFUSED),
    "Réponses possibles des financeurs, prises ensemble": (MAX_STATES, "la probabilité d'être à temps est inconnue"),
    "Plans recalculés pour chercher des remèdes": (MAX_REBUILDS, "aucune autre paire de leviers n'est essayée"),
}


def _row(fact: Fact) -> str:
    choices = " ; ".join(f"`{value}` : {label}" for value, label in fact.choices.items())
    return f"| `{fact.name}` | {_KINDS[fact.kind]} | {fact.label} | {choices} |"


class FactTable(SphinxDirective):
    """The facts that every rule may name."""

    def run(self) -> list[nodes.Node]:
        head = ["| Fait | Nature | Ce que c'est | Valeurs |", "| --- | --- | --- | --- |"]
        return self.parse_text_to_nodes("\n".join([*head, *map(_row, BUILT_IN.values())]))


class LimitTable(SphinxDirective):
    """The published limits, and what happens beyond each."""

    def run(self) -> list[nodes.Node]:
        rows = [f"| {label} | {in_french(100 * most, unit='')} | {past} |" for label, (most, past) in _LIMITS.items()]
        years = f"de {dossiers.EARLIEST_YEAR} à {dossiers.LATEST_YEAR} ; naissance dès {dossiers.EARLIEST_BIRTH_YEAR}"
        rows.append(f"| Années d'un dossier | {years} | {_REFUSED} |")
        return self.parse_text_to_nodes("\n".join(["| Limite | Au plus | Au-delà |", "| --- | ---: | --- |", *rows]))


class JsonSchema(SphinxDirective):
    """The JSON Schema of a pydantic model given as `module:Class`."""

    required_arguments: ClassVar[int] = 1

    def run(self) -> list[nodes.Node]:
        module, _, name = self.arguments[0].partition(":")
        schema = getattr(import_module(module), name).model_json_schema(by_alias=True)
        text = json.dumps(schema, ensure_ascii=False, indent=2)
        return [nodes.literal_block(text, text, language="json")]


def write_rulebook(app: Sphinx) -> None:
    """The pages of `cpf-funding rules doc`, afresh for each build."""
    folder = Path(app.srcdir, "reference", "rules")
    shutil.rmtree(folder, ignore_errors=True)
    if main(["rules", "doc", "-o", str(folder)]) != 0:
        raise RuntimeError("the rules cannot be read: run cpf-funding rules check")


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("builder-inited", write_rulebook)
    app.add_directive("fact-table", FactTable)
    app.add_directive("limit-table", LimitTable)
    app.add_directive("json-schema", JsonSchema)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
