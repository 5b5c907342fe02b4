"""The case format, its runner and its pytest plugin, on the small rulebook of `tests/data`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from cpf_funding.errors import InputError
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.rulebook.load import load_rulebook
from cpf_funding.testing.cases import read_cases, run_case

DATA = Path(__file__).parents[1] / "data"
# 120 h x 9 EUR = 1080 for `compte`; `agence.aide` is capped at 3000 in region 75; 5400 - 4080 = 1320 are left.
CASE = """
schema: cpf-funding/case/1
base:
  as_of: 2017-03-01
  holder: {status: job_seeker, registered: true, disability: none, region: "75"}
  cpf: {hours: 120, consent: {given: true}}
  training:
    kind: certifying
    cpf_eligible: true
    start: 2017-06-05
    end: 2018-02-23
    hours: {total: 600}
    costs: {teaching: "5400.00"}
  project: {validated: true, pmsmp_days: 10}
  local: {envelopes: {agence.aide: {state: open}}}
cases:
  - case: base
    title: Un cas conforme
    rows: [ESSAI-1]
    arithmetic: 120 h x 9 = 1 080,00 ; plafond 3 000,00 ; reste 1 320,00
    expect:
      contributions: {compte: "1080.00", agence.aide: "3000.00"}
      unfunded: "1320.00"
      worst: "1320.00"
      complete: false
      verdicts: {compte: open, fonds.complement: refused}
      standings: {compte: right, agence.aide: open}
      causes: {cost_too_high: raised, project_contested: clear}
      file_by: {agence.aide: 2017-05-21}
      refused_for: {fonds.complement: []}
"""


@cache
def small() -> Rulebook:
    return load_rulebook(rules=DATA / "rules_small")


def cases_of(tmp_path: Path, text: str):
    path = tmp_path / "cases.yaml"
    path.write_text(text, encoding="utf-8")
    return read_cases(path)


def told(tmp_path: Path, text: str) -> list[str]:
    return [str(found) for case in cases_of(tmp_path, text) for found in run_case(case, small())]


def test_a_case_that_says_what_the_plan_is_passes(tmp_path: Path) -> None:
    assert told(tmp_path, CASE) == []


@pytest.mark.parametrize(
    ("written", "instead", "report"),
    [
        ('compte: "1080.00"', 'compte: "1080.01"', "compte : attendu 1\u202f080,01\u00a0€, obtenu 1\u202f080\u00a0€"),
        (', agence.aide: "3000.00"}', "}", "part de agence.aide : attendu rien, obtenu 3\u202f000\u00a0€"),
        ('agence.aide: "3000.00"}', 'agence.aide: "3000.00", fonds.complement: "1.00"}', "part de fonds.complement"),
        ('unfunded: "1320.00"', "unfunded: 0", "reste à trouver : attendu 0\u00a0€, obtenu 1\u202f320\u00a0€"),
        ('worst: "1320.00"', "worst: 0", "reste à trouver au pire"),
        ("complete: false", "complete: true", "plan complet : attendu oui, obtenu non"),
        ("compte: open", "compte: refused", "verdict de compte : attendu refused, obtenu open"),
        ("agence.aide: open}", "agence.aide: granted}", "part de agence.aide : attendu granted, obtenu open"),
        ("cost_too_high: raised", "cost_too_high: clear", "cause cost_too_high : attendu clear, obtenu raised"),
        ("project_contested: clear", "project_contested: raised", "project_contested : attendu raised, obtenu clear"),
        ("2017-05-21", "2017-05-22", "date limite de dépôt de agence.aide : attendu 2017-05-22, obtenu 2017-05-21"),
        ("fonds.complement: refused}", "fonds.complement: absent}", "complement : attendu absent, obtenu refused"),
        ("complete: false", "answer_by: {agence.aide: 2017-04-01}", "dernière réponse de agence.aide"),
        ("fonds.complement: []", "fonds.complement: [cost_too_high]", "motifs du refus de fonds.complement"),
        ("fonds.complement: []", "compte: []", "obtenu une aide qui n'est pas refusée"),
        ("compte: open", "comptes: open", "aide « comptes » : attendu une aide déclarée dans les règles"),
        ("cost_too_high: raised", "cout: raised", "cause « cout » : attendu une cause déclarée dans causes.yaml"),
        ("complete: false", "questions_first: [means.employer]", "premières questions"),
        ("complete: false", "confirm: {agence.aide: [holder.region]}", "à confirmer pour agence.aide"),
        ("complete: false", "lost_to: {compte: needs}", "perdue pour compte : attendu needs, obtenu rien"),
        ("complete: false", 'alternatives: [{compte: "5.00"}]', "autre plan possible"),
        ("complete: false", 'error: {message: "coût"}', "attendu un refus du dossier"),
    ],
)  # fmt: skip
def test_each_wrong_expectation_is_reported_in_french(tmp_path: Path, written: str, instead: str, report: str) -> None:
    assert written in CASE
    assert any(report in line for line in told(tmp_path, CASE.replace(written, instead)))


def test_an_expected_refusal_is_compared_with_its_message_and_its_line(tmp_path: Path) -> None:
    start = CASE.index("    expect:")
    refused = (
        CASE[:start] + '    dossier: {training: {end: 2017-01-01}}\n    expect: {error: {message: "%s", line: %s}}\n'
    )
    line = next(number for number, text in enumerate(refused.split("\n"), 1) if "end: 2017-01-01" in text)
    assert told(tmp_path, refused % ("précède le début", line)) == []
    assert any("ligne de l'erreur" in each for each in told(tmp_path, refused % ("précède le début", line + 1)))
    assert any("message d'erreur" in each for each in told(tmp_path, refused % ("coût", line)))


def test_a_refused_dossier_that_nobody_expected_is_a_difference_with_its_place(tmp_path: Path) -> None:
    found = told(tmp_path, CASE.replace("    expect:", "    dossier: {holder: {statut: x}}\n    expect:"))
    assert len(found) == 1
    assert "cases.yaml:" in found[0]
    assert "statut" in found[0]


def test_a_key_without_value_makes_a_fact_unknown_and_the_base_stays_whole(tmp_path: Path) -> None:
    text = CASE.replace("    expect:", "    dossier: {cpf: {consent: }}\n    expect:")
    (case,) = cases_of(tmp_path, text)
    assert case.data["cpf"]["hours"] == "120"
    assert "standings" not in "".join(told(tmp_path, CASE))
    assert any("état de la part de compte : attendu right, obtenu to_confirm" in line for line in told(tmp_path, text))


def test_a_case_can_start_from_a_dossier_file(tmp_path: Path) -> None:
    shutil.copy(DATA / "dossiers" / "small.yaml", tmp_path / "dossier.yaml")
    text = """
schema: cpf-funding/case/1
case: seul
title: Un fichier, un cas
dossier_file: dossier.yaml
dossier: {cpf: {hours: 10, consent: {given: true}}}
rows: [ESSAI-1]
arithmetic: 10 h x 9 = 90,00
expect: {contributions: {compte: "90.00", agence.aide: "3000.00"}}
"""
    assert told(tmp_path, text) == []


@pytest.mark.parametrize(
    ("written", "instead", "message"),
    [
        ("    arithmetic: 120 h x 9 = 1 080,00 ; plafond 3 000,00 ; reste 1 320,00\n", "", "arithmetic"),
        ("rows: [ESSAI-1]", "rows: []", "rows"),
        ("title:", "titre:", "titre"),
        ("compte: right", "compte: sure", "standings.compte"),
        ('worst: "1320.00"', "worst: 1320.005", "worst"),
        ("cases:\n", "cases: []\nautres:\n", "cases"),
    ],
)
def test_a_bad_case_file_is_refused_with_file_and_line(
    tmp_path: Path, written: str, instead: str, message: str
) -> None:
    with pytest.raises(InputError) as refusal:
        cases_of(tmp_path, CASE.replace(written, instead))
    assert all(problem.origin is not None for problem in refusal.value.problems)
    assert message in str(refusal.value)
    assert "cases.yaml:" in str(refusal.value)


DAYS = """
schema: cpf-funding/case/1
case: suivi
title: Un dossier suivi sur trois jours
dossier_file: dossier.yaml
rows: [ESSAI-1]
arithmetic: 10 h x 9 = 90,00
dossier: {cpf: {hours: 10, consent: {given: true}}}
days:
  - {on: 2017-03-01, expect: {contributions_include: {compte: "90.00"}}}
  - on: 2017-03-02
    dossier: {cpf: {hours: 20}}
    arithmetic: 20 h x 9 = 180,00
    expect: {contributions_include: {compte: "180.00"}}
  - {on: 2017-03-03, expect: {contributions_include: {compte: "90.00"}}}
"""


def test_each_day_of_a_case_is_a_case_of_its_own(tmp_path: Path) -> None:
    """It has its name, its day, its place and its own dossier, which the next day does not inherit."""
    shutil.copy(DATA / "dossiers" / "small.yaml", tmp_path / "dossier.yaml")
    days = cases_of(tmp_path, DAYS)
    assert [case.id for case in days] == ["suivi@2017-03-01", "suivi@2017-03-02", "suivi@2017-03-03"]
    assert [str(case.on) for case in days] == ["2017-03-01", "2017-03-02", "2017-03-03"]
    assert [case.origin.line for case in days] == [10, 11, 15]
    assert [case.data["cpf"] | {"__at__": None} for case in days][0::2] == [days[0].data["cpf"] | {"__at__": None}] * 2
    assert told(tmp_path, DAYS) == []


def test_a_wrong_day_is_told_alone(tmp_path: Path) -> None:
    shutil.copy(DATA / "dossiers" / "small.yaml", tmp_path / "dossier.yaml")
    found = told(tmp_path, DAYS.replace('compte: "180.00"', 'compte: "181.00"'))
    assert found == ["part de compte : attendu 181\u00a0€, obtenu 180\u00a0€"]


@pytest.mark.parametrize(
    ("written", "instead", "message"),
    [
        ("rows:", "on: 2017-03-01\nrows:", "2:1 : cas « suivi » : days prend la place de on et de expect"),
        ("rows:", "expect: {unfunded: 0}\nrows:", "2:1 : cas « suivi » : days prend la place de on et de expect"),
        (DAYS[DAYS.index("days:") :], "", "cas « suivi » : rien n'est attendu du plan → écrivez expect: {…}, ou days:"),
        ("on: 2017-03-03", "on: 2017-03-01", "15:5 : cas « suivi » : le jour 2017-03-01 est déjà écrit"),
        ("{on: 2017-03-01, ", "{", "10:5 : days[1] : il manque la clé « on »"),
        (', expect: {contributions_include: {compte: "90.00"}}', "", "10:5 : days[1] : il manque la clé « expect »"),
        (DAYS[DAYS.index("days:") :], "days: []", "days : il faut au moins 1 élément"),
        ("    arithmetic:", "    calcul:", "days[2] : clé inconnue « calcul »"),
    ],
)  # fmt: skip
def test_days_badly_written_are_refused_with_file_and_line(
    tmp_path: Path, written: str, instead: str, message: str
) -> None:
    shutil.copy(DATA / "dossiers" / "small.yaml", tmp_path / "dossier.yaml")
    assert written in DAYS
    with pytest.raises(InputError) as refusal:
        cases_of(tmp_path, DAYS.replace(written, instead, 1))
    assert message in str(refusal.value)
    assert "cases.yaml:" in str(refusal.value)


def test_all_the_mistakes_of_a_file_of_cases_are_told_at_once(tmp_path: Path) -> None:
    twin = CASE[CASE.index("  - case: base") :]
    empty = twin[: twin.index("    expect:")].replace("case: base", "case: vide")
    with pytest.raises(InputError) as refusal:
        cases_of(tmp_path, CASE + twin + empty)
    assert [problem.message for problem in refusal.value.problems] == [
        "le cas « base » est déjà écrit", "cas « vide » : rien n'est attendu du plan",
    ]  # fmt: skip


def test_two_cases_of_one_name_are_refused(tmp_path: Path) -> None:
    twin = CASE[CASE.index("  - case: base") :]
    with pytest.raises(InputError, match="« base » est déjà écrit"):
        cases_of(tmp_path, CASE + twin)


def test_pytest_collects_the_case_files_of_a_rulebook(tmp_path: Path) -> None:
    """One item per case, each failure in French with its place; other YAML files are left alone."""
    rules = tmp_path / "rules"
    shutil.copytree(DATA / "rules_small", rules)
    (rules / "cases").mkdir()
    (rules / "cases" / "bons.yaml").write_text(CASE, encoding="utf-8")
    (rules / "cases" / "faux.yaml").write_text(CASE.replace('compte: "1080.00"', 'compte: "1.00"'), encoding="utf-8")
    (rules / "cases" / "mauvais.yaml").write_text(CASE.replace("title:", "titre:"), encoding="utf-8")
    (rules / "cases" / "autre.yaml").write_text("cle: valeur\n", encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "cpf_funding.testing.pytest_plugin", "-p", "no:cacheprovider",
         "--continue-on-collection-errors", "rules"],
        cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert run.returncode == 1, run.stdout + run.stderr
    assert "1 failed, 1 passed, 1 error" in run.stdout
    line = CASE[: CASE.index("  - case: base")].count("\n") + 1
    assert f"faux.yaml:{line}:5 : cas « base » (Un cas conforme)" in run.stdout
    assert "part de compte : attendu 1\u00a0€, obtenu 1\u202f080\u00a0€" in run.stdout
    assert f"mauvais.yaml:{line + 1}:5 : cases[1] : " in run.stdout
    assert "Traceback" not in run.stdout
