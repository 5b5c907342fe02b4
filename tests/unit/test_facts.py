"""Facts read from a dossier, and those derived from others."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cpf_funding.dossier import Dossier
from cpf_funding.facts import BUILT_IN, Fact, months_between, parse_value, read_facts
from cpf_funding.language.units import Unit

ON = date(2017, 3, 1)
DERIVED = {"holder.age", "training.months", "training.notice_days", "training.hourly_price", "training.costs.total"}


def facts(on: date = ON, **parts: Any) -> dict[str, Any]:
    return read_facts(Dossier.model_validate(parts), on)


class UnquotedNumber(str):
    """What the reader makes of a number written without quotes."""

    unquoted_number = True


def test_an_empty_dossier_tells_nothing() -> None:
    assert facts() == {}


def test_known_facts_are_read_in_the_steps_of_their_unit() -> None:
    assert facts(
        holder={"status": "employee", "registered": False, "contract": {"seniority_months": 30, "headcount": 42}},
        cpf={"hours": "120.5", "balance": "1500.00"},
        training={"certification": {"cpf_codes": ["12345", "67890"]}},
        means={"holder_can_pay": "0"},
    ) == {
        "holder.status": "employee", "holder.registered": False, "holder.contract.seniority_months": 3000,
        "holder.contract.headcount": 42, "cpf.hours": 12_050, "cpf.balance": 150_000,
        "training.certification.cpf_codes": ("12345", "67890"), "means.holder_can_pay": 0,
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(set(BUILT_IN) - DERIVED))
def test_every_built_in_fact_has_a_field_in_the_dossier(name: str) -> None:
    part: Any = Dossier()
    for step in name.split("."):
        assert step in type(part).model_fields
        part = getattr(part, step)


@pytest.mark.parametrize("fact", BUILT_IN.values(), ids=BUILT_IN)
def test_a_fact_speaks_french_and_its_kind_exists(fact: Fact) -> None:
    assert isinstance(fact.kind, Unit) or fact.kind in {"truth", "text", "code", "date"}
    assert fact.label
    assert fact.question.endswith(" ?")


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2017-06-05", "2018-06-03", 1197), ("2017-06-05", "2018-06-04", 1200), ("2017-06-05", "2018-06-05", 1204),
        ("2017-06-05", "2017-06-05", 4), ("2017-06-01", "2017-06-30", 100), ("2017-02-01", "2017-02-28", 100),
        ("2016-02-01", "2016-02-28", 91), ("2017-01-31", "2017-02-27", 100), ("2017-01-31", "2017-02-28", 104),
        ("2016-02-29", "2017-02-27", 1200), ("2017-01-01", "2017-01-30", 97),
    ],
)  # fmt: skip
def test_months_are_exact_to_the_day_both_ends_included(start: str, end: str, expected: int) -> None:
    assert months_between(date.fromisoformat(start), date.fromisoformat(end)) == expected
    assert facts(training={"start": start, "end": end})["training.months"] == expected


@pytest.mark.parametrize(
    "training",
    [
        {"start": "2017-06-05"}, {"end": "2018-02-23"}, {"start": "2017-06-05", "end": "2017-06-04"},
        {"start": "2017-06-05", "end": "9999-12-31"},
    ],
)  # fmt: skip
def test_a_length_that_no_date_gives_is_unknown(training: dict[str, str]) -> None:
    assert "training.months" not in facts(training=training)


def test_notice_is_counted_from_the_date_of_the_plan_and_may_be_past() -> None:
    assert facts(training={"start": "2017-03-16"})["training.notice_days"] == 15
    assert facts(training={"start": "2017-02-28"})["training.notice_days"] == -1


@pytest.mark.parametrize(
    ("on", "born", "age"),
    [
        ("2017-05-03", "1978-05-04", 38), ("2017-05-04", "1978-05-04", 39), ("2017-05-04", "2017-05-04", 0),
        ("2017-02-27", "2000-02-29", 16), ("2017-02-28", "2000-02-29", 17), ("2016-02-28", "2000-02-29", 15),
        ("2016-02-29", "2000-02-29", 16),
    ],
)  # fmt: skip
def test_age_changes_on_the_birthday(on: str, born: str, age: int) -> None:
    known = facts(date.fromisoformat(on), holder={"birth_date": born})
    assert known["holder.age"] == age


def test_nobody_has_an_age_before_birth() -> None:
    assert "holder.age" not in facts(holder={"birth_date": "2078-05-04"})


@pytest.mark.parametrize(
    ("given", "completed"),
    [
        ({"centre": 760, "company": 140}, {"total": 90_000, "centre": 76_000, "company": 14_000}),
        ({"total": 900, "centre": 760}, {"total": 90_000, "centre": 76_000, "company": 14_000}),
        ({"total": 900, "company": 140}, {"total": 90_000, "centre": 76_000, "company": 14_000}),
        ({"total": 900, "centre": 900}, {"total": 90_000, "centre": 90_000, "company": 0}),
        ({"total": 900, "company": 900}, {"total": 90_000, "centre": 0, "company": 90_000}),
        ({"total": 900}, {"total": 90_000}),
        ({"centre": 760}, {"centre": 76_000}),
        ({"company": 140}, {"company": 14_000}),
        ({"total": 700, "centre": 760}, {"total": 70_000, "centre": 76_000}),
        ({"total": 100, "company": 140}, {"total": 10_000, "company": 14_000}),
        ({"total": 1, "centre": 2, "company": 3}, {"total": 100, "centre": 200, "company": 300}),
    ],
)
def test_two_counts_of_hours_give_the_third_unless_they_contradict(
    given: dict[str, int], completed: dict[str, int]
) -> None:
    known = facts(training={"hours": given})
    assert known == {f"training.hours.{part}": hours for part, hours in completed.items()}


def test_the_total_cost_counts_the_lines_that_are_given() -> None:
    costs = {"teaching": "5400.00", "exam": "0", "meals": "12.34"}
    assert facts(training={"costs": costs})["training.costs.total"] == 541_234
    assert facts(training={"costs": {"exam": "0"}})["training.costs.total"] == 0


def test_the_hourly_price_is_the_teaching_cost_over_all_hours_to_the_nearest_cent() -> None:
    known = facts(training={"costs": {"teaching": "100.00"}, "hours": {"centre": 5, "company": 1}})
    assert known["training.hourly_price"] == 1667
    assert facts(training={"costs": {"teaching": "0.01"}, "hours": {"total": 2}})["training.hourly_price"] == 1


@pytest.mark.parametrize(
    "training",
    [{"costs": {"teaching": "100"}}, {"hours": {"total": 6}}, {"costs": {"teaching": "100"}, "hours": {"total": 0}}],
)
def test_no_hourly_price_without_a_cost_and_hours(training: dict[str, Any]) -> None:
    assert "training.hourly_price" not in facts(training=training)


def test_declared_facts_are_read_from_the_answers() -> None:
    declared = {
        "x.vat": Fact("x.vat", Unit.PERCENT, "taux de TVA", "Quel taux de TVA ?"),
        "x.size": Fact("x.size", "text", "taille", "Quelle taille ?", {"s": "petite", "l": "grande"}),
        "x.absent": Fact("x.absent", "truth", "absent", "Absent ?"),
    }
    dossier = Dossier.model_validate({"answers": {"x.vat": "20", "x.size": "l", "x.unheard": "1"}})
    assert read_facts(dossier, ON, declared) == {"x.vat": 2000, "x.size": "l"}


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("truth", True, True), ("truth", "false", False), ("truth", "true", True),
        ("date", "2017-03-01", ON), ("date", ON, ON), ("code", "01", "01"), ("text", "abc", "abc"),
        (Unit.EUR, "12.5", 1250), (Unit.MONTHS, 6, 600), (Unit.COUNT, "3", 3), (Unit.YEARS, "45.00", 45),
    ],
)  # fmt: skip
def test_a_literal_is_read_as_a_value_of_its_kind(kind: Any, text: Any, expected: Any) -> None:
    value = parse_value(kind, text)
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("truth", "oui", "true ou false est attendu"), ("truth", 1, "true ou false est attendu"),
        ("date", "01/03/2017", "une date est attendue"), ("date", "2017-02-29", "une date est attendue"),
        ("code", 1, "entre guillemets"), ("code", UnquotedNumber("01"), "entre guillemets"),
        ("text", 3, "un texte est attendu"), (Unit.COUNT, "3.5", "un nombre entier est attendu"),
        (Unit.EUR, "douze", "ce n'est pas un nombre"), (Unit.EUR, True, "un nombre est attendu"),
    ],
)  # fmt: skip
def test_another_literal_is_refused_in_french(kind: Any, text: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_value(kind, text)


def test_a_text_with_choices_is_one_of_them() -> None:
    assert parse_value("text", "s", {"s": "petite"}) == "s"
    with pytest.raises(ValueError, match="l'une de : s, l"):
        parse_value("text", "m", {"s": "petite", "l": "grande"})
