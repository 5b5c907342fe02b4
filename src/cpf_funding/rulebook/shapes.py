"""What may be written in the files of `rules/`: one pydantic model per kind of mapping.

These models are the grammar: the strict reader checks files against them, and the JSON Schema that
editors use is generated from them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from cpf_funding.dossier import Code, Day, Unplaced
from cpf_funding.language.tree import Amount, Condition, Line, Node, Scalar
from cpf_funding.language.units import Unit

__all__ = [
    "AidShape", "Answer", "CauseShape", "CausesFile", "Confidence", "DocumentShape", "DocumentsFile", "Entry",
    "FactShape", "FactsFile", "FunderShape", "FundersFile", "InForce", "ListFile", "ListEntry", "ParameterShape",
    "Procedure", "Relations", "RuleFile", "SourceShape", "SourcesFile",
]  # fmt: skip

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+([.-][a-z0-9_]+)*$", max_length=80)]
Selector = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+([.-][a-z0-9_]+)*(\.\*)?$", max_length=80)]
Confidence = Literal["high", "medium", "low", "memory"]
Rows = tuple[str, ...]


class SourceShape(Node):
    """Where a figure or a condition comes from."""

    title: str
    address: str | None = None
    article: str | None = None
    published: Day | None = None
    confidence: Confidence
    checked_on: Day


class Sourced(Node):
    """Anything that rests on a source. `row` cites the rows of the project's notes it was taken from."""

    source: Id
    confidence: Confidence | None = None
    checked_on: Day | None = None
    row: Code | tuple[Code, ...] | None = None


class Entry(Sourced):
    """A value over a period (both ends included). No `until`: known up to the present edition of the rules.

    `state: unknown` declares a hole, with its `reason`; `state: ended` says that the value no longer exists;
    `state: announced` is a value of a text that is not adopted, or not in force, at the date of the rules.
    """

    from_: Day = Field(alias="from")
    until: Day | None = None
    for_: Code | tuple[Code, ...] | None = Field(default=None, alias="for")
    value: Scalar | None = None
    state: Literal["valid", "ended", "announced", "unknown"] = "valid"
    reason: str | None = None


class ParameterShape(Node):
    """A dated value or a table of dated values by a fact (`by`)."""

    label: str | None = None
    unit: Unit
    clock: Literal["filing", "start"]
    by: str | None = None
    values: tuple[Entry, ...] = Field(min_length=1)


class InForce(Sourced):
    """A period during which the aid can be asked for, read at the filing date."""

    from_: Day = Field(alias="from")
    until: Day | None = None
    state: Literal["open", "suspended", "announced", "unknown"] = "open"
    reason: str | None = None


class Relations(Node):
    """How an aid stands with the others of the same plan. Selectors are aid ids, or a prefix: `region.*`."""

    excludes: tuple[Selector, ...] = ()
    needs: tuple[Selector, ...] = ()
    own_money: Literal["allowed", "forbidden"] = "allowed"
    with_: tuple[Selector, ...] = Field(default=(), alias="with")
    waived_by: tuple[Selector, ...] = ()
    source: Id | None = None
    row: Code | tuple[Code, ...] | None = None


class Answer(Node):
    """How long the funder takes to answer, counted from the filing; an absent bound is unknown."""

    least: Amount | None = None
    usual: Amount | None = None
    most: Amount | None = None
    silence: Literal["accepted", "refused"] | None = None


class Procedure(Node):
    """How and when the aid is asked for."""

    filed_by: Literal["holder", "employer", "provider", "counsellor"] | None = None
    notice: Amount | None = None
    after: tuple[Selector, ...] = ()
    answer: Answer | None = None
    documents: tuple[Id, ...] = ()
    source: Id | None = None
    row: Code | tuple[Code, ...] | None = None


class AidShape(Node):
    """One aid: who may have it, how much, with what else, and how to ask for it.

    `kind` is `right` (the person's own right, nobody decides), `aid` (the funder decides), `mandatory` (a
    contribution due by the person as soon as an aid of `relations.with` pays) or `own_money` (never assumed:
    it enters a plan only when its amount is known).
    """

    aid: Id
    label: str
    funder: Id
    kind: Literal["aid", "right", "mandatory", "own_money"] = "aid"
    order: int = Field(ge=0, le=1000)
    covers: tuple[Line, ...] = Field(min_length=1)
    in_force: tuple[InForce, ...] = Field(min_length=1)
    scope: Condition | None = None
    parameters: Annotated[dict[str, ParameterShape], Unplaced] = Field(default_factory=dict)
    eligibility: Condition | None = None
    firm_when: Condition | None = None
    amount: Amount
    relations: Relations = Relations()
    procedure: Procedure = Procedure()
    note: str | None = None


class RuleFile(Node):
    """A file of `rules/national/` or `rules/regions/`: aids, and parameters that several aids share."""

    aids: tuple[AidShape, ...] = ()
    parameters: Annotated[dict[str, ParameterShape], Unplaced] = Field(default_factory=dict)


class SourcesFile(Node):
    """`rules/sources.yaml`."""

    sources: Annotated[dict[Id, SourceShape], Unplaced]


class FunderShape(Node):
    """Who pays; `contact` is where to write or call."""

    label: str
    contact: str | None = None


class FundersFile(Node):
    """`rules/funders.yaml`."""

    funders: Annotated[dict[Id, FunderShape], Unplaced]


class FactShape(Node):
    """A fact that the rules need and the dossier has no field for: answered under `answers:` in the dossier."""

    kind: Literal["truth", "text", "code", "date"] | Unit
    label: str
    question: str
    choices: Annotated[dict[str, str], Unplaced] | None = None
    least: Scalar | None = None
    most: Scalar | None = None


class FactsFile(Node):
    """`rules/facts.yaml`."""

    facts: Annotated[dict[Id, FactShape], Unplaced]


class DocumentShape(Node):
    """A paper that a funder asks for: who gives it, how long it stays valid."""

    label: str
    given_by: str
    valid_months: int | None = None


class DocumentsFile(Node):
    """`rules/documents.yaml`."""

    documents: Annotated[dict[Id, DocumentShape], Unplaced]


class CauseShape(Node):
    """A refusal cause: what a counsellor reads, who can act, and which detector of the engine looks for it.

    `threshold` is for late answers: under this probability, in percent, that an answer comes before the start, the
    cause is to watch.
    """

    label: str
    explanation: str
    who: tuple[str, ...] = ()
    levers: tuple[Id, ...] = ()
    detector: Literal["envelope", "lost", "list", "answers", "ceilings", "project", "refusal"]
    fact: str | None = None
    above: Scalar | None = None
    proofs: tuple[str, ...] = ()
    threshold: Annotated[int, Field(ge=1, le=100)] = 80
    survey: bool = False


class CausesFile(Node):
    """`rules/causes.yaml`."""

    causes: Annotated[dict[Id, CauseShape], Unplaced]


class ListEntry(Node):
    """A certification on a list: for whom, where, in which branches, from when to when."""

    code: Code
    label: str | None = None
    public: Literal["employee", "job_seeker", "all"] = "all"
    regions: tuple[Code, ...] = ()
    branches: tuple[Code, ...] = ()
    from_: Day | None = Field(default=None, alias="from")
    until: Day | None = None


class ListFile(Sourced):
    """An eligibility list. `complete: false` is an extract: not found there means unknown, never no."""

    list: Id
    label: str
    complete: bool = False
    codes: Literal["rncp", "rs", "cpf"]
    entries: tuple[ListEntry, ...] = ()
