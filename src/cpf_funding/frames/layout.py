"""The columns of a table of dossiers, their types and bounds, from the models and the vocabulary of facts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import polars as pl

from cpf_funding.dossier import ENVELOPE_STATES, Dossier, Part
from cpf_funding.facts import BUILT_IN
from cpf_funding.language.columns_facts import DERIVED, column_factor, most_of
from cpf_funding.language.units import Unit, scale
from cpf_funding.rulebook.book import Rulebook

__all__ = ["CARRIED", "COST", "TableColumn", "table_columns", "table_schema"]

COST = "training.costs.teaching"
"""The only column that a table must have, and each row a value."""

_TYPES: Mapping[str, Any] = {"truth": pl.Boolean, "date": pl.Date}
CARRIED = {
    "id": ("text", "identifiant du dossier"), "as_of": ("date", "jour du plan"),
    "cpf.consent.on": ("date", "jour de l'accord"), "training.title": ("text", "intitulé de la formation"),
    "training.provider.name": ("text", "nom de l'organisme"),
    "training.provider.siret": ("code", "SIRET de l'organisme"),
}  # fmt: skip
"""Fields of a dossier that no rule reads."""


class TableColumn(NamedTuple):
    """A column of the table. `steps` is how many make one unit: 100 for money, in cents; 1 for whole things.

    A number lies between `least` and `most`, in steps.
    """

    name: str
    kind: str
    label: str
    unit: Unit | None = None
    steps: int = 1
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 0

    @property
    def dtype(self) -> Any:
        """The Polars type."""
        return pl.Int64 if self.unit is not None else _TYPES.get(self.kind, pl.String)


def table_columns(rulebook: Rulebook) -> tuple[TableColumn, ...]:
    """The columns that a table may have: fields of the dossier, facts of the rulebook, envelopes its aids look at."""
    found = [TableColumn(name, kind, label) for name, (kind, label) in CARRIED.items()]
    for name, fact in rulebook.facts.items():
        if name in DERIVED:
            continue
        if isinstance(fact.kind, Unit):
            factor = column_factor(name)
            least, most = _bounds(name)
            most = min(most, most_of(fact.kind) // factor)
            found.append(
                TableColumn(name, "integer", fact.label, fact.kind, scale(fact.kind) // factor, (), least, most)
            )
        else:
            found.append(TableColumn(name, str(fact.kind), fact.label, choices=tuple(fact.choices)))
    for name in _envelopes(rulebook):
        label = f"enveloppe « {name} »"
        found.append(TableColumn(f"local.envelopes.{name}.state", "text", f"{label} : état", choices=ENVELOPE_STATES))
        left = TableColumn(f"local.envelopes.{name}.left", "integer", f"{label} : reste", Unit.EUR, 100)
        found.append(left._replace(most=most_of(Unit.EUR)))
    return tuple(found)


def _bounds(name: str) -> tuple[int, int]:
    """The bounds that the model of the dossier gives to a number."""
    if name not in BUILT_IN:
        return 0, most_of(Unit.EUR)
    part: Any = Dossier
    *path, last = name.split(".")
    for step in path:
        part = part.model_fields[step].annotation
    declared = _properties(part)[last]["anyOf"][0]
    return declared.get("minimum", 0), declared.get("maximum", most_of(Unit.EUR))


@cache
def _properties(part: type[Part]) -> dict[str, Any]:
    found: dict[str, Any] = part.model_json_schema()["properties"]
    return found


def _envelopes(rulebook: Rulebook) -> list[str]:
    """The envelopes that its aids look at."""
    used = (name.partition(":") for aid in rulebook.aids for name in aid.used)
    return sorted({name for kind, _, name in used if kind == "envelope"})


def table_schema(rulebook: Rulebook) -> dict[str, Any]:
    """The table described as a Table Schema of Frictionless Data, from the vocabulary of facts."""
    kinds = {"integer": "integer", "truth": "boolean", "date": "date"}
    fields = []
    for column in table_columns(rulebook):
        field: dict[str, Any] = {"name": column.name, "type": kinds.get(column.kind, "string"), "title": column.label}
        if column.unit is not None:
            field["unit"] = f"1/{column.steps} {column.unit}" if column.steps > 1 else str(column.unit)
            field["constraints"] = {"minimum": column.least, "maximum": column.most}
        elif column.choices:
            field["constraints"] = {"enum": list(column.choices)}
        if column.name == COST:
            field["constraints"]["required"] = True
        fields.append(field)
    return {"$schema": "https://datapackage.org/profiles/2.0/tableschema.json", "fields": fields, "missingValues": [""]}
