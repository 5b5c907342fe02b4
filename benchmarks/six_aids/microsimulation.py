"""The six aids as variables of openfisca-core, over whole columns; an option of the benchmark alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum, EnumArray
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

__all__ = ["AIDS", "planned"]

AIDS = ("cpf", "top_up", "region_pays", "aif", "agefiph", "fiphfp")
PERIOD = "2017"
HOUR, CAPS = 9, {"11": 150_000, "53": 100_000, "75": 200_000, "93": 300_000}


class Status(Enum):
    job_seeker = "job_seeker"
    employee = "employee"
    public_agent = "public_agent"


class Disability(Enum):
    none = "none"
    boe = "boe"


class Region(Enum):
    r11 = "11"
    r53 = "53"
    r75 = "75"
    r93 = "93"


class State(Enum):
    open = "open"
    exhausted = "exhausted"


INPUTS: dict[str, tuple[str, Any]] = {
    "status": ("holder.status", Status), "disability": ("holder.disability", Disability),
    "code": ("holder.region", Region), "eligible": ("training.cpf_eligible", bool), "hours": ("cpf.hours", int),
    "cost": ("training.costs.teaching", int), "state": ("local.envelopes.ft.aif.state", State),
    "start": ("training.start", date), "end": ("training.end", date),
}  # fmt: skip
Columns = Any
person = build_entity(key="person", plural="persons", label="A dossier", is_person=True)


def within(start: Columns, end: Columns, months: int) -> Columns:
    """Whether the day after the end is at most so many months after the start, cut at the end of the month."""
    month = start.astype("datetime64[M]")
    there = month + months
    day = there.astype("datetime64[D]") + (start.astype("datetime64[D]") - month.astype("datetime64[D]"))
    last = (there + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    return end.astype("datetime64[D]") + np.timedelta64(1, "D") <= np.minimum(day, last)


def left(of: Columns, period: Any, *paid: str) -> Columns:
    return of("cost", period) - sum(of(name, period) for name in paid)


def seeker(of: Columns, period: Any) -> Columns:
    return of("status", period) == Status.job_seeker


def cpf(of: Columns, period: Any) -> Columns:
    return of("eligible", period) * np.minimum(of("hours", period) * HOUR, of("cost", period))


def top_up(of: Columns, period: Any) -> Columns:
    more = np.maximum(10_000 - of("hours", period), 0) * HOUR
    return seeker(of, period) * of("eligible", period) * np.minimum(more, left(of, period, "cpf"))


def region_pays(of: Columns, period: Any) -> Columns:
    code = of("code", period)
    cap = np.select([code == Region(region) for region in CAPS], list(CAPS.values()), 0)
    asked = seeker(of, period) * within(of("start", period), of("end", period), 24)
    return asked * np.minimum(cap, left(of, period, "cpf", "top_up"))


def aif(of: Columns, period: Any) -> Columns:
    short = within(of("start", period), of("end", period), 12)
    asked = seeker(of, period) * short * (of("state", period) == State.open)
    return asked * np.minimum(600_000, left(of, period, "cpf", "top_up", "region_pays"))


def agefiph(of: Columns, period: Any) -> Columns:
    rest = left(of, period, "cpf", "top_up", "region_pays", "aif")
    asked = seeker(of, period) * (of("disability", period) == Disability.boe) * (rest < of("cost", period))
    return asked * np.minimum(500_000, rest)


def fiphfp(of: Columns, period: Any) -> Columns:
    asked = (of("status", period) == Status.public_agent) * (of("disability", period) == Disability.boe)
    return asked * np.minimum(1_000_000, left(of, period, "cpf", "top_up", "region_pays", "aif", "agefiph"))


def _variable(name: str, kind: Any, formula: Any = None) -> type[Variable]:
    parts = {"value_type": kind, "entity": person, "definition_period": DateUnit.YEAR}
    if isinstance(kind, type) and issubclass(kind, Enum):
        parts |= {"value_type": Enum, "possible_values": kind, "default_value": next(iter(kind))}
    return type(name, (Variable,), parts | ({"formula": formula} if formula is not None else {}))


def system() -> TaxBenefitSystem:
    """The variables, ready to be computed."""
    found = TaxBenefitSystem([person])
    for name, (_, kind) in INPUTS.items():
        found.add_variable(_variable(name, kind))
    for formula in (cpf, top_up, region_pays, aif, agefiph, fiphfp):
        found.add_variable(_variable(formula.__name__, int, formula))
    return found


def planned(table: pl.DataFrame, rules: TaxBenefitSystem) -> pl.DataFrame:
    """The amount of each aid and what is left, in cents."""
    simulation = SimulationBuilder().build_default_simulation(rules, count=len(table))
    for name, (column, kind) in INPUTS.items():
        if issubclass(kind, Enum):
            codes = table[column].cast(pl.Enum([each.value for each in kind])).to_physical()
            values = EnumArray(codes.to_numpy().astype("uint8"), kind)
        else:
            values = table[column].to_numpy()
        simulation.set_input(name, PERIOD, values)
    paid = {name: simulation.calculate(name, PERIOD).astype("int64") for name in AIDS}
    return pl.DataFrame(paid | {"unfunded": table["training.costs.teaching"].to_numpy() - sum(paid.values())})
