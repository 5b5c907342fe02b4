"""A dossier to fill in: every field of the format, with its question, its choices and an example, in French."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cpf_funding.dossier import Dossier, Part
from cpf_funding.facts import BUILT_IN, Fact, Kind
from cpf_funding.language.units import Unit

__all__ = ["EXAMPLES", "PARTS", "dossier_template", "question_of"]

_HEAD = """\
# Dossier à remplir : écrivez la valeur après les deux points.
# Un champ laissé vide est inconnu : il ne vaut ni non, ni zéro.
# Les codes s'écrivent entre guillemets, les montants avec un point : "1234.50", les dates : 2017-03-01.
# Aucun nom n'est nécessaire : n'écrivez pas l'identité de la personne.
"""

PARTS = {
    "holder": "La personne", "holder.contract": "Son contrat de travail, ou le dernier",
    "holder.allowance": "Son allocation", "cpf": "Le compte personnel de formation",
    "cpf.consent": "L'accord de la personne pour utiliser son compte", "training": "La formation demandée",
    "training.certification": "La certification visée", "training.provider": "L'organisme de formation",
    "training.hours": "Sa durée en heures", "training.costs": "Ses coûts ; une ligne vide n'est pas comptée",
    "project": "Le projet professionnel", "local": "La situation locale", "means": "Qui peut payer de sa poche",
}  # fmt: skip
"""The parts of a dossier."""

_QUESTIONS = {
    "id": "Quel repère donner à ce dossier (sans nom) ?",
    "as_of": "Quel jour le plan est-il fait ? Les demandes peuvent partir ce jour-là.",
    "cpf.consent.on": "Quand l'accord a-t-il été donné ?",
    "training.title": "Quel est l'intitulé de la formation ?",
    "training.provider.name": "Quel est le nom de l'organisme ?",
    "training.provider.siret": "Quel est le SIRET de l'organisme ?",
}

EXAMPLES = {
    "id": "demo-1", "as_of": "2017-03-01", "holder.status": "job_seeker", "holder.registered": "true",
    "holder.disability": "none", "holder.birth_date": "1978-05-04", "holder.region": '"75"',
    "holder.qualification": "3", "holder.contract.kind": "cdi", "holder.contract.seniority_months": "30",
    "holder.contract.sector": "private", "holder.contract.headcount": "42", "holder.contract.naf": '"78.20Z"',
    "holder.contract.opco": "nom-de-l-opco", "holder.contract.working_time": "inside",
    "holder.allowance.kind": "are", "holder.allowance.daily": '"28.58"', "holder.allowance.ends": "2017-12-31",
    "cpf.account_open": "true", "cpf.hours": "120", "cpf.dif_hours": "40", "cpf.balance": '"1500.00"',
    "cpf.consent.given": "true", "cpf.consent.proof": "signed_letter", "cpf.consent.on": "2017-02-20",
    "training.title": '"Titre professionnel"', "training.kind": "certifying",
    "training.certification.rncp": '"RNCP37488"', "training.certification.rs": '"RS1234"',
    "training.certification.cpf_codes": '["12345"]', "training.cpf_eligible": "true",
    "training.modality": "in_person", "training.provider.name": '"Centre de formation"',
    "training.provider.siret": '"00000000000000"', "training.provider.qualiopi": "true", "training.region": '"75"',
    "training.start": "2017-06-05", "training.end": "2018-02-23", "training.hours.total": "900",
    "training.hours.centre": "760", "training.hours.company": "140", "training.weekly_hours": "35",
    "training.costs.teaching": '"5400.00"', "training.costs.registration": "0", "training.costs.exam": "0",
    "training.costs.equipment": "0", "training.costs.travel": "0", "training.costs.lodging": "0",
    "training.costs.meals": "0", "training.costs.childcare": "0", "training.costs.compensation": "0",
    "project.validated": "true", "project.cep_level": "3", "project.pmsmp_days": "10",
    "project.prospect": "hiring_promise", "means.holder_can_pay": '"300.00"', "means.employer": "0",
}  # fmt: skip
"""A value for each field that holds one, as written in a dossier."""

_LISTS = {
    "project.opinions": (
        "Avis déjà donnés par des financeurs",
        "- {aid: cpf, favourable: false, reason: \"projet à préciser\", on: 2017-02-10}",
    ),
    "local.envelopes": (
        "Enveloppes des financeurs, par aide ; state : open (ouverte), low (presque vide), exhausted (épuisée)",
        "cpf: {state: open, left: \"12000.00\", on: 2017-03-01}",
    ),
    "local.delays": (
        "Délais de réponse constatés ici, par aide, en jours calendaires",
        "cpf: {least: 5, usual: 15, most: 40}",
    ),
    "local.already_asked": (
        "Demandes déjà faites ; answer : granted (accordée), refused (refusée), pending (en attente)",
        "- {aid: cpf, filed_on: 2017-02-01, answer: granted, amount: \"900.00\", answered_on: 2017-02-15}",
    ),
    "local.documents": (
        "Pièces déjà réunies, et leur date",
        "- {document: devis, on: 2017-02-15}",
    ),
    "overrides": (
        "Décisions du conseiller ; decision : force (imposer une aide) ou bar (l'écarter), toujours avec sa raison",
        "- {aid: cpf, decision: bar, reason: \"la personne garde ses droits\", by: conseiller, on: 2017-03-01}",
    ),
}  # fmt: skip

_KINDS: dict[Kind, str] = {
    "truth": "true (oui) ou false (non)", "date": "une date, 2017-03-01", "code": "un code, entre guillemets",
    "text": "un texte", Unit.EUR: 'des euros, "1234.50"', Unit.HOURS: "des heures", Unit.MONTHS: "des mois",
    Unit.PERCENT: "un pourcentage", Unit.CALENDAR_DAYS: "des jours", Unit.WORKING_DAYS: "des jours ouvrés",
    Unit.BUSINESS_DAYS: "des jours ouvrables", Unit.YEARS: "des années", Unit.COUNT: "un nombre",
    Unit.LEVEL: "un niveau, de 1 à 8", Unit.EUR_PER_HOUR: "des euros par heure",
    Unit.EUR_PER_DAY: "des euros par jour", Unit.EUR_PER_MONTH: "des euros par mois",
}  # fmt: skip


def dossier_template(facts: Mapping[str, Fact]) -> str:
    """A dossier in YAML whose fields are all empty, hence unknown; it reads as it is.

    `facts` is the vocabulary of a rulebook: those the dossier has no field for are asked under `answers:`.
    """
    lines = [_HEAD.rstrip("\n"), "schema: cpf-funding/dossier/1", *_fields(Dossier, "", "")]
    asked = [fact for name, fact in facts.items() if name not in BUILT_IN]
    lines += ["", "# Réponses aux questions que posent les règles", "answers:"]
    for fact in asked:
        answer = "un des mots ci-dessus" if fact.choices else _KINDS[fact.kind]
        lines += [*_asked(fact.question, fact.choices, "  "), f"  {fact.name}:  # {answer}"]
    return "\n".join(lines) + "\n"


def question_of(path: str) -> str | None:
    """The question that a field of the dossier answers; `None` for a part, a list, or what no person fills in."""
    fact = BUILT_IN.get(path)
    return fact.question if fact is not None else _QUESTIONS.get(path)


def _fields(part: type[Part], path: str, indent: str) -> Iterator[str]:
    for name, field in part.model_fields.items():
        here, inner = f"{path}{name}", field.annotation
        if name in ("at", "schema_", "answers"):
            continue
        if here in _LISTS:
            label, example = _LISTS[here]
            yield from ("", f"{indent}# {label}") if not indent else (f"{indent}# {label}",)
            yield from (f"{indent}{name}:", f"{indent}#  {example}")
        elif isinstance(inner, type) and issubclass(inner, Part):
            yield from ("", f"{indent}# {PARTS[here]}") if not indent else (f"{indent}# {PARTS[here]}",)
            yield f"{indent}{name}:"
            yield from _fields(inner, f"{here}.", indent + "  ")
        else:
            choices = BUILT_IN[here].choices if here in BUILT_IN else {}
            yield from _asked(question_of(here) or here, choices, indent)
            yield f"{indent}{name}:  # exemple : {EXAMPLES[here]}"


def _asked(question: str, choices: Mapping[str, str], indent: str) -> Iterator[str]:
    yield f"{indent}# {question}"
    for value, label in choices.items():
        yield f"{indent}#   {value} : {label}"
