"""Three-valued logic (Kleene, strong): a missing fact is a value, never a no.

Source: S. C. Kleene, *Introduction to Metamathematics* (1952), section 64.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

__all__ = ["Truth"]


class Truth(IntEnum):
    """NO < UNKNOWN < YES, so that *and* is the minimum and *or* the maximum."""

    NO = 0
    UNKNOWN = 1
    YES = 2

    @classmethod
    def of(cls, value: bool | None) -> Truth:
        """`None` is unknown."""
        if value is None:
            return cls.UNKNOWN
        return cls.YES if value else cls.NO

    @classmethod
    def all(cls, values: Iterable[Truth]) -> Truth:
        """Kleene conjunction; YES when empty."""
        return min(values, default=cls.YES)

    @classmethod
    def any(cls, values: Iterable[Truth]) -> Truth:
        """Kleene disjunction; NO when empty."""
        return max(values, default=cls.NO)

    def __invert__(self) -> Truth:
        return _NEGATION[self]


_NEGATION = (Truth.YES, Truth.UNKNOWN, Truth.NO)
