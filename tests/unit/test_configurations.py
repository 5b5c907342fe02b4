"""Which aids stand together, on the worked cases of a counsellor's desk; amounts in euros."""

from __future__ import annotations

import pytest

from cpf_funding import InputError, LimitError, build_plan
from cpf_funding.engine.configurations import MAX_CONFIGURATIONS
from rulebooks import aid, value
from worked import books, cpf, left, participation, payments, planned, price, share


@pytest.mark.parametrize(
    ("cost", "balance", "expected"),
    [
        ("1000", "600", ({"holder.participation": "103.20", "cpf": "600.00"}, "103.20", "296.80")),
        ("1000", "950", ({"holder.participation": "103.20", "cpf": "896.80"}, "103.20", "0.00")),
        ("1000", "5000", ({"holder.participation": "103.20", "cpf": "896.80"}, "103.20", "0.00")),
        ("80", "600", ({"holder.participation": "80.00"}, "80.00", "0.00")),
    ],
    ids=["inside the price", "cut back", "balance above the price", "price below it"],
)
def test_the_participation_is_part_of_the_price(
    cost: str, balance: str, expected: tuple[dict[str, str], str, str]
) -> None:
    """1000 - 103.20 - 600 = 296.80; the CPF pays at most 1000 - 103.20 = 896.80; 80 is less than 103.20."""
    assert expected == planned(books(cpf(balance), participation()), price(cost))


def test_no_participation_without_the_account_and_none_when_an_employer_pays() -> None:
    """Due with the CPF only; waived when the employer contributes: 1000 - 100 = 900 for the CPF."""
    employer = aid("employer", 5, {"fact": "means.employer"}, kind="own_money", funder="employer")
    book = books(cpf("5000"), participation(waived_by=["employer"]), employer)
    expected = ({"employer": "100.00", "cpf": "900.00"}, "0.00", "0.00")
    assert expected == planned(book, price("1000", means={"employer": "100"}))
    expected = ({"holder.participation": "103.20", "cpf": "896.80"}, "103.20", "0.00")
    assert expected == planned(book, price("1000"))
    assert expected == planned(book, price("1000", means={"employer": "0"}))
    barred = {"overrides": [{"aid": "cpf", "decision": "bar", "reason": "compte à préserver"}]}
    assert ({}, "0.00", "1000.00") == planned(book, price("1000", **barred))


def test_nothing_is_added_where_the_person_already_pays_more() -> None:
    """The participation is inside the 300 the person brings: 103.20 + 300 > 1000 - 600 - ... leaves 0 to the top-up
    beyond 296.80."""
    own = aid("holder.top_up", 900, {"fact": "means.holder_can_pay"}, kind="own_money", funder="holder")
    expected = ({"holder.participation": "103.20", "cpf": "600.00", "holder.top_up": "296.80"}, "400.00", "0.00")
    assert expected == planned(books(cpf("600"), participation(), own), price("1000", means={"holder_can_pay": "300"}))


def test_a_region_pays_80_percent_of_what_the_account_leaves() -> None:
    """80 % of 1000 - 600 is 320; with the participation, 80 % of 296.80 is 237.44."""
    region = aid("region", 50, share("80"))
    assert ({"cpf": "600.00", "region": "320.00"}, "0.00", "80.00") == planned(books(cpf("600"), region), price("1000"))
    expected = {"holder.participation": "103.20", "cpf": "600.00", "region": "237.44"}
    assert (expected, "103.20", "59.36") == planned(books(cpf("600"), participation(), region), price("1000"))


def test_a_90_percent_share_has_a_cap() -> None:
    """90 % of 5000 is above 2000; 90 % of 2000 is 1800."""
    book = books(aid("region", 50, {"least_of": [share("90"), value("2000")]}))
    assert ({"region": "2000.00"}, "0.00", "3000.00") == planned(book, price("5000"))
    assert ({"region": "1800.00"}, "0.00", "200.00") == planned(book, price("2000"))


def test_an_aid_that_costs_more_than_it_brings_through_a_share_and_a_ceiling() -> None:
    """With a: 100, half of 900, then 200 less 100 make 650. Without it: half of 1000, then 200 make 700."""
    ceiling = {"difference": [value("200"), {"paid_by": ["a"]}]}
    book = books(aid("a", 10, value("100")), aid("b", 20, share("50")), aid("c", 30, ceiling))
    assert ({"b": "500.00", "c": "200.00"}, "0.00", "300.00") == planned(book, price("1000"))


def test_an_all_or_nothing_aid_below_the_gap_falls_and_the_account_stands() -> None:
    """1000 - 600 = 400, an AIF of 399.99 leaves a cent to the person: it falls; 400 is enough. The person's 400 then
    complete the plan, for want of anything better."""
    own = aid("holder.top_up", 900, {"fact": "means.holder_can_pay"}, kind="own_money", funder="holder")

    def book(ceiling: str) -> object:
        return books(cpf("600"), aid("aif", 70, value(ceiling), relations={"own_money": "forbidden"}), own)

    plan = build_plan(price("1000", means={"holder_can_pay": "400"}), book("399.99"))  # type: ignore[arg-type]
    assert {"cpf": "600.00", "holder.top_up": "400.00"} == payments(plan)
    assert {"aif": "own_money"} == {v.aid: v.lost_to for v in plan.verdicts if v.lost_to}
    plan = build_plan(price("1000", means={"holder_can_pay": "400"}), book("400"))  # type: ignore[arg-type]
    assert {"cpf": "600.00", "aif": "400.00"} == payments(plan)
    assert [(60_000, 40_000)] == [
        (a.amounts["cpf"], a.amounts["holder.top_up"])
        for a in plan.alternatives
        if "aif" in a.without and a.holder_pays
    ]
    plan = build_plan(price("1000"), book("399.99"))  # type: ignore[arg-type]
    assert ({"cpf": "600.00"}, 40_000) == (payments(plan), plan.unfunded)
    assert {"aif": "own_money"} == {v.aid: v.lost_to for v in plan.verdicts if v.lost_to}


def test_a_participation_on_its_lines_takes_an_all_or_nothing_aid_away() -> None:
    """CPF 600 with its participation puts own money on teaching: the AIF alone pays 1000 and the CPF stays out."""
    aif = aid("aif", 70, value("1000"), relations={"own_money": "forbidden"})
    assert ({"aif": "1000.00"}, "0.00", "0.00") == planned(books(cpf("600"), participation(), aif), price("1000"))


def test_matching_pays_as_much_as_the_account() -> None:
    """One for one: 300 for 300, within what is left: 1000 - 700 = 300 for 700."""
    book = books(cpf("300"), aid("opco", 30, {"least_of": [left(), {"paid_by": ["cpf"]}]}))
    assert ({"cpf": "300.00", "opco": "300.00"}, "0.00", "400.00") == planned(book, price("1000"))
    book = books(cpf("700"), aid("opco", 30, {"least_of": [left(), {"paid_by": ["cpf"]}]}))
    assert ({"cpf": "700.00", "opco": "300.00"}, "0.00", "0.00") == planned(book, price("1000"))


def test_a_balance_under_a_floor_brings_no_top_up() -> None:
    """The top-up asks for an account of 100 hours; 99.99 do not do."""
    floor = {"fact": "cpf.hours", "at_least": "100"}
    rate = {"value": "9", "unit": "EUR/h"}
    book = books(
        aid("cpf", 10, {"product": [{"fact": "cpf.hours"}, rate]}, kind="right"),
        aid("top_up", 20, left(), eligibility=floor),
    )
    assert ({"cpf": "900.00", "top_up": "100.00"}, "0.00", "0.00") == planned(book, price("1000", cpf={"hours": 100}))
    assert ({"cpf": "899.91"}, "0.00", "100.09") == planned(book, price("1000", cpf={"hours": "99.99"}))


def test_dif_hours_go_first_and_both_stop_at_150_hours() -> None:
    """At 9 euros: DIF 100 h = 900, then CPF min(80, 150 - 100) = 50 h = 450; 2000 - 1350 = 650 left."""
    rate, limit = {"value": "9", "unit": "EUR/h"}, {"value": "150", "unit": "h"}
    dif = aid("cpf.dif", 20, {"product": [{"least_of": [{"fact": "cpf.dif_hours"}, limit]}, rate]}, kind="right")
    both = {"difference": [{"product": [limit, rate]}, {"paid_by": ["cpf.dif"]}]}
    hours = aid("cpf", 25, {"least_of": [{"product": [{"fact": "cpf.hours"}, rate]}, both]}, kind="right")
    dossier = price("2000", cpf={"hours": 80, "dif_hours": 100})
    assert ({"cpf.dif": "900.00", "cpf": "450.00"}, "0.00", "650.00") == planned(books(dif, hours), dossier)


@pytest.mark.parametrize(
    ("cost", "expected"),
    [("3050", {"cpf": "600.00", "bretagne": "1230.00"}), ("3050.01", {"cpf": "600.00", "bretagne": "1830.00"})],
    ids=["inside", "on top"],
)
def test_a_cheque_counts_the_account_inside_up_to_a_price_and_on_top_above_it(
    cost: str, expected: dict[str, str]
) -> None:
    """Up to 3 050 the CPF counts inside the 1 830: 1830 - 600 = 1230; above, the cheque comes on top: 1830."""
    choose = {
        "choose": [
            {
                "when": {"fact": "training.costs.teaching", "at_most": "3050"},
                "then": {"difference": [value("1830"), {"paid_by": ["cpf"]}]},
            }
        ],
        "otherwise": value("1830"),
    }
    book = books(cpf("600"), aid("bretagne", 50, {"least_of": [left(), choose]}))
    assert expected == planned(book, price(cost))[0]


def test_two_funders_halve_a_ceiling_and_an_odd_cent_falls_on_the_second() -> None:
    """Half of what is left each: 1000.01 - 600 = 400.01, half rounded down 200.00, the other pays the 200.01 left."""
    book = books(
        cpf("600"),
        aid("region", 50, {"choose": [{"when": {"joined_by": ["agefiph"]}, "then": share("50")}], "otherwise": left()}),
        aid("agefiph", 60, {"least_of": [left(), value("5000")]}, relations={"needs": ["region"]}),
    )
    # Together or the region alone, nothing is left and nobody else pays: the earlier rank pays the most it can.
    assert ({"cpf": "600.00", "region": "400.01"}, "0.00", "0.00") == planned(book, price("1000.01"))
    forced = {"overrides": [{"aid": "agefiph", "decision": "force", "reason": "convention"}]}
    expected = {"cpf": "600.00", "region": "200.00", "agefiph": "200.01"}
    assert expected == planned(book, price("1000.01", **forced))[0]


def test_excluded_aids_never_stand_together_and_the_best_of_them_stays() -> None:
    """700 alone is worth more than 300, whatever their ranks; at equal worth the earlier one pays."""
    enemies = {"relations": {"excludes": ["b"]}}
    assert {"b": "700.00"} == planned(
        books(aid("a", 1, value("300"), **enemies), aid("b", 2, value("700"))), price("1000")
    )[0]
    assert {"a": "700.00"} == planned(
        books(aid("a", 1, value("700"), **enemies), aid("b", 2, value("700"))), price("1000")
    )[0]
    plan = build_plan(price("1000"), books(aid("a", 1, value("300"), **enemies), aid("b", 2, value("700"))))
    assert {"a": "excludes:b"} == {v.aid: v.lost_to for v in plan.verdicts if v.lost_to}


def test_a_co_funder_must_pay() -> None:
    """An aid that needs another falls with it, or with its last cent, and says so."""
    book = books(
        aid("a", 1, {"fact": "cpf.balance"}, kind="right"), aid("b", 2, value("100"), relations={"needs": ["a"]})
    )
    assert {"a": "50.00", "b": "100.00"} == planned(book, price("1000", cpf={"balance": "50"}))[0]
    plan = build_plan(price("1000", cpf={"balance": "0"}), book)
    assert {} == payments(plan)
    assert {"a": "zero", "b": "needs"} == {v.aid: v.lost_to for v in plan.verdicts if v.lost_to}


def test_an_earlier_aid_steps_aside_when_it_starves_a_co_funder() -> None:
    """`rich` would pay all of teaching and leave `helper` nothing, on which `big` relies for the exam: without it,
    helper 100 + big 900 on the exam, and nothing for teaching but what helper does not take."""
    book = books(
        aid("rich", 1, value("100")),
        aid("helper", 2, value("100")),
        aid("big", 3, value("900"), covers=["exam"], relations={"needs": ["helper"]}),
    )
    assert {"helper": "100.00", "big": "900.00"} == planned(book, price("100", costs={"exam": "900"}))[0]


def test_a_raised_ceiling_may_starve_a_co_funder_where_the_rule_says_needs() -> None:
    """The declared exception to monotony: with A at 50, A 50 + B 30 + C 20 = 100; with A at 75, C would be left
    nothing, B needs C, and the best is A 75 + C 20 = 95."""

    def book(ceiling: str) -> object:
        return books(
            aid("a", 1, value(ceiling)), aid("b", 2, value("30"), relations={"needs": ["c"]}), aid("c", 3, value("20"))
        )

    assert ({"a": "50.00", "b": "30.00", "c": "20.00"}, "0.00", "0.00") == planned(book("50"), price("100"))  # type: ignore[arg-type]
    assert ({"a": "75.00", "c": "20.00"}, "0.00", "5.00") == planned(book("75"), price("100"))  # type: ignore[arg-type]


def test_a_condition_on_co_funding_looks_at_what_is_paid() -> None:
    """`joined_by` with a floor of 100: an employer's 99.99 do not open the licence, 100 do."""
    employer = aid("employer", 5, {"fact": "means.employer"}, kind="own_money", funder="employer")
    licence = aid("cpf", 10, value("900"), kind="right", eligibility={"joined_by": ["employer"], "at_least": "100"})
    book = books(employer, licence)
    expected = {"employer": "100.00", "cpf": "900.00"}
    assert expected == planned(book, price("1000", means={"employer": "100"}))[0]
    plan = build_plan(price("1000", means={"employer": "99.99"}), book)
    assert {"employer": "99.99"} == payments(plan)
    verdict = next(v for v in plan.verdicts if v.aid == "cpf")
    assert ("joined_by", "joined_by", 9999) == (verdict.lost_to, verdict.evidence[0].kind, verdict.evidence[0].seen)


def test_an_employer_that_finds_nothing_to_pay_does_not_spare_the_participation() -> None:
    """It would pay an exam that costs nothing: 1000 - 103.20 = 896.80 for the account."""
    employer = aid("employer", 5, value("100"), covers=["exam"])
    book = books(cpf("5000"), participation(waived_by=["employer"]), employer)
    assert payments(build_plan(price("1000"), book)) == {"holder.participation": "103.20", "cpf": "896.80"}


def test_a_co_funder_that_finds_nothing_to_pay_is_no_co_funder() -> None:
    """a covers an exam that costs nothing: b, which needs it, is lost; with a cent of exam, it is not."""
    needing = aid("b", 20, value("500"), relations={"needs": ["a"]})
    book = books(aid("a", 10, value("100"), covers=["exam"]), needing)
    assert payments(build_plan(price("1000"), book)) == {}
    assert payments(build_plan(price("1000", costs={"exam": "0.01"}), book)) == {"a": "0.01", "b": "500.00"}


def test_a_forced_aid_pays_what_the_counsellor_says() -> None:
    """321 where its rule would give 500, and what is left for the other."""
    forced = [{"aid": "a", "decision": "force", "amount": "321.00", "reason": "avis"}]
    book = books(aid("a", 10, value("500")), aid("b", 20, value("600")))
    assert planned(book, price("1000", overrides=forced)) == ({"a": "321.00", "b": "600.00"}, "0.00", "79.00")


def test_aids_on_other_lines_make_no_combination() -> None:
    """The share looks at two lines, where a alone comes before; thirteen aids for the exam cannot change it."""
    exam = [aid(f"e{n:02}", n, value("1"), covers=["exam"]) for n in range(13)]
    lines = ("teaching", "registration")
    two = aid("z", 90, share("50", lines), covers=list(lines))
    case = price("1000", costs={"registration": "100", "exam": "20"})
    paid = payments(build_plan(case, books(*exam, aid("a", 50, value("100")), two)))
    assert paid == {**{f"e{n:02}": "1.00" for n in range(13)}, "a": "100.00", "z": "500.00"}


def test_too_many_combinations_are_refused_in_french() -> None:
    """Thirteen aids that each refuse own money make 2^13 combinations, above the published limit of 4 096."""
    strict = {"relations": {"own_money": "forbidden"}}
    book = books(*(aid(f"a{n:02}", n, value("1"), **strict) for n in range(13)))
    with pytest.raises(LimitError, match=f"plus de {MAX_CONFIGURATIONS} combinaisons d'aides compatibles .*a00, a01"):
        build_plan(price("1000"), book)


def test_too_many_ways_to_share_one_rank_are_refused_in_french() -> None:
    """Six euros, sixteen aids of one euro at one rank: any six of them will do, 8 008 ways."""
    book = books(*(aid(f"a{n:02}", 10, value("1")) for n in range(16)))
    with pytest.raises(LimitError, match=f"plus de {MAX_CONFIGURATIONS} combinaisons d'aides compatibles .*a00, a01"):
        build_plan(price("6"), book)


def test_decisions_that_cannot_stand_together_are_refused_in_french() -> None:
    """Two aids that exclude each other are both forced: no plan obeys."""
    book = books(aid("a", 1, value("1"), relations={"excludes": ["b"]}), aid("b", 2, value("1")))
    forced = [{"aid": id, "decision": "force", "reason": "avis"} for id in ("a", "b")]
    with pytest.raises(InputError, match="ne tiennent pas ensemble → retirez celle de a ou b"):
        build_plan(price("1000", overrides=forced), book)


def test_a_decision_that_no_plan_obeys_is_refused_in_french() -> None:
    """a pays 400 of 1000 and refuses that the person pays the rest."""
    book = books(aid("a", 1, value("400"), relations={"own_money": "forbidden"}))
    forced = [{"aid": "a", "decision": "force", "reason": "avis"}]
    with pytest.raises(InputError, match=r"l'aide imposée a \(overrides\) ne tient dans aucun plan"):
        build_plan(price("1000", overrides=forced), book)


def test_of_two_aids_of_one_rank_the_one_that_pays_all_is_asked_alone() -> None:
    """1000 = 400 + 600 or 1000: one request does. With 999.99 for the second, two are needed."""
    book = books(aid("a", 10, value("400")), aid("b", 10, value("1000")))
    assert ({"b": "1000.00"}, "0.00", "0.00") == planned(book, price("1000"))
    book = books(aid("a", 10, value("400")), aid("b", 10, value("999.99")))
    assert ({"a": "400.00", "b": "600.00"}, "0.00", "0.00") == planned(book, price("1000"))


def test_fewer_requests_never_cost_a_rank_its_euros() -> None:
    """Without a, b would pay its 600 and c, asked later, 400: the first rank would lose 400."""
    book = books(aid("a", 10, value("400")), aid("b", 10, value("600")), aid("c", 20, value("400")))
    assert ({"a": "400.00", "b": "600.00"}, "0.00", "0.00") == planned(book, price("1000"))


def test_fewer_requests_never_cost_what_relies_on_one_of_them() -> None:
    """b could pay the 1000 alone, but c, which pays the exam, is given only to those whom a helps."""
    needing = aid("c", 20, value("100"), covers=["exam"], relations={"needs": ["a"]})
    book = books(aid("a", 10, value("400")), aid("b", 10, value("1000")), needing)
    expected = {"a": "400.00", "b": "600.00", "c": "100.00"}
    assert (expected, "0.00", "0.00") == planned(book, price("1000", costs={"exam": "100"}))


def test_one_of_three_aids_of_a_rank_makes_up_for_two_on_other_lines() -> None:
    """The employer's 50 go to the teaching or to the exam: 25 + 25 on one, or 50 by a single aid on the other."""
    employer = aid("employer", 1, value("50"), kind="own_money", funder="employer", covers=["teaching", "exam"])
    halves = [aid(id, 10, value("25")) for id in ("a", "b")]
    book = books(employer, *halves, aid("c", 10, value("50"), covers=["exam"]))
    expected = {"employer": "50.00", "c": "50.00"}
    assert (expected, "0.00", "0.00") == planned(book, price("50", costs={"exam": "50"}))


def test_an_imposed_aid_stays_though_another_could_take_its_place() -> None:
    book = books(aid("a", 10, value("400")), aid("b", 10, value("1000")))
    forced = {"overrides": [{"aid": "a", "decision": "force", "reason": "accord déjà donné"}]}
    assert {"a": "400.00", "b": "600.00"} == planned(book, price("1000", **forced))[0]


def test_a_granted_aid_stays_though_another_could_take_its_place() -> None:
    book = books(aid("a", 10, value("400")), aid("b", 10, value("1000")))
    granted = {"local": {"already_asked": [{"aid": "a", "answer": "granted", "amount": "400"}]}}
    assert {"a": "400.00", "b": "600.00"} == planned(book, price("1000", **granted))[0]
