"""A rulebook: every rule in force or past, typed, checked, ready to be asked; immutable and shared by threads."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from cpf_funding.errors import Origin
from cpf_funding.facts import Fact
from cpf_funding.language.context import AmountFunction, ConditionFunction
from cpf_funding.language.lists import EligibilityList
from cpf_funding.language.units import Unit
from cpf_funding.language.values import Parameter, Sourcing
from cpf_funding.rulebook.levers import Lever
from cpf_funding.rulebook.local import History, Local
from cpf_funding.rulebook.shapes import AidShape, CauseShape, DocumentShape, FunderShape, SourceShape

if TYPE_CHECKING:
    from cpf_funding.rulebook.assemble import Shapes

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
    """One aid, compiled.

    `joins` are the aids whose presence its conditions or amount look at; `line_sets` the sets of cost lines that it
    treats alike (what it covers, and each `remaining` of its amount); `counts` the aids whose payments its amount
    counts; `looks_at_others` says that its amount depends on what others pay otherwise than by a plain ceiling,
    `sees_plan` that it depends on the plan at all; `profile` the facts that, with the day, decide its scope (`None`:
    something else does).
    """

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
    sees_plan: bool
    profile: tuple[str, ...] | None
    used: frozenset[str]

    id: str = field(init=False)
    """Identifier, as in the contract: `ft.aif`."""
    label: str = field(init=False)
    """What a counsellor calls it."""
    rank: int = field(init=False)
    """Order of mobilisation; smaller is asked first."""
    kind: str = field(init=False)
    """`aid`, `right`, `mandatory` or `own_money`."""
    covers: tuple[str, ...] = field(init=False)
    """The cost lines it may pay."""
    by_holder: bool = field(init=False)
    """Whether the money is the person's own."""
    reads_envelope: bool = field(init=False)
    """Whether its conditions or its amount look at an envelope."""
    refuses_own_money: bool = field(init=False)
    """All or nothing: lost if a euro of the lines it covers stays with the person."""

    def __post_init__(self) -> None:
        # Read many times for each plan: plain attributes, not properties.
        shape = self.shape
        derived = {
            "id": shape.aid, "label": shape.label, "rank": shape.order, "kind": shape.kind, "covers": shape.covers,
            "by_holder": shape.kind == "mandatory" or (shape.kind == "own_money" and shape.funder == "holder"),
            "reads_envelope": any(name.startswith("envelope:") for name in self.used),
            "refuses_own_money": shape.relations.own_money == "forbidden",
        }  # fmt: skip
        for name, value in derived.items():
            object.__setattr__(self, name, value)

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
    levers: Mapping[str, Lever] = field(default_factory=dict)
    made_of: Shapes | None = field(default=None, repr=False, compare=False)
    """What the files said, checked: what a copy is assembled from."""
    kept: dict[str, Any] = field(init=False, repr=False, compare=False, default_factory=dict)
    """What the engine keeps from one dossier to the next: results that this rulebook alone decides."""
    _by_id: Mapping[str, Aid] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {aid.id: aid for aid in self.aids})

    def __reduce__(self) -> tuple[Callable[..., Rulebook], tuple[Any, ...]]:
        """Conditions and amounts are functions, which no pickle holds: a copy is assembled from the same shapes."""
        from cpf_funding.rulebook.assemble import assemble

        return assemble, (self.made_of, self.digest, self.files, [], self.local)

    def aid(self, id: str) -> Aid:
        """The aid of this id; raises `KeyError` when there is none."""
        return self._by_id[id]

    def with_history(self, history: History) -> Rulebook:
        """This rulebook and the delays that an agency observed; its digest says so, for receipts."""
        digest = hashlib.sha256(repr((self.digest, sorted(history.items()))).encode()).hexdigest()
        return replace(self, local=replace(self.local, history=history), digest=digest)
