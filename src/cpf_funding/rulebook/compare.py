"""What changed between two days, or between two editions of the rules, in words.

Between two days of one edition, each aid is said as it stands on each day: the branches that a day excludes are left
out, so that a reform reads as what it did to conditions, amounts and values. Between two editions, every dated value,
period, sentence and source is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from cpf_funding.language.render import Sentence, value_of_setting
from cpf_funding.language.values import ANY_KEY, Parameter, Setting, State
from cpf_funding.language.words import day_in_french, setting_label
from cpf_funding.rulebook.book import Aid, AidPeriod, Rulebook
from cpf_funding.rulebook.portrait import STATES, Part, period_text, portrait, value_period

__all__ = ["Change", "Version", "compare"]

MANY = 6
"""Aids beyond which a table names its readers by their number."""


class Version(NamedTuple):
    """An edition of the rules, on a day or (without one) over all time."""

    book: Rulebook
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one thing: `about` names the aid or the table, `lines` say what changed."""

    about: str
    lines: tuple[str, ...]


def compare(before: Version, after: Version) -> tuple[Change, ...]:
    """Everything that differs, aid by aid then table by table; nothing when the two are the same.

    Raises `ValueError` when one version is on a day and the other is not.
    """
    if (before.day is None) is not (after.day is None):
        raise ValueError("two days, or none")
    found = _aids(before, after)
    found += _shared_values(before, after)
    if before.day is None:
        found += _registers(before.book, after.book)
    return tuple(found)


# Aids -------------------------------------------------------------------------------------------


def _aids(before: Version, after: Version) -> list[Change]:
    old, new = ({aid.id: aid for aid in version.book.aids} for version in (before, after))
    moves: dict[str, list[str]] = {}
    found: list[Change] = []
    for id in [*old, *(id for id in new if id not in old)]:
        past, now = old.get(id), new.get(id)
        name = f"{(now or past or old[id]).label} [{id}]"
        if past is None or now is None:
            moves.setdefault("Aides ajoutées" if past is None else "Aides retirées", []).append(name)
            continue
        if before.day is not None and after.day is not None:
            for move, line in _opened_or_closed(past, before.day, now, after.day):
                moves.setdefault(move, []).append(f"{name}, {line}")
            if not (_alive(past, before.day) and _alive(now, after.day)):
                continue
        lines = _aid(before, after, past, now)
        if lines:
            found.append(Change(name, tuple(lines)))
    return [*(Change(move, tuple(lines)) for move, lines in moves.items()), *found]


def _alive(aid: Aid, day: date | None) -> bool:
    period = aid.period(day) if day is not None else None
    return period is not None and period.state in ("open", "unknown")


def _opened_or_closed(old: Aid, past_day: date, new: Aid, day: date) -> Iterator[tuple[str, str]]:
    past, now = old.period(past_day), new.period(day)
    states = [STATES[each.state] if each else "fermée" for each in (past, now)]
    shown = now or past
    if states[0] != states[1] and shown is not None:
        why = f" : {now.reason}" if now is not None and now.reason else ""
        yield f"Aides : {states[0]} → {states[1]}", f"{value_period(shown)}, source {shown.sourcing.source}{why}"


def _aid(before: Version, after: Version, old: Aid, new: Aid) -> list[str]:
    lines = _basis(before, after, old, new)
    portraits = portrait(before.book, old, before.day), portrait(after.book, new, after.day)
    lines += _moved("", portraits[0].identity, portraits[1].identity)
    titles = dict.fromkeys(part.title for each in portraits for part in each.parts)
    for title in titles:
        parts = [next((p for p in each.parts if p.title == title), Part(title, (), ())) for each in portraits]
        lines += _changed(_branch_of(parts[0]), _branch_of(parts[1]))
    cited = set(portraits[0].cited) & set(portraits[1].cited)
    for name in dict.fromkeys((*old.shape.parameters, *new.shape.parameters)):
        if before.day is None or f"{old.id}.{name}" in cited:
            lines += _values(before, after, f"{old.id}.{name}")
    return lines


def _basis(before: Version, after: Version, old: Aid, new: Aid) -> list[str]:
    """The periods of an aid and their sources."""
    if before.day is not None and after.day is not None:
        past, now = old.period(before.day), new.period(after.day)
        if past is None or now is None or past.sourcing.source == now.sourcing.source:
            return []
        return [f"fondée sur {now.sourcing.source} au lieu de {past.sourcing.source}"]
    texts = [[_period(period) for period in aid.in_force] for aid in (old, new)]
    return _moved("période ", *texts)


def _period(period: AidPeriod) -> str:
    why = f" : {period.reason}" if period.reason else ""
    return f"{STATES[period.state]} {value_period(period)}, source {_sourcing(period.sourcing)}{why}"


def _moved(what: str, old: Iterable[str], new: Iterable[str]) -> list[str]:
    """Lines that are only in one of two lists."""
    old, new = list(old), list(new)
    gone = [f"{what}retirée : {line}" if what else f"avant, {line}" for line in old if line not in new]
    return gone + [f"{what}ajoutée : {line}" if what else f"désormais, {line}" for line in new if line not in old]


class _Branch(NamedTuple):
    """A sentence with its values (`said`) and without (`bare`): two branches are the same when their bare words are."""

    bare: str
    said: str
    inner: tuple[_Branch, ...]

    def key(self) -> tuple[object, ...]:
        return (self.bare, *(each.key() for each in self.inner))

    def lines(self, sign: str) -> Iterator[str]:
        yield f"{sign} {self.said}"
        for each in self.inner:
            yield from (f"{line[0]}   {line[2:]}" for line in each.lines(sign))


def _branch_of(part: Part) -> _Branch:
    return _Branch(part.title, part.title, tuple(map(_branch, part.sentences, part.bare)))


def _branch(said: Sentence, bare: Sentence) -> _Branch:
    return _Branch(bare.text, said.text, tuple(map(_branch, said.children, bare.children)))


def _changed(old: _Branch, new: _Branch) -> list[str]:
    """The branches that went (−) and came (+), each below the sentences that hold it."""
    if old.key() == new.key():
        return []
    kept = {each.key() for each in old.inner} & {each.key() for each in new.inner}
    gone, come = ([each for each in side.inner if each.key() not in kept] for side in (old, new))
    inner: list[str] = []
    for each in gone:
        same = next((other for other in come if other.bare == each.bare and other.inner and each.inner), None)
        if same is None:
            inner += each.lines("−")
        else:
            come.remove(same)
            inner += _changed(each, same)
    inner += [line for each in come for line in each.lines("+")]
    if not inner:
        inner = ["  (le même, dans un autre ordre)"]
    return [f"  {new.said}", *(f"{line[0]}   {line[2:]}" for line in inner)]


# Values -----------------------------------------------------------------------------------------


def _shared_values(before: Version, after: Version) -> list[Change]:
    own = {f"{aid.id}.{name}" for v in (before, after) for aid in v.book.aids for name in aid.shape.parameters}
    readers = [_readers(version) for version in (before, after)] if before.day is not None else []
    found: list[Change] = []
    for name in dict.fromkeys((*before.book.parameters, *after.book.parameters)):
        if name in own or (readers and not readers[0].get(name, set()) & readers[1].get(name, set())):
            continue
        lines = _values(before, after, name)
        if lines and readers:
            used = sorted(readers[1][name])
            lines.append(f"lu par {len(used)} aides" if len(used) > MANY else f"lu par : {', '.join(used)}")
        if lines:
            found.append(Change(f"Barème {name}", tuple(lines)))
    return found


def _readers(version: Version) -> dict[str, set[str]]:
    """The aids that read each parameter that day, once the branches the day excludes are left out."""
    found: dict[str, set[str]] = {}
    for aid in version.book.aids:
        if _alive(aid, version.day):
            for name in portrait(version.book, aid, version.day).cited:
                found.setdefault(name, set()).add(aid.id)
    return found


def _values(before: Version, after: Version, name: str) -> list[str]:
    old, new = before.book.parameters.get(name), after.book.parameters.get(name)
    if old is None or new is None:
        return [f"barème {word} : « {each.label} »" for word, each in (("retiré", old), ("ajouté", new)) if each]
    lines: list[str] = []
    if (old.label, old.unit, old.clock, old.by) != (new.label, new.unit, new.clock, new.by):
        lines = _moved("", [_definition(old)], [_definition(new)])
    for key in dict.fromkeys((*old.table, *new.table)):
        if before.day is not None and after.day is not None:
            lines += _value(old, new, key, before.day, after)
        else:
            lines += _timeline(old.table.get(key, ()), new.table.get(key, ()), after.book)
    return lines


def _definition(parameter: Parameter) -> str:
    by = f", selon {parameter.by}" if parameter.by else ""
    clock = "au dépôt" if parameter.clock == "filing" else "au début de la formation"
    return f"« {parameter.label} » en {parameter.unit}, lu {clock}{by}"


def _value(old: Parameter, new: Parameter, key: str, day: date, after: Version) -> list[str]:
    asked = None if old.by is None and new.by is None else key
    past, now = old.at(day, asked), new.at(after.day, asked)
    label = setting_label(now._replace(key=None if key == ANY_KEY else key), after.book)
    if (past.state, past.value) != (now.state, now.value):
        source = f" (source {now.sourcing.source})" if now.sourcing is not None else ""
        why = f" : {now.reason}" if now.reason else ""
        return [f"{label} : {_said(past)} → {_said(now)}{source}{why}"]
    if past.sourcing is not None and now.sourcing is not None and past.sourcing.source != now.sourcing.source:
        return [f"{label} : {_said(now)}, inchangé ; source {past.sourcing.source} → {now.sourcing.source}"]
    return []


def _said(setting: Setting) -> str:
    if setting.state is State.UNKNOWN:
        return "non déclaré" if setting.start is None else "non établi"
    return value_of_setting(setting)


def _timeline(old: tuple[Setting, ...], new: tuple[Setting, ...], book: Rulebook) -> list[str]:
    past, now = ({each.start: each for each in settings} for settings in (old, new))
    lines: list[str] = []
    for start in sorted({*past, *now}, key=lambda day: day or date.min):
        one, other = past.get(start), now.get(start)
        label = setting_label(other or one or old[0], book)
        if one is None or other is None:
            each = one or other
            if each is not None:
                word = "ajoutée" if one is None else "retirée"
                lines.append(f"{label} : valeur {word} {value_period(each)} : {_said(each)}, source {_source(each)}")
            continue
        period = value_period(other)
        if (one.state, one.value) != (other.state, other.value):
            lines.append(f"{label}, {period} : {_said(one)} → {_said(other)}")
        if one.until != other.until:
            lines.append(f"{label} : {period} au lieu de {period_text(one.start, one.until).removeprefix('le ')}")
        if one.sourcing != other.sourcing:
            lines.append(f"{label}, {period} : source {_source(one)} → {_source(other)}")
        if one.reason != other.reason:
            lines.append(f"{label}, {period} : raison « {one.reason or ''} » → « {other.reason or ''} »")
    return lines


def _source(setting: Setting) -> str:
    return "aucune" if setting.sourcing is None else _sourcing(setting.sourcing)


def _sourcing(sourcing: Any) -> str:
    rows = f", lignes {', '.join(sourcing.rows)}" if sourcing.rows else ""
    return f"{sourcing.source}, {sourcing.confidence}, vérifiée le {day_in_french(sourcing.checked_on)}{rows}"


# Registers --------------------------------------------------------------------------------------


def _registers(old: Rulebook, new: Rulebook) -> list[Change]:
    found: list[Change] = []
    registers: tuple[tuple[str, Callable[[Rulebook], Mapping[str, Any]]], ...] = (
        ("Source", lambda book: book.sources), ("Financeur", lambda book: book.funders),
        ("Pièce", lambda book: book.documents), ("Cause", lambda book: book.causes), ("Fait", lambda book: book.facts),
        ("Liste", lambda book: book.lists),
        ("Enveloppe locale", lambda book: book.local.envelopes), ("Délai local", lambda book: book.local.delays),
    )  # fmt: skip
    for title, of in registers:
        past, now = of(old), of(new)
        for id in dict.fromkeys((*past, *now)):
            lines = _entry(past.get(id), now.get(id))
            if lines:
                found.append(Change(f"{title} {id}", tuple(lines)))
    return found


def _entry(old: Any, new: Any) -> list[str]:
    if old is None or new is None:
        return ["ajouté au registre" if old is None else "retiré du registre"]
    past, now = _fields(old), _fields(new)
    return [
        f"{name} : {_plain(past.get(name))} → {_plain(now.get(name))}"
        for name in dict.fromkeys((*past, *now))
        if past.get(name) != now.get(name)
    ]


def _fields(entry: Any) -> dict[str, Any]:
    """The fields of a register's entry, places left out."""
    if isinstance(entry, tuple) and not hasattr(entry, "_fields"):
        return {str(place): each._replace(origin=None) for place, each in enumerate(entry, 1)}
    names = getattr(type(entry), "model_fields", None) or entry.__dataclass_fields__
    return {name: getattr(entry, name) for name in names if name != "at"}


def _plain(value: Any) -> str:
    if value is None:
        return "rien"
    if isinstance(value, Mapping):
        return f"{len(value)} entrées" if len(value) > 9 else ", ".join(map(str, value)) or "rien"
    return str(value)
