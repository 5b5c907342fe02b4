"""From shapes to a rulebook: names resolved, relations expanded, every mistake reported."""

from __future__ import annotations

from typing import Any

import pytest

from cpf_funding import InputError
from rulebooks import aid, rulebook, value

ONE = value("1")


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ({"funder": "personne"}, "financeur inconnu « personne »"),
        ({"procedure": {"documents": ["devis"]}}, "pièce inconnue « devis »"),
        ({"procedure": {"source": "rien"}}, "source inconnue « rien »"),
        ({"relations": {"source": "rien"}}, "source inconnue « rien »"),
        ({"relations": {"excludes": ["zzz"]}}, "aucune aide ne répond à « zzz »"),
        ({"relations": {"with": ["b"]}}, "« with » et « kind: mandatory » vont ensemble"),
        ({"kind": "mandatory"}, "« with » et « kind: mandatory » vont ensemble"),
        ({"relations": {"needs": ["b"], "excludes": ["b"]}}, "toutes les aides exigées (needs) sont exclues"),
        ({"procedure": {"notice": ONE}}, "un délai ne se donne pas en EUR"),
        ({"procedure": {"answer": {"least": {"value": "1", "unit": "h"}}}}, "un délai ne se donne pas en h"),
        ({"parameters": {"a.b": {"unit": "EUR", "clock": "filing", "values": [
            {"from": "2016-01-01", "value": 1, "source": "essai"}]}}}, "le paramètre « a.b » porte un point"),
    ],
)  # fmt: skip
def test_a_mistake_of_an_aid_is_refused(others: dict[str, Any], message: str) -> None:
    """In French, whatever the part of the aid it is in."""
    with pytest.raises(InputError) as caught:
        rulebook(aid("a", 1, ONE, **others), aid("b", 2, ONE))
    assert message in str(caught.value)


def test_requests_that_wait_for_each_other_are_refused() -> None:
    """a waits for c, c for b, b for a; an aid that waits for a longer chain is none of it."""
    waiting = {"a": ["c"], "b": ["a"], "c": ["b"], "d": ["a"]}
    with pytest.raises(InputError, match="les aides s'attendent en rond : a → c → b → a"):
        rulebook(*(aid(id, 1, ONE, procedure={"after": after}) for id, after in waiting.items()))
    del waiting["a"]
    book = rulebook(aid("a", 1, ONE), *(aid(id, 1, ONE, procedure={"after": after}) for id, after in waiting.items()))
    assert frozenset({"b"}) == book.aid("c").after


def test_a_declared_fact_has_bounds_in_its_unit_and_a_name_of_its_own() -> None:
    """A bound that is no number, and a fact that the dossier already holds, are refused."""
    fact = {"kind": "%", "label": "TVA", "question": "TVA ?"}
    book = rulebook(aid("a", 1, ONE), facts={"vat": {**fact, "least": "5.5", "most": "20"}})
    assert (550, 2000) == (book.facts["vat"].least, book.facts["vat"].most)
    with pytest.raises(InputError, match="borne « haute » refusée"):
        rulebook(aid("a", 1, ONE), facts={"vat": {**fact, "most": "haute"}})
    with pytest.raises(InputError, match="existe déjà dans le dossier"):
        rulebook(aid("a", 1, ONE), facts={"cpf.hours": fact})


def test_aids_come_by_rank_then_name_and_are_found_by_name() -> None:
    """Whatever the order of the files."""
    book = rulebook(aid("b", 2, ONE), aid("c", 1, ONE), aid("a", 2, ONE))
    assert ["c", "a", "b"] == [each.id for each in book.aids]
    assert "Aide a" == book.aid("a").label
    with pytest.raises(KeyError):
        book.aid("z")


def test_a_relation_by_prefix_leaves_the_aid_itself_out() -> None:
    """`region.*` written in a region excludes the others."""
    book = rulebook(
        aid("region.11.a", 1, ONE, relations={"excludes": ["region.*"]}), aid("region.75.b", 2, ONE), aid("c", 3, ONE)
    )
    assert frozenset({"region.75.b"}) == book.aid("region.11.a").excludes


def test_what_an_aid_looks_at_is_known_before_any_plan() -> None:
    """Who its conditions and amount join or count, and whether a plain ceiling is all it asks."""
    joined = {"joined_by": ["b"]}
    book = rulebook(
        aid("a", 1, {"choose": [{"when": joined, "then": ONE}], "otherwise": {"paid_by": ["c"]}}),
        aid("b", 2, ONE, eligibility={"joined_by": ["c"]}),
        aid("c", 3, {"least_of": [{"remaining": ["teaching", "exam"]}, ONE]}),
    )
    a, b, c = (book.aid(id) for id in "abc")
    assert (frozenset("b"), False, frozenset("c"), True) == (
        a.joins,
        a.joins_to_be_eligible,
        a.counts,
        a.looks_at_others,
    )
    assert (frozenset("c"), True, frozenset(), False) == (b.joins, b.joins_to_be_eligible, b.counts, b.looks_at_others)
    assert (False, (("teaching",), ("teaching", "exam"))) == (c.looks_at_others, c.line_sets)
    assert {"aid:b", "aid:c"} <= a.used
