"""The mistakes put in the rules to try the cases: on a small rulebook, each is what its name says and nothing else."""

from __future__ import annotations

import importlib.util
import json
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

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS, CONFORMANCE = ROOT / "scripts", ROOT / "rules" / "cases" / "conformance"
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


def loaded(name: str) -> Iterator[ModuleType]:
    """A script, as the other scripts import it."""
    found = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    assert found is not None
    assert found.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    yield module
    del sys.modules[name]


@pytest.fixture(scope="module")
def script() -> Iterator[ModuleType]:
    yield from loaded("rule_mutants")


@pytest.fixture(scope="module")
def judging(script: ModuleType) -> Iterator[ModuleType]:
    yield from loaded("mutate_rules")


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


# What earlier runs found ------------------------------------------------------------------------


def test_a_verdict_stands_while_the_rules_and_the_case_that_gave_it_are_the_same(
    judging: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of other rules, or of a case that was rewritten, only who noticed is kept, to be asked first; of fewer cases,
    those that let the mutant live are not asked again."""
    court = judging.Court(CONFORMANCE, CONFORMANCE / "cases")
    killer, rules = court.witnesses[0], court.book.digest
    asked = {"before": [killer.mark], "rewritten": ["another mark"]}
    lines = [
        (rules, "before", "stands", killer.case.id, ""), (rules, "rewritten", "asked first", killer.case.id, ""),
        ("other rules", "before", "asked first too", killer.case.id, ""), (rules, "before", "gone", "no such case", ""),
        (rules, "before", "lived", None, "why"), ("other rules", "before", "asked of all", None, "why"),
        (rules, court.digest, "lives", None, "why"),
    ]  # fmt: skip
    monkeypatch.setattr(judging, "JUDGED", tmp_path / "judged.jsonl")
    monkeypatch.setattr(judging, "ASKED", tmp_path / "asked.json")
    judging.JUDGED.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    judging.ASKED.write_text(json.dumps(asked | {court.digest: court.asked}), encoding="utf-8")
    found, before, lived = judging.judged(court)
    assert found == {"stands": (killer.case.id, ""), "lives": (None, "why")}
    assert before == {"asked first": killer.case.id, "asked first too": killer.case.id}
    assert lived == {"lived": (frozenset([killer.mark]), "why")}


def test_a_case_is_the_same_wherever_it_stands_in_its_file(judging: ModuleType, tmp_path: Path) -> None:
    """And another one when what it expects changes."""
    text = (CONFORMANCE / "cases" / "kleene.yaml").read_text(encoding="utf-8")
    marks = []
    other = text.replace("kleene.and: open", "kleene.and: refused", 1)
    for written in (text, text.replace("schema:", "# Plus bas.\n\nschema:", 1), other):
        (tmp_path / "kleene.yaml").write_text(written, encoding="utf-8")
        marks.append([witness.mark for witness in judging.Court(CONFORMANCE, tmp_path).witnesses])
    assert marks[0] == marks[1]
    assert (marks[0][0] == marks[2][0], marks[0][1:] == marks[2][1:]) == (False, True)
