"""The plan in plain French text: the answer first, then who pays what and why, then everything to check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from cpf_funding.dossier import Dossier
from cpf_funding.engine.plan import CalendarLine, Cause, Contribution, FundingPlan, VerdictLine
from cpf_funding.engine.warnings import sourcings
from cpf_funding.language.operations import step_lines
from cpf_funding.language.sentences import sentence
from cpf_funding.language.units import Unit
from cpf_funding.language.words import CONFIDENCE, aid_name, day_in_french, enumerate_in_french, missing_label, show
from cpf_funding.report.advice import counselling, papers_lacking
from cpf_funding.report.explanation import DISCLAIMER
from cpf_funding.report.now import to_do_now
from cpf_funding.report.page import Line, Page, detail, item
from cpf_funding.report.wording import (
    alternative_words,
    chance,
    limit_words,
    lost_words,
    money,
    remedy_words,
    standing_words,
)
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.truth import Truth

__all__ = ["WIDTH", "plan_text"]

WIDTH = 100
"""Columns of a text that is not shown on a terminal."""
MOST_ALTERNATIVES = 4
"""How many other plans a person is told; a program reads them all."""


def plan_text(plan: FundingPlan, rulebook: Rulebook, width: int = WIDTH, dossier: Dossier | None = None) -> str:
    """The plan as text of at most `width` columns, at least 40; `rulebook` is the one the plan was built with.

    With its `dossier`, the text also tells the counselling the plan takes and the papers that are missing.
    """
    page = Page(max(40, width))
    _answer(plan, rulebook, page)
    page.section("À faire maintenant", to_do_now(plan, rulebook))
    page.section("Qui paie quoi, dans l'ordre", _contributions(plan, rulebook))
    page.section("Aides refusées, et pourquoi", _refused(plan, rulebook))
    page.section("Aides qui ne paient pas dans ce plan", _unused(plan, rulebook))
    page.section("Causes de blocage", _causes(plan, rulebook))
    page.section("Calendrier des demandes", _calendar(plan, rulebook))
    page.section("Autres plans possibles", _alternatives(plan, rulebook))
    page.section("Questions, les plus utiles d'abord", _questions(plan, rulebook))
    page.section("Pièces à réunir", _checklist(plan, rulebook))
    if dossier is not None:
        page.section("Pièces manquantes", papers_lacking(plan, dossier, rulebook))
        page.section("Accompagnement", counselling(plan, dossier, rulebook))
    page.section("Avertissements", (item(warning.text) for warning in plan.warnings))
    page.section("Sources citées", _cited(plan, rulebook))
    _end(plan, page)
    return page.text()


def _cost(line: str, rulebook: Rulebook) -> str:
    return rulebook.facts[f"training.costs.{line}"].label


def _by_line(amounts: Mapping[str, int], rulebook: Rulebook) -> str:
    return ", ".join(f"{_cost(line, rulebook)} {money(cents)}" for line, cents in amounts.items())


def _missing(subjects: Iterable[str], rulebook: Rulebook) -> str:
    return " ; ".join(missing_label(subject, rulebook) for subject in subjects)


# The answer -------------------------------------------------------------------------------------


def _answer(plan: FundingPlan, rulebook: Rulebook, page: Page) -> None:
    name = f" {plan.dossier}" if plan.dossier else ""
    page.write(f"Plan de financement{name}, au {day_in_french(plan.as_of)}")
    page.blank()
    if plan.complete:
        reserve = ", sous réserve de ce qui est à confirmer" if plan.unfunded_worst else ""
        page.write(f"Plan complet{reserve} : {money(plan.cost_total)} financés.")
    else:
        page.write(f"Il manque {money(plan.unfunded)} sur {money(plan.cost_total)}.")
        page.write(f"Reste à trouver : {_by_line(plan.unfunded_lines, rulebook)}.")
    page.write(f"La personne paie {money(plan.holder_pays)}.")
    if plan.unfunded_best < plan.unfunded:
        page.write(f"Au mieux, il manquerait {money(plan.unfunded_best)}.")
    if plan.unfunded_worst > plan.unfunded:
        page.write(f"Au pire, si rien de ce qui est à confirmer ne l'est, il manquerait {money(plan.unfunded_worst)}.")


def _end(plan: FundingPlan, page: Page) -> None:
    receipt = plan.receipt
    page.blank()
    page.write(
        f"Reçu : moteur {receipt.engine}, règles {receipt.rulebook[:16]}, dossier {receipt.dossier[:16]}, "
        f"au {day_in_french(receipt.as_of)}."
    )
    page.write(DISCLAIMER)


# Who pays what ----------------------------------------------------------------------------------


def _contributions(plan: FundingPlan, rulebook: Rulebook) -> Iterator[Line]:
    for place, contribution in enumerate(plan.contributions, 1):
        funder = rulebook.funders[contribution.funder].label
        yield item(f"{contribution.label}, {funder} : {money(contribution.amount)}", f"{place}. ")
        yield detail(f"Statut : {standing_words(contribution)}.")
        yield from _why(contribution, rulebook)


def _why(contribution: Contribution, rulebook: Rulebook) -> Iterator[Line]:
    if contribution.confirm:
        yield detail(f"À confirmer : {_missing(contribution.confirm, rulebook)}.")
    for evidence in contribution.evidence:
        if evidence.kind in ("request", "override"):
            yield detail(f"{sentence(evidence, rulebook)}.")
    yield detail(f"Paie : {_by_line(contribution.by_line, rulebook)}.")
    limit = limit_words(contribution, rulebook)
    if limit is None:
        yield detail("Limite : aucune, paie tout ce qui reste à son rang.")
    elif contribution.limit not in contribution.steps[-1:]:  # the whole computation is told just below
        yield detail(f"Limite : {limit}.")
    for line in step_lines(contribution.steps, rulebook):
        words = line.lstrip(" ")
        yield detail(words, "Calcul : " if words == line else " " * (9 + len(line) - len(words)))
    yield detail(f"Sources : {' ; '.join(_sources(contribution, rulebook))}.")


def _sources(contribution: Contribution, rulebook: Rulebook) -> Iterator[str]:
    """Each source with the weakest confidence and the oldest check of what was taken from it."""
    ranks = list(CONFIDENCE)
    used = list(sourcings(contribution, rulebook))
    for name in contribution.sources:
        values = [each for each in used if each.source == name]
        source = rulebook.sources[name]
        confidence = max((each.confidence for each in values), key=ranks.index, default=source.confidence)
        checked_on = min((each.checked_on for each in values), default=source.checked_on)
        yield f"{name} ({CONFIDENCE[confidence]}, vérifié le {day_in_french(checked_on)})"


# Aids that pay nothing --------------------------------------------------------------------------


def _long_ended(verdict: VerdictLine) -> bool:
    """Whether the aid ended too long ago to be worth more than a count: the engine gives no cause to such an end."""
    return not verdict.causes and any(evidence.kind == "in_force" for evidence in verdict.evidence)


def _refused(plan: FundingPlan, rulebook: Rulebook) -> Iterator[Line]:
    counted = {"ended": 0, "outside": 0, "idle": 0}
    for verdict in (each for each in plan.verdicts if each.state is Truth.NO):
        if verdict.out_of_scope:
            counted["outside"] += 1
        elif _long_ended(verdict):
            counted["ended"] += 1
        elif not _covers_a_cost(verdict, plan, rulebook):
            counted["idle"] += 1
        else:
            yield item(verdict.label)
            for evidence in verdict.evidence:
                yield detail(f"{sentence(evidence, rulebook)}.")
    for reason, count in counted.items():
        if count:
            yield item(f"{count} autre{'s' if count > 1 else ''} : {_COUNTED[reason]}.")


_COUNTED = {
    "ended": "fin depuis plus d'un an",
    "outside": "pour une autre situation (statut, territoire, fonds)",
    "idle": "pour des coûts que ce dossier n'a pas",
}


def _covers_a_cost(verdict: VerdictLine, plan: FundingPlan, rulebook: Rulebook) -> bool:
    return any(plan.cost_lines.get(line) for line in rulebook.aid(verdict.aid).covers)


def _unused(plan: FundingPlan, rulebook: Rulebook) -> Iterator[Line]:
    paying = {contribution.aid for contribution in plan.contributions}
    for verdict in plan.verdicts:
        used = verdict.state is Truth.NO or verdict.aid in paying
        if not used and _covers_a_cost(verdict, plan, rulebook):
            yield item(verdict.label)
            yield from _why_unused(verdict, rulebook)


def _why_unused(verdict: VerdictLine, rulebook: Rulebook) -> Iterator[Line]:
    if verdict.lost_to is not None:
        yield detail(f"{lost_words(verdict.lost_to, rulebook)}.")
    if verdict.missing:
        yield detail(f"dépend de : {_missing(verdict.missing, rulebook)}.")
    if verdict.lost_to is None and not verdict.missing:
        yield detail("n'apporte rien à ce plan.")


# Causes -----------------------------------------------------------------------------------------

_CAUSE_STATES = {"raised": "établie", "watch": "à surveiller", "unknown": "on ne sait pas"}


def _causes(plan: FundingPlan, rulebook: Rulebook) -> Iterator[Line]:
    for state in _CAUSE_STATES:
        for cause in plan.causes:
            if cause.state == state:
                yield from _cause(cause, rulebook)


def _cause(cause: Cause, rulebook: Rulebook) -> Iterator[Line]:
    euros = f", {money(cause.euros)} en jeu" if cause.euros else ""
    yield item(f"{cause.label} ({_CAUSE_STATES[cause.state]}{euros})")
    yield detail(rulebook.causes[cause.id].explanation)
    if cause.aids:
        yield detail(f"Aides concernées : {enumerate_in_french((aid_name(id, rulebook) for id in cause.aids), 'et')}.")
    for words in dict.fromkeys(sentence(evidence, rulebook) for evidence in cause.evidence):
        yield detail(f"{words}.")
    if cause.missing:
        yield detail(f"À savoir : {_missing(cause.missing, rulebook)}.")
    for remedy in cause.remedies:
        yield detail(f"{remedy_words(remedy, rulebook)}.", "Remède vérifié : ")


def _alternatives(plan: FundingPlan, rulebook: Rulebook) -> Iterator[Line]:
    for alternative in plan.alternatives[:MOST_ALTERNATIVES]:
        yield item(alternative_words(alternative, rulebook))
    others = len(plan.alternatives) - MOST_ALTERNATIVES
    if others > 0:
        yield item(f"{others} autre{'s' if others > 1 else ''}, dans le format json.")


# Dates, questions, papers -----------------------------------------------------------------------

_SILENCE = {"accepted": "une absence de réponse vaut accord", "refused": "une absence de réponse vaut refus"}


def _calendar(plan: FundingPlan, rulebook: Rulebook) -> Iterator[Line]:
    for line in plan.calendar:
        yield item(f"{rulebook.aid(line.aid).label} : {', '.join(_filing(line, rulebook))}.")
        yield detail(f"{', '.join(_answered(line))}.")
    if len(plan.calendar) > 1:
        yield item(f"Toutes les réponses avant le début de la formation : {_all_in_time(plan.on_time_probability)}.")


def _all_in_time(probability: float | None) -> str:
    if probability is None:
        return "probabilité non connue, faute d'un délai ou de la date de début"
    return f"probabilité de {chance(probability)}"


def _filing(line: CalendarLine, rulebook: Rulebook) -> Iterator[str]:
    if line.asked:
        yield f"déjà demandée le {day_in_french(line.filed_on)}" if line.filed_on else "déjà demandée"
        return
    if line.after:
        yield f"après la réponse de {enumerate_in_french((aid_name(id, rulebook) for id in line.after), 'et')}"
    yield f"à demander dès le {day_in_french(line.file_from)}" if line.file_from else "premier jour possible non connu"
    yield f"au plus tard le {day_in_french(line.file_by)}" if line.file_by else "dernier jour possible non connu"


def _answered(line: CalendarLine) -> Iterator[str]:
    answer = line.answer
    bounds = (("au plus tôt", answer.least), ("d'habitude", answer.usual), ("au plus tard", answer.most))
    known: list[tuple[str, date]] = [(word, day) for word, day in bounds if day is not None]
    if not known:
        yield "délai de réponse non connu"
    elif len(known) == len(bounds) and len({day for _, day in known}) == 1:
        yield f"réponse attendue le {day_in_french(known[0][1])}"
    else:
        days = ", ".join(f"{word} le {day_in_french(day)}" for word, day in known)
        yield f"réponse attendue : {days}" + ("" if answer.most else ", délai le plus long non connu")
    if line.slack_days is not None:
        side = "avant" if line.slack_days >= 0 else "après"
        yield f"{show(abs(line.slack_days), Unit.CALENDAR_DAYS)} {side} le début de la formation"
    if line.on_time_probability is not None:
        sample = f" ({line.sample} réponses observées)" if line.sample is not None else ""
        yield f"probabilité d'une réponse avant le début : {chance(line.on_time_probability)}{sample}"
    if line.silence is not None:
        yield _SILENCE[line.silence]


def _questions(plan: FundingPlan, rulebook: Rulebook) -> Iterator[Line]:
    worth = [question for question in plan.questions if question.euros]
    for place, question in enumerate(worth, 1):
        aids = ", ".join(aid_name(id, rulebook) for id in question.aids)
        yield item(f"{question.question} ({money(question.euros)} en jeu, {aids})", f"{place}. ")
    others = len(plan.questions) - len(worth)
    if others:
        yield item(f"{others} autre{'s' if others > 1 else ''}, sans euro en jeu dans ce plan.")


def _checklist(plan: FundingPlan, rulebook: Rulebook) -> Iterator[Line]:
    """Each paper once, with the aids that ask for it."""
    aids: dict[str, list[str]] = {}
    for paper in plan.checklist:
        aids.setdefault(paper.document, []).append(paper.aid)
    papers = {paper.document: paper for paper in reversed(plan.checklist)}
    for name, asked_by in aids.items():
        paper = papers[name]
        valid = f", valable {paper.valid_months} mois" if paper.valid_months is not None else ""
        names = enumerate_in_french((aid_name(id, rulebook) for id in asked_by), "et")
        yield item(f"{paper.label} (à demander à : {paper.given_by}{valid}), pour {names}", "[ ] ")


def _cited(plan: FundingPlan, rulebook: Rulebook) -> Iterator[Line]:
    for name in dict.fromkeys(source for contribution in plan.contributions for source in contribution.sources):
        source = rulebook.sources[name]
        parts = (source.title, source.article, source.address)
        yield Line(0, "- ", f"{name} : {', '.join(part for part in parts if part)}")
