"""Which conditions can never hold, or always hold: reasoning on intervals and sets of values, over every date at once.

`assume` keeps, for each thing compared, the values that are still possible; it forgets more than it should, never less,
so a contradiction that it finds is one for every dossier and every date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from typing import Any, NamedTuple

from cpf_funding.facts import Fact, parse_value
from cpf_funding.language import tree
from cpf_funding.language.units import Unit
from cpf_funding.language.values import UNLIMITED, Parameter
from cpf_funding.rulebook.book import Aid, Rulebook

__all__ = ["Verdict", "unreachable"]

_SEVERAL = frozenset({"training.certification.cpf_codes"})
"""Facts that hold several values at once: being one of them does not exclude being another."""


class Domain(NamedTuple):
    """The values still possible: numbers between two bounds, or (`only`) a closed set; `but` are excluded."""

    low: int = -UNLIMITED
    high: int = UNLIMITED
    only: frozenset[Any] | None = None
    but: frozenset[Any] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether no value is possible."""
        if self.only is not None and not self.only - self.but:
            return True
        return self.low > self.high or (self.low == self.high and self.low in self.but)

    def meet(self, other: Domain) -> Domain:
        """The values possible in both."""
        only = other.only if self.only is None else self.only if other.only is None else self.only & other.only
        return Domain(max(self.low, other.low), min(self.high, other.high), only, self.but | other.but)

    def join(self, other: Domain) -> Domain:
        """At least the values possible in one of them."""
        only = None if self.only is None or other.only is None else (self.only - self.but) | (other.only - other.but)
        return Domain(min(self.low, other.low), max(self.high, other.high), only, self.but & other.but)


Store = Mapping[str, Domain]
"""What is known of each thing compared: a fact, `parameter:`, `list:`, `envelope:` or `joined_by:`."""


class Verdict(NamedTuple):
    """What a rule requires, and never holds (`always` false) or always does, given what stands around it.

    `negated`: what is required is that the node fails.
    """

    node: tree.Node
    negated: bool
    always: bool
    about: str


def unreachable(book: Rulebook, aid: Aid) -> Iterator[tuple[str, Verdict]]:
    """The conditions of an aid that cannot hold, or cannot fail, with the part of the rule they are in."""
    reach = _Reach(book, aid.id)
    shape = aid.shape
    store: Store | None = {}
    for part in ("scope", "eligibility", "firm_when"):
        node = getattr(shape, part)
        if node is None or store is None:
            continue
        yield from ((part, verdict) for verdict in reach.visit(node, False, store))
        store = reach.assume(node, False, store)
    if store is not None:
        yield from (("amount", verdict) for verdict in reach.choices(shape.amount, store))


@dataclass(slots=True)
class _Reach:
    book: Rulebook
    aid: str
    clash: str = field(default="")

    def visit(self, node: tree.Node, negated: bool, store: Store) -> Iterator[Verdict]:
        """The smallest parts of a condition that never or always hold in a context."""
        if isinstance(node, tree.Not):
            yield from self.visit(node.not_, not negated, store)
            return
        if self.assume(node, negated, store) is None:
            yield Verdict(node, negated, False, self.clash)
        elif self.assume(node, not negated, store) is None:
            if self.assume(node, not negated, {}) is not None or ":" in self.clash:
                yield Verdict(node, negated, True, self.clash)
            # Otherwise the condition holds by itself (A or not A): it asks that a fact be known, and nothing more.
        elif isinstance(node, tree.AllOf | tree.AnyOf):
            children = node.all if isinstance(node, tree.AllOf) else node.any
            together = isinstance(node, tree.AllOf) is not negated
            for place, child in enumerate(children):
                others = children[:place] if together else ()
                around = self._assume_each(others, negated, store)
                if around is not None:
                    yield from self.visit(child, negated, around)
        elif isinstance(node, tree.FirstKnown):
            for child in node.first_known:
                yield from self.visit(child, negated, store)

    def choices(self, node: tree.Node, store: Store) -> Iterator[Verdict]:
        """The same for the branches of an amount: each is looked at once those before it have failed."""
        if isinstance(node, tree.Choose):
            left: Store | None = store
            for branch in node.choose:
                if left is None:
                    yield Verdict(branch.when, False, False, self.clash)
                    break
                yield from self.visit(branch.when, False, left)
                taken = self.assume(branch.when, False, left)
                if taken is not None:
                    yield from self.choices(branch.then, taken)
                left = self.assume(branch.when, True, left)
            if left is not None:
                yield from self.choices(node.otherwise, left)
            return
        for name in type(node).model_fields:
            value = getattr(node, name)
            for child in value if isinstance(value, tuple) else (value,):
                if isinstance(child, tree.Node):
                    yield from self.choices(child, store)

    # What is still possible once a condition holds (or, negated, fails)

    def assume(self, node: tree.Node, negated: bool, store: Store) -> Store | None:
        """The store in which the condition holds; `None` when it cannot."""
        if isinstance(node, tree.Not):
            return self.assume(node.not_, not negated, store)
        if isinstance(node, tree.AllOf | tree.AnyOf):
            children = node.all if isinstance(node, tree.AllOf) else node.any
            if isinstance(node, tree.AllOf) is not negated:
                return self._assume_each(children, negated, store)
            return _either(self.assume(child, negated, store) for child in children)
        if isinstance(node, tree.FirstKnown):
            return _either(self.assume(child, negated, store) for child in node.first_known)
        name, start, domain = self._leaf(node, negated)
        if domain is None:
            return store
        met = store.get(name, start).meet(domain)
        if met.empty:
            self.clash = name
            return None
        return {**store, name: met}

    def _assume_each(self, nodes: Iterable[tree.Node], negated: bool, store: Store) -> Store | None:
        for node in nodes:
            left = self.assume(node, negated, store)
            if left is None:
                return None
            store = left
        return store

    def _leaf(self, node: tree.Node, negated: bool) -> tuple[str, Domain, Domain | None]:
        """What a leaf compares, all that it may be, and what it must be."""
        if isinstance(node, tree.Compare):
            fact = self.book.facts[node.fact]
            if node.fact in _SEVERAL:
                return node.fact, Domain(), None
            return node.fact, _of_fact(fact), self._compared(node, fact.kind, fact.choices, negated)
        if isinstance(node, tree.CompareAmount) and isinstance(node.amount, tree.ParameterRef):
            parameter = self._parameter(node.amount)
            return (
                f"parameter:{parameter.name}",
                _of_parameter(parameter),
                self._compared(node, parameter.unit, {}, negated),
            )
        subjects = {tree.Listed: "list", tree.EnvelopeIsOpen: "envelope"}
        if type(node) in subjects:
            kind = subjects[type(node)]
            return f"{kind}:{getattr(node, kind)}", Domain(), Domain(only=frozenset({not negated}))
        return "", Domain(), None

    def _parameter(self, node: tree.ParameterRef) -> Parameter:
        return self.book.parameters[node.parameter if "." in node.parameter else f"{self.aid}.{node.parameter}"]

    def _compared(self, node: tree.Comparison, kind: Any, choices: Mapping[str, str], negated: bool) -> Domain | None:
        if not (isinstance(kind, Unit) or kind == "date"):
            values = frozenset(parse_value(kind, operand) for operand in node.operands)
            if kind == "truth" and negated:
                return Domain(only=frozenset({True, False}) - values)
            return Domain(but=values) if negated else Domain(only=values)
        bounds = [self._bound(operand, kind) for operand in node.operands]
        if None in bounds:
            return None
        return _interval(node.operator, [bound for bound in bounds if bound is not None], negated)

    def _bound(self, operand: Any, kind: Any) -> tuple[int, int] | None:
        """The least and the most that an operand may be."""
        if isinstance(operand, tree.ParameterRef):
            domain = _of_parameter(self._parameter(operand))
            return domain.low, domain.high
        if isinstance(operand, tree.Node):
            return None
        value = parse_value(kind, operand)
        step = value.toordinal() if isinstance(value, date) else value
        return (step, step) if isinstance(step, int) else None


def _either(stores: Iterable[Store | None]) -> Store | None:
    possible = [store for store in stores if store is not None]
    return reduce(_join, possible) if possible else None


def _join(left: Store, right: Store) -> Store:
    return {name: left[name].join(right[name]) for name in left.keys() & right.keys()}


def _of_fact(fact: Fact) -> Domain:
    if fact.kind == "truth":
        return Domain(only=frozenset({True, False}))
    if isinstance(fact.kind, Unit):
        low = -UNLIMITED if fact.least is None else fact.least
        return Domain(low, UNLIMITED if fact.most is None else fact.most)
    return Domain(only=frozenset(fact.choices)) if fact.choices else Domain()


def _of_parameter(parameter: Parameter) -> Domain:
    """A period where the value is not established leaves it free: the condition is then unknown, not contradictory."""
    values = [setting.value for setting in parameter.settings()]
    known = [value for value in values if value is not None]
    return Domain(min(known), max(known)) if known and len(known) == len(values) else Domain()


_OPPOSITE = {"at_least": "below", "at_most": "above", "above": "at_most", "below": "at_least", "before": "at_least",
             "after": "at_most"}  # fmt: skip


def _interval(operator: str, bounds: list[tuple[int, int]], negated: bool) -> Domain | None:
    """The numbers that may satisfy a comparison whose bounds are themselves between two values."""
    low, high = min(b[0] for b in bounds), max(b[1] for b in bounds)
    if negated and operator not in _OPPOSITE:
        exact = operator in ("is", "in") and all(b[0] == b[1] for b in bounds)
        return Domain(but=frozenset(b[0] for b in bounds)) if exact else None
    operator = _OPPOSITE[operator] if negated else operator
    if operator in ("is", "in", "between"):
        return Domain(low, high)
    if operator == "at_least":
        return Domain(low=low)
    if operator in ("above", "after"):
        return Domain(low=low + 1)
    return Domain(high=high) if operator == "at_most" else Domain(high=high - 1)
