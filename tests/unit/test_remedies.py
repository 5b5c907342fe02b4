"""Remedies: for each cause of the survey a raised case, and the smallest change that clears it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from cpf_funding.dossier import Dossier
from cpf_funding.engine.build import build_plan
from cpf_funding.engine.plan import Cause, FundingPlan
from cpf_funding.engine.remedies import find_remedies, smallest
from cpf_funding.errors import InputError
from cpf_funding.reading.changes import apply_changes
from cpf_funding.rulebook.book import Rulebook
from rulebooks import aid, rulebook, value

NOTICE = {"parameter": "notice"}


def dossier(**parts: Any) -> Dossier:
    training = {"start": "2017-06-05", "end": "2018-02-23", "costs": {"teaching": "1000.00"}}
    training |= parts.pop("training", {})
    return Dossier.model_validate({"id": "essai", "as_of": "2017-03-01", "training": training, **parts})


def rulebook_with_levers(
    levers: Mapping[str, Any], tries: Mapping[str, list[str]], *aids: Mapping[str, Any]
) -> Rulebook:
    return rulebook(*aids, levers=levers, tries=tries)


def solved(book: Rulebook, case: Dossier) -> FundingPlan:
    return find_remedies(case, book, build_plan(case, book))


def cause(plan: FundingPlan, id: str) -> Cause:
    return next(each for each in plan.causes if each.id == id)


def remedies(book: Rulebook, case: Dossier, id: str) -> dict[str, Mapping[str, str]]:
    """The changes of each lever found for a cause that is raised."""
    found = cause(solved(book, case), id)
    assert found.state == "raised"
    return {remedy.lever: remedy.changes for remedy in found.remedies}


# The six causes ---------------------------------------------------------------------------------


def test_an_exhausted_envelope_may_reopen_until_the_last_day_of_filing() -> None:
    levers = {"wait": {"kind": "envelope", "most": 180}}
    parameters = {"notice": {"unit": "calendar_days", "clock": "filing", "values": [
        {"from": "2000-01-01", "value": "15", "source": "essai"}]}}  # fmt: skip
    helped = aid(
        "a", 10, {"remaining": ["teaching"]}, parameters=parameters, procedure={"notice": NOTICE},
        eligibility={"envelope": "a", "is": "open", "cause": "aif_envelope_exhausted"},
    )  # fmt: skip
    book = rulebook_with_levers(levers, {"aif_envelope_exhausted": ["wait"]}, helped)
    case = dossier(local={"envelopes": {"a": {"state": "exhausted", "left": "0"}}})
    assert remedies(book, case, "aif_envelope_exhausted") == {
        "wait": {"as_of": "2017-05-21", "local.envelopes.a.state": "open", "local.envelopes.a.left": "null"}
    }


def test_somebody_else_may_complete_the_plan_though_the_envelope_stays_exhausted() -> None:
    levers = {"employer": {"kind": "raise", "path": "means.employer", "most": "5000", "from_nothing": True}}
    helped = aid(
        "a", 10, {"remaining": ["teaching"]},
        eligibility={"envelope": "a", "is": "open", "cause": "aif_envelope_exhausted"},
    )  # fmt: skip
    money = aid("e", 5, {"fact": "means.employer"}, kind="own_money", funder="employer")
    book = rulebook_with_levers(levers, {"aif_envelope_exhausted": ["employer"]}, helped, money)
    plan = solved(book, dossier(local={"envelopes": {"a": {"state": "exhausted"}}}))
    (remedy,) = cause(plan, "aif_envelope_exhausted").remedies
    assert (remedy.changes, remedy.clears, remedy.completes) == ({"means.employer": "1000.00"}, (), True)


def test_a_course_too_long_is_cut_at_the_limit_with_hours_and_price_in_proportion() -> None:
    levers = {"split": {"kind": "shorten", "most_percent": 70}}
    short = {"fact": "training.months", "at_most": "6", "cause": "training_over_one_year"}
    book = rulebook_with_levers(
        levers, {"training_over_one_year": ["split"]}, aid("a", 10, {"remaining": ["teaching"]}, eligibility=short)
    )
    case = dossier(training={"start": "2017-07-01", "end": "2018-01-16", "hours": {"total": "800"}})
    found = remedies(book, case, "training_over_one_year")
    assert found == {  # 184 of 200 days
        "split": {
            "training.end": "2017-12-31", "training.hours.total": "736.00", "training.costs.teaching": "920.00",
        }
    }  # fmt: skip


@pytest.mark.parametrize(
    ("hours", "company"),
    [({"total": "10.01", "centre": "5.01", "company": "5"}, "4.60"), ({"total": "10", "centre": "5"}, None)],
)
def test_the_hours_of_a_course_cut_short_still_add_up(hours: dict[str, str], company: str | None) -> None:
    """184 of 200 days: 9.2092 h of which 4.6092 h at the centre, each rounded, leave 4.60 h in a company."""
    levers = {"split": {"kind": "shorten", "most_percent": 70}}
    short = {"fact": "training.months", "at_most": "6", "cause": "training_over_one_year"}
    book = rulebook_with_levers(
        levers, {"training_over_one_year": ["split"]}, aid("a", 10, {"remaining": ["teaching"]}, eligibility=short)
    )
    case = dossier(training={"start": "2017-07-01", "end": "2018-01-16", "hours": hours})
    changes = remedies(book, case, "training_over_one_year")["split"]
    assert changes.get("training.hours.company") == company
    if company is not None:
        assert (changes["training.hours.total"], changes["training.hours.centre"]) == ("9.21", "4.61")


def test_a_course_off_the_lists_is_replaced_by_one_on_them() -> None:
    levers = {"equivalent": {"kind": "fact", "also": {"training.cpf_eligible": "true"}}}
    listed = {"fact": "training.cpf_eligible", "is": "true", "cause": "not_cpf_eligible"}
    book = rulebook_with_levers(
        levers, {"not_cpf_eligible": ["equivalent"]},
        aid("a", 10, value("400.00"), kind="right", eligibility=listed),
        aid("b", 20, value("600.00"), eligibility=listed),
    )  # fmt: skip
    found = remedies(book, dossier(training={"cpf_eligible": False}), "not_cpf_eligible")
    assert found == {"equivalent": {"training.cpf_eligible": "true"}}


def test_a_request_too_late_asks_for_a_session_just_late_enough() -> None:
    levers = {"move": {"kind": "date", "most": 90}}
    parameters = {"notice": {"unit": "working_days", "clock": "filing", "values": [
        {"from": "2000-01-01", "value": "5", "source": "essai"}]}}  # fmt: skip
    helped = aid("a", 10, {"remaining": ["teaching"]}, parameters=parameters, procedure={"notice": NOTICE})
    book = rulebook_with_levers(levers, {"slow_cofunding_answers": ["move"]}, helped)
    case = dossier(training={"start": "2017-03-06", "end": "2017-03-10"})
    found = remedies(book, case, "slow_cofunding_answers")
    assert found == {"move": {"training.start": "2017-03-08", "training.end": "2017-03-12"}}


def test_an_answer_expected_too_late_moves_the_session_to_the_day_of_the_answer() -> None:
    levers = {"move": {"kind": "date", "most": 90}}
    book = rulebook_with_levers(levers, {"slow_cofunding_answers": ["move"]}, aid("a", 10, {"remaining": ["teaching"]}))
    case = dossier(
        training={"start": "2017-03-06", "end": "2017-03-10"},
        local={"delays": {"a": {"least": 10, "usual": 20, "most": 30}}},
    )
    found = remedies(book, case, "slow_cofunding_answers")
    assert found == {"move": {"training.start": "2017-03-21", "training.end": "2017-03-25"}}


def test_a_price_too_high_is_lowered_to_the_cent_or_paid_by_somebody() -> None:
    levers = {
        "negotiate": {"kind": "lower", "path": "training.costs.teaching", "most_percent": 50},
        "employer": {"kind": "raise", "path": "means.employer", "most": "5000", "from_nothing": True},
    }
    bounded = {"least_of": [{"remaining": ["teaching"]}, value("765.43")]}
    money = aid("e", 5, {"fact": "means.employer"}, kind="own_money", funder="employer")
    book = rulebook_with_levers(levers, {"cost_too_high": ["employer", "negotiate"]}, aid("a", 10, bounded), money)
    assert remedies(book, dossier(), "cost_too_high") == {
        "negotiate": {"training.costs.teaching": "765.43"}, "employer": {"means.employer": "234.57"}
    }  # fmt: skip


def test_a_contested_project_is_validated_proved_or_judged_again() -> None:
    levers = {
        "validate": {"kind": "fact", "also": {"project.validated": "true"}},
        "pmsmp": {"kind": "raise", "path": "project.pmsmp_days", "most": "30", "step": "1", "from_nothing": True},
        "again": {"kind": "opinion"},
    }
    names = {"project_contested": ["validate", "pmsmp", "again"]}
    proof = {"any": [{"fact": "project.validated", "is": "true"}, {"fact": "project.pmsmp_days", "at_least": "10"}]}
    helped = aid("a", 10, {"remaining": ["teaching"]}, eligibility={**proof, "cause": "project_contested"})
    book = rulebook_with_levers(levers, names, helped)
    untested = dossier(project={"validated": False, "pmsmp_days": 3})
    assert remedies(book, untested, "project_contested") == {
        "validate": {"project.validated": "true"}, "pmsmp": {"project.pmsmp_days": "10"}
    }  # fmt: skip
    judged = dossier(project={"validated": True, "opinions": [{"aid": "a", "favourable": False}]})
    assert remedies(book, judged, "project_contested") == {"again": {"project.opinions[1].favourable": "true"}}


# What a remedy must be --------------------------------------------------------------------------

NEGOTIATE = {"kind": "lower", "path": "training.costs.teaching", "most_percent": 20}
BOUNDED = {"least_of": [{"remaining": ["teaching"]}, value("600.00")]}
EMPLOYER = {"kind": "raise", "path": "means.employer", "most": "300", "from_nothing": True}
PAYS = aid("e", 5, {"fact": "means.employer"}, kind="own_money", funder="employer")


def test_two_levers_together_when_none_is_enough() -> None:
    book = rulebook_with_levers(
        {"negotiate": NEGOTIATE, "employer": EMPLOYER}, {"cost_too_high": ["negotiate", "employer"]},
        aid("a", 10, BOUNDED), PAYS,
    )  # fmt: skip
    (remedy,) = cause(solved(book, dossier()), "cost_too_high").remedies
    assert (remedy.lever, remedy.completes) == ("employer+negotiate", True)
    assert remedy.changes == {"means.employer": "300.00", "training.costs.teaching": "900.00"}


def test_nothing_is_shown_when_no_lever_is_enough() -> None:
    book = rulebook_with_levers({"negotiate": NEGOTIATE}, {"cost_too_high": ["negotiate"]}, aid("a", 10, BOUNDED))
    assert remedies(book, dossier(), "cost_too_high") == {}


def test_a_lever_out_of_its_period_is_not_tried() -> None:
    levers = {"negotiate": {**NEGOTIATE, "most_percent": 50, "from": "2019-01-01"}}
    book = rulebook_with_levers(levers, {"cost_too_high": ["negotiate"]}, aid("a", 10, BOUNDED))
    assert remedies(book, dossier(), "cost_too_high") == {}


@pytest.mark.parametrize(("offered", "tried"), [(True, True), (None, True), (False, False)])
def test_a_lever_is_not_tried_where_its_condition_is_known_not_to_hold(offered: bool | None, tried: bool) -> None:
    levers = {"promise": {"kind": "fact", "when": {"fact": "holder.registered", "is": "true"},
                          "also": {"project.prospect": "hiring_promise"}}}  # fmt: skip
    promised = {"fact": "project.prospect", "is": "hiring_promise", "cause": "public"}
    book = rulebook_with_levers(levers, {"public": ["promise"]}, aid("a", 10, value("10.00"), eligibility=promised))
    case = dossier(project={"prospect": "none"}, holder={"registered": offered})
    assert bool(remedies(book, case, "public")) is tried


@pytest.mark.parametrize(
    ("home", "place", "found"), [("75", "11", {"near": {"training.region": "75"}}), (None, "11", {}), ("75", None, {})]
)
def test_a_session_may_be_found_where_the_person_lives(
    home: str | None, place: str | None, found: dict[str, Any]
) -> None:
    here = {"fact": "training.region", "is": "75", "cause": "public"}
    helped = aid("a", 10, {"remaining": ["teaching"]}, eligibility=here)
    book = rulebook_with_levers({"near": {"kind": "region"}}, {"public": ["near"]}, helped)
    plan = solved(book, dossier(holder={"region": home}, training={"region": place}))
    assert {r.lever: r.changes for c in plan.causes if c.id == "public" for r in c.remedies} == found


def test_a_remedy_says_what_it_presumes_of_another_course() -> None:
    levers = {
        "other": {"kind": "fact", "also": {"training.cpf_eligible": "true"}, "ask_again": ["training.costs.teaching"]},
        "employer": {"kind": "raise", "path": "means.employer", "most": "5000", "from_nothing": True},
    }
    listed = {"fact": "training.cpf_eligible", "is": "true", "cause": "public"}
    money = aid("e", 5, {"fact": "means.employer"}, kind="own_money", funder="employer")
    book = rulebook_with_levers(
        levers, {"public": ["other"], "cost_too_high": ["employer"]}, money,
        aid("a", 10, value("400.00"), eligibility=listed), aid("b", 20, value("100.00")),
    )  # fmt: skip
    plan = solved(book, dossier(training={"cpf_eligible": False}))
    presumed = {remedy.lever: remedy.ask_again for each in plan.causes for remedy in each.remedies}
    assert presumed == {"other": ("training.costs.teaching",), "employer": ()}


def test_forgetting_a_fact_clears_nothing() -> None:
    levers = {"forget": {"kind": "fact", "also": {"project.validated": "null"}}}
    helped = aid(
        "a", 10, {"remaining": ["teaching"]},
        eligibility={"fact": "project.validated", "is": "true", "cause": "project_contested"},
    )  # fmt: skip
    book = rulebook_with_levers(levers, {"project_contested": ["forget"]}, helped)
    assert remedies(book, dossier(project={"validated": False}), "project_contested") == {}


def test_a_cause_is_not_cleared_by_losing_its_aid_for_another_reason_too() -> None:
    """The course moved past its limit of months would have two reasons to be refused, hence none of its own."""
    levers = {"longer": {"kind": "fact", "also": {"training.end": "2019-02-23"}}}
    both = {"all": [
        {"fact": "project.validated", "is": "true", "cause": "public"},
        {"fact": "training.months", "at_most": "12", "cause": "training_over_one_year"},
    ]}  # fmt: skip
    book = rulebook_with_levers(levers, {"public": ["longer"]}, aid("a", 10, value("10.00"), eligibility=both))
    assert remedies(book, dossier(project={"validated": False}), "public") == {}


def test_a_plan_that_lacks_nothing_is_not_mended_by_moving_a_refusal_to_another_cause() -> None:
    """b pays all of it. a, refused on the project, would be refused for its length instead: nothing is gained."""
    levers = {"longer": {"kind": "fact", "also": {"project.validated": "true", "training.end": "2019-02-23"}}}
    both = {"all": [
        {"fact": "project.validated", "is": "true", "cause": "project_contested"},
        {"fact": "training.months", "at_most": "12", "cause": "training_over_one_year"},
    ]}  # fmt: skip
    aids = (aid("a", 10, value("10.00"), eligibility=both), aid("b", 20, {"remaining": ["teaching"]}))
    book = rulebook_with_levers(levers, {"project_contested": ["longer"]}, *aids)
    assert remedies(book, dossier(project={"validated": False}), "project_contested") == {}


def test_less_to_find_is_a_gain_though_no_aid_is_freed_and_something_is_still_missing() -> None:
    """Rights that cover the teaching make its envelope no matter; the 500 of the exam are still to find."""
    levers = {"rights": {"kind": "raise", "path": "cpf.balance", "most": "1000", "from_nothing": True}}
    helped = aid(
        "a", 20, {"remaining": ["teaching"]},
        eligibility={"envelope": "a", "is": "open", "cause": "aif_envelope_exhausted"},
    )  # fmt: skip
    book = rulebook_with_levers(
        levers, {"aif_envelope_exhausted": ["rights"]}, aid("cpf", 10, {"fact": "cpf.balance"}, kind="right"), helped
    )
    given = dossier(
        training={"costs": {"teaching": "1000.00", "exam": "500.00"}}, cpf={"balance": "0"},
        local={"envelopes": {"a": {"state": "exhausted"}}},
    )  # fmt: skip
    assert remedies(book, given, "aif_envelope_exhausted") == {"rights": {"cpf.balance": "1000.00"}}


def test_a_plan_without_raised_cause_is_returned_as_it_is() -> None:
    book = rulebook_with_levers({}, {}, aid("a", 10, {"remaining": ["teaching"]}))
    plan = build_plan(dossier(), book)
    assert find_remedies(dossier(), book, plan) == plan


def test_the_remedy_says_what_the_rebuilt_plan_gives() -> None:
    levers = {"negotiate": {**NEGOTIATE, "most_percent": 50, "label": "Négocier", "who": ["l'organisme"]}}
    book = rulebook_with_levers(levers, {"cost_too_high": ["negotiate"]}, aid("a", 10, BOUNDED))
    (remedy,) = cause(solved(book, dossier()), "cost_too_high").remedies
    rebuilt = build_plan(apply_changes(dossier(), remedy.changes), book)
    assert (remedy.unfunded, remedy.unfunded_worst) == (rebuilt.unfunded, rebuilt.unfunded_worst) == (0, 0)
    assert (remedy.label, remedy.who, remedy.clears) == ("Négocier", ("l'organisme",), ("cost_too_high",))


# The search -------------------------------------------------------------------------------------


@pytest.mark.parametrize("guesses", [(), (37,), (36,), (38,), (1, 90), (40, 30)])
@pytest.mark.parametrize("least", [1, 2, 36, 37, 38, 99, 100])
def test_the_smallest_is_found_whatever_is_guessed(least: int, guesses: tuple[int, ...]) -> None:
    tried: list[int] = []

    def works(size: int) -> bool:
        tried.append(size)
        return size >= least

    assert smallest(works, 100, guesses) == least
    assert len(tried) <= 14
    assert max(tried) <= 100


def test_a_right_guess_costs_two_trials() -> None:
    tried: list[int] = []
    assert smallest(lambda size: tried.append(size) is None and size >= 61_234, 1_000_000, (61_234,)) == 61_234
    assert tried == [61_234, 61_233]


def test_nothing_is_found_where_the_most_does_not_work() -> None:
    assert smallest(lambda size: False, 100, (50,)) is None


# What rule authors may write --------------------------------------------------------------------


def mistakes(levers: Mapping[str, Any], causes: Mapping[str, list[str]]) -> str:
    with pytest.raises(InputError) as caught:
        rulebook_with_levers(levers, causes, aid("a", 10, value("1.00")))
    return str(caught.value)


def test_an_unknown_lever_is_refused() -> None:
    assert "levier inconnu « wait »" in mistakes({}, {"public": ["wait"]})


def test_a_lever_that_no_cause_tries_is_refused() -> None:
    assert "aucune cause ne l'essaie" in mistakes({"idle": {"kind": "opinion"}}, {})


@pytest.mark.parametrize(
    ("lever", "message"),
    [
        ({"kind": "lower", "path": "training.title", "most_percent": 10}, "n'est pas un nombre du dossier"),
        ({"kind": "lower", "path": "training.cost", "most_percent": 10}, "n'est pas un nombre du dossier"),
        ({"kind": "raise", "path": "means.employer", "most": "0"}, "n'est pas positif"),
        ({"kind": "fact"}, "ne change rien"),
        ({"kind": "fact", "also": {"training.kind": "vea"}}, "« vea » ne fait pas partie"),
        ({"kind": "fact", "also": {"answers.q.unknown": "true"}}, "fait inconnu « q.unknown »"),
        ({"kind": "opinion", "ask_again": ["training.cost"]}, "fait inconnu « training.cost »"),
        ({"kind": "opinion", "when": {"fact": "training.knd", "is": "vae"}}, "fait inconnu « training.knd »"),
    ],
)
def test_a_lever_over_nothing_is_refused(lever: Mapping[str, Any], message: str) -> None:
    assert message in mistakes({"odd": lever}, {"public": ["odd"]})
