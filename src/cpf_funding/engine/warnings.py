"""What a counsellor must know before relying on a plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cpf_funding.dossier import Dossier
from cpf_funding.engine.plan import Contribution, PlanWarning
from cpf_funding.facts import BUILT_IN
from cpf_funding.language.evidence import settings_of
from cpf_funding.language.values import Setting, Sourcing, State
from cpf_funding.money import in_french
from cpf_funding.rulebook.book import Rulebook

__all__ = ["of", "sourcings"]

_WEAK = ("memory", "low")


def of(
    dossier: Dossier, rulebook: Rulebook, contributions: tuple[Contribution, ...],
    checked_before: date | None,
) -> tuple[PlanWarning, ...]:  # fmt: skip
    """The warnings of a plan, the most serious first."""
    found = [
        *_overrides(dossier), *_weak(contributions, rulebook), *_stale(contributions, rulebook, checked_before),
        *_announced(contributions), *_uncounted(dossier), *_beyond_means(dossier, contributions),
        *_consents(dossier),
    ]  # fmt: skip
    return tuple(found)


def _settings(contribution: Contribution) -> list[Setting]:
    return [
        *(setting for evidence in contribution.evidence for setting in settings_of(evidence)),
        *(step.setting for step in contribution.steps if step.setting is not None),
    ]


def sourcings(contribution: Contribution, rulebook: Rulebook) -> Iterator[Sourcing]:
    """Every sourced value that a contribution rests on."""
    for setting in _settings(contribution):
        if setting.sourcing is not None:
            yield setting.sourcing
    for leaf in contribution.evidence:
        if leaf.kind == "in_force" and leaf.day is not None:
            period = rulebook.aid(contribution.aid).period(leaf.day)
            if period is None:
                raise AssertionError("an aid that pays is in force")
            yield period.sourcing


def _overrides(dossier: Dossier) -> Iterator[PlanWarning]:
    for override in dossier.overrides:
        verb = "imposée" if override.decision == "force" else "écartée"
        yield PlanWarning("override", f"{override.aid} est {verb} par décision du conseiller : {override.reason}")


def _weak(contributions: tuple[Contribution, ...], rulebook: Rulebook) -> Iterator[PlanWarning]:
    for contribution in contributions:
        weak = {s.source for s in sourcings(contribution, rulebook) if s.confidence in _WEAK}
        if weak:
            names = ", ".join(sorted(weak))
            yield PlanWarning(
                "weak_source",
                f"{contribution.label} : une donnée de confiance faible (source citée : {names}) est à vérifier "
                "avant de s'engager",
            )


def _stale(
    contributions: tuple[Contribution, ...], rulebook: Rulebook, checked_before: date | None
) -> Iterator[PlanWarning]:
    if checked_before is None:
        return
    for contribution in contributions:
        days = [s.checked_on for s in sourcings(contribution, rulebook)]
        if days and min(days) < checked_before:
            yield PlanWarning(
                "stale_check", f"{contribution.label} : une valeur n'a pas été vérifiée depuis le {min(days):%d/%m/%Y}"
            )


def _announced(contributions: tuple[Contribution, ...]) -> Iterator[PlanWarning]:
    for contribution in contributions:
        for setting in _settings(contribution):
            if setting.state is State.ANNOUNCED:
                why = setting.reason or "texte non adopté"
                yield PlanWarning(
                    "announced", f"{contribution.label} : {setting.parameter} est seulement annoncé ({why})"
                )


def _uncounted(dossier: Dossier) -> Iterator[PlanWarning]:
    absent = [name for name, cents in dossier.training.costs if cents is None and name != "at"]
    if absent:
        labels = ", ".join(BUILT_IN[f"training.costs.{name}"].label for name in absent)
        yield PlanWarning("costs_not_given", f"coûts non renseignés, donc non comptés : {labels}")


def _beyond_means(dossier: Dossier, contributions: tuple[Contribution, ...]) -> Iterator[PlanWarning]:
    due = sum(c.amount for c in contributions if c.by_holder)
    can_pay = dossier.means.holder_can_pay
    if can_pay is not None and due > can_pay:
        yield PlanWarning(
            "beyond_means", f"la personne doit payer {in_french(due)} et dit pouvoir payer {in_french(can_pay)}"
        )


def _consents(dossier: Dossier) -> Iterator[PlanWarning]:
    if dossier.cpf.consent.given and dossier.cpf.consent.proof is None:
        yield PlanWarning("consent_proof", "l'accord pour utiliser le CPF est donné mais sa preuve n'est pas indiquée")
