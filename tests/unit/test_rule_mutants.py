"""The mistakes put in the rules to try the cases: on a small rulebook, each is what its name says and nothing else."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from cpf_funding import Rulebook, build_plan
from rulebooks import aid, rulebook
from worked import price

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
CEILING = {
    "unit": "EUR", "clock": "filing", "values": [
        {"from": "2016-01-01", "until": "2016-12-31", "value": "300", "source": "essai"},
        {"from": "2017-01-01", "value": "400.00", "source": "essai"},
    ],
}  # fmt: skip
HIDDEN = {
    "unit": "EUR", "clock": "filing", "values": [
        {"from": "2016-01-01", "until": "2016-12-31", "value": "1", "source": "essai"},
        {"from": "2017-01-01", "value": "2", "source": "essai"},
    ],
}  # fmt: skip


class Seen(NamedTuple):
    """What a case shows."""

    on: date
    start: date | None = None
    scoped: frozenset[str] = frozenset({"a", "b"})
    asked: frozenset[str] = frozenset({"a", "b"})


@pytest.fixture(scope="module")
def script() -> Iterator[ModuleType]:
    found = importlib.util.spec_from_file_location("rule_mutants", SCRIPTS / "rule_mutants.py")
    assert found is not None
    assert found.loader is not None
    module = sys.modules["rule_mutants"] = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    yield module
    del sys.modules["rule_mutants"]


@pytest.fixture(scope="module")
def made(script: ModuleType) -> dict[str, Any]:
    registered = {"fact": "holder.registered", "is": "true"}
    old = {"fact": "holder.age", "at_least": "30"}
    book = rulebook(
        aid("a", 10, {"least_of": [{"remaining": ["teaching"]}, {"parameter": "ceiling"}]},
            relations={"excludes": ["b"]}, parameters={"ceiling": CEILING}, eligibility={"all": [registered, old]}),
        aid("b", 20, {"parameter": "hidden"}, parameters={"hidden": HIDDEN},
            in_force=[{"from": "2018-01-01", "until": "2018-12-31", "source": "essai"}]),
    )  # fmt: skip
    found = {mutant.id: mutant for mutant in script.mutants(book)}
    found["none"] = script.Mutant("none", "none", frozenset(), lambda: book, lambda seen: True)
    return found


def paid(book: Rulebook, day: str, **holder: Any) -> dict[str, int]:
    """Who pays what of a course of 1,000 for a person born on 5 May 1980."""
    dossier = price("1000", holder={"registered": True, "birth_date": "1980-05-05", **holder})
    return {c.aid: c.amount for c in build_plan(dossier, book, date.fromisoformat(day)).contributions}


def test_every_mistake_has_a_name(made: dict[str, Any]) -> None:
    assert sorted(made) == sorted(
        [
            "none", "value a.ceiling 2016-01-01 : 30000 -> 29999", "value a.ceiling 2016-01-01 : 30000 -> 30001",
            "value a.ceiling 2017-01-01 : 40000 -> 39999", "value a.ceiling 2017-01-01 : 40000 -> 40001",
            "bound a.ceiling 2016-01-01 : -1 d", "bound a.ceiling 2016-01-01 : +1 d",
            "bound a.ceiling 2017-01-01 : -1 d", "bound a.ceiling 2017-01-01 : +1 d", "clock a.ceiling",
            "value b.hidden 2016-01-01 : 100 -> 99", "value b.hidden 2016-01-01 : 100 -> 101",
            "value b.hidden 2017-01-01 : 200 -> 199", "value b.hidden 2017-01-01 : 200 -> 201",
            "bound b.hidden 2016-01-01 : -1 d", "bound b.hidden 2016-01-01 : +1 d",
            "bound b.hidden 2017-01-01 : -1 d", "bound b.hidden 2017-01-01 : +1 d", "clock b.hidden",
            "bound a 2000-01-01 : -1 d", "bound a 2000-01-01 : +1 d", "relation a excludes b : dropped",
            "relation a own_money : forbidden", "term a eligibility : all without is true, fact holder.registered",
            "term a eligibility : all without at_least 30, fact holder.age",
            "limit a eligibility : is true, fact holder.registered -> false",
            "limit a eligibility : at_least 30, fact holder.age -> above",
            "limit a eligibility : at_least 30, fact holder.age -> 29",
            "limit a eligibility : at_least 30, fact holder.age -> 31",
            "term a amount : least_of without remaining [teaching]",
            "term a amount : least_of without parameter ceiling", "bound b 2018-01-01 : -1 d",
            "bound b 2018-01-01 : +1 d", "bound b until 2018-12-31 : -1 d", "bound b until 2018-12-31 : +1 d",
            "relation b own_money : forbidden",
        ]
    )  # fmt: skip


def test_what_nobody_can_read_is_hidden(made: dict[str, Any]) -> None:
    """Aid b can be asked for in 2018 only: its value of 2016, and the days on which it changes, show in no plan."""
    assert {id for id, mutant in made.items() if mutant.hidden} == {
        "value b.hidden 2016-01-01 : 100 -> 99", "value b.hidden 2016-01-01 : 100 -> 101",
        "bound b.hidden 2016-01-01 : -1 d", "bound b.hidden 2016-01-01 : +1 d", "bound b.hidden 2017-01-01 : -1 d",
        "bound b.hidden 2017-01-01 : +1 d",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("id", "day", "right", "wrong"),
    [
        ("value a.ceiling 2017-01-01 : 40000 -> 39999", "2017-03-01", {"a": 40_000}, {"a": 39_999}),
        ("bound a.ceiling 2017-01-01 : -1 d", "2016-12-31", {"a": 30_000}, {"a": 40_000}),
        ("bound a.ceiling 2017-01-01 : +1 d", "2017-01-01", {"a": 40_000}, {"a": 30_000}),
        ("bound b 2018-01-01 : -1 d", "2017-12-31", {"a": 40_000}, {"a": 40_000}),
        ("relation a excludes b : dropped", "2018-03-01", {"a": 40_000}, {"a": 40_000, "b": 200}),
        ("relation a own_money : forbidden", "2018-03-01", {"a": 40_000}, {"b": 200}),
        ("term a amount : least_of without parameter ceiling", "2017-03-01", {"a": 40_000}, {"a": 100_000}),
        ("limit a eligibility : is true, fact holder.registered -> false", "2017-03-01", {"a": 40_000}, {}),
    ],
)
def test_the_rules_hold_the_mistake(
    made: dict[str, Any], id: str, day: str, right: dict[str, int], wrong: dict[str, int]
) -> None:
    assert paid(made["none"].book(), day) == right
    assert paid(made[id].book(), day) == wrong


def test_a_mistake_says_which_cases_may_see_it(made: dict[str, Any]) -> None:
    value = made["value a.ceiling 2017-01-01 : 40000 -> 39999"]
    assert value.shows(Seen(date(2017, 1, 1)))
    assert not value.shows(Seen(date(2016, 12, 31)))
    assert not value.shows(Seen(date(2017, 1, 1), scoped=frozenset({"b"})))
    bound = made["bound a.ceiling 2017-01-01 : -1 d"]
    assert [day for day in (30, 31) if bound.shows(Seen(date(2016, 12, day)))] == [31]
    clock = made["clock a.ceiling"]
    assert clock.shows(Seen(date(2016, 12, 1)))
    assert clock.shows(Seen(date(2016, 12, 1), date(2017, 1, 1)))
    assert not clock.shows(Seen(date(2016, 12, 1), date(2016, 12, 31)))
