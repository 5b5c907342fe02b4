"""A rulebook: every rule in force or past, typed, checked, ready to be asked; immutable and shared by threads."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from cpf_funding.errors import Origin
from cpf_funding.facts import Fact
from cpf_funding.language.context import AmountFunction, ConditionFunction
from cpf_funding.language.lists import EligibilityList
from cpf_funding.language.units import Unit
from cpf_funding.language.values import Parameter, Sourcing
from cpf_funding.rulebook.levers import LeverShape
from cpf_funding.rulebook.local import History, Local
from cpf_funding.rulebook.shapes import AidShape, CauseShape, DocumentShape, FunderShape, SourceShape

__all__ = ["Aid", "AidPeriod", "Duration", "Rulebook"]


class AidPeriod(NamedTuple):
    """A period during which an aid can be asked for, is suspended, is only announced, or is not known."""

    state: str
    start: date
    until: date | None
    sourcing: Sourcing
    origin: Origin | None
    reason: str | None


class Duration(NamedTuple):
    """A notice or a delay: an amount and its unit (one of the three kinds of days, or months)."""

    amount: AmountFunction
    unit: Unit


@dataclass(frozen=True, slots=True)
class Aid:
    """One aid, compiled. `joins` are the aids whose presence its conditions or amount look at; `line_sets`
    the sets of cost lines that it treats alike (what it covers, and each `remaining` of its amount);
    `counts` the aids whose payments its amount counts; `looks_at_others` says that its amount depends on what others
    pay otherwise than by a plain ceiling."""

    shape: AidShape
    in_force: tuple[AidPeriod, ...]
    scope: ConditionFunction | None
    eligibility: ConditionFunction | None
    firm_when: ConditionFunction | None
    amount: AmountFunction
    notice: Duration | None
    least: Duration | None
    usual: Duration | None
    most: Duration | None
    excludes: frozenset[str]
    needs: frozenset[str]
    with_: frozenset[str]
    waived_by: frozenset[str]
    after: frozenset[str]
    joins: frozenset[str]
    joins_to_be_eligible: bool
    line_sets: tuple[tuple[str, ...], ...]
    counts: frozenset[str]
    looks_at_others: bool
    used: frozenset[str]

    @property
    def id(self) -> str:
        """Identifier, as in the contract: `ft.aif`."""
        return self.shape.aid

    @property
    def label(self) -> str:
        """What a counsellor calls it."""
        return self.shape.label

    @property
    def rank(self) -> int:
        """Order of mobilisation; smaller is asked first."""
        return self.shape.order

    @property
    def kind(self) -> str:
        """`aid`, `right`, `mandatory` or `own_money`."""
        return self.shape.kind

    @property
    def covers(self) -> tuple[str, ...]:
        """The cost lines it may pay."""
        return self.shape.covers

    @property
    def by_holder(self) -> bool:
        """Whether the money is the person's own."""
        return self.kind == "mandatory" or (self.kind == "own_money" and self.shape.funder == "holder")

    @property
    def refuses_own_money(self) -> bool:
        """All or nothing: lost if a euro of the lines it covers stays with the person."""
        return self.shape.relations.own_money == "forbidden"

    def period(self, day: date) -> AidPeriod | None:
        """The period that holds on a day."""
        for period in self.in_force:
            if period.start <= day and (period.until is None or day <= period.until):
                return period
        return None


@dataclass(frozen=True)
class Rulebook:
    """All that the files of `rules/` say. `digest` identifies it: same digest, same plans."""

    aids: tuple[Aid, ...]
    parameters: Mapping[str, Parameter]
    facts: Mapping[str, Fact]
    lists: Mapping[str, EligibilityList]
    sources: Mapping[str, SourceShape]
    funders: Mapping[str, FunderShape]
    documents: Mapping[str, DocumentShape]
    causes: Mapping[str, CauseShape]
    digest: str
    files: tuple[str, ...]
    local: Local = field(default_factory=Local)
    levers: Mapping[str, LeverShape] = field(default_factory=dict)
    _by_id: Mapping[str, Aid] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {aid.id: aid for aid in self.aids})

    def aid(self, id: str) -> Aid:
        """The aid of this id; raises `KeyError` when there is none."""
        return self._by_id[id]

    def with_history(self, history: History) -> Rulebook:
        """This rulebook and the delays that an agency observed; its digest says so, for receipts."""
        digest = hashlib.sha256(repr((self.digest, sorted(history.items()))).encode()).hexdigest()
        return replace(self, local=replace(self.local, history=history), digest=digest)
