"""JSON Schemas (2020-12) of what this library reads and writes, for editors and outside programs.

`Plan` describes the contract `cpf-funding/plan/1` that `report.document` writes; dossiers and rule files are described
by the models that read them.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from cpf_funding.dossier import Dossier
from cpf_funding.income import IncomeFile
from cpf_funding.report.descriptions import describe_dossier, describe_rules
from cpf_funding.rulebook.check import CheckFile
from cpf_funding.rulebook.levers import LeversFile
from cpf_funding.rulebook.overlay_shapes import OverlayFile
from cpf_funding.rulebook.shapes import (
    CausesFile,
    Confidence,
    DocumentsFile,
    FactsFile,
    FundersFile,
    ListFile,
    RuleFile,
    SourcesFile,
)

__all__ = ["SCHEMAS", "Plan", "dossier_schema", "plan_schema", "rule_schema"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

Money = Annotated[str, StringConstraints(pattern=r"^-?(0|[1-9][0-9]*)\.[0-9]{2}$")]
"""Euros with two decimals."""
Amounts = dict[str, Money]
Plain = str | int | bool | list[str] | None
"""A value seen or expected: decimal strings for euros, hours, rates and months; ISO dates; null when not known."""


class Described(BaseModel):
    """A part of the document. Keys that are not described may be added by later versions: ignore them."""

    model_config = ConfigDict(extra="allow")


class Evidence(Described):
    """One condition as it was evaluated; `text` says it in French, `at` is its place in the rules."""

    truth: Literal["yes", "no", "unknown"]
    kind: str
    subject: str
    operator: str
    seen: Plain
    expected: list[Plain]
    unit: str | None
    text: str
    sources: list[str]
    at: str | None
    missing: list[str]
    cause: str | None
    day: date | None
    note: str | None
    children: list[Evidence]


class Step(Described):
    """One operation of an amount, operands before results; `depth` 0 is the result."""

    depth: int
    kind: str
    subject: str
    low: str | int
    high: str | int
    unit: str
    source: str | None


class Datum(Described):
    """A datum processed, and where it comes from (CRPA R. 311-3-1-2, 2°)."""

    fact: str
    label: str
    value: str | None
    source: str


class AppliedParameter(Described):
    """A parameter as applied to the person (CRPA R. 311-3-1-2, 3°)."""

    name: str
    label: str
    value: str | None
    key: str | None
    state: Literal["valid", "ended", "announced", "unknown"]
    from_: date | None = Field(alias="from")
    until: date | None
    source: str | None
    confidence: Confidence | None
    checked_on: date | None
    at: str | None


class Explanation(Described):
    """The four items of CRPA R. 311-3-1-2, for one contribution."""

    degree_and_mode: str
    data: list[Datum]
    parameters: list[AppliedParameter]
    operations: list[str]


class Contribution(Described):
    """What one aid pays, in the order of mobilisation."""

    aid: str
    label: str
    funder: str
    amount: Money
    by_line: Amounts
    rank: int
    standing: Literal["granted", "right", "open", "to_confirm"]
    confirm: list[str]
    confirm_text: list[str]
    evidence: list[Evidence]
    sources: list[str]
    limit: str | None
    steps: list[Step]
    computation: list[str]
    by_holder: bool
    override: str | None
    explanation: Explanation


class Verdict(Described):
    """How an aid stands; `cause` is the first of `causes`."""

    aid: str
    label: str
    state: Literal["open", "refused", "unknown"]
    evidence: list[Evidence]
    missing: list[str]
    cause: str | None
    causes: list[str]
    out_of_scope: bool
    lost_to: str | None
    lost_to_text: str | None
    potential: Money
    file_by: date | None


class Remedy(Described):
    """A change that was applied and rebuilt; the amounts are those of the rebuilt plan."""

    lever: str
    label: str
    who: list[str]
    changes: dict[str, str]
    unfunded: Money
    unfunded_worst: Money | None
    holder_pays: Money
    completes: bool
    clears: list[str]
    ask_again: list[str]
    text: str


class Cause(Described):
    """A refusal cause and the euros it costs."""

    id: str
    label: str
    state: Literal["raised", "watch", "clear", "unknown"]
    evidence: list[Evidence]
    aids: list[str]
    missing: list[str]
    euros: Money
    remedies: list[Remedy]


class Answer(Described):
    """The days an answer can be expected; null where no delay was declared."""

    least: date | None
    usual: date | None
    most: date | None


class CalendarLine(Described):
    """When to ask for an aid and when the answer comes."""

    aid: str
    file_by: date | None
    file_from: date | None
    after: list[str]
    answer: Answer
    slack_days: int | None
    on_time_probability: Annotated[float, Field(ge=0, le=1)] | None
    silence: Literal["accepted", "refused"] | None
    sample: int | None
    asked: bool
    filed_on: date | None


class Alternative(Described):
    """Another plan; `differences` are signed, against the recommended one: euros as strings, counts as integers."""

    amounts: Amounts
    unfunded: Money
    unfunded_worst: Money
    holder_pays: Money
    filings: int
    last_answer: date | None
    rights_used: Money
    without: list[str]
    added: list[str]
    differences: dict[str, Money | int]
    text: str


class Question(Described):
    """Something unknown, the most valuable first."""

    subject: str
    question: str
    euros: Money
    aids: list[str]


class Paper(Described):
    """A document to join to a request."""

    aid: str
    document: str
    label: str
    given_by: str
    valid_months: int | None


class Warn(Described):
    """Something to know before relying on the plan."""

    code: str
    text: str


class Cost(Described):
    """The cost of the project, line by line."""

    lines: Amounts
    total: Money


class Range(Described):
    """Two bounds over everything that is not known."""

    best: Money
    worst: Money


class Bounds(Described):
    """What is left unfunded, at best and at worst."""

    unfunded: Range


class Digest(Described):
    """Where something comes from, and its SHA-256."""

    source: str
    digest: str


class Selection(Described):
    """The four items of CRPA R. 311-3-1-2, for the choice of the plan."""

    degree_and_mode: str
    data: Digest
    parameters: Digest
    operations: list[str]


class Receipt(Described):
    """What made the plan: the same receipt gives the same bytes."""

    engine: str
    rulebook: str
    dossier: str
    as_of: date
    checked_before: date | None


class Plan(Described):
    """A funding plan, `cpf-funding/plan/1`: the contributions and `unfunded` add up to the cost."""

    schema_: Literal["cpf-funding/plan/1"] = Field(alias="schema")
    dossier: str | None
    as_of: date
    cost: Cost
    contributions: list[Contribution]
    holder_pays: Money
    unfunded: Money
    unfunded_lines: Amounts
    bounds: Bounds
    complete: bool
    verdicts: list[Verdict]
    causes: list[Cause]
    calendar: list[CalendarLine]
    on_time_probability: Annotated[float, Field(ge=0, le=1)] | None
    alternatives: list[Alternative]
    questions: list[Question]
    checklist: list[Paper]
    warnings: list[Warn]
    explanation: Selection
    receipt: Receipt


_RuleFiles = (
    RuleFile | SourcesFile | FundersFile | FactsFile | DocumentsFile | CausesFile | ListFile | LeversFile
    | OverlayFile | CheckFile | IncomeFile
)  # fmt: skip


def _schema(model: Any, name: str) -> dict[str, Any]:
    content = TypeAdapter(model).json_schema(by_alias=True, mode="validation")
    return {"$schema": _DIALECT, "title": name} | {key: value for key, value in content.items() if key != "title"}


def plan_schema() -> dict[str, Any]:
    """JSON Schema of the plan document."""
    return _schema(Plan, "cpf-funding/plan/1")


def dossier_schema() -> dict[str, Any]:
    """JSON Schema of a dossier; the descriptions are French, for the editor of a counsellor."""
    schema = _schema(Dossier, "cpf-funding/dossier/1")
    describe_dossier(schema)
    return schema | {"required": ["schema"]}


def rule_schema() -> dict[str, Any]:
    """JSON Schema of the files of `rules/` and of overlays; the descriptions are French, for rule authors."""
    schema = _schema(_RuleFiles, "cpf-funding/rules")
    describe_rules(schema)
    return schema


SCHEMAS = {"dossier": dossier_schema, "plan": plan_schema, "rules": rule_schema}
"""The schemas by the names they are asked for."""
