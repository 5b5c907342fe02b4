"""Each invariant of the kit holds of a sound plan, and fails on a plan, rules or an engine broken on purpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from cpf_funding import Dossier, FundingPlan, Rulebook, build_plan
from cpf_funding.dossier import CourseHours
from cpf_funding.engine.plan import Alternative, Remedy
from cpf_funding.language.values import Parameter
from cpf_funding.rulebook.book import Aid
from cpf_funding.testing import ALL, Draft, invariants, invariants_reading, plan_checked
from cpf_funding.testing.drafts import SOURCE, aid, value
from cpf_funding.testing.invariants_reading import RULES
from cpf_funding.truth import Truth

DAY = date(2017, 3, 1)
CEILING = {"unit": "EUR", "clock": "filing", "values": [
    {"from": date(2016, 1, 1), "until": date(2016, 12, 31), "value": "600", "source": SOURCE},
    {"from": date(2017, 1, 1), "value": "700", "source": SOURCE},
]}  # fmt: skip
OPEN = {"all": [{"fact": "holder.registered", "is": True}, {"fact": "training.months", "at_most": "12"}]}
DRAFT = Draft(
    aids=[
        aid("account", 10, {"fact": "cpf.balance"}, kind="right"),
        aid("top_up", 20, {"parameter": "ceiling"}, parameters={"ceiling": CEILING}, eligibility=OPEN,
            in_force=[{"from": "2016-01-01", "source": SOURCE}],
            relations={"needs": ["account"], "excludes": ["rival"]},
            procedure={"after": ["account"], "notice": {"value": 10, "unit": "calendar_days"},
                       "answer": {"least": {"value": 15, "unit": "calendar_days"}}}),
        aid("rival", 30, value("500")),
        aid("doubtful", 40, value("50"), eligibility={"fact": "project.validated", "is": True}),
        aid("refused", 45, value("60"), eligibility={"fact": "training.hours.total", "below": "100"}),
        aid("strict", 50, value("300"), covers=["exam"], relations={"own_money": "forbidden"}),
        aid("savings", 90, {"fact": "means.holder_can_pay"}, kind="own_money", funder="holder",
            covers=["teaching", "travel"]),
    ],
)  # fmt: skip
DOSSIER = Dossier.model_validate({
    "id": "essai", "as_of": DAY, "holder": {"registered": True}, "cpf": {"balance": "1000"},
    "training": {"start": "2017-06-05", "end": "2017-09-01", "hours": {"total": 300},
                 "costs": {"teaching": "2000", "exam": "300", "travel": "100"}},
    "means": {"holder_can_pay": "40"}, "local": {"envelopes": {"b": {"state": "open"}, "a": {"state": "open"}}},
})  # fmt: skip


UNTIED = replace(DRAFT, aids=[each for each in DRAFT.aids if each["aid"] != "top_up"])
"""The same without a relation that lets more money fund less."""


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    return DRAFT.rulebook()


@pytest.fixture(scope="module")
def plan(rules: Rulebook) -> FundingPlan:
    return build_plan(DOSSIER, rules)


# Ways to break a plan ----------------------------------------------------------------------------


def line(plan: FundingPlan, id: str, **changes: Any) -> FundingPlan:
    """The plan in which one contribution says something else."""
    lines = tuple(replace(each, **changes) if each.aid == id else each for each in plan.contributions)
    return replace(plan, contributions=lines)


def without(plan: FundingPlan, id: str) -> FundingPlan:
    return replace(plan, contributions=tuple(each for each in plan.contributions if each.aid != id))


def verdict(plan: FundingPlan, id: str, **changes: Any) -> FundingPlan:
    lines = tuple(replace(each, **changes) if each.aid == id else each for each in plan.verdicts)
    return replace(plan, verdicts=lines)


def waiting_less(plan: FundingPlan) -> FundingPlan:
    lines = tuple(replace(each, file_from=date(2017, 1, 1)) if each.after else each for each in plan.calendar)
    return replace(plan, calendar=lines)


def miscounted(plan: FundingPlan) -> FundingPlan:
    other = Alternative({"account": 100_000}, 1, 1, 0, 1, None, 0, (), (), {"unfunded": -1})
    return replace(plan, alternatives=(other,))


def dearer(plan: FundingPlan) -> FundingPlan:
    steps = next(each.steps for each in plan.contributions if each.aid == "top_up")
    return line(plan, "top_up", steps=(*steps[:-1], steps[-1]._replace(low=1, high=1)))


READING: dict[str, list[Callable[[FundingPlan], FundingPlan]]] = {
    "euros_add_up": [
        lambda plan: replace(plan, unfunded=plan.unfunded + 1),
        lambda plan: replace(plan, holder_pays=0),
        lambda plan: replace(plan, unfunded_lines={}),
        lambda plan: replace(plan, cost_lines={**plan.cost_lines, "exam": 1}),
        lambda plan: line(plan, "account", by_line={"teaching": 1}),
    ],
    "nothing_is_above_a_line": [
        lambda plan: line(plan, "account", amount=0),
        lambda plan: line(plan, "account", by_line={"meals": 100_000}),
        lambda plan: line(plan, "account", by_line={"teaching": -1}),
        lambda plan: line(plan, "account", by_line={"teaching": 200_001}),
    ],
    "no_share_is_above_its_capacity": [lambda plan: line(plan, "top_up", amount=70_001), dearer],
    "bounds_are_in_order": [
        lambda plan: replace(plan, unfunded_best=plan.unfunded + 1),
        lambda plan: replace(plan, unfunded_worst=plan.unfunded - 1),
    ],
    "excluded_aids_are_apart": [
        lambda plan: line(plan, "account", aid="rival"),
        lambda plan: replace(
            plan, alternatives=(Alternative({"top_up": 1, "rival": 1}, 0, 0, 0, 0, None, 0, (), (), {}),)
        ),
    ],
    "own_money_is_kept_off": [
        lambda plan: line(plan, "savings", by_line={"exam": 100}, aid="strict", by_holder=True),
        lambda plan: replace(plan, unfunded_lines={"exam": 1}),
    ],
    "needs_and_waivers_hold": [lambda plan: without(plan, "account")],
    "requests_wait_their_turn": [
        waiting_less, lambda plan: replace(plan, calendar=tuple(replace(each, after=()) for each in plan.calendar)),
    ],
    "what_is_to_confirm_is_said": [
        lambda plan: line(plan, "doubtful", standing="open"),
        lambda plan: line(plan, "account", standing="to_confirm"),
        lambda plan: replace(plan, questions=()),
        lambda plan: replace(plan, questions=plan.questions * 2),
    ],
    "verdicts_say_why": [
        lambda plan: verdict(plan, "account", evidence=()),
        lambda plan: verdict(plan, "doubtful", missing=()),
        lambda plan: verdict(plan, "account", state=Truth.NO),
        lambda plan: replace(plan, verdicts=plan.verdicts[1:]),
    ],
    "values_are_those_of_the_day": [
        lambda plan: replace(plan, as_of=date(2016, 12, 31)), lambda plan: replace(plan, as_of=date(2016, 1, 1)),
    ],
    "aids_are_asked_while_they_exist": [lambda plan: replace(plan, as_of=date(2015, 12, 31))],
    "sources_are_cited": [
        lambda plan: line(plan, "account", sources=()), lambda plan: line(plan, "account", sources=("ailleurs",)),
    ],
    "causes_are_founded": [
        lambda plan: replace(plan, causes=()),
        lambda plan: replace(plan, causes=tuple(replace(each, euros=10**9) for each in plan.causes)),
        lambda plan: replace(plan, causes=tuple(replace(each, id="autre") for each in plan.causes)),
        lambda plan: replace(
            plan, causes=tuple(replace(each, state="raised", aids=(), evidence=()) for each in plan.causes)
        ),
    ],
    "alternatives_are_worth_showing": [miscounted],
    "verdicts_agree_with_a_plain_reading": [
        lambda plan: verdict(plan, "refused", state=Truth.YES),
        lambda plan: verdict(plan, "top_up", state=Truth.NO),
        lambda plan: verdict(plan, "top_up", out_of_scope=True),
    ],
    "amounts_agree_with_a_plain_reading": [dearer],
}  # fmt: skip


@pytest.mark.parametrize("invariant", ALL, ids=lambda each: each.__name__)
def test_it_holds_of_a_sound_plan(invariant: invariants.Invariant, rules: Rulebook, plan: FundingPlan) -> None:
    invariant(DOSSIER, rules, plan)


def test_the_sound_plan_has_something_of_everything(plan: FundingPlan) -> None:
    """Otherwise an invariant would hold for want of anything to look at."""
    paid = {each.aid: (each.amount, each.standing) for each in plan.contributions}
    assert paid == {
        "account": (100_000, "right"), "top_up": (70_000, "open"), "doubtful": (5_000, "to_confirm"),
        "strict": (30_000, "open"), "savings": (4_000, "right"),
    }  # fmt: skip
    assert plan.unfunded == 31_000
    assert {v.aid: v.state for v in plan.verdicts}["refused"] is Truth.NO
    assert [each.after for each in plan.calendar if each.aid == "top_up"] == [("account",)]
    assert [each.subject for each in plan.questions] == ["project.validated"]


@pytest.mark.parametrize(
    ("name", "broken"),
    [pytest.param(name, way, id=f"{name}-{n}") for name, ways in READING.items() for n, way in enumerate(ways)],
)
def test_it_fails_on_a_broken_plan(
    name: str, broken: Callable[[FundingPlan], FundingPlan], rules: Rulebook, plan: FundingPlan
) -> None:
    invariant = next(each for each in ALL if each.__name__ == name)
    with pytest.raises(AssertionError):
        invariant(DOSSIER, rules, broken(plan))


# A broken engine ---------------------------------------------------------------------------------


def tampered(change: Callable[[FundingPlan], FundingPlan]) -> Callable[..., FundingPlan]:
    """`build_plan` with something changed in what it gives."""
    return lambda *given: change(build_plan(*given))


def promising(plan: FundingPlan) -> FundingPlan:
    remedy = Remedy("lever", "Levier", (), {"cpf.balance": "1000.01"}, plan.unfunded - 5, plan.holder_pays, ())
    return replace(plan, causes=tuple(replace(each, remedies=(remedy,)) for each in plan.causes))


def later(dossier: Dossier, rulebook: Rulebook, on: date) -> FundingPlan:
    return build_plan(dossier, rulebook, on + timedelta(days=5))


def earlier(dossier: Dossier, rulebook: Rulebook, on: date) -> FundingPlan:
    return build_plan(dossier, rulebook, on - timedelta(days=5))


BUILDING: dict[str, list[tuple[str, Any]]] = {
    "everything_can_be_said": [
        ("plan_text", lambda plan, rulebook: "rien"), ("plan_document", lambda plan, rulebook: {"pair": (1, 2)}),
    ],
    "a_receipt_gives_the_same_bytes": [
        ("replay", lambda receipt, dossier, rulebook: replace(build_plan(dossier, rulebook), dossier="autre")),
    ],
    "export_then_import_gives_the_same_plan": [
        ("read_dossier_text", lambda text: DOSSIER.model_copy(update={"id": "autre"})),
    ],
    "the_order_of_keys_changes_nothing": [
        ("build_plan", lambda dossier, rulebook, on: build_plan(
            dossier.model_copy(update={"id": ",".join(dossier.local.envelopes)}), rulebook, on)),
    ],
    "learning_changes_no_certainty": [
        ("build_plan", tampered(lambda plan: verdict(plan, "account", state=Truth.NO))),
        ("build_plan", tampered(lambda plan: verdict(plan, "refused", state=Truth.YES))),
    ],
    "more_money_never_funds_less": [("build_plan", tampered(lambda plan: replace(plan, unfunded=10**6)))],
    "a_value_past_its_threshold_removes_the_refusal": [("build_plan", lambda *given: build_plan(DOSSIER, *given[1:]))],
    "the_latest_filing_date_is_the_latest": [("build_plan", later), ("build_plan", earlier)],
    "remedies_keep_their_promise": [
        ("find_remedies", lambda dossier, rulebook, plan, on: promising(plan)),
    ],
}  # fmt: skip


@pytest.mark.parametrize(("name", "tool", "broken"), [(n, *way) for n, ways in BUILDING.items() for way in ways])
def test_it_fails_on_a_broken_engine(
    name: str, tool: str, broken: Any, rules: Rulebook, plan: FundingPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    invariant = next(each for each in ALL if each.__name__ == name)
    monkeypatch.setattr(f"{invariant.__module__}.{tool}", broken)
    if name == "more_money_never_funds_less":
        rules = UNTIED.rulebook()
        plan = build_plan(DOSSIER, rules)
    with pytest.raises(AssertionError):
        invariant(DOSSIER, rules, plan)


def test_a_plain_reading_says_nothing_of_what_bounds_settle() -> None:
    """An announced 0 is not 1, and no number of hours is below 0: both are known to the engine, whatever is not."""
    announced = {"from": date(2017, 1, 1), "state": "announced", "value": "0", "reason": "essai", "source": SOURCE}
    flag = {"unit": "count", "clock": "filing", "values": [announced]}
    settled = [
        ({"amount": {"parameter": "flag"}, "is": "1"}, Truth.NO),
        ({"fact": "training.hours.centre", "at_least": "0"}, Truth.YES),
    ]
    for first, expected in settled:
        asked = {"first_known": [first, {"fact": "holder.registered", "is": expected is Truth.NO}]}
        book = Draft(aids=[aid("a", 1, value("1"), parameters={"flag": flag}, eligibility=asked)]).rulebook()
        poorer = DOSSIER.model_copy(update={"training": DOSSIER.training.model_copy(update={"hours": CourseHours()})})
        assert build_plan(poorer, book).verdicts[0].state is expected
        assert plan_checked(poorer, book)


# Broken rules ------------------------------------------------------------------------------------


def last_known(parameter: Any, day: date | None, key: str | None = None) -> Any:
    """A parameter that prolongs its last value, and knows nothing of any end."""
    return next(iter(parameter.settings()))


BOOKS: dict[str, tuple[Any, str, Any]] = {
    "rules_do_not_differ_from_themselves": (invariants_reading, "compare", lambda one, other: ["un écart"]),
    "around_each_bound_a_value_is_the_one_declared": (Parameter, "at", last_known),
    "around_each_bound_an_aid_is_as_declared": (Aid, "period", lambda aid, day: aid.in_force[0]),
}


@pytest.mark.parametrize("invariant", RULES, ids=lambda each: each.__name__)
def test_it_holds_of_sound_rules_and_fails_on_broken_ones(
    invariant: invariants_reading.RulebookInvariant, rules: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    invariant(rules)
    monkeypatch.setattr(*BOOKS[invariant.__name__])
    with pytest.raises(AssertionError):
        invariant(rules)


def test_no_invariant_is_left_out() -> None:
    names = [each.__name__ for each in (*ALL, *RULES)]
    assert len(names) == len(set(names))
    assert {*READING, *BUILDING, *BOOKS} == set(names)
