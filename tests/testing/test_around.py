"""`dossiers_around`: for each kind of threshold, dossiers below, at and above it, in which nothing else decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cpf_funding import Rulebook, build_plan, load_rulebook
from cpf_funding.reading.dossiers import read_dossier_text, write_dossier_yaml
from cpf_funding.testing import Draft, dossiers_around
from cpf_funding.testing.drafts import SOURCE, aid, value
from cpf_funding.truth import Truth

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
FACTS: dict[str, dict[str, Any]] = {
    f"q.{name}": {"kind": kind, "label": "q", "question": "q"}
    for name, kind in {"hours": "h", "day": "date", "truth": "truth", "code": "code", "kind": "text"}.items()
}
FACTS["q.kind"]["choices"] = {"red": "r", "green": "g"}
OTHERS = [{"fact": "holder.status", "is": "employee"}, {"fact": "q.truth", "is": False}]
"""Conditions that a dossier must meet for the one looked at to decide."""


def since(day: date, amount: str, **others: Any) -> dict[str, Any]:
    return {"from": day, "value": amount, "source": SOURCE, **others}


def parameter(unit: str, *values: Mapping[str, Any], clock: str = "filing", **others: Any) -> dict[str, Any]:
    return {"unit": unit, "clock": clock, "values": list(values), **others}


def asking(condition: Mapping[str, Any], **parts: Any) -> Rulebook:
    """One aid, open to who meets `OTHERS` and this."""
    return Draft(
        aids=[aid("a", 1, value("100"), eligibility={"all": [*OTHERS, condition]}, **parts)], facts=FACTS
    ).rulebook()


def paying(amount: Mapping[str, Any], **parts: Any) -> Rulebook:
    """One aid of this amount."""
    return Draft(aids=[aid("a", 1, amount, eligibility={"all": OTHERS}, **parts)], facts=FACTS).rulebook()


def states(rulebook: Rulebook, subject: str) -> dict[str, set[Truth | None]]:
    """By side, the verdicts on the aid; `None` before the rules know of it."""
    found: dict[str, set[Truth | None]] = defaultdict(set)
    for nearby in dossiers_around(rulebook):
        if nearby.subject == subject:
            verdicts = build_plan(nearby.dossier, rulebook).verdicts
            found[nearby.side].add(verdicts[0].state if verdicts else None)
    return dict(found)


def amounts(rulebook: Rulebook) -> dict[str, set[int]]:
    """By side, what the aid pays at what binds its amount."""
    found: dict[str, set[int]] = defaultdict(set)
    for nearby in dossiers_around(rulebook):
        if nearby.subject == "ceiling":
            plan = build_plan(nearby.dossier, rulebook)
            found[nearby.side].add(plan.cost_total - plan.unfunded)
    return dict(found)


# Conditions --------------------------------------------------------------------------------------

FROM, UPTO = {"below": {NO}, "at": {YES}, "above": {YES}}, {"below": {YES}, "at": {YES}, "above": {NO}}
PAST, SHORT = {"below": {NO}, "at": {NO}, "above": {YES}}, {"below": {YES}, "at": {NO}, "above": {NO}}
ONLY = {"below": {NO}, "at": {YES}, "above": {NO}}


@pytest.mark.parametrize(
    ("comparison", "expected"),
    [
        ({"at_least": "12.50"}, FROM), ({"at_most": "12.50"}, UPTO), ({"above": "12.50"}, PAST),
        ({"below": "12.50"}, SHORT), ({"is": "12.50"}, ONLY),
        ({"between": ["10", "12"]}, {"below": {NO, YES}, "at": {YES}, "above": {YES, NO}}),
    ],
)  # fmt: skip
def test_each_comparison_of_a_number(comparison: Mapping[str, Any], expected: Mapping[str, set[Truth]]) -> None:
    """A hundredth of an hour under and over; the other conditions of the aid are met, so this one decides."""
    assert states(asking({"fact": "q.hours", **comparison}), "q.hours") == expected


@pytest.mark.parametrize(
    ("fact", "bound"),
    [
        ("cpf.balance", "500"), ("holder.age", "26"), ("training.months", "12"),
        ("training.notice_days", "10"), ("training.hours.total", "400"),
        ("training.costs.total", "4000"), ("training.hourly_price", "9.50"),
        ("holder.qualification", "4"), ("holder.contract.seniority_months", "24"),
        ("holder.contract.headcount", "50"), ("holder.allowance.daily", "28.58"),
    ],
)  # fmt: skip
def test_facts_of_every_unit_derived_ones_included(fact: str, bound: str) -> None:
    """An age moves by the birth date, a length by the end, a price by the cost."""
    assert states(asking({"fact": fact, "at_least": bound}), fact) == FROM


@pytest.mark.parametrize(
    ("comparison", "expected"), [({"before": "2017-06-05"}, SHORT), ({"after": "2017-06-05"}, PAST)]
)
def test_dates(comparison: Mapping[str, Any], expected: Mapping[str, set[Truth]]) -> None:
    assert states(asking({"fact": "q.day", **comparison}), "q.day") == expected


@pytest.mark.parametrize(
    "condition",
    [
        {"fact": "q.kind", "is": "green"}, {"fact": "q.code", "in": ["53", "75"]},
        {"fact": "holder.region", "is": "53"}, {"fact": "holder.registered", "is": True},
        {"fact": "training.certification.cpf_codes", "in": ["1", "2"]},
    ],
)  # fmt: skip
def test_words_and_truths(condition: Mapping[str, Any]) -> None:
    assert states(asking(condition), condition["fact"]) == {"in": {YES}, "out": {NO}}


@pytest.mark.parametrize("wrap", ["any", "first_known", "not"])
def test_inside_groups(wrap: str) -> None:
    inner = {"fact": "q.hours", "at_least": "12"}
    refused = {wrap: inner} if wrap == "not" else {wrap: [inner]}
    expected = {side: {~truth for truth in found} if wrap == "not" else found for side, found in FROM.items()}
    assert states(asking(refused), "q.hours") == expected


def test_each_value_of_a_dated_threshold_is_met_on_a_day_when_it_counts() -> None:
    """Two periods, two thresholds: six dossiers, each planned on a day of the period."""
    least = parameter("EUR", since(date(2017, 1, 1), "500", until=date(2017, 12, 31)), since(date(2018, 1, 1), "700"))
    book = asking({"fact": "cpf.balance", "at_least": {"parameter": "least"}}, parameters={"least": least})
    assert states(book, "cpf.balance") == FROM
    met = {
        (nearby.dossier.as_of.year, nearby.dossier.cpf.balance)
        for nearby in dossiers_around(book)
        if nearby.subject == "cpf.balance" and nearby.dossier.as_of
    }
    assert met == {(2017, 49_999), (2017, 50_000), (2017, 50_001), (2018, 69_999), (2018, 70_000), (2018, 70_001)}


def test_each_row_of_a_table_is_met_by_who_it_is_for() -> None:
    rows = [since(date(2017, 1, 1), amount, **{"for": key}) for key, amount in (("53", "500"), ("*", "700"))]
    least = parameter("EUR", *rows, by="holder.region")
    book = asking({"fact": "cpf.balance", "at_least": {"parameter": "least"}}, parameters={"least": least})
    assert states(book, "cpf.balance") == FROM
    met = {
        (nearby.dossier.holder.region == "53", nearby.dossier.cpf.balance)
        for nearby in dossiers_around(book) if nearby.subject == "cpf.balance"
    }  # fmt: skip
    assert met >= {(True, 50_000), (False, 70_000)}


def test_a_computed_amount_is_compared_on_both_sides() -> None:
    computed = {"product": [{"fact": "q.hours"}, {"value": "9", "unit": "EUR/h"}]}
    assert states(asking({"amount": computed, "at_least": "900"}), "amount") == FROM


def test_an_envelope_is_open_exhausted_or_unknown() -> None:
    book = asking({"envelope": "a", "is": "open"})
    assert states(book, "envelope:a") == {"in": {YES}, "out": {NO}, "unknown": {UNKNOWN}}


def test_a_list_is_met_on_the_days_of_its_entries() -> None:
    """In and out of the list, and around the first and the last day of an entry."""
    entry = {"code": "RNCP12", "from": date(2017, 1, 1), "until": date(2018, 12, 31)}
    listed = {
        "list": "list.a",
        "label": "Liste",
        "codes": "rncp",
        "complete": True,
        "entries": [entry],
        "source": SOURCE,
    }
    book = Draft(aids=[aid("a", 1, value("100"), eligibility={"list": "list.a"})], lists=[listed]).rulebook()
    assert states(book, "list:list.a") == {"in": {YES}, "out": {NO}, "below": {NO}, "at": {YES}, "above": {NO}}


# Amounts and days --------------------------------------------------------------------------------


BALANCE, CEILING = {"fact": "cpf.balance"}, value("900")


@pytest.mark.parametrize(
    "amount",
    [
        {"least_of": [BALANCE, CEILING]},
        {"most_of": [BALANCE, CEILING]},
        {"least_of": [{"envelope": "a"}, CEILING]},
        {"least_of": [{"sum": [BALANCE, value("100")]}, CEILING]},
        {"least_of": [{"share": {"value": "50", "unit": "%"}, "of": BALANCE}, CEILING]},
        {"least_of": [{"product": [{"fact": "q.hours"}, {"value": "0.01", "unit": "EUR/h"}]}, CEILING]},
        {"difference": [BALANCE, CEILING]},
        {"scale": BALANCE, "brackets": [{"up_to": "900", "percent": "100"}, {"percent": "50"}]},
    ],
    ids=["least", "most", "envelope", "sum", "share", "product", "difference", "scale"],
)
def test_what_binds_an_amount_changes_from_one_side_to_the_other(amount: Mapping[str, Any]) -> None:
    """A cent less, as much, a cent more: at least two different amounts are paid."""
    found = amounts(paying(amount))
    assert {"below", "at", "above"} == set(found)
    assert 2 <= len(set.union(*found.values()))


def test_the_price_of_the_course_binds_too() -> None:
    assert amounts(paying(value("900"))) == {"below": {89_999}, "at": {90_000}, "above": {90_000}}


def test_a_notice_is_kept_missed_and_had_to_spare() -> None:
    procedure = {"notice": {"value": 10, "unit": "working_days"}}
    assert states(paying(value("100"), procedure=procedure), "notice") == FROM


def test_an_answer_comes_before_on_and_after_the_start() -> None:
    book = paying(value("100"), procedure={"answer": {"usual": {"value": 20, "unit": "calendar_days"}}})
    slack = {
        nearby.side: build_plan(nearby.dossier, book).calendar[0].slack_days
        for nearby in dossiers_around(book) if nearby.subject == "answer"
    }  # fmt: skip
    assert slack == {"below": -1, "at": 0, "above": 1}


def test_the_days_on_which_an_aid_and_its_values_change() -> None:
    """The day before and the first day of each period, on the clock that the value reads."""
    periods = [{"from": date(2016, 1, 1), "until": date(2017, 6, 30), "source": SOURCE}]
    ceiling = parameter(
        "EUR", since(date(2016, 1, 1), "500", until=date(2016, 12, 31)), since(date(2017, 1, 1), "700"), clock="start"
    )
    book = paying({"parameter": "ceiling"}, in_force=periods, parameters={"ceiling": ceiling})
    assert states(book, "in_force:a") == {"before": {None, YES}, "from": {YES, NO}}
    starts = {
        (nearby.side, nearby.dossier.training.start)
        for nearby in dossiers_around(book) if nearby.subject == "parameter:a.ceiling"
    }  # fmt: skip
    assert starts >= {("before", date(2016, 12, 31)), ("from", date(2017, 1, 1))}


# What is yielded ---------------------------------------------------------------------------------


def test_an_aid_that_can_never_be_asked_for_has_no_neighbourhood() -> None:
    announced = [{"from": date(2026, 1, 1), "state": "announced", "reason": "essai", "source": SOURCE}]
    assert not list(dossiers_around(paying(value("100"), in_force=announced)))


def test_an_aid_older_than_any_plan_has_one() -> None:
    """Plans are made from 1990 on; an aid may be in force since before."""
    book = asking({"fact": "q.hours", "at_least": "12"}, in_force=[{"from": date(1971, 7, 16), "source": SOURCE}])
    assert states(book, "q.hours") == FROM


def test_a_threshold_below_zero_is_passed_over() -> None:
    assert set(states(asking({"fact": "cpf.balance", "at_least": "0"}), "cpf.balance")) == {"at", "above"}


def test_they_come_in_a_fixed_order_and_can_be_written_and_read_back() -> None:
    book = load_rulebook(rules=Path(__file__).resolve().parents[2] / "docs" / "examples" / "renovation")
    found = list(dossiers_around(book))
    assert found == list(dossiers_around(book))
    assert {nearby.aid for nearby in found} == {aid.id for aid in book.aids}
    for nearby in found:
        assert read_dossier_text(write_dossier_yaml(nearby.dossier)).model_dump() == nearby.dossier.model_dump()
