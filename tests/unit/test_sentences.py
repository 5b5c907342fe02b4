from __future__ import annotations

import ast
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import cpf_funding
from cpf_funding.dossier import Envelope
from cpf_funding.facts import Value
from cpf_funding.language.context import Context, PlanView
from cpf_funding.language.evidence import Evidence, Step
from cpf_funding.language.operations import limit_label, step_lines
from cpf_funding.language.sentences import _SAYINGS, sentence
from cpf_funding.language.units import Unit
from cpf_funding.language.values import UNLIMITED, Setting, Sourcing, State
from cpf_funding.language.words import missing_label, setting_label, show, sourcing_in_french
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.truth import Truth
from rulebooks import aid, rulebook, value

ON, START = date(2017, 3, 1), date(2017, 6, 5)
PARAMETERS = {
    "group.max_months": {
        "label": "durée maximale", "unit": "months", "clock": "filing",
        "values": [{"from": "2015-01-01", "value": "12", "source": "essai"}],
    },
    "group.ceiling": {
        "label": "plafond régional", "unit": "EUR", "clock": "filing", "by": "holder.region",
        "values": [{"from": "2015-01-01", "for": "75", "value": "3000", "source": "essai"}],
    },
    "group.rate": {
        "label": "valeur d'une heure", "unit": "EUR/h", "clock": "filing",
        "values": [{"from": "2015-01-01", "value": "9.15", "source": "essai"}],
    },
}  # fmt: skip
PARAMETERS["group.switch"] = {
    "label": "cas ouvert", "unit": "yes_no", "clock": "filing",
    "values": [{"from": "2015-01-01", "value": "0", "source": "essai"}],
}  # fmt: skip
PARAMETERS["group.by_region"] = {
    "label": "région couverte", "unit": "yes_no", "clock": "filing", "by": "holder.region",
    "values": [{"from": "2015-01-01", "for": "*", "value": "0", "source": "essai"}],
}  # fmt: skip
LISTS = [
    {"list": "essai", "label": "liste d'essai", "complete": True, "codes": "rncp", "source": "essai",
     "entries": [{"code": "RNCP1"}]}
]  # fmt: skip
REFERENCE = "règle group.max_months, durée maximale, source essai, confiance forte, vérifié le 23/11/2026"


def book(condition: Any = None, amount: Any = None) -> Rulebook:
    one = aid("one", 10, amount or value("100"), label="Première aide", eligibility=condition)
    return rulebook(one, aid("two", 20, value("100"), label="Seconde aide"), parameters=PARAMETERS, lists=LISTS)


def say(condition: Any, facts: dict[str, Value] | None = None, **context: Any) -> str:
    """The sentence of a condition as a rule author writes it, on these facts."""
    names = book(condition)
    eligibility = names.aid("one").eligibility
    assert eligibility is not None
    return sentence(eligibility(Context(facts or {}, ON, START, **context)), names)


MONTHS = {"fact": "training.months", "at_most": {"parameter": "group.max_months"}}
STATUS = {"fact": "holder.status", "in": ["job_seeker", "employee"]}
VALIDATED = {"fact": "project.validated", "is": True}


@pytest.mark.parametrize(
    ("condition", "facts", "expected"),
    [
        (MONTHS, {"training.months": 1400},
         f"durée de la formation : 14\u00a0mois, mais il faut au plus 12\u00a0mois ({REFERENCE})"),
        (MONTHS, {"training.months": 1104},
         "durée de la formation : 11\u00a0mois et quelques jours, condition remplie : "
         f"au plus 12\u00a0mois ({REFERENCE})"),
        (MONTHS, {}, f"durée de la formation : on ne sait pas, et il faut au plus 12\u00a0mois ({REFERENCE})"),
        (VALIDATED, {"project.validated": True}, "projet validé : oui, condition remplie"),
        (VALIDATED, {"project.validated": False}, "projet validé : non, mais il faut oui"),
        (VALIDATED, {}, "projet validé : on ne sait pas, et il faut oui"),
        (STATUS, {"holder.status": "inactive"},
         "statut de la personne : sans activité, mais il faut demandeur d'emploi ou salarié"),
        ({"fact": "cpf.hours", "at_least": "400"}, {"cpf.hours": 12000},
         "heures CPF au compte : 120\u00a0h, mais il faut au moins 400\u00a0h"),
        ({"fact": "training.costs.teaching", "between": ["1000", "2000.50"]}, {"training.costs.teaching": 540000},
         "coût pédagogique : 5\u202f400\u00a0€, mais il faut de 1\u202f000\u00a0€ à 2\u202f000,50\u00a0€"),
        ({"fact": "training.start", "before": "2017-06-05"}, {"training.start": START},
         "début de la formation : 05/06/2017, mais il faut avant le 05/06/2017"),
        ({"fact": "holder.age", "above": "25"}, {"holder.age": 25},
         "âge à la date du plan : 25\u00a0ans, mais il faut plus de 25\u00a0ans"),
        ({"fact": "holder.region", "is": "75"}, {"holder.region": "53"},
         "région de résidence : 53, mais il faut 75"),
        ({"amount": {"sum": [{"fact": "cpf.balance"}, {"value": "10", "unit": "EUR"}]}, "at_least": "100"},
         {"cpf.balance": 1000}, "montant calculé : 20\u00a0€, mais il faut au moins 100\u00a0€"),
        ({"amount": {"parameter": "group.ceiling"}, "above": "5000"}, {"holder.region": "75"},
         "plafond régional : 3\u202f000\u00a0€, mais il faut plus de 5\u202f000\u00a0€ (règle group.ceiling, "
         "plafond régional, région de résidence 75, source essai, confiance forte, vérifié le 23/11/2026)"),
        ({"fact": "training.costs.teaching", "at_most": {"parameter": "group.ceiling"}},
         {"training.costs.teaching": 100, "holder.region": "53"},
         "coût pédagogique : 1\u00a0€, et il faut au plus une valeur qui n'est pas connue "
         "(règle group.ceiling, plafond régional, valeur non établie à cette date)"),
    ],
)  # fmt: skip
def test_a_comparison_says_what_was_seen_and_what_is_required(condition, facts, expected):
    assert say(condition, facts) == expected


@pytest.mark.parametrize(
    ("condition", "facts", "expected"),
    [
        ({"not": VALIDATED}, {"project.validated": True}, "projet validé : oui, mais il faut non"),
        ({"not": STATUS}, {"holder.status": "employee"},
         "statut de la personne : salarié, mais il faut autre chose que demandeur d'emploi ou salarié"),
        ({"not": {"fact": "cpf.hours", "at_most": "400"}}, {"cpf.hours": 40000},
         "heures CPF au compte : 400\u00a0h, mais il faut plus de 400\u00a0h"),
        ({"not": {"fact": "cpf.hours", "between": ["1", "2"]}}, {"cpf.hours": 200},
         "heures CPF au compte : 2\u00a0h, mais il faut moins de 1\u00a0h ou plus de 2\u00a0h"),
        ({"not": {"not": VALIDATED}}, {"project.validated": False}, "projet validé : non, mais il faut oui"),
        ({"not": {"any": [VALIDATED, STATUS]}}, {"project.validated": True, "holder.status": "inactive"},
         "projet validé : oui, mais il faut non"),
        ({"not": {"all": [VALIDATED, STATUS]}}, {"project.validated": True, "holder.status": "employee"},
         "aucune de ces possibilités n'est remplie : [projet validé : oui, mais il faut non ; statut de la personne : "
         "salarié, mais il faut autre chose que demandeur d'emploi ou salarié]"),
    ],
)  # fmt: skip
def test_a_negation_says_what_is_required_instead(condition, facts, expected):
    assert say(condition, facts) == expected


def test_groups_say_only_what_explains_their_outcome():
    both, either = {"all": [VALIDATED, STATUS]}, {"any": [VALIDATED, STATUS]}
    wrong = {"project.validated": False, "holder.status": "inactive"}
    no_project = "projet validé : non, mais il faut oui"
    no_status = "statut de la personne : sans activité, mais il faut demandeur d'emploi ou salarié"
    assert say(both, wrong | {"holder.status": "employee"}) == no_project
    assert say(both, wrong) == f"{no_project} ; {no_status}"
    assert say(either, wrong) == f"aucune de ces possibilités n'est remplie : [{no_project} ; {no_status}]"
    without = {"any": [{"not": {"fact": "holder.status", "is": "inactive"}}, VALIDATED, STATUS]}
    no_other = "statut de la personne : sans activité, mais il faut autre chose que sans activité"
    assert say(without, wrong) == (
        f"aucune de ces possibilités n'est remplie : [{no_other} ; {no_project} ; {no_status}]"
    )
    assert say(either, wrong | {"project.validated": True}) == "projet validé : oui, condition remplie"
    assert say(either) == (
        "il faut l'un de : [projet validé : on ne sait pas, et il faut oui ; "
        "statut de la personne : on ne sait pas, et il faut demandeur d'emploi ou salarié]"
    )


def switch(name: str, **comparison: Any) -> dict[str, Any]:
    return {"amount": {"parameter": f"group.{name}"}, **comparison}


@pytest.mark.parametrize("comparison", [{"above": "0"}, {"is": "1"}, {"at_least": "1"}])
def test_a_switch_of_the_rules_says_yes_or_no(comparison):
    off = "(règle group.switch, cas ouvert, source essai, confiance forte, vérifié le 23/11/2026)"
    assert say(switch("switch", **comparison)) == f"cas ouvert : non, mais il faut oui {off}"
    assert say({"not": switch("switch", **comparison)}) == f"cas ouvert : non, condition remplie {off}"


def test_a_possibility_that_the_rules_of_the_day_do_not_open_is_not_told():
    """A switch closed for everybody hides its branch; one that depends on the person says so, in the general case."""
    closed, here = switch("switch", above="0"), switch("by_region", above="0")
    facts = {"project.validated": False, "holder.region": "53"}
    no_project = "projet validé : non, mais il faut oui"
    assert say({"any": [VALIDATED, {"all": [STATUS, closed]}]}, facts | {"holder.status": "inactive"}) == no_project
    assert say({"any": [VALIDATED, {"not": {"any": [{"not": closed}]}}]}, facts) == no_project
    assert say({"any": [VALIDATED, here]}, facts) == (
        f"aucune de ces possibilités n'est remplie : [{no_project} ; région couverte : non, mais il faut oui "
        "(règle group.by_region, région couverte, cas général, source essai, confiance forte, vérifié le 23/11/2026)]"
    )
    wrong = {"project.validated": False, "holder.status": "inactive"}
    opened = {"not": switch("switch", **{"is": "0"})}
    assert say({"any": [opened, VALIDATED, STATUS]}, wrong) == say({"any": [VALIDATED, STATUS]}, wrong)
    premise = {"not": {"fact": "holder.region", "is": "53"}}
    assert say({"any": [premise, VALIDATED, {"all": [STATUS, closed]}]}, facts) == no_project
    assert say({"any": [closed, closed]}, facts).startswith("aucune de ces possibilités n'est remplie : [cas ouvert")


def test_the_first_known_condition_speaks_alone():
    condition = {"first_known": [VALIDATED, STATUS]}
    assert say(condition, {"holder.status": "employee"}) == (
        "statut de la personne : salarié, condition remplie : demandeur d'emploi ou salarié"
    )
    last = {"first_known": [VALIDATED, {"fact": "cpf.account_open", "is": True}, STATUS]}
    assert say(last, {"holder.status": "employee"}) == say(condition, {"holder.status": "employee"})
    assert say(condition) == (
        "il faut savoir l'un de : [projet validé : on ne sait pas, et il faut oui ; "
        "statut de la personne : on ne sait pas, et il faut demandeur d'emploi ou salarié]"
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("RNCP1", "certification RNCP1 : inscrite, condition remplie : "),
        ("RNCP2", "certification RNCP2 : absente, mais il faut "),
        (None, "certification : on ne sait pas, et il faut "),
    ],
)
def test_a_list(code, expected):
    facts = {} if code is None else {"training.certification.rncp": code}
    assert say({"list": "essai"}, facts) == (
        f"{expected}être sur la liste « liste d'essai » le 05/06/2017, source essai"
    )


@pytest.mark.parametrize(
    ("envelope", "expected"),
    [
        (Envelope(state="open"), "ouverte, condition remplie : une enveloppe ouverte"),
        (Envelope(state="low", on=ON), "presque vide le 01/03/2017, condition remplie : une enveloppe ouverte"),
        (Envelope(state="exhausted", on=ON), "épuisée le 01/03/2017, mais il faut une enveloppe ouverte"),
        (Envelope(), "on ne sait pas, et il faut une enveloppe ouverte"),
    ],
)
def test_an_envelope(envelope, expected):
    condition = {"envelope": "one", "is": "open"}
    assert say(condition, envelopes={"one": envelope}) == f"enveloppe « Première aide » : {expected}"


def test_co_funding():
    def plan(paid: int, settled: bool) -> PlanView:
        return PlanView(frozenset({"two"}), {"two": paid}, lambda lines: 0, settled)

    subject, condition = "financement par « Seconde aide »", {"joined_by": ["two"]}
    assert say(condition) == f"{subject} : on ne sait pas, et il faut un financement"
    assert say(condition, plan=plan(0, False)) == f"{subject} : prévu, condition remplie : un financement"
    assert say(condition, plan=plan(0, True)) == f"{subject} : 0\u00a0€, mais il faut un financement"
    assert say(condition | {"at_least": "150"}, plan=plan(10000, True)) == (
        f"{subject} : 100\u00a0€, mais il faut au moins 150\u00a0€"
    )


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (Evidence(Truth.NO, "notice", "one", "at_most", START, "date", (ON,), day=START),
         "demande de « Première aide » : le 05/06/2017, mais il faut au plus tard le 01/03/2017, "
         "pour un début le 05/06/2017"),
        (Evidence(Truth.UNKNOWN, "notice", "one", "at_most", ON, "date", missing=("training.start",)),
         "demande de « Première aide » : le 01/03/2017, et il faut au plus tard un jour qui n'est pas connu"),
        (Evidence(Truth.NO, "answer", "one", "at_most", START, "date", (ON,)),
         "réponse de « Première aide » : attendue le 05/06/2017, mais il faut au plus tard le 01/03/2017, "
         "début de la formation"),
        (Evidence(Truth.YES, "in_force", "one", "open", ON, "date", (ON, None), note="essai"),
         "aide « Première aide » ouverte depuis le 01/03/2017 (source essai)"),
        (Evidence(Truth.NO, "in_force", "one", "suspended", ON, "date", (ON, None), note="budget épuisé"),
         "aide « Première aide » suspendue depuis le 01/03/2017 (budget épuisé)"),
        (Evidence(Truth.NO, "in_force", "one", "ended", ON, "date", (ON,)),
         "aide « Première aide » fermée : fin le 01/03/2017"),
        (Evidence(Truth.NO, "in_force", "one", "not_yet", ON, "date", (START,)),
         "aide « Première aide » pas encore ouverte : début le 05/06/2017"),
        (Evidence(Truth.NO, "in_force", "one", "announced", ON, "date", (ON, None), note="texte non adopté"),
         "aide « Première aide » seulement annoncée, à partir du 01/03/2017 (texte non adopté)"),
        (Evidence(Truth.UNKNOWN, "in_force", "one", "unknown", ON, "date", (ON, None)),
         "on ne sait pas si l'aide « Première aide » est ouverte depuis le 01/03/2017"),
        (Evidence(Truth.NO, "ceiling", "one", "at_most", 540000, Unit.EUR, (300000,)),
         "montant maximal de « Première aide » : 3\u202f000\u00a0€, pour un coût total de 5\u202f400\u00a0€"),
        (Evidence(Truth.NO, "opinion", "one", "is", False, "truth", (True,), day=ON, note="projet flou"),
         "avis défavorable pour « Première aide » le 01/03/2017 : projet flou"),
        (Evidence(Truth.YES, "request", "one", "granted", 90000, Unit.EUR, day=ON),
         "demande de « Première aide » acceptée pour 900\u00a0€ le 01/03/2017"),
        (Evidence(Truth.NO, "request", "one", "refused", None, Unit.EUR, note="hors délai"),
         "demande de « Première aide » refusée : hors délai"),
        (Evidence(Truth.NO, "override", "one", "bar", "CR", "text", day=ON, note="droits gardés"),
         "aide « Première aide » écartée par décision du conseiller (CR) le 01/03/2017 : droits gardés"),
    ],
)  # fmt: skip
def test_dates_and_decisions(evidence, expected):
    assert sentence(evidence, book()) == expected


def test_every_kind_of_evidence_of_the_code_can_be_said():
    """The kinds are written in the code as the second argument of `Evidence`, or given by whoever makes a group."""
    kinds = set()
    for path in Path(cpf_funding.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Evidence":
                kinds |= {a.value for a in node.args[1:2] if isinstance(a, ast.Constant)}
    assert len(kinds) > 10
    assert kinds | {"amount", "all", "any"} == set(_SAYINGS)


def test_a_value_of_no_parameter_of_the_rules_is_called_by_its_name() -> None:
    """As are those of a rulebook of yesterday."""
    told = Setting("a.gone", State.VALID, 100, Unit.EUR, "75", None, None, None, None)
    assert setting_label(told, rulebook()) == "a.gone"


# Values -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "unit", "expected"),
    [
        (1200, Unit.MONTHS, "12\u00a0mois"), (1204, Unit.MONTHS, "12\u00a0mois et quelques jours"),
        (101, Unit.MONTHS, "1\u00a0mois et quelques jours"), (99, Unit.MONTHS, "moins d'un mois"),
        (40, Unit.MONTHS, "moins d'un mois"), (0, Unit.MONTHS, "0\u00a0mois"), (40000, Unit.HOURS, "400\u00a0h"),
        (540050, Unit.EUR, "5\u202f400,50\u00a0€"), (915, Unit.EUR_PER_HOUR, "9,15\u00a0€/h"),
        (2858, Unit.EUR_PER_DAY, "28,58\u00a0€ par jour"), (8050, Unit.PERCENT, "80,50\u00a0%"),
        (1, Unit.CALENDAR_DAYS, "1\u00a0jour"), (15, Unit.WORKING_DAYS, "15\u00a0jours ouvrés"),
        (-3, Unit.CALENDAR_DAYS, "-3\u00a0jours"), (3, Unit.LEVEL, "niveau 3"), (3, Unit.COUNT, "3"),
        (UNLIMITED, Unit.EUR, "sans plafond"), (0, Unit.YES_NO, "non"), (1, Unit.YES_NO, "oui"),
    ],
)  # fmt: skip
def test_numbers_are_shown_with_their_unit(steps, unit, expected):
    assert show(steps, unit) == expected


def test_every_unit_can_be_shown():
    assert all("1" in show(100, unit) for unit in Unit if unit is not Unit.YES_NO)


def test_other_values():
    assert show(True, "truth") == "oui"
    assert show(date(2017, 6, 5), "date") == "05/06/2017"
    assert show(("12345", "67890"), "code") == "12345 et 67890"
    assert show("boe", "text", {"boe": "bénéficiaire"}) == "bénéficiaire"


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("cpf.hours", "heures CPF au compte"),
        ("parameter:group.ceiling", "la valeur de « plafond régional » (group.ceiling) à cette date"),
        ("envelope:one", "l'état de l'enveloppe « Première aide »"),
        ("list:essai", "l'inscription de la certification sur la liste « liste d'essai »"),
        ("in_force:one", "l'ouverture de l'aide « Première aide » à cette date"),
        ("delay:one", "le délai de réponse de « Première aide »"),
    ],
)
def test_what_is_missing_has_a_name(subject, expected):
    assert missing_label(subject, book()) == expected


def test_a_value_quoted_from_memory_says_so():
    assert sourcing_in_french(Sourcing("x", "memory", ON)) == "source x, citée de mémoire, vérifié le 01/03/2017"


# Computations -----------------------------------------------------------------------------------


def compute(amount: Any, facts: dict[str, Value], **context: Any) -> tuple[list[str], list[Step], Rulebook]:
    names = book(amount=amount)
    seen = Context(facts, ON, START, steps=[], **context)
    names.aid("one").amount(seen, 0)
    assert seen.steps is not None
    return step_lines(seen.steps, names), seen.steps, names


HOURS = {"product": [{"fact": "cpf.hours"}, {"parameter": "group.rate"}]}


@pytest.mark.parametrize(
    ("amount", "facts", "expected"),
    [
        (HOURS, {"cpf.hours": 12000},
         ["1\u202f098\u00a0€ = 120\u00a0h (heures CPF au compte) × 9,15\u00a0€/h (valeur d'une heure)"]),
        (HOURS, {"cpf.hours": 12033},
         ["1\u202f101,01\u00a0€ = 120,33\u00a0h (heures CPF au compte) × 9,15\u00a0€/h (valeur d'une heure), "
          "arrondi au centième inférieur"]),
        (HOURS, {},
         ["montant non connu = montant non connu (heures CPF au compte) × 9,15\u00a0€/h (valeur d'une heure)"]),
        ({"least_of": [HOURS, {"parameter": "group.ceiling"}]}, {"cpf.hours": 12000, "holder.region": "75"},
         ["1\u202f098\u00a0€ = le plus petit de : 1\u202f098\u00a0€ (retenu) ; "
          "3\u202f000\u00a0€ (plafond régional, région de résidence 75)",
          "  1\u202f098\u00a0€ = 120\u00a0h (heures CPF au compte) × 9,15\u00a0€/h (valeur d'une heure)"]),
        ({"share": {"value": "80", "unit": "%"}, "of": {"fact": "cpf.balance"}}, {"cpf.balance": 100000},
         ["800\u00a0€ = 80\u00a0% de 1\u202f000\u00a0€ (solde CPF en euros)"]),
        ({"difference": [{"fact": "cpf.balance"}, {"sum": [value("1"), value("2")]}]}, {"cpf.balance": 100000},
         ["997\u00a0€ = 1\u202f000\u00a0€ (solde CPF en euros) − 3\u00a0€", "  3\u00a0€ = 1\u00a0€ + 2\u00a0€"]),
        ({"choose": [{"when": VALIDATED, "then": HOURS}], "otherwise": value("5")}, {"project.validated": False},
         ["5\u00a0€ : valeur fixée par la règle"]),
        ({"choose": [{"when": VALIDATED, "then": value("9")}], "otherwise": value("5")}, {},
         ["de 5\u00a0€ à 9\u00a0€ = selon une condition qui n'est pas connue, l'un de : 9\u00a0€ (retenu) ; 5\u00a0€"]),
        ({"least_of": [{"remaining": ["teaching"]}, {"envelope": "one"}]}, {"training.costs.teaching": 5000},
         ["au plus 50\u00a0€ = le plus petit de : 50\u00a0€ (reste à payer : coût pédagogique, retenu) ; "
          "montant non connu (reste de l'enveloppe « Première aide »)"]),
        ({"scale": {"fact": "cpf.balance"}, "brackets": [{"percent": "50"}]}, {"cpf.balance": 100000},
         ["500\u00a0€ = barème par tranches sur 1\u202f000\u00a0€ (solde CPF en euros)"]),
    ],
)  # fmt: skip
def test_a_computation_is_told_operation_by_operation(amount, facts, expected):
    assert compute(amount, facts)[0] == expected


def test_what_other_aids_pay_is_named():
    view = PlanView(frozenset({"two"}), {"two": 5000}, lambda lines: 0)
    lines, _, _ = compute({"paid_by": ["two"]}, {}, plan=view)
    assert lines == ["50\u00a0€ : payé par « Seconde aide »"]


def test_what_bounds_an_amount_is_named():
    facts: dict[str, Value] = {"cpf.hours": 99900, "holder.region": "75"}
    _, steps, names = compute({"least_of": [HOURS, {"parameter": "group.ceiling"}]}, facts)
    ceiling = next(step for step in steps if step.subject == "group.ceiling")
    assert limit_label(ceiling, steps, names) == "plafond régional, région de résidence 75 : 3\u202f000\u00a0€"
    product = next(step for step in steps if step.kind == "product")
    assert limit_label(product, steps, names) == (
        "999\u00a0h (heures CPF au compte) × 9,15\u00a0€/h (valeur d'une heure) : 9\u202f140,85\u00a0€"
    )
