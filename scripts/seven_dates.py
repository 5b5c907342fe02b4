"""One project planned on seven days, from 2015 to 2026, as a page of the documentation.

Usage: python scripts/seven_dates.py [--check]
Writes `docs/explanation/seven-dates.md`; with `--check`, only says whether it is up to date. Every amount is a plan's,
and every sentence on a change of law is made of the rules' own values: those that the plan read on either day.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from cpf_funding import Dossier, FundingPlan, Rulebook, build_plan, load_rulebook
from cpf_funding.accrual import to_euros
from cpf_funding.engine.plan import Contribution
from cpf_funding.facts import read_facts
from cpf_funding.language.evidence import Evidence
from cpf_funding.language.render import value_of_setting
from cpf_funding.language.values import Setting
from cpf_funding.language.words import day_in_french
from cpf_funding.money import in_french, plain
from cpf_funding.rulebook.book import Aid
from cpf_funding.rulebook.portrait import STATES
from cpf_funding.truth import Truth

PAGE = Path(__file__).resolve().parent.parent / "docs" / "explanation" / "seven-dates.md"
DAYS = [
    date(2015, 6, 1), date(2017, 3, 1), date(2019, 2, 1), date(2021, 9, 1), date(2024, 6, 1), date(2026, 4, 2),
    date(2026, 11, 23),
]  # fmt: skip
HOURS, DIF_HOURS = 6400, 4000  # on the account until 2018; the euros that follow are worked out from them
STANDINGS = {"granted": "accordé", "right": "droit", "open": "à demander", "to_confirm": "à confirmer"}
PROJECTS: dict[str, tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "Demandeur d'emploi, 600 heures, 5 400 €": (
        "Une personne de Limoges, reconnue handicapée et inscrite comme demandeur d'emploi, prépare un titre du\n"
        "RNCP : 600 heures sur sept mois, 5 400 €. Sa région porte le code 74 (Limousin) en 2015, 75\n"
        "(Nouvelle-Aquitaine) ensuite.",
        {"status": "job_seeker", "registered": True, "contract": {"kind": "cdi"}},
        {"hours": {"total": 600, "centre": 530, "company": 70}, "weekly_hours": 30, "costs": {"teaching": 5400}},
        {"course.directory": "rncp"},
    ),
    "Salariée, 70 heures, 2 100 €": (
        "La même personne, salariée depuis dix mois, prépare hors de son temps de travail une certification du\n"
        "répertoire spécifique : 70 heures, 2 100 €. Elle n'a pas d'autre somme à mettre que la participation au CPF.",
        {
            "status": "employee", "registered": False,
            "contract": {"kind": "cdi", "seniority_months": 10, "sector": "private", "opco": "opcalia",
                         "working_time": "outside"},
        },
        {"hours": {"total": 70, "centre": 70, "company": 0}, "weekly_hours": 7, "costs": {"teaching": 2100}},
        {"course.directory": "rs", "holder.experience_months": 20, "project.new_occupation": False},
    ),
}  # fmt: skip
INTRODUCTION = """# Le même projet à sept dates

Deux projets, planifiés chacun à sept dates avec les règles de chacune. Le compte porte 64 heures de CPF et 40 heures
de DIF jusqu'en 2018, puis leur contre-valeur en euros. Le dossier ne change pas d'une date à l'autre, hors le jour du
début (soixante jours après la demande), l'unité du compte et le code de la région. « à confirmer » : le montant est le
plus élevé possible, et le plan dit ce qu'il reste à savoir. Sous chaque tableau, ce qui a changé dans les règles que
ce plan lit ; « non établi » : aucune source ne donne la valeur à cette date. Cette page est écrite par `make dates`.
"""


def dossier(book: Rulebook, day: date, holder: Mapping[str, Any], training: Mapping[str, Any], answers: Any) -> Dossier:
    """The project as a counsellor would write it that day."""
    region, start = "74" if day.year < 2016 else "75", day + timedelta(days=60)
    account: dict[str, Any] = {"hours": plain(HOURS), "dif_hours": plain(DIF_HOURS)}
    if day.year >= 2019:
        account = {"balance": plain(to_euros(book, HOURS + DIF_HOURS, day).amount or 0), "dif_hours": "0"}
    known = {
        "bilan.already_funded": False, "c2p.points": 0, "atmp.incapacity": 0, "course.digital": False,
        "cpf.dif_in_balance": True, "cpf.dotations": 0, "cpf.employer_dotation": False, "fpspp.already_used": False,
        "holder.certification_held": False, "region.course_excluded": False,
    }  # fmt: skip
    return Dossier.model_validate(
        {
            "as_of": day,
            "holder": {
                "disability": "boe", "birth_date": "1978-05-04", "region": region, "qualification": 3,
                "allowance": {"kind": "are", "daily": "31.40"}, **holder,
            },
            "cpf": {**account, "account_open": True, "consent": {"given": True, "proof": "signed_letter", "on": day}},
            "training": {
                "kind": "certifying", "cpf_eligible": True, "modality": "in_person", "provider": {"qualiopi": True},
                "region": region, "start": start, "end": start + timedelta(days=200), **training,
            },
            "project": {"validated": True, "prospect": "shortage_occupation"},
            "local": {"envelopes": {name: {"state": "open"} for name in envelopes(book)}},
            "means": {"employer": "0", "holder_can_pay": "0"},
            "answers": known | dict(answers),
        }
    )  # fmt: skip


def envelopes(book: Rulebook) -> list[str]:
    """The envelopes that rules look at, all declared open here."""
    return sorted({name.removeprefix("envelope:") for aid in book.aids for name in aid.used if "envelope:" in name})


def table(plans: list[FundingPlan]) -> Iterator[str]:
    """Who pays what: a line for each payer, a column for each day."""
    shares = [{share.aid: share for share in plan.contributions if share.amount} for plan in plans]
    every = sorted((share for each in shares for share in each.values()), key=lambda share: share.rank)
    payers = {share.aid: share.label for share in every}
    yield f"| | {' | '.join(plan.as_of.strftime('%d/%m/%Y') for plan in plans)} |"
    yield f"| --- |{' ---: |' * len(plans)}"
    for aid, label in payers.items():
        found = [each.get(aid) for each in shares]
        amounts = [f"{in_french(one.amount)} *{standing(one)}*" if one else "" for one in found]
        yield f"| {label} | {' | '.join(amounts)} |"
    for label, values in (
        ("**Reste à trouver**", [plan.unfunded for plan in plans]),
        ("**au pire**", [plan.unfunded_worst for plan in plans]),
    ):
        yield f"| {label} | {' | '.join(f'**{in_french(value)}**' for value in values)} |"


def standing(share: Contribution) -> str:
    return "dû" if share.by_holder else STANDINGS[share.standing]


def changes(book: Rulebook, days: list[date], plans: list[FundingPlan], dossiers: list[Dossier]) -> Iterator[str]:
    """What the law changed between two days, for what either plan could count on: a line for each aid."""
    aids = counted_on(book, plans)
    found: dict[str, list[str]] = {}
    new: set[str] = set()
    for aid in aids:
        periods = [aid.period(day) for day in days]
        states = [STATES[period.state] if period else "fermée" for period in periods]
        shown = periods[1] or periods[0]
        if states[0] != states[1] and shown:
            new |= {f"{aid.id}.{name}" for name in aid.shape.parameters if "fermée" in states}
            found[aid.id] = [f"{states[0]} → {states[1]} (source `{shown.sourcing.source}`)"]
    for name in sorted({setting.parameter for plan in plans for setting in read_by(plan)} - new):
        reader = next((aid for aid in aids if f"parameter:{name}" in aid.used), None)
        if reader is not None and (words := moved(book, name, days, dossiers)):
            found.setdefault(reader.id, []).append(words)
    for aid in aids:
        if aid.id in found:
            yield f"**{aid.label}** : {' ; '.join(found[aid.id])}"


def moved(book: Rulebook, name: str, days: list[date], dossiers: list[Dossier]) -> str:
    """How a value changed for this person between two days; nothing when it did not."""
    parameter = book.parameters[name]
    seen = []
    for day, each in zip(days, dossiers, strict=True):
        key = read_facts(each, day, book.facts).get(parameter.by or "")
        seen.append(parameter.at(day if parameter.clock == "filing" else each.training.start, str(key)))
    before, after = seen
    if (before.state, before.value) == (after.state, after.value):
        return ""
    source = after.sourcing or before.sourcing
    words = " → ".join(value_of_setting(each) if each.start else "non établi" for each in seen)
    return f"{parameter.label}, {words}{f' (source `{source.source}`)' if source else ''}"


def counted_on(book: Rulebook, plans: list[FundingPlan]) -> list[Aid]:
    """The aids that stand, or may stand, in one of the plans, and the contributions that the person may owe."""
    stand = {v.aid for plan in plans for v in plan.verdicts if v.state is not Truth.NO and v.presumed}
    owed = {v.aid for plan in plans for v in plan.verdicts if not v.out_of_scope}
    return [aid for aid in book.aids if aid.id in (owed if aid.kind == "mandatory" else stand)]


def read_by(plan: FundingPlan) -> Iterator[Setting]:
    """The values that the lines of a plan rest on, in their amounts and in the conditions that concern this person."""
    for share in plan.contributions:
        yield from (step.setting for step in share.steps if step.setting is not None)
        for evidence in share.evidence:
            yield from rests_on(evidence)


def rests_on(evidence: Evidence) -> list[Setting]:
    """The values that decide a condition; an *any* that a plain fact decides rests on none."""
    parts = [rests_on(child) for child in evidence.children if evidence.kind != "any" or child.truth is evidence.truth]
    if evidence.kind == "any" and [] in parts:
        return []
    return [*evidence.settings, *(setting for part in parts for setting in part)]


def page(book: Rulebook) -> str:
    lines = [INTRODUCTION]
    for title, (story, holder, training, answers) in PROJECTS.items():
        dossiers = [dossier(book, day, holder, training, answers) for day in DAYS]
        plans = [build_plan(each, book) for each in dossiers]
        lines += [f"## {title}\n", f"{story}\n", *table(plans), ""]
        for place in range(1, len(DAYS)):
            pair = slice(place - 1, place + 1)
            found = list(changes(book, DAYS[pair], plans[pair], dossiers[pair]))
            lines.append(f"### Du {day_in_french(DAYS[place - 1])} au {day_in_french(DAYS[place])}\n")
            lines += [f"- {line}" for line in found] or ["Rien de ce que lit ce plan n'a changé."]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true")
    text = page(load_rulebook())
    if parser.parse_args().check:
        same = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text
        print("up to date" if same else f"{PAGE.name} is not what the rules give: run make dates")
        return 0 if same else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
