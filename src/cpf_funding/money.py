"""Exact amounts: integer cents inside, decimal strings at the border, no binary floats.

The same fixed-point form (hundredths) serves hours, rates, percentages and months, so that every
computation of a plan is integer arithmetic and a table engine can repeat it to the cent.
"""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from typing import Any

__all__ = ["Rounding", "divide", "euros", "hundredths", "in_french", "plain"]

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,11})(?:\.([0-9]+))?")
_LIMIT = 10**12  # what `_NUMBER` accepts; an int or a `Decimal` is measured before it is written out


class Rounding(StrEnum):
    """How a division that does not fall on a hundredth is settled; a rule names the one it wants."""

    DOWN = "down"
    UP = "up"
    HALF_UP = "half_up"


def divide(numerator: int, denominator: int, rounding: Rounding = Rounding.DOWN) -> int:
    """The quotient of a non-negative numerator by a positive denominator, rounded as named."""
    if rounding is Rounding.DOWN:
        return numerator // denominator
    if rounding is Rounding.UP:
        return -(-numerator // denominator)
    return (2 * numerator + denominator) // (2 * denominator)


def hundredths(value: Any) -> int:
    """Read a number with at most two decimals as an integer count of hundredths.

    Accepts an int, a `Decimal`, a text such as `"1234.50"`, or a float whose shortest decimal
    writing has at most two decimals (what JSON readers produce). Raises `ValueError`, in French,
    on anything else.
    """
    if isinstance(value, bool) or not isinstance(value, int | str | float | Decimal):
        raise ValueError("un nombre est attendu, par exemple 1234.50")
    if (isinstance(value, int) and abs(value) >= _LIMIT) or (
        isinstance(value, Decimal) and abs(value.adjusted()) >= 12
    ):
        raise ValueError("ce nombre sort des limites : douze chiffres au plus avant la virgule, deux après")
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise ValueError("ce n'est pas un nombre : écrivez par exemple 1234.50 (point décimal, sans espace ni symbole)")
    decimals = match[1] or ""
    if len(decimals) > 2:
        raise ValueError("plus de deux décimales : écrivez au centième, par exemple 1234.50")
    sign = -1 if text.startswith("-") else 1
    whole = text.lstrip("-").partition(".")[0]
    return sign * (int(whole) * 100 + int(decimals.ljust(2, "0")))


def euros(value: Any) -> int:
    """Read an amount of money that is not negative, in cents (see `hundredths`)."""
    cents = hundredths(value)
    if cents < 0:
        raise ValueError("un montant ne peut pas être négatif")
    return cents


def plain(value: int) -> str:
    """The decimal writing of a count of hundredths, always two decimals: `150000` gives `"1500.00"`."""
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(value), 100)
    return f"{sign}{whole}.{rest:02d}"


def in_french(value: int, unit: str = "€") -> str:
    """`540050` gives `5 400,50 €`: narrow no-break thousands, comma, no-break space before the sign."""
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(value), 100)
    grouped = f"{whole:,}".replace(",", "\u202f")
    decimals = f",{rest:02d}" if rest else ""
    return f"{sign}{grouped}{decimals}\u00a0{unit}" if unit else f"{sign}{grouped}{decimals}"
