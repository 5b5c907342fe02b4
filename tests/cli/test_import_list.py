"""`rules import-list` as a rule author runs it, from the official file to a plan that uses the list."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from cpf_funding.commands import import_list as command
from cpf_funding.rulebook.load import load_rulebook
from cpf_funding.rulebook.location import packaged_rules

DATA = Path(__file__).parents[1] / "data" / "certifications"
RNCP = str(DATA / "rncp_v4.1_extrait_2026-08-16.xml")
ZIP = str(DATA / "export-fiches-csv-2024-02-22_extrait.zip")
TABLE = "code;public\n000001;all\n000002;?\n000003;?\n"
"""One row to keep, two to refuse; these codes are nobody's."""
CPF = ("--list", "copanef", "--label", "Liste d'essai", "--source", "france-competences")


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "liste.csv"
    path.write_text(TABLE, encoding="utf-8")
    return str(path)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_list_is_printed_and_the_count_goes_elsewhere(run: Any) -> None:
    outcome = run("rules", "import-list", RNCP, ZIP, "--codes", "rncp", "--only", "RNCP37488,RNCP509,RNCP1")
    assert outcome.code == 0
    assert outcome.out.splitlines()[-2:] == [
        '  - {code: "RNCP509", label: "Agent vérificateur d\'appareils extincteurs", until: 2023-08-31}',
        '  - {code: "RNCP37488", label: "Cybersécurité", from: 2023-09-01, until: 2028-08-31}',
    ]
    assert (
        "# Liste importée par cpf-funding rules import-list de : rncp_v4.1_extrait_2026-08-16.xml, export-"
        in outcome.out
    )
    assert str(DATA) not in outcome.out
    assert plain(outcome.err) == (
        "13 lignes lues : 2 gardées, 0 refusée, 11 écartées\n  2 d'un autre répertoire\n  9 non demandées\n"
        "  codes demandés, absents des fichiers : RNCP1\n"
    )


def test_the_codes_may_come_from_a_file(run: Any, tmp_path: Path) -> None:
    codes = tmp_path / "codes.txt"
    codes.write_text("\ufeffRNCP509\nRNCP1197 ; RNCP4049\n", encoding="utf-8")
    outcome = run("rules", "import-list", ZIP, "--list", "rncp", "--only", str(codes), "--no-labels")
    assert outcome.out.splitlines()[-3:] == [
        '  - {code: "RNCP509", until: 2023-08-31}', '  - {code: "RNCP1197", until: 2006-12-31}',
        '  - {code: "RNCP4049", until: 2015-02-02}',
    ]  # fmt: skip


def test_refused_rows_stop_the_import(run: Any, table: str, tmp_path: Path) -> None:
    output = tmp_path / "copanef.yaml"
    outcome = run("rules", "import-list", table, *CPF, "-o", str(output))
    assert (outcome.code, outcome.out, output.exists()) == (2, "", False)
    why = "public : « ? » n'est pas employee, job_seeker ou all → reprenez cette ligne dans le fichier d'origine"
    last = "corrigez, ou ajoutez --rejected refus.csv pour garder les autres lignes, s'il y en a"
    assert plain(outcome.err).splitlines() == [
        f"{table}:3:1 : ligne de rang 2, {why}",
        f"{table}:4:1 : ligne de rang 3, {why}",
        f"2 lignes refusées, rien n'est écrit → {last}",
    ]


def test_refused_rows_go_to_a_file_when_one_is_given(run: Any, table: str, tmp_path: Path) -> None:
    output, rejected = tmp_path / "copanef.yaml", tmp_path / "refus.csv"
    outcome = run("rules", "import-list", table, *CPF, "--complete", "-o", str(output), "--rejected", str(rejected))
    assert (outcome.code, outcome.out) == (0, "")
    assert plain(outcome.err) == (
        f"3 lignes lues : 1 gardée, 2 refusées, 0 écartée\n  les lignes refusées sont dans {rejected}\n"
        "  il en manque : la liste est écrite comme un extrait (complete: false)\n"
    )
    assert (
        'complete: false\ncodes: cpf\nsource: france-competences\nentries:\n  - {code: "000001"}\n'
        in output.read_text()
    )
    assert rejected.read_text(encoding="utf-8").splitlines() == [
        "fichier;ligne;rang;champ;raison", f"{table};3;2;public;« ? » n'est pas employee, job_seeker ou all",
        f"{table};4;3;public;« ? » n'est pas employee, job_seeker ou all",
    ]  # fmt: skip
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copanef.yaml", "liste.csv", "refus.csv"]


def test_no_file_of_refusals_when_nothing_is_refused(run: Any, tmp_path: Path) -> None:
    rejected = tmp_path / "refus.csv"
    assert run("rules", "import-list", RNCP, "--rejected", str(rejected)).code == 0
    assert not rejected.exists()


def test_nothing_is_written_when_one_of_the_two_files_cannot_be(run: Any, table: str, tmp_path: Path) -> None:
    rejected = tmp_path / "refus.csv"
    output = tmp_path / "absent" / "copanef.yaml"
    outcome = run("rules", "import-list", table, *CPF, "-o", str(output), "--rejected", str(rejected))
    assert outcome.code == 2
    assert "ne peut pas être écrit" in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["liste.csv"]


def test_nothing_is_written_when_every_row_is_refused(run: Any, tmp_path: Path) -> None:
    path, rejected = tmp_path / "liste.csv", tmp_path / "refus.csv"
    path.write_text("code;public\n1;?\n", encoding="utf-8")
    outcome = run("rules", "import-list", str(path), *CPF, "--rejected", str(rejected))
    assert (outcome.code, outcome.out, rejected.exists()) == (2, "", False)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "il manque l'argument 'FICHIER...'"),
        (("absent.zip",), "absent.zip : le fichier n'existe pas"),
        ((RNCP, "--only", "37488, RNCPx"), "--only : « RNCPx » n'est pas un code → écrivez par exemple RNCP37488"),
        ((RNCP, "--only", " "), "--only ne donne aucun code"),
        ((RNCP, "--only", RNCP), "n'est pas un code"),
        ((RNCP, "--only", "RNCP1", "--complete"), "--only fait un extrait, --complete dit le contraire"),
        ((RNCP, "--checked-on", "hier"), "--checked-on : « hier » n'est pas une date jj/mm/aaaa → écrivez par exemple"),
        ((RNCP, "--codes", "siret"), "« siret » n'est pas"),
        ((RNCP, "-o", RNCP), "existe déjà"),
        ((RNCP, "--rejected", RNCP), "existe déjà"),
        ((RNCP, "--rejected", "./a", "-o", "a"), "--rejected et -o donnent le même fichier"),
    ],
)
def test_a_wrong_call_is_refused(run: Any, arguments: tuple[str, ...], expected: str) -> None:
    outcome = run("rules", "import-list", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert expected in outcome.err


def test_codes_in_another_encoding_are_refused(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "codes.txt"
    path.write_bytes(b"RNCP1 \xe9")
    outcome = run("rules", "import-list", RNCP, "--only", str(path))
    assert outcome.code == 2
    assert "codes.txt n'est pas écrit en UTF-8" in outcome.err


def test_a_list_too_long_to_be_read_again_is_not_written(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = command.read_text
    monkeypatch.setattr(command, "read_text", lambda text, name: read(text, name, max_bytes=100))
    output = tmp_path / "rncp.yaml"
    outcome = run("rules", "import-list", RNCP, "-o", str(output))
    assert (outcome.code, output.exists()) == (2, False)
    assert "trop longue pour être relue (le fichier dépasse 0 ko) → ajoutez --no-labels" in outcome.err


# From the file to the plan ----------------------------------------------------------------------

DOSSIER = """\
schema: cpf-funding/dossier/1
as_of: {as_of}
holder: {{status: job_seeker, registered: true, region: "75"}}
cpf: {{account_open: true, hours: 100, balance: "500.00", consent: {{given: true, proof: signed_letter, on: {as_of}}}}}
training:
  kind: certifying
  certification: {{{code}}}
  region: "75"
  start: {start}
  end: {start}
  hours: {{total: 7, centre: 7, company: 0}}
  costs: {{teaching: "400.00"}}
"""


def folder(tmp_path: Path) -> Path:
    """The packaged rules without their lists, as an author copies them."""
    copy = tmp_path / "regles"
    shutil.copytree(packaged_rules(), copy, ignore=shutil.ignore_patterns("lists", "cases"))
    (copy / "lists").mkdir()
    return copy


def found_on(run: Any, tmp_path: Path, rules: Path, name: str, **values: str) -> str:
    """What the plan says of the certification and this list, in the evidence of the account's verdict."""
    dossier = tmp_path / "dossier.yaml"
    dossier.write_text(DOSSIER.format(**values), encoding="utf-8")
    outcome = run("plan", str(dossier), "--rules", str(rules), "--format", "json")
    assert outcome.code == 0, outcome.err
    (verdict,) = (verdict for verdict in json.loads(outcome.out)["verdicts"] if verdict["aid"] == "cpf")
    nodes = list(verdict["evidence"])
    for node in nodes:
        nodes += node["children"]
    truths = {node["truth"] for node in nodes if (node["kind"], node["subject"]) == ("list", name)}
    return f"{verdict['state']}, {' '.join(truths)}"


@pytest.mark.parametrize(
    ("options", "code", "start", "expected"),
    [
        ((), "RNCP37488", "2028-08-31", "yes"),
        ((), "RNCP37488", "2028-09-01", "no"),
        ((), "RNCP1", "2028-08-31", "unknown"),
        (("--complete",), "RNCP1", "2028-08-31", "no"),
    ],
)
def test_a_plan_reads_an_imported_register(
    run: Any, tmp_path: Path, options: tuple[str, ...], code: str, start: str, expected: str
) -> None:
    """RNCP37488 is registered until 31 August 2028; only a list said complete speaks of the codes it does not hold."""
    rules = folder(tmp_path)
    assert run("rules", "import-list", RNCP, *options, "-o", str(rules / "lists" / "rncp.yaml")).code == 0
    values = {"as_of": "2026-09-01", "start": start, "code": f'rncp: "{code}"'}
    assert found_on(run, tmp_path, rules, "rncp", **values) == f"unknown, {expected}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "start", "expected"),
    [
        ("000001", "2017-06-05", "open, yes"),
        ("000001", "2019-01-01", "refused, no"),
        ("000002", "2017-06-05", "refused, no"),
        ("000003", "2017-06-05", "refused, no"),
    ],
)
def test_a_plan_of_2017_reads_an_imported_table(run: Any, tmp_path: Path, code: str, start: str, expected: str) -> None:
    """For a job seeker of region 75: listed until 2018; listed for employees; listed in another region."""
    rules = folder(tmp_path)
    source = tmp_path / "liste.csv"
    source.write_text(
        "owner;code;public;regions;branches;from;until\nCOPANEF;000001;all;;;2015-01-01;2018-12-31\n"
        "COPANEF;000002;employee;;;;\nCOPAREF;000003;all;53;;;\n",
        encoding="utf-8",
    )
    for owner in ("copanef", "coparef"):
        output = str(rules / "lists" / f"{owner}.yaml")
        named = ("--list", owner, "--label", owner.upper(), "--source", "france-competences", "--complete")
        assert run("rules", "import-list", str(source), *named, "--owner", owner, "-o", output).code == 0
    assert set(load_rulebook(rules=rules).lists) == {"copanef", "coparef"}
    name = "coparef" if code == "000003" else "copanef"
    values = {"as_of": "2017-03-01", "start": start, "code": f'cpf_codes: ["{code}"]'}
    assert found_on(run, tmp_path, rules, name, **values) == expected
