from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cpf_funding import Rulebook, build_plan, load_rulebook, read_dossier
from cpf_funding.engine.plan import Alternative, Remedy
from cpf_funding.report.text import plan_text
from cpf_funding.report.wording import alternative_words, lost_words, money, remedy_words

DATA = Path(__file__).resolve().parents[1] / "data"


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(rules=DATA / "rules_small")


def text(name: str, book: Rulebook, width: int = 100) -> str:
    """The text with plain spaces, easier to compare."""
    plan = build_plan(read_dossier(DATA / "dossiers" / f"{name}.yaml"), book)
    return plan_text(plan, book, width).replace("\u00a0", " ").replace("\u202f", " ")


def test_the_answer_comes_first(book):
    assert text("small", book).splitlines()[:6] == [
        "Plan de financement essai-1, au 01/03/2017",
        "",
        "Il manque 1 320,00 € sur 5 400,00 €.",
        "Reste à trouver : coût pédagogique 1 320,00 €.",
        "La personne paie 0,00 €.",
        "Au pire, si rien de ce qui est à confirmer ne l'est, il manquerait 2 400,00 €.",
    ]


def test_the_sections_come_in_order(book):
    titles = [line for line in text("small", book).splitlines() if line.isupper()]
    assert titles == [
        "À FAIRE MAINTENANT", "QUI PAIE QUOI, DANS L'ORDRE", "AIDES REFUSÉES, ET POURQUOI",
        "AIDES QUI NE PAIENT PAS DANS CE PLAN",
        "CAUSES DE BLOCAGE", "CALENDRIER DES DEMANDES", "AUTRES PLANS POSSIBLES", "QUESTIONS, LES PLUS UTILES D'ABORD",
        "PIÈCES À RÉUNIR", "AVERTISSEMENTS", "SOURCES CITÉES",
    ]  # fmt: skip


def test_an_answer_already_given_is_quoted(book):
    assert """\
1. Compte d'heures (essai), Caisse d'essai : 1 000,00 €
   Statut : déjà accordé.
   Demande de « Compte d'heures (essai) » acceptée pour 1 000 € le 15/02/2017.
   Paie : coût pédagogique 1 000,00 €.
   Limite : le montant accordé.
""" in text("uncertain", book)


def test_the_own_money_of_the_person_is_no_right(book):
    assert "Apport personnel, La personne : 300,00 €\n   Statut : payé par la personne." in text("uncertain", book)


def test_each_line_says_who_how_much_why_and_on_whose_word(book):
    page = text("small", book, 300)
    assert (
        """\
2. Aide de l'agence (essai), Agence d'essai : 3 000,00 €
   Statut : conditions remplies, le financeur décide.
   Paie : coût pédagogique 3 000,00 €.
   Limite : plafond régional, région de résidence 75 : 3 000 €.
   Calcul : 3 000 € = le plus petit de : 4 320 € (reste à payer : coût pédagogique et frais d'examen) ; \
3 000 € (plafond régional, région de résidence 75, retenu) ; \
sans plafond (reste de l'enveloppe « Aide de l'agence (essai) »)
   Sources : essai-moyen (confiance moyenne, vérifié le 20/11/2026) ; \
essai-memoire (citée de mémoire, vérifié le 01/11/2026).
"""
        in page
    )


@pytest.mark.parametrize("name", ["small", "uncertain"])
@pytest.mark.parametrize("width", [40, 72, 100])
def test_no_line_is_wider_than_asked(book, name, width):
    lines = text(name, book, width).splitlines()
    assert not [line for line in lines if len(line) > width and " " in line.strip()]


def test_nothing_but_text_is_printed(book):
    page = text("small", book)
    assert page.endswith("\n")
    assert not [sign for sign in page if sign != "\n" and not sign.isprintable()]


def test_refused_aids_say_why_and_the_others_are_counted(book):
    page = text("small", book)
    assert "- Ancienne aide du fonds (essai)\n   Aide « Ancienne aide du fonds (essai) » fermée" in page
    assert "- 1 autre : pour une autre situation (statut, territoire, fonds)." in page
    assert "Complément du fonds" not in page


def test_a_paper_asked_twice_is_listed_once(book):
    lines = [line for line in text("small", book, 200).splitlines() if line.startswith("[ ]")]
    assert lines == [
        "[ ] Devis de l'organisme (à demander à : l'organisme de formation, valable 3 mois), pour "
        "« Compte d'heures (essai) » et « Aide de l'agence (essai) »",
        "[ ] Accord écrit de la personne (à demander à : la personne), pour « Compte d'heures (essai) »",
    ]


def test_it_ends_with_the_receipt_and_the_caution(book):
    *_, receipt, caution = text("small", book).splitlines()
    assert receipt.startswith("Reçu : moteur ")
    assert receipt.endswith(", au 01/03/2017.")
    assert caution == "Document d'aide à la décision, sans valeur contractuelle : chaque financeur décide."


def test_what_the_engine_adds_is_shown(book):
    """Remedies, observed delays, silence, a better bound: all that a plan may hold reaches the reader."""
    plan = build_plan(read_dossier(DATA / "dossiers" / "small.yaml"), book)
    remedy = Remedy("wait", "Attendre", (), {}, 100, 0, ())
    line = replace(plan.calendar[1], on_time_probability=0.75, sample=12, silence="refused", slack_days=-1)
    page = plan_text(
        replace(plan, causes=(replace(plan.causes[0], remedies=(remedy,)),), calendar=(line,), unfunded_best=100), book
    ).replace("\u00a0", " ")  # fmt: skip
    assert "Remède vérifié : Attendre : il resterait 1,00 € à trouver, la personne paie 0,00 €." in page
    assert "Au mieux, il manquerait 1,00 €." in page
    flat = " ".join(page.split())
    assert "1 jour après le début de la formation" in flat
    assert "Toutes les réponses" not in flat  # one answer is awaited: its line says it all
    assert "probabilité d'une réponse avant le début : 75 % (12 réponses observées)" in flat
    assert "une absence de réponse vaut refus." in flat


@pytest.mark.parametrize(
    ("probability", "words"),
    [(0.875, "probabilité de 88 %"), (None, "probabilité non connue, faute d'un délai ou de la date de début")],
)
def test_the_calendar_says_how_likely_it_is_to_hold(book, probability, words):
    plan = build_plan(read_dossier(DATA / "dossiers" / "small.yaml"), book)
    assert len(plan.calendar) == 2
    page = plan_text(replace(plan, on_time_probability=probability), book, 300).replace("\u00a0", " ")
    assert f"- Toutes les réponses avant le début de la formation : {words}.\n" in page


@pytest.mark.parametrize(
    ("filed_on", "words"), [(date(2017, 2, 20), "déjà demandée le 20/02/2017."), (None, "déjà demandée.")]
)
def test_a_request_under_way_is_not_to_be_filed_again(book, filed_on, words):
    plan = build_plan(read_dossier(DATA / "dossiers" / "small.yaml"), book)
    lines = tuple(replace(line, asked=True, filed_on=filed_on) for line in plan.calendar)
    page = plan_text(replace(plan, calendar=lines), book, 300)
    assert f"- Compte d'heures (essai) : {words}" in page.replace("\u00a0", " ")
    assert "demande « Compte d'heures" not in page


# Phrases ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cents", "expected"),
    [(0, "0,00 €"), (5, "0,05 €"), (132000, "1 320,00 €"), (123456789, "1 234 567,89 €"), (-250, "-2,50 €")],
)
def test_money_always_shows_its_cents(cents, expected):
    assert money(cents).replace("\u00a0", " ").replace("\u202f", " ") == expected


def alternative(differences: dict[str, int], without: tuple[str, ...] = (), added: tuple[str, ...] = ()) -> Alternative:
    return Alternative({}, 0, 0, 0, 1, None, 0, without, added, differences)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (alternative({"rights_used": -100, "unfunded": 250}, ("compte",)),
         "sans « Compte d'heures (essai) » : 2,50 € de plus à trouver, "
         "1,00 € de moins pris sur les droits de la personne"),
        (alternative({"filings": 2, "last_answer_days": -1}, (), ("compte", "holder.top_up")),
         "avec « Compte d'heures (essai) » et « Apport personnel » : 2 demandes de plus, "
         "dernière réponse 1 jour plus tôt"),
        (alternative({"holder_pays": -100, "unfunded_worst": 5, "last_answer_days": 3}),
         "mêmes aides, autre répartition : 0,05 € de plus à trouver au pire, "
         "1,00 € de moins à la charge de la personne, dernière réponse 3 jours plus tard"),
        (alternative({}), "mêmes aides, autre répartition : même résultat"),
        (replace(alternative({}, ("compte",)), last_answer=date(2017, 4, 3)),
         "sans « Compte d'heures (essai) » : dernière réponse attendue le 03/04/2017, quand celle du plan n'est pas "
         "connue"),
    ],
)  # fmt: skip
def test_an_alternative_is_told_by_its_numbers(book, given, expected):
    assert alternative_words(given, book).replace("\u00a0", " ") == expected


def test_a_remedy_says_what_the_new_plan_only_presumes(book):
    remedy = Remedy("vae", "Passer par la VAE", (), {"training.kind": "vae"}, 0, 0, (),
                    ask_again=("training.costs.teaching", "training.start"))  # fmt: skip
    assert remedy_words(remedy, book).endswith(
        "présumé par ce calcul, à redemander : coût pédagogique et début de la formation"
    )


def test_a_remedy_says_what_to_change_and_what_it_gives(book):
    remedy = Remedy("negotiate_price", "Négocier le prix", ("le conseiller",), {"training.costs.teaching": "5000.00"},
                    0, 12000, ("cost_too_high",))  # fmt: skip
    assert remedy_words(remedy, book).replace("\u00a0", " ").replace("\u202f", " ") == (
        "Négocier le prix (coût pédagogique : 5 000 €) : plan complet, la personne paie 120,00 € ; "
        "qui peut agir : le conseiller"
    )


def test_why_an_aid_pays_nothing(book):
    assert lost_words("excludes:compte", book) == (
        "ne se cumule pas avec « Compte d'heures (essai) », retenue dans le plan"
    )
    assert lost_words("own_money", book).startswith("tout ou rien")
    assert {lost_words(reason, book) for reason in ("needs", "joined_by", "nothing_left", "zero")}
