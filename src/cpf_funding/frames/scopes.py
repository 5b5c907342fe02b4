"""What a row must have to be in the scope of an aid: the values of some facts, read from the rule itself."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import NamedTuple

from cpf_funding.language import tree

__all__ = ["Requirements", "Values", "requirements"]


class Values(NamedTuple):
    """The values that a fact may have: these, or all `but` these; `unknown` says whether it may also be unknown."""

    told: frozenset[str]
    but: bool = False
    unknown: bool = False

    def both(self, other: Values) -> Values:
        """The values that both allow."""
        unknown = self.unknown and other.unknown
        if self.but and other.but:
            return Values(self.told | other.told, True, unknown)
        if self.but or other.but:
            kept, left = (other, self) if self.but else (self, other)
            return Values(kept.told - left.told, False, unknown)
        return Values(self.told & other.told, False, unknown)

    def either(self, other: Values) -> Values:
        """The values that one or the other allows."""
        neither = Values(self.told, not self.but).both(Values(other.told, not other.but))
        return Values(neither.told, not neither.but, self.unknown or other.unknown)

    @property
    def none(self) -> bool:
        """Whether no value is allowed."""
        return not (self.but or self.told or self.unknown)

    def allow(self, value: str | None) -> bool:
        """Whether a value is allowed; `None` is unknown, and also any value that nothing names."""
        return (value in self.told) is not self.but or (value is None and self.unknown)


Requirements = Mapping[str, Values]


def requirements(node: tree.Node | None) -> Requirements:
    """The values that some facts must have for a condition to hold: `holder.region` among "53", "75"."""
    if isinstance(node, tree.AllOf):
        found: dict[str, Values] = {}
        for child in node.all:
            for fact, values in requirements(child).items():
                found[fact] = found[fact].both(values) if fact in found else values
        return found
    if isinstance(node, tree.AnyOf):
        parts = [requirements(child) for child in node.any]
        shared = set(parts[0]).intersection(*parts[1:])
        return {fact: reduce(Values.either, (part[fact] for part in parts)) for fact in sorted(shared)}
    if isinstance(node, tree.Not) and isinstance(node.not_, tree.Compare):
        return {fact: Values(values.told, not values.but) for fact, values in requirements(node.not_).items()}
    if isinstance(node, tree.FirstKnown):  # the first decides wherever its fact is known
        first = requirements(node.first_known[0]) if _one_fact(node.first_known[0]) else {}
        return {fact: values._replace(unknown=True) for fact, values in first.items()}
    if not isinstance(node, tree.Compare) or node.operator not in ("is", "in"):
        return {}
    written = all(isinstance(operand, str) for operand in node.operands)
    return {node.fact: Values(frozenset(map(str, node.operands)))} if written else {}


def _one_fact(node: tree.Node) -> bool:
    """Whether a condition is unknown only where one fact is."""
    return isinstance(node.not_ if isinstance(node, tree.Not) else node, tree.Compare)
