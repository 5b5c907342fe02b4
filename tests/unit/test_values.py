"""Dated values and tables of dated values, asked at every edge."""

from __future__ import annotations

from datetime import date

import pytest

from cpf_funding.errors import Origin
from cpf_funding.language.units import Unit
from cpf_funding.language.values import ANY_KEY, Parameter, Setting, State

PLACE = Origin("rules.yaml", 7, 3)
FIRST, LAST = date(2017, 1, 1), date(2017, 12, 31)


def setting(value: int, start: date | None, until: date | None, key: str | None = None) -> Setting:
    return Setting("p", State.VALID, value, Unit.EUR, key, start, until, None, None)


def parameter(*settings: Setting, by: str | None = None) -> Parameter:
    return Parameter.of("p", Unit.EUR, "filing", settings, by=by, origin=PLACE)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2016, 12, 31), None), (FIRST, 1), (LAST, 1), (date(2018, 1, 1), None), (date(2019, 1, 1), 2),
        (date(2099, 1, 1), 2), (None, None),
    ],
)  # fmt: skip
def test_a_value_holds_from_its_first_day_to_its_last(day: date | None, expected: int | None) -> None:
    """Before, between and after the declared periods it is unknown: never the last value known."""
    found = parameter(setting(2, date(2019, 1, 1), None), setting(1, FIRST, LAST)).at(day)
    assert expected == found.value
    assert (State.UNKNOWN if expected is None else State.VALID) is found.state
    assert "p" == found.parameter


def test_a_parameter_keeps_its_place() -> None:
    assert PLACE == parameter().origin


def test_a_period_without_beginning_holds_since_ever() -> None:
    """No first day: known at any past day."""
    assert 1 == parameter(setting(1, None, LAST)).at(date(1990, 1, 1)).value


def test_a_table_serves_the_key_asked_else_its_star() -> None:
    """A key of its own hides the star even where it says nothing; other keys get the star; no key, the star."""
    table = parameter(setting(1, FIRST, LAST, "75"), setting(9, FIRST, None, ANY_KEY), by="holder.region")
    later = date(2018, 6, 1)
    assert (1, 9, 9) == tuple(table.at(FIRST, key).value for key in ("75", "53", None))
    assert (None, 9) == tuple(table.at(later, key).value for key in ("75", "53"))
    assert State.UNKNOWN is parameter(setting(1, FIRST, LAST, "75"), by="holder.region").at(FIRST, "53").state


def test_settings_are_listed_key_by_key_newest_first() -> None:
    """What `rules show` prints."""
    table = parameter(
        setting(1, FIRST, LAST, "75"), setting(2, FIRST, None, "53"), setting(3, date(2018, 1, 1), None, "75")
    )
    assert [3, 1, 2] == [each.value for each in table.settings()]
    assert "p" == table.label
