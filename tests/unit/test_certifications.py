"""The registers of France compétences: what is read of each form, and what a row is refused for."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from cpf_funding.errors import CpfFundingError, InputError
from cpf_funding.exchange.importing import read_rows
from cpf_funding.exchange.rows import Row

DATA = Path(__file__).parent.parent / "data" / "certifications"
RNCP = DATA / "rncp_v4.1_extrait_2026-08-16.xml"
RS = DATA / "rs_v4.1_extrait_2026-08-16.xml"
CSV = DATA / "export_fiches_CSV_Standard_2024_02_22_extrait.csv"
HEADER = "Numero_Fiche;Intitule;Date_Decision;Date_Fin_Enregistrement;Date_Effet\n"
FICHE = "<FICHE><NUMERO_FICHE>{0}</NUMERO_FICHE><DATE_EFFET>{1}</DATE_EFFET></FICHE>"


def dates(rows: Sequence[Row]) -> dict[str, tuple[date | None, date | None]]:
    return {row.code: (row.entry.from_, row.entry.until) for row in rows if row.entry is not None}


def flaws(rows: Sequence[Row]) -> list[tuple[int, int, str, str]]:
    return [(row.origin.line, row.rank, field, reason) for row in rows for field, reason in row.flaws]


def read(tmp_path: Path, text: str | bytes) -> list[Row]:
    path = tmp_path / "export"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(read_rows(path))


def message(tmp_path: Path, text: str | bytes) -> str:
    with pytest.raises(InputError) as error:
        read(tmp_path, text)
    (problem,) = error.value.problems
    return str(problem).removeprefix(f"{tmp_path}/export")


def test_the_xml_flow_gives_effect_else_decision_and_the_end_of_registration() -> None:
    rows = list(read_rows(RNCP))
    assert dates(rows) == {
        "RNCP37488": (date(2023, 9, 1), date(2028, 8, 31)),
        "RNCP35419": (date(2021, 3, 17), date(2026, 3, 17)),
        "RNCP36612": (date(2022, 7, 1), date(2027, 7, 1)),
        "RNCP40344": (date(2025, 3, 28), date(2028, 3, 28)),
    }
    assert [row.rank for row in rows] == [1, 2, 3, 4]
    assert rows[0].entry is not None
    assert (rows[0].entry.label, rows[0].origin.line) == ("Cybersécurité", 4)


def test_the_flag_of_the_day_is_not_read() -> None:
    """RNCP35419 is flagged inactive on the day of the export, and was registered until 17 March 2026."""
    assert dates(list(read_rows(RNCP)))["RNCP35419"] == (date(2021, 3, 17), date(2026, 3, 17))


def test_the_xml_flow_of_the_specific_register() -> None:
    assert list(dates(list(read_rows(RS)))) == ["RS6232", "RS6547", "RS5000", "RS6604"]


def test_the_table_holds_both_registers_and_leaves_unknown_starts_open() -> None:
    rows = dates(list(read_rows(CSV)))
    assert len(rows) == 9
    assert rows["RNCP509"] == (None, date(2023, 8, 31))
    assert rows["RS5000"] == (date(2019, 6, 13), date(2024, 5, 24))


def test_the_table_of_the_published_archive_is_the_same() -> None:
    """Its nine other tables are passed over, and two of its names are badly encoded."""
    zipped = list(read_rows(DATA / "export-fiches-csv-2024-02-22_extrait.zip"))
    assert dates(zipped) == dates(list(read_rows(CSV)))
    assert zipped[0].origin.file.endswith("extrait.zip (export_fiches_CSV_Standard_2024_02_22.csv)")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE FICHES [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE FICHES SYSTEM "http://exemple.invalid/fiches.dtd">',
        "<!--" + " " * 100_000 + '--><!DOCTYPE FICHES [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    ],
    ids=["internal", "external", "far from the head"],
)
def test_a_document_type_is_refused_before_any_entity_is_read(tmp_path: Path, declaration: str, encoding: str) -> None:
    body = f"<FICHES>{FICHE.format('RS1', '01/01/2020')}</FICHES>"
    text = f'<?xml version="1.0" encoding="{encoding}"?>{declaration}{body}'
    assert "DOCTYPE" in message(tmp_path, text.encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "martien", "unicode_escape", "idna"])
def test_the_declared_encoding_is_not_looked_up(tmp_path: Path, encoding: str) -> None:
    """Its name could be that of any codec; the exports are in UTF-8, and UTF-16 says itself by its first bytes."""
    text = f'<?xml version="1.0" encoding="{encoding}"?><FICHES>{FICHE.format("RS1", "")}</FICHES>'
    assert dates(read(tmp_path, text)) == {"RS1": (None, None)}
    assert "pas un XML bien formé en UTF-8" in message(tmp_path, text.replace("RS1", "é").encode("latin-1"))
    assert dates(read(tmp_path, text.encode("utf-16"))) == {"RS1": (None, None)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<FICHES>", ":1:1 : le fichier n'est pas un XML bien formé en UTF-8, ou il est tronqué → donnez"),
        ("<FICHES>\n<FICHE>&nbsp;</FICHE></FICHES>", ":2:1 : le fichier n'est pas un XML bien formé"),
        ("<lheo/>", ":1:1 : la racine est « lheo » au lieu de « FICHES » → donnez"),
    ],
)
def test_a_wrong_xml_file_is_refused_at_its_line(tmp_path: Path, text: str, expected: str) -> None:
    assert expected in message(tmp_path, text)


@pytest.mark.parametrize(
    ("number", "day", "field", "reason"),
    [
        ("RS1", "31/02/2020", "DATE_EFFET", "« 31/02/2020 » n'est pas une date jj/mm/aaaa"),
        ("RS1", "1/1/20", "DATE_EFFET", "« 1/1/20 » n'est pas une date jj/mm/aaaa"),
        ("1234", "", "NUMERO_FICHE", "« 1234 » n'est pas un numéro du RNCP ou du RS"),
        ("", "", "NUMERO_FICHE", "«  » n'est pas un numéro du RNCP ou du RS"),
    ],
)
def test_a_wrong_record_is_refused_and_the_others_are_read(
    tmp_path: Path, number: str, day: str, field: str, reason: str
) -> None:
    wrong = FICHE.format(number, day)
    rows = read(tmp_path, f"<FICHES>\n{FICHE.format('RS8', '')}\n{wrong}\n{FICHE.format('RS9', '')}\n</FICHES>")
    assert list(dates(rows)) == ["RS8", "RS9"]
    assert flaws(rows) == [(3, 2, field, reason)]


def test_only_the_number_of_the_record_itself_counts(tmp_path: Path) -> None:
    nested = "<NOUVELLES_CERTIFICATIONS><NUMERO_FICHE>RS9</NUMERO_FICHE></NOUVELLES_CERTIFICATIONS>"
    text = f"<FICHES><FICHE><NUMERO_FICHE>RS1</NUMERO_FICHE>{nested}</FICHE></FICHES>"
    assert dates(read(tmp_path, text)) == {"RS1": (None, None)}


def test_every_wrong_field_of_every_row_of_a_table_is_told(tmp_path: Path) -> None:
    rows = read(
        tmp_path, HEADER + 'RS1;"A\nB";;x;y\n\nRS2;B;;31/12/2020;\nabc;C;;;\nRS3;D\nRS4;E;01/02/2020;01/01/2020;\n'
    )
    assert flaws(rows) == [
        (2, 1, "Date_Effet", "« y » n'est pas une date jj/mm/aaaa"),
        (2, 1, "Date_Fin_Enregistrement", "« x » n'est pas une date jj/mm/aaaa"),
        (6, 3, "Numero_Fiche", "« abc » n'est pas un numéro du RNCP ou du RS"),
        (7, 4, "ligne", "2 cellules au lieu de 5"),
        (8, 5, "Date_Fin_Enregistrement", "la fin (01/01/2020) précède le début (01/02/2020)"),
    ]
    assert dates(rows) == {"RS2": (None, date(2020, 12, 31))}


def test_a_title_is_one_line_of_a_reasonable_length_without_null_character(tmp_path: Path) -> None:
    good, long, null = read(tmp_path, HEADER + f"RS1; A  B ;;;\nRS2;{'x' * 2001};;;\nRS3;a\0b;;;\n")
    assert good.entry is not None
    assert good.entry.label == "A B"
    assert flaws([long, null]) == [
        (3, 2, "Intitule", "le texte dépasse 2000 caractères"),
        (4, 3, "Intitule", "le texte contient un caractère nul"),
    ]


@pytest.mark.parametrize("start", ["\ufeff", "", '\ufeff"Actif";'])
def test_a_byte_order_mark_and_the_order_of_columns_do_not_matter(tmp_path: Path, start: str) -> None:
    extra = ";" if "Actif" in start else ""
    assert dates(read(tmp_path, f"{start}{HEADER}{extra}RS1;A;02/01/2020;;03/01/2020\r\n")) == {
        "RS1": (date(2020, 1, 3), None)
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ":1:1 : ce n'est pas un tableau connu → donnez le tableau « Standard »"),
        (HEADER.replace("Date_Effet", "Effet"), ":1:1 : ce n'est pas un tableau connu"),
        (HEADER + 'RS1;A;;;\nRS2;"A;;;\nRS3;B;;;\n', ":3:1 : le tableau ne se lit plus à partir d'ici → vérifiez"),
        (HEADER + "RS1;" + "x" * 200_000 + ";;;\n", ":2:1 : le tableau ne se lit plus à partir d'ici"),
        (HEADER + "x" * 1_000_001, ":2:1 : une ligne dépasse 1000000 octets"),
        ((HEADER + "RS1;A;;;\nRS2;Métier;;;\n").encode("latin-1"), ":3:1 : le fichier n'est pas écrit en UTF-8"),
        (HEADER.encode("utf-16"), ":1:1 : le fichier n'est pas écrit en UTF-8"),
        ('"' + "x" * 200_000 + '"\n', "la première ligne n'est pas une ligne de noms de colonnes"),
    ],
)  # fmt: skip
def test_a_wrong_table_is_refused_at_its_line(tmp_path: Path, text: str | bytes, expected: str) -> None:
    assert expected in message(tmp_path, text)


def test_without_its_extra_a_flow_is_refused_and_a_table_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "defusedxml", None)
    monkeypatch.delitem(sys.modules, "defusedxml.ElementTree", raising=False)
    with pytest.raises(CpfFundingError, match=r"extra « xml » → .*pip install 'cpf-funding\[xml\]'.*CSV"):
        list(read_rows(RNCP))
    assert len(list(read_rows(CSV))) == 9
