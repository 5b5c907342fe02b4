"""One wrong rule file per mistake: where it is told, in which words, and what to write instead."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cpf_funding.errors import InputError, Problem
from cpf_funding.rulebook.load import load_rulebook

FOLDER = Path(__file__).parents[1] / "bad_rules"
BASE = FOLDER / "base"
FILES = sorted(FOLDER.glob("*.yaml"))
REGISTERS = ("sources", "facts", "causes")


def problems_of(bad: Path, folder: Path) -> tuple[list[Problem], Path]:
    """The mistakes told when a wrong file is put among right rules, and where it was put.

    A file named after a register takes its place; `list_` goes to the lists; `overlay_` is an overlay.
    """
    shutil.copytree(BASE, folder)
    kind = bad.stem.split("_")[0]
    overlays = []
    if kind in REGISTERS:
        place = folder / f"{kind}.yaml"
    elif kind == "overlay":
        place = folder / "local.yaml"
        overlays = [place]
    elif kind == "list" and bad.stem != "list_expected":
        place = folder / "lists" / bad.name
    else:
        place = folder / "national" / bad.name
    shutil.copy(bad, place)
    with pytest.raises(InputError) as caught:
        load_rulebook(*overlays, rules=folder)
    return list(caught.value.problems), place


def test_the_base_is_right() -> None:
    assert len(load_rulebook(rules=BASE).aids) == 2


def test_there_are_enough_of_them() -> None:
    assert len(FILES) >= 60


@pytest.mark.parametrize("bad", FILES, ids=lambda path: path.stem)
def test_a_mistake_is_told_at_its_place_with_what_to_write(bad: Path, tmp_path: Path) -> None:
    header = bad.read_text(encoding="utf-8").splitlines()[0]
    line, message, advice = header.removeprefix("# attendu: ").split(" | ")
    problems, place = problems_of(bad, tmp_path / "rules")
    # Nothing is told elsewhere: one mistake has no echo in the files that are right.
    assert {(problem.origin.file, problem.origin.line) for problem in problems if problem.origin} == {
        (str(place), int(line))
    }
    told = [problem for problem in problems if message in problem.message]
    assert [problem for problem in told if problem.advice.startswith(advice)]


def test_the_mistakes_of_every_file_are_told_at_once(tmp_path: Path) -> None:
    """A file that cannot be read hides nothing of the others, and its names are not called unknown."""
    folder = tmp_path / "rules"
    shutil.copytree(BASE, folder)
    for name in ("unknown_key_far", "units_differ", "value_missing"):
        shutil.copy(FOLDER / f"{name}.yaml", folder / "national")
    text = (folder / "national" / "units_differ.yaml").read_text(encoding="utf-8")
    renamed = text.replace("mauvaise.aide", "autre.aide") + "    procedure: {after: [mauvaise.aide]}\n"
    (folder / "national" / "units_differ.yaml").write_text(renamed, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_rulebook(rules=folder)
    told = {Path(problem.origin.file).stem for problem in caught.value.problems if problem.origin}
    assert told == {"unknown_key_far", "units_differ", "value_missing"}
    assert not [problem for problem in caught.value.problems if "aucune aide ne répond" in problem.message]
