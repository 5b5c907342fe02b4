"""JSON Schema (2020-12) of a file of worked cases, for the editor of who writes them; its sentences are French."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from cpf_funding.testing.cases import SCHEMA, CaseFile, LoneCase

__all__ = ["case_schema"]

_KEYS = {
    "schema": "Le format : cpf-funding/case/1.",
    "base": "Dossier commun aux cas du fichier ; « dossier » le complète ou le remplace clé par clé.",
    "cases": "Les cas du fichier.",
    "case": "Nom du cas, unique dans le fichier.",
    "title": "Le cas en une phrase.",
    "on": "Jour du plan ; sinon as_of du dossier.",
    "dossier": "Le dossier, ou ce qui change de celui de « base » ; une clé sans valeur redevient inconnue.",
    "dossier_file": "Fichier du dossier, à côté de celui-ci.",
    "arithmetic": "Le calcul à la main de chaque montant attendu.",
    "rows": "Lignes des notes que le cas éprouve.",
    "validated_by": "Qui a vérifié le cas.",
    "expect": "Ce qui est comparé, et rien d'autre.",
    "days": "À la place de on et de expect : le même dossier suivi sur plusieurs jours, un cas par jour.",
    "CaseDay.dossier": "Ce qui change du dossier ce jour-là seulement.",
    "CaseDay.arithmetic": "Ce que le calcul a de propre à ce jour.",
    "CaseDay.on": "Jour du plan.",
    "contributions": "Qui paie quoi : la liste exacte, en euros par aide.",
    "contributions_include": "Qui paie quoi : une partie de la liste.",
    "unfunded": "Reste à trouver.",
    "holder_pays": "Part de la personne.",
    "complete": "Le plan est complet, ou non.",
    "worst": "Reste à trouver au pire.",
    "verdicts": "Par aide : open, refused, unknown, ou absent avant le premier jour que les règles connaissent.",
    "refused_for": "Par aide refusée : les causes du refus ; aucune si elle n'est pas pour la personne.",
    "standings": "Par aide qui paie : granted, right, open, to_confirm.",
    "causes": "Par cause : raised, watch, clear, unknown.",
    "file_by": "Par aide : date limite de dépôt, ou unknown.",
    "answer_by": "Par aide : date de la dernière réponse, ou unknown.",
    "confirm": "Par aide : ce qu'il faut confirmer.",
    "questions_first": "Le début de la liste des questions.",
    "lost_to": "Par aide ouverte qui ne paie rien : pourquoi.",
    "alternatives": "Des plans qui doivent être proposés, en euros par aide.",
    "remedies": "Par cause : les leviers qui doivent la lever, et les champs du dossier que chacun change.",
    "error": "Le refus attendu du dossier.",
    "message": "Un fragment du message.",
    "line": "La ligne du dossier que le message nomme.",
}


def case_schema() -> dict[str, Any]:
    """JSON Schema of a file of cases; raises `KeyError` for a key that has no French description."""
    content = TypeAdapter(CaseFile | LoneCase).json_schema(by_alias=True)
    for name, definition in content["$defs"].items():
        definition.pop("title", None)
        definition.pop("description", None)
        for key, value in definition["properties"].items():
            value.pop("title", None)
            value["description"] = _KEYS.get(f"{name}.{key}") or _KEYS[key]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": SCHEMA} | content
