"""`check_rulebook`: everything that the library can check by itself in someone's own rules, in one call and one report.

What a careful reader would question, the worked cases of the folder, and the invariants of every plan over dossiers
next to each threshold and over generated ones. Nothing here knows what the rules ought to say: a case does.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cpf_funding.dossier import Dossier
from cpf_funding.engine.build import build_plan
from cpf_funding.engine.plan import FundingPlan
from cpf_funding.errors import CpfFundingError
from cpf_funding.reading.dossiers import write_dossier_yaml
from cpf_funding.report.document import plan_document
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.rulebook.check import Report, check, read_silences
from cpf_funding.rulebook.load import load_rulebook
from cpf_funding.rulebook.portrait import place
from cpf_funding.testing.around import dossiers_around
from cpf_funding.testing.cases import Case, case_files, read_cases, run_case
from cpf_funding.testing.invariants import READ, Invariant
from cpf_funding.testing.invariants_reading import READING, RULES
from cpf_funding.testing.invariants_rebuilt import REBUILT, SEARCHED

__all__ = ["ALL", "Broken", "FailedCase", "KitReport", "check_rulebook", "plan_checked"]

ALL: tuple[Invariant, ...] = (*READ, *READING, *REBUILT, *SEARCHED)
"""Every invariant of a plan; those of `RULES` are about a rulebook alone."""
MOST_SEARCHED = 10
"""Plans whose remedies are looked for: each search builds a hundred plans."""
_COMPARED = 25
"""Plans built twice, the files of the rules being read in another order."""


@dataclass(frozen=True, slots=True)
class Broken:
    """An invariant that does not hold: its name, what was found, and a dossier that shows it, as YAML."""

    invariant: str
    message: str
    dossier: str | None = None


@dataclass(frozen=True, slots=True)
class FailedCase:
    """A worked case whose plan is not the one expected, with each difference, in French."""

    case: Case
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KitReport:
    """What was tried on a rulebook, and what was found; `sound` when nothing is to be mended."""

    rulebook: Rulebook
    findings: Report
    cases: int
    failed: tuple[FailedCase, ...]
    around: int
    generated: int
    refused: int
    broken: tuple[Broken, ...]

    @property
    def sound(self) -> bool:
        """Whether every case passes, every invariant holds, and no finding is more than a note."""
        return not self.failed and not self.broken and self.findings.worst() in (None, "info")

    def text(self) -> str:
        """The report in French: the counts, then everything that is to be looked at."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        serious = [finding for finding in self.findings.findings if finding.severity != "info"]
        yield f"{len(self.rulebook.aids)} aides ; constats à voir : {len(serious)}"
        yield f"cas : {self.cases}, dont {len(self.failed)} avec écart"
        yield (
            f"dossiers essayés : {self.around} autour des seuils, {self.generated} engendrés, dont {self.refused} "
            f"refusés ; propriétés vérifiées : {len(ALL) + len(RULES) + 1} ; en défaut : {len(self.broken)}"
        )
        yield from (finding.text(place(finding.origin, self.rulebook)) for finding in serious)
        for failed in self.failed:
            yield f"{failed.case.origin} : cas « {failed.case.id} »"
            yield from (f"  - {difference}" for difference in failed.differences)
        for broken in self.broken:
            yield f"propriété en défaut, {broken.invariant} : {broken.message}"
            yield from (f"    {line}" for line in (broken.dossier or "").splitlines())


def check_rulebook(
    folder: str | os.PathLike[str], *overlays: str | os.PathLike[str], around: int = 500, generated: int = 100
) -> KitReport:
    """Check the rules of a folder, with overlays or without.

    `around` bounds the dossiers next to thresholds (evenly chosen among all of them), `generated` the dossiers drawn of
    each of the three kinds; drawing some needs Hypothesis (`pip install cpf-funding[testing]`), and the same ones are
    drawn every time. Raises `InputError` when the rules or the cases cannot be read, with every mistake.
    """
    path = Path(folder)
    rulebook = load_rulebook(*overlays, rules=path)
    cases = [case for file in case_files(path) for case in read_cases(file)]
    failed = [FailedCase(case, tuple(map(str, found))) for case in cases if (found := run_case(case, rulebook))]
    tried = _Tried(rulebook)
    near = _evenly([nearby.dossier for nearby in dossiers_around(rulebook)], around)
    for dossier in near:
        tried.look(dossier)
    drawn = _draw(rulebook, generated, tried) if generated else 0
    tried.rules(path, overlays, near[:_COMPARED])
    return KitReport(
        rulebook, check(rulebook, silences=read_silences(path)), len(cases), tuple(failed), len(near), drawn,
        tried.refused, tuple(tried.broken.values()),
    )  # fmt: skip


def plan_checked(dossier: Dossier, rulebook: Rulebook, invariants: Iterable[Invariant] = ALL) -> bool:
    """Build the plan of a dossier and hold it to these invariants; false when the dossier is refused.

    Raises `AssertionError` with the name of the first that does not hold. Any other exception is a fault of the library
    and is let through.
    """
    try:
        plan = build_plan(dossier, rulebook)
    except CpfFundingError:
        return False
    for invariant in invariants:
        try:
            invariant(dossier, rulebook, plan)
        except AssertionError as error:
            raise AssertionError(f"{invariant.__name__}: {error}") from error
    return True


def _evenly(found: list[Dossier], most: int) -> list[Dossier]:
    """At most this many, as far apart as can be."""
    return found if len(found) <= most else [found[rank * len(found) // most] for rank in range(most)]


@dataclass(slots=True)
class _Tried:
    """What was looked at so far; an invariant that fails is told once, and not asked again."""

    rulebook: Rulebook
    refused: int = 0
    searched: int = 0
    broken: dict[str, Broken] = field(default_factory=dict)

    def look(self, dossier: Dossier) -> None:
        """Hold the plan of a dossier to every invariant not broken yet."""
        plan, fault = _planned(dossier, self.rulebook)
        if plan is None:
            self.refused += fault is None
            self._note(_PLANNED, fault, dossier)
            return
        invariants: Iterable[Invariant] = (*READ, *READING, *REBUILT)
        if self.searched < MOST_SEARCHED and any(cause.state == "raised" for cause in plan.causes):
            self.searched += 1
            invariants = ALL
        for invariant in invariants:
            if invariant.__name__ not in self.broken:
                self._note(invariant, _fault(invariant, dossier, self.rulebook, plan), dossier)

    def rules(self, folder: Path, overlays: tuple[str | os.PathLike[str], ...], near: list[Dossier]) -> None:
        """Hold the rulebook itself to its invariants, and read its files in another order."""
        for invariant in RULES:
            try:
                invariant(self.rulebook)
            except AssertionError as error:
                self.broken[invariant.__name__] = Broken(invariant.__name__, str(error))
        different = _order_matters(folder, overlays, self.rulebook, near)
        if different is not None:
            name, message = "the_order_of_files_changes_nothing", "read in another order, the rules give another plan"
            self.broken[name] = Broken(name, message, write_dossier_yaml(different))

    def _note(self, invariant: Invariant, message: str | None, dossier: Dossier) -> None:
        """Keep a fault, with as little of the dossier as still shows it."""
        if message is None:
            return
        smaller = _reduced(dossier, lambda less: _shows(invariant, less, self.rulebook))
        self.broken[invariant.__name__] = Broken(invariant.__name__, message, write_dossier_yaml(smaller))


def a_dossier_is_planned_or_refused(dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> None:
    """Whatever it says, a dossier gives a plan, or an error that tells what to write instead."""


_PLANNED = a_dossier_is_planned_or_refused


def _planned(dossier: Dossier, rulebook: Rulebook) -> tuple[FundingPlan | None, str | None]:
    """The plan; or, when there is none, what went wrong unless it is a refusal."""
    try:
        return build_plan(dossier, rulebook), None
    except CpfFundingError:
        return None, None
    except Exception as error:  # whatever it is, it is a fault
        return None, f"{type(error).__name__}: {error}"


def _fault(invariant: Invariant, dossier: Dossier, rulebook: Rulebook, plan: FundingPlan) -> str | None:
    try:
        invariant(dossier, rulebook, plan)
    except AssertionError as error:
        return str(error)
    except Exception as error:  # as much of a fault as a promise not kept
        return f"{type(error).__name__}: {error}"
    return None


def _shows(invariant: Invariant, dossier: Dossier, rulebook: Rulebook) -> bool:
    plan, fault = _planned(dossier, rulebook)
    if plan is None:
        return fault is not None and invariant is _PLANNED
    return _fault(invariant, dossier, rulebook, plan) is not None


def _reduced(dossier: Dossier, shows: Callable[[Dossier], bool]) -> Dossier:
    """The dossier less every part and field that can be left out, one after the other."""
    data = dossier.model_dump(by_alias=True, exclude_none=True)
    for path in [*_paths(data)]:
        less = _cut(data, path)
        try:
            smaller = Dossier.model_validate(less)
        except ValueError:
            continue
        if shows(smaller):
            data, dossier = less, smaller
    return dossier


def _paths(data: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every key of nested mappings, a part before its fields."""
    for key, value in data.items():
        yield (*above, key)
        if isinstance(value, dict):
            yield from _paths(value, (*above, key))


def _cut(data: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    first, *rest = path
    inner = data.get(first)
    kept = {key: value for key, value in data.items() if key != first}
    return {**kept, first: _cut(inner, tuple(rest))} if rest and isinstance(inner, dict) else kept


def _draw(rulebook: Rulebook, count: int, tried: _Tried) -> int:
    """Look at this many dossiers of each kind, the same every time."""
    try:
        from hypothesis import HealthCheck, Phase, given, settings

        from cpf_funding.testing import strategies
    except ModuleNotFoundError as error:
        advice = "installez « cpf-funding[testing] », ou demandez generated=0"
        raise CpfFundingError(f"Hypothesis manque pour engendrer des dossiers → {advice}") from error
    drawn = 0

    def look(dossier: Dossier) -> None:
        nonlocal drawn
        drawn += 1
        tried.look(dossier)

    options = settings(
        max_examples=count, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    for kind in (strategies.realistic_dossiers, strategies.boundary_dossiers, strategies.hostile_dossiers):
        options(given(kind(rulebook))(look))()
    return drawn


def _order_matters(
    folder: Path, overlays: tuple[str | os.PathLike[str], ...], rulebook: Rulebook, dossiers: list[Dossier]
) -> Dossier | None:
    """A dossier whose plan is another when the files of rules are named, hence read, the other way round."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(shutil.copytree(folder, Path(place) / "rules"))
        for part in ("national", "regions", "lists"):
            files = sorted((copy / part).glob("*.yaml"), reverse=True)
            for rank, file in enumerate(files):
                file.rename(file.with_name(f"{rank:05d}-{file.name}"))
        turned = replace(load_rulebook(*overlays, rules=copy), digest=rulebook.digest)
        for dossier in dossiers:
            if _written(dossier, rulebook) != _written(dossier, turned):
                return dossier
    return None


def _written(dossier: Dossier, rulebook: Rulebook) -> str | None:
    """The plan as JSON, without the places in the rules."""
    try:
        document = plan_document(build_plan(dossier, rulebook), rulebook)
    except CpfFundingError:
        return None
    return json.dumps(_placeless(document))


def _placeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _placeless(item) for key, item in value.items() if key != "at"}
    return [_placeless(item) for item in value] if isinstance(value, list) else value
