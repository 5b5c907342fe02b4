"""What a change of the dossier does to its plan: both plans are built, on the same day unless that is what changes."""

from __future__ import annotations

from datetime import date

import pytest

from cpf_funding import InputError, build_plan
from cpf_funding.engine.comparison import compare_plans
from cpf_funding.reading.changes import apply_changes
from rulebooks import aid, rulebook, value
from worked import price

BOOK = rulebook(
    aid("a", 10, value("400"), in_force=[{"from": "2017-04-01", "source": "essai"}]), aid("b", 20, value("300"))
)


def test_both_plans_are_those_of_the_day() -> None:
    changes = {"training.costs.teaching": "250.00"}
    found = compare_plans(price("1000"), changes, BOOK, date(2017, 4, 1))
    assert found.changes == changes
    assert found.before == build_plan(price("1000"), BOOK, date(2017, 4, 1))
    assert found.after == build_plan(price("250"), BOOK, date(2017, 4, 1))
    assert (found.before.unfunded, found.after.unfunded) == (30_000, 0)


def test_the_day_can_be_what_changes() -> None:
    found = compare_plans(price("1000"), {"as_of": "2017-04-01"}, BOOK)
    assert (found.before.as_of, found.after.as_of) == (date(2017, 3, 1), date(2017, 4, 1))
    assert (found.before.unfunded, found.after.unfunded) == (70_000, 30_000)
    assert found.after == build_plan(apply_changes(price("1000"), {"as_of": "2017-04-01"}), BOOK)


def test_the_day_that_changes_prevails_over_the_one_that_is_asked_for() -> None:
    found = compare_plans(price("1000"), {"as_of": "2017-04-01"}, BOOK, date(2017, 3, 15))
    assert (found.before.as_of, found.after.as_of) == (date(2017, 3, 15), date(2017, 4, 1))


def test_a_change_that_no_dossier_can_bear_is_refused() -> None:
    with pytest.raises(InputError, match="teaching"):
        compare_plans(price("1000"), {"training.costs.teaching": "cher"}, BOOK)
