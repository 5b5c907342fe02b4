"""How much a year of work adds to a training account, in hours or in euros.

No plan reads this: a dossier gives the balance. It serves to check a balance, or to foresee the next one. Every figure
is a dated parameter of the rulebook, `cpf.accrual.*`, read on 31 December of the year worked; nothing here knows a law.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cpf_funding.language.units import Unit
from cpf_funding.language.values import Setting, State
from cpf_funding.money import Rounding, divide
from cpf_funding.rulebook.book import Rulebook

__all__ = ["Credit", "WorkYear", "ceiling", "inaptitude_credit", "to_euros", "to_hours", "yearly_credit"]

_PREFIX = "cpf.accrual."


@dataclass(frozen=True, slots=True)
class WorkYear:
    """A year of work. Hours are in hundredths, money in cents; what is `None` is not known.

    `hours` are those worked and `absences` those of protected leaves; `reference` is the yearly duration that an
    agreement sets, where there is one. Where pay does not follow hours, `pay` is given instead of hours. `full` says
    that the whole year counts, whatever the hours. `contribution_paid` matters to the self-employed only.
    """

    year: int
    regime: str
    hours: int | None = None
    absences: int = 0
    reference: int | None = None
    pay: int | None = None
    full: bool = False
    contribution_paid: bool | None = None


@dataclass(frozen=True, slots=True)
class Credit:
    """What a year adds: hundredths of an hour, or cents, as `unit` says. `amount` is `None` when it is not known, and
    `reason` then tells why, in French. `settings` are the values that were read."""

    amount: int | None
    unit: Unit
    reason: str | None = None
    settings: tuple[Setting, ...] = ()


class _NotKnownError(Exception):
    """Something needed is not known; the message is for the reader."""


@dataclass(slots=True)
class _Reader:
    """Reads the parameters of one regime in one year, and remembers them."""

    book: Rulebook
    work: WorkYear
    read: list[Setting]

    def setting(self, name: str) -> Setting:
        parameter = self.book.parameters[_PREFIX + name]
        key = self.work.regime if parameter.by is not None else None
        found = parameter.at(date(self.work.year, 12, 31), key)
        self.read.append(found)
        return found

    def value(self, name: str) -> int:
        found = self.setting(name)
        if found.state is not State.VALID or found.value is None:
            label = self.book.parameters[_PREFIX + name].label
            raise _NotKnownError(found.reason or f"{label} : valeur inconnue en {self.work.year}")
        return found.value


def yearly_credit(book: Rulebook, work: WorkYear, held: int) -> Credit:
    """What a year of work adds to an account that already holds `held` (hundredths of an hour, or cents).

    `held` leaves out what third parties added: the ceiling bounds the yearly feeding alone. Rounded up: to the whole
    hour, or to the cent. Raises `KeyError` when the rulebook has no accrual parameters.
    """
    reader = _Reader(book, work, [])
    in_hours = reader.setting("hours")
    unit = Unit.HOURS if in_hours.state is State.VALID else Unit.EUR
    try:
        amount = _hours(reader, in_hours.value or 0, held) if unit is Unit.HOURS else _euros(reader, held)
    except _NotKnownError as missing:
        return Credit(None, unit, str(missing), tuple(reader.read))
    return Credit(amount, unit, None, tuple(reader.read))


def ceiling(book: Rulebook, year: int, regime: str) -> Credit:
    """The most that the yearly feeding may bring an account to."""
    reader = _Reader(book, WorkYear(year, regime), [])
    unit, name = Unit.HOURS, "hours_ceiling"
    if reader.setting("hours").state is not State.VALID:
        unit, name = Unit.EUR, "euros_ceiling"
    try:
        return Credit(reader.value(name), unit, None, tuple(reader.read))
    except _NotKnownError as missing:
        return Credit(None, unit, str(missing), tuple(reader.read))


def inaptitude_credit(book: Rulebook, year: int, regime: str, wanted: int) -> Credit:
    """The hours added, above the ceiling, to an agent who may become unfit for the post; at most what is `wanted`."""
    reader = _Reader(book, WorkYear(year, regime), [])
    try:
        return Credit(min(wanted, reader.value("inaptitude_hours")), Unit.HOURS, None, tuple(reader.read))
    except _NotKnownError as missing:
        return Credit(None, Unit.HOURS, str(missing), tuple(reader.read))


def to_euros(book: Rulebook, hours: int, on: date) -> Credit:
    """Hours of an account turned into euros, in cents."""
    setting = book.parameters[_PREFIX + "conversion"].at(on)
    if setting.value is None:
        return Credit(None, Unit.EUR, f"taux de conversion inconnu au {on}", (setting,))
    return Credit(divide(hours * setting.value, 100, Rounding.HALF_UP), Unit.EUR, None, (setting,))


def to_hours(book: Rulebook, euros: int, on: date) -> Credit:
    """Euros of an account (cents) turned into hours, to the nearest whole hour."""
    setting = book.parameters[_PREFIX + "conversion"].at(on)
    if not setting.value:
        return Credit(None, Unit.HOURS, f"taux de conversion inconnu au {on}", (setting,))
    return Credit(divide(euros, setting.value, Rounding.HALF_UP) * 100, Unit.HOURS, None, (setting,))


def _hours(reader: _Reader, yearly: int, held: int) -> int:
    """In hours: full speed up to a step, then slower, up to the ceiling."""
    if yearly == 0:
        return 0
    step, most = reader.value("hours_step"), reader.value("hours_ceiling")
    if not _contributes(reader) or held >= most:
        return 0
    worked, reference = _proportion(reader)
    if held >= step:
        yearly = reader.value("hours_after_step")
    credit = divide(yearly * worked, reference * 100, Rounding.UP) * 100
    if held < step < held + credit and step < most:
        raise _NotKnownError(
            "le palier est franchi en cours d'année : les sources ne disent pas comment l'année se partage"
        )
    return min(credit, most - held)


def _euros(reader: _Reader, held: int) -> int:
    """In euros: a yearly sum, reduced below a share of full time, a flat supplement, a ceiling."""
    yearly = reader.value("euros")
    if yearly == 0 or not _contributes(reader):
        return 0
    worked, reference = _proportion(reader)
    credit = divide(yearly * worked, reference, Rounding.UP) + reader.value("euros_flat")
    return max(0, min(credit, reader.value("euros_ceiling") - held))


def _contributes(reader: _Reader) -> bool:
    if not reader.value("contribution"):
        return True
    if reader.work.contribution_paid is None:
        raise _NotKnownError("versement de la contribution à la formation non connu")
    return reader.work.contribution_paid


def _proportion(reader: _Reader) -> tuple[int, int]:
    """The part of the year that counts, as a fraction: one when full, or worked enough to be held as full."""
    full_from = 0 if reader.work.full else reader.value("full_from")
    if full_from == 0:
        return 1, 1
    worked, reference = _worked(reader)
    if worked * 10_000 >= reference * full_from:
        return 1, 1
    reader.value("below")
    return worked, reference


def _worked(reader: _Reader) -> tuple[int, int]:
    """Hours worked over those of the reference year, or pay received over that of reference."""
    work = reader.work
    if work.pay is not None:
        return work.pay, divide(reader.value("reference_pay_hours") * reader.value("smic"), 100)
    if work.hours is None:
        raise _NotKnownError("heures travaillées dans l'année non connues")
    counted = work.hours
    if work.absences:
        counted += work.absences * reader.value("absences")
    return counted, work.reference if work.reference is not None else reader.value("reference_hours")
