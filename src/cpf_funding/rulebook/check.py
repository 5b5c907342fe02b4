"""Static analysis of a rulebook: what a careful reader would question, without any dossier.

What is simply wrong (an overlap, a hole, a cycle, a wrong unit) is refused when the rules are read; what is found here
is legal and doubtful. A finding is mended, or silenced with a written reason in `check.yaml`.
"""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, StringConstraints

from cpf_funding.errors import Origin
from cpf_funding.language.tree import Node
from cpf_funding.language.words import day_in_french
from cpf_funding.reading.french import read_model
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.rulebook.findings import Finding
from cpf_funding.rulebook.hygiene import unused
from cpf_funding.rulebook.soundness import unsound

__all__ = ["CheckFile", "Report", "Silence", "CaseSummary", "Gap", "check", "read_silences"]


class Silence(Node):
    """A finding that was looked at and is right: `where` is a place as findings name it, `*` standing for anything."""

    id: Annotated[str, StringConstraints(pattern=r"^R[0-9]{3}$")]
    where: str
    reason: Annotated[str, StringConstraints(min_length=10)]

    def covers(self, where: str, id: str | None = None) -> bool:
        """Whether it explains the finding `id` (any, when not given) at this place."""
        return id in (None, self.id) and fnmatchcase(where, self.where)


class CheckFile(Node):
    """`rules/check.yaml`."""

    silenced: tuple[Silence, ...] = Field(default=())


class Gap(NamedTuple):
    """A threshold, a condition or a change that the cases do not show on both sides: its place, and what is missing."""

    where: str
    missing: str
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """What the worked cases put to the test: the aids with a case, and what they leave with one outcome, or none."""

    aids: Container[str]
    thresholds: Iterable[Gap] = ()
    conditions: Iterable[Gap] = ()
    changes: Iterable[Gap] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The findings to look at, and those silenced with their reason."""

    findings: tuple[Finding, ...]
    silenced: tuple[tuple[Finding, str], ...]

    def worst(self) -> Literal["error", "warning", "info"] | None:
        """The gravest severity found."""
        found = {finding.severity for finding in self.findings}
        return "error" if "error" in found else "warning" if "warning" in found else "info" if found else None


def check(
    book: Rulebook,
    *,
    silences: Iterable[Silence] = (),
    stale_after: date | None = None,
    tested: CaseSummary | None = None,
) -> Report:
    """Everything doubtful in a rulebook, gravest first.

    `stale_after` asks for the sources last checked before that day; `tested` for what no case tests.
    """
    found = [*unsound(book), *unused(book)]
    if stale_after is not None:
        found += _stale(book, stale_after)
    if tested is not None:
        found += _untested(book, tested)
    silences = tuple(silences)
    used: set[int] = set()
    kept: list[Finding] = []
    silenced: list[tuple[Finding, str]] = []
    for finding in found:
        place = next((n for n, s in enumerate(silences) if s.covers(finding.where, finding.id)), None)
        if place is None:
            kept.append(finding)
        else:
            used.add(place)
            silenced.append((finding, silences[place].reason))
    asked = {finding.id for finding in found} | _always_asked(stale_after, tested)
    kept += [_idle(s) for n, s in enumerate(silences) if n not in used and s.id in asked]
    kept.sort(key=lambda finding: (_SEVERITIES.index(finding.severity), finding.id, finding.where))
    return Report(tuple(kept), tuple(silenced))


_SEVERITIES = ("error", "warning", "info")
_OF_CASES = {"R030", "R031", "R032", "R033"}


def _always_asked(stale_after: date | None, tested: CaseSummary | None) -> set[str]:
    """Findings that were looked for: a silence of another kind is not idle, its question was not put."""
    skipped = ({"R050"} if stale_after is None else set()) | (_OF_CASES if tested is None else set())
    return {f"R{number:03d}" for number in range(1000)} - skipped


def _idle(silence: Silence) -> Finding:
    return Finding(
        "R000", "info", f"{silence.id} {silence.where}", "ce constat mis en silence n'existe plus",
        "retirez cette ligne de check.yaml", silence.at,
    )  # fmt: skip


def read_silences(folder: str | os.PathLike[str]) -> tuple[Silence, ...]:
    """The silences of a rules folder (`check.yaml`), none when there is no such file; raises `InputError`."""
    path = Path(folder) / "check.yaml"
    return read_model(CheckFile, path).silenced if path.is_file() else ()


def _stale(book: Rulebook, limit: date) -> Iterator[Finding]:
    for id, source in book.sources.items():
        if source.checked_on < limit:
            yield Finding(
                "R050", "warning", f"source:{id}",
                f"la source « {id} » a été vérifiée le {day_in_french(source.checked_on)}",
                "relisez-la, puis mettez checked_on à jour", source.at,
            )  # fmt: skip


def _untested(book: Rulebook, tested: CaseSummary) -> Iterator[Finding]:
    for aid in book.aids:
        if aid.id not in tested.aids:
            yield Finding(
                "R031", "warning", aid.id, "aucun cas n'éprouve cette aide", "écrivez un cas dans rules/cases/",
                aid.shape.at,
            )  # fmt: skip
    for gap in tested.thresholds:
        yield Finding(
            "R030", "warning", gap.where, f"aucun cas ne franchit ce seuil : {gap.missing}",
            "écrivez un cas de chaque côté du seuil", gap.origin,
        )  # fmt: skip
    for gap in tested.conditions:
        yield Finding(
            "R032", "warning", gap.where, f"les cas ne montrent pas cette condition des deux côtés : {gap.missing}",
            "écrivez un cas où elle est remplie, et un où elle ne l'est pas", gap.origin,
        )  # fmt: skip
    for gap in tested.changes:
        yield Finding(
            "R033", "warning", gap.where, f"les cas n'encadrent pas ce changement au jour près : {gap.missing}",
            "écrivez un cas avec days: la veille, et le jour même", gap.origin,
        )  # fmt: skip
