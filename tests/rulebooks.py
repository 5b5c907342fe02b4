"""Small rulebooks made in a test: aids as Python mappings, in force since 2000, under one source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from cpf_funding.errors import InputError, Problem
from cpf_funding.rulebook import shapes as s
from cpf_funding.rulebook.assemble import Shapes, assemble
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.rulebook.levers import LeverShape

SOURCE = {"title": "Règle d'essai", "confidence": "high", "checked_on": "2026-11-23"}
CAUSES: dict[str, dict[str, Any]] = {
    "aif_envelope_exhausted": {"detector": "envelope", "survey": True},
    "training_over_one_year": {"detector": "lost", "fact": "training.months", "above": 12, "survey": True},
    "not_cpf_eligible": {"detector": "list", "survey": True},
    "slow_cofunding_answers": {"detector": "answers", "survey": True},
    "cost_too_high": {"detector": "ceilings", "survey": True},
    "project_contested": {"detector": "project", "survey": True, "proofs": ["project.pmsmp_days", "project.prospect"]},
    "public": {"detector": "refusal"},
}


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Built once: making a validator costs more than the validation of a small rulebook."""
    return TypeAdapter(kind)


def aid(id: str, order: int, amount: Any, **others: Any) -> dict[str, Any]:
    """An aid as written in a rule file, with the fields that every aid needs."""
    return {
        "aid": id,
        "label": others.pop("label", f"Aide {id}"),
        "funder": others.pop("funder", "funder"),
        "order": order,
        "covers": others.pop("covers", ["teaching"]),
        "in_force": others.pop("in_force", [{"from": "2000-01-01", "source": "essai"}]),
        "amount": amount,
        **others,
    }


def value(euros: str) -> dict[str, str]:
    """A constant amount."""
    return {"value": euros, "unit": "EUR"}


def rulebook(
    *aids: Mapping[str, Any],
    parameters: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
    lists: Iterable[Mapping[str, Any]] = (),
    sources: Mapping[str, Any] | None = None,
    levers: Mapping[str, Mapping[str, Any]] | None = None,
    tries: Mapping[str, Iterable[str]] | None = None,
) -> Rulebook:
    """Assemble a rulebook; raises `InputError` with its mistakes, as `load_rulebook` does.

    `tries` gives the levers of each cause; a lever without `label` or `effort` gets its id and 10.
    """
    shapes = Shapes(
        aids=[s.AidShape.model_validate(dict(each)) for each in aids],
        parameters=_adapter(dict[str, s.ParameterShape]).validate_python(dict(parameters or {})),
        sources=_adapter(dict[str, s.SourceShape]).validate_python({"essai": SOURCE, **(sources or {})}),
        funders=_adapter(dict[str, s.FunderShape]).validate_python(
            {name: {"label": name} for name in ("funder", "holder", "employer")}
        ),
        facts=_adapter(dict[str, s.FactShape]).validate_python(dict(facts or {})),
        causes=_adapter(dict[str, s.CauseShape]).validate_python(
            {
                id: {"label": id, "explanation": id, "levers": list((tries or {}).get(id, ())), **shape}
                for id, shape in CAUSES.items()
            }
        ),
        levers=_adapter(dict[str, LeverShape]).validate_python(
            {id: {"label": id, "effort": 10, **shape} for id, shape in (levers or {}).items()}
        ),
        lists=[s.ListFile.model_validate(dict(each)) for each in lists],
    )
    problems: list[Problem] = []
    book = assemble(shapes, "0" * 64, ["essai.yaml"], problems)
    if problems:
        raise InputError(problems)
    return book
