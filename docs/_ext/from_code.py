"""Directives that show what the code declares, so that no reference page repeats it by hand."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from cpf_funding.engine.configurations import MAX_CONFIGURATIONS
from cpf_funding.facts import BUILT_IN, Fact
from cpf_funding.language.units import Unit
from cpf_funding.money import in_french
from cpf_funding.reading import strict

_KINDS = {
    "truth": "oui ou non", "text": "texte", "code": "code, entre guillemets", "date": "date",
    Unit.EUR: "euros", Unit.HOURS: "heures", Unit.EUR_PER_HOUR: "euros par heure", Unit.MONTHS: "mois",
    Unit.CALENDAR_DAYS: "jours calendaires", Unit.YEARS: "années", Unit.COUNT: "nombre entier", Unit.LEVEL: "niveau",
}  # fmt: skip

_LIMITS = {
    "Taille d'un dossier, en octets": strict.DOSSIER_MAX_BYTES,
    "Taille d'un fichier de règles, en octets": strict.RULES_MAX_BYTES,
    "Valeurs dans un fichier": strict.MAX_NODES,
    "Niveaux d'imbrication": strict.MAX_DEPTH,
    "Caractères dans une valeur": strict.MAX_SCALAR,
    "Erreurs signalées à la fois": strict.MAX_PROBLEMS,
    "Combinaisons d'aides compatibles examinées pour un plan": MAX_CONFIGURATIONS,
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
    """The limits beyond which an input is refused."""

    def run(self) -> list[nodes.Node]:
        rows = [f"| {label} | {in_french(100 * limit, unit='')} |" for label, limit in _LIMITS.items()]
        return self.parse_text_to_nodes("\n".join(["| Limite | Au plus |", "| --- | ---: |", *rows]))


class JsonSchema(SphinxDirective):
    """The JSON Schema of a pydantic model given as `module:Class`."""

    required_arguments: ClassVar[int] = 1

    def run(self) -> list[nodes.Node]:
        module, _, name = self.arguments[0].partition(":")
        schema = getattr(import_module(module), name).model_json_schema(by_alias=True)
        text = json.dumps(schema, ensure_ascii=False, indent=2)
        return [nodes.literal_block(text, text, language="json")]


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("fact-table", FactTable)
    app.add_directive("limit-table", LimitTable)
    app.add_directive("json-schema", JsonSchema)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
