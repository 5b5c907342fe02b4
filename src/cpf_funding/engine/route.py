"""Counselling (CEP): the level reached, the routes a plan takes, and those that need the third level.

Levels are those of the arrêté of 16 July 2014. Routes are the ones that the CHEOPS survey of 2017 asks about. It says
that a person cannot gather complementary funding alone, and that the third level is the setting up and the follow-up of
a training project; nothing is known here of a level that the other routes would need.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cpf_funding.dossier import Dossier
from cpf_funding.engine.plan import FundingPlan
from cpf_funding.rulebook.book import Rulebook

__all__ = ["CepRoute", "Route", "cep_route"]

_WORK_STUDY = ("apprenticeship", "professionalisation")


@dataclass(frozen=True, slots=True)
class Route:
    """A way to the training; `needs_level` is the least level of counselling it needs, if one is known."""

    id: str
    label: str
    needs_level: int | None = None


@dataclass(frozen=True, slots=True)
class CepRoute:
    """The level of counselling reached (1 to 3, `None` when not recorded) and the routes of the plan."""

    level: int | None
    routes: tuple[Route, ...]

    @property
    def beyond(self) -> tuple[Route, ...]:
        """Routes that need a higher level than the one recorded; all that need one when none is recorded."""
        return tuple(r for r in self.routes if r.needs_level is not None and (self.level or 0) < r.needs_level)


def cep_route(dossier: Dossier, plan: FundingPlan, rulebook: Rulebook) -> CepRoute:
    """The routes that the facts of the dossier and the lines of its plan show; nothing is presumed."""
    return CepRoute(dossier.project.cep_level, tuple(_routes(dossier, plan, rulebook)))


def _routes(dossier: Dossier, plan: FundingPlan, rulebook: Rulebook) -> Iterator[Route]:
    kinds = {rulebook.aid(c.aid).kind for c in plan.contributions if not c.by_holder}
    if "right" in kinds and kinds != {"right"}:
        yield Route("cpf_with_top_up", "CPF complété par d'autres financeurs", needs_level=3)
    elif "right" in kinds:
        yield Route("cpf_alone", "CPF mobilisé seul")
    offered = dossier.answers.get("employer.contract_offered")
    alternating = str(dossier.answers.get("course.alternating", "")).lower() == "true" and offered in _WORK_STUDY
    if alternating or dossier.holder.contract.kind in _WORK_STUDY:
        yield Route("alternance", "Alternance")
    if dossier.project.pmsmp_days:
        yield Route("pmsmp", "Période de mise en situation en milieu professionnel (PMSMP)")
    if dossier.training.kind == "vae":
        yield Route("vae", "Validation des acquis de l'expérience (VAE)")
    if dossier.training.kind == "partial_certification":
        yield Route("partial_certification", "Certification partielle")
