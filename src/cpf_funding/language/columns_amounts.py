"""Amounts for a table of dossiers: each is its two bounds, so that what is unknown for a row stays unknown.

The day of the plan is a constant of the compilation, and what it settles is folded into the graph.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from cpf_funding.facts import parse_value
from cpf_funding.language import tree
from cpf_funding.language.columns_facts import FactColumns, day_number
from cpf_funding.language.columns_graph import Graph, Node
from cpf_funding.language.context import Vocabulary
from cpf_funding.language.units import Unit, product, scale
from cpf_funding.language.values import ANY_KEY, UNLIMITED, Parameter, Setting, State
from cpf_funding.money import Rounding

__all__ = [
    "AmountColumns", "AmountCompiler", "EnvelopeColumns", "PlanColumns", "TruthColumns", "as_number", "looks_at_plan"
]  # fmt: skip


class AmountColumns(NamedTuple):
    """The least and the most an amount may be, and whether something that could change it is missing."""

    low: Node
    high: Node
    missing: Node


class TruthColumns(NamedTuple):
    """Whether a condition holds, whether it fails; where it is neither, whether more than the plan is missing."""

    yes: Node
    no: Node
    missing: Node


class EnvelopeColumns(NamedTuple):
    """What is known of an envelope: anything at all, exhausted, what is left (`UNLIMITED` without a figure), low."""

    known: Node
    exhausted: Node
    left: Node
    low: Node


@dataclass(frozen=True, slots=True)
class PlanColumns:
    """The plan in which an amount is evaluated: who is in it, what was paid, what is left on some lines."""

    members: Mapping[str, Node]
    paid: Mapping[str, Node]
    remaining: Callable[[tuple[str, ...]], Node]
    settled: bool = False


@dataclass(slots=True)
class AmountCompiler(ABC):
    """Compiles the amounts of one day. `memo` keeps what no plan can change."""

    graph: Graph
    vocabulary: Vocabulary
    facts: FactColumns
    on: date
    envelope: Callable[[str], EnvelopeColumns]
    memo: dict[tuple[int, str], Any] = field(default_factory=dict)
    kept: list[tree.Node] = field(default_factory=list)
    """The nodes of `memo`, kept alive: their identity is their key."""

    @abstractmethod
    def condition(self, node: tree.Node, aid: str, plan: PlanColumns | None = None) -> TruthColumns:
        """A condition that an amount looks at."""

    def amount(self, node: tree.Node, aid: str, plan: PlanColumns | None = None) -> tuple[AmountColumns, Unit]:
        """An amount, in steps of its unit."""
        builder: Any = _AMOUNTS[type(node)]
        if plan is not None and looks_at_plan(node):
            found, unit = builder(self, node, aid, plan)
            return self._settled(found), unit
        key = (id(node), aid)
        if key not in self.memo:
            found, unit = builder(self, node, aid, None)
            self.memo[key] = self._settled(found), unit
            self.kept.append(node)
        result: tuple[AmountColumns, Unit] = self.memo[key]
        return result

    def _settled(self, found: AmountColumns) -> AmountColumns:
        """What nothing can change lacks nothing."""
        return found._replace(missing=self.graph.all((found.missing, self.graph.less(found.low, found.high))))

    def exactly(self, node: Node) -> AmountColumns:
        """An amount that is known."""
        return AmountColumns(node, node, self.graph.false)

    def _parameter(self, node: tree.ParameterRef, aid: str, plan: PlanColumns | None) -> tuple[AmountColumns, Unit]:
        parameter = self.parameter(node.parameter, aid)
        if parameter.clock != "start":
            return self._read(parameter, self.on), parameter.unit
        start, found = self.facts.date("training.start"), self._read(parameter, date.min)
        for day in sorted({day for setting in parameter.settings() for day in _changes(setting)}):
            since = self.graph.at_most(self.graph.number(day_number(day)), start.number)
            found = self._choose(since, self._read(parameter, day), found)
        found = self._choose(start.known, found, self._read(parameter, None))
        return found, parameter.unit

    def parameter(self, name: str, aid: str) -> Parameter:
        """The parameter that a rule of this aid names."""
        return self.vocabulary.parameters[name if "." in name else f"{aid}.{name}"]

    def _read(self, parameter: Parameter, day: date | None) -> AmountColumns:
        """A parameter on a day, by the fact that keys it."""
        if parameter.by is None:
            return self._range(parameter.at(day))
        found = self._range(parameter.at(day, ANY_KEY))
        for key in sorted(parameter.table):
            if key != ANY_KEY:
                here = self._range(parameter.at(day, key))
                found = here if here == found else self._choose(self.facts.has(parameter.by, key), here, found)
        low, high = parameter.bounds(day)
        unknown = AmountColumns(self.graph.number(low), self.graph.number(high), self.graph.true)
        return self._choose(self.facts.known(parameter.by), found, unknown)

    def _range(self, setting: Setting) -> AmountColumns:
        value = setting.value or 0
        if setting.state is State.UNKNOWN:
            low, high = 0, UNLIMITED
        elif setting.state is State.ENDED:
            low = high = 0
        else:
            low, high = value if setting.state is State.VALID else 0, value
        return AmountColumns(self.graph.number(low), self.graph.number(high), self.graph.truth(low != high))

    def _choose(self, when: Node, then: AmountColumns, otherwise: AmountColumns) -> AmountColumns:
        return AmountColumns(*(self.graph.choose(when, a, b) for a, b in zip(then, otherwise, strict=True)))

    def _fact(self, node: tree.FactRef, aid: str, plan: PlanColumns | None) -> tuple[AmountColumns, Unit]:
        graph, fact = self.graph, self.vocabulary.facts[node.fact]
        assert isinstance(fact.kind, Unit)  # the reader of rules refuses any other
        known, value = self.facts.known(node.fact), self.facts.integer(node.fact)
        low = graph.choose(known, value, graph.number(fact.least)) if fact.least else value
        high = graph.choose(known, value, graph.number(UNLIMITED if fact.most is None else fact.most))
        return AmountColumns(low, high, graph.not_(known)), fact.kind

    def _quantity(self, node: tree.Quantity, aid: str, plan: PlanColumns | None) -> tuple[AmountColumns, Unit]:
        return self.exactly(self.graph.number(as_number(node.unit, node.value))), node.unit

    def _gather(
        self, nodes: Iterable[tree.Node], aid: str, plan: PlanColumns | None
    ) -> tuple[list[AmountColumns], Unit]:
        compiled = [self.amount(node, aid, plan) for node in nodes]
        return [found for found, _ in compiled], compiled[0][1]

    def _least_of(self, node: tree.LeastOf, aid: str, plan: PlanColumns | None) -> tuple[AmountColumns, Unit]:
        found, unit = self._gather(node.least_of, aid, plan)
        low, high = self.graph.least(f.low for f in found), self.graph.least(f.high for f in found)
        lacking = self.graph.any(self.graph.all((f.missing, self.graph.less(f.low, high))) for f in found)
        return AmountColumns(low, high, lacking), unit

    def _most_of(self, node: tree.MostOf, aid: str, plan: PlanColumns | None) -> tuple[AmountColumns, Unit]:
        found, unit = self._gather(node.most_of, aid, plan)
        low, high = self.graph.most(f.low for f in found), self.graph.most(f.high for f in found)
        lacking = self.graph.any(self.graph.all((f.missing, self.graph.less(low, f.high))) for f in found)
        return AmountColumns(low, high, lacking), unit

    def _missing(self, found: Iterable[AmountColumns]) -> Node:
        return self.graph.any(f.missing for f in found)

    def _sum(self, node: tree.Sum, aid: str, plan: PlanColumns | None) -> tuple[AmountColumns, Unit]:
        found, unit = self._gather(node.sum, aid, plan)
        high = self.graph.least((self.graph.unlimited, self.graph.sum(f.high for f in found)))
        return AmountColumns(self.graph.sum(f.low for f in found), high, self._missing(found)), unit

    def _difference(self, node: tree.Difference, aid: str, plan: PlanColumns | None) -> tuple[AmountColumns, Unit]:
        graph, ((base, less), unit) = self.graph, self._gather(node.difference, aid, plan)
        endless = graph.at_most(graph.unlimited, base.high)
        high = graph.choose(endless, base.high, graph.most((graph.zero, graph.minus(base.high, less.low))))
        low = graph.most((graph.zero, graph.minus(base.low, less.high)))
        return AmountColumns(low, high, self._missing((base, less))), unit

    def _times(
        self, left: tuple[AmountColumns, Unit], right: tuple[AmountColumns, Unit], rounding: Rounding, unit: Unit
    ) -> AmountColumns:
        (a, first), (b, second) = left, right
        percents = (first is Unit.PERCENT) + (second is Unit.PERCENT) - (unit is Unit.PERCENT)
        divisor, factor = scale(first) * scale(second) * 100**percents, scale(unit)
        low, high = (self.graph.times(x, y, factor, divisor, rounding) for x, y in ((a.low, b.low), (a.high, b.high)))
        return AmountColumns(low, high, self._missing((a, b)))

    def _product(self, node: tree.Product, aid: str, plan: PlanColumns | None) -> tuple[AmountColumns, Unit]:
        left, right = (self.amount(each, aid, plan) for each in node.product)
        unit = product(left[1], right[1]) or left[1]
        return self._times(left, right, node.rounding, unit), unit

    def _share(self, node: tree.Share, aid: str, plan: PlanColumns | None) -> tuple[AmountColumns, Unit]:
        percent, base = self.amount(node.share, aid, plan), self.amount(node.of, aid, plan)
        return self._times(percent, base, node.rounding, base[1]), base[1]

    def _scale(self, node: tree.Scale, aid: str, plan: PlanColumns | None) -> tuple[AmountColumns, Unit]:
        base, unit = self.amount(node.scale, aid, plan)
        bounds = [UNLIMITED if b.up_to is None else as_number(unit, b.up_to) for b in node.brackets]
        percents = [as_number(Unit.PERCENT, b.percent) for b in node.brackets]
        low, high = (
            self.graph.slices(x, bounds, percents, 100 * scale(Unit.PERCENT), node.rounding)
            for x in (base.low, base.high)
        )
        return AmountColumns(low, high, base.missing), unit

    def _remaining(self, node: tree.Remaining, aid: str, plan: PlanColumns | None) -> tuple[AmountColumns, Unit]:
        if plan is not None:
            return self.exactly(plan.remaining(node.remaining)), Unit.EUR
        costs = (self.facts.integer(f"training.costs.{line}") for line in dict.fromkeys(node.remaining))
        return self.exactly(self.graph.sum(costs)), Unit.EUR

    def _envelope_left(self, node: tree.EnvelopeLeft, aid: str, plan: PlanColumns | None) -> tuple[AmountColumns, Unit]:
        graph, found = self.graph, self.envelope(node.envelope)
        left = graph.choose(found.exhausted, graph.zero, found.left)
        low, high = graph.choose(found.known, left, graph.zero), graph.choose(found.known, left, graph.unlimited)
        return AmountColumns(low, high, graph.not_(found.known)), Unit.EUR

    def _paid_by(self, node: tree.PaidBy, aid: str, plan: PlanColumns | None) -> tuple[AmountColumns, Unit]:
        if plan is None:
            return AmountColumns(self.graph.zero, self.graph.unlimited, self.graph.false), Unit.EUR
        return self.exactly(self._paid(node.paid_by, plan)), Unit.EUR

    def _paid(self, selectors: Iterable[str], plan: PlanColumns) -> Node:
        ids = frozenset[str]().union(*map(self.vocabulary.select, selectors))
        return self.graph.sum(amount for aid, amount in plan.paid.items() if aid in ids)

    def _choice(self, node: tree.Choose, aid: str, plan: PlanColumns | None) -> tuple[AmountColumns, Unit]:
        graph = self.graph
        branches, unit = self._gather((*(branch.then for branch in node.choose), node.otherwise), aid, plan)
        found = branches[-1]
        for branch, then in zip(reversed(node.choose), reversed(branches[:-1]), strict=True):
            truth = self.condition(branch.when, aid, plan)
            untold = graph.truth(plan is None and looks_at_plan(branch.when))
            either = AmountColumns(
                graph.least((then.low, found.low)), graph.most((then.high, found.high)),
                graph.any((truth.missing, then.missing, found.missing, untold)),
            )  # fmt: skip
            found = self._choose(truth.yes, then, self._choose(truth.no, found, either))
        return found, unit


def looks_at_plan(node: tree.Node) -> bool:
    """Whether a rule asks what others pay, or whether they are there."""
    return isinstance(node, tree.PLAN_NODES) or any(map(looks_at_plan, tree.children(node)))


def _changes(setting: Setting) -> list[date]:
    """The days on which a setting starts, and the one after it ends."""
    days = [setting.start] if setting.start is not None else []
    if setting.until is not None and setting.until < date.max:
        days.append(date.fromordinal(setting.until.toordinal() + 1))
    return days


def as_number(unit: Unit, text: Any) -> int:
    """A number written in a rule, in steps of its unit."""
    value = parse_value(unit, text)
    assert isinstance(value, int)
    return value


_AMOUNTS: Mapping[type[tree.Node], Any] = {
    tree.ParameterRef: AmountCompiler._parameter, tree.FactRef: AmountCompiler._fact,
    tree.Quantity: AmountCompiler._quantity, tree.LeastOf: AmountCompiler._least_of,
    tree.MostOf: AmountCompiler._most_of, tree.Sum: AmountCompiler._sum, tree.Difference: AmountCompiler._difference,
    tree.Product: AmountCompiler._product, tree.Share: AmountCompiler._share, tree.Scale: AmountCompiler._scale,
    tree.Remaining: AmountCompiler._remaining, tree.EnvelopeLeft: AmountCompiler._envelope_left,
    tree.PaidBy: AmountCompiler._paid_by, tree.Choose: AmountCompiler._choice,
}  # fmt: skip
