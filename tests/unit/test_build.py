"""`build_plan` and `replay`: what they refuse, what they warn of, and what a plan carries."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cpf_funding import Dossier, InputError, build_plan
from cpf_funding.engine.build import replay
from cpf_funding.engine.receipt import dossier_digest
from cpf_funding.reading.dossiers import read_dossier_text
from rulebooks import aid, rulebook, value
from worked import books, cpf, left, participation, price, share

BOOK = books(aid("a", 1, value("100")))
CHECK_THE_YEAR = "vérifiez l'année, écrite sur quatre chiffres : 2017-03-01"


@pytest.mark.parametrize(
    ("dossier", "message"),
    [
        ({"training": {"costs": {"teaching": "1"}}}, "la date du plan manque → écrivez as_of"),
        ({"as_of": "2017-03-01"}, "le coût pédagogique manque"),
        ({"as_of": "1989-12-31", "training": {"costs": {"teaching": "1"}}},
         f"l'année 1989 n'est pas comprise entre 1990 et 2100 → {CHECK_THE_YEAR}"),
        ({"as_of": "2017-03-01", "training": {"start": "2101-01-01", "costs": {"teaching": "1"}}}, "l'année 2101"),
        ({"as_of": "2017-03-01", "training": {"costs": {"teaching": "1"}}, "answers": {"zzz": "1"}},
         "réponse à un fait inconnu « zzz »"),
    ],
)  # fmt: skip
def test_a_dossier_that_cannot_be_planned_is_refused(dossier: dict[str, Any], message: str) -> None:
    """In French, with what to write."""
    with pytest.raises(InputError) as caught:
        build_plan(Dossier.model_validate(dossier), BOOK)
    assert message in str(caught.value)


def test_everything_missing_is_said_at_once() -> None:
    """No date, no price: two problems."""
    with pytest.raises(InputError) as caught:
        build_plan(Dossier(), BOOK)
    assert 2 == len(caught.value.problems)


def test_an_answer_of_the_wrong_kind_is_refused() -> None:
    """A percentage is a number."""
    facts = {"vat": {"kind": "%", "label": "TVA", "question": "TVA ?"}}
    book = rulebook(aid("a", 1, value("1")), facts=facts)
    with pytest.raises(InputError, match="réponse refusée dans answers"):
        build_plan(price("1", answers={"vat": "élevée"}), book)


def test_the_day_of_the_plan_may_be_another_than_the_dossiers() -> None:
    """`on` wins over `as_of`."""
    assert date(2018, 1, 2) == build_plan(price("1"), BOOK, date(2018, 1, 2)).as_of


def test_a_free_course_is_complete() -> None:
    """Nothing to pay, nobody pays."""
    plan = build_plan(price("0"), BOOK)
    assert ((), 0, True) == (plan.contributions, plan.unfunded, plan.complete)


def test_a_receipt_makes_the_same_plan_again_and_refuses_another_dossier() -> None:
    """Equal to the last field; a dossier changed since is named."""
    plan = build_plan(price("1000"), BOOK, checked_before=date(2026, 1, 1))
    assert plan == replay(plan.receipt, price("1000"), BOOK)
    with pytest.raises(InputError, match="le reçu ne correspond pas : le dossier a changé"):
        replay(plan.receipt, price("1001"), BOOK)


def test_an_empty_part_written_in_a_file_does_not_change_the_receipt() -> None:
    """`holder: {}` says as little as no holder at all: both dossiers have the same digest."""
    absent = Dossier.model_validate({"id": "a"})
    written = read_dossier_text('{"schema": "cpf-funding/dossier/1", "id": "a", "holder": {}, "training": {}}')
    assert dossier_digest(absent) == dossier_digest(written)


def test_a_split_by_line_leaves_lines_that_refuse_own_money_to_others() -> None:
    """The person's 100 go to the meals; teaching is the AIF's, which forbids their money on it: 900 + 100."""
    own = aid("holder.top_up", 900, value("100"), kind="own_money", funder="holder", covers=["teaching", "meals"])
    aif = aid("aif", 70, value("900"), relations={"own_money": "forbidden"})
    plan = build_plan(price("900", costs={"meals": "100"}), books(aif, own))
    assert {"aif": {"teaching": 90_000}, "holder.top_up": {"meals": 10_000}} == {
        c.aid: c.by_line for c in plan.contributions
    }
    assert {} == plan.unfunded_lines


def warned(dossier: Any, *aids: dict[str, Any], **others: Any) -> dict[str, str]:
    """The warnings of a plan, by code."""
    sources = others.pop("sources", None)
    plan = build_plan(dossier, rulebook(*aids, sources=sources), **others)
    return {warning.code: warning.text for warning in plan.warnings}


def test_what_a_counsellor_must_know_is_warned_of() -> None:
    """A weak source, a value not checked lately, an announced value, a price above one's means, a consent without
    proof: each once; a plan without them warns only of the lines that were not given."""
    weak = {"souvenir": {"title": "De mémoire", "confidence": "memory", "checked_on": "2020-05-04"}}
    entry = {"from": "2016-01-01", "value": 100, "state": "announced", "reason": "projet de décret"}
    dated = {"ceiling": {"unit": "EUR", "clock": "filing", "values": [{**entry, "source": "souvenir"}]}}
    ceiling = aid("a", 1, {"parameter": "ceiling"}, parameters=dated)
    dossier = price("1000", means={"holder_can_pay": "50"}, cpf={"consent": {"given": True}})
    found = warned(dossier, ceiling, cpf("600"), participation("60"), sources=weak, checked_before=date(2021, 1, 1))
    assert {
        "weak_source",
        "stale_check",
        "announced",
        "costs_not_given",
        "beyond_means",
        "consent_proof",
    } == found.keys()
    assert "souvenir" in found["weak_source"]
    assert "04/05/2020" in found["stale_check"]
    assert "projet de décret" in found["announced"]
    assert "doit payer 60" in found["beyond_means"]
    assert {"costs_not_given"} == warned(price("1000"), aid("a", 1, value("1"))).keys()
    every = dict.fromkeys(
        ("registration", "exam", "equipment", "travel", "lodging", "meals", "childcare", "compensation"), "0"
    )
    assert {} == warned(price("1000", costs=every), aid("a", 1, value("1")), checked_before=date(2021, 1, 1))


def test_sources_are_those_of_every_rule_used() -> None:
    """Of the period, of a condition, of the amount and of the relation, each once."""
    sources = {name: {"title": name, "confidence": "high", "checked_on": "2026-01-01"} for name in ("s1", "s2", "s3")}
    rate = {"unit": "%", "clock": "filing", "values": [{"from": "2016-01-01", "value": 50, "source": "s1"}]}
    floor = {"unit": "EUR", "clock": "filing", "values": [{"from": "2016-01-01", "value": 1, "source": "s2"}]}
    book = rulebook(
        aid(
            "a", 1, {"share": {"parameter": "rate"}, "of": left()}, parameters={"rate": rate, "floor": floor},
            eligibility={"fact": "training.costs.teaching", "above": {"parameter": "floor"}},
            relations={"source": "s3"},
        ),
        sources=sources,
    )  # fmt: skip
    [line] = build_plan(price("1000"), book).contributions
    assert ("essai", "s2", "s1", "s3") == line.sources


def test_alternatives_say_what_they_gain_and_lose() -> None:
    """Without `a`, `b` pays all and a filing is saved; without `b` a filing is saved as well, but 900 are missing: that
    plan is beaten and not shown."""
    plan = build_plan(price("1000"), books(aid("a", 1, value("100")), aid("b", 2, share("100"))))
    assert {"a": 10_000, "b": 90_000} == {c.aid: c.amount for c in plan.contributions}
    found = [(other.without, dict(other.differences)) for other in plan.alternatives]
    assert [(("a",), {"filings": -1})] == found
