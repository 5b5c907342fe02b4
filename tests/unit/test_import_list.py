"""From rows to a list: what is chosen, what is set aside, what prevails, what is written."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cpf_funding.errors import InputError, LimitError
from cpf_funding.exchange import importing
from cpf_funding.exchange.importing import Choice, Import, import_list
from cpf_funding.exchange.list_files import refused_csv, to_yaml
from cpf_funding.reading.french import validate
from cpf_funding.reading.strict import read_text
from cpf_funding.rulebook.location import packaged_rules
from cpf_funding.rulebook.shapes import ListFile

DATA = Path(__file__).parent.parent / "data" / "certifications"
RNCP = DATA / "rncp_v4.1_extrait_2026-08-16.xml"
RS = DATA / "rs_v4.1_extrait_2026-08-16.xml"
ZIP = DATA / "export-fiches-csv-2024-02-22_extrait.zip"
CPF = Choice(list="coparef", label="Listes régionales", source="essai")


def table(tmp_path: Path, text: str, name: str = "liste.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def codes(result: Import) -> list[str]:
    return [entry.code for entry in result.list_file.entries]


def entries(result: Import) -> list[dict[str, Any]]:
    return [entry.model_dump(exclude_defaults=True, by_alias=True) for entry in result.list_file.entries]


def balanced(result: Import) -> bool:
    return result.read == len(result.list_file.entries) + sum(result.aside.values()) + len(result.refused)


def test_a_register_has_a_name_and_a_source_of_its_own() -> None:
    head = import_list([RNCP], Choice()).list_file.model_dump(exclude={"entries"}, exclude_none=True)
    assert head == {
        "list": "rncp", "label": "Répertoire national des certifications professionnelles (extrait)",
        "complete": False, "codes": "rncp", "source": "france-competences",
    }  # fmt: skip
    complete = import_list([RS], Choice(complete=True, checked_on=date(2026, 8, 16), source="autre", list="mienne"))
    assert complete.list_file.model_dump(exclude={"entries"}, exclude_none=True) == {
        "list": "mienne", "label": "Répertoire spécifique", "complete": True, "codes": "rs", "source": "autre",
        "checked_on": date(2026, 8, 16),
    }  # fmt: skip


def test_the_first_file_prevails_and_every_row_is_accounted_for() -> None:
    result = import_list([RS, ZIP], Choice(codes="rs"))
    assert codes(result) == ["RS6232", "RS6547", "RS5000", "RS6604", "RS6117"]
    assert {e.code: e.from_ for e in result.list_file.entries}["RS5000"] == date(2019, 5, 24)
    assert (result.read, result.aside) == (13, {"d'un autre répertoire": 7, "déjà données par un fichier précédent": 1})
    assert balanced(result)


def test_codes_of_several_kinds_need_a_choice() -> None:
    with pytest.raises(InputError, match="de plusieurs sortes : rncp, rs → ajoutez --codes rncp"):
        import_list([ZIP], Choice())
    assert len(codes(import_list([ZIP], Choice(codes="rncp")))) == 7
    assert len(codes(import_list([ZIP], Choice(list="rs")))) == 2


def test_an_extract_holds_what_was_asked_and_says_what_is_absent() -> None:
    result = import_list(
        [RNCP, RS, ZIP], Choice(codes="rncp", only=frozenset({"RNCP37488", "RNCP509", "RNCP9", "RS5000"}))
    )
    assert codes(result) == ["RNCP37488", "RNCP509"]
    assert result.absent == ("RNCP9",)
    assert result.aside == {"d'un autre répertoire": 6, "non demandées": 9}
    assert balanced(result)


def test_no_row_to_keep_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="aucune ligne n'est à garder → vérifiez"):
        import_list([RNCP], Choice(only=frozenset({"RNCP1"})))
    with pytest.raises(InputError, match="ne contiennent aucune ligne"):
        import_list([table(tmp_path, "code;public\n")], CPF)


def test_a_list_that_lacks_refused_rows_is_not_complete(tmp_path: Path) -> None:
    path = table(tmp_path, "code;public\n1;all\n2;tous les autres\n")
    result = import_list([path], Choice(list="copanef", label="Liste", source="essai", complete=True))
    assert (codes(result), result.list_file.complete, len(result.refused)) == (["1"], False, 1)
    reason = "« tous les autres » n'est pas employee, job_seeker ou all"
    assert refused_csv(result.refused) == f"fichier;ligne;rang;champ;raison\n{path};3;2;public;{reason}\n"


def test_a_wrong_row_that_is_not_wanted_is_set_aside(tmp_path: Path) -> None:
    """Of another kind, not asked for, of another owner, or said by an earlier file; an unreadable code is refused."""
    path = table(
        tmp_path, "code;public;owner\n1;all;COPAREF\n2;?;COPAREF\nRS3;?;COPAREF\n4;?;CPNE\n5;?;COPAREF\n?;?;CPNE\n"
    )
    only = frozenset({"1", "4", "5"})
    result = import_list([path], Choice("coparef", "Liste", "essai", codes="cpf", only=only, owner="copar"))
    assert result.aside == {"non demandées": 1, "d'un autre répertoire": 1, "d'un autre propriétaire": 1}
    assert [row.code for row in result.refused] == ["5", ""]
    assert balanced(result)
    again = table(tmp_path, "code;public\n1;?\n", "ancienne.csv")
    assert (
        import_list([path, again], Choice("c", "L", "e", codes="cpf", only=only, owner="copar")).refused
        == result.refused
    )


def test_the_shape_of_2015_is_read_whole(tmp_path: Path) -> None:
    """Owner, code, public, regions, branches, validity, with the codes that training offers used."""
    text = (
        "owner,code,label,public,regions,branches,from,until\n"
        "COPAREF essai,000001,Titre d'essai,2,72 75|74,,2015-01-01,20181231\n"
        "CPNE essai,CPF999,,SALARIE,,7820z 01.11Z,01/02/2015,99999999\n"
        "COPANEF,000001,,toutpublic,,,00000000,\n"
        "COPANEF,000001,,3,,,,\n"
    )
    result = import_list([table(tmp_path, text)], CPF)
    assert entries(result) == [
        {"code": "000001", "label": "Titre d'essai", "public": "job_seeker", "regions": ("72", "75", "74"),
         "from": date(2015, 1, 1), "until": date(2018, 12, 31)},
        {"code": "CPF999", "public": "employee", "branches": ("78.20Z", "01.11Z"), "from": date(2015, 2, 1)},
        {"code": "000001"},
    ]  # fmt: skip
    assert result.aside == {"en double": 1}
    assert codes(import_list([table(tmp_path, text)], Choice("cpne", "L", "e", owner="cpne"))) == ["CPF999"]


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("12 3;all;;;;", "code", "« 12 3 » n'est pas un code CPF, RNCP ou RS"),
        ("1;;;;;", "public", "«  » n'est pas employee, job_seeker ou all"),
        ("1;all;Bretagne;;;", "regions", "« Bretagne » n'est pas un code de région à deux chiffres"),
        ("1;all;;78;;", "branches", "« 78 » n'est pas un code NAF comme 78.20Z"),
        ("1;all;;;20150600;", "from", "« 20150600 » n'est pas une date jj/mm/aaaa"),
        ("1;all;;;2018-01-01;2017-01-01", "until", "la fin (01/01/2017) précède le début (01/01/2018)"),
        ("1;all", "ligne", "2 cellules au lieu de 6"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_told(tmp_path: Path, row: str, field: str, reason: str) -> None:
    result = import_list([table(tmp_path, f"code;public;regions;branches;from;until\n2;all;;;;\n{row}\n")], CPF)
    assert [row.flaws for row in result.refused] == [((field, reason),)]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("code;public;region", "colonnes inconnues : « region » → les colonnes sont code, public, owner"),
        ("code;regions", "colonnes absentes : « public »"),
        ("code;public;code", "colonnes répétées : « code »"),
    ],
)
def test_a_column_that_would_change_the_meaning_of_rows_is_refused(tmp_path: Path, header: str, expected: str) -> None:
    with pytest.raises(InputError, match=expected):
        import_list([table(tmp_path, f"{header}\n1;all;75\n")], CPF)


def test_a_list_of_cpf_codes_needs_a_name_a_label_and_a_source(tmp_path: Path) -> None:
    path = table(tmp_path, "code;public\n1;all\n")
    with pytest.raises(InputError, match="il manque --list, --label, --source → écrivez par exemple"):
        import_list([path], Choice())
    with pytest.raises(InputError, match=r"^list : .*Ma liste"):
        import_list([path], Choice(list="Ma liste", label="L", source="e"))


def test_rows_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "MAX_ROWS", 2)
    with pytest.raises(LimitError, match="plus de 2 lignes"):
        import_list([table(tmp_path, "code;public\n1;all\n2;all\n3;all\n")], CPF)


@pytest.mark.parametrize("codes", ["rncp", "rs"])
def test_the_lists_shipped_are_these_extracts(codes: str) -> None:
    expected = import_list([RNCP, RS, ZIP], Choice(codes=codes)).list_file
    path = packaged_rules() / "lists" / f"{codes}.yaml"
    shipped = validate(ListFile, read_text(path.read_text(encoding="utf-8"), str(path)))
    assert shipped.model_dump(exclude={"entries"}) == expected.model_dump(exclude={"entries"})
    assert sorted(e.model_dump_json() for e in shipped.entries) == sorted(e.model_dump_json() for e in expected.entries)


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
    text = to_yaml(source, comment="origine\x1b[31m\n\nlicence")
    again = validate(ListFile, read_text(text, "liste.yaml"))
    assert text.splitlines()[:3] == ["# origine[31m", "#", "# licence"]
    assert again.model_dump(exclude={"entries"}) == source.model_dump(exclude={"entries"})
    assert [entry.model_dump() for entry in again.entries] == [entry.model_dump() for entry in reversed(source.entries)]
    bare = validate(ListFile, read_text(to_yaml(source, labels=False), "liste.yaml"))
    assert [entry.label for entry in bare.entries] == [None, None]


def test_entries_are_written_in_the_order_of_their_numbers() -> None:
    lines = [line for line in to_yaml(import_list([RNCP], Choice()).list_file).splitlines() if "code:" in line]
    assert [line.split('"')[1] for line in lines] == ["RNCP35419", "RNCP36612", "RNCP37488", "RNCP40344"]


def test_invisible_characters_of_a_title_are_left_out() -> None:
    entry = {"code": "RS1", "label": "Mé\u200btier\x85 du\u00a0bois\u2028\x7f"}
    fields = {"list": "rs", "label": "RS", "codes": "rs", "source": "essai", "entries": (entry,)}
    again = validate(ListFile, read_text(to_yaml(ListFile.model_validate(fields)), "liste.yaml"))
    assert again.entries[0].label == "Métier du\u00a0bois"


def test_an_empty_list_is_written_as_one() -> None:
    empty = ListFile.model_validate({"list": "rs", "label": "RS", "codes": "rs", "source": "essai"})
    assert to_yaml(empty).endswith("entries: []\n")
