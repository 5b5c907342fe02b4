"""Which configurations the columns must try: decided once for a day, whatever the row.

`engine.configurations` enumerates, for one dossier, the aids that a relation ties. Columns try a list that holds, for
every row, one as good as the best of all:

* an aid that another excludes is in wherever nothing it excludes is: only the largest sets without a conflict are
  tried, since one more aid never costs anything to those that no relation ties (docs/decisions/0003);
* an aid that needs others which are all asked before it is in where they pay, and out elsewhere: no choice is left;
* what waives a mandatory contribution is in altogether or out altogether, and so are the aids that refuse own money:
  one more of them only pays more;
* what may leave nothing to pay to an aid that another relies on, or bars another by paying, is also tried out;
* where an aid may rely on one asked late when none of those before it pays, it is also tried without these;
* an aid asked before another of its rank is also tried out: the other may take over its euros;
* any other aid that a relation ties is tried in and out.

Two aids whose scopes no row can meet together share what they choose: the list is made for each value of
one fact (the region).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from cpf_funding.facts import Fact
from cpf_funding.frames.relations import Ids, Relations
from cpf_funding.language.columns_graph import CannotCompileError

__all__ = ["MOST_CHOICES", "Choices"]

MOST_CHOICES = 256
"""Published limit: beyond it the rulebook of that day is refused rather than planned by approximation."""


@dataclass(slots=True)
class Choices(Relations):
    """The configurations of a program, for each value of the fact that `split`s them, if one does.

    `configurations` gives, for each value of it (`None`: any other, or unknown), the aids that each one keeps.
    """

    facts: Mapping[str, Fact]
    split: str | None = field(init=False)
    configurations: Mapping[str | None, tuple[Ids, ...]] = field(init=False)
    _lists: dict[Ids, tuple[Ids, ...] | None] = field(default_factory=dict)
    _open_to: dict[str, list[tuple[str | None, tuple[Ids, ...]]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        Relations.__post_init__(self)
        self.split, self.configurations = self._split()

    @property
    def count(self) -> int:
        """How many configurations a row is tried with."""
        return max(map(len, self.configurations.values()))

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
                for group in self._apart(self.starving(id, inside) - followed - waiving):
                    leave(group, followed, waiving)
                continue
            unsure = (aid.needs or self.candidates[id].today.relies) and id not in self.gated
            if unsure or self.asked_early(id, inside):
                leave({id})
            if replaceable := self.replaceable(id, inside):
                leave({id}, replaceable)
            self._refuse(id, inside)
            for other in self.partners(id, self.candidates[id].today.barred) & inside:
                leave({other}, frozenset({id}))
            for group in self._apart(self.starving(id, inside)):
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
        if self.asked_early(id, inside) and any(
            self.candidates[o].aid.by_holder and self.candidates[o].aid.kind == "own_money"
            for o in self.partners(id, inside)
        ):  # fmt: skip
            raise CannotCompileError(id, "deux apports de la personne peuvent se remplacer l'un l'autre")
        if self.moves(id, inside):
            raise CannotCompileError(id, "ce que paient d'autres aides peut lui faire perdre plus qu'elles n'apportent")

    # Lists of configurations --------------------------------------------------------------------

    def _split(self) -> tuple[str | None, Mapping[str | None, tuple[Ids, ...]]]:
        """The fact whose values leave the fewest configurations to try, if one does, and those of each value."""
        needed = sorted({fact for each in self.candidates.values() for fact in each.needs})
        names = [fact for fact in needed if self.facts[fact].kind in ("text", "code")]
        (fewest, _), best = self._cost(None), None
        trials = [(*self._cost(name), name) for name in names]
        if trials and min(trials)[0] < fewest:
            fewest, _, best = min(trials)
        if fewest > MOST_CHOICES:
            names_ = ", ".join(sorted(id for group in self._free_to_leave(frozenset(self.candidates)) for id in group))
            raise CannotCompileError(names_, f"plus de {MOST_CHOICES} combinaisons d'aides compatibles")
        return best, {value: self._listed(self._within(best, value)) or () for value in self._values(best)}

    def _cost(self, fact: str | None) -> tuple[int, int]:
        """The most configurations that a row is tried with where this fact splits them, and the most aids it has."""
        insides = {self._within(fact, value) for value in self._values(fact)}
        found = [self._listed(inside) for inside in insides]
        count = MOST_CHOICES + 1 if None in found else max(len(each) for each in found if each is not None)
        return count, max(map(len, insides))

    def _values(self, fact: str | None) -> tuple[str | None, ...]:
        """The values that scopes give to a fact, after `None`, any other or unknown."""
        told = (each.needs[fact].told for each in self.candidates.values() if fact is not None and fact in each.needs)
        return None, *sorted(frozenset[str]().union(*told))

    def _within(self, fact: str | None, value: str | None) -> Ids:
        """The aids that a row may have when a fact has this value."""
        return frozenset(id for id in self.candidates if self._allows(id, fact, value))

    def _allows(self, id: str, fact: str | None, value: str | None) -> bool:
        """Whether a row may have an aid when a fact has this value."""
        needs = self.candidates[id].needs
        return fact is None or fact not in needs or needs[fact].allow(value)

    def open_to(self, id: str) -> list[tuple[str | None, tuple[Ids, ...]]]:
        """The configurations of each value of the fact that splits them, where a row may have this aid."""
        if id not in self._open_to:
            found = self.configurations.items()
            self._open_to[id] = [(value, each) for value, each in found if self._allows(id, self.split, value)]
        return self._open_to[id]

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
        for id, others in self.relying_on_others(inside):
            found |= dict.fromkeys(each for each in self._of(others) if id in each)
        order = sorted(inside, key=lambda id: self.candidates[id].place)
        return tuple(sorted(found, key=lambda ids: [id not in ids for id in order]))

    @staticmethod
    def _worth(reasons: Iterable[tuple[Ids, ...]], there: Ids) -> bool:
        """Whether one of the reasons to leave a group stands where these aids are there."""
        return any(all(needed & there for needed in reason) for reason in reasons)

    def _without_conflict(self, members: Ids) -> Iterator[Ids]:
        """The largest subsets in which no aid excludes another."""
        enemies = {id: self.enemies(id, members) for id in members}
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
