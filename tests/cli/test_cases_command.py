"""`rules cases` and `rules check --cases` as a rule author runs them, on the small rulebook of `tests/data`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from cpf_funding.commands.cases import cases
from cpf_funding.commands.rules import check

SMALL = Path(__file__).parents[1] / "data" / "rules_small"
CASE = """
schema: cpf-funding/case/1
cases:
  - case: compte
    title: Le compte paie ses heures
    rows: [ESSAI-1]
    arithmetic: 120 h x 9 = 1 080,00
    dossier:
      as_of: 2017-03-01
      holder: {status: job_seeker, registered: true, disability: none, region: "75"}
      cpf: {hours: 120, consent: {given: true}}
      training: {kind: certifying, cpf_eligible: true, hours: {total: 600}, costs: {teaching: "5400.00"}}
    expect: {contributions_include: {compte: "1080.00"}}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    shutil.copytree(SMALL, folder)
    (folder / "cases").mkdir()
    return folder


def test_no_case_at_all_is_an_error(rules: Path) -> None:
    result = CliRunner().invoke(cases, ["--rules", str(rules)])
    assert result.exit_code == 2
    assert f"aucun cas dans {rules / 'cases'} → écrivez-y des cas" in result.output


def test_checking_cases_when_there_are_none_names_every_aid(rules: Path) -> None:
    result = CliRunner().invoke(check, ["--rules", str(rules), "--cases"])
    assert result.exit_code == 2
    assert result.output.count("aucun cas n'éprouve cette aide") == result.output.count("R031") > 1
    assert "[compte]" in result.output


def test_the_summary_counts_and_the_report_names(rules: Path) -> None:
    (rules / "cases" / "compte.yaml").write_text(CASE, encoding="utf-8")
    short = CliRunner().invoke(cases, ["--rules", str(rules), "--coverage-summary"])
    whole = CliRunner().invoke(cases, ["--rules", str(rules), "--coverage"])
    assert (short.exit_code, whole.exit_code) == (0, 0)
    assert whole.output.startswith(short.output.rstrip("\n"))
    assert "seuils éprouvés des deux côtés : 0 sur" in short.output
    assert "jamais" not in short.output
    assert "jamais vraie" in whole.output


def test_a_change_that_no_case_frames_is_a_finding_at_its_place(rules: Path) -> None:
    """The day on which an aid opens or a value moves, as `rules check --cases` tells it, with what to write."""
    (rules / "cases" / "compte.yaml").write_text(CASE, encoding="utf-8")
    output = CliRunner().invoke(check, ["--rules", str(rules), "--cases"]).output
    told = [line for line in output.splitlines() if "R033" in line]
    assert told
    assert all("[change:" in line and "days: la veille, et le jour même" in line for line in told)
    assert not [line for line in told if ".yaml:" not in line]


def test_a_silence_of_check_yaml_takes_its_condition_out_of_the_counts(rules: Path) -> None:
    (rules / "cases" / "compte.yaml").write_text(CASE, encoding="utf-8")
    before = CliRunner().invoke(check, ["--rules", str(rules), "--cases"]).output
    assert "[condition:" in before
    silence = '  - {id: R032, where: "condition:*", reason: "conditions laissées de côté pour cet essai"}\n'
    with (rules / "check.yaml").open("a", encoding="utf-8") as file:
        file.write(silence)
    assert "[condition:" not in CliRunner().invoke(check, ["--rules", str(rules), "--cases"]).output
    assert "expliqués dans check.yaml : " in CliRunner().invoke(cases, ["--rules", str(rules), "--coverage"]).output
