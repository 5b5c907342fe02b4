"""The plan of every row at once: each configuration allocated, the best kept, in the order of `engine.selection`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import compress
from typing import get_args

from cpf_funding.frames.choices import Choices
from cpf_funding.frames.flow import Flow, Network, amounts_fit
from cpf_funding.frames.today import today
from cpf_funding.frames.verdicts import AidColumns, Scene, reach_verdict
from cpf_funding.language import tree
from cpf_funding.language.columns import PlanColumns
from cpf_funding.language.columns_graph import CannotCompileError, Node
from cpf_funding.rulebook.book import Rulebook

__all__ = ["LINES", "Option", "Program"]

LINES: tuple[str, ...] = get_args(tree.Line)


@dataclass(slots=True)
class Option:
    """One configuration, row by row: who is in it, what each pays, and whether it holds."""

    holds: Node
    unfunded: Node
    holder: Node
    members: dict[str, Node] = field(default_factory=dict)
    paid: dict[str, Node] = field(default_factory=dict)
    turns: list[Node] = field(default_factory=list)
    """What is paid at each turn, whoever takes it."""
    limits: dict[str, Node] = field(default_factory=dict)
    """The most each member could pay at its rank."""
    floors: dict[str, Node] = field(default_factory=dict)
    """The least each member could pay there."""


class Program:
    """The columns of the plans of a rulebook on a day, for a table that has these columns, its rows these facts."""

    def __init__(
        self, rulebook: Rulebook, on: date, columns: frozenset[str], settled: Mapping[str, str | None]
    ) -> None:
        self.rulebook, self.on = rulebook, on
        self.scene = Scene(rulebook, on, columns, settled)
        self.graph = self.scene.graph
        known = [aid for aid in rulebook.aids if aid.in_force[0].start <= on]
        self.verdicts = {aid.id: reach_verdict(aid, self.scene) for aid in known}
        self.entering = {id: verdict for id, verdict in self.verdicts.items() if verdict.enters is not self.graph.false}
        aids = tuple(each.aid for each in self.entering.values())
        self.choices = Choices(tuple(today(aid, self.scene.rules, on) for aid in aids), rulebook.facts)
        self.network = Network.of(lines for aid in aids for lines in (aid.covers, *aid.line_sets))
        self.slots = self._slots()
        self.best = self._best(range(self.choices.count))

    # Aids that no row has together take one turn ------------------------------------------------

    def _slots(self) -> list[list[AidColumns]]:
        slots: list[list[AidColumns]] = []
        for verdict in self.entering.values():
            for number, slot in enumerate(slots):
                after = [each for other in slots[number + 1 :] for each in other]
                alike = all(_alike(each, verdict) for each in slot)
                if alike and not any(self.choices.together(each.id, verdict.id) for each in (*slot, *after)):
                    slot.append(verdict)
                    break
            else:
                slots.append([verdict])
        return slots

    # One configuration --------------------------------------------------------------------------

    def _kept(self, id: str, number: int) -> Node:
        """Where an aid is in this configuration, as far as the choices go."""
        graph, fact, kept, left = self.graph, self.choices.split, list[str | None](), list[str | None]()
        for value, found in self.choices.open_to(id):
            (kept if number < len(found) and id in found[number] else left).append(value)
        if fact is None or not left or not kept:
            return graph.truth(bool(kept))
        named = self.scene.facts.among(fact, [value for value in (left if None in kept else kept) if value is not None])
        return graph.not_(named) if None in kept else named

    def _allocate(self, number: int) -> Option:
        graph = self.graph
        option = Option(graph.false, graph.zero, graph.zero)
        flow = Flow(graph, self.network, self.scene.cost)
        for id, verdict in self.entering.items():
            if verdict.aid.kind != "mandatory":
                option.members[id] = graph.all((verdict.enters, self._kept(id, number)))
        for id, verdict in self.entering.items():
            if verdict.aid.kind == "mandatory":
                option.members[id] = self.owed(verdict, option)
        seen = dict(option.members)  # what conditions on presence see: those before that pay, those after that are in
        view = PlanColumns(seen, option.paid, flow.remaining)
        for slot in self.slots:
            for verdict in slot:
                option.members[verdict.id] = self._gate(verdict, option, flow)
                capacity, _ = self.scene.rules.amount(verdict.aid.shape.amount, verdict.id, view)
                option.limits[verdict.id], option.floors[verdict.id] = capacity.high, capacity.low
            self.take_turn(slot, option, option.limits, flow)
            for id in (verdict.id for verdict in slot):
                seen[id] = graph.all((option.members[id], graph.less(graph.zero, option.paid[id])))
        self._conclude(option, flow)
        return option

    def take_turn(self, slot: Sequence[AidColumns], option: Option, limits: Mapping[str, Node], flow: Flow) -> None:
        """Place the aids of a turn, of which a row has one at most, each for what it can pay."""
        limit = self.graph.zero
        for verdict in slot:
            limit = self.graph.choose(option.members[verdict.id], limits[verdict.id], limit)
        self._share_out(slot, option, flow.place(slot[0].aid.covers, limit))

    def _share_out(self, slot: Sequence[AidColumns], option: Option, paid: Node) -> None:
        """What is paid at a turn goes to the one that takes it."""
        option.turns.append(paid)
        for id in (verdict.id for verdict in slot):
            own = self.graph.choose(option.members[id], paid, self.graph.zero) if len(slot) > 1 else paid
            option.paid[id] = own

    def owed(self, verdict: AidColumns, option: Option) -> Node:
        """Where a mandatory contribution is due: with the aids it follows, unless another waives it."""
        graph, aid = self.graph, verdict.aid
        follows = graph.any(option.members[id] for id in aid.with_ if id in option.members)
        waived = graph.any(option.members[id] for id in aid.waived_by if id in option.members)
        return graph.all((verdict.enters, follows, graph.not_(waived)))

    def _gate(self, verdict: AidColumns, option: Option, flow: Flow) -> Node:
        """Where an aid stands, once those asked before it are known to pay."""
        graph, aid, inside = self.graph, verdict.aid, option.members[verdict.id]
        if verdict.id not in self.choices.gated or inside is graph.false:
            return inside
        if aid.needs:
            inside = graph.all((inside, self.one_pays(aid.needs, option)))
        if self.choices.candidates[verdict.id].today.relies:
            inside = graph.all((inside, graph.not_(self.refused(verdict, option, flow))))
        return inside

    def one_pays(self, ids: Iterable[str], option: Option) -> Node:
        """Where one of these aids pays."""
        return self.graph.any(
            self.graph.less(self.graph.zero, option.paid[id]) for id in sorted(ids) if id in option.paid
        )

    def refused(self, verdict: AidColumns, option: Option, flow: Flow) -> Node:
        """Where the plan itself fails the conditions of an aid on co-funding."""
        eligibility = verdict.aid.shape.eligibility
        assert eligibility is not None
        view = PlanColumns(option.members, option.paid, flow.remaining, settled=True)
        return self.scene.rules.condition(eligibility, verdict.id, view).no

    def _conclude(self, option: Option, flow: Flow) -> None:
        """What is left, and whether the relations that the configuration relies on hold."""
        graph, fails = self.graph, list[Node]()
        for id, verdict in self.entering.items():
            aid, inside = verdict.aid, option.members[id]
            if aid.kind == "mandatory":
                fails += self._waived_for_nothing(verdict, option)
                continue
            if id not in self.choices.gated:
                if aid.needs:
                    fails.append(graph.all((inside, graph.not_(self.one_pays(aid.needs, option)))))
                if self.choices.candidates[id].today.relies:
                    fails.append(graph.all((inside, self.refused(verdict, option, flow))))
            place = self.choices.candidates[id].place
            for other in sorted(self.choices.amount_joins(id)) if not aid.joins_to_be_eligible else ():
                if self.choices.candidates[other].place > place:
                    idle = graph.not_(graph.less(graph.zero, option.paid[other]))
                    fails.append(graph.all((inside, option.members[other], idle)))
        fails += self.own_money(option)
        total = graph.sum(self.scene.cost(line) for line in LINES)
        option.unfunded = graph.minus(total, flow.paid, 0)
        option.holder = graph.sum(option.paid[id] for id, each in self.entering.items() if each.aid.by_holder)
        option.holds = graph.not_(graph.any(fails))

    def _waived_for_nothing(self, verdict: AidColumns, option: Option) -> list[Node]:
        """A contribution is waived by those who pay; those who pay nothing are as good as absent.

        Unless they bring a contribution of their own: then they must pay.
        """
        graph, aid = self.graph, verdict.aid
        follows = graph.any(option.members[id] for id in aid.with_ if id in option.members)
        waiving = [id for id in sorted(aid.waived_by) if id in option.members]
        waived = graph.any(option.members[id] for id in waiving)
        due = graph.all((verdict.enters, follows))
        bringing = [id for id in waiving if any(id in each.aid.with_ for each in self.entering.values())]
        idle = [graph.all((option.members[id], graph.not_(self.one_pays([id], option)))) for id in bringing]
        return [graph.all((due, waived, graph.not_(self.one_pays(waiving, option)))), graph.all((due, graph.any(idle)))]

    def own_money(self, option: Option) -> list[Node]:
        """Where an aid that refuses own money stands though its lines are not paid in full by others.

        See `engine.configurations`: one flow must saturate these lines, one must keep the holder off them.
        """
        graph = self.graph
        strict = [
            each for id, each in self.entering.items()
            if each.aid.refuses_own_money and option.members[id] is not graph.false
        ]  # fmt: skip
        if not strict:
            return []
        lines = frozenset(strict[0].aid.covers)
        if any(frozenset(each.aid.covers) != lines for each in strict):
            names = ", ".join(each.id for each in strict)
            raise CannotCompileError(names, "ces aides refusent l'argent de la personne sur des lignes différentes")
        saturating, placing = list[tuple[frozenset[str], Node]](), list[tuple[frozenset[str], Node]]()
        for id, each in self.entering.items():
            covers = frozenset(each.aid.covers)
            if each.aid.by_holder:
                placing.append((covers - lines, option.paid[id]))
            else:
                saturating.append((covers & lines, option.paid[id]))
                placing.append((covers, option.paid[id]))
        cost, stands = self.scene.cost, graph.any(option.members[each.id] for each in strict)
        due = graph.sum(cost(line) for line in sorted(lines))
        filled, _ = amounts_fit(graph, cost, saturating)
        put, wanted = amounts_fit(graph, cost, placing)
        return [graph.all((stands, graph.not_(graph.all((graph.equal(filled, due), graph.equal(put, wanted))))))]

    # The best -----------------------------------------------------------------------------------

    def _best(self, numbers: Sequence[int]) -> Option:
        """The best of some configurations; those that differ last come first, since most of their keys agree."""
        if len(numbers) == 1:
            return self._allocate(numbers[0])
        for id in self.entering:
            groups: dict[int, list[int]] = {}
            for number in numbers:
                groups.setdefault(self._kept(id, number).rank, []).append(number)
            if len(groups) > 1:
                break
        else:
            return self._allocate(numbers[0])
        best, *others = [self._best(group) for group in groups.values()]
        ranks = self._ranks()
        for option in others:
            best = self._merge(self._better(option, best, ranks), option, best)
        return best

    def _merge(self, better: Node, one: Option, other: Option) -> Option:
        """The first option where it is better, else the second."""
        graph = self.graph
        unfunded, holder = (graph.choose(better, *pair) for pair in (
            (one.unfunded, other.unfunded), (one.holder, other.holder)
        ))  # fmt: skip
        found = Option(graph.any((one.holds, other.holds)), unfunded, holder)
        for id in self.entering:
            found.members[id] = graph.choose(better, one.members[id], other.members[id])
            found.limits[id] = graph.choose(better, one.limits[id], other.limits[id])
            found.floors[id] = graph.choose(better, one.floors[id], other.floors[id])
        for slot, *pair in zip(self.slots, one.turns, other.turns, strict=True):
            self._share_out(slot, found, graph.choose(better, *pair))
        return found

    def _ranks(self) -> list[list[str]]:
        """The aids of each rank, the person's own money apart."""
        found: dict[int, list[str]] = {}
        for id, each in self.entering.items():
            if not each.aid.by_holder:
                found.setdefault(each.aid.rank, []).append(id)
        return [found[rank] for rank in sorted(found)]

    def _better(self, one: Option, other: Option, ranks: Sequence[Sequence[str]]) -> Node:
        """Where the first option is strictly preferred: see `engine.selection.Option.preference`."""
        graph = self.graph
        keys = [(one.unfunded, other.unfunded), (one.holder, other.holder)]
        turns: dict[int, list[int]] = {}
        for number, slot in enumerate(self.slots):
            if not slot[0].aid.by_holder:
                turns.setdefault(slot[0].aid.rank, []).append(number)
        for rank in sorted(turns):
            theirs_, mine_ = (graph.sum(option.turns[number] for number in turns[rank]) for option in (other, one))
            keys.append((theirs_, mine_))
        preferred = self._tie(one, other, ranks)
        for mine, theirs in reversed(keys):
            preferred = graph.any((graph.less(mine, theirs), graph.all((graph.equal(mine, theirs), preferred))))
        return graph.all((one.holds, graph.any((graph.not_(other.holds), preferred))))

    def _tie(self, one: Option, other: Option, ranks: Sequence[Sequence[str]]) -> Node:
        """Same euros rank by rank: fewest filings, payers, earliest ids; only where a rank has two aids in one row."""
        graph = self.graph
        own = [id for id, each in self.entering.items() if each.aid.by_holder]
        shared = [
            id for ids in (*ranks, own) for id in ids
            if any(self.choices.together(id, mate) for mate in ids if mate != id)
            and one.paid[id] is not other.paid[id]
        ]  # fmt: skip
        if not shared:
            return graph.false
        stated = {*self.rulebook.local.delays, *self.rulebook.local.history}
        aids = [self.entering[id].aid for id in shared]
        if stated & set(shared) or any(aid.usual or aid.most or aid.kind == "right" for aid in aids):
            raise CannotCompileError(", ".join(shared), "deux aides de même rang se départagent par leurs délais")
        pays = [[graph.less(graph.zero, option.paid[id]) for id in sorted(shared)] for option in (one, other)]
        asked = [self.entering[id].aid.kind in ("aid", "right") for id in sorted(shared)]
        preferred = graph.false
        for mine, theirs in reversed(list(zip(*pays, strict=True))):
            same = graph.any((graph.all((mine, theirs)), graph.not_(graph.any((mine, theirs)))))
            preferred = graph.any((graph.all((mine, graph.not_(theirs))), graph.all((same, preferred))))
        for counted in (
            ([True] * len(asked), asked) if not all(asked) else (asked,)
        ):  # payers, then requests before them
            fewer, others = (
                graph.sum(graph.choose(each, graph.number(1), graph.zero) for each in compress(row, counted))
                for row in pays
            )
            preferred = graph.any((graph.less(fewer, others), graph.all((graph.equal(fewer, others), preferred))))
        return preferred


def _alike(one: AidColumns, other: AidColumns) -> bool:
    a, b = one.aid, other.aid
    return (a.covers, a.kind, a.rank, a.by_holder) == (b.covers, b.kind, b.rank, b.by_holder)
