"""Small rulebooks made in a test: those of the kit, with the six causes of the survey and one more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cpf_funding.rulebook.book import Rulebook
from cpf_funding.testing.drafts import Draft, aid, value

__all__ = ["CAUSES", "aid", "rulebook", "value"]

CAUSES: dict[str, dict[str, Any]] = {
    "aif_envelope_exhausted": {"detector": "envelope"},
    "training_over_one_year": {"detector": "lost", "fact": "training.months", "above": 12},
    "not_cpf_eligible": {"detector": "list"},
    "slow_cofunding_answers": {"detector": "answers"},
    "cost_too_high": {"detector": "ceilings"},
    "project_contested": {"detector": "project", "proofs": ["project.pmsmp_days", "project.prospect"]},
    "public": {"detector": "refusal", "survey": False},
}


def rulebook(*aids: Mapping[str, Any], tries: Mapping[str, Iterable[str]] | None = None, **parts: Any) -> Rulebook:
    """A rulebook of these aids; `tries` gives the levers of each cause, `parts` any other part of a draft."""
    causes = {id: {"levers": list((tries or {}).get(id, ())), **shape} for id, shape in CAUSES.items()}
    given = {name: part for name, part in parts.items() if part is not None}
    return Draft(aids, causes=causes, **given).rulebook()
