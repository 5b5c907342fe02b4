"""`check_rulebook` on rules of another field, which the library knows nothing of, and on copies broken on purpose."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cpf_funding import Dossier, FundingPlan, InputError, build_plan, load_rulebook
from cpf_funding.reading.dossiers import read_dossier_text
from cpf_funding.testing import ALL, KitReport, check_rulebook, kit, plan_checked

ROOT = Path(__file__).resolve().parents[2]
RENOVATION = ROOT / "docs" / "examples" / "renovation"


def broken(tmp_path: Path, name: str, *changes: tuple[str, str]) -> Path:
    """A copy of the rules with something written otherwise in one file."""
    copy = Path(shutil.copytree(RENOVATION, tmp_path / "rules"))
    text = (copy / name).read_text(encoding="utf-8")
    for written, instead in changes:
        assert written in text
        text = text.replace(written, instead)
    (copy / name).write_text(text, encoding="utf-8")
    return copy


def quick(folder: Path) -> KitReport:
    return check_rulebook(folder, around=20, generated=0)


@pytest.mark.slow
def test_rules_of_another_field_are_sound_and_the_guide_shows_their_report() -> None:
    report = check_rulebook(RENOVATION)
    assert report.sound, report.text()
    assert report.cases == 6
    assert report.around > 100
    assert report.generated == 300
    assert report.refused > 0  # hostile dossiers
    guide = (ROOT / "docs" / "how-to" / "test-your-rules.md").read_text(encoding="utf-8")
    assert without_draws(report.text()) in without_draws(guide)


def without_draws(text: str) -> str:
    """How many of the dossiers drawn are refused is another version of Hypothesis's business."""
    return re.sub(r"dont [0-9]+ refusés", "", text)


def test_the_same_dossiers_are_tried_every_time() -> None:
    one, again = (check_rulebook(RENOVATION, around=10, generated=8) for _ in range(2))
    assert (one.text(), one.refused) == (again.text(), again.refused)


# Mistakes of rule authors ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "written", "instead", "told"),
    [
        ("national/agence.yaml", "for: insulation, value: 50", "for: insulation, value: 5", "part de agence.travaux"),
        ("national/agence.yaml", "value: 32000", "value: 23000", "part de agence.travaux"),
        ("regions/littoral.yaml", "value: 4000", "value: 40000", "part de littoral.complement"),
        ("regions/littoral.yaml", "clock: start", "clock: filing", "part de littoral.complement"),
        ("regions/littoral.yaml", "{from: 2025-03-01, until: 2027", "{from: 2025-03-02, until: 2027",
         "part de littoral.complement"),
        ("national/agence.yaml", "value: 30, source", "value: 31, source", "date limite de dépôt de agence.travaux"),
        ("national/agence.yaml", "at_most: {parameter: income}", "at_least: {parameter: income}", "agence.travaux"),
    ],
)  # fmt: skip
def test_a_wrong_figure_fails_a_case(tmp_path: Path, file: str, written: str, instead: str, told: str) -> None:
    """The rules stay legal; only the arithmetic done by hand knows better."""
    found = quick(broken(tmp_path, file, (written, instead)))
    assert not found.sound
    assert not found.broken
    assert told in found.text()
    assert told in "".join(difference for failed in found.failed for difference in failed.differences)


@pytest.mark.parametrize(
    ("file", "written", "instead", "id"),
    [
        ("regions/littoral.yaml", "scope: {fact: holder.region", "firm_when: {fact: holder.region", None),
        ("national/agence.yaml", "before: 2009-01-01, cause: home_too_recent",
         "before: 2009-01-01, cause: home_too_recent}\n        - {fact: home.built_on, after: 2010-01-01", "R0"),
        ("sources.yaml", "famille:",
         'oubliee: {title: "Jamais citée", confidence: low, checked_on: 2026-11-23}\n  famille:', "R04"),
    ],
)  # fmt: skip
def test_what_is_legal_and_doubtful_is_told(
    tmp_path: Path, file: str, written: str, instead: str, id: str | None
) -> None:
    found = quick(broken(tmp_path, file, (written, instead)))
    ids = [finding.id for finding in found.findings.findings]
    assert bool(ids) is (id is not None)
    assert id is None or any(each.startswith(id) for each in ids)


def test_rules_that_cannot_be_read_are_refused_with_every_mistake(tmp_path: Path) -> None:
    unit, funder = ("unit: EUR, clock: filing", "unit: euros, clock: filing"), ("funder: agence", "funder: agense")
    copy = broken(tmp_path, "national/agence.yaml", unit, funder)
    with pytest.raises(InputError) as caught:
        check_rulebook(copy)
    assert len(caught.value.problems) >= 3
    assert all(problem.advice for problem in caught.value.problems)


def test_cases_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="titel"):
        check_rulebook(broken(tmp_path, "cases/renovation.yaml", ("title: Une isolation", "titel: Une isolation")))


# A broken engine ---------------------------------------------------------------------------------


def tampered(change: Any) -> Any:
    return lambda *given: change(build_plan(*given))


def test_a_promise_not_kept_is_told_with_a_small_dossier_that_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kit, "build_plan", tampered(lambda plan: replace(plan, unfunded=plan.unfunded + 1)))
    found = quick(RENOVATION)
    assert not found.sound
    told = {each.invariant: each for each in found.broken}["euros_add_up"]
    assert "propriété en défaut, euros_add_up : " in found.text()
    assert told.dossier is not None
    small = read_dossier_text(told.dossier)
    assert small.training.costs.teaching == 0  # a plan needs it
    assert (small.answers, small.means.holder_can_pay, small.holder.region) == ({}, None, None)


def test_a_crash_is_a_fault_and_a_refusal_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*given: Any) -> FundingPlan:
        raise ZeroDivisionError("essai")

    monkeypatch.setattr(kit, "build_plan", crash)
    monkeypatch.setattr(kit, "_order_matters", lambda *given: None)
    found = quick(RENOVATION)
    assert [each.invariant for each in found.broken] == ["a_dossier_is_planned_or_refused"]
    assert "ZeroDivisionError: essai" in found.text()


def test_an_order_of_files_that_matters_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = []

    def forgetful(*overlays: Any, rules: Any) -> Any:
        loaded.append(load_rulebook(*overlays, rules=rules))
        return replace(loaded[-1], aids=loaded[-1].aids[len(loaded) - 1 :])

    monkeypatch.setattr(kit, "load_rulebook", forgetful)
    assert [each.invariant for each in quick(RENOVATION).broken] == ["the_order_of_files_changes_nothing"]


def test_plan_checked_names_the_invariant(monkeypatch: pytest.MonkeyPatch) -> None:
    book = load_rulebook(rules=RENOVATION)
    dossier = Dossier.model_validate({"as_of": "2026-03-02", "training": {"costs": {"teaching": 0, "exam": 10}}})
    assert plan_checked(dossier, book)
    assert not plan_checked(dossier.model_copy(update={"as_of": None}), book)
    monkeypatch.setattr(kit, "build_plan", tampered(lambda plan: replace(plan, holder_pays=7)))
    with pytest.raises(AssertionError, match=r"^euros_add_up: the holder pays"):
        plan_checked(dossier, book)


def test_invariants_can_be_chosen() -> None:
    asked: list[str] = []

    def noted(dossier: Dossier, rulebook: Any, plan: FundingPlan) -> None:
        asked.append(str(plan.as_of))

    dossier = Dossier.model_validate({"as_of": "2026-03-02", "training": {"costs": {"teaching": 0}}})
    assert plan_checked(dossier, load_rulebook(rules=RENOVATION), [noted])
    assert asked == ["2026-03-02"]
    assert noted not in ALL


def test_the_file_shown_to_rule_authors_works(tmp_path: Path) -> None:
    """The example of docs/how-to/test-your-rules.md and the worked cases, run by pytest in the folder of the rules."""
    copy = shutil.copytree(RENOVATION, tmp_path / "rules")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "cpf_funding.testing.pytest_plugin",
    ]
    done = subprocess.run([*command, "."], cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "7 passed" in done.stdout
