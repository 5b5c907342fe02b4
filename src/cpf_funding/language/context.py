"""What an evaluation may read: the facts and dates of one dossier, and the plan being built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from cpf_funding.dossier import Envelope
from cpf_funding.facts import Fact, Value
from cpf_funding.language.evidence import Evidence, Range, Step
from cpf_funding.language.lists import EligibilityList
from cpf_funding.language.values import Parameter

__all__ = [
    "MOST_KEPT", "AmountFunction", "ConditionFunction", "Context", "PlanView", "Vocabulary", "once", "per_profile",
]  # fmt: skip


@dataclass(slots=True)
class PlanView:
    """The plan in which an amount is evaluated: which aids are in it, what those before this one pay."""

    members: frozenset[str]
    paid: Mapping[str, int]
    remaining: Callable[[tuple[str, ...]], int]
    settled: bool = False
    """Whether every amount is known: a condition on co-funding then looks at what is paid, not at who is there."""


@dataclass(slots=True)
class Context:
    """One dossier on one day. `plan` is absent while verdicts are reached aid by aid."""

    facts: Mapping[str, Value]
    on: date
    start: date | None
    envelopes: Mapping[str, Envelope] = field(default_factory=dict)
    plan: PlanView | None = None
    steps: list[Step] | None = None
    memo: dict[int, Any] = field(default_factory=dict)
    """Results that no plan can change, kept from one configuration to the next (see `once`)."""

    def day(self, clock: str) -> date | None:
        """The day that a clock shows: of the plan (`filing`) or of the start of the course (`start`)."""
        return self.on if clock == "filing" else self.start


T = TypeVar("T")


def once(function: Callable[..., T]) -> Callable[..., T]:
    """Evaluate once per dossier what depends on no plan; an amount whose steps are being recorded is computed anew."""
    key = id(function)

    def evaluate(context: Context, depth: int = -1) -> T:
        if depth >= 0 and context.steps is not None:
            return function(context, depth)
        found: T | None = context.memo.get(key)
        if found is None:
            found = context.memo[key] = function(context) if depth < 0 else function(context, depth)
        return found

    return evaluate


MOST_KEPT = 256
"""How many results of one part of a rule are kept from dossier to dossier."""


def per_profile(function: Callable[..., T], names: tuple[str, ...]) -> Callable[..., T]:
    """Evaluate once per profile what the day and these facts decide: the result serves every dossier that shares them.

    An amount whose steps are being recorded is computed anew.
    """
    kept: dict[tuple[Any, ...], T] = {}

    def evaluate(context: Context, depth: int = -1) -> T:
        if depth >= 0 and context.steps is not None:
            return function(context, depth)
        profile = (context.on, *map(context.facts.get, names))
        found = kept.get(profile)
        if found is None:
            if len(kept) >= MOST_KEPT:
                kept.clear()
            found = kept[profile] = function(context) if depth < 0 else function(context, depth)
        return found

    return evaluate


ConditionFunction = Callable[[Context], Evidence]
AmountFunction = Callable[[Context, int], Range]
"""An amount in a context; the integer is the depth at which its steps are recorded."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that a rule may use: facts, parameters, lists, and the aids that a selector designates."""

    facts: Mapping[str, Fact]
    parameters: Mapping[str, Parameter]
    lists: Mapping[str, EligibilityList]
    aids: frozenset[str]
    causes: frozenset[str]

    def select(self, selector: str) -> frozenset[str]:
        """The aids that a selector (an id, or a prefix followed by `.*`) designates."""
        if selector.endswith(".*"):
            return frozenset(aid for aid in self.aids if aid.startswith(selector[:-1]))
        return self.aids & {selector}
