"""The files that are imported: what they are, what an archive may hold, and the limits."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from pathlib import Path

import pytest

from cpf_funding.errors import InputError, LimitError
from cpf_funding.exchange import files
from cpf_funding.exchange.files import documents
from cpf_funding.exchange.importing import read_rows

HEADER = "Numero_Fiche;Intitule;Date_Decision;Date_Fin_Enregistrement;Date_Effet\n"
TABLE = (HEADER + "RS1;A;;;\n").encode()
FLOW = b"<FICHES><FICHE><NUMERO_FICHE>RS2</NUMERO_FICHE></FICHE></FICHES>"


def archive(tmp_path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", method) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def codes(path: Path) -> list[str]:
    return [row.code for row in read_rows(path)]


def message(path: Path) -> str:
    with pytest.raises(InputError) as error:
        codes(path)
    (problem,) = error.value.problems
    return str(problem)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (TABLE, "csv"), (b"\xef\xbb\xbf" + TABLE, "csv"), (b"", "csv"), (FLOW, "xml"), (b"\n " + FLOW, "xml"),
        (b"\xef\xbb\xbf" + FLOW, "xml"), (FLOW.decode().encode("utf-16"), "xml"),
        (FLOW.decode().encode("utf-16-be"), "xml"),
    ],
)  # fmt: skip
def test_the_first_bytes_say_what_a_file_is(tmp_path: Path, data: bytes, kind: str) -> None:
    path = tmp_path / "sans-extension"
    path.write_bytes(data)
    assert [document.kind for document in documents(path)] == [kind]


def test_an_archive_gives_its_flows_and_its_standard_table(tmp_path: Path) -> None:
    members = {
        "a/": b"",
        "CSV_Partenaires.csv": b"x",
        "Standard.CSV": TABLE,
        "__MACOSX/._f.xml": b"\0",
        "b/f.XML": FLOW,
    }
    assert codes(archive(tmp_path, members)) == ["RS2", "RS1"]


def test_the_only_table_of_an_archive_is_read_whatever_its_name(tmp_path: Path) -> None:
    assert codes(archive(tmp_path, {"liste.csv": TABLE, "lisez-moi.txt": b""}, zipfile.ZIP_STORED)) == ["RS1"]


@pytest.mark.parametrize(
    "name", ["../../etc/passe.csv", "/etc/passe.csv", "C:\\Windows\\passe.csv", "a\x1b[31m\nb.csv"]
)
def test_the_names_of_an_archive_lead_nowhere(tmp_path: Path, name: str) -> None:
    """Nothing is unpacked, and a name is shown without its path nor what a terminal would obey."""
    path = archive(tmp_path, {name: TABLE})
    (row,) = read_rows(path)
    shown = row.origin.file.removeprefix(f"{path} ")
    assert shown in ("(passe.csv)", "(a�[31m�b.csv)")
    assert os.listdir(tmp_path) == ["export.zip"]


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({}, "(elle contient : rien) → donnez une archive"),
        ({"a.txt": b"", "b.pdf": b""}, "ni export XML ni tableau « Standard » (elle contient : a.txt, b.pdf)"),
        ({"a.csv": TABLE, "b.csv": TABLE}, "(elle contient : a.csv, b.csv)"),
    ],
)
def test_an_archive_of_something_else_is_refused(tmp_path: Path, members: dict[str, bytes], expected: str) -> None:
    assert expected in message(archive(tmp_path, members))


def test_an_archive_cut_anywhere_is_refused(tmp_path: Path) -> None:
    whole = archive(tmp_path, {"f.xml": FLOW}).read_bytes()
    path = tmp_path / "tronque.zip"
    for size in range(2, len(whole), 7):
        path.write_bytes(whole[:size])
        assert "tronquée ou abîmée → téléchargez-la de nouveau" in message(path)


def test_an_altered_member_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path, {"f.xml": FLOW}, zipfile.ZIP_STORED)
    data = path.read_bytes()
    path.write_bytes(data.replace(b"RS2", b"RS3"))
    assert "(f.xml):1:1 : l'archive zip est tronquée ou abîmée" in message(path)


def test_a_password_and_a_rare_compression_are_told(tmp_path: Path) -> None:
    data = bytearray(archive(tmp_path, {"f.xml": FLOW}, zipfile.ZIP_STORED).read_bytes())
    central = data.index(b"PK\x01\x02")
    path = tmp_path / "autre.zip"
    path.write_bytes(data[: central + 8] + struct.pack("<H", 1) + data[central + 10 :])
    assert "protégée par un mot de passe" in message(path)
    path.write_bytes(data[: central + 10] + struct.pack("<H", 9) + data[central + 12 :])
    assert "comprimée d'une façon qui n'est pas lue" in message(path)


@pytest.fixture
def small_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of a megabyte is reason enough to test by."""
    monkeypatch.setattr(files, "MAX_RECORD", 100_000)


@pytest.mark.usefixtures("small_records")
@pytest.mark.parametrize("filler", [b" ", b"<FICHE/>"])
def test_what_grows_out_of_proportion_is_refused(tmp_path: Path, filler: bytes) -> None:
    """A few kilobytes that unzip to two megabytes, in one record or in many."""
    path = archive(tmp_path, {"f.xml": b"<FICHES>" + filler * (2_000_000 // len(filler)) + b"</FICHES>"})
    assert path.stat().st_size < 8_000
    with pytest.raises(LimitError, match=r"hors de proportion|sans qu'une fiche ou une ligne se termine"):
        codes(path)


@pytest.mark.usefixtures("small_records")
@pytest.mark.parametrize("start", [b"<FICHE><X>", b"<!--", b"<FICHE a='", b"<FICHE>" + b"<a>" * 50_000, b"<?x "])
def test_no_record_is_held_in_memory_beyond_reason(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "f.xml"
    path.write_bytes(b"<FICHES>" + start + b"x" * 200_000)
    assert "sans qu'une fiche ou une ligne se termine" in message(path)


@pytest.mark.usefixtures("small_records")
def test_a_document_may_be_longer_than_a_record(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(TABLE + b"RS1;A;;;\n" * 20_000)
    assert len(codes(path)) == 20_001


def test_a_document_has_a_greatest_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 5_000)
    path = tmp_path / "f.csv"
    path.write_bytes(TABLE + b"RS1;A;;;\n" * 600)
    assert "hors de proportion avec un export" in message(path)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("absent", "le fichier n'existe pas"), (".", "c'est un dossier"), ("a\0b", "ne peut pas être lu")],
)
def test_a_file_that_does_not_open_is_told(tmp_path: Path, name: str, expected: str) -> None:
    assert expected in message(tmp_path / name)


def test_a_disk_that_fails_is_told() -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("entrée-sortie")

    with pytest.raises(InputError, match="ne peut pas être lu → vérifiez que le disque est accessible"):
        files.Stream(Failing(), "f.csv", 10).read(5)
