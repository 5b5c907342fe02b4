"""What the aids of a day are to one another: together or not, relied on, in the way, costing more than they bring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cpf_funding.frames.forms import counted_inside, joins, looks_further
from cpf_funding.frames.scopes import Requirements
from cpf_funding.frames.today import Today
from cpf_funding.rulebook.book import Aid

__all__ = ["Ids", "Relations"]

Ids = frozenset[str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An aid that may enter a plan that day, and its place in the order of mobilisation."""

    today: Today
    place: int

    @property
    def aid(self) -> Aid:
        """The aid."""
        return self.today.aid

    @property
    def needs(self) -> Requirements:
        """The values that some facts must have."""
        return self.today.needs

    def meets(self, other: Candidate) -> bool:
        """Whether one row may have both."""
        return not any(self.needs[fact].both(other.needs[fact]).none for fact in self.needs.keys() & other.needs.keys())


@dataclass(slots=True)
class Relations:
    """The aids that may enter a plan that day, in order of mobilisation.

    Where a method takes those `inside`, it speaks of the rows and of the plans that have no other.
    """

    aids: tuple[Today, ...]
    candidates: dict[str, Candidate] = field(init=False)
    gated: Ids = field(init=False)
    """Those whose place in a plan is known row by row, when their turn comes."""
    _partners: Mapping[str, Ids] = field(init=False)

    def __post_init__(self) -> None:
        self.candidates = {each.aid.id: Candidate(each, place) for place, each in enumerate(self.aids)}
        self._partners = {
            id: frozenset(o for o, other in self.candidates.items() if o != id and each.meets(other))
            for id, each in self.candidates.items()
        }
        self.gated = frozenset(id for id in self.candidates if self._is_gated(id))

    def together(self, one: str, other: str) -> bool:
        """Whether one row may have both aids."""
        return other in self._partners[one]

    def partners(self, id: str, others: Iterable[str]) -> Ids:
        """Those of some aids that may stand in a plan beside this one."""
        return self._partners[id].intersection(others)

    def amount_joins(self, id: str) -> Ids:
        """The aids whose presence the amount of this one looks at."""
        aid = self.candidates[id].aid
        return self.partners(id, aid.joins) if joins(aid.shape.amount) else frozenset()

    def relied_on(self, id: str) -> Ids:
        """The aids of which one must pay, or may have to, for this one to stand."""
        each = self.candidates[id].today
        return each.aid.needs | each.joined

    def enemies(self, id: str, members: Iterable[str]) -> Ids:
        """The aids of a plan that exclude this one, or that it excludes."""
        excluded = self.candidates[id].aid.excludes
        return frozenset(
            o for o in self.partners(id, members) if o in excluded or id in self.candidates[o].aid.excludes
        )

    def _is_gated(self, id: str) -> bool:
        """Whether what an aid relies on is known when its turn comes, and nothing before it looks at its presence."""
        aid, place = self.candidates[id].aid, self.candidates[id].place
        today = self.candidates[id].today
        relied = self.partners(id, self.relied_on(id) | today.barred)
        if not (aid.needs or today.relies) or aid.refuses_own_money or aid.kind == "mandatory":
            return False
        if today.relies and looks_further(today.eligibility):
            return False
        if any(self.candidates[other].place >= place for other in relied):
            return False
        return not any(
            id in other.aid.with_ | other.aid.waived_by or (id in self.amount_joins(name) and other.place < place)
            for name, other in self.candidates.items()
        )

    def asked_early(self, id: str, inside: Ids) -> bool:
        """Whether the person's own money is asked before another aid: it may then be better kept."""
        aid, place = self.candidates[id].aid, self.candidates[id].place
        later = (self.candidates[o] for o in self.partners(id, inside))
        return aid.by_holder and aid.kind != "mandatory" and any(o.place > place for o in later)

    def replaceable(self, id: str, inside: Ids) -> Ids:
        """The aids of the same rank, asked after this one, that may take over its euros: one request may be spared."""
        aid, place = self.candidates[id].aid, self.candidates[id].place
        later = (o for o in self.partners(id, inside) - self.enemies(id, inside) if self.candidates[o].place > place)
        mates = (o for o in later if self.candidates[o].aid.rank == aid.rank and not self.candidates[o].aid.by_holder)
        return frozenset() if aid.by_holder else frozenset(mates)

    # What another aid may cost --------------------------------------------------------------------

    def moves(self, id: str, inside: Ids) -> bool:
        """Whether what an aid before this one pays may cost more than it brings, through the amount of this one.

        On one class of lines, with `r` left to pay when its turn comes, an aid leaves `r` less a payment that grows no
        faster than `r`: a share of what is left, a ceiling that counts another aid inside, a share of what another
        pays. Euros paid before it then never raise what is left after it. That fails where payments cross classes of
        lines, in any other form of amount, and where one euro may lower two payments: a ceiling or a share that looks
        at it, and another one before. A ceiling that also counts this other one gives back what that one loses.
        """
        aid = self.candidates[id].aid
        if not self.candidates[id].today.looks_at_others:
            return False
        inner = counted_inside(self.candidates[id].today.amount)
        if inner is None:
            return True
        seen = [frozenset(lines) for lines in aid.line_sets]
        seen += [frozenset(self.candidates[o].aid.covers) for o in self.partners(id, aid.counts) & inside]
        if len(set(seen)) > 1 or any(self._split_by_another(seen[0], o) for o in inside):
            return True
        return any(self._lowered_with(o, id, inside) for o in self.partners(id, inside))

    def _lowered_with(self, one: str, id: str, inside: Ids) -> bool:
        """Whether a ceiling that counts others inside falls for a euro that also lowers what the second aid may pay.

        A euro of an aid counted inside the second one may also lower a share asked between them: nothing gives it back.
        """
        first, second = self.candidates[one], self.candidates[id]
        if first.place > second.place:
            return False
        if counted_inside(first.today.amount) is False:  # a share of what a counted aid leaves
            places = (self.candidates[o].place for o in self.partners(one, second.aid.counts) & inside)
            shared = first.today.looks_at_others and counted_inside(second.today.amount)
            return bool(shared) and any(place < first.place for place in places)
        if not counted_inside(second.today.amount):
            return any(one in ids for ids in second.today.paid)
        counted = inside.intersection(*(frozenset().union(*each.today.paid) for each in (first, second)))
        return any(ids & counted and one not in ids for ids in second.today.paid)

    def _split_by_another(self, lines: Ids, id: str) -> bool:
        """Whether an aid treats some of these lines otherwise than the rest."""
        sets = (frozenset(each) for each in self.candidates[id].aid.line_sets)
        return any(each & lines not in (frozenset(), lines) for each in sets)

    # What another aid may leave nothing to ---------------------------------------------------------

    def starving(self, id: str, inside: Ids) -> Ids:
        """The aids that may leave nothing to pay to one that this aid relies on, so that it is better without them.

        Those that it would be better without only where none of `_first_relied_on` pays are in `relying_on_others`.
        """
        aid, place = self.candidates[id].aid, self.candidates[id].place
        found: set[str] = set()
        made_up: Ids = frozenset()
        if aid.kind == "mandatory":
            followed = self.partners(id, aid.with_) & inside
            relied = frozenset(o for o in self.partners(id, aid.waived_by) & inside if self.partners(o, followed))
            inside = frozenset(o for o in inside if o in followed or self.partners(o, followed))
        else:
            wanted, first = self.relied_on(id), self._first_relied_on(id, inside)
            for other in first:
                found |= self.partners(id, self.candidates[other].aid.counts) & inside - wanted
            enough = first and not self.candidates[id].today.joined
            relied = frozenset() if enough else self.partners(id, wanted) & inside - first
            made_up = self._made_up(id, inside)
            inside -= self.enemies(id, inside)
        for other in relied:
            after = self.candidates[other].place
            before = (self.candidates[o] for o in self.partners(other, inside) & self.partners(id, inside) - relied)
            asked = (each.aid for each in before if each.place < after and each.aid.kind != "mandatory")
            found.update(each.id for each in asked if after < place or each.id not in made_up)
        return frozenset(found)

    def _first_relied_on(self, id: str, inside: Ids) -> Ids:
        """The aids that this one relies on, asked before it, which cover all its lines.

        Where one of them finds nothing to pay, nothing is left for this one either: leaving another out would bring it
        nothing, unless the first counts what the other pays inside its own ceiling.
        """
        aid, place = self.candidates[id].aid, self.candidates[id].place
        before = (o for o in self.partners(id, self.relied_on(id)) & inside if self.candidates[o].place <= place)
        return frozenset(o for o in before if set(aid.covers) <= set(self.candidates[o].aid.covers))

    def relying_on_others(self, inside: Ids) -> Iterator[tuple[str, Ids]]:
        """Each aid that one asked late may support alone, and what is then left of the aids of a plan.

        Those that it relies on first pay nothing, else nothing needs to be left out: it is as if they were not there.
        """
        for id in sorted(inside):
            each, first = self.candidates[id], self._first_relied_on(id, inside)
            if first and first < self.partners(id, each.aid.needs) & inside and not each.today.joined:
                yield id, inside - first - self.enemies(id, inside)

    def _made_up(self, id: str, inside: Ids) -> Ids:
        """The aids that one which pays all that is left on its lines makes up for: without them as much is left."""
        lines = set(self.candidates[id].aid.covers)
        others = [self.candidates[o] for o in self.partners(id, inside)]
        beyond = [each for each in others if not set(each.aid.covers) <= lines]
        seeing = any(set(seen) != set(e.aid.covers) for e in beyond for seen in e.aid.line_sets)
        if (
            not self.candidates[id].today.fills
            or seeing
            or any(e.aid.counts or e.today.looks_at_others for e in beyond)
        ):
            return frozenset()
        return frozenset(each.aid.id for each in others if each not in beyond)
