"""What may be written in `rules/levers.yaml`: what can be changed in a project, by whom, within which bounds.

Bounds and efforts are the editor's: how far to look, and what to look at first. They say nothing of the law.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from cpf_funding.dossier import Day, Dossier, Unplaced
from cpf_funding.errors import InputError, Problem
from cpf_funding.language.tree import Node, Scalar
from cpf_funding.money import hundredths
from cpf_funding.reading.changes import amount_at, apply_changes
from cpf_funding.rulebook.shapes import CauseShape, Id

__all__ = [
    "DateLever", "EnvelopeLever", "FactLever", "LeverShape", "LeversFile", "LowerLever", "OpinionLever", "RaiseLever",
    "ShortenLever", "check_levers",
]  # fmt: skip

Place = Annotated[str, StringConstraints(pattern=r"^[a-z_0-9]+(\.[a-z_0-9]+)+$", max_length=120)]
Percent = Annotated[int, Field(ge=1, le=99)]
Days = Annotated[int, Field(ge=1, le=3650)]


class _Lever(Node):
    """What every lever has. `effort` orders them; `also` are fields set at the same time, written as in a dossier."""

    label: str
    who: tuple[str, ...] = ()
    effort: int = Field(ge=0, le=1000)
    from_: Day | None = Field(default=None, alias="from")
    until: Day | None = None
    also: Annotated[dict[Place, Scalar], Unplaced] = Field(default_factory=dict)


class DateLever(_Lever):
    """The course starts and ends later by whole steps of `step` days, at most `most` days."""

    kind: Literal["date"]
    most: Days
    step: Days = 1


class LowerLever(_Lever):
    """A number of the dossier is lowered by at most a percentage; `step` is written in its unit (`0.01`).

    The fields of `together` lose as much; those of `pro_rata` keep their proportion to it, rounded to the nearest.
    """

    kind: Literal["lower"]
    path: Place
    most_percent: Percent
    step: Scalar = "0.01"
    together: tuple[Place, ...] = ()
    pro_rata: tuple[Place, ...] = ()


class RaiseLever(_Lever):
    """A number of the dossier is raised by at most `most`. `from_nothing`: when it is not known, it counts from 0."""

    kind: Literal["raise"]
    path: Place
    most: Scalar
    step: Scalar = "0.01"
    from_nothing: bool = False


class ShortenLever(_Lever):
    """The course ends earlier, by at most a percentage of its days; hours and teaching cost follow in proportion."""

    kind: Literal["shorten"]
    most_percent: Percent


class FactLever(_Lever):
    """The fields of `also` take these values."""

    kind: Literal["fact"]


class EnvelopeLever(_Lever):
    """The request waits until the exhausted envelope opens again, at most `most` days."""

    kind: Literal["envelope"]
    most: Days


class OpinionLever(_Lever):
    """The funder looks again at a project it has judged: opinions become favourable, refused requests pending."""

    kind: Literal["opinion"]


LeverShape = Annotated[
    DateLever | LowerLever | RaiseLever | ShortenLever | FactLever | EnvelopeLever | OpinionLever,
    Field(discriminator="kind"),
]


class LeversFile(Node):
    """`rules/levers.yaml`."""

    levers: Annotated[dict[Id, LeverShape], Unplaced]


def check_levers(
    levers: Mapping[str, LeverShape], causes: Mapping[str, CauseShape], facts: Mapping[str, object],
    problems: list[Problem],
) -> None:  # fmt: skip
    """Report the levers that causes name and nobody declares, and the fields that no dossier has."""
    for name, cause in causes.items():
        for lever in cause.levers:
            if lever not in levers:
                message = f"cause « {name} » : levier inconnu « {lever} »"
                problems.append(Problem(message, "déclarez-le dans rules/levers.yaml", cause.at))
    used = {lever for cause in causes.values() for lever in cause.levers}
    for name, shape in levers.items():
        if name not in used:
            problems.append(Problem(f"levier « {name} » : aucune cause ne l'essaie", "retirez-le", shape.at))
        for problem in _problems(shape, facts):
            problems.append(Problem(f"levier « {name} » : {problem.message}", problem.advice, shape.at))


def _problems(shape: LeverShape, facts: Mapping[str, object]) -> list[Problem]:
    found: list[Problem] = []
    try:
        apply_changes(Dossier(), shape.also)
    except InputError as error:
        found += error.problems
    answers = {path.removeprefix("answers.") for path in shape.also if path.startswith("answers.")}
    found += [
        Problem(f"fait inconnu « {name} »", "déclarez-le dans facts.yaml") for name in sorted(answers - facts.keys())
    ]
    try:
        if isinstance(shape, LowerLever | RaiseLever):
            others = (*shape.together, *shape.pro_rata) if isinstance(shape, LowerLever) else ()
            for path in (shape.path, *others):
                amount_at(Dossier(), path)
            if hundredths(shape.step) <= 0 or (isinstance(shape, RaiseLever) and hundredths(shape.most) <= 0):
                raise ValueError("un pas ou une borne n'est pas positif")
    except ValueError as error:
        found.append(Problem(str(error), "corrigez le chemin ou le nombre"))
    if isinstance(shape, FactLever) and not shape.also:
        found.append(Problem("ce levier ne change rien", "donnez les champs à changer sous « also »"))
    return found
