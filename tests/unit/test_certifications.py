"""The registers of France compétences: what is read, what is refused, what is written."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cpf_funding.errors import InputError
from cpf_funding.exchange.certifications import merge, read_rncp_xml, read_standard_csv, to_yaml
from cpf_funding.reading.french import validate
from cpf_funding.reading.strict import read_text
from cpf_funding.rulebook.location import packaged_rules
from cpf_funding.rulebook.shapes import ListFile

DATA = Path(__file__).parent.parent / "data" / "certifications"
RNCP = DATA / "rncp_v4.1_extrait_2026-08-16.xml"
RS = DATA / "rs_v4.1_extrait_2026-08-16.xml"
CSV = DATA / "export_fiches_CSV_Standard_2024_02_22_extrait.csv"
HEADER = "Numero_Fiche;Intitule;Date_Decision;Date_Fin_Enregistrement;Date_Effet\n"


def dates(list_file: ListFile) -> dict[str, tuple[date | None, date | None]]:
    return {entry.code: (entry.from_, entry.until) for entry in list_file.entries}


def xml(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "export.xml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def csv(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_xml_flow_gives_effect_else_decision_and_the_end_of_registration() -> None:
    read = read_rncp_xml(RNCP)
    expected = {
        "RNCP37488": (date(2023, 9, 1), date(2028, 8, 31)),
        "RNCP35419": (date(2021, 3, 17), date(2026, 3, 17)),
        "RNCP36612": (date(2022, 7, 1), date(2027, 7, 1)),
        "RNCP40344": (date(2025, 3, 28), date(2028, 3, 28)),
    }
    assert (read.list, read.codes, read.complete, read.source) == ("rncp", "rncp", False, "france-competences")
    assert dates(read) == expected
    assert read.entries[0].label == "Cybersécurité"


def test_the_xml_flow_of_the_specific_register() -> None:
    read = read_rncp_xml(RS, source="autre")
    assert (read.list, read.codes, read.source) == ("rs", "rs", "autre")
    assert list(dates(read)) == ["RS6232", "RS6547", "RS5000", "RS6604"]


def test_the_flag_of_the_day_is_not_read() -> None:
    """RNCP35419 is flagged inactive on the day of the export, and was registered until 17 March 2026."""
    assert dates(read_rncp_xml(RNCP))["RNCP35419"] == (date(2021, 3, 17), date(2026, 3, 17))


def test_the_table_holds_both_registers_and_leaves_unknown_starts_open() -> None:
    rncp, rs = read_standard_csv(CSV)
    assert (rncp.codes, len(rncp.entries)) == ("rncp", 7)
    assert dates(rncp)["RNCP509"] == (None, date(2023, 8, 31))
    assert dates(rs) == {
        "RS5000": (date(2019, 6, 13), date(2024, 5, 24)), "RS6117": (date(2022, 9, 29), date(2025, 9, 29)),
    }  # fmt: skip


def test_the_latest_export_prevails() -> None:
    older = read_standard_csv(CSV)[1]
    both = merge(read_rncp_xml(RS), older)
    assert [entry.code for entry in both.entries] == ["RS6232", "RS6547", "RS5000", "RS6604", "RS6117"]
    assert dates(both)["RS5000"] == (date(2019, 5, 24), date(2024, 5, 24))


def test_two_registers_do_not_merge() -> None:
    with pytest.raises(InputError, match="deux répertoires différents : rncp et rs"):
        merge(read_rncp_xml(RNCP), read_rncp_xml(RS))


@pytest.mark.parametrize("position", [0, 1], ids=["rncp", "rs"])
def test_the_lists_shipped_are_these_extracts(position: int) -> None:
    latest = read_rncp_xml((RNCP, RS)[position])
    expected = merge(latest, read_standard_csv(CSV)[position])
    path = packaged_rules() / "lists" / f"{expected.list}.yaml"
    shipped = validate(ListFile, read_text(path.read_text(encoding="utf-8"), str(path)))
    assert dates(shipped) == dates(expected)
    assert {e.code: e.label for e in shipped.entries} == {e.code: e.label for e in expected.entries}


def test_a_list_written_is_a_list_read_again() -> None:
    source = ListFile.model_validate({
        "list": "coparef", "label": "Liste « COPAREF »", "codes": "cpf", "source": "essai", "complete": True,
        "checked_on": date(2026, 11, 23), "confidence": "low",
        "entries": (
            {"code": "0123", "label": 'Guillemets "doubles", \\, : # et {a}', "public": "job_seeker",
             "regions": ("01", "75"), "branches": ("78.20Z",), "from": date(2015, 1, 1)},
            {"code": "99", "until": date(2018, 12, 31)},
        ),
    })  # fmt: skip
    text = to_yaml(source, comment="origine\n\nlicence")
    again = validate(ListFile, read_text(text, "liste.yaml"))
    assert text.splitlines()[1:4] == ["# origine", "#", "# licence"]
    assert again.model_dump(exclude={"entries"}) == source.model_dump(exclude={"entries"})
    assert [entry.model_dump() for entry in again.entries] == [entry.model_dump() for entry in reversed(source.entries)]


def test_entries_are_written_in_the_order_of_their_numbers() -> None:
    lines = [line for line in to_yaml(read_rncp_xml(RNCP)).splitlines() if "code:" in line]
    assert [line.split('"')[1] for line in lines] == ["RNCP35419", "RNCP36612", "RNCP37488", "RNCP40344"]


def test_invisible_characters_of_a_title_are_left_out() -> None:
    entry = {"code": "RS1", "label": "Mé\u200btier\x85 du\u00a0bois\u2028\x7f"}
    fields = {"list": "rs", "label": "RS", "codes": "rs", "source": "essai", "entries": (entry,)}
    source = ListFile.model_validate(fields)
    again = validate(ListFile, read_text(to_yaml(source), "liste.yaml"))
    assert again.entries[0].label == "Métier du\u00a0bois"


def test_an_empty_list_is_written_as_one() -> None:
    empty = ListFile.model_validate({"list": "rs", "label": "RS", "codes": "rs", "source": "essai"})
    assert to_yaml(empty).endswith("entries: []\n")


FICHE = "<FICHE><NUMERO_FICHE>{0}</NUMERO_FICHE><DATE_EFFET>{1}</DATE_EFFET></FICHE>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE FICHES [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE FICHES SYSTEM "http://exemple.invalid/fiches.dtd">',
        '<!--' + " " * 100_000 + '--><!DOCTYPE FICHES [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    ],
    ids=["internal", "external", "far from the head"],
)  # fmt: skip
def test_a_document_type_is_refused_before_any_entity_is_read(tmp_path: Path, declaration: str, encoding: str) -> None:
    body = f"<FICHES>{FICHE.format('RS1', '01/01/2020')}</FICHES>"
    text = f'<?xml version="1.0" encoding="{encoding}"?>{declaration}{body}'
    with pytest.raises(InputError, match="DOCTYPE"):
        read_rncp_xml(xml(tmp_path, text.encode(encoding)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<FICHES>", "bien formé"),
        ("<lheo/>", "la racine est « lheo »"),
        ("<FICHES/>", "aucune certification"),
        (f"<FICHES>{FICHE.format('RS1', '')}{FICHE.format('RNCP2', '')}</FICHES>", "du RNCP et du RS"),
        (f"<FICHES>{FICHE.format('RS1', '31/02/2020')}</FICHES>", "« RS1 » : « 31/02/2020 » n'est pas une date"),
        (f"<FICHES>{FICHE.format('RS1', '2020-01-01')}</FICHES>", "jj/mm/aaaa"),
        (f"<FICHES>{FICHE.format('1234', '')}</FICHES>", "n'est pas un numéro"),
        ("<FICHES><FICHE/></FICHES>", "n'est pas un numéro"),
    ],
)  # fmt: skip
def test_a_wrong_xml_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_rncp_xml(xml(tmp_path, text))


def test_only_the_number_of_the_record_itself_counts(tmp_path: Path) -> None:
    nested = "<NOUVELLES_CERTIFICATIONS><NUMERO_FICHE>RS9</NUMERO_FICHE></NOUVELLES_CERTIFICATIONS>"
    text = f"<FICHES><FICHE><NUMERO_FICHE>RS1</NUMERO_FICHE>{nested}</FICHE></FICHES>"
    assert dates(read_rncp_xml(xml(tmp_path, text))) == {"RS1": (None, None)}


def test_every_wrong_line_of_a_table_is_told(tmp_path: Path) -> None:
    rows = "RS1;A;;x;\nRS2;B;;31/12/2020;\nabc;C;;;\n"
    with pytest.raises(InputError) as error:
        read_standard_csv(csv(tmp_path, HEADER + rows))
    assert [(p.origin.line, p.message) for p in error.value.problems if p.origin] == [
        (2, "« x » n'est pas une date jj/mm/aaaa"),
        (4, "« abc » n'est pas un numéro du RNCP ou du RS"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "colonnes absentes : Numero_Fiche"),
        (HEADER.replace("Date_Effet", "Effet"), "colonnes absentes : Date_Effet"),
        (HEADER + "RS1;A\n", "2 cellules au lieu de 5"),
        (HEADER + 'RS1;"A;;;\n', "ne se lit pas"),
    ],
)
def test_a_wrong_table_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_standard_csv(csv(tmp_path, text))


def test_a_table_with_blank_lines_and_one_register(tmp_path: Path) -> None:
    (only,) = read_standard_csv(csv(tmp_path, HEADER + "RS1;A  B;02/01/2020;;03/01/2020\n\n"))
    assert [(e.code, e.label, e.from_, e.until) for e in only.entries] == [("RS1", "A B", date(2020, 1, 3), None)]


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes((HEADER + "RS1;Métier;;;\n").encode("latin-1"))
    with pytest.raises(InputError, match="CSV en UTF-8"):
        read_standard_csv(path)


@pytest.mark.parametrize("read", [read_rncp_xml, read_standard_csv])
def test_an_absent_file_is_told_in_french(read: object, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="le fichier ne s'ouvre pas"):
        read(tmp_path / "absent")  # type: ignore[operator]
