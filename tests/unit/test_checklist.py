"""What each line of a plan lacks, and the counselling routes it takes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cpf_funding.dossier import Dossier
from cpf_funding.engine.build import build_plan
from cpf_funding.engine.checklist import Lack, lacking
from cpf_funding.engine.route import cep_route
from cpf_funding.reading.dossiers import read_dossier
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.rulebook.load import load_rulebook
from generators import packaged

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(rules=ROOT / "tests" / "data" / "rules_small")


def case(**parts: Any) -> Dossier:
    whole = {
        "as_of": "2017-03-01",
        "holder": {"status": "job_seeker", "registered": True, "region": "75"},
        "cpf": {"hours": "100", "consent": {"given": True}},
        "training": {"cpf_eligible": True, "start": "2017-06-05", "end": "2017-09-04", "kind": "certifying",
                     "hours": {"total": "300"}, "costs": {"teaching": "1500.00"}},
        "project": {"validated": True},
        "local": {"envelopes": {"agence.aide": {"state": "open", "left": "9000"}}},
    }  # fmt: skip
    for name, part in parts.items():
        whole[name] = {**whole.get(name, {}), **part}
    return Dossier.model_validate(whole)


def lacks(book: Rulebook, dossier: Dossier) -> list[Lack]:
    return list(lacking(build_plan(dossier, book), dossier))


def test_papers_nobody_has_are_missing_for_each_aid_that_asks_for_them(book: Rulebook) -> None:
    assert lacks(book, case()) == [
        Lack("compte", "devis", "missing"), Lack("compte", "accord", "missing"), Lack("agence.aide", "devis", "missing")
    ]  # fmt: skip


def test_what_is_granted_needs_no_paper_any_more(book: Rulebook) -> None:
    granted = [{"aid": "compte", "answer": "granted", "amount": "900.00"}]
    plan = build_plan(case(local={"already_asked": granted}), book)
    assert plan.contributions[0].aid == "compte"
    assert {paper.aid for paper in plan.checklist} == {"agence.aide"}


def test_a_line_without_the_agreement_of_the_person_lacks_it_and_is_not_firm(book: Rulebook) -> None:
    dossier = case(cpf={"hours": "100", "consent": {"given": False}})
    plan = build_plan(dossier, book)
    assert Lack("compte", "cpf.consent.given", "confirm") in lacking(plan, dossier)
    assert next(c.standing for c in plan.contributions if c.aid == "compte") == "to_confirm"


@pytest.mark.parametrize(
    ("made_on", "why", "until"),
    [
        (None, "undated", None),
        ("2016-11-30", "expired", date(2017, 2, 28)),
        ("2016-12-01", None, None),
    ],
)
def test_a_quote_is_good_for_three_months_to_the_day(
    book: Rulebook, made_on: str | None, why: str | None, until: date | None
) -> None:
    held = [{"document": "devis", "on": made_on}, {"document": "accord"}]
    found = [lack for lack in lacks(book, case(local={"documents": held})) if lack.aid == "compte"]
    assert found == ([Lack("compte", "devis", why, until)] if why else [])


# Counselling routes -----------------------------------------------------------------------------


def routes(book: Rulebook, dossier: Dossier) -> tuple[int | None, list[str], list[str]]:
    found = cep_route(dossier, build_plan(dossier, book), book)
    return found.level, [route.id for route in found.routes], [route.id for route in found.beyond]


def test_a_top_up_needs_the_third_level(book: Rulebook) -> None:
    assert routes(book, case(project={"cep_level": 2})) == (2, ["cpf_with_top_up"], ["cpf_with_top_up"])
    assert routes(book, case(project={"cep_level": 3})) == (3, ["cpf_with_top_up"], [])


def test_a_level_that_nobody_recorded_is_not_presumed(book: Rulebook) -> None:
    assert routes(book, case()) == (None, ["cpf_with_top_up"], ["cpf_with_top_up"])


def test_an_account_that_is_enough_needs_no_level(book: Rulebook) -> None:
    dossier = case(training={**case().training.model_dump(exclude_none=True), "costs": {"teaching": "900.00"}})
    assert routes(book, dossier) == (None, ["cpf_alone"], [])


@pytest.mark.parametrize(
    ("parts", "route"),
    [
        ({"project": {"pmsmp_days": 5}}, "pmsmp"),
        ({"holder": {"status": "job_seeker", "contract": {"kind": "apprenticeship"}}}, "alternance"),
        ({"training": {"costs": {"teaching": "900.00"}, "kind": "vae"}}, "vae"),
        ({"training": {"costs": {"teaching": "900.00"}, "kind": "partial_certification"}}, "partial_certification"),
    ],
)
def test_routes_are_read_from_the_facts(book: Rulebook, parts: dict[str, Any], route: str) -> None:
    assert route in routes(book, case(**parts))[1]
    assert route not in routes(book, case())[1]


def test_the_work_study_contract_offered_is_a_route() -> None:
    book = packaged()
    dossier = read_dossier(ROOT / "docs" / "examples" / "03-paca-quatorze-mois.yaml")
    answers = {"employer.contract_offered": "apprenticeship", "course.alternating": "true"}
    offered = Dossier.model_validate({**dossier.model_dump(by_alias=True), "answers": answers})
    assert "alternance" in routes(book, offered)[1]
    assert "alternance" not in routes(book, dossier)[1]
