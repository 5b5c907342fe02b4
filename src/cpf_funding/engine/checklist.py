"""The papers to gather for the aids of a plan, and what each line still lacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from cpf_funding.dossier import Dossier, HeldDocument
from cpf_funding.engine.plan import Contribution, FundingPlan, RequiredDocument
from cpf_funding.rulebook.book import Rulebook

__all__ = ["Lack", "lacking", "required"]


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that a line of the plan lacks to be asked for.

    `why` is `confirm` (a fact to know or to obtain, such as the person's agreement: the line is not firm), `missing` (a
    paper nobody has yet), `expired` (it will be too old on the day of the request; `until` is its last day) or
    `undated` (it expires, and nobody noted its date).
    """

    aid: str
    subject: str
    why: str
    until: date | None = None


def required(contributions: tuple[Contribution, ...], rulebook: Rulebook) -> tuple[RequiredDocument, ...]:
    """One line per aid and document, in the order of the plan; what is granted needs no paper any more."""
    found = []
    for contribution in contributions:
        if contribution.standing == "granted":
            continue
        for name in rulebook.aid(contribution.aid).shape.procedure.documents:
            document = rulebook.documents[name]
            found.append(
                RequiredDocument(contribution.aid, name, document.label, document.given_by, document.valid_months)
            )
    return tuple(found)


def lacking(plan: FundingPlan, dossier: Dossier) -> tuple[Lack, ...]:
    """What each line of the plan lacks, in the order of the plan, on the first day it can be asked for."""
    held = {paper.document: paper for paper in dossier.local.documents}
    asked_on = {line.aid: line.file_from or plan.as_of for line in plan.calendar}
    found: list[Lack] = []
    for contribution in plan.contributions:
        found += [Lack(contribution.aid, subject, "confirm") for subject in contribution.confirm]
        day = asked_on.get(contribution.aid, plan.as_of)
        for paper in plan.checklist:
            if paper.aid == contribution.aid:
                found += _paper(paper, held.get(paper.document), day)
    return tuple(found)


def _paper(paper: RequiredDocument, held: HeldDocument | None, day: date) -> Iterator[Lack]:
    if held is None:
        yield Lack(paper.aid, paper.document, "missing")
    elif paper.valid_months is not None and held.on is None:
        yield Lack(paper.aid, paper.document, "undated")
    elif paper.valid_months is not None and held.on is not None:
        until = held.on + relativedelta(months=paper.valid_months)
        if until < day:
            yield Lack(paper.aid, paper.document, "expired", until)
