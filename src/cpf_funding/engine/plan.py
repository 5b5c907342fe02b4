"""The funding plan: what `build_plan` returns. Immutable; amounts are integer cents.

`report.document` writes it as the contract `cpf-funding/plan/1` (decimal strings), `report.text` in French.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cpf_funding.language.evidence import Evidence, Step
from cpf_funding.truth import Truth

__all__ = [
    "Alternative", "AnswerDates", "CalendarLine", "Cause", "Contribution", "FundingPlan", "Question", "Receipt",
    "PlanWarning", "Remedy", "RequiredDocument", "Standing", "VerdictLine",
]  # fmt: skip

Standing = str
"""`granted` (already answered yes), `right` (nobody decides), `open` (the funder decides) or `to_confirm`."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one aid pays. `confirm` lists what is not known and could lower or cancel the amount.

    `limit` names what bounds the amount: `cost` (nothing more to pay) or the step of the computation that binds.
    """

    aid: str
    label: str
    funder: str
    amount: int
    by_line: Mapping[str, int]
    rank: int
    standing: Standing
    confirm: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    steps: tuple[Step, ...]
    limit: Step | None
    sources: tuple[str, ...]
    by_holder: bool
    override: str | None = None


@dataclass(frozen=True, slots=True)
class VerdictLine:
    """How an aid stands: YES open, NO refused, UNKNOWN depends on `missing`.

    `presumed` is false when it is not known that the aid exists that day, or is for such a person at all.

    `lost_to` says why an aid that is not refused pays nothing: `excludes:<aid>`, `own_money`, `needs`,
    `joined_by`, `nothing_left` or `zero`. `potential` is what an aid that pays nothing could pay, in cents: 0 when it
    is not for this person or day and no refusal cause can be acted upon.
    """

    aid: str
    label: str
    state: Truth
    evidence: tuple[Evidence, ...]
    missing: tuple[str, ...]
    causes: tuple[str, ...]
    out_of_scope: bool
    presumed: bool = True
    lost_to: str | None = None
    potential: int = 0
    file_by: date | None = None


@dataclass(frozen=True, slots=True)
class AnswerDates:
    """When an answer can be expected; `None` where no delay was declared."""

    least: date | None
    usual: date | None
    most: date | None

    @property
    def likely(self) -> date | None:
        """The day it is expected: after the usual delay, else after the longest."""
        return self.usual or self.most


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """When to ask for an aid and when the answer comes. `slack_days`: from the expected answer to the start.

    `asked` says that a request is already waiting for its answer, since `filed_on` when that day is known.
    """

    aid: str
    file_by: date | None
    file_from: date | None
    after: tuple[str, ...]
    answer: AnswerDates
    slack_days: int | None
    on_time_probability: float | None
    silence: str | None = None
    sample: int | None = None
    asked: bool = False
    filed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change that was applied and rebuilt: what to change, who can act, and what the rebuilt plan gains.

    `lever` is the lever of the rulebook, or two of them joined by `+`. `changes` maps dossier paths to new values (as
    written in a dossier); `unfunded`, `unfunded_worst` and `holder_pays` are those of the rebuilt plan; `clears` lists
    the causes it removes. `ask_again` are paths whose values the rebuilt plan presumes, for somebody to confirm.
    """

    lever: str
    label: str
    who: tuple[str, ...]
    changes: Mapping[str, str]
    unfunded: int
    holder_pays: int
    clears: tuple[str, ...]
    unfunded_worst: int | None = None
    ask_again: tuple[str, ...] = ()

    @property
    def completes(self) -> bool:
        """Whether nothing is left to find in the rebuilt plan."""
        return self.unfunded == 0


@dataclass(frozen=True, slots=True)
class Cause:
    """A refusal cause: `raised`, `watch`, `clear` or `unknown`, with its evidence and the euros it costs."""

    id: str
    label: str
    state: str
    evidence: tuple[Evidence, ...]
    aids: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    euros: int = 0
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another plan that no plan beats on every count, with what it gains and loses against the recommended one.

    Differences are signed: a negative `unfunded` difference means less left to find.
    """

    amounts: Mapping[str, int]
    unfunded: int
    unfunded_worst: int
    holder_pays: int
    filings: int
    last_answer: date | None
    rights_used: int
    without: tuple[str, ...]
    added: tuple[str, ...]
    differences: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Question:
    """Something unknown, in the order of what the answer can move: euros of the plan, then verdicts."""

    subject: str
    question: str
    euros: int
    aids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RequiredDocument:
    """A paper to join to a request: what, given by whom, valid how many months."""

    aid: str
    document: str
    label: str
    given_by: str
    valid_months: int | None


@dataclass(frozen=True, slots=True)
class PlanWarning:
    """Something a counsellor must know before relying on the plan."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What made this plan: replaying it with the same dossier and rulebook gives the same bytes."""

    engine: str
    rulebook: str
    dossier: str
    as_of: date
    checked_before: date | None = None


@dataclass(frozen=True, slots=True)
class FundingPlan:
    """Who pays what for one training, in which order, by when; what is left; and why.

    `sum(contributions) + unfunded == cost_total`; `holder_pays` is the sum of the holder's own contributions.
    `unfunded_best` and `unfunded_worst` bound what is left over everything that is not known; in the worst case only
    granted, right and open lines stand, and firm aids that would stand beside them (docs/decisions/0002).
    `on_time_probability` is that of every answer of the calendar coming before the start, `None` when a delay that
    matters is not known or when no answer is awaited.
    """

    dossier: str | None
    as_of: date
    cost_lines: Mapping[str, int]
    cost_total: int
    contributions: tuple[Contribution, ...]
    holder_pays: int
    unfunded: int
    unfunded_lines: Mapping[str, int]
    unfunded_best: int
    unfunded_worst: int
    verdicts: tuple[VerdictLine, ...]
    causes: tuple[Cause, ...]
    calendar: tuple[CalendarLine, ...]
    alternatives: tuple[Alternative, ...]
    questions: tuple[Question, ...]
    checklist: tuple[RequiredDocument, ...]
    warnings: tuple[PlanWarning, ...]
    receipt: Receipt
    on_time_probability: float | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing is left to find."""
        return self.unfunded == 0
