"""One cell of a table: what is read, what is refused, and that no refusal repeats what was written."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

pytest.importorskip("polars", reason="tables need the extra « frames »")

from cpf_funding.facts import BUILT_IN
from cpf_funding.frames.cells import checked, read_cell
from cpf_funding.frames.layout import TableColumn, table_columns
from generators import packaged

COLUMNS = {column.name: column for column in table_columns(packaged())}


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("training.costs.teaching", "5400", 540_000),
        ("training.costs.teaching", " 5400,5 ", 540_050),
        ("training.costs.teaching", "5400.05", 540_005),
        ("training.costs.teaching", "5 400,50 €", 540_050),
        ("training.costs.teaching", "1\u202f005\u00a0400,50", 100_540_050),
        ("training.costs.teaching", "0", 0),
        ("training.costs.teaching", "10000000", 1_000_000_000),
        ("training.hours.total", "35,5", 3_550),
        ("holder.contract.seniority_months", "30", 30),
        ("holder.qualification", "8", 8),
        ("holder.birth_date", "04/05/1978", date(1978, 5, 4)),
        ("holder.birth_date", "1978-05-04", date(1978, 5, 4)),
        ("holder.birth_date", "01/01/1900", date(1900, 1, 1)),
        ("training.start", "31/12/2100", date(2100, 12, 31)),
        ("project.validated", "VRAI", True),
        ("project.validated", "oui", True),
        ("project.validated", "1", True),
        ("project.validated", "Non", False),
        ("project.validated", "false", False),
        ("holder.status", "job_seeker", "job_seeker"),
        ("holder.region", "01", "01"),
        ("holder.contract.opco", " atlas ", "atlas"),
        ("training.certification.cpf_codes", "12345, 000001|7", "12345;000001;7"),
        ("training.certification.cpf_codes", ";", ""),
    ],
)
def test_a_cell_is_read_as_people_write_it(name: str, text: str, expected: Any) -> None:
    assert expected == read_cell(COLUMNS[name], text)


@pytest.mark.parametrize("text", ["", "  ", "\u00a0"])
@pytest.mark.parametrize("name", ["id", "training.costs.teaching", "holder.birth_date", "project.validated"])
def test_a_blank_cell_is_unknown(name: str, text: str) -> None:
    assert read_cell(COLUMNS[name], text) is None


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("training.costs.teaching", "cher", "ce n'est pas un nombre : écrivez par exemple 1234,50"),
        ("training.costs.teaching", "5 40", "ce n'est pas un nombre : écrivez par exemple 1234,50"),
        ("training.costs.teaching", "1,234,5", "ce n'est pas un nombre : écrivez par exemple 1234,50"),
        ("training.costs.teaching", "1e3", "ce n'est pas un nombre : écrivez par exemple 1234,50"),
        ("training.costs.teaching", "1.234", "plus de deux décimales : écrivez au centième, par exemple 1234.50"),
        ("training.costs.teaching", "-0,01", "le nombre est inférieur à 0 : vérifiez le signe et la valeur"),
        (
            "training.costs.teaching", "10000000,01",
            "le nombre dépasse 10\u202f000\u202f000 : vérifiez l'unité et la virgule",
        ),
        ("holder.qualification", "0", "le nombre est inférieur à 1 : vérifiez le signe et la valeur"),
        ("holder.qualification", "9", "le nombre dépasse 8 : vérifiez l'unité et la virgule"),
        ("holder.contract.seniority_months", "1201", "le nombre dépasse 1\u202f200 : vérifiez l'unité et la virgule"),
        ("holder.contract.seniority_months", "2,5", "un nombre entier est attendu : retirez les décimales"),
        (
            "holder.birth_date", "1899-12-31",
            "l'année n'est pas comprise entre 1900 et 2100 : écrivez-la à quatre chiffres",
        ),
        (
            "training.start", "31/12/1989",
            "l'année n'est pas comprise entre 1990 et 2100 : écrivez-la à quatre chiffres",
        ),
        (
            "training.start", "30/02/2017",
            "une date est attendue : écrivez par exemple 2017-03-01 ou 01/03/2017",
        ),
        ("training.start", "1/3/17", "une date est attendue : écrivez par exemple 2017-03-01 ou 01/03/2017"),
        ("project.validated", "peut-être", "oui ou non est attendu : écrivez true ou false"),
        ("holder.disability", "RQTH", "la valeur attendue est l'une de : none, boe, pending"),
        (
            "holder.region", "1",
            "un code de région a deux chiffres : mettez la colonne au format texte, et écrivez 01 pour 1",
        ),
        ("local.envelopes.ft.aif.state", "vide", "la valeur attendue est l'une de : open, low, exhausted"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_to_write(name: str, text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=r".+") as refused:
        read_cell(COLUMNS[name], text)
    assert reason == str(refused.value)


CLOSED = [each for each in COLUMNS.values() if each.choices or each.kind not in ("text", "code")]


@pytest.mark.parametrize("column", CLOSED, ids=lambda column: column.name)
def test_no_refusal_repeats_what_was_written(column: TableColumn) -> None:
    with pytest.raises(ValueError, match=r".+") as refused:
        read_cell(column, "Marie-Zoé 31/02/1978 -98765")
    assert not [part for part in ("Marie", "1978", "98765") if part in str(refused.value)]


@pytest.mark.parametrize("column", [each for each in COLUMNS.values() if each.unit], ids=lambda column: column.name)
def test_a_number_stands_within_its_bounds(column: TableColumn) -> None:
    assert (column.least, column.most) == (checked(column, column.least), checked(column, column.most))
    for beyond in (column.least - 1, column.most + 1):
        with pytest.raises(ValueError, match="nombre"):
            checked(column, beyond)


def test_the_bounds_of_the_dossier_are_those_of_the_table() -> None:
    """Written by hand from the model of the dossier."""
    bounds = {
        "holder.qualification": (1, 8), "holder.contract.seniority_months": (0, 1200), "project.cep_level": (1, 3),
        "holder.contract.headcount": (0, 10_000_000), "project.pmsmp_days": (0, 1000), "cpf.balance": (0, 10**9),
        "training.hours.total": (0, 10**7),
    }  # fmt: skip
    assert bounds == {name: (COLUMNS[name].least, COLUMNS[name].most) for name in bounds}


def test_every_fact_that_is_not_derived_has_a_column() -> None:
    derived = {"holder.age", "training.months", "training.notice_days", "training.hourly_price", "training.costs.total"}
    assert set(COLUMNS) & derived == set()
    assert set(COLUMNS) >= (set(BUILT_IN) | set(packaged().facts)) - derived
