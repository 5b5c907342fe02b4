"""Whole messages of the smallest modules: what a person reads is not left to a fragment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from cpf_funding.calendars import Territory, days_between, latest_filing, shift, territory_of
from cpf_funding.engine.probability import triangular
from cpf_funding.language.units import Unit
from cpf_funding.money import euros, hundredths

OUTSIDE = "ce nombre sort des limites : douze chiffres au plus avant la virgule, deux après"
NO_NUMBER = "ce n'est pas un nombre : écrivez par exemple 1234.50 (point décimal, sans espace ni symbole)"
OUT_OF_CALENDAR = "date hors du calendrier : les années vont de 1 à 9999"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (True, "un nombre est attendu, par exemple 1234.50"),
        (None, "un nombre est attendu, par exemple 1234.50"),
        (10**12, OUTSIDE),
        (-(10**12), OUTSIDE),
        (Decimal("1e12"), OUTSIDE),
        (Decimal("1e-12"), OUTSIDE),
        (Decimal("NaN"), NO_NUMBER),
        (Decimal("Infinity"), NO_NUMBER),
        (float("inf"), NO_NUMBER),
        (float("nan"), NO_NUMBER),
        (1e22, NO_NUMBER),
        ("1,50", NO_NUMBER),
        ("", NO_NUMBER),
        ("1.505", "plus de deux décimales : écrivez au centième, par exemple 1234.50"),
        (0.1 + 0.2, "plus de deux décimales : écrivez au centième, par exemple 1234.50"),
    ],
)
def test_a_number_that_is_refused(value: object, message: str) -> None:
    with pytest.raises(ValueError, match=r"nombre|décimales") as caught:
        hundredths(value)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("value", "steps"),
    [
        (10**12 - 1, 10**14 - 100), (-(10**12) + 1, -(10**14) + 100), (Decimal("999999999999.99"), 10**14 - 1),
        (Decimal("1E+3"), 100_000), ("-0.01", -1), ("0.1", 10), (0.1, 10), (-0.5, -50), ("999999999999.99", 10**14 - 1),
    ],
)  # fmt: skip
def test_a_number_on_the_bounds(value: object, steps: int) -> None:
    assert hundredths(value) == steps


def test_money_is_not_negative() -> None:
    assert euros("0") == 0
    with pytest.raises(ValueError, match=r"^un montant ne peut pas être négatif$"):
        euros("-0.01")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: latest_filing(date(2017, 3, 1), -1, Unit.CALENDAR_DAYS), "un délai de dépôt ne peut pas être négatif"),
        (lambda: shift(date.max, 1, Unit.CALENDAR_DAYS), OUT_OF_CALENDAR),
        (lambda: shift(date.min, -1, Unit.MONTHS), OUT_OF_CALENDAR),
        (lambda: shift(date.max, 10**9, Unit.WORKING_DAYS), OUT_OF_CALENDAR),
        (
            lambda: shift(date(2017, 3, 1), 1, Unit.EUR),
            "« EUR » n'est pas une sorte de jours : calendaires, ouvrés ou ouvrables",
        ),
        (
            lambda: days_between(date(2017, 3, 1), date(2017, 3, 2), Unit.MONTHS),
            "« months » n'est pas une sorte de jours : calendaires, ouvrés ou ouvrables",
        ),
        (lambda: triangular(2, 1, 3, Unit.CALENDAR_DAYS), "un délai s'écrit least ≤ usual ≤ most"),
    ],
)
def test_a_day_that_cannot_be_counted(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        call()
    assert str(caught.value) == message


@pytest.mark.parametrize("region", [None, "", "75", "44", "XXXX"])
def test_everywhere_else_is_the_mainland(region: str | None) -> None:
    assert territory_of(region) is Territory.MAINLAND
