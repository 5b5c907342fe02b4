"""Every way a file enters the library: a name, and a function that reads some bytes put where such a file stands."""

from __future__ import annotations

import shutil
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from cpf_funding import InputError, load_rulebook, read_dossier
from cpf_funding.engine.history import read_history
from cpf_funding.testing.cases import read_cases, run_case

TESTS = Path(__file__).resolve().parents[1]
BASE = TESTS / "bad_rules" / "base"
"""A small rulebook that is right, among which a hostile file is put."""

Reader = Callable[[bytes, Path], object]
AS_DOSSIER = b"schema: cpf-funding/dossier/1\n"
AS_OVERLAY = b"schema: cpf-funding/overlay/1\noverlay: essai-local\nlevel: agency\n"
AS_CASE = b"schema: cpf-funding/case/1\ncase: essai\ntitle: Essai\narithmetic: aucune\nrows: [ESSAI-01]\nexpect: {}\n"
AS_HISTORY = b"aid,filed_on,answered_on\n"


def placed(data: bytes, path: Path) -> Path:
    """The bytes in a file; folders are made, what stood there is replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def _dossier(data: bytes, folder: Path) -> object:
    return read_dossier(placed(data, folder / "dossier.yaml"))


def _json(data: bytes, folder: Path) -> object:
    return read_dossier(placed(data, folder / "dossier.json"))


def rules_with(data: bytes, folder: Path, name: str = "national/hostile.yaml") -> Path:
    """A rules folder that holds these bytes among the rules that are right."""
    if not (folder / "rules").is_dir():
        shutil.copytree(BASE, folder / "rules")
    placed(data, folder / "rules" / name)
    return folder / "rules"


def _rules(data: bytes, folder: Path) -> object:
    return load_rulebook(rules=rules_with(data, folder))


def _list(data: bytes, folder: Path) -> object:
    return load_rulebook(rules=rules_with(data, folder, "lists/hostile.yaml"))


def _overlay(data: bytes, folder: Path) -> object:
    return load_rulebook(placed(data, folder / "local.yaml"), rules=BASE)


def _case(data: bytes, folder: Path) -> object:
    rulebook = load_rulebook(rules=BASE)
    return [run_case(case, rulebook) for case in read_cases(placed(data, folder / "cases.yaml"))]


def _history(data: bytes, folder: Path) -> object:
    return read_history(placed(data, folder / "history.csv"), frozenset({"compte", "agence.aide"}))


READERS: dict[str, Reader] = {
    "dossier": _dossier, "json": _json, "rules": _rules, "list": _list, "overlay": _overlay, "case": _case,
    "history": _history,
}  # fmt: skip
YAML_READERS = ("dossier", "rules", "list", "overlay", "case")


def refusal(reader: str, data: bytes, folder: Path) -> InputError:
    """How a reader refuses some bytes; fails unless it is with our error, each mistake told on one line."""
    with pytest.raises(InputError) as caught:
        READERS[reader](data, folder)
    assert_told(caught.value)
    assert not [problem for problem in caught.value.problems if "\n" in f"{problem.message}{problem.advice}"]
    return caught.value


def assert_told(error: InputError) -> None:
    """Each mistake says what is wrong and what to write; nothing else is printed with the error."""
    assert error.problems
    for problem in error.problems:
        assert problem.message
        assert problem.advice
        assert len(problem.message) < 1000
    assert "During handling" not in "".join(traceback.format_exception(error))
