"""Which question comes first, and how it is asked."""

from __future__ import annotations

from cpf_funding import build_plan
from cpf_funding.engine.questions import question_of
from rulebooks import aid, value
from worked import books, left, price


def test_the_dearest_unknown_is_asked_first() -> None:
    """700 depend on the envelope, 300 on the balance: the envelope first; the second sums the aids it moves."""
    book = books(
        aid("a", 1, {"least_of": [value("200"), {"fact": "cpf.balance"}]}, label="Aide A"),
        aid("b", 2, {"least_of": [value("700"), {"envelope": "b"}]}),
        aid("c", 3, {"least_of": [value("100"), {"fact": "cpf.balance"}]}),
    )
    asked = [(q.subject, q.euros, q.aids) for q in build_plan(price("1000"), book).questions]
    assert [("envelope:b", 70_000, ("b",)), ("cpf.balance", 30_000, ("a", "c"))] == asked


def test_an_aid_that_pays_nothing_yet_is_at_stake_for_the_most_it_could() -> None:
    """Its public is not known: 400 could come."""
    book = books(aid("a", 1, {"least_of": [left(), value("400")]}, scope={"fact": "holder.status", "is": "employee"}))
    [question] = build_plan(price("1000"), book).questions
    assert ("holder.status", 40_000, "Quel est le statut de la personne ?") == (
        question.subject, question.euros, question.question,
    )  # fmt: skip


def test_what_confirms_a_line_comes_before_what_may_add_one() -> None:
    """400 to confirm, 400 that could come: at equal euros the line of the plan first, whatever the names."""
    book = books(
        aid("a", 1, {"least_of": [value("400"), {"envelope": "z"}]}),
        aid("b", 2, value("400"), scope={"fact": "cpf.hours", "above": "0"}),
    )
    asked = [(q.subject, q.euros) for q in build_plan(price("1000"), book).questions]
    assert [("envelope:z", 40_000), ("cpf.hours", 40_000)] == asked


def test_nothing_unknown_nothing_asked() -> None:
    """A refused aid asks nothing either."""
    book = books(
        aid("a", 1, value("1")), aid("b", 2, {"envelope": "b"}, scope={"fact": "training.costs.total", "above": "5000"})
    )
    assert () == build_plan(price("1000"), book).questions


def test_each_kind_of_unknown_has_its_question() -> None:
    """A parameter, an envelope, a list with and without a file, an aid, a delay, a fact."""
    values = [{"from": "2016-01-01", "value": 5, "source": "essai"}]
    ceiling = {"label": "plafond", "unit": "EUR", "clock": "filing", "values": values}
    extract = {"list": "rncp", "label": "Répertoire", "codes": "rncp", "entries": [], "source": "essai"}
    book = books(aid("a", 1, {"parameter": "ceiling"}, parameters={"ceiling": ceiling}), lists=[extract])
    expected = {
        "parameter:a.ceiling": "Les règles n'établissent pas « plafond » à cette date : qu'en dit funder ?",
        "envelope:a": "L'enveloppe « a » est-elle ouverte, et combien y reste-t-il ?",
        "list:rncp": "La certification est-elle inscrite sur la liste « Répertoire » au début de la formation ?",
        "list:autre": "La certification est-elle inscrite sur la liste « autre » au début de la formation ?",
        "in_force:a": "L'aide « Aide a » peut-elle être demandée à cette date ?",
        "delay:a": "En combien de jours « Aide a » répond-elle ici ?",
        "cpf.hours": "Combien d'heures CPF le compte porte-t-il ?",
    }
    assert expected == {subject: question_of(subject, book) for subject in expected}
