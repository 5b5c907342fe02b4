"""Small rulebooks written in Python: aids as mappings, in force since 2000 unless told, under one source.

For tests of a rule, of a tool that reads rules, or of the engine; a rulebook to be used is written in YAML.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from cpf_funding.errors import InputError, Problem
from cpf_funding.rulebook import shapes as s
from cpf_funding.rulebook.assemble import Shapes, assemble
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.rulebook.levers import LeverShape

__all__ = ["CAUSES", "SOURCE", "Draft", "aid", "value"]

Written = Mapping[str, Any]
"""Something as it would be written in a rule file."""

SOURCE = "essai"
"""The only source that a draft declares by itself; confidence high, checked on 23 November 2026."""

CAUSES: Mapping[str, Written] = {
    "envelope": {"detector": "envelope"},
    "too_long": {"detector": "lost", "fact": "training.months", "above": 12},
    "not_listed": {"detector": "list"},
    "slow_cofunding_answers": {"detector": "answers"},
    "ceilings": {"detector": "ceilings"},
    "project_contested": {"detector": "project", "proofs": ["project.pmsmp_days", "project.prospect"]},
    "public": {"detector": "refusal"},
}
"""One refusal cause for each detector; each is always shown, clear or not."""


def aid(id: str, order: int, amount: Any, **others: Any) -> dict[str, Any]:
    """An aid as written in a rule file, with the fields that every aid needs; `others` are written over them."""
    return {
        "aid": id,
        "label": f"Aide {id}",
        "funder": "funder",
        "order": order,
        "covers": ["teaching"],
        "in_force": [{"from": "2000-01-01", "source": SOURCE}],
        "amount": amount,
        **others,
    }


def value(euros: str) -> dict[str, str]:
    """A constant amount."""
    return {"value": euros, "unit": "EUR"}


@dataclass(frozen=True)
class Draft:
    """What the files of a rules folder say, each part as in its file.

    Three funders exist beside those given: `funder`, `holder` and `employer`. A cause gets its id for a label, and is
    always shown unless it says `survey: false`; a lever gets its id for a label, and an effort of 10.
    """

    aids: Sequence[Written] = ()
    parameters: Written = field(default_factory=dict)
    facts: Written = field(default_factory=dict)
    lists: Sequence[Written] = ()
    sources: Written = field(default_factory=dict)
    funders: Written = field(default_factory=dict)
    documents: Written = field(default_factory=dict)
    causes: Written = field(default_factory=lambda: CAUSES)
    levers: Written = field(default_factory=dict)

    def registers(self) -> dict[str, dict[str, Any]]:
        """The content of the register files, by the name of what they declare."""
        source = {"title": "Règle d'essai", "confidence": "high", "checked_on": "2026-11-23"}
        return {
            "sources": {SOURCE: source, **self.sources},
            "funders": {**{name: {"label": name} for name in ("funder", "holder", "employer")}, **self.funders},
            "facts": dict(self.facts),
            "documents": dict(self.documents),
            "causes": {
                id: {"label": id, "explanation": id, "survey": True, **shape} for id, shape in self.causes.items()
            },
            "levers": {id: {"label": id, "effort": 10, **shape} for id, shape in self.levers.items()},
        }

    def rulebook(self) -> Rulebook:
        """The rulebook that these files would give, without places; raises `InputError` with all that is wrong."""
        registers = {name: _adapter(_SHAPES[name]).validate_python(part) for name, part in self.registers().items()}
        shapes = Shapes(
            aids=[s.AidShape.model_validate(dict(each)) for each in self.aids],
            parameters=_adapter(s.ParameterShape).validate_python(dict(self.parameters)),
            lists=[s.ListFile.model_validate(dict(each)) for each in self.lists],
            **registers,
        )
        problems: list[Problem] = []
        book = assemble(shapes, "0" * 64, ["essai.yaml"], problems)
        if problems:
            raise InputError(problems)
        return book

    def write(self, folder: Path) -> Path:
        """Write the rules folder, one file per aid, and return it; what it holds is read back by `load_rulebook`."""
        files: dict[str, Any] = {f"{name}.yaml": {name: part} for name, part in self.registers().items() if part}
        files |= {f"national/{each['aid']}.yaml": {"aids": [each]} for each in self.aids}
        files |= {f"lists/{each['list']}.yaml": dict(each) for each in self.lists}
        if self.parameters:
            files["national/shared.yaml"] = {"parameters": dict(self.parameters)}
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(content, ensure_ascii=False, default=str, indent=1) + "\n", encoding="utf-8")
        return folder


_SHAPES: Mapping[str, Any] = {
    "sources": s.SourceShape, "funders": s.FunderShape, "facts": s.FactShape, "documents": s.DocumentShape,
    "causes": s.CauseShape, "levers": LeverShape,
}  # fmt: skip


@cache
def _adapter(kind: Any) -> TypeAdapter[dict[str, Any]]:
    """Built once: making a validator costs more than the validation of a small rulebook."""
    return TypeAdapter(dict[str, kind])
