"""From a dossier to those just below, at and just above what a comparison, an amount or a notice names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice

from dateutil.relativedelta import relativedelta

from cpf_funding.calendars import latest_filing, shift, territory_of
from cpf_funding.facts import Fact, Value, parse_value
from cpf_funding.language import tree
from cpf_funding.language.units import Unit, scale
from cpf_funding.language.values import UNLIMITED
from cpf_funding.testing.around_facts import end_of
from cpf_funding.testing.around_reading import Scene, number, solve, unit_of

__all__ = ["SIDES", "Move", "moved", "moves", "starts", "ties"]

SIDES = ("below", "at", "above")
Move = tuple[Mapping[str, Value], str]
"""Facts that change, and the side on which they put the dossier."""
_DAY = timedelta(days=1)


def moved(facts: Mapping[str, Value], change: Mapping[str, Value]) -> dict[str, Value]:
    """The facts with a change, without the derived ones that it would contradict."""
    gone = {"holder.birth_date": "holder.age", "training.end": "training.months"}
    derived = {gone.get(name) for name in change}
    return {**{name: value for name, value in facts.items() if name not in derived}, **change}


def moves(node: tree.Compare | tree.CompareAmount, scene: Scene) -> Iterator[Move]:
    """Each side of what a comparison names, in a scene."""
    if isinstance(node, tree.CompareAmount):
        for bound in _numbers(node, unit_of(node.amount, scene), scene):
            yield from _solved(node.amount, bound, scene)
        return
    fact = scene.rulebook.facts[node.fact]
    if isinstance(fact.kind, Unit):
        for bound in _numbers(node, fact.kind, scene):
            yield from _beside(node.fact, bound, scene)
    else:
        yield from _words(node, fact)


def _words(node: tree.Compare, fact: Fact) -> Iterator[Move]:
    """Days next to those written; for words, codes and truths, the first and the last of those written, and another."""
    values = [parse_value(fact.kind, text, fact.choices) for text in node.operands if isinstance(text, str)]
    for named in dict.fromkeys((*values[:1], *values[-1:])):
        if isinstance(named, date):
            beside = (named - _DAY, named, named + _DAY)
            yield from (({node.fact: day}, side) for side, day in zip(SIDES, beside, strict=True))
        else:
            yield {node.fact: named}, "in"
    if fact.kind == "date":
        return
    others: Iterable[Value] = (True, False) if fact.kind == "truth" else fact.choices or ("autre",)
    yield from islice((({node.fact: other}, "out") for other in others if other not in values), 1)


def _numbers(node: tree.Comparison, unit: Unit, scene: Scene) -> Iterator[int]:
    """The numbers that a comparison names, in steps."""
    for operand in node.operands:
        found = number(operand, scene) if isinstance(operand, tree.Node) else parse_value(unit, operand)
        if isinstance(found, int) and found < UNLIMITED:
            yield found


def _beside(name: str, bound: int, scene: Scene) -> Iterator[Move]:
    """A fact just below, at and just above a number: by a day for an age or a length, by a step for the others."""
    steps = (bound - 1, bound, bound + 1)
    if name == "holder.contract.seniority_months":
        steps = (bound - 100, bound, bound + 100)
    field, values = name, tuple[Value, ...](steps)
    if name == "holder.age":
        birthday, older = (scene.on - relativedelta(years=bound + more) for more in (0, 1))
        field, values = "holder.birth_date", (birthday + _DAY, birthday, older)
    elif name == "training.months" and scene.start is not None:
        end = end_of(scene.start, bound)
        field, values = "training.end", (end - _DAY, end, end + _DAY)
    yield from (({field: value}, side) for side, value, step in zip(SIDES, values, steps, strict=True) if step >= 0)


def ties(node: tree.Node, scene: Scene) -> Iterator[Move]:
    """Each side of what binds an amount: two of its members made equal, or the bound of a bracket."""
    pairs: list[tuple[tree.Node, int]] = []
    if isinstance(node, tree.LeastOf | tree.MostOf | tree.Difference):
        members = list(tree.children(node))
        known = [(member, number(member, scene)) for member in members]
        pairs = [(m, bound) for m in members for other, bound in known if other is not m and bound is not None]
    elif isinstance(node, tree.Scale):
        tops = [parse_value(unit_of(node, scene), b.up_to) for b in node.brackets if b.up_to is not None]
        pairs = [(node.scale, top) for top in tops if isinstance(top, int)]
    for member, bound in pairs:
        yield from _solved(member, bound, scene)


def _solved(node: tree.Node, bound: int, scene: Scene) -> Iterator[Move]:
    """A fact that brings an amount just below a bound, to it, and just above it, or as near as its steps allow."""
    for side, target in zip(SIDES, (bound - 1, bound, bound + 1), strict=True):
        for name, value in islice(solve(node, target, scene), 1) if bound < UNLIMITED else ():
            found = number(node, replace(scene, facts={**scene.facts, name: value})) or 0
            yield {name: value - 1 if side == "below" and value > 0 and found >= bound else value}, side


def starts(node: tree.Node, scene: Scene, *, notice: bool) -> Iterator[tuple[date, str]]:
    """Starts that a notice filed that day misses by a day, keeps exactly, and keeps by a day more.

    For an answer, the start comes before it, on its day, and after it.
    """
    count = number(node, scene)
    if count is None or count >= UNLIMITED:
        return
    region = scene.facts.get("training.region", scene.facts.get("holder.region"))
    unit, territory = unit_of(node, scene), territory_of(region if isinstance(region, str) else None)
    whole = -(-count // scale(unit))
    day = shift(scene.on, whole, unit, territory)
    if notice:
        while latest_filing(day, whole, unit, territory) < scene.on:
            day += _DAY
        while latest_filing(day - _DAY, whole, unit, territory) >= scene.on:
            day -= _DAY
    yield from zip((day - _DAY, day, day + _DAY), SIDES, strict=True)
