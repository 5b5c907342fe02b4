"""The plan as data: the contract `cpf-funding/plan/1` (`report.schema` describes it).

Amounts are strings with two decimals, days are ISO dates, what is not known is null. A reader must ignore the keys it
does not know: later versions of the same contract may add some, and remove none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from cpf_funding.engine.plan import Alternative, CalendarLine, Cause, Contribution, FundingPlan, Remedy, VerdictLine
from cpf_funding.facts import Kind, Value
from cpf_funding.language.evidence import Evidence, Step
from cpf_funding.language.operations import step_lines
from cpf_funding.language.sentences import sentence
from cpf_funding.language.units import Unit, scale
from cpf_funding.language.values import UNLIMITED, Setting
from cpf_funding.language.words import missing_label
from cpf_funding.money import plain
from cpf_funding.report.explanation import explain_contribution, explain_plan
from cpf_funding.report.wording import alternative_words, limit_words, lost_words, remedy_words
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.truth import Truth

__all__ = ["PLAN_SCHEMA", "plan_document"]

PLAN_SCHEMA = "cpf-funding/plan/1"
_STATES = {Truth.YES: "open", Truth.NO: "refused", Truth.UNKNOWN: "unknown"}
_TRUTHS = {Truth.YES: "yes", Truth.NO: "no", Truth.UNKNOWN: "unknown"}


def plan_document(plan: FundingPlan, rulebook: Rulebook) -> dict[str, Any]:
    """The plan as JSON-ready data; `rulebook` is the one the plan was built with."""
    return {
        "schema": PLAN_SCHEMA,
        "dossier": plan.dossier,
        "as_of": plan.as_of.isoformat(),
        "cost": {"lines": _amounts(plan.cost_lines), "total": plain(plan.cost_total)},
        "contributions": [_contribution(each, rulebook) for each in plan.contributions],
        "holder_pays": plain(plan.holder_pays),
        "unfunded": plain(plan.unfunded),
        "unfunded_lines": _amounts(plan.unfunded_lines),
        "bounds": {"unfunded": {"best": plain(plan.unfunded_best), "worst": plain(plan.unfunded_worst)}},
        "complete": plan.complete,
        "verdicts": [_verdict(each, rulebook) for each in plan.verdicts],
        "causes": [_cause(each, rulebook) for each in plan.causes],
        "calendar": [_calendar(each) for each in plan.calendar],
        "on_time_probability": plan.on_time_probability,
        "alternatives": [_alternative(each, rulebook) for each in plan.alternatives],
        "questions": [
            {"subject": q.subject, "question": q.question, "euros": plain(q.euros), "aids": list(q.aids)}
            for q in plan.questions
        ],
        "checklist": [
            {
                "aid": paper.aid, "document": paper.document, "label": paper.label, "given_by": paper.given_by,
                "valid_months": paper.valid_months,
            }
            for paper in plan.checklist
        ],
        "warnings": [{"code": warning.code, "text": warning.text} for warning in plan.warnings],
        "explanation": explain_plan(plan),
        "receipt": {
            "engine": plan.receipt.engine, "rulebook": plan.receipt.rulebook, "dossier": plan.receipt.dossier,
            "as_of": plan.receipt.as_of.isoformat(), "checked_before": _day(plan.receipt.checked_before),
        },
    }  # fmt: skip


def _amounts(amounts: Mapping[str, int]) -> dict[str, str]:
    return {name: plain(cents) for name, cents in amounts.items()}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _contribution(contribution: Contribution, rulebook: Rulebook) -> dict[str, Any]:
    return {
        "aid": contribution.aid,
        "label": contribution.label,
        "funder": contribution.funder,
        "amount": plain(contribution.amount),
        "by_line": _amounts(contribution.by_line),
        "rank": contribution.rank,
        "standing": contribution.standing,
        "confirm": list(contribution.confirm),
        "confirm_text": [missing_label(subject, rulebook) for subject in contribution.confirm],
        "evidence": _evidences(contribution.evidence, rulebook),
        "sources": list(contribution.sources),
        "limit": limit_words(contribution, rulebook),
        "steps": [_step(step) for step in contribution.steps],
        "computation": step_lines(contribution.steps, rulebook),
        "by_holder": contribution.by_holder,
        "override": contribution.override,
        "explanation": explain_contribution(contribution, rulebook),
    }


def _verdict(verdict: VerdictLine, rulebook: Rulebook) -> dict[str, Any]:
    return {
        "aid": verdict.aid,
        "label": verdict.label,
        "state": _STATES[verdict.state],
        "evidence": _evidences(verdict.evidence, rulebook),
        "missing": list(verdict.missing),
        "cause": verdict.causes[0] if verdict.causes else None,
        "causes": list(verdict.causes),
        "out_of_scope": verdict.out_of_scope,
        "lost_to": verdict.lost_to,
        "lost_to_text": lost_words(verdict.lost_to, rulebook) if verdict.lost_to is not None else None,
        "potential": plain(verdict.potential),
        "file_by": _day(verdict.file_by),
    }


def _cause(cause: Cause, rulebook: Rulebook) -> dict[str, Any]:
    return {
        "id": cause.id,
        "label": cause.label,
        "state": cause.state,
        "evidence": _evidences(cause.evidence, rulebook),
        "aids": list(cause.aids),
        "missing": list(cause.missing),
        "euros": plain(cause.euros),
        "remedies": [_remedy(each, rulebook) for each in cause.remedies],
    }


def _remedy(remedy: Remedy, rulebook: Rulebook) -> dict[str, Any]:
    return {
        "lever": remedy.lever, "label": remedy.label, "who": list(remedy.who), "changes": dict(remedy.changes),
        "unfunded": plain(remedy.unfunded), "holder_pays": plain(remedy.holder_pays),
        "unfunded_worst": None if remedy.unfunded_worst is None else plain(remedy.unfunded_worst),
        "completes": remedy.completes, "clears": list(remedy.clears), "ask_again": list(remedy.ask_again),
        "text": remedy_words(remedy, rulebook),
    }  # fmt: skip


def _calendar(line: CalendarLine) -> dict[str, Any]:
    answer = line.answer
    return {
        "aid": line.aid,
        "file_by": _day(line.file_by),
        "file_from": _day(line.file_from),
        "after": list(line.after),
        "answer": {"least": _day(answer.least), "usual": _day(answer.usual), "most": _day(answer.most)},
        "slack_days": line.slack_days,
        "on_time_probability": line.on_time_probability,
        "silence": line.silence,
        "sample": line.sample,
        "asked": line.asked,
        "filed_on": _day(line.filed_on),
    }


_COUNTED = frozenset({"filings", "last_answer_days"})
"""Differences between plans that are numbers; the others are amounts."""


def _alternative(alternative: Alternative, rulebook: Rulebook) -> dict[str, Any]:
    return {
        "amounts": _amounts(alternative.amounts),
        "unfunded": plain(alternative.unfunded),
        "unfunded_worst": plain(alternative.unfunded_worst),
        "holder_pays": plain(alternative.holder_pays),
        "filings": alternative.filings,
        "last_answer": _day(alternative.last_answer),
        "rights_used": plain(alternative.rights_used),
        "without": list(alternative.without),
        "added": list(alternative.added),
        "differences": {
            name: value if name in _COUNTED else plain(value) for name, value in alternative.differences.items()
        },
        "text": alternative_words(alternative, rulebook),
    }


# Evidence and steps -----------------------------------------------------------------------------


def _evidences(evidences: Iterable[Evidence], rulebook: Rulebook) -> list[dict[str, Any]]:
    return [_evidence(each, rulebook) for each in evidences]


def _evidence(evidence: Evidence, rulebook: Rulebook) -> dict[str, Any]:
    return {
        "truth": _TRUTHS[evidence.truth],
        "kind": evidence.kind,
        "subject": evidence.subject,
        "operator": evidence.operator,
        "seen": _value(evidence.seen, evidence.unit),
        "expected": [_value(value, evidence.unit) for value in evidence.expected],
        "unit": str(evidence.unit) if evidence.unit is not None else None,
        "text": sentence(evidence, rulebook),
        "sources": _sources(evidence.settings),
        "at": str(evidence.origin) if evidence.origin is not None else None,
        "missing": list(evidence.missing),
        "cause": evidence.cause,
        "day": _day(evidence.day),
        "note": evidence.note,
        "children": _evidences(evidence.children, rulebook),
    }


def _sources(settings: Iterable[Setting]) -> list[str]:
    return list(dict.fromkeys(setting.sourcing.source for setting in settings if setting.sourcing is not None))


def _value(value: Value | None, kind: Kind | None) -> Any:
    """A value as JSON: numbers held in hundredths as decimal strings, dates in ISO form, `unlimited` in words."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, int) and not isinstance(value, bool) and isinstance(kind, Unit):
        return "unlimited" if value >= UNLIMITED else plain(value) if scale(kind) == 100 else value
    return value


def _step(step: Step) -> dict[str, Any]:
    return {
        "depth": step.depth, "kind": step.kind, "subject": step.subject, "low": _value(step.low, step.unit),
        "high": _value(step.high, step.unit), "unit": str(step.unit),
        "source": step.setting.sourcing.source if step.setting is not None and step.setting.sourcing else None,
    }  # fmt: skip
