from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import cpf_funding
from cpf_funding import build_plan, load_rulebook, read_dossier
from cpf_funding.report.document import plan_document
from cpf_funding.report.text import plan_text


def test_the_text_is_that_of_the_plan(run, rules, dossier):
    book = load_rulebook(rules=rules)
    outcome = run("plan", dossier, "--rules", rules)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == plan_text(build_plan(read_dossier(dossier), book), book, dossier=read_dossier(dossier))


def test_the_json_is_that_of_the_plan(run, rules, dossier):
    book = load_rulebook(rules=rules)
    outcome = run("plan", dossier, "--rules", rules, "--format", "json")
    assert (outcome.code, outcome.err) == (0, "")
    assert json.loads(outcome.out) == plan_document(build_plan(read_dossier(dossier), book), book)


def test_an_incomplete_plan_is_a_plan(run, rules, dossier):
    outcome = run("plan", dossier, "--rules", rules, "--format", "json")
    assert outcome.code == 0
    assert not json.loads(outcome.out)["complete"]


def test_the_day_can_be_given(run, rules, dossier):
    outcome = run("plan", dossier, "--rules", rules, "--on", "2017-04-03", "--format", "json")
    assert json.loads(outcome.out)["as_of"] == "2017-04-03"


def test_the_same_command_gives_the_same_bytes(run, rules, dossier):
    command = ("plan", dossier, "--rules", rules, "--format", "json")
    assert run(*command) == run(*command)


def test_output_goes_to_a_new_file_and_nowhere_else(run, rules, dossier, tmp_path):
    target = tmp_path / "plan.txt"
    outcome = run("plan", dossier, "--rules", rules, "-o", str(target))
    assert outcome == (0, "", "")
    assert target.read_text(encoding="utf-8") == run("plan", dossier, "--rules", rules).out
    assert list(tmp_path.iterdir()) == [target]


def test_output_has_the_permissions_of_any_new_file(run, rules, dossier, tmp_path):
    target, other = tmp_path / "plan.txt", tmp_path / "other.txt"
    run("plan", dossier, "--rules", rules, "-o", str(target))
    other.touch()
    assert stat.S_IMODE(target.stat().st_mode) == stat.S_IMODE(other.stat().st_mode)


def test_no_file_is_ever_replaced(run, rules, dossier, tmp_path):
    target = tmp_path / "plan.txt"
    target.write_text("précieux", encoding="utf-8")
    outcome = run("plan", dossier, "--rules", rules, "-o", str(target))
    assert outcome.code == 2
    assert "existe déjà" in outcome.err
    assert target.read_text(encoding="utf-8") == "précieux"


def test_a_folder_that_does_not_exist_is_refused(run, rules, dossier, tmp_path):
    outcome = run("plan", dossier, "--rules", rules, "-o", str(tmp_path / "nowhere" / "plan.txt"))
    assert outcome.code == 2
    assert "ne peut pas être écrit" in outcome.err


def test_a_fault_says_where_and_nothing_of_the_person(run, rules, dossier, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise ValueError("née le 1978-05-04")

    monkeypatch.setattr("cpf_funding.commands.plan.build_plan", fail)
    outcome = run("plan", dossier, "--rules", rules)
    assert (outcome.code, outcome.out) == (1, "")
    assert "ValueError" in outcome.err
    assert "test_plan_command.py, ligne" in outcome.err
    assert "1978" not in outcome.err


def test_a_value_that_nobody_checked_since_a_day_is_warned_of(run, rules, dossier):
    """The notice of the small rules was last checked on 1 November 2026."""
    told, silent = (
        json.loads(run("plan", dossier, "--rules", rules, "--format", "json", "--checked-before", day).out)
        for day in ("2026-11-02", "2026-11-01")
    )
    stale = [warning["text"] for warning in told["warnings"] if warning["code"] == "stale_check"]
    assert stale == ["Aide de l'agence (essai) : une valeur n'a pas été vérifiée depuis le 01/11/2026"]
    assert not [warning for warning in silent["warnings"] if warning["code"] == "stale_check"]
    assert told["receipt"]["checked_before"] == "2026-11-02"
    refused = run("plan", dossier, "--rules", rules, "--checked-before", "hier")
    assert (refused.code, refused.out) == (2, "")
    assert "--checked-before : « hier » n'est pas une date" in refused.err


def test_the_rules_can_be_checked(run, rules):
    outcome = run("rules", "check", "--rules", rules)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("Règles lues sans erreur : 5 aides")


def test_broken_rules_are_refused_with_their_places(run, tmp_path):
    (tmp_path / "national").mkdir()
    (tmp_path / "sources.yaml").write_text("sources: {a: {title: A, confidence: sure}}\n", encoding="utf-8")
    (tmp_path / "national" / "a.yaml").write_text("aids:\n  - {aid: a, label: A}\n", encoding="utf-8")
    outcome = run("rules", "check", "--rules", str(tmp_path))
    assert (outcome.code, outcome.out) == (2, "")
    assert "sources.yaml:1:" in outcome.err
    assert "a.yaml:2:" in outcome.err


@pytest.mark.parametrize("name", ["dossier", "plan", "rules"])
def test_the_schemas_can_be_printed(run, name):
    outcome = run("rules", "schema", name)
    assert outcome.code == 0
    assert json.loads(outcome.out)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "cpf_funding", *arguments]
    return subprocess.run(command, capture_output=True, env=os.environ | environment, check=False)


def test_as_a_module_in_any_locale_it_writes_utf_8_without_colour(rules, dossier):
    done = process("plan", dossier, "--rules", rules, LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert "Il manque 1\u202f320,00\u00a0€" in done.stdout.decode("utf-8")
    assert b"\x1b" not in done.stdout


def test_a_reader_that_stops_early_is_no_fault(rules, dossier):
    command = [sys.executable, "-m", "cpf_funding", "plan", dossier, "--rules", rules, "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait() == 0


def test_without_click_the_command_says_what_to_install(tmp_path):
    program = "import sys; sys.modules['click'] = None; import cpf_funding.cli"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("La commande cpf-funding a besoin de l'extra « cli »")
    assert "Traceback" not in done.stderr


def test_only_the_command_needs_click():
    package = Path(cpf_funding.__file__).parent
    users = {path for path in package.rglob("*.py") if "import click" in path.read_text(encoding="utf-8")}
    assert package / "cli.py" in users
    assert {path for path in users if path.parent != package / "commands"} == {package / "cli.py"}
