"""What a careful reader refuses in periods, values and sources."""

from __future__ import annotations

from typing import Any

import pytest

from cpf_funding import InputError
from cpf_funding.language.values import UNLIMITED
from rulebooks import aid, rulebook

OLD = {"title": "Texte", "confidence": "low", "checked_on": "2020-01-01", "published": "2016-06-01"}


def loaded(*values: dict[str, Any], unit: str = "EUR", **others: Any) -> Any:
    """The settings of a parameter with these entries."""
    entries = [{"source": "essai", **entry} for entry in values]
    shape = {"unit": unit, "clock": "filing", "values": entries, **others}
    book = rulebook(
        aid("a", 1, {"value": "1", "unit": "EUR"}), parameters={"groupe.valeur": shape}, sources={"texte": OLD}
    )
    return tuple(book.parameters["groupe.valeur"].settings())


@pytest.mark.parametrize(
    ("values", "others", "message"),
    [
        ([{"from": "2017-01-01", "until": "2016-01-01", "value": 1}], {}, "la période finit avant de commencer"),
        ([{"from": "2016-05-31", "value": 1, "source": "texte"}], {}, "avant le texte qui la fonde"),
        ([{"from": "2016-01-01", "value": 1}, {"from": "2017-01-01", "value": 2}], {},
         "deux périodes se chevauchent à partir du 2017-01-01 → fermez la première par until: 2016-12-31"),
        ([{"from": "2016-01-01", "until": "2016-12-30", "value": 1}, {"from": "2017-01-01", "value": 2}], {},
         "rien n'est dit du 2016-12-31 au 2016-12-31"),
        ([{"from": "2016-01-01"}], {}, "il manque la valeur"),
        ([{"from": "2016-01-01", "state": "unknown", "value": 1, "reason": "x"}], {}, "valeur donnée alors que l'état"),
        ([{"from": "2016-01-01", "state": "ended"}], {}, "état « ended » sans raison"),
        ([{"from": "2016-01-01", "value": "beaucoup"}], {}, "valeur « beaucoup » refusée"),
        ([{"from": "2016-01-01", "value": -1}], {}, "valeur négative"),
        ([{"from": "2016-01-01", "value": 3651}], {"unit": "calendar_days"}, "durée de plus de 3650"),
        ([{"from": "2016-01-01", "value": 3651}], {"unit": "months"}, "durée de plus de 3650"),
        ([{"from": "2016-01-01", "value": 1, "for": "75"}], {}, "for et by vont ensemble → ajoutez by:"),
        ([{"from": "2016-01-01", "value": 1}], {"by": "holder.region"}, "for et by vont ensemble → ajoutez for:"),
        ([{"from": "2016-01-01", "value": 1, "for": "75"}], {"by": "holder.regio"}, "fait inconnu « holder.regio »"),
        ([{"from": "2016-01-01", "value": 1, "source": "rien"}], {}, "source inconnue « rien »"),
    ],
)  # fmt: skip
def test_a_careless_period_is_refused(values: list[dict[str, Any]], others: dict[str, Any], message: str) -> None:
    """In French, with what to write instead."""
    with pytest.raises(InputError) as caught:
        loaded(*values, **others)
    assert message in str(caught.value)


def test_periods_of_two_keys_may_overlap() -> None:
    """Each key has its own calendar; one entry may serve several keys."""
    values = [{"from": "2016-01-01", "value": 1, "for": ["75", "11"]}, {"from": "2017-01-01", "value": 2, "for": "53"}]
    assert [("75", 100), ("11", 100), ("53", 200)] == [(s.key, s.value) for s in loaded(*values, by="holder.region")]


def test_a_value_without_limit_and_the_longest_duration() -> None:
    """`unlimited` is above every price; 3650 days are accepted."""
    assert [UNLIMITED] == [setting.value for setting in loaded({"from": "2016-01-01", "value": "unlimited"})]
    assert [3650] == [s.value for s in loaded({"from": "2016-01-01", "value": 3650}, unit="calendar_days")]


def test_a_value_takes_from_its_source_what_it_does_not_say() -> None:
    """Confidence and day of check, unless the entry gives its own; the rows cited are kept."""
    [plain] = loaded({"from": "2016-06-01", "value": 1, "source": "texte", "row": "A-1"})
    assert ("texte", "low", "2020-01-01", ("A-1",)) == (*plain.sourcing[:2], str(plain.sourcing[2]), plain.sourcing[3])
    said = {"confidence": "high", "checked_on": "2026-01-01", "row": ["A-1", "A-2"]}
    [own] = loaded({"from": "2016-06-01", "value": 1, "source": "texte", **said})
    assert ("high", "2026-01-01", ("A-1", "A-2")) == (
        own.sourcing.confidence,
        str(own.sourcing.checked_on),
        own.sourcing.rows,
    )


def test_a_period_of_an_aid_that_is_not_open_says_why() -> None:
    """Suspended without a reason is refused; periods come oldest first whatever the order written."""
    amount = {"value": "1", "unit": "EUR"}
    with pytest.raises(InputError, match="période sans raison"):
        rulebook(aid("a", 1, amount, in_force=[{"from": "2016-01-01", "state": "suspended", "source": "essai"}]))
    later, first = (
        {"from": "2017-01-01", "source": "essai"},
        {"from": "2016-01-01", "until": "2016-12-31", "source": "essai"},
    )
    periods = rulebook(aid("a", 1, amount, in_force=[later, first])).aid("a").in_force
    assert ["2016-01-01", "2017-01-01"] == [str(period.start) for period in periods]
