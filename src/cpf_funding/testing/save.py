"""A plan as a worked case: what a run gave, without the person's identity, for a rule author to check by hand."""

from __future__ import annotations

from datetime import date
from textwrap import indent
from typing import Any

from cpf_funding.dossier import Dossier
from cpf_funding.engine.plan import FundingPlan
from cpf_funding.facts import age_on
from cpf_funding.language.operations import step_lines
from cpf_funding.money import plain
from cpf_funding.reading.dossiers import write_dossier_yaml
from cpf_funding.rulebook.book import Rulebook

__all__ = ["anonymous", "case_text"]


def anonymous(dossier: Dossier, on: date) -> Dossier:
    """The dossier without names, identifiers, free texts, nor birth date: another day that gives the same age."""
    holder: dict[str, Any] = {}
    born = dossier.holder.birth_date
    if born is not None and born <= on:
        holder["birth_date"] = date(on.year - age_on(born, on), on.month, min(on.day, 28))
    silent = {"reason": None}
    local, project, training = dossier.local, dossier.project, dossier.training
    return dossier.model_copy(
        update={
            "id": None,
            "as_of": on,
            "holder": dossier.holder.model_copy(update=holder),
            "training": training.model_copy(
                update={"title": None, "provider": training.provider.model_copy(update={"name": None, "siret": None})}
            ),
            "project": project.model_copy(
                update={"opinions": tuple(opinion.model_copy(update=silent) for opinion in project.opinions)}
            ),
            "local": local.model_copy(
                update={"already_asked": tuple(asked.model_copy(update=silent) for asked in local.already_asked)}
            ),
            "overrides": tuple(
                each.model_copy(update={"by": None, "reason": "décision du conseiller"}) for each in dossier.overrides
            ),
        }
    )


def _rows(plan: FundingPlan) -> list[str]:
    """The rows of the notes behind the values that the plan uses."""
    settings = (step.setting for line in plan.contributions for step in line.steps if step.setting is not None)
    return list(dict.fromkeys(row for each in settings if each.sourcing is not None for row in each.sourcing.rows))


def case_text(dossier: Dossier, plan: FundingPlan, rulebook: Rulebook) -> str:
    """One case of the format `cpf-funding/case/1`; its arithmetic is the engine's, to be done again by hand."""
    arithmetic = [
        f"{line.aid} : {step.strip()}" for line in plan.contributions for step in step_lines(line.steps, rulebook)
    ] or ["aucune aide ne paie"]
    amounts = ", ".join(f'{line.aid}: "{plain(line.amount)}"' for line in plan.contributions)
    raised = ", ".join(f"{cause.id}: {cause.state}" for cause in plan.causes if cause.state == "raised")
    told = indent("\n".join(["Calcul du moteur, à refaire à la main d'après la règle citée.", *arithmetic]), " " * 6)
    return "\n".join(
        [
            "schema: cpf-funding/case/1",
            "cases:",
            "  - case: a-nommer",
            "    title: À décrire",
            f"    on: {plan.as_of}",
            f"    rows: [{', '.join(_rows(plan)) or 'a-citer'}]",
            "    arithmetic: |-",
            told,
            "    dossier:",
            indent(write_dossier_yaml(anonymous(dossier, plan.as_of)).rstrip("\n"), " " * 6),
            "    expect:",
            f"      contributions: {{{amounts}}}",
            f'      unfunded: "{plain(plan.unfunded)}"',
            f'      holder_pays: "{plain(plan.holder_pays)}"',
            f'      worst: "{plain(plan.unfunded_worst)}"',
            *([f"      causes: {{{raised}}}"] if raised else []),
            "",
        ]
    )
