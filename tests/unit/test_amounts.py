"""Amounts: each operation on known values, on unknown ones, and the mistakes a rule author may make."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cpf_funding import InputError, build_plan
from cpf_funding.dossier import Envelope
from cpf_funding.language.context import Context
from cpf_funding.language.evidence import Range
from cpf_funding.language.values import UNLIMITED
from rulebooks import aid, rulebook, value
from worked import books, left, payments, price, share

BALANCE, HOURS = {"fact": "cpf.balance"}, {"fact": "cpf.hours"}
KNOWN = {"cpf.balance": 60_000, "cpf.hours": 12_050}
FACTS = {
    "vat": {"kind": "%", "label": "TVA", "question": "TVA ?", "least": "0", "most": "20"},
    "size": {"kind": "text", "label": "taille", "question": "taille ?"},
}


def evaluated(amount: Any, facts: dict[str, Any] | None = None, **parameters: Any) -> Range:
    """The range of an amount for these facts on 1 March 2017, the course starting on 5 June."""
    book = rulebook(aid("a", 1, amount, parameters=parameters), facts=FACTS)
    envelopes = {"full": Envelope(state="open"), "some": Envelope(left="12.34"), "gone": Envelope(state="exhausted"),
                 "blank": Envelope()}  # fmt: skip
    return book.aid("a").amount(Context(facts or {}, date(2017, 3, 1), date(2017, 6, 5), envelopes), 0)


def dated(**entry: Any) -> dict[str, Any]:
    """A parameter in euros with one value since 2016."""
    return {"unit": "EUR", "clock": "filing", "values": [{"from": "2016-01-01", "source": "essai", **entry}]}


RATE, HALF = {"value": "9.13", "unit": "EUR/h"}, value("0.50")


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (value("12.34"), 1234),
        (BALANCE, 60_000),
        ({"least_of": [BALANCE, value("100")]}, 10_000),
        ({"most_of": [BALANCE, value("100")]}, 60_000),
        ({"sum": [BALANCE, value("0.01")]}, 60_001),
        ({"difference": [BALANCE, value("599.99")]}, 1),
        ({"difference": [value("1"), BALANCE]}, 0),
        ({"product": [HOURS, RATE]}, 110_016),  # 120.5 x 9.13 = 1100.165
        ({"product": [HOURS, RATE], "rounding": "up"}, 110_017),
        ({"product": [HOURS, RATE], "rounding": "half_up"}, 110_017),
        ({"share": {"value": "33.33", "unit": "%"}, "of": BALANCE}, 19_998),
        ({"product": [{"value": "3", "unit": "count"}, BALANCE]}, 180_000),
        ({"product": [BALANCE, {"value": "50", "unit": "%"}]}, 30_000),
        ({"envelope": "full"}, UNLIMITED),
        ({"envelope": "some"}, 1234),
        ({"envelope": "gone"}, 0),
        # 100 at 50 %, 400 at 20 %, the last 100 at 10 %
        ({"scale": BALANCE, "brackets": [{"up_to": "100", "percent": "50"}, {"up_to": "500", "percent": "20"},
                                         {"percent": "10"}]}, 14_000),
        ({"scale": value("100"), "brackets": [{"up_to": "50", "percent": "100"}]}, 5_000),
        ({"choose": [{"when": {"fact": "cpf.hours", "above": "120"}, "then": value("1")}], "otherwise": HALF}, 100),
        ({"choose": [{"when": {"fact": "cpf.hours", "above": "121"}, "then": value("1")}], "otherwise": HALF}, 50),
    ],
)  # fmt: skip
def test_an_operation_on_known_values_is_exact(amount: Any, expected: int) -> None:
    """The result is one amount, in cents, and nothing is missing."""
    assert Range(expected, expected) == evaluated(amount, KNOWN)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (BALANCE, Range(0, UNLIMITED, ("cpf.balance",))),
        ({"share": {"fact": "vat"}, "of": value("100")}, Range(0, 2000, ("vat",))),
        ({"envelope": "none"}, Range(0, UNLIMITED, ("envelope:none",))),
        ({"envelope": "blank"}, Range(0, UNLIMITED, ("envelope:blank",))),
        ({"least_of": [BALANCE, value("100")]}, Range(0, 10_000, ("cpf.balance",))),
        ({"least_of": [BALANCE, value("0")]}, Range(0, 0)),
        ({"most_of": [BALANCE, value("100")]}, Range(10_000, UNLIMITED, ("cpf.balance",))),
        ({"most_of": [{"share": {"fact": "vat"}, "of": value("100")}, value("20")]}, Range(2000, 2000)),
        ({"sum": [BALANCE, value("1"), BALANCE]}, Range(100, UNLIMITED, ("cpf.balance",))),
        ({"difference": [value("100"), BALANCE]}, Range(0, 10_000, ("cpf.balance",))),
        ({"difference": [BALANCE, value("100")]}, Range(0, UNLIMITED, ("cpf.balance",))),
        ({"difference": [value("100"), {"share": {"fact": "vat"}, "of": value("100")}]}, Range(8000, 10_000, ("vat",))),
        ({"product": [HOURS, RATE]}, Range(0, UNLIMITED, ("cpf.hours",))),
        ({"share": {"value": "50", "unit": "%"}, "of": {"envelope": "full"}}, Range(UNLIMITED, UNLIMITED)),
        ({"scale": BALANCE, "brackets": [{"percent": "10"}]}, Range(0, UNLIMITED, ("cpf.balance",))),
        ({"product": [HOURS, {"value": "0", "unit": "EUR/h"}]}, Range(0, 0)),
        ({"difference": [value("0"), BALANCE]}, Range(0, 0)),
        ({"sum": [{"least_of": [BALANCE, value("0")]}, value("1")]}, Range(100, 100)),
        ({"scale": BALANCE, "brackets": [{"up_to": "10", "percent": "0"}]}, Range(0, 0)),
    ],
)
def test_what_is_not_known_widens_the_range_and_is_named(amount: Any, expected: Range) -> None:
    """The upper bound is the most the amount could be; what cannot change it is not asked."""
    assert expected == evaluated(amount)


def test_a_choice_on_an_unknown_fact_keeps_every_branch_possible() -> None:
    """Between 1 and 3 euros while the hours are not known; branches that give the same amount ask nothing."""
    branches = [{"when": {"fact": "cpf.hours", "above": "120"}, "then": value("1")}]
    amount = {"choose": [*branches, {"when": {"fact": "cpf.balance", "above": "5"}, "then": value("2")}],
              "otherwise": value("3")}  # fmt: skip
    assert Range(100, 300, ("cpf.hours", "cpf.balance")) == evaluated(amount)
    assert Range(100, 200, ("cpf.hours",)) == evaluated(amount, {"cpf.balance": 600})
    assert Range(100, 100) == evaluated({"choose": branches, "otherwise": value("1")})


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"value": "unlimited"}, Range(UNLIMITED, UNLIMITED)),
        ({"value": 5, "state": "announced", "reason": "projet"}, Range(0, 500, ("parameter:a.ceiling",))),
        ({"state": "ended", "reason": "supprimé"}, Range(0, 0)),
        ({"state": "unknown", "reason": "jamais publié"}, Range(0, UNLIMITED, ("parameter:a.ceiling",))),
        ({"value": 5, "from": "2018-01-01"}, Range(0, UNLIMITED, ("parameter:a.ceiling",))),
        ({"value": 5, "until": "2016-12-31"}, Range(0, UNLIMITED, ("parameter:a.ceiling",))),
    ],
)
def test_a_dated_value_stands_in_one_of_four_states(entry: dict[str, Any], expected: Range) -> None:
    """Valid it is exact, announced at most its value, ended nothing, unknown at most anything."""
    assert expected == evaluated({"parameter": "ceiling"}, ceiling=dated(**entry))


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("75", Range(300_000, 300_000)),
        ("53", Range(0, UNLIMITED, ("parameter:a.ceiling",))),
        (None, Range(100_000, 300_000, ("holder.region",))),
    ],
)
def test_a_table_without_its_key_lies_between_its_least_and_its_most(region: str | None, expected: Range) -> None:
    """Two regions are declared; a third is unknown, never zero; no region at all is one of the two."""
    values = [{"from": "2016-01-01", "source": "essai", "for": key, "value": euros} for key, euros in
              (("75", 3000), ("11", 1000))]  # fmt: skip
    ceiling = {"unit": "EUR", "clock": "filing", "by": "holder.region", "values": values}
    facts = {} if region is None else {"holder.region": region}
    assert expected == evaluated({"parameter": "ceiling"}, facts, ceiling=ceiling)


def test_a_table_with_a_hole_is_not_bounded_without_its_key() -> None:
    """One of its keys has no known value that day: nothing bounds it."""
    since = {"from": "2016-01-01", "source": "essai"}
    values = [{**since, "for": "75", "value": 3000}, {**since, "for": "11", "state": "unknown", "reason": "non publié"}]
    ceiling = {"unit": "EUR", "clock": "filing", "by": "holder.region", "values": values}
    assert Range(0, UNLIMITED, ("holder.region",)) == evaluated({"parameter": "ceiling"}, ceiling=ceiling)


def test_a_value_read_at_the_start_of_a_course_without_date_asks_for_the_date() -> None:
    """The clock of the rule is the start: the question is the start, not the value."""
    ceiling = {"unit": "EUR", "clock": "start", "values": [{"from": "2016-01-01", "value": 5, "source": "essai"}]}
    book = rulebook(aid("a", 1, {"parameter": "ceiling"}, parameters={"ceiling": ceiling}))
    found = book.aid("a").amount(Context({}, date(2017, 3, 1), None), 0)
    assert Range(0, UNLIMITED, ("training.start",)) == found


def test_outside_a_plan_what_is_left_is_the_price_and_what_others_pay_is_open() -> None:
    """While verdicts are reached aid by aid nobody else pays yet: 10 euros of teaching, 1 of exam left."""
    costs = {"training.costs.teaching": 1000, "training.costs.exam": 100}
    assert Range(1100, 1100) == evaluated(left("teaching", "exam", "meals"), costs)
    book = rulebook(aid("a", 1, {"paid_by": ["b"]}), aid("b", 0, value("5")))
    assert Range(0, UNLIMITED) == book.aid("a").amount(Context({}, date(2017, 3, 1), None), 0)


def test_the_binding_limit_is_the_step_that_gives_the_result() -> None:
    """A ceiling of 300 below what is left is shown as the limit; when the rest is the limit, none is."""
    ceiling = {"unit": "EUR", "clock": "filing", "values": [{"from": "2016-01-01", "value": 300, "source": "essai"}]}
    amount = {"least_of": [left(), {"parameter": "ceiling"}]}
    book = books(aid("a", 1, amount, parameters={"ceiling": ceiling}))
    [line] = build_plan(price("1000"), book).contributions
    assert line.limit is not None
    assert ("parameter", "a.ceiling", 30_000) == (line.limit.kind, line.limit.subject, line.limit.high)
    assert ("essai",) == line.sources
    [line] = build_plan(price("200"), book).contributions
    assert line.limit is None
    [line] = build_plan(price("200"), books(aid("a", 1, share("50")))).contributions
    assert line.limit is not None
    assert "share" == line.limit.kind
    assert ["value", "remaining", "share"] == [step.kind for step in line.steps]


@pytest.mark.parametrize("operation", ["sum", "difference", "least_of", "most_of"])
def test_an_operation_is_told_by_its_name_alone(operation: str) -> None:
    """What reads something says what (a fact, a parameter, lines, aids), a product how it is rounded."""
    [line] = build_plan(price("1000"), books(aid("a", 1, {operation: [value("3"), value("2")]}))).contributions
    assert (operation, "") == (line.steps[-1].kind, line.steps[-1].subject)


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        (HOURS, "unité h au lieu de EUR"),
        ({"fact": "size"}, "ce fait n'est pas un nombre"),
        ({"fact": "cpf.balanse"}, "fait inconnu « cpf.balanse » → vouliez-vous dire « cpf.balance »"),
        ({"parameter": "ceiling"}, "paramètre inconnu « ceiling » → déclarez-le"),
        ({"least_of": [BALANCE, HOURS]}, "unité h au lieu de EUR"),
        ({"product": [BALANCE, BALANCE]}, "EUR et EUR ne se multiplient pas"),
        ({"share": BALANCE, "of": BALANCE}, "unité EUR au lieu de %"),
        (value("douze"), "valeur « douze » refusée"),
        ({"value": "1.5", "unit": "count"}, "un nombre entier est attendu"),
        ({"paid_by": ["zzz"]}, "aucune aide ne répond à « zzz »"),
        ({"scale": BALANCE, "brackets": [{"up_to": "9", "percent": "1"}, {"up_to": "5", "percent": "2"}]},
         "les tranches ne sont pas croissantes"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_when_the_rules_are_loaded(amount: Any, message: str) -> None:
    """In French, with what to write instead."""
    with pytest.raises(InputError) as caught:
        rulebook(aid("a", 1, amount), facts=FACTS)
    assert message in str(caught.value)


def test_every_mistake_of_a_rule_is_reported_at_once() -> None:
    """An unknown parameter, an unknown fact and a wrong unit make three problems."""
    with pytest.raises(InputError) as caught:
        rulebook(aid("a", 1, {"sum": [{"parameter": "ceiling"}, {"fact": "cpf.x"}, HOURS]}))
    assert 3 == len(caught.value.problems)


def test_a_selector_takes_every_aid_of_a_prefix() -> None:
    """`region.*` counts both regions: 10 + 20 for one matched."""
    book = books(
        aid("region.11.a", 1, value("10")), aid("region.75.b", 2, value("20")), aid("c", 3, {"paid_by": ["region.*"]})
    )
    assert {"region.11.a": "10.00", "region.75.b": "20.00", "c": "30.00"} == payments(build_plan(price("1000"), book))
