"""The plan of a receipt, made again; or, to the letter, what is no longer the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cpf_funding import InputError, build_plan, replay
from rulebooks import rulebook
from worked import cpf, price


def test_the_day_and_the_warnings_of_the_receipt_are_kept() -> None:
    """The dossier says 1 March 2017; the plan was made for the 2nd, with a warning for values checked before 2027."""
    book, dossier = rulebook(cpf("5")), price("10")
    plan = build_plan(dossier, book, date(2017, 3, 2), checked_before=date(2027, 1, 1))
    assert "stale_check" in [warning.code for warning in plan.warnings]
    assert replay(plan.receipt, dossier, book) == plan
    assert replay(build_plan(dossier, book).receipt, dossier, book) == build_plan(dossier, book)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (["engine"], "le moteur"),
        (["rulebook"], "les règles"),
        (["dossier"], "le dossier"),
        (["dossier", "engine", "rulebook"], "le moteur, les règles, le dossier"),
    ],
)
def test_what_changed_is_named(changed: list[str], told: str) -> None:
    book, dossier = rulebook(cpf("5")), price("10")
    receipt = replace(build_plan(dossier, book).receipt, **dict.fromkeys(changed, "0"))
    with pytest.raises(InputError) as caught:
        replay(receipt, dossier, book)
    assert [str(problem) for problem in caught.value.problems] == [
        f"le reçu ne correspond pas : {told} a changé depuis → "
        "reprenez le dossier, les règles et la version cités par le reçu"
    ]
