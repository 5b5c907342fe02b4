"""Dossiers to a table and back: nothing that a plan reads is lost, and what a table cannot hold is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("polars", reason="tables need the extra « frames »")

import polars as pl
from polars.testing import assert_frame_equal

from cpf_funding.dossier import Dossier
from cpf_funding.errors import InputError
from cpf_funding.facts import read_facts
from cpf_funding.frames import dossiers_to_table, table_columns, table_schema, table_to_dossiers
from frames.dossiers import Drawer
from generators import packaged

RULEBOOK = packaged()
ON = date(2017, 3, 1)
CARRIED = Dossier.model_validate({
    "id": "essai", "as_of": ON, "cpf": {"consent": {"given": True, "on": date(2017, 2, 20)}},
    "training": {
        "title": "Titre fictif", "provider": {"name": "Centre fictif", "siret": "00000000000000"},
        "costs": {"teaching": "10"},
    },
})  # fmt: skip


@settings(max_examples=20)
@given(st.integers(0, 10**6))
def test_a_dossier_comes_back_from_its_row(seed: int) -> None:
    """The same facts, the same envelopes, the same day; and its row is the same again."""
    dossiers = list(Drawer(RULEBOOK, ON, seed).dossiers(5))
    table = dossiers_to_table(dossiers, RULEBOOK)
    back = list(table_to_dossiers(table, RULEBOOK))
    assert [read_facts(each, ON, RULEBOOK.facts) for each in dossiers] == [
        read_facts(each, ON, RULEBOOK.facts) for each in back
    ]
    for before, after in zip(dossiers, back, strict=True):
        known = {id: each for id, each in before.local.envelopes.items() if each.state or each.left is not None}
        assert (before.as_of, known) == (after.as_of, after.local.envelopes)
    assert_frame_equal(table, dossiers_to_table(back, RULEBOOK))


def test_fields_that_no_rule_reads_come_back_too() -> None:
    assert [CARRIED] == list(table_to_dossiers(dossiers_to_table([CARRIED], RULEBOOK), RULEBOOK))


def test_the_day_may_be_given() -> None:
    table = dossiers_to_table([CARRIED], RULEBOOK)
    assert [date(2018, 1, 1)] == [each.as_of for each in table_to_dossiers(table, RULEBOOK, date(2018, 1, 1))]


def test_no_code_known_is_not_unknown() -> None:
    dossiers = [
        Dossier.model_validate({"training": {"certification": {"cpf_codes": codes}}})
        for codes in (None, [], ["12345"], ["12345", "000001"])
    ]
    table = dossiers_to_table(dossiers, RULEBOOK)
    assert [None, "", "12345", "12345;000001"] == table["training.certification.cpf_codes"].to_list()
    assert dossiers == list(table_to_dossiers(table, RULEBOOK))


def test_columns_of_another_name_are_ignored() -> None:
    table = dossiers_to_table([CARRIED], RULEBOOK).with_columns(pl.lit(1).alias("agence"))
    assert ["essai"] == [each.id for each in table_to_dossiers(table, RULEBOOK)]


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({"overrides": [{"aid": "cpf", "decision": "bar", "reason": "essai"}]}, "overrides"),
        ({"local": {"already_asked": [{"aid": "cpf"}]}}, "local.already_asked"),
        ({"local": {"delays": {"cpf": {"most": 3}}}}, "local.delays"),
        ({"project": {"opinions": [{"aid": "cpf", "favourable": True}]}}, "project.opinions"),
        ({"answers": {"essai": True}}, "réponse à un fait inconnu « essai »"),
        ({"answers": {"course.aif_excluded": "souvent"}}, "course.aif_excluded, true ou false est attendu"),
        ({"training": {"hours": {"total": "100000.01"}}}, "training.hours.total, le nombre dépasse 100"),
    ],
)
def test_what_a_table_cannot_hold_is_refused_with_the_dossier_named(part: dict[str, Any], told: str) -> None:
    dossiers = [Dossier.model_validate({"id": "premier"}), Dossier.model_validate({"id": "second", **part})]
    with pytest.raises(InputError) as refused:
        dossiers_to_table(dossiers, RULEBOOK)
    (problem,) = refused.value.problems
    assert problem.message.startswith("dossier second : ")
    assert told in problem.message


def test_a_row_that_no_dossier_can_be_is_refused_in_french() -> None:
    with pytest.raises(InputError, match=r"holder\.status"):
        list(table_to_dossiers(pl.DataFrame({"holder.status": ["chômeur"]}), RULEBOOK))


def test_the_schema_describes_the_table_that_is_made() -> None:
    table = dossiers_to_table([], RULEBOOK)
    fields = table_schema(RULEBOOK)["fields"]
    kinds = {"integer": pl.Int64, "boolean": pl.Boolean, "date": pl.Date, "string": pl.String}
    assert dict(table.schema) == {field["name"]: kinds[field["type"]] for field in fields}
    by_name = {field["name"]: field for field in fields}
    assert {
        "name": "training.costs.teaching", "type": "integer", "title": "coût pédagogique", "unit": "1/100 EUR",
        "constraints": {"minimum": 0, "maximum": 10**9, "required": True},
    } == by_name["training.costs.teaching"]  # fmt: skip
    assert by_name["holder.disability"]["constraints"] == {"enum": ["none", "boe", "pending"]}
    assert by_name["holder.qualification"]["unit"] == "level"


def test_the_columns_are_named_once() -> None:
    names = [column.name for column in table_columns(RULEBOOK)]
    assert len(names) == len(set(names))
