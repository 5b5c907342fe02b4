"""Values, names and what is missing, in French: the words that sentences are made of.

Names (of facts, parameters, lists, aids) come from a rulebook, passed as `Names`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Protocol

from cpf_funding.facts import Fact, Kind, Value
from cpf_funding.language.units import Unit, scale
from cpf_funding.language.values import ANY_KEY, UNLIMITED, Parameter, Setting, Sourcing, State
from cpf_funding.money import in_french

__all__ = [
    "CONFIDENCE", "ENVELOPE_STATES", "Labelled", "Names", "aid_name", "day_in_french", "enumerate_in_french",
    "missing_label", "parameter_label", "reference", "setting_label", "show", "sourcing_in_french",
]  # fmt: skip

CONFIDENCE = {
    "high": "confiance forte", "medium": "confiance moyenne", "low": "confiance faible", "memory": "citée de mémoire",
}  # fmt: skip
"""How far a source can be trusted, as a counsellor reads it."""

ENVELOPE_STATES = {"open": "ouverte", "low": "presque vide", "exhausted": "épuisée"}
"""The states of an envelope."""


class Labelled(Protocol):
    """Anything that has a French name."""

    @property
    def label(self) -> str:
        """The name."""
        ...


class Names(Protocol):
    """What things are called; a `Rulebook` is one."""

    @property
    def facts(self) -> Mapping[str, Fact]:
        """The vocabulary of facts."""
        ...

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """The dated values."""
        ...

    @property
    def lists(self) -> Mapping[str, Labelled]:
        """The eligibility lists."""
        ...

    @property
    def sources(self) -> Mapping[str, object]:
        """The sources, by id."""
        ...

    def aid(self, id: str) -> Labelled:
        """The aid of this id; raises `KeyError` when there is none."""
        ...


# Values -----------------------------------------------------------------------------------------

_SIGNS = {
    Unit.EUR: "€", Unit.HOURS: "h", Unit.EUR_PER_HOUR: "€/h", Unit.EUR_PER_DAY: "€ par jour",
    Unit.EUR_PER_MONTH: "€ par mois", Unit.PERCENT: "%", Unit.MONTHS: "mois", Unit.COUNT: "",
}  # fmt: skip
_WHOLE = {
    Unit.CALENDAR_DAYS: ("jour", "jours"), Unit.WORKING_DAYS: ("jour ouvré", "jours ouvrés"),
    Unit.BUSINESS_DAYS: ("jour ouvrable", "jours ouvrables"), Unit.YEARS: ("an", "ans"),
}  # fmt: skip


def show(value: Value, kind: Kind | None, choices: Mapping[str, str] | None = None) -> str:
    """A value as a counsellor reads it: `40000` hours give « 400 h », a date « 05/06/2017 », a choice its label."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, date):
        return day_in_french(value)
    if isinstance(value, int):
        return _number(value, Unit(kind) if kind is not None else Unit.COUNT)
    if isinstance(value, tuple):
        return enumerate_in_french(value, "et")
    return (choices or {}).get(value, value)


def _number(value: int, unit: Unit) -> str:
    if abs(value) >= UNLIMITED:
        return "sans plafond"
    if unit is Unit.YES_NO:
        return "oui" if value else "non"
    if unit is Unit.LEVEL:
        return f"niveau {value}"
    if unit is Unit.MONTHS and value % 100:
        # Days beyond whole months are held as hundredths that only order them (facts.months_between).
        return f"{value // 100}\u00a0mois et quelques jours" if value > 100 else "moins d'un mois"
    if unit in _WHOLE:
        one, several = _WHOLE[unit]
        return in_french(value * 100, several if abs(value) > 1 else one)
    return in_french(value * (100 // scale(unit)), _SIGNS[unit])


def day_in_french(day: date) -> str:
    """`05/06/2017`."""
    return f"{day:%d/%m/%Y}"


def enumerate_in_french(words: Iterable[str], last: str = "ou") -> str:
    """`a, b ou c`."""
    *others, end = words
    return f"{', '.join(others)} {last} {end}" if others else end


# Names ------------------------------------------------------------------------------------------


def aid_name(id: str, names: Names) -> str:
    """The name of an aid, in quotes; a selector (`region.*`) is given as written."""
    try:
        return f"« {names.aid(id).label} »"
    except KeyError:
        return f"« {id} »"


def parameter_label(name: str, names: Names) -> str:
    """The label of a parameter, or its name when the rulebook has none."""
    parameter = names.parameters.get(name)
    return parameter.label if parameter is not None else name


def setting_label(setting: Setting, names: Names) -> str:
    """The label of a dated value, with its key in a table: « plafond régional, région de résidence 75 »."""
    parameter = names.parameters.get(setting.parameter)
    fact = names.facts.get(parameter.by or "") if parameter is not None else None
    label = parameter_label(setting.parameter, names)
    if fact is None or setting.key is None:
        return label
    if setting.key == ANY_KEY:
        return f"{label}, cas général"
    return f"{label}, {fact.label} {fact.choices.get(setting.key, setting.key)}"


def missing_label(subject: str, names: Names) -> str:
    """What is missing, named: a fact, or a `parameter:`, `envelope:`, `list:`, `in_force:` or `delay:` id."""
    kind, _, name = subject.partition(":")
    if kind == "parameter":
        return f"la valeur de « {parameter_label(name, names)} » ({name}) à cette date"
    if kind == "envelope":
        return f"l'état de l'enveloppe {aid_name(name, names)}"
    if kind == "list":
        return f"l'inscription de la certification sur la liste « {_list_label(name, names)} »"
    if kind == "in_force":
        return f"l'ouverture de l'aide {aid_name(name, names)} à cette date"
    if kind == "delay":
        return f"le délai de réponse de {aid_name(name, names)}"
    fact = names.facts.get(subject)
    return fact.label if fact is not None else subject


def _list_label(name: str, names: Names) -> str:
    return names.lists[name].label if name in names.lists else name


# Sources ----------------------------------------------------------------------------------------

_STATES = {
    State.ENDED: "valeur qui n'existe plus", State.ANNOUNCED: "valeur seulement annoncée",
    State.UNKNOWN: "valeur non établie à cette date",
}  # fmt: skip


def sourcing_in_french(sourcing: Sourcing) -> str:
    """`source trefle-2018, confiance moyenne, vérifié le 23/11/2026`."""
    confidence = CONFIDENCE[sourcing.confidence]
    return f"source {sourcing.source}, {confidence}, vérifié le {day_in_french(sourcing.checked_on)}"


def reference(setting: Setting, names: Names) -> str:
    """Where a compared value comes from: its name, its key in a table, its state when not valid, its source."""
    parts = [f"règle {setting.parameter}, {setting_label(setting, names)}"]
    if setting.state is not State.VALID:
        parts.append(_STATES[setting.state] + (f" ({setting.reason})" if setting.reason else ""))
    if setting.sourcing is not None:
        parts.append(sourcing_in_french(setting.sourcing))
    return ", ".join(parts)
