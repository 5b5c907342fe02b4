"""Whatever is given to the importers, they read or refuse with `InputError`, and account for every row they read."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpf_funding.errors import InputError
from cpf_funding.exchange.importing import Choice, Import, import_list
from cpf_funding.exchange.list_files import refused_csv, to_yaml
from cpf_funding.exchange.rows import CODES
from cpf_funding.reading.french import validate
from cpf_funding.reading.strict import read_text
from cpf_funding.rulebook.shapes import ListFile

DATA = Path(__file__).parents[1] / "data"
KEPT = DATA / "import_fuzz"
TABLE = """owner;code;public;regions;branches;from;until
COPANEF;000001;all;;;2015-01-01;2018-12-31
CPNE é;RS2;1;75 72;78.20Z,0111Z;20150101;99999999
""".encode()
FLOW = (
    b"<FICHES><FICHE><NUMERO_FICHE>RS2</NUMERO_FICHE><INTITULE>a</INTITULE><DATE_EFFET>01/01/2020</DATE_EFFET>"
    b"<DATE_DECISION/><DATE_FIN_ENREGISTREMENT>01/01/2024</DATE_FIN_ENREGISTREMENT></FICHE></FICHES>"
)


def zipped(method: int) -> bytes:
    """An archive of both forms, built the same every time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr(zipfile.ZipInfo("é.xml", (2026, 8, 16, 0, 0, 0)), FLOW)
        archive.writestr(zipfile.ZipInfo("liste.csv", (2026, 8, 16, 0, 0, 0)), TABLE)
    return buffer.getvalue()


SAMPLES = [
    TABLE, FLOW, zipped(zipfile.ZIP_STORED), zipped(zipfile.ZIP_DEFLATED),
    (DATA / "certifications" / "export_fiches_CSV_Standard_2024_02_22_extrait.csv").read_bytes(),
    (DATA / "certifications" / "export-fiches-csv-2024-02-22_extrait.zip").read_bytes(),
    (DATA / "certifications" / "rs_v4.1_extrait_2026-08-16.xml").read_bytes(),
]  # fmt: skip
PIECES = st.sampled_from([
    *(bytes([byte]) for byte in b'";,\t\n\r\0<>&/=\xff\xe9'), b"]]>", b"<![CDATA[", b"&lt;", b"&a;", b"\xff\xfe",
    b'<!DOCTYPE a [<!ENTITY b "c">]>', b'<?xml version="1.0" encoding="idna"?>', b"<FICHE>", b"</FICHE>", b' xmlns="a"',
    b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f",
    b"RNCP", b"9" * 30, b"31/02/2020", b"=1+1", b"\x1b[31m", b"x" * 140_000,
    *(text.encode() for text in ("\u2028", "\ufeff", "\ufffe", "\u0661", "ＲＳ", "\U0001f600")), b"\xed\xa0\x80",
])  # fmt: skip
KINDS = st.sampled_from([None, *CODES])


def reads_or_refuses(path: Path, codes: str | None) -> Import | None:
    try:
        result = import_list([path], Choice(list="essai", label="Essai", source="essai", codes=codes, complete=True))
    except InputError as error:
        problems = error.problems
    else:
        balances(result)
        return result
    assert problems
    assert all(problem.message and problem.advice for problem in problems)
    return None


def balances(result: Import) -> None:
    """Every row has one place, and the list that is written is the list that is read again."""
    entries = result.list_file.entries
    assert result.read == len(entries) + sum(result.aside.values()) + len(result.refused)
    assert result.list_file.complete is not bool(result.refused)
    assert all(row.flaws for row in result.refused)
    assert len(refused_csv(result.refused).splitlines()) > len(result.refused)
    again = validate(ListFile, read_text(to_yaml(result.list_file, comment="\n".join(result.documents)), "liste.yaml"))
    assert sorted(map(written, again.entries)) == sorted(map(written, entries))


def written(entry: object) -> str:
    """An entry without its title, which loses its invisible characters when it is written."""
    return repr(entry.model_dump(exclude={"label"}))  # type: ignore[attr-defined]


@settings(max_examples=120)
@given(data=st.data())
def test_any_mutation_of_a_sample(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    sample = data.draw(st.sampled_from(SAMPLES))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(sample)))
        end = data.draw(st.integers(start, min(len(sample), start + 40)))
        sample = sample[:start] + data.draw(PIECES | st.binary(max_size=4)) + sample[end:]
    path = tmp_path_factory.getbasetemp() / "mutated"
    path.write_bytes(sample)
    reads_or_refuses(path, data.draw(KINDS))


@settings(max_examples=100)
@given(
    data=st.binary(max_size=300), codes=KINDS, start=st.sampled_from([b"", b"PK", b"<", b"code;public\n", b"\xff\xfe"])
)
def test_any_bytes(data: bytes, codes: str | None, start: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes"
    path.write_bytes(start + data)
    reads_or_refuses(path, codes)


@settings(max_examples=50)
@given(data=st.data())
def test_any_cut_of_a_sample(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A download that stopped: a whole flow or archive is never taken for what was cut from it."""
    sample = data.draw(st.sampled_from(SAMPLES))
    path = tmp_path_factory.getbasetemp() / "cut"
    path.write_bytes(sample[: data.draw(st.integers(0, len(sample.rstrip()) - 1))])
    result = reads_or_refuses(path, "rs")
    assert result is None or sample[:1] not in b"P<"


@pytest.mark.parametrize("sample", range(len(SAMPLES)))
def test_the_samples_that_are_mutated_are_read(sample: int, tmp_path: Path) -> None:
    path = tmp_path / "sample"
    path.write_bytes(SAMPLES[sample])
    result = reads_or_refuses(path, "rs")
    assert result is not None
    assert not result.refused


OUTCOMES = {
    "accepted": "", "cells_missing": "cellules au lieu de", "ends_before": "précède le début",
    "header_broken": "la première ligne", "no_row": "aucune ligne", "not_utf8": "pas écrit en UTF-8",
    "nothing_to_keep": "aucune ligne n'est à garder", "null_character": "caractère nul", "quote_open": "ne se lit plus",
    "unknown_column": "colonnes inconnues", "wrong_branch": "code NAF", "wrong_code": "pas un code CPF",
    "wrong_day": "pas une date", "wrong_number": "pas un numéro", "wrong_public": "pas employee",
    "wrong_region": "code de région", "wrong_root": "la racine est", "xml_malformed": "pas un XML bien formé",
    "zip_damaged": "tronquée ou abîmée", "zip_empty_name": "tronquée ou abîmée", "zip_method": "comprimée d'une façon",
    "zip_of_something_else": "ne contient ni", "zip_password": "mot de passe",
}  # fmt: skip
"""What each mutated sample that was kept (`tests/data/import_fuzz/`) is refused for."""


@pytest.mark.parametrize("name", sorted(path.stem for path in KEPT.glob("*.bin")))
def test_the_mutated_samples_that_were_kept(name: str) -> None:
    told: set[str] = set()
    for codes in CODES:
        reads_or_refuses(KEPT / f"{name}.bin", codes)
        try:
            result = import_list([KEPT / f"{name}.bin"], Choice("essai", "Essai", "essai", codes))
        except InputError as error:
            told |= {problem.message for problem in error.problems}
        else:
            told |= {reason for row in result.refused for _, reason in row.flaws} or {""}
    assert any(OUTCOMES[name] in message for message in told)
