"""What changed between two days or two editions: everything is told, and nothing when nothing changed."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest

from cpf_funding.report.rulebook_text import changes_text
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.rulebook.compare import Version, compare
from cpf_funding.rulebook.load import load_rulebook
from generators import packaged
from rulebooks import aid, rulebook

OTHER = {"autre": {"title": "Autre", "confidence": "low", "checked_on": "2026-01-01"}}
FIRST: dict[str, Any] = aid(
    "a", 10,
    {"least_of": [{"remaining": ["teaching"]}, {"parameter": "ceiling"}]},
    label="Aide un",
    in_force=[{"from": "2015-01-01", "until": "2018-12-31", "source": "essai"},
              {"from": "2019-01-01", "source": "essai"}],
    scope={"fact": "holder.status", "is": "job_seeker"},
    eligibility={"all": [{"fact": "training.months", "at_most": {"parameter": "most"}},
                         {"fact": "holder.registered", "is": "true", "cause": "public"}]},
    parameters={
        "ceiling": {"label": "plafond", "unit": "EUR", "clock": "filing", "by": "holder.region", "values": [
            {"from": "2015-01-01", "until": "2018-12-31", "for": "75", "value": "3000", "source": "essai"},
            {"from": "2019-01-01", "for": "75", "value": "3500", "source": "essai"},
            {"from": "2015-01-01", "for": "53", "value": "1000", "source": "essai"}]},
        "most": {"label": "durée", "unit": "months", "clock": "filing", "values": [
            {"from": "2015-01-01", "value": "12", "source": "essai"}]},
    },
    relations={"excludes": ["b"]},
    procedure={"after": ["b"], "notice": {"value": "15", "unit": "calendar_days"}},
)  # fmt: skip
SECOND = aid("b", 20, {"remaining": ["teaching"]}, label="Aide deux")


def edition(*path_and_value: Any) -> Rulebook:
    """The two aids, with one thing changed in the first: a path of keys, then the new value."""
    changed = copy.deepcopy(FIRST)
    if path_and_value:
        *path, last, new = path_and_value
        place = changed
        for step in path:
            place = place[step]
        place[last] = new
    return rulebook(changed, SECOND, sources=OTHER)


def told(before: Rulebook, after: Rulebook, *days: date) -> str:
    past, now = days or (None, None)
    text = changes_text(compare(Version(before, past), Version(after, now)))
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_nothing_changes_between_an_edition_and_itself() -> None:
    book = packaged()
    assert compare(Version(book), Version(book)) == ()
    for day in (date(2017, 3, 1), date(2019, 1, 1), date(2026, 3, 1)):
        assert compare(Version(book, day), Version(book, day)) == ()
    assert compare(Version(book), Version(load_rulebook())) == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("label", "Aide neuve"), "désormais, nom : Aide neuve"),
        (("order", 12), "désormais, rang de mobilisation : 12"),
        (("covers", ["teaching", "exam"]), "désormais, paie : coût pédagogique et frais d'examen"),
        (("kind", "right"), "désormais, nature : droit de la personne"),
        (("funder", "employer"), "désormais, financeur : employer"),
        (("in_force", FIRST["in_force"][1:]), "période retirée : ouverte du 01/01/2015 au 31/12/2018"),
        (("in_force", 1, "source", "autre"), "source autre, low, vérifiée le 01/01/2026"),
        (("scope", "is", "employee"), "+   statut de la personne : salarié"),
        (("eligibility", "all", 1, "is", "false"), "+   inscription à Pôle emploi / France Travail : non"),
        (("eligibility", "all", 1, "cause", "cost_too_high"), "— sinon « cost_too_high »"),
        (("eligibility", "all", 0, "at_most", "9"), "+   durée de la formation : au plus 9 mois"),
        (("eligibility", "all", 0, {"fact": "training.months", "below": {"parameter": "most"}}), "moins de « durée »"),
        (("amount", "least_of", 0, {"remaining": ["exam"]}), "+     reste à payer (frais d'examen)"),
        (("amount", {"most_of": FIRST["amount"]["least_of"]}), "+   le plus grand de :"),
        (("parameters", "ceiling", "values", 2, "value", "1200"), "région de résidence 53, depuis le 01/01/2015 : 1"),
        (("parameters", "ceiling", "values", 2, "source", "autre"), "source essai, high, vérifiée le 23/11/2026 → "),
        (("parameters", "ceiling", "values", 2, "until", "2020-01-01"), "du 01/01/2015 au 01/01/2020 au lieu de dep"),
        (("parameters", "ceiling", "values", 2, "for", "11"), "valeur retirée depuis le 01/01/2015 : 1"),
        (("parameters", "most", "clock", "start"), "lu au début de la formation"),
        (("parameters", "most", "label", "durée longue"), "désormais, « durée longue » en months"),
        (("relations", "excludes", []), "ne se cumule pas avec"),
        (("relations", "own_money", "forbidden"), "+   tout ou rien"),
        (("procedure", "after", []), "−   après la réponse de : b"),
        (("procedure", "notice", "value", "20"), "+   demande au plus tard 20 jours avant le début"),
        (("procedure", "filed_by", "employer"), "+   demande faite par l'employeur"),
    ],
)  # fmt: skip
def test_a_change_of_edition_is_told_in_words(change: tuple[Any, ...], words: str) -> None:
    before, after = edition(), edition(*change)
    assert words in told(before, after)
    assert compare(Version(after), Version(before)) != ()


def test_aids_and_sources_added_and_retired() -> None:
    alone = rulebook(SECOND, sources=OTHER)
    assert "Aides ajoutées\n  Aide un [a]" in told(alone, edition())
    assert "Aides retirées\n  Aide un [a]" in told(edition(), alone)
    assert "Source autre\n  ajouté au registre" in told(rulebook(FIRST, SECOND), edition())


def test_between_two_days_only_what_the_day_changes_is_told() -> None:
    book = edition()
    text = told(book, book, date(2018, 12, 31), date(2019, 1, 1))
    assert text == "Aide un [a]\n  plafond, région de résidence 75 : 3 000 € → 3 500 € (source essai)\n"


def test_between_two_days_an_aid_opens_and_closes() -> None:
    book = rulebook(
        aid("old", 10, {"remaining": ["teaching"]}, in_force=[{"from": "2015-01-01", "until": "2018-12-31",
                                                              "source": "essai"}]),
        aid("new", 20, {"remaining": ["teaching"]}, in_force=[{"from": "2019-01-01", "source": "essai"}]),
    )  # fmt: skip
    text = told(book, book, date(2018, 12, 31), date(2019, 1, 1))
    assert "Aides : ouverte → fermée\n  Aide old [old], du 01/01/2015 au 31/12/2018, source essai" in text
    assert "Aides : fermée → ouverte\n  Aide new [new], depuis le 01/01/2019, source essai" in text


def test_two_days_or_none() -> None:
    book = edition()
    with pytest.raises(ValueError, match="two days"):
        compare(Version(book, date(2018, 1, 1)), Version(book))


def test_the_reform_of_2019_reads_as_such() -> None:
    """Accounts in hours became accounts in euros; the leave (CIF) became the transition project (PTP)."""
    book = packaged()
    text = told(book, book, date(2018, 12, 31), date(2019, 1, 1))
    account = next(
        block for block in text.split("\n\n") if block.startswith("Compte personnel de formation (CPF) [cpf]")
    )
    lost, gained = ([line for line in account.splitlines() if line.startswith(f"  {sign}")] for sign in "−+")
    assert any("heures CPF au compte × 9 €/h" in line for line in lost)
    assert any("solde CPF en euros" in line for line in gained)
    assert any("salarié, intérimaire" in line for line in gained)
    assert any("copanef" in line for line in lost)
    assert any("Répertoire national" in line for line in gained)
    closed = next(block for block in text.split("\n\n") if block.startswith("Aides : ouverte → fermée"))
    opened = next(block for block in text.split("\n\n") if block.startswith("Aides : fermée → ouverte"))
    assert "[opacif.cif]" in closed
    assert "[transitions_pro.ptp]" in opened
