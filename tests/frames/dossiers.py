"""Dossiers drawn from the rules: each aims at a few aids, and stands on, before or after their thresholds."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from cpf_funding import build_plan
from cpf_funding.dossier import Dossier
from cpf_funding.errors import LimitError
from cpf_funding.facts import BUILT_IN, Fact
from cpf_funding.frames.scopes import requirements
from cpf_funding.language import tree
from cpf_funding.language.units import Unit, scale
from cpf_funding.language.values import UNLIMITED, State
from cpf_funding.money import plain
from cpf_funding.rulebook.book import Aid, Rulebook

DERIVED = ("holder.age", "training.months", "training.notice_days", "training.hourly_price", "training.costs.total")
REGIONS = ("01", "02", "04", "06", "11", "24", "27", "28", "32", "42", "44", "52", "53", "75", "76", "84", "93", "94")
COSTS = [name for name in BUILT_IN if name.startswith("training.costs.") and name not in DERIVED]
USUAL = {
    Unit.EUR: (0, 1, 99_999, 100_000, 180_000, 350_000, 612_345), Unit.HOURS: (0, 2_000, 3_500, 15_000, 40_000),
    Unit.MONTHS: (0, 600, 1_200, 2_400), Unit.PERCENT: (0, 1_000, 2_000, 10_000), Unit.EUR_PER_HOUR: (900, 4_000),
}  # fmt: skip


class Drawer:
    """Draws dossiers for the rules of a day."""

    def __init__(self, rulebook: Rulebook, on: date, seed: int) -> None:
        self.rulebook, self.on, self.random = rulebook, on, random.Random(seed)
        self.aids = [aid for aid in rulebook.aids if (period := aid.period(on)) is not None and period.state == "open"]
        self.asked = {aid.id: list(_asked(aid)) for aid in self.aids}
        self.envelopes = sorted({node.envelope for aid in self.aids for node in _envelopes(aid)})
        self.named = sorted({fact for aid in self.aids for fact, _, _ in self.asked[aid.id]})

    def dossiers(self, count: int) -> Iterator[Dossier]:
        """Some dossiers, all valid."""
        for _ in range(count):
            yield self.dossier()

    def dossier(self) -> Dossier:
        """One dossier."""
        draw, facts = self.random, dict[str, Any]()
        known = draw.choice((0.2, 0.5, 0.8, 0.95))
        for name in sorted({*self.named, *COSTS, "holder.region", "means.employer", "means.holder_can_pay"}):
            if name not in DERIVED and draw.random() < known:
                facts[name] = self._value(self.rulebook.facts[name])
        for aid in draw.sample(self.aids, k=min(len(self.aids), draw.choice((1, 2, 3, 4)))):
            for name, operator, operands in self.asked[aid.id]:
                if draw.random() < 0.85:
                    self._aim(aid, name, operator, operands, facts)
        if draw.random() < 0.5:
            for line in COSTS[1:]:
                facts.pop(line, None)
        facts["training.costs.teaching"] = draw.choice((0, 1, 50_000, 123_456, 400_000, draw.randrange(1_000_000)))
        self._days(facts)
        self._hours(facts)
        return _dossier(facts, self._envelopes(), self.on, self.rulebook)

    def _value(self, fact: Fact) -> Any:
        draw = self.random
        if fact.kind == "truth":
            return draw.random() < 0.6
        if fact.kind == "date":
            return self.on + timedelta(days=draw.randrange(-900, 400))
        if fact.choices:
            return draw.choice(tuple(fact.choices))
        if fact.name.endswith("region"):
            return draw.choice(REGIONS)
        if fact.kind in ("text", "code"):
            return draw.choice(("1", "other", "RNCP37488", "78.20Z"))
        assert isinstance(fact.kind, Unit)
        return draw.choice(USUAL.get(fact.kind, (0, 1, 3, 5, 10, 30)))

    def _aim(self, aid: Aid, name: str, operator: str, operands: tuple[Any, ...], facts: dict[str, Any]) -> None:
        """Make a comparison hold, most of the time, or stand one step from it."""
        draw = self.random
        if name in DERIVED:
            return
        kind = self.rulebook.facts[name].kind
        operand = draw.choice(operands)
        if not isinstance(kind, Unit):
            if isinstance(operand, str) and kind != "date":
                facts[name] = operand == "true" if kind == "truth" else operand
            return
        bound = self._bound(aid, operand, kind)
        if bound is not None:
            facts[name] = max(0, bound + draw.choice((0, 0, 1, -1, 100, -100)))

    def _bound(self, aid: Aid, operand: Any, unit: Unit) -> int | None:
        if isinstance(operand, str):
            return round(float(operand) * scale(unit))
        if not isinstance(operand, tree.ParameterRef):
            return None
        name = operand.parameter if "." in operand.parameter else f"{aid.id}.{operand.parameter}"
        parameter = self.rulebook.parameters[name]
        found = [parameter.at(self.on, key) for key in parameter.table]
        values = [s.value for s in found if s.state is State.VALID and s.value is not None and s.value < UNLIMITED]
        return self.random.choice(values) if values else None

    def _days(self, facts: dict[str, Any]) -> None:
        draw = self.random
        if draw.random() < 0.85:
            start = self.on + timedelta(
                days=draw.choice((-3, 0, 1, 9, 10, 15, 16, 20, 21, 22, 60, 61, 90, 120, 121, 400))
            )
            facts["training.start"] = start
            length = draw.choice((0, 5, 30, 31, 180, 183, 364, 365, 366, 372, 730, 731, 1100))
            if draw.random() < 0.9:
                facts["training.end"] = start + timedelta(days=length)
        if draw.random() < 0.6:
            facts["holder.birth_date"] = self.on - timedelta(
                days=draw.choice((9_131, 9_496, 10_957, draw.randrange(25_000)))
            )

    def _hours(self, facts: dict[str, Any]) -> None:
        """Total, centre and company hours that agree."""
        names = [f"training.hours.{part}" for part in ("total", "centre", "company")]
        total, centre, company = (facts.pop(name, None) for name in names)
        draw = self.random.choice(("none", "total", "two", "all", "parts"))
        total = 35_000 if total is None else max(total, 1)
        centre = min(total, centre if centre is not None else total * 7 // 10)
        told = {"total": (total, None, None), "two": (total, centre, None), "all": (total, centre, total - centre),
                "parts": (None, centre, total - centre)}.get(draw, (None, None, None))  # fmt: skip
        facts.update({name: value for name, value in zip(names, told, strict=True) if value is not None})
        del company

    def _envelopes(self) -> dict[str, Any]:
        draw, found = self.random, dict[str, Any]()
        for name in self.envelopes:
            if draw.random() < 0.7:
                state = draw.choice((None, "open", "open", "low", "exhausted"))
                left = draw.choice((None, None, "0", "500.00", "9000"))
                found[name] = {"state": state, "left": left}
        return found


def next_to_answers(dossiers: Iterable[Dossier], rulebook: Rulebook, on: date) -> Iterator[Dossier]:
    """Dossiers that start on the eve and on the day of each answer that the plan of one of these awaits."""
    for dossier in dossiers:
        try:
            plan = build_plan(dossier, rulebook, on)
        except LimitError:
            continue
        answers = [(line.answer.least, line.answer.usual, line.answer.most) for line in plan.calendar]
        days = {day for dates in answers for day in dates if day is not None}
        start, end = dossier.training.start, dossier.training.end
        for day in sorted(days | {day - timedelta(days=1) for day in days}):
            moved = None if start is None or end is None else end + (day - start)
            training = dossier.training.model_copy(update={"start": day, "end": moved})
            yield dossier.model_copy(update={"training": training})


def observed(rulebook: Rulebook, seed: int = 0) -> Rulebook:
    """The same rules, an agency having observed the answers to half of the aids that no delay parts from another."""
    draw, aids = random.Random(seed), [aid for aid in rulebook.aids if aid.kind == "aid"]
    alone = [aid.id for aid in aids if not any(_of_one_rank(aid, other) for other in aids)]
    seen = [id for id in alone if draw.random() < 0.5]
    return rulebook.with_history({id: tuple(sorted(draw.choices(range(60), k=6))) for id in seen})


def _of_one_rank(aid: Aid, other: Aid) -> bool:
    one, two = requirements(aid.shape.scope), requirements(other.shape.scope)
    apart = any(one[fact].both(two[fact]).none for fact in one.keys() & two.keys())
    return aid.rank == other.rank and aid is not other and not apart


def _asked(aid: Aid) -> Iterator[tuple[str, str, tuple[Any, ...]]]:
    """The facts that an aid compares, and with what; those under a *not* are left to chance."""
    for part in (aid.shape.scope, aid.shape.eligibility, aid.shape.firm_when, aid.shape.amount):
        for node in _outside_not(part):
            if isinstance(node, tree.Compare):
                yield node.fact, node.operator, node.operands
            elif isinstance(node, tree.FactRef):
                yield node.fact, "at_least", ("0", "10", "120", "1500")


def _outside_not(node: tree.Node | None) -> Iterator[tree.Node]:
    if node is None or isinstance(node, tree.Not):
        return
    yield node
    for child in tree.children(node):
        yield from _outside_not(child)


def _envelopes(aid: Aid) -> Iterator[tree.EnvelopeLeft | tree.EnvelopeIsOpen]:
    for part in (aid.shape.scope, aid.shape.eligibility, aid.shape.amount):
        for node in tree.walk(part) if part is not None else ():
            if isinstance(node, tree.EnvelopeLeft | tree.EnvelopeIsOpen):
                yield node


def _dossier(facts: Mapping[str, Any], envelopes: Mapping[str, Any], on: date, rulebook: Rulebook) -> Dossier:
    data: dict[str, Any] = {"as_of": on, "local": {"envelopes": envelopes}, "answers": {}}
    for name, value in facts.items():
        fact = BUILT_IN.get(name)
        if fact is None:
            kind = rulebook.facts[name].kind
            data["answers"][name] = _written(kind, value) if isinstance(kind, Unit) else value
            continue
        *path, last = name.split(".")
        part = data
        for step in path:
            part = part.setdefault(step, {})
        part[last] = _in_dossier(name, fact, value)
    return Dossier.model_validate(data)


def _written(unit: Unit, value: int) -> str:
    return plain(value) if scale(unit) == 100 else str(value)


def _in_dossier(name: str, fact: Fact, value: Any) -> Any:
    if name == "holder.contract.seniority_months":
        return value // 100
    if name == "holder.qualification":
        return min(8, max(1, value))
    if name == "project.cep_level":
        return min(3, max(1, value))
    if name.endswith("cpf_codes"):
        return [value]
    return _written(fact.kind, value) if isinstance(fact.kind, Unit) else value
