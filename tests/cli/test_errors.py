from __future__ import annotations

import ast
import re
from pathlib import Path

import click
import pytest

from cpf_funding.cli import main
from cpf_funding.commands.french import FRENCH

GOOD = """\
schema: cpf-funding/dossier/1
as_of: 2017-03-01
holder: {status: job_seeker}
training:
  region: "75"
  start: 2017-06-05
  costs: {teaching: "5400.00"}
"""


@pytest.fixture
def refused(run, rules, tmp_path):
    """Plan a dossier that must be refused; returns its messages, each with the line where it is."""

    def call(text: str) -> dict[int, str]:
        path = tmp_path / "dossier.yaml"
        path.write_text(text, encoding="utf-8")
        outcome = run("plan", str(path), "--rules", rules, "-o", str(tmp_path / "plan.txt"))
        assert (outcome.code, outcome.out) == (2, "")
        assert list(tmp_path.iterdir()) == [path]
        lines = outcome.err.splitlines()
        found = [re.fullmatch(rf"{re.escape(str(path))}:(\d+):\d+ : (.+ → .+)", line) for line in lines]
        assert all(found), outcome.err
        return {int(match[1]): match[2] for match in found if match is not None}

    return call


def test_the_good_dossier_is_planned(run, rules, tmp_path):
    path = tmp_path / "dossier.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert run("plan", str(path), "--rules", rules).code == 0


@pytest.mark.parametrize(
    ("right", "wrong", "line", "words"),
    [
        ("status: job_seeker", "status: job_seker", 3, "job_seeker"),
        ("status: job_seeker", "statut: job_seeker", 3, "status"),
        ('"5400.00"', '"5400.001"', 7, "deux décimales"),
        ("2017-06-05", "2017-02-30", 6, "date"),
        ('"75"', "75", 5, "guillemets"),
    ],
    ids=["typo", "unknown field", "three decimals", "impossible date", "unquoted region"],
)
def test_a_mistake_is_told_at_its_line(refused, right, wrong, line, words):
    assert right in GOOD
    found = refused(GOOD.replace(right, wrong))
    assert list(found) == [line]
    assert words in found[line]


def test_every_mistake_of_the_file_is_told_at_once(refused):
    text = GOOD.replace("job_seeker", "job_seker").replace('"75"', "75").replace("2017-06-05", "2017-02-30")
    assert list(refused(text.replace('"5400.00"', '"5400.001"'))) == [3, 5, 6, 7]


def test_the_mistakes_of_the_dossier_and_of_the_rules_are_told_together(run, tmp_path):
    outcome = run("plan", str(tmp_path / "absent.yaml"), "--rules", str(tmp_path / "nowhere"))
    assert (outcome.code, outcome.out) == (2, "")
    assert "absent.yaml" in outcome.err
    assert "nowhere" in outcome.err


def test_a_missing_file_is_named(run, rules):
    outcome = run("plan", "absent.yaml", "--rules", rules)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("absent.yaml : le fichier n'existe pas → ")


def test_a_dossier_without_a_day_says_what_to_write(run, rules, tmp_path):
    path = tmp_path / "dossier.yaml"
    path.write_text(GOOD.replace("as_of: 2017-03-01\n", ""), encoding="utf-8")
    outcome = run("plan", str(path), "--rules", rules)
    assert (outcome.code, outcome.out) == (2, "")
    assert "--on" in outcome.err
    assert run("plan", str(path), "--rules", rules, "--on", "2017-03-01").code == 0


ENGLISH = re.compile(
    r"\b(?:Usage|Error|Try|for help|Missing|Invalid|No such|Did you mean|unexpected|Show|exit|not one of|COMMAND|ARGS"
    r"|No such file)\b"
)


@pytest.mark.parametrize(
    "command",
    [
        "", "plan", "planne", "plan --onn x", "plan x --format xml", "plan x --on", "plan x y", "plan x --on mars",
        "plan --format=text --rules", "rules", "rules chek", "rules schema facts", "new x", "--version=3",
    ],
)  # fmt: skip
def test_a_wrong_command_is_told_in_french(run, command):
    outcome = run(*command.split())
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err
    assert not ENGLISH.search(outcome.err)


@pytest.mark.parametrize("command", ["", "plan", "new", "rules", "rules check", "rules schema"])
def test_the_help_is_in_french(run, command):
    outcome = run(*command.split(), "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"Utilisation : cpf-funding {command}".rstrip())
    assert not ENGLISH.search(outcome.out)


def messages(module: str) -> set[str]:
    """What a module of click asks to be translated."""
    tree = ast.parse((Path(click.__file__).parent / f"{module}.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return {
        text.value
        for call in calls
        if call.func.id in ("_", "ngettext")
        for text in call.args[:2]
        if isinstance(text, ast.Constant) and isinstance(text.value, str)
    }


def test_every_sentence_of_click_that_this_command_can_meet_is_translated():
    """Left out: what click says to programmers, and of types and decorators that are not used here."""
    assert messages("exceptions") | messages("formatting") <= set(FRENCH)
    assert {text for text in messages("parser") if "requires" in text or "take" in text} <= set(FRENCH)
    assert {"Commands", "Options", "Show this message and exit."} <= set(FRENCH)


def test_placeholders_survive_translation():
    field = re.compile(r"\{(\w+)(?:!r)?\}")
    for english, french in FRENCH.items():
        assert set(field.findall(english)) == set(field.findall(french)), english


def test_an_interruption_is_said(capsys, monkeypatch, rules, dossier):
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cpf_funding.commands.plan.build_plan", interrupt)
    assert main(["plan", dossier, "--rules", rules]) == 1
    assert capsys.readouterr().err.strip() == "interrompu"
