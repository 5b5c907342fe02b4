"""Worked cases as pytest items: `-p cpf_funding.testing.pytest_plugin`.

Every YAML file whose first key is `schema: cpf-funding/case/1` is collected, one item per case. A case runs on the
rulebook of the folder it stands in (the nearest above that holds `sources.yaml`), else on the packaged rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

# The library is imported when a case file is met: a plugin is loaded before coverage is measured.
if TYPE_CHECKING:
    from cpf_funding.rulebook.book import Rulebook
    from cpf_funding.testing.cases import Case

_FIRST_KEY = "schema: cpf-funding/case/1"


class UnmetCaseError(AssertionError):
    """A case whose plan is not the one expected."""


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a file of worked cases."""
    if file_path.suffix == ".yaml" and _first_line(file_path) == _FIRST_KEY:
        return CaseFileNode.from_parent(parent, path=file_path)
    return None


def _first_line(path: Path) -> str:
    """The first line that is not a comment, as far as it says what the file is."""
    with path.open(encoding="utf-8", errors="replace") as file:
        lines = (line.strip() for line in file)
        return next((line for line in lines if line and not line.startswith("#")), "")


@cache
def _rulebook(folder: Path | None) -> Rulebook | str:
    """The rulebook of a folder, or all that is wrong with it: read once either way."""
    from cpf_funding.errors import InputError
    from cpf_funding.rulebook.load import load_rulebook

    try:
        return load_rulebook(rules=folder)
    except InputError as error:
        return str(error)


def _rules_above(path: Path) -> Path | None:
    return next((folder for folder in path.parents if (folder / "sources.yaml").is_file()), None)


class CaseFileNode(pytest.File):
    """A file of worked cases."""

    def collect(self) -> Iterable[CaseItem]:
        """One item per case; a file or a rulebook that cannot be read is a collection error, every mistake in it."""
        from cpf_funding.errors import InputError
        from cpf_funding.testing.cases import read_cases

        rulebook = _rulebook(_rules_above(self.path))
        try:
            cases = read_cases(self.path)
        except InputError as error:
            raise self.CollectError(str(error)) from None
        if isinstance(rulebook, str):
            raise self.CollectError(rulebook)
        for case in cases:
            yield CaseItem.from_parent(self, name=case.id, case=case, rulebook=rulebook)


class CaseItem(pytest.Item):
    """One worked case."""

    def __init__(self, *, case: Case, rulebook: Rulebook, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.case, self.rulebook = case, rulebook

    def runtest(self) -> None:
        """Fail with every difference between the plan and the case."""
        from cpf_funding.testing.cases import run_case

        found = run_case(self.case, self.rulebook)
        if found:
            raise UnmetCaseError("\n".join(_report(self.case, found)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The differences in French, without the trace of the runner."""
        if isinstance(excinfo.value, UnmetCaseError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the case is written."""
        return self.path, self.case.origin.line - 1, f"{self.case.id} : {self.case.shape.title}"


def _report(case: Case, found: Iterable[object]) -> Iterator[str]:
    yield f"{case.origin} : cas « {case.id} » ({case.shape.title})"
    yield from (f"  - {difference}" for difference in found)
