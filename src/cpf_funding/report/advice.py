"""What a plan says beside the money: the counselling it takes, and the papers that are missing or too old."""

from __future__ import annotations

from collections.abc import Iterator

from cpf_funding.dossier import Dossier
from cpf_funding.engine.checklist import lacking
from cpf_funding.engine.plan import FundingPlan
from cpf_funding.engine.route import cep_route
from cpf_funding.language.words import aid_name, day_in_french
from cpf_funding.report.page import Line, item
from cpf_funding.rulebook.book import Rulebook

__all__ = ["counselling", "papers_lacking"]

_WHY = {"missing": "à fournir", "undated": "sa date n'est pas notée"}


def counselling(plan: FundingPlan, dossier: Dossier, rulebook: Rulebook) -> Iterator[Line]:
    """The level of counselling (CEP) recorded, the routes of the plan, and those that need a higher level."""
    found = cep_route(dossier, plan, rulebook)
    reached = f"niveau {found.level} atteint" if found.level is not None else "niveau atteint non indiqué"
    yield item(f"Conseil en évolution professionnelle (CEP) : {reached}.")
    for route in found.routes:
        needs = f" : demande le niveau {route.needs_level} du CEP" if route in found.beyond else ""
        yield item(f"{route.label}{needs}.")


def papers_lacking(plan: FundingPlan, dossier: Dossier, rulebook: Rulebook) -> Iterator[Line]:
    """The papers that each line lacks, once the dossier says which ones are already held."""
    if not dossier.local.documents:
        return
    for lack in lacking(plan, dossier):
        if lack.why == "confirm":
            continue
        why = f"trop ancienne depuis le {day_in_french(lack.until)}" if lack.until is not None else _WHY[lack.why]
        yield item(f"{rulebook.documents[lack.subject].label} ({aid_name(lack.aid, rulebook)}) : {why}.")
