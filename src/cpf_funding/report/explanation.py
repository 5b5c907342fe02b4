"""The four things that a person may ask about a decision taken with a computation (CRPA, article R. 311-3-1-2).

1. the degree and the mode of the computation's part in the decision: `degree_and_mode`;
2. the data processed, and where they come from: `data`;
3. the parameters and, where there are some, their weights, as applied to the person: `parameters`;
4. the operations carried out: `operations`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cpf_funding.engine.plan import Contribution, FundingPlan
from cpf_funding.language.evidence import Evidence, leaves
from cpf_funding.language.operations import step_lines
from cpf_funding.language.units import Unit
from cpf_funding.language.values import Setting
from cpf_funding.language.words import ENVELOPE_STATES, missing_label, setting_label, show
from cpf_funding.rulebook.book import Rulebook

__all__ = ["DISCLAIMER", "explain_contribution", "explain_plan"]

DISCLAIMER = "Document d'aide à la décision, sans valeur contractuelle : chaque financeur décide."

_PART = {
    "granted": "Le financeur a déjà décidé : le montant est celui de sa réponse, sinon celui du calcul.",
    "right": "Droit de la personne : aucun financeur ne décide, le calcul applique la règle aux données du dossier.",
    "open": "Le financeur décide : le calcul dit que les conditions connues sont remplies et propose un montant.",
    "to_confirm": "Une donnée ou un accord manque : le montant est le plus élevé possible et reste à confirmer.",
}  # fmt: skip

_SELECTION = [
    "chaque aide est examinée seule : ouverte, refusée ou dépendant de ce qui n'est pas connu",
    "dans une combinaison d'aides compatibles, elles paient dans l'ordre de mobilisation, chacune le plus qu'elle peut",
    "les combinaisons sont classées par : reste à trouver, part de la personne, ordre de mobilisation, nombre de "
    "demandes, date de la dernière réponse, nombre de payeurs, identifiants",
]  # fmt: skip


def explain_plan(plan: FundingPlan) -> dict[str, Any]:
    """How the whole plan was chosen; the figures are in the block of each contribution."""
    return {
        "degree_and_mode": DISCLAIMER,
        "data": {"source": "dossier", "digest": plan.receipt.dossier},
        "parameters": {"source": "rulebook", "digest": plan.receipt.rulebook},
        "operations": list(_SELECTION),
    }


def explain_contribution(contribution: Contribution, rulebook: Rulebook) -> dict[str, Any]:
    """The four items for one line of the plan."""
    return {
        "degree_and_mode": _PART[contribution.standing],
        "data": list(_data(contribution, rulebook)),
        "parameters": [
            {"name": "order", "label": "ordre de mobilisation", "value": str(contribution.rank), "key": None,
             "state": "valid", "from": None, "until": None, "source": None, "confidence": None, "checked_on": None,
             "at": None},
            *(_parameter(each, rulebook) for each in _settings(contribution)),
        ],
        "operations": step_lines(contribution.steps, rulebook),
    }  # fmt: skip


def _leaves(contribution: Contribution) -> Iterator[Evidence]:
    for evidence in contribution.evidence:
        yield from leaves(evidence)


def _data(contribution: Contribution, rulebook: Rulebook) -> Iterator[dict[str, Any]]:
    """Each thing known or asked of the dossier, once, in the order it was first read."""
    told: set[str] = set()
    for leaf in _leaves(contribution):
        subject = f"envelope:{leaf.subject}" if leaf.kind == "envelope" else leaf.subject
        if leaf.kind in ("fact", "envelope") and subject not in told:
            told.add(subject)
            fact = rulebook.facts.get(leaf.subject)
            choices = fact.choices if fact is not None else ENVELOPE_STATES
            yield _datum(subject, None if leaf.seen is None else show(leaf.seen, leaf.unit, choices), rulebook)
    for step in contribution.steps:
        if step.kind == "fact" and step.subject not in told:
            told.add(step.subject)
            yield _datum(step.subject, show(step.high, step.unit) if step.low == step.high else None, rulebook)


def _datum(subject: str, value: str | None, rulebook: Rulebook) -> dict[str, Any]:
    return {"fact": subject, "label": missing_label(subject, rulebook), "value": value, "source": "dossier"}


def _settings(contribution: Contribution) -> list[Setting]:
    found = [setting for leaf in _leaves(contribution) for setting in leaf.settings]
    found += [step.setting for step in contribution.steps if step.setting is not None]
    return list(dict.fromkeys(found))


def _parameter(setting: Setting, rulebook: Rulebook) -> dict[str, Any]:
    sourcing = setting.sourcing
    return {
        "name": setting.parameter,
        "label": setting_label(setting, rulebook),
        "value": show(setting.value, Unit(setting.unit)) if setting.value is not None else None,
        "key": setting.key,
        "state": setting.state.value,
        "from": setting.start.isoformat() if setting.start is not None else None,
        "until": setting.until.isoformat() if setting.until is not None else None,
        "source": sourcing.source if sourcing is not None else None,
        "confidence": sourcing.confidence if sourcing is not None else None,
        "checked_on": sourcing.checked_on.isoformat() if sourcing is not None else None,
        "at": str(setting.origin) if setting.origin is not None else None,
    }
