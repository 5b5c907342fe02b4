"""Properties that the code did not keep when they were written; each one moves to its own file once it holds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cpf_funding import Dossier
from cpf_funding.engine.receipt import dossier_digest
from cpf_funding.language.context import Context
from cpf_funding.language.evidence import Range
from cpf_funding.reading.dossiers import read_dossier_text
from rulebooks import aid, rulebook, value


def test_an_empty_part_written_in_a_file_does_not_change_the_receipt() -> None:
    """`holder: {}` says as little as no holder at all (dossier.py), so both have the same digest.

    The reader notes in `at` where a part was written, so that an empty part differs from its default and is kept by
    `exclude_defaults`. A JSON export (`model_dump_json(exclude_none=True)`) read back then has another receipt.
    """
    absent = Dossier.model_validate({"id": "a"})
    written = read_dossier_text('{"schema": "cpf-funding/dossier/1", "id": "a", "holder": {}, "training": {}}')
    assert dossier_digest(absent) == dossier_digest(written)


@pytest.mark.parametrize(
    "amount",
    [
        {"product": [{"fact": "cpf.hours"}, {"value": "0", "unit": "EUR/h"}]},
        {"difference": [value("0"), {"fact": "cpf.balance"}]},
        {"sum": [{"least_of": [{"fact": "cpf.balance"}, value("0")]}, value("1")]},
        {"scale": {"fact": "cpf.balance"}, "brackets": [{"up_to": "10", "percent": "0"}]},
    ],
)
def test_an_amount_that_nothing_can_change_lacks_nothing(amount: dict[str, Any]) -> None:
    """Zero euros an hour is zero whatever the hours: `least_of`, `most_of` and `choose` already say so, the other
    operations list what is not known although the two bounds are equal."""
    found = rulebook(aid("a", 1, amount)).aid("a").amount(Context({}, date(2017, 3, 1), None), 0)
    assert found.low == found.high
    assert Range(found.high, found.high) == found
