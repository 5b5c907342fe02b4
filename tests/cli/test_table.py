"""`cpf-funding table` as an agency runs it: a file of dossiers in, plans and rejected rows out, nothing lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("polars", reason="tables need the extra « frames »")

import polars as pl

from cli.tables import COST, GOOD, HEADER, ON, dossiers, rows
from cpf_funding import frames
from cpf_funding.exchange import dossier_tables
from cpf_funding.frames import CannotCompileError
from cpf_funding.frames.rows import is_result
from cpf_funding.reading.dossiers import write_dossier_yaml

# Plans ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_each_row_has_the_plan_of_its_dossier(
    run: Any, parquet: Path, tmp_path: Path, dossier: str, rules: str, suffix: str
) -> None:
    output = tmp_path / f"plans.{suffix}"
    assert run("table", str(parquet), "-o", str(output), "--rules", rules).code == 0
    if suffix == "csv":
        euros = [{key: each[key].replace(",", ".") for key in each} for each in rows(output)]
    else:
        euros = [
            {key: f"{value / 100:.2f}" if type(value) is int else str(value) for key, value in each.items()}
            for each in pl.read_parquet(output).to_dicts()
        ]
    assert len(euros) == 6
    for number, each in enumerate(dossiers(dossier)):
        path = tmp_path / f"{number}.yaml"
        path.write_text(write_dossier_yaml(each), encoding="utf-8")
        plan = json.loads(run("plan", str(path), "--rules", rules, "--format", "json").out)
        row = euros[number]
        paid = {key.removeprefix("pays."): row[key] for key in row if key.startswith("pays.") and row[key] != "0.00"}
        assert (each.id, str(each.as_of)) == (row["id"], row["as_of"])
        assert {line["aid"]: line["amount"] for line in plan["contributions"] if line["amount"] != "0.00"} == paid
        assert (plan["holder_pays"], plan["unfunded"]) == (row["holder_pays"], row["unfunded"])
        assert str(plan["complete"]).lower() == row["complete"].lower()
        told = {"open": "true", "refused": "false", "unknown": ""}
        verdicts = {verdict["aid"]: told[verdict["state"]] for verdict in plan["verdicts"]}
        written = {
            key.removeprefix("verdict."): row[key].lower().replace("none", "") for key in row if key[:8] == "verdict."
        }
        assert verdicts == written


def test_the_two_engines_write_the_same_bytes(run: Any, parquet: Path, tmp_path: Path, rules: str) -> None:
    pytest.importorskip("duckdb", reason="the DuckDB engine needs duckdb")
    pytest.importorskip("pyarrow", reason="the DuckDB engine needs pyarrow")
    for suffix in ("csv", "parquet"):
        found = []
        for engine in ("polars", "duckdb"):
            output = tmp_path / f"{engine}.{suffix}"
            assert run("table", str(parquet), "-o", str(output), "--rules", rules, "--engine", engine).code == 0
            found.append(output.read_bytes())
        assert found[0] == found[1]


def test_rules_that_columns_cannot_express_give_the_same_plans_one_by_one(
    run: Any, parquet: Path, tmp_path: Path, rules: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, slow = tmp_path / "plain.csv", tmp_path / "slow.csv"
    assert run("table", str(parquet), "-o", str(plain), "--rules", rules).err == ""

    def refuse(*_: Any) -> None:
        raise CannotCompileError("essai", "trop de combinaisons")

    monkeypatch.setattr(frames, "plan_frame", refuse)
    monkeypatch.setattr(dossier_tables, "BATCH", 4)
    found = run("table", str(parquet), "-o", str(slow), "--rules", rules)
    assert "01/03/2017 : plans calculés un à un, plus lentement (essai : trop de combinaisons)\n" == found.err
    wanted, seen = rows(plain), rows(slow)
    for row in (*wanted, *seen):  # an aid that never enters a plan has no column of its own in the first
        row.update({name: row.get(name, "0,00") for name in seen[0] if name.startswith("pays.")})
    assert wanted == seen


def test_batches_do_not_show(
    run: Any, parquet: Path, tmp_path: Path, rules: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, cut, source = tmp_path / "whole.csv", tmp_path / "cut.csv", tmp_path / "again.csv"
    found = run("table", str(parquet), "-o", str(whole), "--rules", rules)
    given = [name for name in rows(whole)[0] if not is_result(name)]
    pl.read_csv(whole, separator=";", infer_schema=False).select(given).write_csv(source, separator=";")
    monkeypatch.setattr(dossier_tables, "BATCH", 2)
    for path in (parquet, source):
        assert found.out == run("table", str(path), "-o", str(cut), "--rules", rules).out
        assert whole.read_bytes() == cut.read_bytes()
        cut.unlink()


def test_the_summary_counts_rows_and_euros(run: Any, parquet: Path, tmp_path: Path, rules: str) -> None:
    output = tmp_path / "plans.parquet"
    said = run("table", str(parquet), "-o", str(output), "--rules", rules).out.replace("\u202f", "").splitlines()
    plans = pl.read_parquet(output)
    assert "6 lignes lues : 6 planifiées, 0 refusée" == said[0]
    complete = plans["complete"].sum()
    assert f"  {complete} {'plans complets' if complete > 1 else 'plan complet'}" == said[1]
    cents = [round(100 * float(line.split("\u00a0€")[0].replace(",", "."))) for line in said[2:]]
    cost = plans.select(pl.col("^training\\.costs\\..*$")).fill_null(0).sum().sum_horizontal().item()
    unfunded = round(100 * float(said[2].split(", ")[1].split("\u00a0")[0].replace(",", ".")))
    assert (cost, plans["unfunded"].sum()) == (cents[0], unfunded)
    assert cost == sum(cents[1:]) + unfunded


def test_each_row_may_have_its_day(plan_csv: Any) -> None:
    """The small rules know a fund that ends with 2016, and others that start with 2015."""
    text = f"id;as_of;{COST}\na;01/03/2017;700\nb;2016-12-31;700\nc;2014-12-31;700\n"
    found, plans, _ = plan_csv(text, "--on", "")
    assert found.code == 2  # an empty day is no day
    found, plans, _ = plan_csv(text, "--engine", "polars")
    assert found.code == 0
    fund = [(row["id"], row["as_of"], row["pays.fonds.ancien"], row["verdict.compte"]) for row in plans]
    assert [
        ("a", "2017-03-01", "0,00", ""), ("b", "2016-12-31", "500,00", ""), ("c", "2014-12-31", "500,00", "false"),
    ] == fund  # fmt: skip


def test_a_batch_of_rejected_rows_takes_nothing_from_the_others(plan_csv: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dossier_tables, "BATCH", 1)
    _, plans, rejected = plan_csv(f"as_of;{COST}\n2017-03-01;x\n2016-12-31;700\n?;700\n", "--engine", "polars")
    assert [("3", "500,00", "200,00")] == [(row["id"], row["pays.fonds.ancien"], row["unfunded"]) for row in plans]
    assert ["2", "4"] == [row["ligne"] for row in rejected]


def test_local_rules_change_the_plans(plan_csv: Any, tmp_path: Path) -> None:
    """The agency's envelope is exhausted: what a row says of another fact does not bring it back."""
    text = f"{HEADER.strip()};holder.registered;holder.region\n{GOOD.strip()};oui;75\n"
    overlay = tmp_path.parent / f"{tmp_path.name}.yaml"
    overlay.write_text(
        "schema: cpf-funding/overlay/1\noverlay: agence\nlevel: agency\n"
        "sources: {note: {title: Note, confidence: medium, checked_on: 2017-02-01}}\n"
        "envelopes: {agence.aide: [{from: 2017-01-01, until: 2017-12-31, state: exhausted, source: note}]}\n",
        encoding="utf-8",
    )
    (before,) = plan_csv(text)[1]
    for name in ("out.csv", "in.csv"):
        (tmp_path / name).unlink()
    (after,) = plan_csv(text, *ON, "--overlay", str(overlay))[1]
    assert ("3000,00", "") == (before["pays.agence.aide"], before["verdict.agence.aide"])
    assert ("false", "raised") == (after["verdict.agence.aide"], after["cause.aif_envelope_exhausted"])
    assert after.get("pays.agence.aide", "0,00") == "0,00"


def test_a_day_given_replaces_those_of_the_rows(plan_csv: Any) -> None:
    found, plans, _ = plan_csv(f"as_of;{COST}\nhier;700\n", "--on", "2016-12-31")
    assert (found.code, [("2016-12-31", "500,00")]) == (
        0, [(row["as_of"], row["pays.fonds.ancien"]) for row in plans],
    )  # fmt: skip


# Rejected rows ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("training.start", "demain", "une date est attendue : écrivez par exemple 2017-03-01 ou 01/03/2017"),
        (COST, "cher", "ce n'est pas un nombre : écrivez par exemple 1234,50"),
        (COST, "-1", "le nombre est inférieur à 0 : vérifiez le signe et la valeur"),
        (COST, "99999999", "le nombre dépasse 10\u202f000\u202f000 : vérifiez l'unité et la virgule"),
        (COST, " ", "le coût pédagogique manque : écrivez un montant, 0 si la formation est gratuite"),
        ("id", "", "l'identifiant manque : écrivez-en un, ou retirez la colonne"),
        (
            "holder.status", "chomeur",
            "la valeur attendue est l'une de : job_seeker, employee, temporary_worker, public_agent, self_employed, "
            "esat_worker, inactive",
        ),
        ("project.validated", "bof", "oui ou non est attendu : écrivez true ou false"),
        (
            "training.end", "04/06/2017",
            "la fin (2017-06-04) précède le début (2017-06-05) : corrigez « start » ou « end »",
        ),
        (
            "holder.birth_date", "02/03/2017",
            "la date de naissance suit la date du plan : corrigez « birth_date » ou « as_of »",
        ),
    ],
)  # fmt: skip
def test_a_bad_row_stops_nothing(plan_csv: Any, column: str, cell: str, reason: str) -> None:
    cells = dict(zip(HEADER.strip().split(";"), GOOD.strip().split(";"), strict=True))
    bad = ";".join({**cells, column: cell}.values()) + "\n"
    found, plans, rejected = plan_csv(HEADER + GOOD + bad + "\n" + GOOD)
    assert found.code == 0
    assert "3 lignes lues : 2 planifiées, 1 refusée" == found.out.splitlines()[0]
    assert "  les lignes refusées sont dans" in found.out
    assert plans[0] == plans[1]
    assert [{"ligne": "3", "champ": column, "raison": reason}] == rejected


def test_every_mistake_of_a_row_is_told_at_once(plan_csv: Any) -> None:
    bad = "b;boss;31/02/1978;bof;05/06/2017;04/06/2017;x;\n"
    _, plans, rejected = plan_csv(HEADER + bad + GOOD)
    fields = ["cpf.hours", "holder.birth_date", "holder.status", "project.validated", COST, "training.end"]
    assert [("2", field) for field in fields] == [(each["ligne"], each["champ"]) for each in rejected]
    assert ["a"] == [row["id"] for row in plans]


def test_hours_that_contradict_each_other_are_rejected(plan_csv: Any) -> None:
    names = f"{COST};training.hours.total;training.hours.centre;training.hours.company\n"
    _, plans, rejected = plan_csv(f"{names}10;100;60;40,01\n10;100;60;40\n10;;60;40\n10;50;60;\n")
    assert [("2", "training.hours.total"), ("5", "training.hours.total")] == [
        (each["ligne"], each["champ"]) for each in rejected
    ]
    assert ["3", "4"] == [row["id"] for row in plans]  # without a column of identifiers, the line is one


def test_a_line_of_another_length_is_rejected_and_its_number_is_that_of_the_file(plan_csv: Any) -> None:
    _, plans, rejected = plan_csv(f'id;{COST}\n"a\nb";10\n\nc;10;11\nd;10\n')
    assert ["a\nb", "d"] == [row["id"] for row in plans]
    reason = "3 cellules au lieu de 2 : mettez entre guillemets un texte qui contient le séparateur"
    assert [{"ligne": "5", "champ": "", "raison": reason}] == rejected


def test_rows_add_up_whatever_they_hold(plan_csv: Any) -> None:
    lines = [GOOD, "x\n", GOOD.replace("120", "-1"), GOOD.replace("5 400,00", ""), "\n", GOOD.replace("oui", "ouais")]
    found, plans, rejected = plan_csv(HEADER + "".join(lines * 3))
    assert "15 lignes lues : 3 planifiées, 12 refusées" == found.out.splitlines()[0]
    assert (3, 12) == (len(plans), len({each["ligne"] for each in rejected}))


def test_no_personal_value_is_repeated(plan_csv: Any) -> None:
    names = "id;holder.birth_date;holder.disability;holder.allowance.daily;means.holder_can_pay;" + COST
    found, _, rejected = plan_csv(f"{names}\nMarie;1878-05-04;RQTH-99;12345678,90;trois mille;10\n")
    assert 4 == len(rejected)
    said = found.out + found.err + str(rejected)
    assert not [word for word in ("Marie", "1878", "RQTH", "12345678", "trois mille") if word in said]
