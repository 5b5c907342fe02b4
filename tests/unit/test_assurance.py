"""The page of figures: made of the results that were kept, and of nothing else."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    found = importlib.util.spec_from_file_location("assurance", ROOT / "scripts" / "assurance.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_the_page_is_what_the_results_make(script: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert script.main(["--check"]) == 0, capsys.readouterr().out


def test_another_page_is_told(script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script, "PAGE", tmp_path / "assurance.md")
    assert script.main(["--check"]) == 1
    assert script.main([]) == 0
    assert script.main(["--check"]) == 0


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 0, "100\u00a0%"),
        (0, 3, "0\u00a0%"),
        (2, 3, "66,6\u00a0%"),
        (1, 2, "50\u00a0%"),
        (9999, 10_000, "99,9\u00a0%"),
    ],
)
def test_only_the_whole_is_a_hundred_percent(script: ModuleType, part: int, whole: int, text: str) -> None:
    assert script.share(part, whole) == text


@pytest.mark.parametrize(("tried", "text"), [(6_767, "toutes essayées"), (1_500, "1\u202f500 essayées (tirage 3)")])
def test_a_draw_is_told_unless_all_were_tried(script: ModuleType, tried: int, text: str) -> None:
    assert script._drawn({"made": 6_767, "tried": tried, "seed": 3}) == text


def test_the_files_of_a_room_are_added(script: ModuleType) -> None:
    summary = {"num_statements": 10, "covered_lines": 9, "num_branches": 4, "covered_branches": 3}
    files = {f"src/cpf_funding/{name}": {"summary": summary} for name in ("money.py", "engine/a.py", "engine/b/c.py")}
    assert script.rooms(files) == {"engine": {name: 2 * value for name, value in summary.items()}, "money": summary}
