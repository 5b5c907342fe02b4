"""Eligibility lists: certifications accepted by a list owner, for a public, regions, branches and dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from cpf_funding.facts import Value
from cpf_funding.language.values import Sourcing
from cpf_funding.truth import Truth

__all__ = ["PUBLIC_OF", "EligibilityList", "ListRow", "region_fact"]

_FACT_OF = {
    "rncp": "training.certification.rncp",
    "rs": "training.certification.rs",
    "cpf": "training.certification.cpf_codes",
}
PUBLIC_OF = {"job_seeker": "job_seeker", "employee": "employee", "temporary_worker": "employee"}
"""The public of a list that each status belongs to."""


def region_fact(status: Value | None) -> str:
    """Where a regional list looks: an employee's training takes place there, anyone else lives there."""
    return "training.region" if status == "employee" else "holder.region"


class ListRow(NamedTuple):
    """One certification on a list: for whom, where, in which branches, from when to when (both included)."""

    public: str
    regions: frozenset[str]
    branches: frozenset[str]
    start: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class EligibilityList:
    """A list as shipped or imported. `complete` says whether not being found means no, or only unknown."""

    id: str
    label: str
    codes: str
    complete: bool
    rows: Mapping[str, tuple[ListRow, ...]]
    sourcing: Sourcing

    @property
    def fact(self) -> str:
        """The fact that is looked up in the list."""
        return _FACT_OF[self.codes]

    def holds(self, facts: Mapping[str, Value], day: date | None) -> tuple[Truth, tuple[str, ...]]:
        """Whether the certification is on the list on `day`, and which facts are missing to tell."""
        code = facts.get(self.fact)
        if code is None:
            return Truth.UNKNOWN, (self.fact,)
        if day is None:
            return Truth.UNKNOWN, ("training.start",)
        found = [row for one in (code if isinstance(code, tuple) else (code,)) for row in self.rows.get(str(one), ())]
        if not found:
            return (Truth.NO, ()) if self.complete else (Truth.UNKNOWN, (f"list:{self.id}",))
        missing: list[str] = []
        truth = Truth.any([self._row_holds(row, facts, day, missing) for row in found])
        return truth, tuple(dict.fromkeys(missing)) if truth is Truth.UNKNOWN else ()

    @staticmethod
    def _row_holds(row: ListRow, facts: Mapping[str, Value], day: date, missing: list[str]) -> Truth:
        def member(name: str, allowed: frozenset[str]) -> Truth:
            if not allowed:
                return Truth.YES
            if name not in facts:
                missing.append(name)
                return Truth.UNKNOWN
            return Truth.of(str(facts[name]) in allowed)

        dated = Truth.of((row.start is None or row.start <= day) and (row.until is None or day <= row.until))
        public = Truth.YES
        if row.public != "all":
            status = facts.get("holder.status")
            if status is None:
                missing.append("holder.status")
            public = Truth.of(None if status is None else PUBLIC_OF.get(str(status)) == row.public)
        region = region_fact(facts.get("holder.status"))
        return Truth.all((dated, public, member(region, row.regions), member("holder.contract.naf", row.branches)))
