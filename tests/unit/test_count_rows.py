"""The script that counts the rows of the notes, on a tiny sample: what is cited, listed, missing, held too sure."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
SMALL = ROOT / "tests" / "data" / "rules_small"
OLD = """# Notes

### Source register

| id | source |
| --- | --- |
| S1 | not a row: before the first section |

## 3. Aids

### 3.1 One

| id | fact | value | confidence |
| --- | --- | --- | --- |
| AIF-01 | cited | 1 | low |
| AIF-02 | listed | 2 | high (rate), low (number) |
| AIF-03 | left out | 3 | medium |

Ceilings without a column for confidence:

| id | region |
| --- | --- |
| AIF-04 | 75 |

## 8. Deadlines

| who | limit | id |
| --- | --- | --- |
| both | 15 days | AIF-01/02 |
| one and a missing one | 1 month | AIF-01, AIF-03 |

## 10. Mapping

| cause | parameters |
| --- | --- |
| 1 | not counted |
"""
NEW = """## 1. Account

### 1.4 Participation

| fact | value | confidence |
|---|---|---|
| a | 100 | high |
| b | 150 | high |

Text.

| fact | value | confidence |
|---|---|---|
| c | none | low |

## 12. Volumes

| fact | value |
|---|---|
| not counted | 1 |
"""
ENGINE = """## 2. Register

| id | title |
| --- | --- |
| `n-cpf` | not counted |

## 4. Alternance

| scheme | fact |
| --- | --- |
| a | x |
| b | y |
"""
LISTED = """# Left out

A line of text names AIF-03 and lists nothing.

| ligne | raison |
| --- | --- |
| AIF-02, 2026/1.4/2 à 2026/1.4/3 | because |
| AIF-04 (part) | a part only |
| T/4 | a whole section |
"""


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("count_rows", ROOT / "scripts" / "count_rows.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["count_rows"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def sample(tmp_path: Path) -> list[str]:
    """The arguments of the script on a sample: notes, a list, and rules that cite AIF-01 and 2026/1.4/1."""
    for name, text in (
        ("rules-2015-2018.md", OLD), ("rules-2019-2026.md", NEW), ("rules-trefle-2018-2020.md", ENGINE),
    ):  # fmt: skip
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "left.md").write_text(LISTED, encoding="utf-8")
    rules = tmp_path / "rules"
    shutil.copytree(SMALL, rules)
    (rules / "national" / "cited.yaml").write_text(
        "parameters:\n  group.value:\n    unit: EUR\n    clock: filing\n    values:\n"
        "      - {from: 2019-01-01, value: 100, source: essai-moyen, confidence: high, row: [AIF-01, 2026/1.4/1]}\n"
        "  group.other:\n    unit: EUR\n    clock: filing\n    values:\n"
        "      - {from: 2019-01-01, value: 1, source: essai-moyen, confidence: medium, row: AIF-01}\n",
        encoding="utf-8",
    )
    return [str(tmp_path), "--rules", str(rules), "--not-modelled", str(tmp_path / "left.md")]


def test_rows_are_named_and_only_rules_are_counted(script: ModuleType) -> None:
    old = list(script.rows_of(OLD, "2015", range(1, 10)))
    assert [row.name for row in old] == ["AIF-01", "AIF-02", "AIF-03", "AIF-04", "2015/8/1", "2015/8/2"]
    assert [row.section for row in old][::4] == ["2015/3.1", "2015/8"]
    assert old[4].repeats == ("AIF-01", "AIF-02")
    assert [set(row.levels) for row in old[:4]] == [{"low"}, {"high", "low"}, {"medium"}, {"medium"}]
    new = list(script.rows_of(NEW, "2026", range(1, 11)))
    assert [row.name for row in new] == ["2026/1.4/1", "2026/1.4/2", "2026/1.4/3"]
    assert [row.name for row in script.rows_of(ENGINE, "T", range(3, 10))] == ["T/4/1", "T/4/2"]


def test_a_list_names_rows_ranges_and_sections_but_not_parts(script: ModuleType) -> None:
    rows = [*script.rows_of(OLD, "2015", range(1, 10)), *script.rows_of(NEW, "2026", range(1, 11))]
    rows += script.rows_of(ENGINE, "T", range(3, 10))
    assert script.listed_in(LISTED, rows) == {"AIF-02", "2026/1.4/2", "2026/1.4/3", "T/4/1", "T/4/2"}


def test_a_list_that_names_no_row_is_refused(script: ModuleType) -> None:
    with pytest.raises(SystemExit, match="AIF-99"):
        script.listed_in("| AIF-99 | gone |", [])


def test_the_count(script: ModuleType, sample: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Of eleven rows: two cited, five listed, one that repeats a cited and a listed one; three are missing."""
    assert script.main([*sample, "--list-missing"]) == 1
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["2015/3.1", "4", "1", "1", "2"] in lines
    assert ["AIF-03", "AIF-04"] in lines
    assert ["2015/8", "2", "0", "1", "1"] in lines
    assert ["total", "11", "2", "6", "3"] in lines
    assert ["72.7", "%", "cited", "or", "listed,", "18.2", "%", "cited"] in lines


def test_enough_is_nine_in_ten(script: ModuleType, sample: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    left = Path(sample[-1])
    left.write_text(LISTED + "| AIF-03, AIF-04 | now listed |\n", encoding="utf-8")
    assert script.main(sample) == 0
    assert "100.0 % cited or listed" in capsys.readouterr().out


def test_a_value_is_not_surer_than_every_row_it_cites(
    script: ModuleType, sample: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """`group.value` also cites a high row; `group.other` rests on a low one alone."""
    assert script.main([*sample, "--confidence"]) == 1
    said = capsys.readouterr().out
    assert "cited.yaml:11" in said
    assert "medium, notes: AIF-01 low" in said
    assert said.endswith("1 values held surer than the notes say\n")
