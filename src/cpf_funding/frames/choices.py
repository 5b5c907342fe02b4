"""Which configurations the columns must try: decided once for a day, whatever the row.

`engine.configurations` enumerates, for one dossier, the aids that a relation ties. Columns try a list that holds, for
every row, a configuration as good as the best of them:

* an aid that another excludes is in wherever nothing it excludes is: only the largest sets without a conflict are
  tried, since one more aid never costs anything to those that no relation ties (docs/decisions/0003);
* an aid that needs others which are all asked before it is in where they pay, and out elsewhere: no choice is left;
* what waives a mandatory contribution is in altogether or out altogether, and so are the aids that refuse own money:
  one more of them only pays more;
* what may leave nothing to pay to an aid that another relies on, or bars another by paying, is also tried out;
* an aid asked before another of its rank is also tried out: the other may take over its euros;
* any other aid that a relation ties is tried in and out.

Two aids whose scopes no row can meet together share what they choose: the list is made for each value of
one fact or two (the status, the region).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from cpf_funding.facts import Fact
from cpf_funding.frames.forms import counted_inside, joins, looks_further
from cpf_funding.frames.scopes import Requirements, Values
from cpf_funding.frames.today import Today
from cpf_funding.language.columns_graph import CannotCompileError
from cpf_funding.rulebook.book import Aid

__all__ = ["MOST_CHOICES", "Choices", "Key"]

MOST_CHOICES = 256
"""Published limit: beyond it the rulebook of that day is refused rather than planned by approximation."""

MOST_FACTS = 2
"""Facts whose values split the choices."""

Ids = frozenset[str]
Key = tuple[str | None, ...]


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
class Choices:
    """The configurations of a program, for each value of the facts that `split` them.

    `configurations` gives, for each value of these (`None`: any other, or unknown), the aids that each one keeps.
    """

    aids: tuple[Today, ...]
    facts: Mapping[str, Fact]
    candidates: dict[str, Candidate] = field(init=False)
    gated: Ids = field(init=False)
    _partners: Mapping[str, Ids] = field(init=False)
    split: tuple[str, ...] = field(init=False)
    configurations: Mapping[Key, tuple[Ids, ...]] = field(init=False)
    _lists: dict[Ids, tuple[Ids, ...] | None] = field(default_factory=dict)
    _open_to: dict[str, list[tuple[Key, tuple[Ids, ...]]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.candidates = {each.aid.id: Candidate(each, place) for place, each in enumerate(self.aids)}
        self._partners = {
            id: frozenset(o for o, other in self.candidates.items() if o != id and each.meets(other))
            for id, each in self.candidates.items()
        }
        self.gated = frozenset(id for id in self.candidates if self._is_gated(id))
        self.split, self.configurations = self._split()

    @property
    def count(self) -> int:
        """How many configurations a row is tried with."""
        return max(map(len, self.configurations.values()))

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

    # What is decided row by row -----------------------------------------------------------------

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

    def _free_to_leave(self, inside: Ids) -> dict[Ids, list[tuple[Ids, ...]]]:
        """Groups of aids that a configuration keeps or leaves together, and the reasons to leave each.

        A reason is some sets of aids: it stands where an aid of each set is kept, or is in the group.
        """
        groups: dict[Ids, list[tuple[Ids, ...]]] = {}

        def leave(group: Iterable[str], *reason: Ids) -> None:
            groups.setdefault(frozenset(group), []).append(reason)

        strict = frozenset(id for id in inside if self.candidates[id].aid.refuses_own_money)
        if strict:
            leave(strict)
        for id in sorted(inside):
            aid, place = self.candidates[id].aid, self.candidates[id].place
            if aid.kind == "mandatory":
                followed, waiving = (self.partners(id, ids) & inside for ids in (aid.with_, aid.waived_by))
                for other in followed:
                    leave({other})
                if waiving and followed:
                    leave(waiving, followed)
                for group in self._apart(self._starving(id, inside) - followed - waiving):
                    leave(group, followed, waiving)
                continue
            unsure = (aid.needs or self.candidates[id].today.relies) and id not in self.gated
            if unsure or self._asked_early(id, inside):
                leave({id})
            if replaceable := self._replaceable(id, inside):
                leave({id}, replaceable)
            self._refuse(id, inside)
            for other in self.partners(id, self.candidates[id].today.barred) & inside:
                leave({other}, frozenset({id}))
            for group in self._apart(self._starving(id, inside)):
                leave(group, frozenset({id}), self.partners(id, self.relied_on(id)) & inside)
            for other in self.amount_joins(id) & inside:
                if self.candidates[other].place > place:
                    leave({other})
        return groups

    def _apart(self, ids: Ids) -> list[Ids]:
        """Aids gathered so that no row has two of the same group."""
        found: list[Ids] = []
        for id in sorted(ids):
            group = next((each for each in found if not self.partners(id, each)), None)
            if group is not None:
                found.remove(group)
            found.append((group or frozenset()) | {id})
        return found

    def _refuse(self, id: str, inside: Ids) -> None:
        """Raise `CannotCompileError` where no list of configurations made here is known to hold the best one."""
        if self._asked_early(id, inside) and any(
            self.candidates[o].aid.by_holder and self.candidates[o].aid.kind == "own_money"
            for o in self.partners(id, inside)
        ):  # fmt: skip
            raise CannotCompileError(id, "deux apports de la personne peuvent se remplacer l'un l'autre")
        if self._moves(id, inside):
            raise CannotCompileError(id, "ce que paient d'autres aides peut lui faire perdre plus qu'elles n'apportent")

    def _asked_early(self, id: str, inside: Ids) -> bool:
        """Whether the person's own money is asked before another aid: it may then be better kept."""
        aid, place = self.candidates[id].aid, self.candidates[id].place
        later = (self.candidates[o] for o in self.partners(id, inside))
        return aid.by_holder and aid.kind != "mandatory" and any(o.place > place for o in later)

    def _moves(self, id: str, inside: Ids) -> bool:
        """Whether what an aid before this one pays may cost more than it brings, through the amount of this one.

        On one class of lines, with `r` left to pay when its turn comes, an aid leaves `r` less a payment that grows no
        faster than `r`: a share of what is left, a ceiling that counts another aid inside, a share of what another
        pays. Euros paid before it then never raise what is left after it. That fails where payments cross classes of
        lines, in any other form of amount, and where one euro may lower two payments: a ceiling or a share that looks
        at it, and another one before. A ceiling that also counts this other one gives back what that one loses.
        """
        aid = self.candidates[id].aid
        if not aid.looks_at_others:
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
            shared = first.aid.looks_at_others and counted_inside(second.today.amount)
            return bool(shared) and any(place < first.place for place in places)
        if not counted_inside(second.today.amount):
            return any(one in ids for ids in second.today.paid)
        counted = inside.intersection(*(frozenset().union(*each.today.paid) for each in (first, second)))
        return any(ids & counted and one not in ids for ids in second.today.paid)

    def _starving(self, id: str, inside: Ids) -> Ids:
        """The aids that may leave nothing to pay to one that this aid relies on, so that it is better without them.

        Where an aid asked before this one covers all its lines and finds nothing to pay, nothing is left for this one
        either: leaving another out would bring it nothing, unless the first counts what the other pays inside its own
        ceiling.
        """
        aid, place = self.candidates[id].aid, self.candidates[id].place
        found: set[str] = set()
        if aid.kind == "mandatory":
            followed = self.partners(id, aid.with_) & inside
            relied = frozenset(o for o in self.partners(id, aid.waived_by) & inside if self.partners(o, followed))
            inside = frozenset(o for o in inside if o in followed or self.partners(o, followed))
        else:
            wanted = self.relied_on(id)
            there = self.partners(id, wanted) & inside
            relied = frozenset(
                o
                for o in there
                if self.candidates[o].place > place or not set(aid.covers) <= set(self.candidates[o].aid.covers)
            )
            for other in there - relied:
                found |= self.partners(id, self.candidates[other].aid.counts) & inside - wanted
        for other in relied:
            before = (self.candidates[o] for o in self.partners(other, inside) & self.partners(id, inside))
            found.update(
                u.aid.id
                for u in before
                if u.place < self.candidates[other].place and u.aid.kind != "mandatory" and u.aid.id not in relied
            )
        return frozenset(found)

    def _split_by_another(self, lines: Ids, id: str) -> bool:
        """Whether an aid treats some of these lines otherwise than the rest."""
        sets = (frozenset(each) for each in self.candidates[id].aid.line_sets)
        return any(each & lines not in (frozenset(), lines) for each in sets)

    def _replaceable(self, id: str, inside: Ids) -> Ids:
        """The aids of the same rank, asked after this one, that may take over its euros: one request may be spared."""
        aid, place = self.candidates[id].aid, self.candidates[id].place
        later = (o for o in self.partners(id, inside) - self._enemies(id, inside) if self.candidates[o].place > place)
        mates = (o for o in later if self.candidates[o].aid.rank == aid.rank and not self.candidates[o].aid.by_holder)
        return frozenset() if aid.by_holder else frozenset(mates)

    def _enemies(self, id: str, members: Iterable[str]) -> Ids:
        """The aids of a plan that exclude this one, or that it excludes."""
        excluded = self.candidates[id].aid.excludes
        return frozenset(
            o for o in self.partners(id, members) if o in excluded or id in self.candidates[o].aid.excludes
        )

    # Lists of configurations --------------------------------------------------------------------

    def _split(self) -> tuple[tuple[str, ...], Mapping[Key, tuple[Ids, ...]]]:
        """The facts, two at most, whose values leave the fewest configurations to try, and those of each value."""
        needed = sorted({fact for each in self.candidates.values() for fact in each.needs})
        names = [fact for fact in needed if self.facts[fact].kind in ("text", "code")]
        best: tuple[str, ...] = ()
        fewest, largest = self._cost(best)
        for _ in range(MOST_FACTS):
            trials = [(*self._cost((*best, name)), (*best, name)) for name in names if name not in best]
            count, size, facts = min(trials, default=(fewest, largest, best))
            if count >= fewest and (fewest <= MOST_CHOICES or size >= largest):
                break
            best, fewest, largest = facts, count, size
        if fewest > MOST_CHOICES:
            names_ = ", ".join(sorted(id for group in self._free_to_leave(frozenset(self.candidates)) for id in group))
            raise CannotCompileError(names_, f"plus de {MOST_CHOICES} combinaisons d'aides compatibles")
        return best, {key: self._listed(self._within(best, key)) or () for key in self._keys(best)}

    def _cost(self, facts: tuple[str, ...]) -> tuple[int, int]:
        """The most configurations that a row is tried with where these facts split them, and the most aids it has."""
        insides = {self._within(facts, key) for key in self._keys(facts)}
        found = [self._listed(inside) for inside in insides]
        count = MOST_CHOICES + 1 if None in found else max(len(each) for each in found if each is not None)
        return count, max(map(len, insides))

    def values(self, fact: str) -> tuple[str | None, ...]:
        """The values that scopes give to a fact, after `None`, any other or unknown."""
        nothing = Values(frozenset())
        return None, *sorted({v for each in self.candidates.values() for v in each.needs.get(fact, nothing).told})

    def _keys(self, facts: tuple[str, ...]) -> Iterator[Key]:
        return product(*map(self.values, facts))

    def _within(self, facts: tuple[str, ...], key: Key) -> Ids:
        """The aids that a row may have when these facts have these values."""
        return frozenset(id for id in self.candidates if self.allows(id, facts, key))

    def open_to(self, id: str) -> list[tuple[Key, tuple[Ids, ...]]]:
        """The configurations of each value of the facts that split them, where a row may have this aid."""
        if id not in self._open_to:
            found = self.configurations.items()
            self._open_to[id] = [(key, each) for key, each in found if self.allows(id, self.split, key)]
        return self._open_to[id]

    def allows(self, id: str, facts: tuple[str, ...], key: Key) -> bool:
        """Whether a row may have an aid when these facts have these values."""
        needs = self.candidates[id].needs
        return all(fact not in needs or needs[fact].allow(value) for fact, value in zip(facts, key, strict=True))

    def inside(self, value: str | None) -> Ids:
        """The aids that a row may have when the first fact that splits the choices has this value."""
        return self._within(self.split[:1], (value,))

    def _listed(self, inside: Ids) -> tuple[Ids, ...] | None:
        """The configurations of some aids; `None` where they are too many, or not known to hold the best one."""
        if inside not in self._lists:
            try:
                self._lists[inside] = self._of(inside)
            except CannotCompileError:
                self._lists[inside] = None
        return self._lists[inside]

    def _of(self, inside: Ids) -> tuple[Ids, ...]:
        """The configurations of the aids that a value leaves possible, the fullest first."""
        groups = self._free_to_leave(inside)
        if len(groups) > 10:
            raise CannotCompileError(", ".join(sorted(inside)), "trop d'aides liées")
        found: dict[Ids, None] = {}
        chosen = frozenset(id for id in inside if self.candidates[id].aid.kind != "mandatory")
        for kept in product((True, False), repeat=len(groups)):
            left = [group for group, stays in zip(groups, kept, strict=True) if not stays]
            members = chosen.difference(*left)
            for each in self._without_conflict(members):
                if all(self._worth(groups[group], each | group) for group in left):
                    found[each] = None
                if len(found) > MOST_CHOICES:
                    raise CannotCompileError(", ".join(sorted(each)), "trop de combinaisons")
        order = sorted(inside, key=lambda id: self.candidates[id].place)
        return tuple(sorted(found, key=lambda ids: [id not in ids for id in order]))

    @staticmethod
    def _worth(reasons: Iterable[tuple[Ids, ...]], there: Ids) -> bool:
        """Whether one of the reasons to leave a group stands where these aids are there."""
        return any(all(needed & there for needed in reason) for reason in reasons)

    def _without_conflict(self, members: Ids) -> Iterator[Ids]:
        """The largest subsets in which no aid excludes another."""
        enemies = {id: self._enemies(id, members) for id in members}
        at_war = sorted(id for id in members if enemies[id])
        peaceful = members.difference(at_war)

        def extend(kept: Ids, open_: set[str], closed: set[str]) -> Iterator[Ids]:
            """Bron and Kerbosch (1973), with a pivot."""
            if not open_ and not closed:
                yield peaceful | kept
                return
            pivot = min(open_ | closed, key=lambda id: (len(enemies[id] & open_), id))
            for id in sorted(open_ & (enemies[pivot] | {pivot})):
                away = enemies[id] | {id}
                yield from extend(kept | {id}, open_ - away, closed - away)
                open_ = open_ - {id}
                closed = closed | {id}

        yield from extend(frozenset(), set(at_war), set())
