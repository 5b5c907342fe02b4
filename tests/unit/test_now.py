"""What to do first: what to obtain, then the requests by their last day, then the first questions."""

from __future__ import annotations

from typing import Any

from cpf_funding.dossier import Dossier
from cpf_funding.engine.build import build_plan
from cpf_funding.report.now import MOST_QUESTIONS, to_do_now
from cpf_funding.rulebook.book import Rulebook
from rulebooks import aid, rulebook, value

NOTICE = {
    "unit": "calendar_days",
    "clock": "filing",
    "values": [{"from": "2000-01-01", "value": "15", "source": "essai"}],
}
CONSENT = {"fact": "cpf.consent.given", "is": "true"}
BOOK = rulebook(
    aid("z", 5, value("100.00"), procedure={"filed_by": "employer"}),
    aid("a", 10, value("300.00"), kind="right", firm_when=CONSENT, procedure={"filed_by": "holder"}),
    aid("b", 20, value("300.00"), parameters={"notice": NOTICE},
        procedure={"notice": {"parameter": "notice"}, "after": ["a"], "filed_by": "counsellor"}),
    aid("c", 30, value("300.00"), procedure={"after": ["b"]}),
)  # fmt: skip


def told(book: Rulebook = BOOK, **parts: Any) -> list[str]:
    training = {"start": "2017-06-05", "costs": {"teaching": "1000.00"}}
    case = Dossier.model_validate({"as_of": "2017-03-01", "training": training, **parts})
    return [line.words.replace("\u00a0", " ") for line in to_do_now(build_plan(case, book), book)]


def test_what_is_missing_comes_before_the_requests_and_those_by_their_last_day() -> None:
    """c waits for an answer whose delay is unknown: not today. b makes a due before its own last day."""
    assert told(cpf={"consent": {"given": False}}) == [
        "Obtenir : accord de la personne pour utiliser le CPF (300,00 € en dépendent).",
        "Au plus tard le 21/05/2017 : la personne demande « Aide a » à funder.",
        "Au plus tard le 21/05/2017 : le conseiller demande « Aide b » à funder, après la réponse de « Aide a ».",
        "Au plus tard le 05/06/2017 : l'employeur demande « Aide z » à funder.",
    ]


def test_what_nobody_knows_is_asked() -> None:
    *_, question = told()
    assert question.endswith("? (300,00 € en jeu)")
    assert not [line for line in told(cpf={"consent": {"given": True}}) if "accord" in line or "en jeu" in line]


def test_a_request_already_filed_or_granted_is_not_told() -> None:
    asked = [{"aid": "a", "filed_on": "2017-02-01", "answer": "granted"}, {"aid": "b", "filed_on": "2017-03-01"}]
    assert told(local={"already_asked": asked}) == [
        "Au plus tard le 05/06/2017 : l'employeur demande « Aide z » à funder."
    ]


def test_without_a_start_a_request_is_for_now() -> None:
    book = rulebook(aid("a", 10, value("300.00")))
    case = Dossier.model_validate({"as_of": "2017-03-01", "training": {"costs": {"teaching": "1000.00"}}})
    (line,) = to_do_now(build_plan(case, book), book)
    assert line.words == "Dès maintenant : demander « Aide a » à funder."


def test_only_the_first_questions_are_told() -> None:
    facts = {f"q.{n}": {"kind": "truth", "label": f"q{n}", "question": f"Question {n} ?"} for n in range(5)}
    aids = [aid(f"a{n}", n, value("10.00"), firm_when={"fact": f"q.{n}", "is": "true"}) for n in range(5)]
    assert [line for line in told(rulebook(*aids, facts=facts)) if "en jeu" in line] == [
        f"Question {n} ? (10,00 € en jeu)" for n in range(MOST_QUESTIONS)
    ]
