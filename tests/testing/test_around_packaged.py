"""`dossiers_around` on the packaged rules: nothing that they compare with is left without a dossier on each side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest

import generators as g
from cpf_funding import Rulebook, build_plan
from cpf_funding.language import tree
from cpf_funding.language.units import Unit
from cpf_funding.rulebook.book import Aid
from cpf_funding.testing import Nearby, dossiers_around, plan_checked
from cpf_funding.testing.invariants import READ
from cpf_funding.testing.invariants_rebuilt import richer
from cpf_funding.truth import Truth

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("around")]  # the dossiers are made once

By = dict[tuple[str, str], list[Nearby]]


@pytest.fixture(scope="session")
def rules() -> Rulebook:
    return g.packaged()


@pytest.fixture(scope="session")
def around(rules: Rulebook) -> By:
    """The dossiers by aid and by what stands at a threshold."""
    found: By = defaultdict(list)
    for nearby in dossiers_around(rules):
        found[nearby.aid, nearby.subject].append(nearby)
    return dict(found)


def nodes(aid: Aid) -> Iterator[tree.Node]:
    shape = aid.shape
    for root in (shape.scope, shape.eligibility, shape.firm_when, shape.amount):
        if root is not None:
            yield from tree.walk(root)


def asked(rules: Rulebook) -> list[Aid]:
    """The aids that can be asked for on some day."""
    return [aid for aid in rules.aids if any(period.state == "open" for period in aid.in_force)]


def test_every_aid_that_can_be_asked_for_has_dossiers(rules: Rulebook, around: By) -> None:
    assert {aid.id for aid in asked(rules)} == {aid for aid, _ in around}
    assert sum(map(len, around.values())) > 10_000


def test_every_fact_compared_has_dossiers_on_each_side(rules: Rulebook, around: By) -> None:
    """Below, at and above each number and day (nothing stands below zero); in and out for each word and truth."""
    compared = {
        (aid.id, node.fact): isinstance(rules.facts[node.fact].kind, Unit) or rules.facts[node.fact].kind == "date"
        for aid in asked(rules) for node in nodes(aid)
        if isinstance(node, tree.Compare) and not any(isinstance(o, tree.FactRef) for o in node.operands)
    }  # fmt: skip
    sides = {place: {nearby.side for nearby in around.get(place, ())} for place in compared}
    ordered = [place for place, is_ordered in compared.items() if is_ordered]
    assert [place for place in ordered if not sides[place] >= {"at", "above"}] == []
    assert [place for place in ordered if "below" not in sides[place] and not at_zero(place, rules)] == []
    words = [place for place in compared if place not in ordered]
    assert [place for place in words if not sides[place] >= {"in", "out"}] == []
    assert len(ordered) > 70
    assert len(words) > 500


def at_zero(place: tuple[str, str], rules: Rulebook) -> bool:
    """Whether an aid compares a fact with nothing but zero."""
    mine = [n for n in nodes(rules.aid(place[0])) if isinstance(n, tree.Compare) and n.fact == place[1]]
    return all(operand == "0" for node in mine for operand in node.operands)


def test_every_notice_is_kept_and_missed(rules: Rulebook, around: By) -> None:
    told = [aid.id for aid in asked(rules) if aid.notice is not None]
    for id in told:
        states = {"below": set[Truth](), "at": set[Truth](), "above": set[Truth]()}
        for nearby in around.get((id, "notice"), ()):
            verdicts = {verdict.aid: verdict for verdict in build_plan(nearby.dossier, rules).verdicts}
            kept = [e.truth for e in verdicts[id].evidence if e.kind == "notice"]
            states[nearby.side].update(kept)
        assert Truth.YES not in states["below"], id
        assert Truth.NO not in states["at"] | states["above"], id
    assert len(told) > 30


def test_in_most_of_them_the_threshold_is_all_that_can_refuse(rules: Rulebook, around: By) -> None:
    """For nine conditions in ten, some dossier next to the threshold is one for which the aid is not refused."""
    said = ("parameter:", "in_force:", "ceiling", "answer", "amount")
    places = [place for place in sorted(around) if not place[1].startswith(said)][::8]
    opened = 0
    for place in places:
        plans = (build_plan(nearby.dossier, rules) for nearby in around[place])
        states = {verdict.state for plan in plans for verdict in plan.verdicts if verdict.aid == place[0]}
        opened += bool(states - {Truth.NO})
    assert len(places) > 90
    assert opened >= 0.9 * len(places)


def test_what_holds_of_every_plan_holds_next_to_the_thresholds(rules: Rulebook, around: By) -> None:
    """One dossier in three hundred."""
    for nearby in [each for found in around.values() for each in found][::300]:
        assert plan_checked(nearby.dossier, rules, READ), nearby.subject


def test_more_money_never_funds_less_whatever_the_relations_of_the_packaged_rules(rules: Rulebook, around: By) -> None:
    """A richer account, a fuller envelope, a larger contribution: what the invariant has to leave out in general."""
    tried = 0
    for nearby in [each for found in around.values() for each in found][::150]:
        before = build_plan(nearby.dossier, rules).unfunded
        for name, more in richer(nearby.dossier):
            tried += 1
            assert build_plan(more, rules).unfunded <= before, (nearby.aid, nearby.subject, name)
    assert tried > 30
