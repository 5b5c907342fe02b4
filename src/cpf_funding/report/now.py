"""What to do first about a plan: what to obtain, the requests that can be filed, what to ask."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cpf_funding.engine.plan import CalendarLine, FundingPlan
from cpf_funding.language.evidence import unmet
from cpf_funding.language.words import aid_name, day_in_french, enumerate_in_french, missing_label
from cpf_funding.report.page import Line, item
from cpf_funding.report.wording import money
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.truth import Truth

__all__ = ["MOST_QUESTIONS", "to_do_now"]

MOST_QUESTIONS = 3
"""How many questions are told first; the others have their own section."""
_FILED_BY = {
    "holder": "la personne demande", "employer": "l'employeur demande",
    "provider": "l'organisme de formation demande", "counsellor": "le conseiller demande",
}  # fmt: skip


def to_do_now(plan: FundingPlan, rulebook: Rulebook) -> Iterator[Line]:
    """What may be done on the day of the plan: what to obtain, then requests by their last day, then what to ask."""
    obtain = _to_obtain(plan)
    for subject, cents in obtain.items():
        yield item(f"Obtenir : {missing_label(subject, rulebook)} ({money(cents)} en dépendent).")
    now = [(_last_day(line, plan), line) for line in plan.calendar if not line.asked and line.file_from == plan.as_of]
    for day, line in sorted(now, key=lambda each: each[0] or date.max):
        yield item(f"{_request(line, day, rulebook)}.")
    asked = [question for question in plan.questions if question.euros and question.subject not in obtain]
    for question in asked[:MOST_QUESTIONS]:
        yield item(f"{question.question} ({money(question.euros)} en jeu)")


def _last_day(line: CalendarLine, plan: FundingPlan) -> date | None:
    """The last day to file, for itself and for the requests that wait for its answer."""
    waiting = [_last_day(each, plan) for each in plan.calendar if line.aid in each.after]
    return min((day for day in (line.file_by, *waiting) if day is not None), default=None)


def _request(line: CalendarLine, day: date | None, rulebook: Rulebook) -> str:
    aid = rulebook.aid(line.aid)
    when = f"au plus tard le {day_in_french(day)}" if day is not None else "dès maintenant"
    who = _FILED_BY.get(aid.shape.procedure.filed_by or "", "demander")
    words = f"{when} : {who} {aid_name(line.aid, rulebook)} à {rulebook.funders[aid.shape.funder].label}"
    if not line.after:
        return words
    return f"{words}, après la réponse de {enumerate_in_french((aid_name(id, rulebook) for id in line.after), 'et')}"


def _to_obtain(plan: FundingPlan) -> dict[str, int]:
    """Facts known not to be as a line needs them, such as the person's agreement, and the cents that wait for them."""
    found: dict[str, int] = {}
    for contribution in plan.contributions:
        leaves = (leaf for evidence in contribution.evidence for leaf in unmet(evidence))
        for subject in dict.fromkeys(e.subject for e in leaves if e.kind == "fact" and e.truth is Truth.NO):
            if subject in contribution.confirm:
                found[subject] = found.get(subject, 0) + contribution.amount
    return found
