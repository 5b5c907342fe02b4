"""The vocabulary of facts that rules may name, and how each is read from a dossier.

A fact that is not known is absent from the mapping: there is no default. Numbers come as integers in
the steps of their unit (`language.units.scale`): cents, hundredths of an hour, hundredths of a month.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Any

from dateutil.relativedelta import relativedelta

from cpf_funding.dossier import Dossier
from cpf_funding.language.units import Unit, scale
from cpf_funding.money import Rounding, divide, hundredths

__all__ = ["BUILT_IN", "Fact", "Kind", "Value", "parse_value", "read_facts"]

Kind = Unit | str
"""A unit, or one of `truth`, `text`, `code`, `date`."""
Value = bool | int | str | date | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A thing that can be known of a dossier: its kind, and how to speak of it in French.

    `least` and `most` bound a number whatever the dossier says (a VAT rate cannot exceed the normal one).
    `personal` facts never leave the plan: no message or log repeats their value.
    """

    name: str
    kind: Kind
    label: str
    question: str
    choices: Mapping[str, str] = field(default_factory=dict)
    least: int | None = None
    most: int | None = None
    personal: bool = False


def parse_value(kind: Kind, text: Any, choices: Mapping[str, str] | None = None) -> Value:
    """Read a literal as a value of this kind; raises `ValueError` in French when it is not one."""
    if kind == "truth":
        if isinstance(text, bool):
            return text
        if text in ("true", "false"):
            return bool(text == "true")
        raise ValueError("true ou false est attendu")
    if kind == "date":
        try:
            return text if isinstance(text, date) else date.fromisoformat(str(text))
        except ValueError:
            raise ValueError("une date est attendue sous la forme 2017-03-01") from None
    if kind == "code":
        if not isinstance(text, str) or getattr(text, "unquoted_number", False):
            raise ValueError(f'un code s\'écrit entre guillemets : "{text}"')
        return str(text)
    if isinstance(kind, Unit):
        steps = hundredths(text)
        if scale(kind) == 100:
            return steps
        whole, rest = divmod(steps, 100)
        if rest:
            raise ValueError("un nombre entier est attendu")
        return whole
    if not isinstance(text, str):
        raise ValueError("un texte est attendu")
    if choices and text not in choices:
        raise ValueError("la valeur attendue est l'une de : " + ", ".join(choices))
    return str(text)


_STATUS = {
    "job_seeker": "demandeur d'emploi", "employee": "salarié", "temporary_worker": "intérimaire",
    "public_agent": "agent public", "self_employed": "travailleur indépendant", "esat_worker": "travailleur en ESAT",
    "inactive": "sans activité",
}  # fmt: skip
_DISABILITY = {
    "none": "pas de handicap reconnu", "boe": "bénéficiaire de l'obligation d'emploi", "pending": "demande en cours",
}  # fmt: skip
_CONTRACT = {
    "cdi": "CDI", "cdd": "CDD", "temporary": "intérim", "assisted": "contrat aidé", "apprenticeship": "apprentissage",
    "professionalisation": "contrat de professionnalisation",
}  # fmt: skip
_TRAINING = {
    "certifying": "formation certifiante", "partial_certification": "certification partielle (blocs)",
    "vae": "VAE", "bilan": "bilan de compétences", "clea": "socle CléA", "licence_b": "permis B",
    "business_creation": "création ou reprise d'entreprise", "language": "langue", "adaptation": "adaptation au poste",
    "other": "autre formation",
}  # fmt: skip
_MODALITY = {"in_person": "en présence", "mixed": "mixte", "remote": "à distance"}
_PROSPECT = {
    "none": "aucune perspective écrite", "hiring_promise": "promesse d'embauche",
    "shortage_occupation": "métier en tension", "business_plan": "projet d'entreprise",
}  # fmt: skip
_ALLOWANCE = {"are": "ARE", "asp": "ASP", "ass": "ASS", "rsa": "RSA", "aah": "AAH", "none": "aucune allocation"}
_PROOF = {
    "signed_letter": "courrier signé", "interview_summary": "synthèse d'entretien remise",
    "account_screen_print": "impression de l'écran du compte", "aif_request_signature": "signature de la demande d'AIF",
}  # fmt: skip
_COST = {
    "teaching": "coût pédagogique", "registration": "frais d'inscription", "exam": "frais d'examen",
    "equipment": "équipement", "travel": "déplacements", "lodging": "hébergement", "meals": "repas",
    "childcare": "garde d'enfants", "compensation": "compensation du handicap",
}  # fmt: skip


def _facts() -> list[Fact]:
    f = Fact
    return [
        f("holder.status", "text", "statut de la personne", "Quel est le statut de la personne ?", _STATUS),
        f("holder.registered", "truth", "inscription à Pôle emploi / France Travail",
          "La personne est-elle inscrite à Pôle emploi / France Travail ?"),
        f("holder.disability", "text", "situation de handicap",
          "La personne est-elle bénéficiaire de l'obligation d'emploi (RQTH…) ?", _DISABILITY, personal=True),
        f("holder.birth_date", "date", "date de naissance", "Quelle est la date de naissance ?", personal=True),
        f("holder.age", Unit.YEARS, "âge à la date du plan", "Quelle est la date de naissance ?", personal=True),
        f("holder.region", "code", "région de résidence",
          "Dans quelle région la personne réside-t-elle (code INSEE) ?"),
        f("holder.qualification", Unit.LEVEL, "niveau de qualification (1 à 8)",
          "Quel est le plus haut niveau de diplôme obtenu (1 à 8) ?"),
        f("holder.contract.kind", "text", "contrat de travail", "Quel est le contrat de travail ?", _CONTRACT),
        f("holder.contract.seniority_months", Unit.MONTHS, "ancienneté dans l'entreprise",
          "Quelle est l'ancienneté dans l'entreprise (en mois) ?"),
        f("holder.contract.sector", "text", "secteur de l'employeur", "L'employeur est-il privé ou public ?",
          {"private": "privé", "public": "public"}),
        f("holder.contract.headcount", Unit.COUNT, "effectif de l'entreprise", "Quel est l'effectif de l'entreprise ?"),
        f("holder.contract.naf", "code", "code NAF de l'employeur", "Quel est le code NAF de l'employeur ?"),
        f("holder.contract.opco", "text", "OPCA ou OPCO de l'employeur", "De quel OPCA ou OPCO dépend l'employeur ?"),
        f("holder.contract.working_time", "text", "formation pendant ou hors temps de travail",
          "La formation a-t-elle lieu pendant le temps de travail ?",
          {"inside": "pendant le temps de travail", "outside": "hors temps de travail"}),
        f("holder.allowance.kind", "text", "allocation perçue",
          "Quelle allocation la personne perçoit-elle ?", _ALLOWANCE,
          personal=True),
        f("holder.allowance.daily", Unit.EUR, "allocation journalière",
          "Quel est le montant journalier de l'allocation ?",
          personal=True),
        f("holder.allowance.ends", "date", "fin de l'allocation", "À quelle date l'allocation prend-elle fin ?",
          personal=True),
        f("cpf.account_open", "truth", "compte CPF ouvert", "Le compte CPF est-il ouvert ?"),
        f("cpf.hours", Unit.HOURS, "heures CPF au compte", "Combien d'heures CPF le compte porte-t-il ?"),
        f("cpf.dif_hours", Unit.HOURS, "heures de DIF", "Combien d'heures de DIF restent à utiliser (attestation) ?"),
        f("cpf.balance", Unit.EUR, "solde CPF en euros", "Quel est le solde du compte CPF en euros ?"),
        f("cpf.consent.given", "truth", "accord de la personne pour utiliser le CPF",
          "La personne a-t-elle donné son accord écrit pour utiliser son CPF ?"),
        f("cpf.consent.proof", "text", "preuve de l'accord",
          "Sous quelle forme l'accord a-t-il été recueilli ?", _PROOF),
        f("training.kind", "text", "nature de la formation", "De quelle nature est la formation ?", _TRAINING),
        f("training.certification.rncp", "code", "code RNCP", "Quel est le code RNCP de la certification ?"),
        f("training.certification.rs", "code", "code du répertoire spécifique",
          "Quel est le code RS de la certification ?"),
        f("training.certification.cpf_codes", "code", "codes CPF",
          "Quels sont les codes CPF de la formation ?"),
        f("training.cpf_eligible", "truth", "éligibilité au CPF lue sur le site du compte",
          "La formation est-elle éligible au CPF de la personne ?"),
        f("training.modality", "text", "modalité", "La formation est-elle en présence ou à distance ?", _MODALITY),
        f("training.provider.qualiopi", "truth", "certification Qualiopi de l'organisme",
          "L'organisme est-il certifié Qualiopi ?"),
        f("training.region", "code", "région de la formation",
          "Dans quelle région la formation a-t-elle lieu (code INSEE) ?"),
        f("training.start", "date", "début de la formation", "Quand la formation commence-t-elle ?"),
        f("training.end", "date", "fin de la formation", "Quand la formation se termine-t-elle ?"),
        f("training.months", Unit.MONTHS, "durée de la formation", "Quelles sont les dates de début et de fin ?"),
        f("training.notice_days", Unit.CALENDAR_DAYS, "jours avant le début", "Quand la formation commence-t-elle ?"),
        f("training.hours.total", Unit.HOURS, "heures de formation", "Combien d'heures dure la formation ?"),
        f("training.hours.centre", Unit.HOURS, "heures en centre", "Combien d'heures ont lieu en centre ?"),
        f("training.hours.company", Unit.HOURS, "heures en entreprise", "Combien d'heures ont lieu en entreprise ?"),
        f("training.weekly_hours", Unit.HOURS, "heures par semaine", "Combien d'heures par semaine ?"),
        f("training.hourly_price", Unit.EUR_PER_HOUR, "prix horaire", "Quels sont le coût pédagogique et la durée ?"),
        *(
            f(f"training.costs.{line}", Unit.EUR, label, f"Quel est le montant : {label} ?")
            for line, label in _COST.items()
        ),
        f("training.costs.total", Unit.EUR, "coût total", "Quel est le coût de la formation ?"),
        f("project.validated", "truth", "projet validé", "Le projet est-il validé (PPAE, conseiller référent) ?"),
        f("project.cep_level", Unit.COUNT, "niveau de CEP", "Quel niveau de CEP a été atteint (1 à 3) ?"),
        f("project.pmsmp_days", Unit.CALENDAR_DAYS, "jours de PMSMP", "Combien de jours de PMSMP ont été faits ?"),
        f("project.prospect", "text", "perspective d'emploi", "Quelle perspective d'emploi est établie ?", _PROSPECT),
        f("means.holder_can_pay", Unit.EUR, "apport possible de la personne",
          "Combien la personne peut-elle payer elle-même ?", personal=True),
        f("means.employer", Unit.EUR, "apport de l'employeur", "Combien l'employeur verse-t-il ?"),
    ]  # fmt: skip


BUILT_IN: Mapping[str, Fact] = {fact.name: fact for fact in _facts()}
"""Facts that every dossier has a field for; a rulebook may declare more (`rules/facts.yaml`)."""


_DERIVED = {
    "holder.age", "training.months", "training.notice_days", "training.hourly_price", "training.costs.total",
}  # fmt: skip
_FIELDS = tuple(name for name in BUILT_IN if name not in _DERIVED)
_read_fields = attrgetter(*_FIELDS)


def read_facts(dossier: Dossier, on: date, declared: Mapping[str, Fact] | None = None) -> dict[str, Value]:
    """The known facts of a dossier at a date. Facts declared by a rulebook are read from `answers`."""
    fields = zip(_FIELDS, _read_fields(dossier), strict=True)
    known: dict[str, Value] = {name: value for name, value in fields if value is not None}
    months = known.get("holder.contract.seniority_months")
    if isinstance(months, int):
        known["holder.contract.seniority_months"] = months * 100
    for name, fact in (declared or {}).items():
        if name in dossier.answers:
            known[name] = parse_value(fact.kind, dossier.answers[name], fact.choices)
    _derive(known, on)
    return known


def _derive(known: dict[str, Any], on: date) -> None:
    born, start, end = known.get("holder.birth_date"), known.get("training.start"), known.get("training.end")
    if born is not None and born <= on:
        known["holder.age"] = age_on(born, on)
    if start is not None:
        known["training.notice_days"] = (start - on).days
        if end is not None and start <= end < date.max:
            known["training.months"] = months_between(start, end)
    _complete_hours(known)
    lines = [known[name] for name in known if name.startswith("training.costs.")]
    if lines:
        known["training.costs.total"] = sum(lines)
    teaching, hours = known.get("training.costs.teaching"), known.get("training.hours.total")
    if teaching is not None and hours:
        known["training.hourly_price"] = divide(teaching * 100, hours, Rounding.HALF_UP)


def _complete_hours(known: dict[str, Any]) -> None:
    """Total, centre and company hours: two of them give the third."""
    total, centre, company = (known.get(f"training.hours.{part}") for part in ("total", "centre", "company"))
    if total is None and centre is not None and company is not None:
        known["training.hours.total"] = centre + company
    if company is None and total is not None and centre is not None and total >= centre:
        known["training.hours.company"] = total - centre
    if centre is None and total is not None and company is not None and total >= company:
        known["training.hours.centre"] = total - company


@lru_cache(maxsize=4096)
def age_on(born: date, on: date) -> int:
    """Whole years on a day; `born` is not after it."""
    return relativedelta(on, born).years


@lru_cache(maxsize=4096)
def months_between(start: date, end: date) -> int:
    """Length from `start` to `end`, both included, in hundredths of a month.

    Whole months count 100; days beyond them count 1 to 99, so that "at most twelve months" and "at least six
    months" are exact to the day: 5 June 2017 to 4 June 2018 is 1200, one day more is above.
    """
    span = relativedelta(end + relativedelta(days=1), start)
    return (span.years * 12 + span.months) * 100 + min(99, divide(span.days * 100, 31, Rounding.UP))
