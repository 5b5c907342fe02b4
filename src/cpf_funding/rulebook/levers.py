"""What may be written in `rules/levers.yaml`: what can be changed in a project, by whom, within which bounds.

Bounds and efforts are the editor's: how far to look, and what to look at first. They say nothing of the law.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, StringConstraints

from cpf_funding.dossier import Day, Dossier, Unplaced
from cpf_funding.errors import InputError, Problem
from cpf_funding.language.context import ConditionFunction, Vocabulary
from cpf_funding.language.problems import Checker, nearest
from cpf_funding.language.tree import Condition, Node, Scalar
from cpf_funding.money import hundredths
from cpf_funding.reading.changes import amount_at, apply_changes
from cpf_funding.rulebook.shapes import CauseShape, Id

__all__ = [
    "DateLever", "EnvelopeLever", "FactLever", "Lever", "LeverShape", "LeversFile", "LocalLever", "LowerLever",
    "OpinionLever", "RaiseLever", "RegionLever", "ShortenLever", "WithdrawnLever", "levers_of",
]  # fmt: skip

Place = Annotated[str, StringConstraints(pattern=r"^[a-z_0-9]+(\.[a-z_0-9]+)+$", max_length=120)]
Percent = Annotated[int, Field(ge=1, le=99)]
Days = Annotated[int, Field(ge=1, le=3650)]


class _Lever(Node):
    """What every lever has. `effort` orders them; where `when` is known not to hold, a lever is not tried.

    `also` are fields set at the same time, written as in a dossier; `ask_again` are facts that the rebuilt plan only
    presumes (it keeps those of the course that is left): whoever follows the remedy must ask for them again.
    """

    label: str
    who: tuple[str, ...] = ()
    effort: int = Field(ge=0, le=1000)
    from_: Day | None = Field(default=None, alias="from")
    until: Day | None = None
    when: Condition | None = None
    also: Annotated[dict[Place, Scalar], Unplaced] = Field(default_factory=dict)
    ask_again: tuple[str, ...] = ()


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


class RegionLever(_Lever):
    """The course takes place in the region where the person lives."""

    kind: Literal["region"]


class EnvelopeLever(_Lever):
    """The request waits until the exhausted envelope opens again, at most `most` days."""

    kind: Literal["envelope"]
    most: Days


class OpinionLever(_Lever):
    """The funder looks again at a project it has judged: opinions become favourable, refused requests pending."""

    kind: Literal["opinion"]


class WithdrawnLever(Node):
    """In an overlay only: this lever is not proposed here."""

    kind: Literal["withdrawn"]
    reason: str = Field(min_length=1)


_Any = DateLever | LowerLever | RaiseLever | ShortenLever | FactLever | RegionLever | EnvelopeLever | OpinionLever
LeverShape = Annotated[_Any, Field(discriminator="kind")]
LocalLever = Annotated[_Any | WithdrawnLever, Field(discriminator="kind")]
"""What an overlay may say of a lever."""


class LeversFile(Node):
    """`rules/levers.yaml`."""

    levers: Annotated[dict[Id, LeverShape], Unplaced]


class Lever(NamedTuple):
    """A lever as written, and the condition that must not fail for it to be worth a try (`None`: always)."""

    shape: LeverShape
    when: ConditionFunction | None


def levers_of(
    shapes: Mapping[str, LeverShape], causes: Mapping[str, CauseShape], vocabulary: Vocabulary, problems: list[Problem]
) -> dict[str, Lever]:
    """The levers, compiled. What is reported: levers that causes name and nobody declares, or that no cause names;
    fields that no dossier has, values that they refuse, conditions that cannot be read."""
    for name, cause in causes.items():
        for lever in cause.levers:
            if lever not in shapes:
                message = f"cause « {name} » : levier inconnu « {lever} »"
                problems.append(Problem(message, "déclarez-le dans rules/levers.yaml", cause.at))
    tried = {lever for cause in causes.values() for lever in cause.levers}
    found: dict[str, Lever] = {}
    for name, shape in shapes.items():
        if name not in tried:
            advice = "nommez-le dans causes.yaml (dans un fichier local : sous tries:), ou retirez-le"
            hint = nearest(name, tried) or advice
            problems.append(Problem(f"levier « {name} » : aucune cause ne l'essaie", hint, shape.at))
        for problem in _problems(shape, vocabulary):
            problems.append(Problem(f"levier « {name} » : {problem.message}", problem.advice, shape.at))
        check = Checker(vocabulary, name, problems)
        found[name] = Lever(shape, check.condition(shape.when) if shape.when is not None else None)
    return found


def _problems(shape: LeverShape, vocabulary: Vocabulary) -> Iterator[Problem]:
    try:
        apply_changes(Dossier(), shape.also)
    except InputError as error:
        yield from error.problems
    answered = [path for path in shape.also if path.startswith("answers.")]
    for path in dict.fromkeys([*answered, *shape.ask_again]):
        name = path.removeprefix("answers.")
        if name not in vocabulary.facts:
            hint = nearest(name, vocabulary.facts) or "corrigez son nom, ou déclarez-le dans facts.yaml"
            yield Problem(f"fait inconnu « {name} »", hint)
    if isinstance(shape, LowerLever | RaiseLever):
        yield from _number_problems(shape)
    if isinstance(shape, FactLever) and not shape.also:
        yield Problem("ce levier ne change rien", "donnez les champs à changer sous « also »")


def _number_problems(shape: LowerLever | RaiseLever) -> Iterator[Problem]:
    others = (*shape.together, *shape.pro_rata) if isinstance(shape, LowerLever) else ()
    try:
        for path in (shape.path, *others):
            amount_at(Dossier(), path)
        if hundredths(shape.step) <= 0 or (isinstance(shape, RaiseLever) and hundredths(shape.most) <= 0):
            raise ValueError("un pas ou une borne n'est pas positif")
    except ValueError as error:
        yield Problem(str(error), "corrigez le chemin ou le nombre")
