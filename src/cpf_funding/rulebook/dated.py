"""Periods as written become dated values, after the checks that a careful reader would make on a calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

from cpf_funding.errors import Problem
from cpf_funding.facts import Fact, parse_value
from cpf_funding.language.units import Unit, scale
from cpf_funding.language.values import UNLIMITED, Parameter, Setting, Sourcing, State
from cpf_funding.rulebook.book import AidPeriod
from cpf_funding.rulebook.shapes import Entry, InForce, ParameterShape, Sourced, SourceShape

__all__ = ["periods_of", "parameter_of", "sourcing_of"]

_DAY = timedelta(days=1)
LONGEST = 3650
"""The longest notice, delay or duration a rule may state, in days or months (docs/limits.md)."""


def sourcing_of(node: Sourced, sources: Mapping[str, SourceShape], problems: list[Problem]) -> Sourcing:
    """The source of a value, completed by what the register of sources says of it."""
    rows = () if node.row is None else node.row if isinstance(node.row, tuple) else (node.row,)
    source = sources.get(node.source)
    if source is None:
        problems.append(
            Problem(
                f"source inconnue « {node.source} »", "déclarez-la dans rules/sources.yaml ou corrigez son nom", node.at
            )
        )
        return Sourcing(node.source, node.confidence or "low", node.checked_on or date.min, rows)
    return Sourcing(node.source, node.confidence or source.confidence, node.checked_on or source.checked_on, rows)


def _check_periods(
    periods: Sequence[Entry | InForce], sources: Mapping[str, SourceShape], problems: list[Problem], what: str
) -> None:
    """Periods of one key: each the right way round, no overlap, no hole, none older than its text."""
    for period in periods:
        source = sources.get(period.source)
        if period.until is not None and period.until < period.from_:
            problems.append(
                Problem(f"{what} : la période finit avant de commencer", "corrigez from ou until", period.at)
            )
        if source is not None and source.published is not None and period.from_ < source.published:
            problems.append(
                Problem(
                    f"{what} : la valeur commence le {period.from_}, avant le texte qui la fonde ({source.published})",
                    "corrigez from, ou citez la source qui valait à cette date",
                    period.at,
                )
            )
    ordered = sorted(periods, key=lambda period: period.from_)
    for before, after in pairwise(ordered):
        if before.until is None or before.until >= after.from_:
            problems.append(
                Problem(
                    f"{what} : deux périodes se chevauchent à partir du {after.from_}",
                    f"fermez la première par until: {after.from_ - _DAY}",
                    before.at,
                )
            )
        elif before.until + _DAY < after.from_:
            problems.append(
                Problem(
                    f"{what} : rien n'est dit du {before.until + _DAY} au {after.from_ - _DAY}",
                    "déclarez ce trou par une période « state: unknown » avec sa raison",
                    after.at,
                )
            )


def periods_of(
    entries: Iterable[InForce], sources: Mapping[str, SourceShape], problems: list[Problem]
) -> tuple[AidPeriod, ...]:
    """The periods of an aid, oldest first."""
    entries = tuple(entries)
    _check_periods(entries, sources, problems, "période de l'aide")
    for entry in entries:
        if entry.state != "open" and not entry.reason:
            problems.append(Problem("période sans raison", "dites pourquoi par reason: …", entry.at))
    return tuple(
        AidPeriod(e.state, e.from_, e.until, sourcing_of(e, sources, problems), e.at, e.reason)
        for e in sorted(entries, key=lambda entry: entry.from_)
    )


def parameter_of(
    name: str, shape: ParameterShape, facts: Mapping[str, Fact], sources: Mapping[str, SourceShape],
    problems: list[Problem],
) -> Parameter:  # fmt: skip
    """The dated value (or table) that a parameter declares."""
    if shape.by is not None and shape.by not in facts:
        problems.append(
            Problem(f"fait inconnu « {shape.by} »", "une table se lit par un fait du vocabulaire", shape.at)
        )
    by_key: dict[str, list[Entry]] = {}
    settings: list[Setting] = []
    for entry in shape.values:
        keys = (None,) if entry.for_ is None else entry.for_ if isinstance(entry.for_, tuple) else (entry.for_,)
        if (entry.for_ is None) is (shape.by is not None):
            advice = "ajoutez for: à chaque valeur d'une table" if shape.by else "ajoutez by: ou retirez for:"
            problems.append(Problem(f"{name} : for et by vont ensemble", advice, entry.at))
        sourcing = sourcing_of(entry, sources, problems)
        value = _value(name, entry, shape.unit, problems)
        for key in keys:
            by_key.setdefault(key or "", []).append(entry)
            state = State(entry.state)
            settings.append(
                Setting(name, state, value, shape.unit, key, entry.from_, entry.until, sourcing, entry.at, entry.reason)
            )
    for key, entries in by_key.items():
        _check_periods(entries, sources, problems, f"{name}{f' ({key})' if key else ''}")
    return Parameter.of(name, shape.unit, shape.clock, settings, by=shape.by, label=shape.label or "", origin=shape.at)


def _value(name: str, entry: Entry, unit: Unit, problems: list[Problem]) -> int | None:
    if entry.state in ("unknown", "ended"):
        if entry.value is not None:
            problems.append(
                Problem(f"{name} : valeur donnée alors que l'état est « {entry.state} »", "retirez value", entry.at)
            )
        if not entry.reason:
            problems.append(
                Problem(f"{name} : état « {entry.state} » sans raison", "dites pourquoi par reason: …", entry.at)
            )
        return None
    if entry.value is None:
        problems.append(
            Problem(f"{name} : il manque la valeur", "écrivez value: …, ou state: unknown avec une raison", entry.at)
        )
        return None
    if entry.value == "unlimited":
        return UNLIMITED
    try:
        value = parse_value(unit, entry.value)
    except ValueError as error:
        problems.append(Problem(f"{name} : valeur « {entry.value} » refusée", str(error), entry.at))
        return None
    if not isinstance(value, int) or value < 0:
        problems.append(Problem(f"{name} : valeur négative", "un barème ne porte que des nombres positifs", entry.at))
        return None
    if unit is Unit.YES_NO and value > 1:
        problems.append(Problem(f"{name} : valeur « {entry.value} » refusée", "écrivez 1 (oui) ou 0 (non)", entry.at))
        return None
    if (unit.is_days or unit is Unit.MONTHS) and value > LONGEST * scale(unit):
        problems.append(Problem(f"{name} : durée de plus de {LONGEST}", "vérifiez la valeur et son unité", entry.at))
        return None
    return value
