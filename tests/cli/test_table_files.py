"""The files of `cpf-funding table`: what is refused whole, what is never left behind, what the terminal shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("polars", reason="tables need the extra « frames »")

import polars as pl

from cli.tables import COST, ON, rows
from cpf_funding.commands import table as command
from cpf_funding.exchange import dossier_tables


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", f"la colonne « {COST} » manque → ajoutez-la"),
        ("id;cout\na;3\n", f"la colonne « {COST} » manque → ajoutez-la"),
        (f"{COST};{COST}\n1;1\n", f"la colonne « {COST} » est donnée 2 fois → gardez-en une"),
        (f"{COST};\n1;\n", "une colonne n'a pas de nom → nommez-la sur la première ligne, ou retirez-la"),
        (f"{COST};unfunded\n1;1\n", "la colonne « unfunded » porte le nom d'un résultat → renommez-la, ou retirez-la"),
        (f"{COST};pays.x\n1;1\n", "la colonne « pays.x » porte le nom d'un résultat → renommez-la, ou retirez-la"),
        (f"{COST};nom\n1;Zoé\n".encode("cp1252"), "in.csv:2:1 : le fichier n'est pas écrit en UTF-8 → enregistrez"),
        (f'{COST};nom\n1;"ouvert\n', "in.csv:2:1 : le tableau ne se lit plus à partir d'ici"),
        (b"PK\x03\x04", "c'est un classeur ou une archive → donnez un CSV en UTF-8"),
        (b"PAR1 rien", "in.csv : le fichier Parquet est tronqué ou abîmé → reprenez l'export d'origine"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(plan_csv: Any, text: str | bytes, told: str) -> None:
    found, plans, rejected = plan_csv(text)
    assert (2, "", [], []) == (found.code, found.out, plans, rejected)
    assert told in found.err


def test_nothing_is_left_of_a_run_that_fails_late(plan_csv: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dossier_tables, "BATCH", 1)
    found, plans, rejected = plan_csv(f"{COST};nom\n1;a\nx;b\n1;Zo".encode() + b"\xe9\n")
    assert (2, [], []) == (found.code, plans, rejected)
    assert "in.csv:4:1 : le fichier n'est pas écrit en UTF-8" in found.err


def test_columns_that_are_not_read_are_named_and_copied(plan_csv: Any) -> None:
    text = f"holder.regio;holder.age;conseiller;{COST}\n75;39; Zoé ;10\n"
    found, plans, _ = plan_csv(text)
    assert [
        "colonne « holder.regio » : inconnue, recopiée sans être lue ; vouliez-vous dire « holder.region » ?",
        "colonne « holder.age » : se calcule à partir des autres, recopiée sans être lue",
        "colonne « conseiller » : inconnue, recopiée sans être lue",
    ] == found.err.splitlines()
    assert ("75", "39", " Zoé ") == tuple(plans[0][name] for name in ("holder.regio", "holder.age", "conseiller"))


def test_a_file_without_rows_gives_one_without_rows(plan_csv: Any, tmp_path: Path) -> None:
    found, plans, _ = plan_csv(f"{COST}\n")
    assert (0, "0 ligne lue : 0 planifiée, 0 refusée\n", []) == (found.code, found.out, plans)
    header = (tmp_path / "out.csv").read_text(encoding="utf-8-sig").strip().split(";")
    assert {"id", "as_of", COST, "unfunded", "complete", "verdict.compte"} <= set(header)


def test_a_file_whose_rows_are_all_rejected_keeps_its_columns(plan_csv: Any, tmp_path: Path) -> None:
    found, plans, rejected = plan_csv(f"{COST}\nx\n")
    assert (0, [], 1) == (found.code, plans, len(rejected))
    assert "unfunded" in (tmp_path / "out.csv").read_text(encoding="utf-8-sig")


def test_the_day_must_be_known(plan_csv: Any) -> None:
    found, plans, _ = plan_csv(f"{COST}\n1\n", "--engine", "polars")
    assert (2, []) == (found.code, plans)
    assert "le jour du plan n'est pas connu → ajoutez --on 2017-03-01, ou une colonne « as_of »" in found.err


@pytest.mark.parametrize(
    ("column", "values", "told"),
    [
        (COST, [10.5], "est de type Float64 → écrivez-y des centimes entiers, sans passer par des flottants : CAST("),
        ("cpf.hours", ["120"], "est de type String → écrivez-y des centièmes entiers, sans passer par"),
        ("holder.qualification", [3.0], "est de type Float64 → écrivez-y des entiers (BIGINT)"),
        ("holder.birth_date", ["1978-05-04"], "est de type String → écrivez-y des dates (DATE)"),
        ("project.validated", [1], "est de type Int64 → écrivez-y des booléens"),
        ("holder.region", [75], "est de type Int64 → écrivez-y des textes"),
        ("notes", [[1]], "est de type List(Int64) → retirez-la du fichier"),
    ],
)
def test_a_parquet_column_of_another_type_is_refused_by_name(
    run: Any, tmp_path: Path, rules: str, column: str, values: list[Any], told: str
) -> None:
    source, output = tmp_path / "in.parquet", tmp_path / "out.csv"
    pl.DataFrame({COST: [1_000]}).with_columns(pl.Series(column, values)).write_parquet(source)
    found = run("table", str(source), "-o", str(output), "--rules", rules, *ON)
    assert (2, False) == (found.code, output.exists())
    assert f"la colonne « {column} » {told}" in found.err


def test_parquet_values_out_of_bounds_are_rejected_one_by_one(run: Any, tmp_path: Path, rules: str) -> None:
    source, output = tmp_path / "in.parquet", tmp_path / "out.CSV"
    costs = pl.Series(COST, [1_000, 10**9 + 1, None, 2**64 - 1, 7], dtype=pl.UInt64)
    statuses = pl.Series("holder.status", ["employee", "employee", None, None, "boss"], dtype=pl.Categorical)
    starts = pl.Series("training.start", ["2017-06-05"] * 5).str.to_datetime()
    empty = pl.Series("holder.region", [None] * 5, dtype=pl.Null)
    pl.DataFrame([costs, statuses, starts, empty]).write_parquet(source)
    found = run("table", str(source), "-o", str(output), "--rules", rules, *ON)
    assert "5 lignes lues : 1 planifiée, 4 refusées" == found.out.splitlines()[0]
    assert ["10,00"] == [each[COST] for each in rows(output)]
    assert [("2", COST), ("3", COST), ("4", COST), ("5", "holder.status")] == [
        (each["ligne"], each["champ"]) for each in rows(tmp_path / "out.rejets.csv")
    ]


def test_the_files_of_a_run_are_new_and_apart(run: Any, parquet: Path, tmp_path: Path, rules: str) -> None:
    def refused(*options: str) -> str:
        before = sorted(tmp_path.iterdir())
        found = run("table", str(parquet), "--rules", rules, *options)
        assert (2, "", before) == (found.code, found.out, sorted(tmp_path.iterdir()))
        return str(found.err)

    here = str(tmp_path / "plans.CSV")
    assert f"le fichier {parquet} existe déjà" in refused("-o", str(parquet))
    assert f"le fichier {parquet} existe déjà" in refused("-o", here, "--rejected", str(parquet))
    assert "--rejected et -o donnent le même fichier" in refused("-o", here, "--rejected", here)
    assert "plans.xlsx ne dit pas son format → donnez un nom en .csv ou en .parquet" in refused("-o", "plans.xlsx")
    assert "absent/plans.csv ne peut pas être écrit" in refused("-o", str(tmp_path / "absent" / "plans.csv"))
    assert "il manque l'option '-o'" in refused()
    assert "« spark » n'est pas" in refused("-o", here, "--engine", "spark")
    missing = run("table", "absent.csv", "-o", here)
    assert (2, "absent.csv : le fichier n'existe pas → vérifiez le chemin et l'extension\n") == (
        missing.code, missing.err,
    )  # fmt: skip


def test_rejected_rows_may_go_elsewhere(plan_csv: Any, tmp_path: Path) -> None:
    elsewhere = tmp_path / "in.refus.csv"
    source, plans = tmp_path / "in.csv", tmp_path / "out.csv"
    with pytest.raises(AssertionError, match=r"in\.refus\.csv"):  # the only other file left
        plan_csv(f"{COST}\nx\n", *ON, "--rejected", str(elsewhere))
    assert ["2"] == [each["ligne"] for each in rows(elsewhere)]
    assert sorted([source, plans, elsewhere]) == sorted(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("absent", "engine", "extra"), [("polars", "polars", "frames"), ("pyarrow", "duckdb", "duckdb")]
)
def test_a_missing_library_is_named(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, absent: str, engine: str, extra: str
) -> None:
    monkeypatch.setattr(command, "find_spec", lambda name: None if name == absent else object())
    found = run("table", "in.csv", "-o", str(tmp_path / "out.csv"), "--engine", engine)
    advice = f"installez l'extra : pip install 'cpf-funding[cli,{extra}]'"
    said = f"il manque {absent} pour lire des tables avec {engine} → {advice}\n"
    assert (2, said) == (found.code, found.err)


@pytest.mark.parametrize("terminal", [True, False])
def test_a_bar_shows_on_a_terminal_only(
    run: Any, parquet: Path, tmp_path: Path, rules: str, monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    found = run("table", str(parquet), "-o", str(tmp_path / "out.csv"), "--rules", rules)
    assert terminal is ("100%" in found.err)
    assert "Plans" not in found.out
