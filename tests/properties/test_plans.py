"""What always holds of a plan, over generated rulebooks and dossiers and over the packaged rules.

The sentences are the invariants of the kit (`cpf_funding.testing`); what is here besides compares plans of two
rulebooks, or knows more of the rules than any rulebook says.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import generators as g
from cpf_funding import Dossier, FundingPlan, Rulebook, build_plan
from cpf_funding.money import plain
from cpf_funding.testing import ALL, Draft, plan_checked
from cpf_funding.testing.drafts import aid, value
from cpf_funding.testing.invariants_reading import RULES
from cpf_funding.testing.invariants_rebuilt import SEARCHED
from cpf_funding.testing.strategies import boundary_dossiers, dossiers, drafts, hostile_dossiers
from cpf_funding.testing.strategies_rules import IDS, cents, plain_drafts
from cpf_funding.truth import Truth
from oracle import adapter
from oracle.model import Below, Capacity, Fixed, Least, Matching, Problem, ShareOfRemaining
from oracle.strategies import problems

pytestmark = pytest.mark.slow

DAYS = [
    date(2015, 6, 1), date(2017, 3, 1), date(2018, 10, 1), date(2021, 9, 1), date(2024, 6, 1), date(2026, 4, 2),
    date(2026, 11, 23),
]  # fmt: skip
on_each_day = pytest.mark.parametrize("day", DAYS, ids=str)
UNSEARCHED = tuple(each for each in ALL if each not in SEARCHED)


@pytest.fixture(scope="module")
def packaged() -> Rulebook:
    return g.packaged()


def solve(problem: Problem) -> FundingPlan:
    return build_plan(adapter.dossier_of(problem), adapter.rulebook_of(problem))


def paid(plan: FundingPlan) -> dict[str, int]:
    return {c.aid: c.amount for c in plan.contributions}


# Everything the kit knows -------------------------------------------------------------------------


@settings(max_examples=100)
@given(problems(max_aids=6, max_lines=3))
def test_all_that_holds_of_plans_holds_under_every_relation(problem: Problem) -> None:
    """Shares, matching, exclusions, own money refused, mandatory contributions, co-funders, on several lines."""
    assert plan_checked(adapter.dossier_of(problem), adapter.rulebook_of(problem))


@settings(max_examples=25)
@given(data=st.data())
def test_all_that_holds_of_plans_holds_of_any_rules_and_any_dossier(data: st.DataObject) -> None:
    """Rules that use every word of the language, dossiers as they come, at the thresholds, or absurd."""
    rules = data.draw(drafts()).rulebook()
    for invariant in RULES:
        invariant(rules)
    for _ in range(2):
        plan_checked(data.draw(dossiers(rules)), rules)


@on_each_day
@settings(max_examples=4)
@given(data=st.data())
def test_all_that_holds_of_plans_holds_with_the_packaged_rules(
    packaged: Rulebook, day: date, data: st.DataObject
) -> None:
    """For whatever a counsellor may know, at dates that see each age of the rules."""
    assert plan_checked(data.draw(g.real_dossiers(day)), packaged)


@settings(max_examples=15)
@given(data=st.data())
def test_the_packaged_rules_hold_where_their_values_change(packaged: Rulebook, data: st.DataObject) -> None:
    """Several facts next to what the rules name, on a day when something changes; or absurd ones."""
    plan_checked(data.draw(AT_THE_EDGE), packaged, UNSEARCHED)


AT_THE_EDGE = st.deferred(lambda: boundary_dossiers(g.packaged()) | hostile_dossiers(g.packaged()))


def test_the_packaged_rules_are_as_declared_around_each_day(packaged: Rulebook) -> None:
    """The day before, of and after each bound give the declared version; an edition does not differ from itself."""
    for invariant in RULES:
        invariant(packaged)


# Capacities --------------------------------------------------------------------------------------


@settings(max_examples=150)
@given(problems(max_aids=6, max_lines=3))
def test_no_share_is_above_its_capacity(problem: Problem) -> None:
    """Each amount is at most its ceiling, its share of the price, what it matches: computed here, from the problem."""
    amounts = paid(solve(problem))
    for each in problem.aids:
        assert 0 <= amounts.get(each.id, 0) <= most(each.capacity, problem, amounts)


def most(capacity: Capacity, problem: Problem, amounts: Mapping[str, int]) -> int:
    """An upper bound of a capacity in a plan: a share is taken of the whole price of its lines."""
    match capacity:
        case Fixed(cents):
            return cents
        case ShareOfRemaining(percent, lines, _, cap):
            share = -(-percent * sum(problem.costs[line] for line in lines) // 10_000)
            return share if cap is None else min(share, cap)
        case Matching(ids, cap):
            matched = sum(amounts.get(id, 0) for id in ids)
            return matched if cap is None else min(matched, cap)
        case Below(cents, ids):
            return max(0, cents - sum(amounts.get(id, 0) for id in ids))
        case Least(of):
            return min(most(part, problem, amounts) for part in of)


# Order of requests ---


@settings(max_examples=60)
@given(st.lists(st.sets(st.sampled_from("abcd")).map(sorted), min_size=4, max_size=4), g.situations(), st.data())
def test_requests_follow_one_another(after: list[list[str]], situation: dict[str, Any], data: st.DataObject) -> None:
    """`after` is respected whatever the delays, known or not, and whoever is already answered."""
    delays = st.fixed_dictionaries({name: st.none() | st.integers(0, 30) for name in "abcd"})
    chosen = data.draw(delays)
    rules = g.book_of([
        aid(name, rank, value("100"), procedure={"after": [each for each in before if each < name]})
        for rank, (name, before) in enumerate(zip("abcd", after, strict=True))
    ])  # fmt: skip
    local = {"delays": {name: {"least": days, "usual": days, "most": days} for name, days in chosen.items()}}
    assert plan_checked(g.with_costs(situation["costs"], local=local), rules)


# Monotony --------------------------------------------------------------------------------------


@settings(max_examples=150)
@given(problems(max_aids=6, max_lines=3), st.data())
def test_a_higher_ceiling_never_leaves_more_to_find(problem: Problem, data: st.DataObject) -> None:
    """Plain ceilings over any lines: raising one never raises what is unfunded."""
    assert_monotone(g.free(problem), data)


@settings(max_examples=150)
@given(problems(max_aids=6, max_lines=1), st.data())
def test_on_one_line_shares_matching_and_exclusions_are_monotone_too(problem: Problem, data: st.DataObject) -> None:
    """On one line, the same holds with shares of what is left, matching, `excludes`, `own_money` and `with`."""
    assert_monotone(g.on_one_line(problem), data)


def assert_monotone(problem: Problem, data: st.DataObject) -> None:
    plain = [each for each in problem.aids if isinstance(each.capacity, Fixed) and each.kind != "mandatory"]
    assume(plain)
    raised = data.draw(st.sampled_from(plain))
    assert isinstance(raised.capacity, Fixed)
    higher = replace(raised, capacity=Fixed(raised.capacity.cents + data.draw(st.integers(1, 8))))
    others = tuple(higher if each is raised else each for each in problem.aids)
    assert solve(Problem(problem.costs, others)).unfunded <= solve(problem).unfunded


@settings(max_examples=60)
@given(plain_drafts(), g.situations(), st.sampled_from(IDS), cents, st.integers(1, 100_000))
def test_a_fuller_envelope_never_leaves_more_to_find(
    draft: Draft, situation: dict[str, Any], id: str, left: int, more: int
) -> None:
    """Envelopes, balances read from facts, and conditions, under `excludes`: more money never funds less."""
    book = draft.rulebook()

    def unfunded(envelope: int, balance: int) -> int:
        envelopes = {**situation["envelopes"], id: {"state": "open", "left": plain(envelope)}}
        answers = {**situation["answers"], "q.euros_a": plain(balance)}
        return build_plan(g.dossier_of({**situation, "envelopes": envelopes, "answers": answers}), book).unfunded

    before = unfunded(left, left)
    assert unfunded(left + more, left) <= before
    assert unfunded(left, left + more) <= before


@on_each_day
@settings(max_examples=6)
@given(data=st.data())
def test_a_richer_account_never_funds_less(packaged: Rulebook, day: date, data: st.DataObject) -> None:
    """With the packaged rules, more CPF euros or hours never leave more to find."""
    dossier = data.draw(g.real_dossiers(day))
    assume(dossier.cpf.balance is not None and dossier.cpf.hours is not None)
    more = data.draw(st.integers(1, 100_000))
    cpf = {"balance": (dossier.cpf.balance or 0) + more, "hours": (dossier.cpf.hours or 0) + more}
    richer = dossier.model_copy(update={"cpf": dossier.cpf.model_copy(update=cpf)})
    assert build_plan(richer, packaged).unfunded <= build_plan(dossier, packaged).unfunded


# Order -----------------------------------------------------------------------------------------


@settings(max_examples=100)
@given(problems(max_aids=6, max_lines=3), st.randoms(use_true_random=False))
def test_the_order_of_files_and_of_keys_changes_nothing(problem: Problem, random: Any) -> None:
    """Aids declared in another order, costs and answers written in another order: the same plan."""
    aids, costs = list(problem.aids), list(problem.costs.items())
    random.shuffle(aids)
    random.shuffle(costs)
    plan, other = solve(problem), solve(Problem(dict(costs), tuple(aids)))
    assert paid(plan) == paid(other)
    assert list(paid(plan)) == list(paid(other))
    assert plan.alternatives == other.alternatives
    assert plan.unfunded_worst == other.unfunded_worst


@settings(max_examples=60)
@given(problems(max_aids=4, max_lines=3))
def test_without_relations_ranks_say_who_pays_never_how_much_is_left(problem: Problem) -> None:
    """Every permutation of the ranks of plain ceilings leaves the same unfunded."""
    problem = g.free(problem)
    problem = Problem(problem.costs, tuple(replace(each, kind="aid") for each in problem.aids))
    ranks = list(permutations(range(len(problem.aids))))
    orders = [ranks[0], ranks[len(ranks) // 2], ranks[-1]]
    found = [
        solve(Problem(problem.costs, tuple(replace(a, rank=r) for a, r in zip(problem.aids, order, strict=True))))
        for order in orders
    ]
    assert 1 == len({plan.unfunded for plan in found})


# Bytes -----------------------------------------------------------------------------------------

BYTES = """
import json, sys
from datetime import date
from oracle import adapter
from oracle.strategies import seeded
from cpf_funding import Dossier, build_plan, load_rulebook
from cpf_funding.report.document import plan_document
def written(dossier, rules):
    print(json.dumps(plan_document(build_plan(dossier, rules), rules), ensure_ascii=False))
for seed in range(25):
    written(adapter.dossier_of(seeded(seed)), adapter.rulebook_of(seeded(seed)))
packaged = load_rulebook()
for text in json.loads(sys.stdin.read()):
    written(Dossier.model_validate(text), packaged)
"""


def test_same_receipt_same_bytes_in_every_process() -> None:
    """The JSON of a plan is the same in processes that hash texts differently."""
    texts = [
        {
            "as_of": str(day), "holder": {"status": "job_seeker", "region": region, "disability": "boe"},
            "cpf": {"hours": 60, "balance": "900"}, "training": {"costs": {"teaching": "5000", "meals": "300"}},
        }
        for day, region in zip(DAYS, ("75", "53", "32", "44", "84", "01", "11"), strict=True)
    ]  # fmt: skip
    written = {
        subprocess.run(
            [sys.executable, "-c", BYTES], input=json.dumps(texts), capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        ).stdout
        for seed in ("0", "1", "42")
    }  # fmt: skip
    assert 1 == len(written)
    assert 25 + len(texts) == len(next(iter(written)).splitlines())


# Decisions already taken -------------------------------------------------------------------------


@settings(max_examples=80)
@given(plain_drafts(), g.situations(), st.data())
def test_a_counsellors_decision_is_obeyed_and_shown(
    draft: Draft, situation: dict[str, Any], data: st.DataObject
) -> None:
    """Barred, an aid pays nothing; forced, it enters even if refused, for the amount decided; both say so."""
    rules = [{**rule, "relations": {}} for rule in draft.aids]
    book, target = g.book_of(rules), data.draw(st.sampled_from(rules))["aid"]
    decision = data.draw(st.sampled_from(("bar", "force")))
    decided = data.draw(st.none() | cents)
    override = {"aid": target, "decision": decision, "reason": "décision motivée", "by": "agence"}
    if decided is not None and decision == "force":
        override["amount"] = plain(decided)
    dossier = g.dossier_of(situation)
    dossier = Dossier.model_validate({**dossier.model_dump(by_alias=True), "overrides": [override]})
    assert plan_checked(dossier, book)
    plan = build_plan(dossier, book)
    warned = [warning.text for warning in plan.warnings if warning.code == "override"]
    assert 1 == len(warned)
    assert "décision motivée" in warned[0]
    verdict = next(v for v in plan.verdicts if v.aid == target)
    assert ("override", "décision motivée") == (verdict.evidence[0].kind, verdict.evidence[0].note)
    assert (Truth.YES if decision == "force" else Truth.NO) is verdict.state
    mine = [c for c in plan.contributions if c.aid == target]
    if decision == "bar":
        assert [] == mine
    for contribution in mine:
        assert "décision motivée" == contribution.override
    if decision == "force" and decided is not None:
        assert paid(plan).get(target, 0) <= decided


@settings(max_examples=80)
@given(plain_drafts(), g.situations(), st.data())
def test_what_is_granted_stands_for_its_amount(draft: Draft, situation: dict[str, Any], data: st.DataObject) -> None:
    """A granted request pays what was granted, whatever the rules say of it, at most the cost, and is `granted`."""
    granted, target = data.draw(cents), data.draw(st.sampled_from(draft.aids))["aid"]
    first = [
        {**rule, "relations": {}, "order": 0 if rule["aid"] == target else rule["order"] + 1} for rule in draft.aids
    ]
    book = g.book_of(first)
    request = {"aid": target, "answer": "granted", "amount": plain(granted), "filed_on": g.DAY, "answered_on": g.DAY}
    data_ = g.dossier_of(situation).model_dump(by_alias=True)
    data_["local"]["already_asked"] = [request]
    dossier = Dossier.model_validate(data_)
    assert plan_checked(dossier, book)
    plan = build_plan(dossier, book)
    price = sum(situation["costs"].get(line, 0) for line in book.aid(target).covers)
    assert min(granted, price) == paid(plan).get(target, 0)
    assert {"granted"} >= {c.standing for c in plan.contributions if c.aid == target}
