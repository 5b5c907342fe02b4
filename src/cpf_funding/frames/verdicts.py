"""Aid by aid, before any plan, for a table: the columns of `engine.verdicts`, and which aids enter the plans."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from cpf_funding.calendars import Territory, latest_filing, territory_of
from cpf_funding.dossier import Envelope
from cpf_funding.language.columns import AmountColumns, ColumnCompiler, EnvelopeColumns, TruthColumns
from cpf_funding.language.columns_facts import FactColumns, day_number
from cpf_funding.language.columns_graph import CannotCompileError, Graph, Node
from cpf_funding.language.context import Vocabulary
from cpf_funding.language.units import Unit, scale
from cpf_funding.language.values import UNLIMITED
from cpf_funding.rulebook.book import Aid, Rulebook

__all__ = ["AidColumns", "EarliestStart", "Scene", "reach_verdict"]

TERRITORY_REGIONS = ("01", "02", "03", "04", "06", "42")
"""The regions that have a calendar of their own (see `calendars.territory_of`)."""


@dataclass(frozen=True, slots=True)
class AidColumns:
    """How an aid stands for each row. It is open where `yes`, refused where `no`, else it depends on something unknown.

    `enters` says where a plan may use it; `failed` are its conditions that do not depend on a plan, by name.
    """

    aid: Aid
    yes: Node
    no: Node
    out_of_scope: Node
    presumed: Node
    enters: Node
    amount: AmountColumns
    conditions: Mapping[str, TruthColumns]

    @property
    def id(self) -> str:
        """Identifier of the aid."""
        return self.aid.id


class Scene:
    """What every aid of a program shares: the day, the facts, the envelopes, the compiler of its rules.

    `settled` gives the facts that all rows share.
    """

    def __init__(
        self, rulebook: Rulebook, on: date, columns: frozenset[str], settled: Mapping[str, str | None]
    ) -> None:
        self.rulebook, self.on = rulebook, on
        self.graph = Graph(settled)
        self.facts = FactColumns(self.graph, rulebook.facts, columns, on)
        vocabulary = Vocabulary(
            rulebook.facts, rulebook.parameters, rulebook.lists, frozenset(aid.id for aid in rulebook.aids),
            frozenset(rulebook.causes),
        )  # fmt: skip
        self._stated = rulebook.local.envelopes_on(on)
        self.rules = ColumnCompiler(self.graph, vocabulary, self.facts, on, self.envelope)
        self.freely = ColumnCompiler(self.graph, vocabulary, self.facts, on, lambda id: self._envelope(None))

    def envelope(self, id: str) -> EnvelopeColumns:
        """What a row says of an envelope, else what the overlays state of it that day."""
        graph, facts = self.graph, self.facts
        state, (told, left) = f"local.envelopes.{id}.state", facts.euros(f"local.envelopes.{id}.left")
        here = graph.any((facts.told(state), told))
        own = EnvelopeColumns(
            here, facts.text_is(state, "exhausted"), graph.choose(told, left, graph.unlimited),
            facts.text_is(state, "low"),
        )  # fmt: skip
        other = self._envelope(self._stated.get(id))
        return EnvelopeColumns(*(graph.choose(here, a, b) for a, b in zip(own, other, strict=True)))

    def _envelope(self, stated: Envelope | None) -> EnvelopeColumns:
        graph = self.graph
        if stated is None or (stated.state is None and stated.left is None):
            return EnvelopeColumns(graph.false, graph.false, graph.unlimited, graph.false)
        left = graph.unlimited if stated.left is None else graph.number(stated.left)
        return EnvelopeColumns(
            graph.true, graph.truth(stated.state == "exhausted"), left, graph.truth(stated.state == "low")
        )

    def by_territory(self, found: Callable[[Territory], Node]) -> Node:
        """What depends on the public holidays, on the calendar of each row."""
        graph, facts = self.graph, self.facts
        node, asked = found(Territory.MAINLAND), facts.known("training.region")
        for region in TERRITORY_REGIONS:
            there = graph.any((
                facts.among("training.region", [region]),
                graph.all((graph.not_(asked), facts.among("holder.region", [region]))),
            ))  # fmt: skip
            node = graph.choose(there, found(territory_of(region)), node)
        return node

    def cost(self, line: str) -> Node:
        """The cost of a line; zero where it is not given."""
        return self.facts.integer(f"training.costs.{line}")


def reach_verdict(aid: Aid, scene: Scene) -> AidColumns:
    """The verdict on one aid: scope, then the day, the notice and the eligibility, in Kleene logic."""
    graph, rules = scene.graph, scene.rules
    always = TruthColumns(graph.true, graph.false, graph.false)
    period = aid.period(scene.on)
    state = period.state if period is not None else "none"
    open_ = always if state == "open" else TruthColumns(graph.false, graph.truth(state != "unknown"), graph.true)
    scope = rules.condition(aid.shape.scope, aid.id) if aid.shape.scope is not None else always
    found = {"in_force": open_._replace(missing=graph.truth(state == "unknown")), "scope": scope}
    notice = _notice(aid, scene)
    if notice is not None:
        found["notice"] = notice
    if aid.shape.eligibility is not None:
        found["eligibility"] = rules.condition(aid.shape.eligibility, aid.id)
    no = graph.any(truth.no for truth in found.values())
    lacking = graph.any(
        graph.all((truth.missing, graph.not_(graph.any((truth.yes, truth.no))))) for truth in found.values()
    )
    if aid.joins_to_be_eligible:
        yes = graph.not_(graph.any((no, lacking, *_untold(found, graph))))
    else:
        yes = graph.all(truth.yes for truth in found.values())
    presumed = graph.all((open_.yes, scope.yes))
    amount, _ = rules.amount(aid.shape.amount, aid.id)
    enters = graph.all((graph.not_(no), presumed, graph.less(graph.zero, amount.high)))
    if aid.kind == "own_money":  # nobody's savings are presumed
        doubted = graph.all((graph.not_(no), presumed, amount.missing))
        yes, enters = graph.all((yes, graph.not_(doubted))), graph.all((enters, graph.not_(amount.missing)))
    return AidColumns(aid, yes, no, scope.no, presumed, enters, amount, found)


def _untold(found: Mapping[str, TruthColumns], graph: Graph) -> list[Node]:
    """Conditions that are unknown although nothing names what is missing, the eligibility apart."""
    others = [truth for name, truth in found.items() if name != "eligibility"]
    return [graph.not_(graph.any((truth.yes, truth.no))) for truth in others]


# Notices ----------------------------------------------------------------------------------------


def _notice(aid: Aid, scene: Scene) -> TruthColumns | None:
    """Whether there is still time to file on the day of the plan."""
    if aid.kind in ("mandatory", "own_money"):
        return None
    graph, start = scene.graph, scene.facts.date("training.start")
    if aid.notice is None:
        late = graph.less(start.number, graph.number(day_number(scene.on)))
        none = graph.not_(start.known)  # no start and no notice: nothing is asked
        return TruthColumns(graph.any((none, graph.not_(late))), graph.all((start.known, late)), graph.false)
    node = aid.shape.procedure.notice
    assert node is not None
    found, _ = scene.rules.amount(node, aid.id)
    first = EarliestStart(aid, scene)
    unit = aid.notice.unit
    steps = scale(unit)
    sure = scene.graph.all(
        (graph.less(found.high, graph.unlimited), graph.at_most(first.of(found.high, unit, steps), start.number))
    )
    late = graph.less(start.number, first.of(found.low, unit, steps))
    yes, no = graph.all((start.known, sure)), graph.all((start.known, graph.not_(sure), late))
    return TruthColumns(yes, no, graph.not_(graph.any((yes, no))))


class EarliestStart:
    """The first start for which filing on the day of the plan respects a notice, in the calendar of each row."""

    def __init__(self, aid: Aid, scene: Scene) -> None:
        self.aid, self.scene = aid, scene

    def of(self, steps: Node, unit: Unit, scale_: int) -> Node:
        """As one integer (see `day_number`); a notice that nothing bounds gives the last day of all."""
        found = self.scene.graph.map_constants(steps, lambda value: self._constant(value, unit, scale_))
        if found is None:
            raise CannotCompileError(self.aid.id, "son délai de dépôt se calcule ligne par ligne")
        return found

    def _constant(self, value: int, unit: Unit, scale_: int) -> Node:
        graph, on = self.scene.graph, self.scene.on
        if value >= UNLIMITED:
            return graph.number(day_number(date.max))
        count = -(-value // scale_)
        return self.scene.by_territory(
            lambda territory: graph.number(day_number(_first_start(on, count, unit, territory)))
        )


def _first_start(on: date, count: int, unit: Unit, territory: Territory) -> date:
    """The first start whose latest filing date is not before `on`: that date never goes back as the start goes on."""
    low, high = on, on + timedelta(days=2 * count + 60 if unit is not Unit.MONTHS else 32 * count + 60)
    while latest_filing(high, count, unit, territory) < on:
        high += timedelta(days=count + 60)
    while low < high:
        middle = low + (high - low) // 2
        if latest_filing(middle, count, unit, territory) >= on:
            high = middle
        else:
            low = middle + timedelta(days=1)
    return low
