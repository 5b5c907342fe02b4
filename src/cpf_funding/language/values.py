"""Dated values: what a parameter is worth on a day, and how well that is known.

A value is *valid*, *ended*, *announced* or *unknown* on a day. Outside every declared period it is unknown: never
the last value known, never a crash.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from cpf_funding.errors import Origin
from cpf_funding.language.units import Unit

__all__ = ["ANY_KEY", "UNLIMITED", "Parameter", "Setting", "Sourcing", "State"]

UNLIMITED = 10**18
"""An amount that nothing bounds; far above any cost a dossier may hold (docs/limits.md)."""

ANY_KEY = "*"
"""Key of a table that serves the keys with no entry of their own at any date."""


class State(StrEnum):
    """How a value stands on a day."""

    VALID = "valid"
    ENDED = "ended"
    ANNOUNCED = "announced"
    UNKNOWN = "unknown"


class Sourcing(NamedTuple):
    """Where a value comes from, how far it can be trusted, and when that was last checked."""

    source: str
    confidence: str
    checked_on: date
    rows: tuple[str, ...] = ()


class Setting(NamedTuple):
    """One value of one parameter over one period. `value` is in steps of the unit (`UNLIMITED`: no ceiling)."""

    parameter: str
    state: State
    value: int | None
    unit: Unit
    key: str | None
    start: date | None
    until: date | None
    sourcing: Sourcing | None
    origin: Origin | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A dated value, or a table of dated values by the value of a fact (`by`).

    `clock` says which day decides: `filing` (the day of the plan) or `start` (of the course).
    """

    name: str
    unit: Unit
    clock: str
    by: str | None
    label: str
    table: Mapping[str, tuple[Setting, ...]]
    origin: Origin | None = None
    _unknown: Setting = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        unknown = Setting(self.name, State.UNKNOWN, None, self.unit, None, None, None, None, self.origin)
        object.__setattr__(self, "_unknown", unknown)

    @classmethod
    def of(
        cls, name: str, unit: Unit, clock: str, settings: Iterable[Setting], *, by: str | None = None, label: str = "",
        origin: Origin | None = None,
    ) -> Parameter:  # fmt: skip
        """Build the table, newest period first within each key."""
        table: dict[str, list[Setting]] = {}
        for setting in settings:
            table.setdefault(setting.key or ANY_KEY, []).append(setting)
        ordered = {
            key: tuple(sorted(rows, key=lambda row: row.start or date.min, reverse=True)) for key, rows in table.items()
        }
        return cls(name, unit, clock, by, label or name, ordered, origin)

    def at(self, day: date | None, key: str | None = None) -> Setting:
        """The setting in force on `day`, for `key` when the parameter is a table; unknown when nothing is declared."""
        if day is None:
            return self._unknown
        rows = self.table.get(key) if key is not None else None
        for setting in self.table.get(ANY_KEY, ()) if rows is None else rows:
            if setting.start is None or setting.start <= day:
                return setting if setting.until is None or day <= setting.until else self._unknown
        return self._unknown

    def bounds(self, day: date | None) -> tuple[int, int]:
        """The least and the most that a table may give on `day`, when its key is not known."""
        found = [self.at(day, key) for key in self.table]
        if any(setting.state is not State.VALID for setting in found):
            return 0, UNLIMITED
        values = [setting.value or 0 for setting in found]
        return min(values), max(values)

    def settings(self) -> Iterable[Setting]:
        """Every setting, key by key, newest first."""
        for rows in self.table.values():
            yield from rows
