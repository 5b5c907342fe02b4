"""Worked cases as data, format `cpf-funding/case/1`: a dossier, the arithmetic done by hand, the plan it must give.

A file holds one case, or several under `cases:` with an optional `base:` dossier. The dossier of a case is its
`dossier_file`, else the `base` of the file, with its own `dossier` merged in: mappings are merged key by key, anything
else takes the place of what stood there, and a key written without a value makes a field unknown again.

A case that follows one dossier over several days writes `days:` in place of `on` and `expect`. Each day is a case of
its own, `name@2018-08-09`: its `dossier` is merged into the case's, its `arithmetic` completes the case's.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from cpf_funding.dossier import Day, Dossier
from cpf_funding.engine.build import build_plan
from cpf_funding.engine.remedies import find_remedies
from cpf_funding.errors import InputError, Origin, Problem
from cpf_funding.language.tree import Node
from cpf_funding.reading.dossiers import cross_problems
from cpf_funding.reading.french import Flaw, check, merge, problem_at, validate
from cpf_funding.reading.places import AT
from cpf_funding.reading.strict import read_file
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.testing.expect import Difference, Expect, differences, refusal_differences

__all__ = [
    "SCHEMA", "Case", "CaseDay", "CaseFile", "CaseShape", "LoneCase", "case_files", "dossier_of", "read_cases",
    "run_case",
]  # fmt: skip

SCHEMA = "cpf-funding/case/1"

Text = Annotated[str, StringConstraints(min_length=1)]


class CaseDay(Node):
    """One day of a case that has several: what the plan of that day must hold."""

    on: Day
    dossier: Any = None
    arithmetic: Text | None = None
    expect: Expect


class CaseShape(Node):
    """One case as written. `arithmetic` derives every expected figure by hand from the rule that `rows` cites.

    It has either `expect`, and `on` when the day is not the dossier's, or `days`.
    """

    case: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*$", max_length=80)]
    title: Text
    on: Day | None = None
    dossier: Any = None
    dossier_file: Text | None = None
    arithmetic: Text
    rows: tuple[str, ...] = Field(min_length=1)
    validated_by: Text | None = None
    expect: Expect | None = None
    days: tuple[CaseDay, ...] = Field(default=(), min_length=1)


class LoneCase(CaseShape):
    """A file that holds one case."""

    schema_: Literal["cpf-funding/case/1"] = Field(alias="schema")


class CaseFile(Node):
    """A file that holds several cases."""

    schema_: Literal["cpf-funding/case/1"] = Field(alias="schema")
    base: Any = None
    cases: tuple[CaseShape, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Case:
    """A case ready to run: `data` is the whole dossier as written, with the place of each value.

    `on` is the day of the plan (none: the `as_of` of the dossier), `expect` what that plan must hold, `day` the day of
    the case that this is, when it has several.
    """

    shape: CaseShape
    data: Any
    file: str
    on: date | None
    expect: Expect
    day: CaseDay | None = None

    @property
    def id(self) -> str:
        """Its name, unique in the file."""
        return self.shape.case if self.day is None else f"{self.shape.case}@{self.day.on}"

    @property
    def origin(self) -> Origin:
        """Where the case, or its day, is written."""
        return (self.day or self.shape).at or Origin(self.file, 1, 1)


def case_files(rules: str | os.PathLike[str]) -> tuple[Path, ...]:
    """The files of cases of a rules folder: all those of `cases/`, except in a folder there with rules of its own."""
    folder = Path(rules) / "cases"
    others = {sources.parent for sources in folder.glob("**/sources.yaml")}
    return tuple(path for path in sorted(folder.glob("**/*.yaml")) if others.isdisjoint(path.parents))


def read_cases(path: str | os.PathLike[str]) -> tuple[Case, ...]:
    """The cases of a file, in the order written, one for each day of a case that has several.

    Raises `InputError` with every mistake of the file, each with its place; the dossiers are checked when the case
    runs, for a case may be about a dossier that must be refused.
    """
    name = os.fspath(path)
    data = read_file(path)
    shapes: tuple[CaseShape, ...]
    if isinstance(data, dict) and "cases" not in data:
        shapes, base = (validate(LoneCase, data, source_name=name),), None
    else:
        file = validate(CaseFile, data, source_name=name)
        shapes, base = file.cases, file.base
    problems = [*_twins(shapes), *(problem for shape in shapes for problem in _misshapen(shape))]
    if problems:
        raise InputError(merge(problems, ()))
    return tuple(case for shape in shapes for case in _cases(shape, base, name))


def _cases(shape: CaseShape, base: Any, name: str) -> Iterator[Case]:
    data = _written(shape, base, name)
    if shape.expect is not None:
        yield Case(shape, data, name, shape.on, shape.expect)
    for day in shape.days:
        yield Case(shape, _merged(data, day.dossier), name, day.on, day.expect, day)


def _twins(shapes: Iterable[CaseShape]) -> Iterator[Problem]:
    seen: set[str] = set()
    for shape in shapes:
        if shape.case in seen:
            yield Problem(f"le cas « {shape.case} » est déjà écrit", "donnez-lui un autre nom", shape.at)
        seen.add(shape.case)


def _misshapen(shape: CaseShape) -> Iterator[Problem]:
    """What is wrong with the days of a case."""
    name = f"cas « {shape.case} »"
    if shape.days and (shape.expect is not None or shape.on is not None):
        yield Problem(f"{name} : days prend la place de on et de expect",
                      "écrivez on et expect dans chaque jour de days, ou supprimez days", shape.at)  # fmt: skip
    if not shape.days and shape.expect is None:
        yield Problem(f"{name} : rien n'est attendu du plan",
                      "écrivez expect: {…}, ou days: avec on et expect pour chaque jour", shape.at)  # fmt: skip
    seen: set[date] = set()
    for day in shape.days:
        if day.on in seen:
            yield Problem(f"{name} : le jour {day.on} est déjà écrit", "gardez un seul élément par jour", day.at)
        seen.add(day.on)


def _written(shape: CaseShape, base: Any, name: str) -> Any:
    if shape.dossier is None and shape.dossier_file is None and base is None:
        raise InputError([Problem(f"cas « {shape.case} » : le dossier manque", "écrivez dossier: ou dossier_file:",
                                  shape.at)])  # fmt: skip
    start = base if shape.dossier_file is None else read_file(Path(name).parent / shape.dossier_file)
    return _merged(start, shape.dossier)


def _merged(below: Any, above: Any) -> Any:
    """`above` over `below`, key by key; the place of the upper mapping is kept."""
    if above is None:
        return below
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    merged = dict(below)
    for key, value in above.items():
        merged[key] = _merged(below.get(key), value) if value is not None and key != AT else value
    return merged


def dossier_of(case: Case) -> Dossier:
    """The dossier of a case. Raises `InputError` as `read_dossier` does, each mistake at its place."""
    dossier, flaws = check(Dossier, case.data, source_name=case.file)
    if dossier is None:
        raise InputError(merge((), flaws))
    found = [
        Flaw(path, problem_at(case.data, path, message, advice, case.file))
        for path, message, advice in cross_problems(dossier)
    ]
    if found:
        raise InputError(merge((), found))
    return dossier


def run_case(case: Case, rulebook: Rulebook) -> list[Difference]:
    """Build the plan of a case and compare it with what it expects; empty when the case passes."""
    try:
        dossier = dossier_of(case)
        plan = build_plan(dossier, rulebook, case.on)
        if case.expect.remedies:
            plan = find_remedies(dossier, rulebook, plan, case.on)
    except InputError as refusal:
        return refusal_differences(refusal.problems, case.expect)
    return differences(plan, case.expect, rulebook)
