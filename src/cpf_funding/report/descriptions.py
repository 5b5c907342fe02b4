"""What each key of a rule file or of a dossier means, in French: what an editor shows beside the key.

A description holds for a key wherever it stands; `Model.key` says it for one kind of mapping only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cpf_funding.dossier import Dossier, Part
from cpf_funding.report.template import PARTS, question_of

__all__ = ["describe_dossier", "describe_rules"]

_RULE_KEYS = {
    "aids": "Les aides de ce fichier.",
    "parameters": "Valeurs datées : propres à l'aide, ou partagées (leur nom porte alors un point : groupe.nom).",
    "sources": "Les sources, par identifiant.",
    "funders": "Les financeurs, par identifiant.",
    "silenced": "Constats de « rules check » examinés et justes, chacun avec sa raison.",
    "Silence.id": "Identifiant du constat, par exemple R012.",
    "Silence.where": "Lieu du constat, tel que « rules check » le nomme ; * pour n'importe lequel.",
    "Silence.reason": "Pourquoi le constat est juste.",
    "income": "Lignes de revenu pendant la formation ; aucun plan ne les lit.",
    "line": "Identifiant de la ligne de revenu.",
    "per": "Ce que paie le montant : day (jour), month (mois), course (formation entière).",
    "IncomeShape.scope": "Pour qui est la ligne.",
    "IncomeShape.when": "Les autres conditions.",
    "IncomeShape.amount": "Le montant.",
    "ask_within": "Délai pour la demander après l'entrée en formation.",
    "facts": "Faits que le dossier ne prévoit pas : on y répond sous « answers ».",
    "documents": "Pièces à joindre à la demande, déclarées dans documents.yaml.",
    "causes": "Les causes de refus, par identifiant.",
    "label": "Nom lu par le conseiller.",
    "note": "Remarque pour qui relit la règle ; elle n'entre dans aucun calcul.",
    "from": "Premier jour de la période, compris.",
    "until": "Dernier jour de la période, compris ; absent : sans fin connue.",
    "source": "Identifiant de la source (sources.yaml).",
    "confidence": "Confiance dans la valeur : high, medium, low, memory ; absente : celle de la source.",
    "checked_on": "Jour où la valeur a été comparée à la source ; absent : celui de la source.",
    "row": "Lignes des notes d'où vient la valeur.",
    "reason": "Pourquoi la valeur est inconnue, finie, annoncée ou suspendue.",
    "value": "La valeur, dans l'unité donnée.",
    "unit": "Unité de la valeur ; yes_no : oui (1) ou non (0).",
    "cause": "Cause de refus établie quand la condition n'est pas remplie (causes.yaml).",
    "fact": "Nom d'un fait du dossier ou de facts.yaml.",
    "parameter": "Nom d'un paramètre : « nom » pour celui de l'aide, « groupe.nom » pour un paramètre partagé.",
    "rounding": "Arrondi au centième : down (inférieur), up (supérieur), half_up (le plus proche).",
    "amount": "Le montant comparé.",
    "least": "Délai le plus court, ou plus petite valeur possible.",
    "most": "Délai le plus long, ou plus grande valeur possible.",
    "usual": "Délai habituel.",
    "envelope": "Identifiant d'une enveloppe.",
    "list": "Identifiant d'une liste d'éligibilité.",
    "is": "Égal à.",
    "in": "L'une de ces valeurs.",
    "at_least": "Au moins, borne comprise.",
    "at_most": "Au plus, borne comprise.",
    "above": "Plus de, borne exclue.",
    "below": "Moins de, borne exclue.",
    "between": "De la première à la seconde valeur, bornes comprises.",
    "before": "Avant cette date, exclue.",
    "after": "Après cette date, exclue.",
    "all": "Toutes ces conditions.",
    "any": "Au moins une de ces conditions.",
    "not": "La condition contraire.",
    "first_known": "La première de ces conditions dont on connaît la réponse décide.",
    "joined_by": "Au moins une de ces aides paie dans le même plan.",
    "least_of": "Le plus petit de ces montants (plafonds).",
    "most_of": "Le plus grand de ces montants (planchers).",
    "sum": "La somme de ces montants.",
    "difference": "Le premier montant moins le second, jamais sous zéro.",
    "product": "Le produit des deux montants.",
    "share": "Le pourcentage.",
    "of": "Le montant dont on prend le pourcentage.",
    "scale": "Le montant découpé en tranches.",
    "brackets": "Les tranches, chacune à son pourcentage.",
    "up_to": "Borne haute de la tranche ; absente pour la dernière.",
    "percent": "Pourcentage de la tranche.",
    "remaining": "Ce qui reste à payer sur ces coûts, après les aides de rang plus petit.",
    "paid_by": "Ce que paient ces aides, de rang plus petit, dans le même plan.",
    "choose": "Le montant de la première branche dont la condition est remplie.",
    "otherwise": "Le montant quand aucune branche ne convient.",
    "Choice.when": "Condition de la branche.",
    "when": "Le levier n'est pas essayé quand on sait que cette condition n'est pas remplie.",
    "then": "Montant de la branche.",
    "AidShape.aid": "Identifiant de l'aide, par exemple region.75.nom ; il ne change jamais.",
    "AidShape.funder": "Identifiant du financeur (funders.yaml).",
    "AidShape.kind": "right : droit de la personne ; aid : le financeur décide ; mandatory : contribution due par la "
                     "personne ; own_money : argent de la personne ou de l'employeur.",
    "AidShape.order": "Rang de mobilisation : le plus petit est demandé d'abord.",
    "AidShape.covers": "Coûts que l'aide peut payer.",
    "AidShape.in_force": "Périodes pendant lesquelles l'aide peut être demandée.",
    "AidShape.scope": "À qui l'aide s'adresse ; sinon elle est hors sujet, et le plan ne fait que la compter.",
    "AidShape.eligibility": "Conditions pour avoir l'aide.",
    "AidShape.firm_when": "Ce qu'il faut encore pour pouvoir compter sur l'aide (accord, compte ouvert…).",
    "AidShape.amount": "Montant le plus élevé que l'aide peut payer.",
    "AidShape.relations": "Comment l'aide se combine avec les autres.",
    "AidShape.procedure": "Comment et quand l'aide est demandée.",
    "Entry.for": "Clé de la table : la ou les valeurs du fait nommé par « by » ; \"*\" pour toutes les autres.",
    "Entry.value": "La valeur, ou unlimited s'il n'y a pas de plafond.",
    "Entry.state": "valid, ended (n'existe plus), announced (texte non adopté), unknown (non établie).",
    "InForce.state": "open, suspended, announced, unknown.",
    "ParameterShape.clock": "Jour qui fixe la valeur : filing (la demande) ou start (le début de la formation).",
    "ParameterShape.by": "Fait dont dépend la valeur, quand c'est une table.",
    "ParameterShape.values": "Les valeurs, période par période.",
    "Relations.excludes": "Aides qui ne se cumulent pas avec celle-ci.",
    "Relations.needs": "Au moins une de ces aides doit payer dans le plan.",
    "Relations.own_money": "forbidden : tout ou rien, l'aide est perdue s'il reste un euro à la personne.",
    "Relations.with": "Contribution due dès qu'une de ces aides paie.",
    "Relations.waived_by": "Contribution levée dès qu'une de ces aides paie.",
    "Procedure.filed_by": "Qui fait la demande : holder, employer, provider, counsellor.",
    "Procedure.notice": "Délai entre la demande et le début de la formation.",
    "Procedure.after": "Aides dont il faut attendre la réponse.",
    "Procedure.answer": "Délai de réponse, compté depuis la demande.",
    "Answer.silence": "Ce que vaut l'absence de réponse : accepted ou refused.",
    "CauseShape.explanation": "Phrase qui explique la cause au conseiller.",
    "CauseShape.levers": "Leviers à essayer.",
    "CauseShape.detector": "Détecteur du moteur qui cherche la cause.",
    "CauseShape.above": "Seuil du fait au-delà duquel la cause est à surveiller.",
    "CauseShape.threshold": "Pour les réponses tardives : probabilité, en pourcentage, sous laquelle la cause est à "
                            "surveiller.",
    "levers": "Les leviers, par identifiant.",
    "who": "Qui peut agir.",
    "kind": "Sorte de levier.",
    "effort": "Effort demandé : le plus petit est essayé d'abord.",
    "also": "Autres champs du dossier changés en même temps.",
    "ask_again": "Faits que le plan recalculé présume seulement : le conseiller lit qu'il faut les redemander.",
    "tries": "Leviers de plus, cause par cause.",
    "Trial.cause": "Cause qui essaie ces leviers.",
    "Trial.levers": "Leviers essayés en plus de ceux de la cause.",
    "OverlayFile.levers": "Leviers changés, ajoutés ou retirés ici, par identifiant.",
    "WithdrawnLever.kind": "withdrawn : ce levier n'est pas proposé ici.",
    "WithdrawnLever.reason": "Pourquoi il n'est pas proposé ici.",
    "path": "Champ du dossier que le levier change, par exemple training.costs.teaching.",
    "step": "Pas des essais, dans l'unité du champ.",
    "most_percent": "Changement le plus grand, en pourcentage.",
    "DateLever.most": "Jours de report, au plus.",
    "EnvelopeLever.most": "Jours d'attente, au plus.",
    "RaiseLever.most": "Hausse la plus grande, dans l'unité du champ.",
    "together": "Champs qui perdent autant.",
    "pro_rata": "Champs qui gardent leur proportion.",
    "from_nothing": "true : un champ inconnu compte à partir de zéro.",
    "CauseShape.proofs": "Faits qui prouvent le projet.",
    "CauseShape.survey": "true pour les six causes de l'enquête de 2017.",
    "DocumentShape.given_by": "Qui fournit la pièce.",
    "DocumentShape.valid_months": "Durée de validité de la pièce, en mois.",
    "DocumentsFile.documents": "Les pièces, par identifiant.",
    "FactShape.kind": "truth (oui ou non), text, code, date, ou une unité.",
    "FactShape.question": "Question à poser quand le fait manque.",
    "FactShape.choices": "Valeurs possibles, et leur nom.",
    "FunderShape.contact": "Où écrire ou appeler.",
    "ListFile.complete": "false pour un extrait : une absence veut alors dire inconnu, jamais non.",
    "ListFile.codes": "Sorte de codes : rncp, rs ou cpf.",
    "ListFile.entries": "Les certifications de la liste.",
    "ListEntry.code": "Code de la certification, entre guillemets.",
    "ListEntry.public": "employee, job_seeker ou all.",
    "ListEntry.regions": "Régions concernées (codes INSEE) ; vide : toutes.",
    "ListEntry.branches": "Branches concernées ; vide : toutes.",
    "schema": "Version du format : cpf-funding/overlay/1.",
    "overlay": "Identifiant de ce fichier de règles locales.",
    "level": "region ou agency : une agence l'emporte sur sa région.",
    "envelopes": "État des enveloppes, par identifiant, période par période.",
    "delays": "Délais de réponse constatés ici, par aide, en jours calendaires.",
    "close": "Aides qui ne sont pas accordées ici, par identifiant.",
    "OverlayFile.also": "Conditions ajoutées à celles d'une aide, par identifiant.",
    "values": "Valeurs datées mises à la place de celles des règles.",
    "lists": "Certifications ajoutées à une liste, par identifiant de liste.",
    "entries": "Les certifications.",
    "replaces": "Ce que ceci remplace : le fichier local, ou la valeur des règles.",
    "state": "open (ouverte), low (presque vide), exhausted (épuisée).",
    "left": "Ce qui reste dans l'enveloppe, en euros.",
    "for": "Clé de la table.",
    "Replacement.parameter": "Nom complet du paramètre : groupe.nom ou aide.nom.",
    "Replacement.state": "valid, ended, announced, unknown.",
    "SourceShape.title": "Titre du texte ou de la page.",
    "SourceShape.address": "Adresse de la page.",
    "SourceShape.article": "Article, page ou fichier.",
    "SourceShape.published": "Date du texte.",
    "SourceShape.confidence": "Confiance : high (texte officiel), medium, low, memory (de mémoire).",
    "SourceShape.checked_on": "Jour de la dernière vérification.",
}  # fmt: skip

_DOSSIER_KEYS = {
    "schema": "Version du format : cpf-funding/dossier/1.",
    "answers": "Réponses aux faits déclarés par les règles (facts.yaml), par nom.",
    "overrides": "Décisions du conseiller qui l'emportent sur les règles.",
    "opinions": "Avis déjà donnés par des financeurs.",
    "envelopes": "État connu des enveloppes, par identifiant.",
    "delays": "Délais de réponse constatés localement, par aide, en jours calendaires.",
    "already_asked": "Demandes déjà faites et leur réponse.",
    "documents": "Pièces déjà réunies.",
    "document": "Identifiant de la pièce (documents.yaml).",
    "aid": "Identifiant de l'aide.",
    "reason": "La raison.",
    "amount": "Montant, en euros.",
    "on": "À quelle date.",
    "by": "Qui a décidé.",
    "least": "Délai le plus court.",
    "usual": "Délai habituel.",
    "most": "Délai le plus long.",
    "left": "Ce qui reste dans l'enveloppe, en euros.",
    "state": "open (ouverte), low (presque vide), exhausted (épuisée).",
    "favourable": "true pour un avis favorable.",
    "filed_on": "Date de la demande.",
    "answered_on": "Date de la réponse.",
    "answer": "granted (accordée), refused (refusée), pending (en attente).",
    "decision": "force (imposer l'aide) ou bar (l'écarter).",
}


def describe_rules(schema: dict[str, Any]) -> None:
    """Put the French descriptions in the schema of rule files; raises `KeyError` for a key without one."""
    _describe(schema, {}, _RULE_KEYS)


def describe_dossier(schema: dict[str, Any]) -> None:
    """Put in the schema of dossiers the questions that the template asks."""
    keys = dict(_path_words(Dossier, ""))
    _describe(schema, keys, _DOSSIER_KEYS)
    _describe_properties("Dossier", schema, keys, _DOSSIER_KEYS)


def _path_words(part: type[Part], path: str) -> list[tuple[str, str]]:
    """`Model.key` and its question, for every field of the dossier that is not in a list."""
    found: list[tuple[str, str]] = []
    for name, field in part.model_fields.items():
        here, inner = f"{path}{name}", field.annotation
        if isinstance(inner, type) and issubclass(inner, Part):
            found += [(f"{part.__name__}.{name}", f"{PARTS[here]}."), *_path_words(inner, f"{here}.")]
        elif (question := question_of(here)) is not None:
            found.append((f"{part.__name__}.{name}", question))
    return found


def _describe(schema: dict[str, Any], own: Mapping[str, str], shared: Mapping[str, str]) -> None:
    schema.pop("description", None)
    for name, definition in schema["$defs"].items():
        for noise in ("title", "description"):
            definition.pop(noise, None)
        _describe_properties(name, definition, own, shared)


def _describe_properties(
    name: str, definition: dict[str, Any], own: Mapping[str, str], shared: Mapping[str, str]
) -> None:
    for key, content in definition.get("properties", {}).items():
        content.pop("title", None)
        precise = f"{name}.{key}"
        content["description"] = own.get(precise) or shared.get(precise) or shared[key]
