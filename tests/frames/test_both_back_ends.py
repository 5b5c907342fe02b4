"""One dossier and a table of dossiers give the same cents, verdicts and causes."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpf_funding import Dossier, Rulebook, build_plan, load_rulebook
from cpf_funding.errors import InputError
from cpf_funding.frames import CannotCompileError, dossiers_to_table, plans
from cpf_funding.testing import dossiers_around
from cpf_funding.testing.strategies_rules import answers, rulebooks
from frames.both import differences
from frames.dossiers import Drawer
from generators import packaged, with_costs
from oracle.adapter import dossier_of, rulebook_of
from oracle.strategies import seeded
from rulebooks import aid, rulebook, value

pytestmark = pytest.mark.slow

SIX = Path(__file__).parents[2] / "benchmarks" / "six_aids" / "rules"
DAYS = [date(2015, 6, 1), date(2017, 3, 1), date(2021, 9, 1), date(2024, 6, 1), date(2026, 4, 2), date(2026, 11, 23)]
DAY = date(2017, 3, 1)


@cache
def six() -> Rulebook:
    return load_rulebook(rules=SIX)


@pytest.mark.parametrize("on", [DAYS[1], DAYS[5]], ids=str)
def test_the_packaged_rules(on: date) -> None:
    dossiers = list(Drawer(packaged(), on, seed=on.toordinal()).dossiers(100))
    assert not list(islice(differences(dossiers, packaged(), on), 3))


@pytest.mark.parametrize("many", [0, 20], ids=["by status", "all rows together"])
@pytest.mark.parametrize("on", DAYS, ids=str)
def test_the_six_aids(on: date, many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "MANY_AIDS", many)
    rules = load_rulebook(rules=SIX)
    dossiers = list(Drawer(rules, on, seed=on.toordinal() + many).dossiers(100))
    assert not list(islice(differences(dossiers, rules, on), 3))


def tabled(dossier: Dossier, rulebook: Rulebook) -> bool:
    """Whether a table has a place for everything that a dossier says."""
    try:
        dossiers_to_table([dossier], rulebook)
    except InputError:
        return False
    return True


def test_dossiers_next_to_every_threshold_of_the_six_aids() -> None:
    by_day: dict[date, list[Dossier]] = {}
    for near in dossiers_around(six()):
        assert near.dossier.as_of is not None
        if tabled(near.dossier, six()):
            by_day.setdefault(near.dossier.as_of, []).append(near.dossier)
    assert sum(map(len, by_day.values())) > 50
    for on, dossiers in by_day.items():
        assert not list(islice(differences(dossiers, six(), on), 3)), on


def test_dossiers_next_to_the_thresholds_of_the_packaged_rules() -> None:
    """The first of one day; `scripts/compare_back_ends.py` takes them all."""
    on = date(2018, 5, 7)
    near = (each.dossier for each in dossiers_around(packaged()) if each.dossier.as_of == on)
    dossiers = list(islice((dossier for dossier in near if tabled(dossier, packaged())), 100))
    assert len(dossiers) == 100
    assert not list(islice(differences(dossiers, packaged(), on), 3))


@settings(max_examples=30)
@given(st.data())
def test_rules_made_of_every_word(data: st.DataObject) -> None:
    """Whatever the rules, a table says what each plan says, or the rules are refused by name; by status or not."""
    rulebook = data.draw(rulebooks())
    told = data.draw(st.lists(answers(), min_size=1, max_size=6))
    costs = data.draw(st.lists(st.integers(0, 150_000), min_size=3, max_size=3))
    dossiers = [
        with_costs(dict(zip(("teaching", "exam", "travel"), costs, strict=True)), answers=each) for each in told
    ]
    with suppress(CannotCompileError), patch.object(plans, "MANY_AIDS", data.draw(st.sampled_from([0, 20]))):
        assert not list(differences(dossiers, rulebook, DAY))


def test_relations_of_every_form() -> None:
    """Small problems of the oracle: what compiles is planned alike, and much of it does."""
    compiled = 0
    for seed in range(60):
        problem = seeded(seed, 4, 3, 100)
        rulebook, dossier = rulebook_of(problem), dossier_of(problem)
        with suppress(CannotCompileError):
            assert not list(differences([dossier], rulebook, DAY)), seed
            compiled += 1
    assert compiled > 20


@pytest.mark.parametrize("travel", [0, 2_500, 5_000, 5_001])
def test_two_aids_of_one_rank_that_may_take_over_each_other_s_euros(travel: int) -> None:
    """The employer's 50 go to the teaching or to the travel: b then pays 75 alone, where it may, or a pays as well."""
    employer = aid("employer", 1, value("50"), kind="own_money", funder="employer", covers=["teaching", "travel"])
    rules = rulebook(employer, aid("a", 10, value("100"), covers=["travel"]), aid("b", 10, value("75")))
    dossier = with_costs({"teaching": 7_500, "travel": travel})
    assert not list(differences([dossier], rules, DAY))
    paid = {each.aid: each.amount for each in build_plan(dossier, rules, DAY).contributions}
    alone = {"employer": 5_000, "b": 2_500 + travel}
    assert paid == (alone if travel <= 5_000 else {"employer": 5_000, "a": 5_001, "b": 2_500})


@pytest.mark.parametrize(("seed", "aids", "lines", "unit"), [(888, 6, 3, 1), (3370, 5, 2, 7)])
def test_problems_that_once_differed(seed: int, aids: int, lines: int, unit: int) -> None:
    """One needs another that refuses own money too; one is brought by an aid that pays nothing."""
    problem = seeded(seed, aids, lines, unit)
    assert not list(differences([dossier_of(problem)], rulebook_of(problem), DAY))


RELIES = {"needs": ["a", "own"]}


@pytest.mark.parametrize(
    ("others", "costs", "expected"),
    [
        ([], (1_000, 0, 50), {"own": 50, "region": 1_000}),
        ([aid("b", 30, value("1"), covers=["travel"])], (1_000, 0, 50), {"own": 50, "region": 1_000}),
        ([aid("b", 30, value("0.49"), covers=["travel"])], (1_000, 0, 50), {"b": 49, "own": 1, "region": 1_000}),
        ([aid("b", 1, value("1")), aid("d", 1, value("2"), covers=["travel"])], (1_000, 0, 50),
         {"b": 100, "own": 50, "region": 900}),
        ([aid("b", 1, value("2"), covers=["teaching", "travel"]), aid("d", 30, value("1"), covers=["travel"])],
         (1_000, 0, 50), {"own": 50, "region": 1_000}),
    ],
    ids=["nobody else", "all of it", "a cent is left", "of its rank", "both"],
)  # fmt: skip
def test_an_aid_that_may_rely_on_the_person_s_money(
    others: list[dict[str, Any]], costs: tuple[int, int, int], expected: dict[str, int]
) -> None:
    """It pays all the teaching once another pays: the person's own money, asked last, where something is left to it."""
    own = aid("own", 900, value("2"), kind="own_money", funder="holder", covers=["teaching", "exam", "travel"])
    region = aid("region", 20, {"remaining": ["teaching"]}, relations=RELIES)
    rules = rulebook(aid("a", 10, {"fact": "cpf.balance"}), region, own, *others)
    dossier = with_costs(dict(zip(("teaching", "exam", "travel"), costs, strict=True)), cpf={"balance": "0"})
    assert not list(differences([dossier], rules, DAY))
    paid = {each.aid: each.amount for each in build_plan(dossier, rules, DAY).contributions}
    assert paid == expected


def test_an_aid_that_refuses_own_money_is_left_with_the_one_it_needs() -> None:
    """b needs a, to which d leaves nothing: d pays alone."""
    strict = {"own_money": "forbidden"}
    needing = aid("b", 3, value("1000"), relations=strict | {"needs": ["a"]})
    first, last = (aid(id, rank, value("1000"), relations=strict) for id, rank in (("d", 1), ("a", 4)))
    rules = rulebook(first, needing, last)
    assert not list(differences([with_costs({"teaching": 100_000})], rules, DAY))
