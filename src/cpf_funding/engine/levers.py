"""Levers become moves: a size, counted in whole steps, gives the fields of the dossier to change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from cpf_funding.dossier import Dossier
from cpf_funding.engine.plan import Cause, FundingPlan
from cpf_funding.errors import InputError
from cpf_funding.facts import read_facts
from cpf_funding.language.context import Context
from cpf_funding.language.evidence import Evidence, leaves
from cpf_funding.money import Rounding, divide, hundredths
from cpf_funding.reading.changes import UNKNOWN, amount_at, apply_changes, is_money, steps_per_unit, written
from cpf_funding.rulebook import levers as shapes
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.truth import Truth

__all__ = ["Changes", "Move", "Scene", "gaps", "move_of", "worth_trying"]

Changes = Mapping[str, str]
"""Dossier paths and the values to give them, as written in a dossier."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a lever is tried: a dossier on a day, its plan, and the cause to clear."""

    dossier: Dossier
    plan: FundingPlan
    cause: Cause

    @property
    def day(self) -> date:
        """The day of the plan."""
        return self.plan.as_of

    def conditions(self) -> Iterator[Evidence]:
        """The elementary conditions that raised the cause."""
        for evidence in self.cause.evidence:
            yield from leaves(evidence)


@dataclass(frozen=True, slots=True)
class Move:
    """A lever within its bounds. `changes(size)` for 1 to `most`; a larger size changes more.

    `guesses` are sizes that the evidence of the cause points at: tried first, never trusted.
    """

    most: int
    changes: Callable[[int], Changes]
    guesses: tuple[int, ...] = ()


def worth_trying(dossier: Dossier, rulebook: Rulebook, day: date) -> frozenset[str]:
    """The levers that nothing known of the dossier rules out on that day."""
    declared = {name: fact for name, fact in rulebook.facts.items() if name in dossier.answers}
    envelopes = {**rulebook.local.envelopes_on(day), **dossier.local.envelopes}
    context = Context(read_facts(dossier, day, declared), day, dossier.training.start, envelopes)
    return frozenset(
        id for id, (shape, when) in rulebook.levers.items()
        if (shape.from_ is None or shape.from_ <= day) and (shape.until is None or day <= shape.until)
        and (when is None or when(context).truth is not Truth.NO)
    )  # fmt: skip


def move_of(shape: shapes.LeverShape, scene: Scene) -> Move | None:
    """The moves that a lever allows here; `None` when it has no bearing, or a fact it needs is not known."""
    found: Move | None = _MOVES[type(shape)](shape, scene)
    if found is None or found.most < 1:
        return None
    also, changes = shape.also, found.changes
    guesses = tuple(sorted({size for size in found.guesses if 0 < size <= found.most}))
    return Move(found.most, (lambda size: {**changes(size), **also}) if also else changes, guesses)


# Dates ------------------------------------------------------------------------------------------


def _date(shape: shapes.DateLever, scene: Scene) -> Move | None:
    start, end = scene.dossier.training.start, scene.dossier.training.end
    if start is None:
        return None

    def changes(size: int) -> Changes:
        later = timedelta(days=size * shape.step)
        moved = {"training.start": (start + later).isoformat()}
        return moved if end is None else {**moved, "training.end": (end + later).isoformat()}

    late = [
        (leaf.seen - leaf.expected[0]).days for leaf in scene.conditions()
        if leaf.kind in ("notice", "answer") and isinstance(leaf.seen, date) and isinstance(leaf.expected[0], date)
    ]  # fmt: skip
    return Move(shape.most // shape.step, changes, tuple(-(-days // shape.step) for days in late))


def _shorten(shape: shapes.ShortenLever, scene: Scene) -> Move | None:
    training = scene.dossier.training
    start, end = training.start, training.end
    if start is None or end is None:
        return None
    days = (end - start).days + 1
    paths = [*(f"training.hours.{part}" for part in ("total", "centre", "company")), "training.costs.teaching"]
    held = {path: amount for path in paths if (amount := amount_at(scene.dossier, path)) is not None}

    def changes(size: int) -> Changes:
        shorter = {"training.end": (end - timedelta(days=size)).isoformat()}
        return shorter | _in_proportion(held, days - size, days)

    ends = [
        start + relativedelta(months=limit // 100) + timedelta(days=limit % 100 - 1)
        for limit in _thresholds(scene, "training.months")
    ]
    return Move(days * shape.most_percent // 100, changes, tuple((end - limit).days for limit in ends))


def _in_proportion(held: Mapping[str, int], part: int, whole: int) -> dict[str, str]:
    """Rounded to the nearest; hours in a company are what those at the centre leave of a total that they made up."""
    total, centre, company = (f"training.hours.{each}" for each in ("total", "centre", "company"))
    kept = {path: divide(amount * part, whole, Rounding.HALF_UP) for path, amount in held.items()}
    if {total, centre, company} <= held.keys():
        rest = divide((held[total] - held[centre] - held[company]) * part, whole, Rounding.DOWN)
        kept[company] = kept[total] - kept[centre] - rest
    return {path: written(path, amount) for path, amount in kept.items()}


# Numbers ----------------------------------------------------------------------------------------


def _lower(shape: shapes.LowerLever, scene: Scene) -> Move | None:
    held = amount_at(scene.dossier, shape.path)
    if not held:
        return None
    step = _step(shape.path, shape.step)
    together = {path: amount for path in shape.together if (amount := amount_at(scene.dossier, path)) is not None}
    pro_rata = {path: amount for path in shape.pro_rata if (amount := amount_at(scene.dossier, path)) is not None}
    most = min(held * shape.most_percent // 100, *together.values()) if together else held * shape.most_percent // 100

    def changes(size: int) -> Changes:
        less = size * step
        lowered = {path: written(path, amount - less) for path, amount in {shape.path: held, **together}.items()}
        return lowered | _in_proportion(pro_rata, held - less, held)

    return Move(most // step, changes, _guesses(shape.path, held, step, scene, lower=True))


def _raise(shape: shapes.RaiseLever, scene: Scene) -> Move | None:
    held = amount_at(scene.dossier, shape.path)
    if held is None and not shape.from_nothing:
        return None
    base, step = held or 0, _step(shape.path, shape.step)

    def changes(size: int) -> Changes:
        return {shape.path: written(shape.path, base + size * step)}

    most = _step(shape.path, shape.most) // step
    first = () if base else (1,)  # some aids only ask that somebody else pays, however little
    return Move(most, changes, (*first, *_guesses(shape.path, base, step, scene, lower=False)))


def _step(path: str, text: str) -> int:
    """A number of a lever in the steps of the field it changes."""
    return max(1, hundredths(text) * steps_per_unit(path) // 100)


def _guesses(path: str, held: int, step: int, scene: Scene, *, lower: bool) -> tuple[int, ...]:
    """How far the thresholds that the cause compares this number with are, and what is missing when it is money."""
    found = [held - limit if lower else limit - held for limit in _thresholds(scene, path)]
    if is_money(path):
        found += gaps(scene.plan)
    return tuple(-(-gap // step) for gap in found)


def gaps(plan: FundingPlan) -> set[int]:
    """Cents that would complete a plan: what is missing, less what each all-or-nothing aid would then pay."""
    fallen = [verdict.potential for verdict in plan.verdicts if verdict.lost_to == "own_money"]
    return {plan.unfunded, *(plan.unfunded - potential for potential in fallen)}


def _thresholds(scene: Scene, path: str) -> Iterable[int]:
    for leaf in scene.conditions():
        if leaf.kind == "fact" and leaf.subject == path:
            yield from (limit for limit in leaf.expected if isinstance(limit, int))


# Facts, envelopes, opinions ---------------------------------------------------------------------


def _fact(shape: shapes.FactLever, scene: Scene) -> Move | None:
    try:
        changed = apply_changes(scene.dossier, shape.also)
    except InputError:  # no such dossier: the course would end before it starts
        return None
    return Move(1, lambda size: {}) if changed.model_dump() != scene.dossier.model_dump() else None


def _region(shape: shapes.RegionLever, scene: Scene) -> Move | None:
    home, place = scene.dossier.holder.region, scene.dossier.training.region
    if home is None or place is None or home == place:
        return None
    return Move(1, lambda size: {"training.region": home})


def _envelope(shape: shapes.EnvelopeLever, scene: Scene) -> Move | None:
    """The later the envelope may open again, the smaller the change asked of the funder: size 1 is the longest wait."""
    names = dict.fromkeys(leaf.subject for leaf in scene.conditions() if leaf.kind == "envelope")
    if not names:
        return None
    opened = {f"local.envelopes.{name}.state": "open" for name in names}
    for name in names:
        known = scene.dossier.local.envelopes.get(name)
        if known is not None and known.left is not None:
            opened[f"local.envelopes.{name}.left"] = UNKNOWN[-1]

    def changes(size: int) -> Changes:
        return {"as_of": (scene.day + timedelta(days=shape.most + 1 - size)).isoformat(), **opened}

    waits = [(v.file_by - scene.day).days for v in scene.plan.verdicts if v.aid in scene.cause.aids and v.file_by]
    return Move(shape.most + 1, changes, tuple(shape.most + 1 - days for days in waits))


def _opinion(shape: shapes.OpinionLever, scene: Scene) -> Move | None:
    changes: dict[str, str] = {}
    for rank, opinion in enumerate(scene.dossier.project.opinions, 1):
        if opinion.aid in scene.cause.aids and not opinion.favourable:
            changes[f"project.opinions[{rank}].favourable"] = "true"
    for rank, request in enumerate(scene.dossier.local.already_asked, 1):
        if request.aid in scene.cause.aids and request.answer == "refused":
            here = f"local.already_asked[{rank}]"
            again = {"answer": "pending", "filed_on": UNKNOWN[-1], "answered_on": UNKNOWN[-1]}
            changes |= {f"{here}.{key}": value for key, value in again.items()}
    return Move(1, lambda size: changes) if changes else None


_MOVES: Mapping[type[Any], Callable[..., Move | None]] = {
    shapes.DateLever: _date, shapes.LowerLever: _lower, shapes.RaiseLever: _raise, shapes.ShortenLever: _shorten,
    shapes.FactLever: _fact, shapes.RegionLever: _region, shapes.EnvelopeLever: _envelope,
    shapes.OpinionLever: _opinion,
}  # fmt: skip
