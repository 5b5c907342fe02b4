"""What the library needs to run: bounded on both sides, and under licences that ask for no more than a notice."""

from __future__ import annotations

import importlib.util
from importlib.metadata import distribution
from pathlib import Path
from types import ModuleType

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


def script(name: str) -> ModuleType:
    found = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


licences, lowest = script("licences"), script("lowest")


def test_each_requirement_has_an_oldest_release_and_a_next_major(capsys: pytest.CaptureFixture[str]) -> None:
    bounds = lowest.bounded()
    assert {"pydantic", "PyYAML", "python-dateutil", "click"} <= bounds.keys()
    assert all(Version(floor) < Version(ceiling) for floor, ceiling in bounds.values())
    assert lowest.main() == 0
    assert capsys.readouterr().out.splitlines() == [f"{name}=={floor}" for name, (floor, _) in bounds.items()]


@pytest.mark.parametrize("extra", ['["a>=1"]', '["a<2"]', '["a"]', '["a>=1,<3"]'])
def test_a_requirement_without_a_bound_or_bounded_twice_is_refused(
    extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = f'[project]\nname = "p"\ndependencies = ["a>=1,<2"]\n[project.optional-dependencies]\nx = {extra}\n'
    path = tmp_path / "pyproject.toml"
    path.write_text(written, encoding="utf-8")
    monkeypatch.setattr(lowest, "PYPROJECT", path)
    with pytest.raises(ValueError, match=r"name>=oldest,<next|bounded differently"):
        lowest.bounded()


def test_every_licence_is_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    """What is told includes what each requirement brings: `pydantic` needs `annotated-types`."""
    assert licences.main() == 0, capsys.readouterr().err
    told = {canonicalize_name(line.partition(" ")[0]) for line in capsys.readouterr().out.splitlines()}
    assert {"pydantic", "annotated-types", "pyyaml", "python-dateutil", "six", "click"} <= told


@pytest.mark.parametrize(
    ("expression", "accepted"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("", False),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-3.0-only OR MIT AND BSD-3-Clause", True),
        ("BSD-3-Clause AND Zlib", True),
        ("(MIT OR GPL-3.0-only) AND GPL-3.0-only", False),
    ],
)
def test_a_licence_is_accepted_when_one_choice_asks_for_no_more(expression: str, accepted: bool) -> None:
    assert licences.accepted(expression) is accepted


def test_a_licence_that_is_not_accepted_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(licences, "ACCEPTED", licences.ACCEPTED - {"PSF-2.0"})
    assert licences.main() == 1
    assert "typing_extensions" in capsys.readouterr().err
    assert licences.licences(distribution("typing_extensions")) == "PSF-2.0"
