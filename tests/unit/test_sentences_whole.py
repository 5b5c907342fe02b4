"""Every kind of evidence as one whole sentence, met or not, known or not, in a negation or not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cpf_funding.engine.plan import Contribution, FundingPlan, Receipt
from cpf_funding.engine.route import Route, cep_route
from cpf_funding.language.evidence import Evidence, Step
from cpf_funding.language.operations import step_label
from cpf_funding.language.sentences import sentence
from cpf_funding.language.units import Unit
from cpf_funding.language.words import missing_label
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.truth import Truth
from rulebooks import aid, rulebook, value
from worked import price

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
DAY, START = date(2017, 3, 1), date(2017, 6, 5)
LIST = {"list": "titres", "label": "liste des titres", "complete": True, "codes": "rncp", "source": "essai",
        "entries": [{"code": "RNCP1"}]}  # fmt: skip


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return rulebook(
        aid("a", 10, value("100"), label="Première"), aid("b", 20, value("100"), label="Seconde"), lists=[LIST]
    )


def listed(truth: Truth, **others: Any) -> Evidence:
    return Evidence(truth, "list", "titres", "in", seen=None if truth is UNKNOWN else "RNCP1", **others)


def envelope(truth: Truth, seen: str | None, **others: Any) -> Evidence:
    return Evidence(truth, "envelope", "a", "is", seen, "text", ("open",), **others)


def joined(truth: Truth, seen: int | None, least: int = 1, operator: str = "at_least") -> Evidence:
    return Evidence(truth, "joined_by", "a b", operator, seen, Unit.EUR, (least,))


def period(state: str, truth: Truth, **others: Any) -> Evidence:
    return Evidence(truth, "in_force", "a", state, DAY, "date", (date(2015, 1, 2),), **others)


def notice(truth: Truth, latest: date | None, **others: Any) -> Evidence:
    return Evidence(truth, "notice", "a", "at_most", DAY, "date", (latest,), **others)


def answer(truth: Truth, seen: date | None, start: date | None) -> Evidence:
    return Evidence(truth, "answer", "a", "at_most", seen, "date", (start,))


@pytest.mark.parametrize(
    ("evidence", "said", "opposite"),
    [
        (
            listed(YES, day=DAY, note="carif"),
            "certification RNCP1 : inscrite, condition remplie : être sur la liste « liste des titres » le 01/03/2017, "
            "source carif",
            "certification RNCP1 : inscrite, mais il faut ne pas être sur la liste « liste des titres » le 01/03/2017, "
            "source carif",
        ),
        (
            listed(NO),
            "certification RNCP1 : absente, mais il faut être sur la liste « liste des titres »",
            "certification RNCP1 : absente, condition remplie : ne pas être sur la liste « liste des titres »",
        ),
        (
            listed(UNKNOWN)._replace(subject="autre"),
            "certification : on ne sait pas, et il faut être sur la liste « autre »",
            "certification : on ne sait pas, et il faut ne pas être sur la liste « autre »",
        ),
        (
            envelope(YES, "open", day=DAY),
            "enveloppe « Première » : ouverte le 01/03/2017, condition remplie : une enveloppe ouverte",
            "enveloppe « Première » : ouverte le 01/03/2017, mais il faut une enveloppe épuisée",
        ),
        (
            envelope(NO, "exhausted"),
            "enveloppe « Première » : épuisée, mais il faut une enveloppe ouverte",
            "enveloppe « Première » : épuisée, condition remplie : une enveloppe épuisée",
        ),
        (
            envelope(UNKNOWN, None, day=DAY),
            "enveloppe « Première » : on ne sait pas, et il faut une enveloppe ouverte",
            "enveloppe « Première » : on ne sait pas, et il faut une enveloppe épuisée",
        ),
        (
            joined(YES, None),
            "financement par « Première » ou « Seconde » : prévu, condition remplie : un financement",
            "financement par « Première » ou « Seconde » : prévu, mais il faut aucun financement",
        ),
        (
            joined(NO, 0),
            "financement par « Première » ou « Seconde » : 0 €, mais il faut un financement",
            "financement par « Première » ou « Seconde » : 0 €, condition remplie : aucun financement",
        ),
        (
            joined(NO, 5000, 10_000),
            "financement par « Première » ou « Seconde » : 50 €, mais il faut au moins 100 €",
            "financement par « Première » ou « Seconde » : 50 €, condition remplie : moins de 100 €",
        ),
        (
            notice(YES, date(2017, 3, 2), day=START),
            "demande de « Première » : le 01/03/2017, condition remplie : au plus tard le 02/03/2017, pour un début le "
            "05/06/2017",
            None,
        ),
        (
            notice(NO, date(2017, 2, 3)),
            "demande de « Première » : le 01/03/2017, mais il faut au plus tard le 03/02/2017",
            None,
        ),
        (
            notice(UNKNOWN, None),
            "demande de « Première » : le 01/03/2017, et il faut au plus tard un jour qui n'est pas connu",
            None,
        ),
        (
            answer(NO, date(2017, 6, 7), START),
            "réponse de « Première » : attendue le 07/06/2017, mais il faut au plus tard le 05/06/2017, début de la "
            "formation",
            None,
        ),
        (
            answer(UNKNOWN, None, None),
            "réponse de « Première » : on ne sait pas, et il faut avant le début",
            None,
        ),
        (period("open", YES, note="essai"), "aide « Première » ouverte depuis le 02/01/2015 (source essai)", None),
        (period("open", YES), "aide « Première » ouverte depuis le 02/01/2015", None),
        (period("suspended", NO, note="gel"), "aide « Première » suspendue depuis le 02/01/2015 (gel)", None),
        (period("announced", NO), "aide « Première » seulement annoncée, à partir du 02/01/2015", None),
        (period("unknown", UNKNOWN), "on ne sait pas si l'aide « Première » est ouverte depuis le 02/01/2015", None),
        (period("ended", NO), "aide « Première » fermée : fin le 02/01/2015", None),
        (period("not_yet", NO), "aide « Première » pas encore ouverte : début le 02/01/2015", None),
        (period("open", YES)._replace(expected=()), "aide « Première » ouverte depuis le ?", None),
        (
            Evidence(NO, "ceiling", "a", "at_most", 250_000, "EUR", (100_000,)),
            "montant maximal de « Première » : 1 000 €, pour un coût total de 2 500 €",
            None,
        ),
        (
            Evidence(NO, "opinion", "a", "is", False, "truth", (True,), day=DAY, note="trop tôt"),
            "avis défavorable pour « Première » le 01/03/2017 : trop tôt",
            None,
        ),
        (Evidence(YES, "opinion", "a", "is", True, "truth", (True,)), "avis favorable pour « Première »", None),
        (
            Evidence(YES, "request", "a", "granted", 12_345, Unit.EUR, day=DAY),
            "demande de « Première » acceptée pour 123,45 € le 01/03/2017",
            None,
        ),
        (
            Evidence(NO, "request", "a", "refused", None, Unit.EUR, note="dossier incomplet"),
            "demande de « Première » refusée : dossier incomplet",
            None,
        ),
        (
            Evidence(YES, "override", "a", "force", "M. Le Goff", "text", day=DAY, note="vu avec elle"),
            "aide « Première » imposée par décision du conseiller (M. Le Goff) le 01/03/2017 : vu avec elle",
            None,
        ),
        (
            Evidence(NO, "override", "a", "bar", None, "text", note="vu avec elle"),
            "aide « Première » écartée par décision du conseiller : vu avec elle",
            None,
        ),
    ],
    ids=lambda each: f"{each.kind}-{each.operator}-{each.truth.name}" if isinstance(each, Evidence) else "",
)
def test_a_sentence(book: Rulebook, evidence: Evidence, said: str, opposite: str | None) -> None:
    def told(each: Evidence) -> str:
        return sentence(each, book).replace("\u00a0", " ").replace("\u202f", " ")

    assert told(evidence) == said
    if opposite is not None:
        assert told(Evidence(~evidence.truth, "not", children=(evidence,))) == opposite


def group(kind: str, *children: Evidence) -> Evidence:
    truth = (Truth.all if kind == "all" else Truth.any)([child.truth for child in children])
    return Evidence(truth, kind, children=children)


SWITCH = Evidence(NO, "amount", "parameter:x.open", "is", 0, Unit.YES_NO, (1,))
SHUT = "x.open : non, mais il faut oui"
BARRED, ALLOWED = envelope(NO, "exhausted"), envelope(YES, "open")
GONE = "enveloppe « Première » : épuisée, mais il faut une enveloppe ouverte"
HERE = "enveloppe « Première » : ouverte, condition remplie : une enveloppe ouverte"
PAID = "financement par « Première » ou « Seconde » : prévu, condition remplie : un financement"
UNPAID = "financement par « Première » ou « Seconde » : 0 €, mais il faut un financement"


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        (group("all", ALLOWED, joined(YES, None)), f"{HERE} ; {PAID}"),
        (group("any", ALLOWED, joined(YES, None)), HERE),  # one is enough
        (group("all", ALLOWED, BARRED), GONE),
        (group("all", BARRED, joined(NO, 0)), f"{GONE} ; {UNPAID}"),
        (group("any", BARRED, joined(NO, 0)), f"aucune de ces possibilités n'est remplie : [{GONE} ; {UNPAID}]"),
        (group("any", BARRED, SWITCH), GONE),  # nobody can open the other
        (group("any", BARRED, group("any", SWITCH, SWITCH)), GONE),
        (group("any", BARRED, group("all", SWITCH, joined(NO, 0))), GONE),
        (group("any", BARRED, group("any", SWITCH, joined(NO, 0))),
         f"aucune de ces possibilités n'est remplie : [{GONE} ; {UNPAID}]"),
        (group("any", SWITCH, SWITCH), f"aucune de ces possibilités n'est remplie : [{SHUT} ; {SHUT}]"),
        (group("any", SWITCH), SHUT),
    ],
)  # fmt: skip
def test_a_group_says_what_decides_it(book: Rulebook, evidence: Evidence, said: str) -> None:
    assert sentence(evidence, book).replace("\u00a0", " ") == said


@pytest.mark.parametrize(
    ("subject", "label"),
    [
        ("parameter:x:y", "la valeur de « x:y » (x:y) à cette date"),
        ("envelope:a", "l'état de l'enveloppe « Première »"),
        ("list:titres", "l'inscription de la certification sur la liste « liste des titres »"),
        ("list:autre", "l'inscription de la certification sur la liste « autre »"),
        ("in_force:a", "l'ouverture de l'aide « Première » à cette date"),
        ("delay:b", "le délai de réponse de « Seconde »"),
        ("holder.region", "région de résidence"),
        ("autre.fait", "autre.fait"),
    ],
)
def test_what_is_missing_is_named(book: Rulebook, subject: str, label: str) -> None:
    assert missing_label(subject, book) == label


@pytest.mark.parametrize(
    ("kind", "subject", "label"),
    [
        ("fact", "holder.region", "région de résidence"),
        ("envelope", "a", "reste de l'enveloppe « Première »"),
        ("remaining", "teaching exam", "reste à payer : coût pédagogique et frais d'examen"),
        ("paid_by", "a b", "payé par « Première » et « Seconde »"),
        ("sum", "", ""),
    ],
)
def test_what_a_step_reads_is_named(book: Rulebook, kind: str, subject: str, label: str) -> None:
    assert step_label(Step(0, kind, subject, 1, 1, Unit.EUR), book) == label


# Counselling routes -----------------------------------------------------------------------------


def plan_of(*paying: str) -> FundingPlan:
    """A plan in which these aids pay; nothing else of it is looked at."""
    lines = tuple(
        Contribution(id, id, "funder", 1, {}, 1, "right", (), (), (), None, (), by_holder=id == "me") for id in paying
    )
    return FundingPlan(
        None, DAY, {}, 0, lines, 0, 0, {}, 0, 0, (), (), (), (), (), (), (), Receipt("1", "0", "0", DAY)
    )  # fmt: skip


ROUTES = rulebook(
    aid("cpf", 10, value("1"), kind="right"), aid("a", 20, value("1")),
    aid("me", 30, value("1"), kind="own_money", funder="holder"),
)  # fmt: skip
TOP_UP = Route("cpf_with_top_up", "CPF complété par d'autres financeurs", 3)
ALTERNANCE = Route("alternance", "Alternance")


@pytest.mark.parametrize(
    ("given", "paying", "routes"),
    [
        ({}, ["cpf"], [Route("cpf_alone", "CPF mobilisé seul")]),
        ({}, ["cpf", "me"], [Route("cpf_alone", "CPF mobilisé seul")]),
        ({}, ["cpf", "a"], [TOP_UP]),
        ({}, ["a"], []),
        ({"answers": {"course.alternating": True, "employer.contract_offered": "apprenticeship"}}, [], [ALTERNANCE]),
        ({"answers": {"course.alternating": "True", "employer.contract_offered": "professionalisation"}}, [],
         [ALTERNANCE]),
        ({"answers": {"course.alternating": True, "employer.contract_offered": "cdi"}}, [], []),
        ({"answers": {"employer.contract_offered": "apprenticeship"}}, [], []),
        ({"holder": {"contract": {"kind": "apprenticeship"}}}, [], [ALTERNANCE]),
        ({"project": {"pmsmp_days": 1}}, [],
         [Route("pmsmp", "Période de mise en situation en milieu professionnel (PMSMP)")]),
        ({"project": {"pmsmp_days": 0}}, [], []),
        ({"training": {"kind": "vae"}}, [], [Route("vae", "Validation des acquis de l'expérience (VAE)")]),
        ({"training": {"kind": "partial_certification"}}, [],
         [Route("partial_certification", "Certification partielle")]),
    ],
)  # fmt: skip
def test_a_route_is_shown_by_the_dossier_or_by_its_plan(
    given: dict[str, Any], paying: list[str], routes: list[Route]
) -> None:
    found = cep_route(price("1", **given), plan_of(*paying), ROUTES)
    assert list(found.routes) == routes
    assert list(found.beyond) == ([TOP_UP] if TOP_UP in routes else [])


@pytest.mark.parametrize(("level", "beyond"), [(None, True), (2, True), (3, False)])
def test_a_route_beyond_the_level_reached(level: int | None, beyond: bool) -> None:
    found = cep_route(price("1", project={"cep_level": level}), plan_of("cpf", "a"), ROUTES)
    assert (found.level, found.beyond) == (level, (TOP_UP,) if beyond else ())
