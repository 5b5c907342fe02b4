"""A receipt names what made a plan: any other dossier, rulebook or day has another receipt, and only those."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cpf_funding import Dossier, build_plan
from cpf_funding._version import __version__
from cpf_funding.engine.receipt import dossier_digest
from rulebooks import rulebook
from worked import cpf

WRITTEN: dict[str, Any] = {
    "schema": "cpf-funding/dossier/1",
    "id": "été-1",
    "as_of": "2017-03-01",
    "training": {"title": "Été", "costs": {"teaching": "10.00"}},
    "project": {"opinions": [{"aid": "cpf", "favourable": True, "on": "2017-02-01"}]},
    "local": {"envelopes": {"cpf": {"state": "open"}, "a": {"left": "5"}}, "delays": {"cpf": {"least": 1}}},
    "answers": {"a": True, "b": "oui"},
}


def digest(**others: Any) -> str:
    return dossier_digest(Dossier.model_validate(WRITTEN | others))


def test_what_is_absent_or_empty_does_not_count() -> None:
    assert digest() == digest(cpf={}, overrides=[], means={"employer": None}, holder={"allowance": {}})


@pytest.mark.parametrize("part", ["answers", "envelopes", "delays"])
def test_the_order_in_which_names_are_written_does_not_count(part: str) -> None:
    named: dict[str, Any] = {"a": True, "b": "oui", "c": 1} if part == "answers" else {"a": {}, "b": {}, "c": {}}

    def written(names: str) -> str:
        given = {name: named[name] for name in names}
        return digest(**({"answers": given} if part == "answers" else {"local": {part: given}}))

    assert len({written("abc"), written("cba"), written("bac")}) == 1
    assert len({written("abc"), written("ab"), written("a"), written("b")}) == 4


def test_the_order_of_the_fields_does_not_count() -> None:
    assert digest() == dossier_digest(Dossier.model_validate(dict(reversed(WRITTEN.items()))))


@pytest.mark.parametrize(
    "other",
    [
        {"id": "été-2"}, {"id": None}, {"as_of": "2017-03-02"}, {"training": {"costs": {"teaching": "10.01"}}},
        {"project": {"opinions": [{"aid": "cpf", "favourable": False, "on": "2017-02-01"}]}},
        {"project": {"opinions": WRITTEN["project"]["opinions"] * 2}}, {"answers": {"a": False, "b": "oui"}},
        {"answers": {"a": "true", "b": "oui"}}, {"cpf": {"hours": "0"}}, {"holder": {"registered": False}},
        {"local": {"envelopes": {"cpf": {"state": "low"}, "a": {"left": "5"}}, "delays": {"cpf": {"least": 1}}}},
    ],
)  # fmt: skip
def test_whatever_else_changes_counts(other: dict[str, Any]) -> None:
    assert digest(**other) != digest()


def test_a_receipt_holds_every_part() -> None:
    book, dossier = rulebook(cpf("5")), Dossier.model_validate(WRITTEN | {"answers": {}})
    receipt = build_plan(dossier, book, date(2017, 3, 2), checked_before=date(2026, 1, 1)).receipt
    assert (receipt.engine, receipt.rulebook, receipt.dossier) == (__version__, book.digest, dossier_digest(dossier))
    assert (receipt.as_of, receipt.checked_before) == (date(2017, 3, 2), date(2026, 1, 1))
    assert build_plan(dossier, book).receipt.checked_before is None
