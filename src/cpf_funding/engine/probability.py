"""The probability that answers come in time, exact for the declared delays and the order of requests.

A delay is a discrete distribution on whole days, with integer weights. Declared as least, usual and most, it is the
discrete triangular distribution: weights that rise in straight line to the usual delay and fall after it, nothing the
day before the least nor the day after the most (Kokonendji, Senga Kiessé and Zocchi, *Discrete triangular
distributions*, Journal of Nonparametric Statistics 19, 2007). Raising any of the three raises the delay in likelihood
ratio, so the probability falls.

An aid is filed when all those it waits for have answered: answers are a longest path through an acyclic graph with
random lengths. In general that is hard (Hagstrom, *Computational complexity of PERT problems*, Networks 18, 1988); it
is exact here by conditioning on the answers that several aids wait for (Martin, *Distribution of the time through a
directed, acyclic network*, Operations Research 13, 1965). Aids are taken in order, with the joint distribution of the
answers that a later aid still waits for, cut at the start: an answer after it is late whatever follows. Everything is
an integer until the last division.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache

from cpf_funding.calendars import Territory, days_between, shift
from cpf_funding.language.units import Unit

__all__ = ["MAX_STATES", "Delay", "Request", "empirical", "fixed", "on_time", "triangular"]

MAX_STATES = 20_000
"""Published limit: past this number of joint answers, the probability is not computed and stays unknown."""


@dataclass(frozen=True, slots=True)
class Delay:
    """Days of one kind, and the weight of each."""

    unit: Unit
    weights: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """A request: what it waits for, the day it was filed or answered if known, and its delay (`None`: unknown)."""

    id: str
    after: tuple[Request, ...]
    filed: date | None
    answered: date | None
    delay: Delay | None


def fixed(days: int, unit: Unit = Unit.CALENDAR_DAYS) -> Delay:
    """A delay that is certain."""
    return Delay(unit, ((days, 1),))


@lru_cache(maxsize=256)
def triangular(least: int, usual: int, most: int, unit: Unit) -> Delay:
    """The discrete triangular delay from `least` to `most` with its peak at `usual`. Raises `ValueError` unordered."""
    if not 0 <= least <= usual <= most:
        raise ValueError("un délai s'écrit least ≤ usual ≤ most")
    rise, fall = usual - least + 1, most - usual + 1
    rising = [(day, (day - least + 1) * fall) for day in range(least, usual + 1)]
    falling = [(day, (most - day + 1) * rise) for day in range(usual + 1, most + 1)]
    return Delay(unit, (*rising, *falling))


def empirical(days: Sequence[int]) -> Delay:
    """The delays observed, in calendar days, each with the weight of its observations."""
    return Delay(Unit.CALENDAR_DAYS, tuple(sorted(Counter(days).items())))


def on_time(requests: Iterable[Request], first: date, start: date, territory: Territory) -> Fraction | None:
    """The probability that all these requests, and those they wait for, are answered by `start`.

    `first` is the first day on which a request can be filed. `None` when a delay is unknown, or past `MAX_STATES`.
    """
    order = _in_order(requests)
    last_use = {before.id: place for place, request in enumerate(order) for before in request.after}
    live: list[str] = []
    states: dict[tuple[date, ...], int] = {(): 1}
    total = 1
    for place, request in enumerate(order):
        delay = request.delay if request.answered is None else fixed(0)
        if delay is None:
            return None
        total *= sum(weight for _, weight in delay.weights)
        stay = [rank for rank, id in enumerate(live) if last_use[id] > place]
        waits = [live.index(before.id) for before in request.after]
        awaited = last_use.get(request.id, -1) > place
        seen: dict[date, list[tuple[date, int]]] = {}
        reached: dict[tuple[date, ...], int] = {}
        for state, weight in states.items():
            filed = request.answered or request.filed or max([first, *(state[rank] for rank in waits)])
            if filed not in seen:
                seen[filed] = _answers(delay, filed, start, territory, merged=not awaited)
            kept = tuple(state[rank] for rank in stay)
            for day, chance in seen[filed]:
                key = (*kept, day) if awaited else kept
                reached[key] = reached.get(key, 0) + weight * chance
        live = [live[rank] for rank in stay] + ([request.id] if awaited else [])
        states = reached
        if len(states) > MAX_STATES:
            return None
    return Fraction(sum(states.values()), total)


def _in_order(requests: Iterable[Request]) -> list[Request]:
    """The requests and all they wait for, each after those it waits for."""
    found: dict[str, Request] = {}

    def visit(request: Request) -> None:
        if request.id not in found:
            for before in request.after:
                visit(before)
            found[request.id] = request

    for request in requests:
        visit(request)
    return list(found.values())


def _answers(delay: Delay, filed: date, start: date, territory: Territory, *, merged: bool) -> list[tuple[date, int]]:
    """The answers by `start` to a request filed on a day, with their weights; in one piece when nothing follows."""
    if merged and delay.unit is not Unit.MONTHS:
        most = days_between(filed, start, delay.unit, territory) if filed <= start else -1
        kept = sum([weight for count, weight in delay.weights if count <= most])
        return [(start, kept)] if kept else []
    days: dict[date, int] = {}
    for count, weight in delay.weights:
        day = shift(filed, count, delay.unit, territory)
        if day > start:
            break
        days[start if merged else day] = days.get(start if merged else day, 0) + weight
    return list(days.items())
