"""Every small mistake that a rule author could make, one at a time: the rulebook with that mistake, made in memory.

A mutant changes one written thing: a value by its smallest step, the first day of a period by a day, the clock of a
parameter, a hole filled with the value before it, a relation, a condition, a term of an amount. Its id names what it
changes and does not depend on lines.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any, Protocol

from cpf_funding import Rulebook
from cpf_funding.errors import Problem
from cpf_funding.facts import parse_value
from cpf_funding.language import tree
from cpf_funding.language.context import Vocabulary
from cpf_funding.language.units import Unit, scale
from cpf_funding.language.values import ANY_KEY, UNLIMITED, Parameter, Setting, State
from cpf_funding.rulebook.assemble import _aid
from cpf_funding.rulebook.book import Aid, AidPeriod
from cpf_funding.rulebook.shapes import AidShape

__all__ = ["Mutant", "Seen", "mutants"]

_DAY = timedelta(days=1)
_EXACT = frozenset({Unit.EUR, Unit.EUR_PER_HOUR, Unit.EUR_PER_DAY, Unit.EUR_PER_MONTH, Unit.PERCENT})
"""Units whose smallest step is a hundredth; the others move by a whole unit (a day, an hour, a month)."""


class Seen(Protocol):
    """What a case shows the rules."""

    on: date
    """The day of its plan."""
    start: date | None
    """The day its course starts."""
    scoped: frozenset[str]
    """The aids that are, or may be, for such a person."""

    @property
    def asked(self) -> frozenset[str]:
        """The aids that are not refused."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake. `book` makes the rules that hold it, `None` when their reader refuses them; `shows` tells whether a
    case may see it (when in doubt, yes); `aids` are the aids that it changes, none for what only other rooms read.
    `part` is the condition that it changes (`scope`, `eligibility`, `firm_when`), when that looks at no plan. `hidden`
    says that no plan can show it: no aid that reads the value exists on a day whose value changes, or the
    value is not known with or without the mistake."""

    id: str
    kind: str
    aids: frozenset[str]
    book: Callable[[], Rulebook | None]
    shows: Callable[[Seen], bool]
    part: str | None = None
    hidden: bool = False


def mutants(book: Rulebook) -> Iterator[Mutant]:
    """Every mutant of a rulebook, in the order of its aids and parameters."""
    seen: Counter[str] = Counter()
    readers = _readers(book)
    for parameter in book.parameters.values():
        for mutant in _of_parameter(book, parameter, readers[parameter.name]):
            yield _numbered(mutant, seen)
    for aid in book.aids:
        for mutant in (*_of_periods(book, aid), *_of_relations(book, aid), *_of_conditions(book, aid)):
            yield _numbered(mutant, seen)


def _numbered(mutant: Mutant, seen: Counter[str]) -> Mutant:
    seen[mutant.id] += 1
    return mutant if seen[mutant.id] == 1 else replace(mutant, id=f"{mutant.id} ({seen[mutant.id]})")


def _readers(book: Rulebook) -> Mapping[str, frozenset[str]]:
    """By parameter, the aids that read it."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for aid in book.aids:
        for used in aid.used:
            if used.startswith("parameter:"):
                found[used.removeprefix("parameter:")].add(aid.id)
    return defaultdict(frozenset, {name: frozenset(aids) for name, aids in found.items()})


# Making a rulebook again ------------------------------------------------------------------------


def _with(book: Rulebook, aids: Iterable[AidShape], parameter: Parameter | None = None) -> Rulebook | None:
    """The rulebook with these aids and this parameter in the place of those of the same name."""
    parameters = {**book.parameters, parameter.name: parameter} if parameter else book.parameters
    names = frozenset(aid.id for aid in book.aids)
    vocabulary = Vocabulary(book.facts, parameters, book.lists, names, frozenset(book.causes))
    problems: list[Problem] = []
    assert book.made_of is not None
    again = {shape.aid: _aid(shape, vocabulary, book.made_of, problems) for shape in aids}
    found = replace(book, aids=tuple(again.get(aid.id, aid) for aid in book.aids), parameters=parameters)
    return None if problems else found


# Dated values -----------------------------------------------------------------------------------


def _of_parameter(book: Rulebook, parameter: Parameter, readers: frozenset[str]) -> Iterator[Mutant]:
    reading = [aid for aid in book.aids if aid.id in readers]
    shapes = [aid.shape for aid in reading]
    anywhere = any(_in_scope(shape, parameter.name) for shape in shapes)

    def mutant(
        kind: str,
        what: str,
        changed: Parameter,
        shows: Callable[[Seen], bool],
        days: tuple[date | None, date | None],
        unknown: bool = False,
    ) -> Mutant:
        def read(seen: Seen) -> bool:
            return (anywhere or bool(readers & seen.scoped)) and shows(seen)

        hidden = unknown or (bool(reading) and not any(_asked(aid, parameter.clock, *days) for aid in reading))
        made = partial(_with, book, shapes, changed)
        return Mutant(f"{kind} {parameter.name}{what}", kind, readers, made, read, hidden=hidden)

    def between(
        kind: str, what: str, changed: Parameter, first: date | None, last: date | None, unknown: bool = False
    ) -> Mutant:
        """A mutant whose values change from one day to another."""

        def shows(seen: Seen) -> bool:
            day = seen.on if parameter.clock == "filing" else seen.start
            return day is not None and (first is None or first <= day) and (last is None or day <= last)

        return mutant(kind, what, changed, shows, (first, last), unknown)

    for written in _written(parameter):
        first = written[0]
        name = f"{'' if first.key is None else '[' + ','.join(str(each.key) for each in written) + ']'} {first.start}"
        for value in _other_values(first):
            changed = _changed(parameter, {id(each): each._replace(value=value) for each in written})
            yield between("value", f"{name} : {first.value} -> {value}", changed, first.start, first.until)
        before = [_before(parameter, each) for each in written]
        if first.state is State.UNKNOWN and all(each and each.state is State.VALID for each in before):
            filled = {id(each): each._replace(state=State.VALID, value=old.value)
                      for each, old in zip(written, before, strict=True) if old is not None}  # fmt: skip
            yield between("hole", name, _changed(parameter, filled), first.start, first.until)
        for days in (-1, 1):
            moved = _moved(parameter, written, before, days * _DAY)
            if moved is not None and first.start is not None:
                edge = min(first.start, first.start + days * _DAY)
                unknown = first.state is State.UNKNOWN and not any(before)  # what is not written is not known either
                yield between("bound", f"{name} : {days:+d} d", moved, edge, edge, unknown)
    other = Parameter.of(
        parameter.name, parameter.unit, "start" if parameter.clock == "filing" else "filing", parameter.settings(),
        by=parameter.by, label=parameter.label, origin=parameter.origin,
    )  # fmt: skip
    yield mutant(
        "clock", "", other, lambda seen: seen.start is None or _differs(parameter, seen.on, seen.start), (None, None)
    )


def _asked(aid: Aid, clock: str, first: date | None, last: date | None) -> bool:
    """Whether a plan of these days may read a value for an aid: a course may start long after it was asked for, and a
    counsellor may impose an aid that is suspended or only announced."""
    return any(
        (last is None or period.start <= last)
        and (clock == "start" or period.until is None or first is None or first <= period.until)
        for period in aid.in_force
    )


def _written(parameter: Parameter) -> list[list[Setting]]:
    """The settings, those that one line of the file declares for several keys together."""
    found: defaultdict[object, list[Setting]] = defaultdict(list)
    for setting in parameter.settings():
        found[(setting.origin, setting.start)].append(setting)
    return list(found.values())


def _other_values(setting: Setting) -> list[int]:
    value, unit = setting.value, setting.unit
    if value is None or value == UNLIMITED:
        return []
    if unit is Unit.YES_NO:
        return [1 - value]
    step = 1 if unit in _EXACT else scale(unit)
    return [other for other in (value - step, value + step) if other >= 0]


def _before(parameter: Parameter, setting: Setting) -> Setting | None:
    """The setting of the same key that ends the day before."""
    rows = parameter.table[setting.key or ANY_KEY]
    return next((r for r in rows if r.until is not None and r.until + _DAY == setting.start), None)


def _moved(
    parameter: Parameter, written: list[Setting], before: list[Setting | None], by: timedelta
) -> Parameter | None:
    """The parameter with the first day of a value moved, and the end of the one before; `None` when it cannot be."""
    changes: dict[int, Setting] = {}
    for setting, old in zip(written, before, strict=True):
        if setting.start is None or (old is not None and (old.value, old.state) == (setting.value, setting.state)):
            return None
        if old is not None and old.until is not None:
            if by < timedelta() and old.start is not None and old.until + by < old.start:
                return None
            changes[id(old)] = old._replace(until=old.until + by)
        if setting.until is not None and setting.start + by > setting.until:
            return None
        changes[id(setting)] = setting._replace(start=setting.start + by)
    return _changed(parameter, changes)


def _changed(parameter: Parameter, changes: Mapping[int, Setting]) -> Parameter:
    return replace(
        parameter,
        table={key: tuple(changes.get(id(row), row) for row in rows) for key, rows in parameter.table.items()},
    )


def _differs(parameter: Parameter, left: date, right: date) -> bool:
    return any(parameter.at(left, key) != parameter.at(right, key) for key in parameter.table)


def _in_scope(shape: AidShape, name: str) -> bool:
    """Whether the parameter decides who the aid is for."""
    read = (n.parameter for n in tree.walk(shape.scope) if isinstance(n, tree.ParameterRef)) if shape.scope else ()
    return any((each if "." in each else f"{shape.aid}.{each}") == name for each in read)


# Aids: periods and relations --------------------------------------------------------------------


def _of_periods(book: Rulebook, aid: Aid) -> Iterator[Mutant]:
    for place, period in enumerate(aid.in_force):
        before = aid.in_force[place - 1] if place else None
        for days in (-1, 1):
            moved = list(aid.in_force)
            moved[place] = period._replace(start=period.start + days * _DAY)
            if before is not None and before.until is not None:
                moved[place - 1] = before._replace(until=before.until + days * _DAY)
            if all(each.until is None or each.start <= each.until for each in moved):
                yield _period_mutant(book, aid, f"{period.start} : {days:+d} d", moved, period.start, days)
        if period.until is not None and place == len(aid.in_force) - 1:
            for days in (-1, 1):
                ended = [*aid.in_force[:-1], period._replace(until=period.until + days * _DAY)]
                if ended[-1].start <= period.until + days * _DAY:
                    yield _period_mutant(
                        book, aid, f"until {period.until} : {days:+d} d", ended, period.until + _DAY, days
                    )


def _period_mutant(book: Rulebook, aid: Aid, what: str, periods: list[AidPeriod], edge: date, days: int) -> Mutant:
    def made() -> Rulebook:
        changed = replace(aid, in_force=tuple(periods))
        return replace(book, aids=tuple(changed if each is aid else each for each in book.aids))

    day = min(edge, edge + days * _DAY)
    return Mutant(f"bound {aid.id} {what}", "bound", frozenset({aid.id}), made, lambda seen: seen.on == day)


_RELATIONS = ("excludes", "needs", "with_", "waived_by")


def _of_relations(book: Rulebook, aid: Aid) -> Iterator[Mutant]:
    shape, relations = aid.shape, aid.shape.relations

    def mutant(what: str, changed: AidShape) -> Mutant:
        return Mutant(
            f"relation {aid.id} {what}", "relation", frozenset({aid.id}), lambda: _with(book, [changed]),
            lambda seen: aid.id in seen.scoped,
        )  # fmt: skip

    for name in _RELATIONS:
        selectors: tuple[str, ...] = getattr(relations, name)
        for selector in selectors:
            kept = {name: tuple(each for each in selectors if each != selector)}
            if name != "excludes" or _alone_to_exclude(book, aid, selector, kept[name]):
                changed = shape.model_copy(update={"relations": relations.model_copy(update=kept)})
                yield mutant(f"{name.strip('_')} {selector} : dropped", changed)
    other = "allowed" if relations.own_money == "forbidden" else "forbidden"
    yield mutant(
        f"own_money : {other}",
        shape.model_copy(update={"relations": relations.model_copy(update={"own_money": other})}),
    )
    for selector in shape.procedure.after:
        after = tuple(each for each in shape.procedure.after if each != selector)
        procedure = shape.procedure.model_copy(update={"after": after})
        yield mutant(f"after {selector} : dropped", shape.model_copy(update={"procedure": procedure}))


def _alone_to_exclude(book: Rulebook, aid: Aid, selector: str, others: tuple[str, ...]) -> bool:
    """Whether an exclusion would be lost with this selector: no other selector and no other aid says it too."""
    matching = {each.id for each in book.aids if _selects(selector, each.id)} & aid.excludes
    kept = {id for id in matching if any(_selects(other, id) for other in others)}
    return any(aid.id not in book.aid(id).excludes for id in matching - kept)


def _selects(selector: str, id: str) -> bool:
    return id.startswith(selector[:-1]) if selector.endswith(".*") else id == selector


# Aids: conditions and amounts -------------------------------------------------------------------


def _of_conditions(book: Rulebook, aid: Aid) -> Iterator[Mutant]:
    shape, procedure = aid.shape, aid.shape.procedure
    looks: dict[str, Callable[[Seen], bool]] = {
        "scope": lambda seen: aid.period(seen.on) is not None,
        "eligibility": lambda seen: aid.id in seen.scoped,
        "firm_when": lambda seen: aid.id in seen.asked,
        "amount": lambda seen: aid.id in seen.asked,
        "notice": lambda seen: aid.id in seen.scoped,
    }
    for part, shows in looks.items():
        node: tree.Node | None = procedure.notice if part == "notice" else getattr(shape, part)
        below = () if node is None else tree.walk(node)
        alone = part not in ("amount", "notice") and not any(isinstance(each, tree.PLAN_NODES) for each in below)
        for kind, what, other in _variants(node, book) if node is not None else ():
            update = {"procedure": procedure.model_copy(update={part: other})} if part == "notice" else {part: other}
            changed = shape.model_copy(update=update)
            yield Mutant(
                f"{kind} {aid.id} {part} : {what}", kind, frozenset({aid.id}),
                lambda changed=changed: _with(book, [changed]), shows, part if alone else None,
            )  # fmt: skip


_FLIPPED = {"at_least": "above", "above": "at_least", "at_most": "below", "below": "at_most"}
_MEMBERS = {tree.AllOf: "all", tree.AnyOf: "any", tree.FirstKnown: "first_known", tree.LeastOf: "least_of",
            tree.MostOf: "most_of", tree.Sum: "sum"}  # fmt: skip


Variant = tuple[str, str, tree.Node]
"""`limit` (a bound, strict or not) or `term` (a part left out), what is changed, and the node that holds it."""


def _variants(node: tree.Node, book: Rulebook) -> Iterator[Variant]:
    """A node with one mistake in it, or in one of the nodes below."""
    yield from _own_variants(node, book)
    for name in type(node).model_fields:
        value = getattr(node, name)
        if isinstance(value, tree.Node):
            yield from ((k, what, node.model_copy(update={name: other})) for k, what, other in _variants(value, book))
        elif isinstance(value, tuple):
            for place, child in enumerate(value):
                if isinstance(child, tree.Node):
                    for kind, what, other in _variants(child, book):
                        together = (*value[:place], other, *value[place + 1 :])
                        yield kind, what, node.model_copy(update={name: together})


def _own_variants(node: tree.Node, book: Rulebook) -> Iterator[Variant]:
    for kind, name in _MEMBERS.items():
        if isinstance(node, kind) and len(getattr(node, name)) > 1:
            parts = getattr(node, name)
            for place, part in enumerate(parts):
                fewer = node.model_copy(update={name: (*parts[:place], *parts[place + 1 :])})
                yield "term", f"{name} without {_shown(part)}", fewer
    if isinstance(node, tree.Not):
        yield "term", f"not dropped before {_shown(node.not_)}", node.not_
    if isinstance(node, tree.Quantity):
        for text in _other_texts(node.unit, node.value):
            yield "limit", f"{node.value} {node.unit} -> {text}", node.model_copy(update={"value": text})
    if isinstance(node, tree.Comparison):
        yield from _comparisons(node, book)


def _comparisons(node: tree.Comparison, book: Rulebook) -> Iterator[Variant]:
    operator, shown = node.operator, _shown(node)
    field = f"{operator}_" if operator in ("is", "in") else operator
    if operator in _FLIPPED:
        update = {operator: None, _FLIPPED[operator]: getattr(node, operator)}
        yield "limit", f"{shown} -> {_FLIPPED[operator]}", node.model_copy(update=update)
    if operator == "in" and len(node.operands) > 1:
        for each in node.operands:
            kept = tuple(other for other in node.operands if other != each)
            yield "term", f"{shown} without {each}", node.model_copy(update={field: kept})
    kind: Any = book.facts[node.fact].kind if isinstance(node, tree.Compare) else None
    if operator != "in" and kind is not None:
        for place, operand in enumerate(node.operands):
            for text in _other_texts(kind, operand) if isinstance(operand, str) else ():
                operands = (*node.operands[:place], text, *node.operands[place + 1 :])
                update = {field: operands if operator == "between" else text}
                yield "limit", f"{shown} -> {text}", node.model_copy(update=update)


def _other_texts(kind: Any, text: str) -> list[str]:
    """A literal one step below and one step above; a truth, its contrary; nothing for a word."""
    if kind == "truth":
        return ["false" if text == "true" else "true"]
    if kind == "date":
        return [str(date.fromisoformat(text) + days * _DAY) for days in (-1, 1)]
    if not isinstance(kind, Unit):
        return []
    value = parse_value(kind, text)
    step, steps = (1 if kind in _EXACT else scale(kind)), scale(kind)
    assert isinstance(value, int)
    found = [other for other in (value - step, value + step) if other >= 0]
    return [f"{each // 100}.{each % 100:02d}" if steps == 100 else str(each) for each in found]


def _shown(node: Any) -> str:
    """A condition or an amount in one short line, for ids."""
    if not isinstance(node, tree.Node):
        return str(node)
    told = node.model_dump(by_alias=True, exclude_none=True, exclude={"cause"}, mode="json")
    line = ", ".join(f"{key} {value}" for key, value in told.items())
    return line.replace("'", "").replace("{", "(").replace("}", ")")[:120]
