"""Periods of days, both ends included: do two meet, and what is left of one outside another."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Protocol, TypeVar

from cpf_funding.language.tree import Node

__all__ = ["Period", "covered", "cut", "overlaps"]

_DAY = timedelta(days=1)


class Period(Protocol):
    """Anything written with `from` and `until`."""

    @property
    def from_(self) -> date:
        """The first day."""
        ...

    @property
    def until(self) -> date | None:
        """The last day; `None` when it has no end."""
        ...


_Node = TypeVar("_Node", bound=Node)


def _last(period: Period) -> date:
    return period.until or date.max


def overlaps(left: Period, right: Period) -> bool:
    """Whether two periods share a day."""
    return left.from_ <= _last(right) and right.from_ <= _last(left)


def covered(period: Period, by: list[Period]) -> bool:
    """Whether every day of a period is in one of the others, which do not overlap."""
    day = period.from_
    for other in sorted(by, key=lambda each: each.from_):
        if other.from_ > day:
            return False
        if _last(other) >= _last(period):
            return True
        day = max(day, _last(other) + _DAY)
    return False


def cut(node: _Node, window: Period) -> list[_Node]:
    """What is left of a dated node outside a window: itself, nothing, or one or two shorter copies."""
    period: Period = node  # type: ignore[assignment]
    if not overlaps(period, window):
        return [node]
    left: list[_Node] = []
    if period.from_ < window.from_:
        left.append(node.model_copy(update={"until": window.from_ - _DAY}))
    if window.until is not None and _last(period) > window.until:
        left.append(node.model_copy(update={"from_": window.until + _DAY}))
    return left
