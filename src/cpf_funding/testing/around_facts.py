"""Facts become a dossier: the derived ones (age, length, notice, hourly price) through the fields they derive from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from cpf_funding.dossier import Dossier
from cpf_funding.facts import BUILT_IN, Fact, Value
from cpf_funding.language.units import Unit, scale
from cpf_funding.language.values import UNLIMITED
from cpf_funding.money import plain
from cpf_funding.reading.dossiers import cross_problems
from cpf_funding.rulebook.book import Rulebook

__all__ = ["DERIVED", "answered", "end_of", "facts_dossier", "typical", "written"]

DERIVED = ("holder.age", "training.months", "training.notice_days", "training.hourly_price", "training.costs.total")
_HOURS = ("training.hours.total", "training.hours.centre", "training.hours.company")
_TEACHING, _START, _END = "training.costs.teaching", "training.start", "training.end"
_TYPICAL: Mapping[Unit, int] = {
    Unit.EUR: 200_000, Unit.HOURS: 15_000, Unit.EUR_PER_HOUR: 1_000, Unit.EUR_PER_DAY: 3_000,
    Unit.EUR_PER_MONTH: 100_000, Unit.PERCENT: 2_000, Unit.MONTHS: 1_200, Unit.YEARS: 40,
}  # fmt: skip


def typical(fact: Fact) -> Value:
    """A plausible value, where nothing asks for another."""
    if isinstance(fact.kind, Unit):
        found = _TYPICAL.get(fact.kind, 3)
        return found if fact.most is None else min(found, fact.most)
    if fact.kind == "truth":
        return True
    if fact.kind == "date":
        return date(2017, 6, 1)
    return next(iter(fact.choices), "autre")


def written(fact: Fact, value: Value) -> Any:
    """A value as a dossier writes it."""
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, bool) or not isinstance(value, int) or not isinstance(fact.kind, Unit):
        return value
    if fact.name == "holder.contract.seniority_months":
        return value // 100
    return plain(value) if scale(fact.kind) == 100 else value


def answered(fact: Fact, value: Value) -> str:
    """A value as the reader of dossiers gives an answer: as text."""
    found = written(fact, value)
    return str(found).lower() if isinstance(found, bool) else str(found)


def end_of(start: date, months: int) -> date:
    """The last day of a course that starts on a day and lasts this many hundredths of a month, or a little less."""
    end = start + relativedelta(months=months // 100) + timedelta(days=months % 100 * 31 // 100 - 1)
    return max(start, end)


def facts_dossier(
    facts: Mapping[str, Value], rulebook: Rulebook, on: date, envelopes: Mapping[str, int] | None = None
) -> Dossier | None:
    """The dossier of a day in which these facts hold; `None` when no dossier that can be read says so.

    Facts are in the steps of their unit. A derived fact sets the fields it derives from, but for a birth date or an end
    that is given too. Envelopes are given by what is left in them, in cents: `UNLIMITED` is open without a figure, 0 is
    exhausted.
    """
    known = dict(facts)
    _undo_dates(known, on)
    _undo_costs(known)
    _balance_hours(known)
    data: dict[str, Any] = {"as_of": on, "answers": {}}
    for name, value in known.items():
        if name in DERIVED:
            continue
        fact = rulebook.facts[name]
        if name not in BUILT_IN:
            data["answers"][name] = answered(fact, value)
            continue
        *above, last = name.split(".")
        here = data
        for step in above:
            here = here.setdefault(step, {})
        here[last] = written(fact, value) if last != "cpf_codes" or isinstance(value, tuple) else [value]
    data["local"] = {"envelopes": {id: _envelope(left) for id, left in (envelopes or {}).items()}}
    try:
        dossier = Dossier.model_validate(data)
    except ValueError:
        return None
    return None if cross_problems(dossier) else dossier


def _envelope(left: int) -> dict[str, Any]:
    if left >= UNLIMITED:
        return {"state": "open"}
    return {"state": "open" if left else "exhausted", "left": plain(left)}


def _undo_dates(known: dict[str, Any], on: date) -> None:
    age, months, notice = (known.pop(name, None) for name in DERIVED[:3])
    if age is not None and "holder.birth_date" not in known:
        known["holder.birth_date"] = on - relativedelta(years=age)
    if notice is not None:
        known[_START] = on + timedelta(days=notice)
    if months is not None and _START in known and _END not in known:
        known[_END] = end_of(known[_START], months)
    if _START in known and known.get(_END, known[_START]) < known[_START]:
        known[_END] = known[_START]


def _undo_costs(known: dict[str, Any]) -> None:
    price, total = (known.pop(name, None) for name in DERIVED[3:])
    hours = known.get(_HOURS[0])
    if price is not None and hours:
        known[_TEACHING] = price * hours // 100
    if total is not None:
        others = [amount for name, amount in known.items() if name.startswith("training.costs.") and name != _TEACHING]
        known[_TEACHING] = max(0, total - sum(others))


def _balance_hours(known: dict[str, Any]) -> None:
    """The parts of the hours never exceed their total: the total follows, and the centre takes what is left."""
    total, centre, company = (known.get(name) for name in _HOURS)
    if centre is not None and company is not None and total is not None and centre + company > total:
        known.pop(_HOURS[1])
        centre = None
    parts = (centre or 0) + (company or 0)
    if total is not None and parts > total:
        known[_HOURS[0]] = parts
