"""The papers to gather for the aids of a plan."""

from __future__ import annotations

from cpf_funding.engine.plan import Contribution, RequiredDocument
from cpf_funding.rulebook.book import Rulebook

__all__ = ["required"]


def required(contributions: tuple[Contribution, ...], rulebook: Rulebook) -> tuple[RequiredDocument, ...]:
    """One line per aid and document, in the order of the plan."""
    found = []
    for contribution in contributions:
        for name in rulebook.aid(contribution.aid).shape.procedure.documents:
            document = rulebook.documents[name]
            found.append(
                RequiredDocument(contribution.aid, name, document.label, document.given_by, document.valid_months)
            )
    return tuple(found)
