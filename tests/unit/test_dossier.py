"""The dossier as a pydantic model: what enters, what is refused, and that nothing is lost on the way back."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from cpf_funding.dossier import Dossier
from cpf_funding.errors import Origin

FULL: dict[str, Any] = {
    "schema": "cpf-funding/dossier/1",
    "id": "demo-1",
    "as_of": "2017-03-01",
    "holder": {
        "status": "job_seeker", "registered": True, "disability": "boe", "birth_date": "1978-05-04", "region": "75",
        "qualification": 3,
        "contract": {
            "kind": "cdi", "seniority_months": 30, "sector": "private", "headcount": 42, "naf": "78.20Z",
            "opco": "opcalia", "working_time": "inside",
        },
        "allowance": {"kind": "are", "daily": "28.58", "ends": "2017-12-31"},
    },
    "cpf": {
        "account_open": True, "hours": "120.00", "dif_hours": "40.50", "balance": "1500.00",
        "consent": {"given": True, "proof": "signed_letter", "on": "2017-02-20"},
    },
    "training": {
        "title": "Titre professionnel", "kind": "certifying",
        "certification": {"rncp": "RNCP37488", "rs": "RS1", "cpf_codes": ["12345"]},
        "cpf_eligible": True, "modality": "in_person",
        "provider": {"name": "Centre", "siret": "00000000000000", "qualiopi": False},
        "region": "01", "start": "2017-06-05", "end": "2018-02-23",
        "hours": {"total": "900.00", "centre": "760.00", "company": "140.00"}, "weekly_hours": "35.00",
        "costs": {
            "teaching": "5400.00", "registration": "0.00", "exam": "0.10", "equipment": "1.00", "travel": "2.00",
            "lodging": "3.00", "meals": "4.00", "childcare": "5.00", "compensation": "6.00",
        },
    },
    "project": {
        "validated": True, "cep_level": 3, "pmsmp_days": 10, "prospect": "hiring_promise",
        "opinions": [{"aid": "a.b", "favourable": False, "reason": "incomplet", "on": "2017-02-10"}],
    },
    "local": {
        "envelopes": {"a.b": {"state": "open", "left": "12000.00", "on": "2017-03-01"}},
        "delays": {"a.b": {"least": 5, "usual": 15, "most": 40}},
        "already_asked": [
            {"aid": "a.b", "filed_on": "2017-02-01", "answer": "granted", "amount": "10.00", "reason": "r",
             "answered_on": "2017-02-15"},
        ],
        "documents": [{"document": "devis", "on": "2017-02-15"}],
    },
    "means": {"holder_can_pay": "300.00", "employer": "0.00"},
    "answers": {"x.vat": "20"},
    "overrides": [
        {"aid": "a.b", "decision": "force", "amount": "1.00", "reason": "accord oral", "by": "conseiller",
         "on": "2017-03-01"},
    ],
}  # fmt: skip


def balance(value: Any) -> int | None:
    return Dossier.model_validate({"cpf": {"balance": value}}).cpf.balance


def fields_of(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()} - {"__at__"}


def assert_every_field_is_given(model: BaseModel, data: dict[str, Any]) -> None:
    assert fields_of(type(model)) == set(data)
    for name in type(model).model_fields:
        part = getattr(model, name)
        if isinstance(part, BaseModel):
            assert_every_field_is_given(part, data[name])


def test_the_full_example_leaves_no_field_out() -> None:
    assert_every_field_is_given(Dossier.model_validate(FULL), FULL)


def test_a_dossier_dumped_as_json_is_the_one_that_was_read() -> None:
    assert Dossier.model_validate(FULL).model_dump(mode="json", by_alias=True) == FULL


@pytest.mark.parametrize("mode", ["python", "json"])
@pytest.mark.parametrize("by_alias", [True, False])
@pytest.mark.parametrize("data", [{}, FULL], ids=["empty", "full"])
def test_dump_then_validate_gives_the_same_dossier(mode: Any, by_alias: bool, data: dict[str, Any]) -> None:
    dossier = Dossier.model_validate(data)
    assert Dossier.model_validate(dossier.model_dump(mode=mode, by_alias=by_alias)) == dossier
    assert Dossier.model_validate_json(dossier.model_dump_json(by_alias=by_alias)) == dossier


def test_an_absent_field_is_unknown_and_not_zero() -> None:
    dossier = Dossier.model_validate({})
    assert dossier.cpf.balance is None
    assert dossier.training.costs.teaching is None
    assert dossier.holder.registered is None
    assert dossier.project.opinions == ()


def test_an_empty_field_is_as_good_as_absent() -> None:
    assert Dossier.model_validate({"holder": None, "cpf": {"balance": None}, "local": {"delays": None}}) == Dossier()
    assert Dossier.model_validate({"local": {"delays": {"a": None}}, "answers": {"x": None}}) == Dossier()


@pytest.mark.parametrize(
    ("value", "cents"),
    [("1234.50", 123_450), ("1234.5", 123_450), ("0", 0), (1500, 150_000), (28.58, 2858), (Decimal("28.58"), 2858)],
)
def test_money_enters_as_cents(value: Any, cents: int) -> None:
    assert balance(value) == cents


@pytest.mark.parametrize("value", ["1 234,50", "12 €", "1234.567", 0.1 + 0.2, "-1", -1, True, "", [], 1e300])
def test_money_that_is_not_plain_or_not_exact_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        balance(value)
    assert [error["loc"] for error in caught.value.errors()] == [("cpf", "balance")]


def test_hours_enter_as_hundredths_and_are_not_negative() -> None:
    assert Dossier.model_validate({"cpf": {"hours": "120.25"}}).cpf.hours == 12_025
    with pytest.raises(ValidationError, match="un nombre d'heures ne peut pas être négatif"):
        Dossier.model_validate({"cpf": {"hours": "-1"}})


class UnquotedNumber(str):
    """What the reader makes of a number written without quotes."""

    unquoted_number = True


def test_a_code_keeps_its_leading_zero() -> None:
    certification = {"cpf_codes": ["007"]}
    dossier = Dossier.model_validate({"holder": {"region": "01"}, "training": {"certification": certification}})
    assert dossier.holder.region == "01"
    assert dossier.training.certification.cpf_codes == ("007",)


@pytest.mark.parametrize("value", [1, 75, 1.0, True, UnquotedNumber("01")])
def test_a_code_without_quotes_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError, match="un code s'écrit entre guillemets"):
        Dossier.model_validate({"holder": {"region": value}})


def test_the_text_of_the_reader_becomes_a_plain_text() -> None:
    class Marked(str):
        unquoted_number = False

    region = Dossier.model_validate({"holder": {"region": Marked("75")}}).holder.region
    assert region == "75"
    assert type(region) is str


@pytest.mark.parametrize("value", ["1978-05-04", date(1978, 5, 4), datetime(1978, 5, 4)])
def test_a_date_is_written_year_month_day(value: Any) -> None:
    assert Dossier.model_validate({"holder": {"birth_date": value}}).holder.birth_date == date(1978, 5, 4)


@pytest.mark.parametrize(
    "value", [0, 86_400, "0", "86400", 0.0, "04/05/1978", "19780504", "1978-05-04T00:00", "1978-02-30"]
)
def test_a_number_is_not_a_date(value: Any) -> None:
    """Pydantic alone would take 0 for the first of January 1970."""
    with pytest.raises(ValidationError) as caught:
        Dossier.model_validate({"holder": {"birth_date": value}})
    assert [error["loc"] for error in caught.value.errors()] == [("holder", "birth_date")]


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ({"holdr": {}}, ("holdr",)),
        ({"holder": {"statut": "employee"}}, ("holder", "statut")),
        ({"holder": {"statut": None}}, ("holder", "statut")),
        ({"training": {"costs": {"teachin": "1"}}}, ("training", "costs", "teachin")),
        ({"local": {"delays": {"a": {"max": 3}}}}, ("local", "delays", "a", "max")),
        ({"project": {"opinions": [{"aid": "a", "favourable": True, "why": ""}]}}, ("project", "opinions", 0, "why")),
    ],
)
def test_an_unknown_field_is_refused_where_it_stands(data: dict[str, Any], place: tuple[Any, ...]) -> None:
    with pytest.raises(ValidationError) as caught:
        Dossier.model_validate(data)
    assert [(error["type"], error["loc"]) for error in caught.value.errors()] == [("extra_forbidden", place)]


@pytest.mark.parametrize(
    "data",
    [
        {"schema": "cpf-funding/dossier/2"}, {"holder": {"status": "chômeur"}}, {"holder": {"qualification": 9}},
        {"holder": {"contract": {"headcount": -1}}}, {"project": {"cep_level": 0}},
        {"local": {"delays": {"a": {"most": -1}}}}, {"overrides": [{"aid": "a", "decision": "bar"}]},
        {"overrides": [{"aid": "a", "decision": "bar", "reason": ""}]},
    ],
)  # fmt: skip
def test_a_value_outside_the_contract_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Dossier.model_validate(data)


def test_a_dossier_cannot_be_changed() -> None:
    dossier = Dossier.model_validate(FULL)
    with pytest.raises(ValidationError, match="frozen"):
        dossier.id = "other"
    with pytest.raises(ValidationError, match="frozen"):
        dossier.cpf.balance = 1


def test_the_place_of_a_part_is_kept_and_never_written_back() -> None:
    place = Origin("d.yaml", 3, 1)
    data = {"cpf": {"__at__": place, "balance": "1"}, "local": {"__at__": place, "delays": {"__at__": place}}}
    dossier = Dossier.model_validate(data)
    assert dossier.cpf.at == place
    assert dossier.local.delays == {}
    assert "__at__" not in dossier.model_dump_json(by_alias=True)
    assert "d.yaml" not in dossier.model_dump_json() + repr(dossier)
