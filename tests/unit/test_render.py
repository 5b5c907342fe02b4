"""Rules as French sentences: every node of the language is said, on a day or over all time."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cpf_funding.language import tree
from cpf_funding.language.render import Renderer
from cpf_funding.report.rulebook_pages import aid_page, coverage_page, index_page
from cpf_funding.report.rulebook_text import aid_text
from cpf_funding.rulebook.portrait import portrait
from generators import packaged
from rulebooks import aid, rulebook, value

RATE = {"label": "taux", "unit": "EUR/h", "clock": "filing",
        "values": [{"from": "2015-01-01", "value": "9", "source": "essai"}]}  # fmt: skip
TABLE = {"label": "plafond", "unit": "EUR", "clock": "filing", "by": "holder.region",
         "values": [{"from": "2015-01-01", "for": "75", "value": "3000", "source": "essai"}]}  # fmt: skip
MONTHS = {"label": "durée", "unit": "months", "clock": "filing",
          "values": [{"from": "2015-01-01", "value": "12", "source": "essai"}]}  # fmt: skip
SWITCH = {"label": "cas ouvert", "unit": "yes_no", "clock": "filing",
          "values": [{"from": "2015-01-01", "value": "1", "source": "essai"}]}  # fmt: skip
PARAMETERS = {"rate": RATE, "ceiling": TABLE, "most": MONTHS, "open": SWITCH}
DAY = date(2017, 3, 1)
HOURS = {"fact": "cpf.hours"}
HOURS_PRICED = {"product": [HOURS, {"parameter": "rate"}]}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def said(amount: Any = None, condition: Any = None, day: date | None = DAY, negated: bool = False) -> list[str]:
    """The lines of an amount or of a condition of aid `a`."""
    book = rulebook(
        aid("a", 10, amount or {"remaining": ["teaching"]}, eligibility=condition, parameters=PARAMETERS),
        aid("b", 5, {"remaining": ["teaching"]}, label="Aide deux"),
    )
    shape, renderer = book.aid("a").shape, Renderer(book, "a", day)
    sentence = (
        renderer.amount(shape.amount) if shape.eligibility is None else renderer.condition(shape.eligibility, negated)
    )
    return [plain(line) for line in sentence.lines()]


@pytest.mark.parametrize(
    ("condition", "line", "opposite"),
    [
        ({"fact": "holder.status", "is": "job_seeker"}, "statut de la personne : demandeur d'emploi",
         "statut de la personne : autre chose que demandeur d'emploi"),
        ({"fact": "holder.region", "in": ["75", "53"]}, "région de résidence : 75 ou 53",
         "région de résidence : autre chose que 75 ou 53"),
        ({"fact": "holder.registered", "is": "true"}, "inscription à Pôle emploi / France Travail : oui",
         "inscription à Pôle emploi / France Travail : non"),
        ({"fact": "training.months", "at_most": {"parameter": "most"}},
         "durée de la formation : au plus 12 mois (« durée »)", "durée de la formation : plus de 12 mois (« durée »)"),
        ({"amount": {"parameter": "open"}, "above": "0"}, "oui (« cas ouvert ») : oui", "oui (« cas ouvert ») : non"),
        ({"amount": {"parameter": "open"}, "is": "0"}, "oui (« cas ouvert ») : non", "oui (« cas ouvert ») : oui"),
        ({"fact": "training.months", "at_least": "6"}, "durée de la formation : au moins 6 mois",
         "durée de la formation : moins de 6 mois"),
        ({"fact": "training.months", "between": ["6", "9"]}, "durée de la formation : de 6 mois à 9 mois",
         "durée de la formation : moins de 6 mois ou plus de 9 mois"),
        ({"fact": "training.start", "before": "2018-01-01"}, "début de la formation : avant le 01/01/2018",
         "début de la formation : à partir du 01/01/2018"),
        ({"amount": {"sum": [HOURS, {"fact": "cpf.dif_hours"}]}, "above": "0"},
         "heures CPF au compte + heures de DIF : plus de 0 h", "heures CPF au compte + heures de DIF : au plus 0 h"),
        ({"list": "copanef"}, "certification inscrite sur la liste « copanef »",
         "certification absente de la liste « copanef »"),
        ({"envelope": "a", "is": "open"}, "enveloppe « Aide a » ouverte", "enveloppe « Aide a » épuisée"),
        ({"joined_by": ["b"], "at_least": "100"},
         "un financement par « Aide deux » dans le même plan, pour au moins 100 €",
         "aucun financement par « Aide deux » dans le même plan, pour au moins 100 €"),
        ({"fact": "holder.registered", "is": "true", "cause": "public"},
         "inscription à Pôle emploi / France Travail : oui — sinon « public »",
         "inscription à Pôle emploi / France Travail : non — sinon « public »"),
        ({"first_known": [{"fact": "cpf.account_open", "is": "true"}, {"amount": value("0"), "above": "0"}]},
         "compte CPF ouvert : oui (sans réponse : non)", "compte CPF ouvert : non (sans réponse : oui)"),
    ],
)  # fmt: skip
def test_a_condition_and_its_opposite(condition: Any, line: str, opposite: str) -> None:
    assert said(condition=condition) == [line]
    assert said(condition=condition, negated=True) == [opposite]
    assert said(condition={"not": condition}) == [opposite]


def test_groups_and_their_opposites() -> None:
    one, other = {"fact": "cpf.account_open", "is": "true"}, {"fact": "holder.registered", "is": "true"}
    assert said(condition={"all": [one, other]})[0] == "toutes ces conditions :"
    assert said(condition={"any": [one, other]}) == [
        "l'une de ces conditions :", "  compte CPF ouvert : oui", "  inscription à Pôle emploi / France Travail : oui",
    ]  # fmt: skip
    assert said(condition={"any": [one, other]}, negated=True) == [
        "toutes ces conditions :", "  compte CPF ouvert : non", "  inscription à Pôle emploi / France Travail : non",
    ]  # fmt: skip
    assert said(condition={"any": [{"not": one}, other]}) == [
        "si compte CPF ouvert : oui → inscription à Pôle emploi / France Travail : oui"
    ]
    assert said(condition={"any": [{"not": one}, one]}) == [
        "il faut savoir s'il en est ainsi : compte CPF ouvert : oui"
    ]
    assert said(condition={"first_known": [one, other]})[0] == "la première de ces réponses qui est connue :"
    no = {"amount": value("0"), "above": "0"}
    assert said(condition={"first_known": [one, other, no]}) == [
        "la première de ces réponses qui est connue, non si aucune ne l'est :", "  compte CPF ouvert : oui",
        "  inscription à Pôle emploi / France Travail : oui",
    ]  # fmt: skip
    assert said(condition={"first_known": [one, other, no]}, negated=True)[0] == (
        "la première de ces réponses qui est connue, oui si aucune ne l'est :"
    )


def test_a_constant_is_said_with_its_unit_and_an_unknown_value_by_its_name() -> None:
    assert said(condition={"amount": value("3"), "at_least": "2.50"}) == ["3 € : au moins 2,50 €"]
    half = {"product": [{"value": "50", "unit": "%"}, value("3")]}
    assert said(condition={"amount": half, "at_least": "1.50"}) == ["50 % × 3 € : au moins 1,50 €"]
    condition = tree.CompareAmount.model_validate({"amount": {"parameter": "absent"}, "at_least": "2.50"})
    said_alone = Renderer(rulebook(), "a", DAY).condition(condition)
    assert plain(said_alone.text) == "« absent » : au moins 2,50 €"


@pytest.mark.parametrize(
    ("amount", "lines"),
    [
        ({"least_of": [{"remaining": ["teaching"]}, {"parameter": "ceiling"}]},
         ["le plus petit de :", "  reste à payer (coût pédagogique)", "  « plafond » (selon région de résidence)"]),
        ({"most_of": [value("10"), {"fact": "cpf.balance"}]}, ["le plus grand de :", "  10 €", "  solde CPF en euros"]),
        (HOURS_PRICED, ["heures CPF au compte × 9 €/h (« taux »)"]),
        ({"rounding": "up",
          "product": [{"least_of": [HOURS, {"fact": "training.hours.total"}]}, {"parameter": "rate"}]},
         ["le produit, arrondi au centième supérieur de :", "  le plus petit de :", "    heures CPF au compte",
          "    heures de formation", "  par 9 €/h (« taux »)"]),
        ({"difference": [value("100"), {"paid_by": ["b"]}]},
         ["100 € − part payée par « Aide deux » (jamais moins que zéro)"]),
        ({"share": {"value": "80", "unit": "%"}, "of": {"remaining": ["teaching"]}},
         ["80 % de reste à payer (coût pédagogique)"]),
        ({"scale": {"remaining": ["teaching"]}, "brackets": [{"up_to": "500", "percent": "100"}, {"percent": "50"}]},
         ["barème par tranches sur reste à payer (coût pédagogique) :", "  jusqu'à 500 € : 100 %", "  au-delà : 50 %"]),
        ({"choose": [{"when": {"fact": "training.kind", "is": "vae"}, "then": value("5")}], "otherwise": value("9")},
         ["selon le cas :", "  si nature de la formation : VAE", "    alors 5 €", "  sinon 9 €"]),
        ({"choose": [{"when": {"fact": "training.kind", "is": "vae"},
                      "then": {"least_of": [value("5"), HOURS_PRICED]}}], "otherwise": value("9")},
         ["selon le cas :", "  si nature de la formation : VAE", "    alors le plus petit de :", "      5 €",
          "      heures CPF au compte × 9 €/h (« taux »)", "  sinon 9 €"]),
        ({"least_of": [{"envelope": "a"}]}, ["le plus petit de :", "  reste de l'enveloppe « Aide a »"]),
        ({"sum": [value("5"), value("6")]}, ["5 € + 6 €"]),
        ({"sum": [{"least_of": [value("5"), HOURS_PRICED]}, value("6")]},
         ["la somme de :", "  le plus petit de :", "    5 €", "    heures CPF au compte × 9 €/h (« taux »)", "  6 €"]),
    ],
)  # fmt: skip
def test_an_amount(amount: Any, lines: list[str]) -> None:
    assert said(amount) == lines


def test_without_a_day_values_are_only_named() -> None:
    assert said({"product": [HOURS, {"parameter": "rate"}]}, day=None) == ["heures CPF au compte × « taux »"]
    assert said({"product": [HOURS, {"parameter": "rate"}]}, day=date(2014, 1, 1)) == [
        "heures CPF au compte × inconnu (« taux »)"
    ]


FLAG = {"label": "en heures", "unit": "yes_no", "clock": "filing", "values": [
    {"from": "2015-01-01", "until": "2018-12-31", "value": "1", "source": "essai"},
    {"from": "2019-01-01", "value": "0", "source": "essai"}]}  # fmt: skip


def test_on_a_day_the_branches_that_the_day_excludes_are_left_out() -> None:
    in_hours = {"amount": {"parameter": "flag"}, "above": "0"}
    in_euros = {"not": in_hours}
    status = {"fact": "holder.status", "is": "job_seeker"}
    book = rulebook(
        aid("a", 10, {"choose": [{"when": in_hours, "then": value("1")}], "otherwise": value("2")},
            scope={"any": [status, in_euros]}, eligibility={"all": [{"any": [in_euros, status]}, status]},
            firm_when=in_hours, parameters={"flag": FLAG}),
    )  # fmt: skip

    def parts(day: date | None) -> dict[str, list[str]]:
        found = portrait(book, book.aid("a"), day)
        return {part.title: [plain(line) for s in part.sentences for line in s.lines()] for part in found.parts}

    job_seeker = "statut de la personne : demandeur d'emploi"
    before, after = parts(date(2018, 12, 31)), parts(date(2019, 1, 1))
    assert before == {"Pour qui": [job_seeker], "Conditions": [job_seeker, job_seeker], "Montant": ["1 €"]}
    assert after == {"Conditions": [job_seeker], "Ferme seulement si": ["personne à cette date"], "Montant": ["2 €"]}
    whole = parts(None)
    assert whole["Montant"][0] == "selon le cas :"
    assert whole["Ferme seulement si"] == ["« en heures » : oui"]
    assert whole["Pour qui"] == [f"si « en heures » : oui → {job_seeker}"]


def test_every_aid_of_the_rules_can_be_said_and_published() -> None:
    book = packaged()
    nodes = set()
    for each in book.aids:
        for day in (date(2017, 3, 1), date(2026, 3, 1)):
            text = aid_text(book, each, day)
            assert each.label in text
            assert "None" not in text
        page = aid_page(book, each, ["cas-1 : un cas"])
        assert f"# {each.label}" in page
        assert "/work/" not in page
        nodes |= {type(n) for n in tree.walk(each.shape.amount)}
    assert {tree.Choose, tree.Share, tree.Product, tree.Difference} <= nodes
    assert index_page(book).count("aides/") == len(book.aids)
    table = coverage_page(book, {book.aids[0].id: ["x", "y"]})
    assert sum(line.startswith("| ") for line in table.splitlines()) == len(book.aids) + 2
    assert sum(line.endswith("| 2 |") for line in table.splitlines()) == 1


def test_a_value_is_shown_with_its_source_and_its_place() -> None:
    book = packaged()
    text = plain(aid_text(book, book.aid("ft.aif"), date(2018, 11, 5)))
    lines = [line for line in text.splitlines() if line.lstrip().startswith("région de résidence 93 : ")]
    assert lines
    assert all("source " in line and "vérifié le" in line for line in lines)
    assert "(national/france_travail_aif_values.yaml:" in lines[0]
