"""French calendars: public holidays by territory, and counting in the three kinds of days and in months.

Sources: Code du travail, L3133-1 (the eleven national days), L3134-13 (Alsace-Moselle), L3422-2 (commemoration of
the abolition of slavery). The same days have held since 1984 (8 May: loi 81-893; overseas: décret 83-1003; Mayotte
also: L222-1 of its own former code) and are applied here to every year. Whit Monday is counted in 2005-2007 too: the
loi 2004-626 made it the usual day of solidarity, and the Conseil d'État held in 2005 that it was still a holiday. Days
off by custom (Good Friday and mid-Lent in Guadeloupe, 21 July, the Muslim feasts of Mayotte) are in none of these
lists and are not counted.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import MAXYEAR, MINYEAR, date, timedelta
from enum import StrEnum
from functools import lru_cache

from dateutil.easter import easter
from dateutil.relativedelta import relativedelta

from cpf_funding.language.units import Unit

__all__ = [
    "Territory", "days_between", "holidays", "is_business_day", "is_working_day", "latest_filing", "shift",
    "territory_of",
]  # fmt: skip


class Territory(StrEnum):
    """A part of France with its own list of public holidays."""

    MAINLAND = "mainland"
    ALSACE_MOSELLE = "alsace_moselle"
    GUADELOUPE = "guadeloupe"
    MARTINIQUE = "martinique"
    GUYANE = "guyane"
    REUNION = "reunion"
    MAYOTTE = "mayotte"


_TERRITORIES = {
    "01": Territory.GUADELOUPE,
    "02": Territory.MARTINIQUE,
    "03": Territory.GUYANE,
    "04": Territory.REUNION,
    "06": Territory.MAYOTTE,
    "42": Territory.ALSACE_MOSELLE,
}
_NATIONAL = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_LOCAL: dict[Territory, tuple[tuple[int, int], ...]] = {
    Territory.ALSACE_MOSELLE: ((12, 26),),
    Territory.GUADELOUPE: ((5, 27),),
    Territory.MARTINIQUE: ((5, 22),),
    Territory.GUYANE: ((6, 10),),
    Territory.REUNION: ((12, 20),),
    Territory.MAYOTTE: ((4, 27),),
}
_EASTER_MONDAY, _ASCENSION, _WHIT_MONDAY, _GOOD_FRIDAY = 1, 39, 50, -2
_WEEK = {Unit.WORKING_DAYS: 5, Unit.BUSINESS_DAYS: 6}


def territory_of(region: str | None) -> Territory:
    """The calendar of an INSEE region code, of either side of the 2016 reform.

    A region code cannot tell Moselle inside Lorraine ("41"), nor Alsace and Moselle inside Grand Est ("44"): the
    mainland calendar is used there, as for an unknown region.
    """
    return _TERRITORIES.get(region or "", Territory.MAINLAND)


@lru_cache(maxsize=1024)
def holidays(year: int, territory: Territory = Territory.MAINLAND) -> frozenset[date]:
    """The public holidays of a year. Raises `ValueError` for a year that no date can bear.

    Good Friday counts in the whole of Alsace-Moselle, although L3134-13 keeps it to the communes that have a Protestant
    or a shared church: one holiday more can only make a latest filing date earlier.
    """
    if not MINYEAR <= year <= MAXYEAR:
        raise _out_of_range()
    moving = [_EASTER_MONDAY, _ASCENSION, _WHIT_MONDAY]
    if territory is Territory.ALSACE_MOSELLE:
        moving.append(_GOOD_FRIDAY)
    sunday = easter(year)
    fixed = (*_NATIONAL, *_LOCAL.get(territory, ()))
    return frozenset(
        [*(date(year, month, day) for month, day in fixed), *(sunday + timedelta(days=days) for days in moving)]
    )


def is_working_day(day: date, territory: Territory = Territory.MAINLAND) -> bool:
    """Whether the day is *ouvré*: Monday to Friday, not a public holiday."""
    return _is_open(day, Unit.WORKING_DAYS, territory)


def is_business_day(day: date, territory: Territory = Territory.MAINLAND) -> bool:
    """Whether the day is *ouvrable*: Monday to Saturday, not a public holiday."""
    return _is_open(day, Unit.BUSINESS_DAYS, territory)


@lru_cache(maxsize=4096)
def shift(day: date, count: int, unit: Unit, territory: Territory = Territory.MAINLAND) -> date:
    """The day that is `count` whole units after `day`, or before it when `count` is negative; `day` itself for 0.

    In working or business days it is the count-th such day strictly after (before) `day`, whatever `day` is. In months
    it bears the same number, or is the last day of a month that is too short: 31 January plus one month is 28 or 29
    February. Raises `ValueError`, in French, for another unit or outside the years 1 to 9999.
    """
    try:
        if unit is Unit.MONTHS:
            return day + relativedelta(months=count)
        flat = day + timedelta(days=count)  # whatever the kind of days: none goes less far
    except (OverflowError, ValueError):
        raise _out_of_range() from None
    if unit is Unit.CALENDAR_DAYS:
        return flat
    _refuse_unless_open_days(unit)
    if count == 0:
        return day
    year, days = day.year, _open_days(day.year, unit, territory)
    place = bisect_right(days, day) - 1 + count if count > 0 else bisect_left(days, day) + count
    while place >= len(days):
        place -= len(days)
        year, days = year + 1, _open_days(year + 1, unit, territory)
    while place < 0:
        year, days = year - 1, _open_days(year - 1, unit, territory)
        place += len(days)
    return days[place]


def latest_filing(start: date, notice: int, unit: Unit, territory: Territory = Territory.MAINLAND) -> date:
    """The last day on which a request respects a notice of `notice` whole units before `start`.

    The notice is counted back from the start, which is not one of its days: with five working days it is the fifth
    working day strictly before the start. A notice of 0 gives the start. Raises `ValueError` as `shift` does, and
    for a negative notice.
    """
    if notice < 0:
        raise ValueError("un délai de dépôt ne peut pas être négatif")
    return shift(start, -notice, unit, territory)


def days_between(first: date, last: date, unit: Unit, territory: Territory = Territory.MAINLAND) -> int:
    """How many days of this kind lead from `first` to `last`: the inverse of `shift`.

    Counts the days after `first` up to `last`, `last` included; when `last` is earlier, the days from `last`, included,
    to `first`, and the count is negative. Raises `ValueError`, in French, when the unit is not a kind of days.
    """
    if unit is Unit.CALENDAR_DAYS:
        return (last - first).days
    _refuse_unless_open_days(unit)
    cut = bisect_right if first <= last else bisect_left
    count = cut(_open_days(last.year, unit, territory), last) - cut(_open_days(first.year, unit, territory), first)
    if first <= last:
        return count + sum(len(_open_days(year, unit, territory)) for year in range(first.year, last.year))
    return count - sum(len(_open_days(year, unit, territory)) for year in range(last.year, first.year))


@lru_cache(maxsize=256)
def _open_days(year: int, unit: Unit, territory: Territory) -> tuple[date, ...]:
    """The working or business days of a year, in order: counting is then a matter of positions."""
    closed, first = holidays(year, territory), date(year, 1, 1).toordinal()
    days = (date.fromordinal(number) for number in range(first, date(year, 12, 31).toordinal() + 1))
    return tuple(day for day in days if day.weekday() < _WEEK[unit] and day not in closed)


def _is_open(day: date, unit: Unit, territory: Territory) -> bool:
    return day.weekday() < _WEEK[unit] and day not in holidays(day.year, territory)


def _refuse_unless_open_days(unit: Unit) -> None:
    if unit not in _WEEK:
        raise ValueError(f"« {unit} » n'est pas une sorte de jours : calendaires, ouvrés ou ouvrables")


def _out_of_range() -> ValueError:
    return ValueError(f"date hors du calendrier : les années vont de {MINYEAR} à {MAXYEAR}")
