"""What if: the plan of a dossier beside the plan of the same dossier with some fields changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cpf_funding.dossier import Dossier
from cpf_funding.engine.build import build_plan
from cpf_funding.engine.plan import FundingPlan
from cpf_funding.reading.changes import apply_changes
from cpf_funding.rulebook.book import Rulebook

__all__ = ["Comparison", "compare_plans"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two plans of one dossier, and the fields that tell them apart, by path, as written in a dossier."""

    changes: Mapping[str, str]
    before: FundingPlan
    after: FundingPlan


def compare_plans(
    dossier: Dossier, changes: Mapping[str, str], rulebook: Rulebook, on: date | None = None
) -> Comparison:
    """Both plans on the same day, unless the changes give another (`as_of`).

    Raises `InputError`, in French, for a path or a value that a dossier cannot have, and as `build_plan` does.
    """
    changed = apply_changes(dossier, changes)
    after = build_plan(changed, rulebook, None if "as_of" in changes else on)
    return Comparison(dict(changes), build_plan(dossier, rulebook, on), after)
