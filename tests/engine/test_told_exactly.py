"""Small things that a plan says, each to the letter: a cent, a name, a place, a message."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cpf_funding import Dossier, InputError, build_plan, load_rulebook
from cpf_funding.engine.plan import Cause
from cpf_funding.language.evidence import Evidence
from cpf_funding.language.units import Unit
from cpf_funding.language.words import enumerate_in_french
from cpf_funding.truth import Truth
from rulebooks import aid, rulebook, value
from worked import price

SMALL = Path(__file__).resolve().parents[1] / "data" / "rules_small"
REGISTERED = {"fact": "holder.registered", "is": "true", "cause": "public"}


@pytest.mark.parametrize(("cents", "raised"), [("0.01", True), ("0.00", False)])
def test_a_cent_that_is_lost_raises_its_cause(cents: str, raised: bool) -> None:
    book = rulebook(aid("a", 10, value(cents), eligibility=REGISTERED))
    causes = build_plan(price("10", holder={"registered": False}), book).causes
    assert [(cause.id, cause.euros) for cause in causes if cause.id == "public"] == ([("public", 1)] if raised else [])


def test_a_cent_that_one_of_two_enemies_pays_is_paid() -> None:
    """a pays 99.99; b or c the last cent, never both: the first of them."""
    enemy = aid("b", 20, value("0.01"), relations={"excludes": ["c"]})
    plan = build_plan(price("100"), rulebook(aid("a", 10, value("99.99")), enemy, aid("c", 30, value("0.01"))))
    assert {line.aid: line.amount for line in plan.contributions} == {"a": 9999, "b": 1}


def test_the_last_cent_is_worth_a_combination_of_its_own() -> None:
    """b comes first and finds nothing to pay on its line; c, never with b, pays the cent that a leaves."""
    enemy = aid("b", 20, value("0.01"), covers=["exam"], relations={"excludes": ["c"]})
    plan = build_plan(price("100"), rulebook(aid("a", 10, value("99.99")), enemy, aid("c", 30, value("0.01"))))
    assert {line.aid: line.amount for line in plan.contributions} == {"a": 9999, "c": 1}


def test_a_contribution_names_its_funder() -> None:
    (line,) = build_plan(price("10"), rulebook(aid("a", 10, value("5"), funder="employer"))).contributions
    assert (line.aid, line.label, line.funder, line.rank) == ("a", "Aide a", "employer", 10)


def test_a_period_says_where_it_is_written() -> None:
    book = load_rulebook(rules=SMALL)
    dossier = Dossier.model_validate({"as_of": "2017-03-01", "training": {"costs": {"teaching": "10"}}})
    told = {
        evidence.subject: evidence.origin
        for verdict in build_plan(dossier, book).verdicts for evidence in verdict.evidence
        if evidence.kind == "in_force"
    }  # fmt: skip
    assert len(told) > 1
    for id, origin in told.items():
        begun = [period for period in book.aid(id).in_force if period.start <= date(2017, 3, 1)]
        assert origin is not None
        assert origin == begun[-1].origin


def test_what_a_plan_cannot_do_without() -> None:
    with pytest.raises(InputError) as caught:
        build_plan(Dossier(), rulebook())
    assert [str(problem) for problem in caught.value.problems] == [
        "la date du plan manque → écrivez as_of: 2017-03-01 dans le dossier, ou donnez --on",
        "le coût pédagogique manque → écrivez training.costs.teaching, le montant du devis (0 si gratuit)",
    ]


@pytest.mark.parametrize(
    ("words", "last", "said"),
    [("a", "ou", "a"), ("ab", "ou", "a ou b"), ("abc", "ou", "a, b ou c"), ("abcd", "et", "a, b, c et d")],
)
def test_a_few_words(words: str, last: str, said: str) -> None:
    assert enumerate_in_french(words, last) == said
    assert enumerate_in_french(words) == said.replace(" et ", " ou ")


def test_a_name_close_to_one_of_the_aid_is_proposed() -> None:
    ceiling = {"unit": "EUR", "clock": "filing", "values": [{"from": "2016-01-01", "value": "1", "source": "essai"}]}
    with pytest.raises(InputError, match="paramètre inconnu « ceilling » → vouliez-vous dire « ceiling » \\?"):
        rulebook(aid("a", 10, {"parameter": "ceilling"}, parameters={"ceiling": ceiling}))


def test_an_aid_for_those_of_a_list_is_not_kept_by_profile() -> None:
    """Whom a list is for depends on more than the facts of the person: each dossier is looked at."""
    listed = {"list": "titres", "label": "Titres", "complete": True, "codes": "rncp", "source": "essai",
              "entries": [{"code": "RNCP1"}]}  # fmt: skip
    book = rulebook(aid("a", 10, value("5"), scope={"list": "titres"}), aid("b", 20, value("5")), lists=[listed])
    for code, paying in (("RNCP1", ["a", "b"]), ("RNCP2", ["b"]), ("RNCP1", ["a", "b"])):
        plan = build_plan(price("10", training={"start": "2017-06-05", "certification": {"rncp": code}}), book)
        assert [line.aid for line in plan.contributions] == paying


def test_each_aid_is_for_those_its_own_scope_says() -> None:
    """Two people of one region, of two statuses: what was found for the first does not serve for the second."""
    book = rulebook(
        aid("a", 10, value("5"), scope={"fact": "holder.region", "is": "75"}),
        aid("b", 20, value("5"), scope={"fact": "holder.status", "is": "employee"}),
        aid("c", 30, value("5"), scope={"fact": "training.kind", "is": "vae"}),
    )
    people = (
        ("employee", "vae", "abc"), ("job_seeker", "vae", "ac"), ("employee", "clea", "ab"), ("job_seeker", "clea", "a")
    )  # fmt: skip
    for status, kind, paying in people:
        plan = build_plan(price("100", holder={"region": "75", "status": status}, training={"kind": kind}), book)
        assert "".join(line.aid for line in plan.contributions) == paying


def test_an_answer_that_no_fact_can_have() -> None:
    fact = {"kind": "date", "label": "jour", "question": "Quel jour ?"}
    with pytest.raises(InputError) as caught:
        build_plan(price("10", answers={"agency.day": "demain"}), rulebook(facts={"agency.day": fact}))
    (problem,) = caught.value.problems
    assert problem.message.startswith("réponse refusée dans answers : ")
    assert problem.advice == "corrigez la valeur"
    with pytest.raises(InputError, match=r"réponse à un fait inconnu « agency\.other »"):
        build_plan(price("10", answers={"agency.other": "1"}), rulebook(facts={"agency.day": fact}))


def test_a_course_past_the_mark_is_told_with_its_length() -> None:
    """Thirteen months, and nobody refuses it: to watch."""
    plan = build_plan(
        price("10", training={"start": "2017-06-05", "end": "2018-07-04"}), rulebook(aid("a", 10, value("10")))
    )
    (long,) = [cause for cause in plan.causes if cause.id == "training_over_one_year"]
    told = Evidence(Truth.YES, "fact", "training.months", "above", 1300, Unit.MONTHS, (1200,))
    assert (long.state, long.evidence, long.aids) == ("watch", (told,), ())


def test_an_answer_that_comes_too_late() -> None:
    """Asked on 1 March, answered after forty days, on 10 April; the course starts on the 3rd: a week too late."""
    delay = {bound: {"value": "40", "unit": "calendar_days"} for bound in ("least", "usual", "most")}
    book = rulebook(aid("a", 10, value("4"), procedure={"answer": delay}))
    plan = build_plan(price("10", training={"start": "2017-04-03"}), book)
    (late,) = [cause for cause in plan.causes if cause.id == "slow_cofunding_answers"]
    evidence = Evidence(
        Truth.NO, "answer", "a", "at_most", date(2017, 4, 10), "date", (date(2017, 4, 3),),
        cause="slow_cofunding_answers",
    )  # fmt: skip
    assert late == Cause(
        "slow_cofunding_answers", "slow_cofunding_answers", "raised", (evidence,), ("a",), (), 400
    )  # fmt: skip
