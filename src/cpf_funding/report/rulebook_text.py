"""An aid and a comparison of rules as text: what `rules show` and `rules diff` print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from cpf_funding.language.render import value_of_setting
from cpf_funding.language.values import ANY_KEY, Parameter, Setting
from cpf_funding.language.words import day_in_french, sourcing_in_french
from cpf_funding.money import in_french
from cpf_funding.rulebook.book import Aid, Rulebook
from cpf_funding.rulebook.compare import Change
from cpf_funding.rulebook.portrait import STATES, period_text, place, portrait, value_period

_ENVELOPES = {"open": "ouverte", "low": "presque vide", "exhausted": "épuisée"}

__all__ = ["aid_text", "changes_text", "list_text", "state_on"]


def aid_text(book: Rulebook, aid: Aid, day: date) -> str:
    """An aid on a day: its sentences, then each value they name with its period, its source and its place."""
    return "\n".join(_aid(book, aid, day)) + "\n"


def _aid(book: Rulebook, aid: Aid, day: date) -> Iterator[str]:
    said = portrait(book, aid, day)
    yield f"{aid.label} [{aid.id}], le {day_in_french(day)}"
    yield f"  {state_on(book, aid, day)}"
    yield from (f"  {line}" for line in said.identity[1:])
    yield f"  écrite dans {place(aid.shape.at, book)}"
    if aid.shape.note:
        yield f"  note : {' '.join(aid.shape.note.split())}"
    for part in said.parts:
        yield ""
        yield part.title
        for sentence in part.sentences:
            yield from sentence.lines(1)
    if said.cited:
        yield ""
        yield "Valeurs"
    for name in said.cited:
        yield from (f"  {line}" for line in _values(book, book.parameters[name], day))
    local = book.local.envelope(aid.id, day), book.local.delay(aid.id, day)
    if any(local):
        yield ""
        yield "Sur place"
        yield from (f"  {line}" for line in _local(book, aid, day))


def state_on(book: Rulebook, aid: Aid, day: date) -> str:
    """Whether the aid can be asked for on a day, since when, by which source."""
    period = aid.period(day)
    if period is None:
        past = [each for each in aid.in_force if each.until is not None and each.until < day]
        if past and past[-1].until is not None:
            return f"fermée depuis le {day_in_french(past[-1].until)} ({place(past[-1].origin, book)})"
        return f"pas encore ouverte : {value_period(aid.in_force[0])} ({place(aid.in_force[0].origin, book)})"
    why = f" : {period.reason}" if period.reason else ""
    said = f"{STATES[period.state]} {value_period(period)}{why}"
    return f"{said} ; {sourcing_in_french(period.sourcing)} ({place(period.origin, book)})"


def _values(book: Rulebook, parameter: Parameter, day: date) -> Iterator[str]:
    clock = "" if parameter.clock == "filing" else ", au premier jour de formation"
    if parameter.by is None:
        yield f"« {parameter.label} »{clock} : {_value(book, parameter.at(day))}"
        return
    yield f"« {parameter.label} »{clock} :"
    fact = book.facts[parameter.by]
    for key in parameter.table:
        label = "toute autre clé" if key == ANY_KEY else f"{fact.label} {fact.choices.get(key, key)}"
        yield f"  {label} : {_value(book, parameter.at(day, key))}"


def _value(book: Rulebook, setting: Setting) -> str:
    if setting.start is None or setting.sourcing is None:
        return f"rien n'est déclaré à cette date ({place(setting.origin, book)})"
    why = f" ({setting.reason})" if setting.reason else ""
    said = f"{value_of_setting(setting)}{why}, {value_period(setting)}"
    return f"{said} ; {sourcing_in_french(setting.sourcing)} ({place(setting.origin, book)})"


def _local(book: Rulebook, aid: Aid, day: date) -> Iterator[str]:
    envelope, delay = book.local.envelope(aid.id, day), book.local.delay(aid.id, day)
    if envelope is not None:
        left = "" if envelope.left is None else f", reste {in_french(envelope.left)}"
        state = _ENVELOPES.get(envelope.state or "", "état non dit")
        period = period_text(envelope.start, envelope.until)
        yield f"enveloppe : {state}{left}, {period} ({place(envelope.origin, book)})"
    if delay is not None:
        days = " / ".join("?" if bound is None else str(bound) for bound in (delay.least, delay.usual, delay.most))
        yield f"réponse en jours (au plus tôt / d'ordinaire / au plus tard) : {days} ({place(delay.origin, book)})"


def list_text(book: Rulebook, day: date) -> str:
    """Every aid of a rulebook, with its state on a day."""
    width = max(len(aid.id) for aid in book.aids)
    states = [(aid, aid.period(day)) for aid in book.aids]
    return "".join(
        f"{aid.id:<{width}}  {STATES[period.state] if period else 'fermée'}  {aid.label}\n" for aid, period in states
    )


def changes_text(changes: Iterable[Change]) -> str:
    """What changed, one block for each thing."""
    blocks = ["\n".join([change.about, *(f"  {line}" for line in change.lines)]) for change in changes]
    return "\n\n".join(blocks) + "\n" if blocks else "aucune différence\n"
