"""The conformance suite (`rules/cases/conformance`): what it holds, and the rule files that it says must be refused.

Its cases are collected by the plugin, as those of the packaged rules are.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from cpf_funding import InputError, Rulebook, load_rulebook
from cpf_funding.language import tree
from cpf_funding.language.values import Parameter, Setting, State
from cpf_funding.rulebook.shapes import Answer, Procedure, Relations
from cpf_funding.testing import check_rulebook
from cpf_funding.testing.cases import Case, case_files, read_cases, run_case
from cpf_funding.truth import Truth
from generators import packaged

pytestmark = pytest.mark.slow

RULES = Path(__file__).resolve().parents[2] / "rules"
SUITE = RULES / "cases" / "conformance"
MANIFEST: dict[str, Any] = yaml.safe_load((SUITE / "conformance.yaml").read_text(encoding="utf-8"))
FILES = [SUITE / chapter["file"] for chapter in MANIFEST["chapters"]]


def cases() -> list[Case]:
    return [case for path in FILES for case in read_cases(path)]


def is_doubtful(case: Case) -> bool:
    """Whether a case is about an error, or about something unknown."""
    told = case.expect.model_dump_json(exclude_none=True, exclude_defaults=True)
    return case.expect.error is not None or "unknown" in told or "to_confirm" in told or bool(case.expect.confirm)


def test_the_manifest_names_every_file_and_a_version() -> None:
    assert MANIFEST["schema"] == "cpf-funding/conformance/1"
    assert re.fullmatch(r"[1-9][0-9]*\.[0-9]+", MANIFEST["version"])
    assert sorted(FILES) == sorted(case_files(SUITE))
    named = {SUITE / entry["file"] for entry in MANIFEST["refused"]}
    assert named == set((SUITE / "refused").glob("*.yaml"))


def test_a_third_of_it_is_about_errors_and_unknowns() -> None:
    found = cases()
    doubtful = sum(map(is_doubtful, found)) + len(MANIFEST["refused"])
    assert len(found) >= 150
    assert 3 * doubtful >= len(found) + len(MANIFEST["refused"])


def test_each_name_is_given_once() -> None:
    names = [case.id for case in cases()]
    assert len(names) == len(set(names))


def test_it_says_nothing_of_any_real_funder() -> None:
    real = {aid.id for aid in packaged().aids} | set(packaged().funders) - {"holder"}
    mine = load_rulebook(rules=SUITE)
    assert real.isdisjoint([*(aid.id for aid in mine.aids), *mine.funders])


def test_every_word_of_the_language_is_used() -> None:
    """Every key of conditions and amounts, every operator, relation, delay and state."""
    written = "\n".join(path.read_text(encoding="utf-8") for path in (SUITE / "national").glob("*.yaml"))
    models = [each for each in vars(tree).values() if isinstance(each, type) and issubclass(each, tree.Node)]
    models += [Relations, Answer, Procedure]
    keys = {field.alias or name for model in models for name, field in model.model_fields.items()}
    assert {key for key in keys - NOT_WORDS if f"{key}:" not in written} == set()
    states = {"ended", "announced", "unknown", "suspended"}
    assert {state for state in states if f"state: {state}" not in written} == set()


NOT_WORDS = {"__at__", "source", "row", "filed_by"}
"""Said of a rule for those who read it: no result depends on it."""


def test_it_is_sound_by_the_kit() -> None:
    report = check_rulebook(SUITE, around=40, generated=0)
    assert report.sound, report.text()


@pytest.mark.parametrize("entry", MANIFEST["refused"], ids=lambda entry: Path(entry["file"]).stem)
def test_a_wrong_rule_file_is_refused_at_its_line(entry: dict[str, Any], tmp_path: Path) -> None:
    copy = shutil.copytree(SUITE, tmp_path / "rules")
    wrong = shutil.copy(SUITE / entry["file"], copy / "national" / "wrong.yaml")
    with pytest.raises(InputError) as caught:
        load_rulebook(rules=copy)
    told = {(problem.origin.file, problem.origin.line) for problem in caught.value.problems if problem.origin}
    assert told == {(str(wrong), entry["line"])}
    assert any(entry["message"] in problem.message and problem.advice for problem in caught.value.problems)


def test_the_packaged_cases_leave_it_apart() -> None:
    """Cases of a folder with rules of its own are not those of the rules around it."""
    packaged = case_files(RULES)
    assert len(packaged) > 20
    assert not [path for path in packaged if SUITE in path.parents]
    assert set(case_files(SUITE)) == set((SUITE / "cases").glob("*.yaml"))


# Another implementation ---------------------------------------------------------------------------


def prolonged(parameter: Parameter, day: date | None, key: str | None = None) -> Setting:
    """The last value known, whatever became of it."""
    rows = parameter.table.get(key or "*") or parameter.table.get("*") or ()
    known = [row for row in rows if row.state is State.VALID and day and row.start and row.start <= day]
    return known[0] if known else parameter._unknown


def unrelated(book: Rulebook, **relations: object) -> Rulebook:
    """The rules in which no aid says anything of another, in one respect."""
    return replace(book, aids=tuple(replace(aid, **relations) for aid in book.aids))  # type: ignore[arg-type]


DAY = timedelta(days=1)
WRONG: dict[str, tuple[str, object]] = {
    "always rounds down": ("cpf_funding.language.amounts.divide", lambda top, bottom, how: top // bottom),
    "takes unknown for no": ("cpf_funding.language.conditions.UNKNOWN", Truth.NO),
    "takes unknown for yes": ("cpf_funding.language.conditions.UNKNOWN", Truth.YES),
    "prolongs values": ("cpf_funding.language.values.Parameter.at", prolonged),
    "takes all days alike": (
        "cpf_funding.engine.verdicts.latest_filing",
        lambda start, notice, unit, territory: start - notice * DAY,
    ),
    "fills lines in turn": (
        "cpf_funding.engine.allocation.Allocation.remaining",
        lambda self, mask: max(0, self._classes.subsets[mask] - self.paid),
    ),
    "presumes own money": ("cpf_funding.engine.configurations._no_own_money", lambda case, shares: (True, True)),
    "forgets what an aid needs": ("cpf_funding.engine.configurations._failing", lambda *given: iter(())),
    "takes the first plan": ("cpf_funding.engine.build.Option.preference", property(lambda option: 0)),
    "hides the worst": ("cpf_funding.engine.selection._worst", lambda case, shares, unfunded: unfunded),
}


def unmet(book: Rulebook) -> set[str]:
    """The cases that an engine does not meet; one in which it breaks down is not met."""
    found = set()
    for case in cases():
        try:
            met = not run_case(case, book)
        except ValueError:
            met = False
        found |= set() if met else {case.id}
    return found


@pytest.mark.parametrize("name", WRONG)
def test_an_engine_with_a_common_fault_does_not_conform(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*WRONG[name])
    assert unmet(load_rulebook(rules=SUITE))


@pytest.mark.parametrize("relation", ["excludes", "after", "waived_by", "with_"])
def test_an_engine_that_ignores_a_relation_does_not_conform(relation: str) -> None:
    assert unmet(unrelated(load_rulebook(rules=SUITE), **{relation: frozenset()}))


def test_this_engine_conforms() -> None:
    """The same here as when each case is collected: otherwise the tests above prove nothing."""
    assert unmet(load_rulebook(rules=SUITE)) == set()
