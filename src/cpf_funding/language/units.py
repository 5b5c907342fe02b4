"""The kinds of quantities a rule may handle, and which of them may be combined.

Adding hours to euros is refused when the rulebook is loaded, not when a plan is built.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Unit", "product", "scale"]


class Unit(StrEnum):
    """A unit as written in the rules."""

    EUR = "EUR"
    HOURS = "h"
    EUR_PER_HOUR = "EUR/h"
    EUR_PER_DAY = "EUR/day"
    EUR_PER_MONTH = "EUR/month"
    PERCENT = "%"
    MONTHS = "months"
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"  # jours ouvrés : lundi à vendredi, hors fériés
    BUSINESS_DAYS = "business_days"  # jours ouvrables : lundi à samedi, hors fériés
    YEARS = "years"
    COUNT = "count"
    LEVEL = "level"
    YES_NO = "yes_no"  # un barème qui dit oui (1) ou non (0) ; un fait se déclare kind: truth

    @property
    def is_days(self) -> bool:
        """Whether the unit is one of the three kinds of days."""
        return self in (Unit.CALENDAR_DAYS, Unit.WORKING_DAYS, Unit.BUSINESS_DAYS)


_HUNDREDTHS = frozenset(
    {Unit.EUR, Unit.HOURS, Unit.EUR_PER_HOUR, Unit.EUR_PER_DAY, Unit.EUR_PER_MONTH, Unit.PERCENT, Unit.MONTHS}
)


def scale(unit: Unit) -> int:
    """How many integer steps make one unit: 100 for money, hours, rates and months; 1 for whole things."""
    return 100 if unit in _HUNDREDTHS else 1


_PRODUCTS: dict[frozenset[Unit], Unit] = {
    frozenset({Unit.HOURS, Unit.EUR_PER_HOUR}): Unit.EUR,
    frozenset({Unit.CALENDAR_DAYS, Unit.EUR_PER_DAY}): Unit.EUR,
    frozenset({Unit.WORKING_DAYS, Unit.EUR_PER_DAY}): Unit.EUR,
    frozenset({Unit.MONTHS, Unit.EUR_PER_MONTH}): Unit.EUR,
}


def product(left: Unit, right: Unit) -> Unit | None:
    """The unit of a product, whatever the order, or `None` when the two may not be multiplied."""
    for factor in (Unit.COUNT, Unit.PERCENT):  # a number of percents is a percentage
        if left is factor:
            return right
        if right is factor:
            return left
    return _PRODUCTS.get(frozenset({left, right}))
