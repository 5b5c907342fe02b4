"""Every warning, whole, and the amount or the day on which it starts or stops."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cpf_funding import Dossier, build_plan
from rulebooks import aid, rulebook, value
from worked import cpf, participation, price

FULL = dict.fromkeys(
    ["registration", "exam", "equipment", "travel", "lodging", "meals", "childcare", "compensation"], "0"
)


def warnings(
    dossier: Dossier, *aids: dict[str, Any], before: date | None = None, **others: Any
) -> list[tuple[str, str]]:
    plan = build_plan(dossier, rulebook(*aids, **others), checked_before=before)
    return [(each.code, each.text) for each in plan.warnings]


@pytest.mark.parametrize(("decision", "verb"), [("force", "imposée"), ("bar", "écartée")])
def test_a_decision_of_the_counsellor(decision: str, verb: str) -> None:
    override = {"aid": "cpf", "decision": decision, "reason": "vu avec la direction"}
    assert warnings(price("100", costs=FULL, overrides=[override]), cpf("50")) == [
        ("override", f"cpf est {verb} par décision du conseiller : vu avec la direction")
    ]


def test_costs_that_nobody_gave() -> None:
    some = {name: cost for name, cost in FULL.items() if name not in ("travel", "meals")}
    assert warnings(price("100", costs=some), cpf("50")) == [
        ("costs_not_given", "coûts non renseignés, donc non comptés : déplacements, repas")
    ]


@pytest.mark.parametrize(("can_pay", "told"), [("103.20", False), ("103.19", True), (None, False)])
def test_more_than_the_person_can_pay(can_pay: str | None, told: bool) -> None:
    dossier = price("1000", costs=FULL, means={"holder_can_pay": can_pay})
    assert warnings(dossier, participation(), cpf("2000")) == (
        [("beyond_means", "la personne doit payer 103,20\u00a0€ et dit pouvoir payer 103,19\u00a0€")] if told else []
    )


@pytest.mark.parametrize(
    ("consent", "told"),
    [
        ({"given": True}, True),
        ({"given": True, "proof": "signed_letter"}, False),
        ({"given": False}, False),
        ({}, False),
    ],
)
def test_an_agreement_without_its_proof(consent: dict[str, Any], told: bool) -> None:
    dossier = price("100", costs=FULL, cpf={"consent": consent})
    said = ("consent_proof", "l'accord pour utiliser le CPF est donné mais sa preuve n'est pas indiquée")
    assert warnings(dossier, cpf("50")) == ([said] if told else [])


@pytest.mark.parametrize(("day", "told"), [(date(2026, 11, 23), False), (date(2026, 11, 24), True)])
def test_a_value_checked_before_the_day_asked_for(day: date, told: bool) -> None:
    """The source of the small rulebooks was checked on 23 November 2026; the period of the aid rests on it."""
    said = ("stale_check", "Aide cpf : une valeur n'a pas été vérifiée depuis le 23/11/2026")
    assert warnings(price("100", costs=FULL), cpf("50"), before=day) == ([said] if told else [])


SOURCES = {
    "sure": {"title": "Sûre", "confidence": "high", "checked_on": "2026-11-23"},
    "weak": {"title": "Faible", "confidence": "low", "checked_on": "2025-01-02"},
    "memory": {"title": "De mémoire", "confidence": "memory", "checked_on": "2026-11-23"},
    "medium": {"title": "Moyenne", "confidence": "medium", "checked_on": "2026-11-23"},
}


def parameter(source: str, **others: Any) -> dict[str, Any]:
    entry = {"from": "2010-01-01", "value": "50", "source": source, **others}
    return {"ceiling": {"unit": "EUR", "clock": "filing", "values": [entry]}}


@pytest.mark.parametrize(("source", "told"), [("sure", False), ("medium", False), ("weak", True), ("memory", True)])
def test_a_weak_source(source: str, told: bool) -> None:
    found = warnings(
        price("100", costs=FULL), aid("a", 10, {"parameter": "ceiling"}, parameters=parameter(source)), sources=SOURCES
    )
    said = (
        "weak_source",
        f"Aide a : une donnée de confiance faible (source citée : {source}) est à vérifier avant de s'engager",
    )
    assert found == ([said] if told else [])


def test_a_weak_source_of_the_period_counts_too() -> None:
    """What says that the aid exists that day is a value like another; its sources are told once, in order."""
    weak = [{"from": "2000-01-01", "source": "weak"}]
    found = warnings(
        price("100", costs=FULL),
        aid("a", 10, {"parameter": "ceiling"}, in_force=weak, parameters=parameter("memory")),
        sources=SOURCES, before=date(2026, 1, 1),
    )  # fmt: skip
    assert [code for code, _ in found] == ["weak_source", "stale_check"]
    assert "(source citée : memory, weak)" in found[0][1]
    assert found[1][1].endswith("le 02/01/2025")


@pytest.mark.parametrize(("reason", "told"), [("projet de décret", "projet de décret"), (None, "texte non adopté")])
def test_a_value_that_is_only_announced(reason: str | None, told: str) -> None:
    found = warnings(
        price("100", costs=FULL),
        aid("a", 10, {"parameter": "ceiling"}, parameters=parameter("sure", state="announced", reason=reason)),
        sources=SOURCES,
    )
    assert ("announced", f"Aide a : a.ceiling est seulement annoncé ({told})") in found


def test_no_warning_without_a_reason() -> None:
    assert warnings(price("100", costs=FULL), aid("a", 10, value("50"))) == []
