"""The facts of a table of dossiers: one column per fact, null where it is unknown, and what is derived from them.

The same vocabulary as `facts.py`, in the same steps; a column that the table does not have is unknown for every row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from cpf_funding.facts import Fact
from cpf_funding.language.columns_graph import CannotCompileError, Graph, Node
from cpf_funding.language.lists import PUBLIC_OF, EligibilityList, ListRow, region_fact
from cpf_funding.language.units import Unit
from cpf_funding.money import Rounding

__all__ = ["DERIVED", "SEVERAL", "DateColumns", "FactColumns", "column_factor", "day_number", "most_of"]

DERIVED = frozenset(
    {"holder.age", "training.months", "training.notice_days", "training.hourly_price", "training.costs.total"}
)
"""Facts that no column of a table holds."""
SEVERAL = frozenset({"training.certification.cpf_codes"})
"""Facts that may have several values: codes between `;` in one text column."""

_MOST = {
    Unit.EUR: 10**9, Unit.EUR_PER_HOUR: 10**9, Unit.EUR_PER_DAY: 10**9, Unit.EUR_PER_MONTH: 10**9,
    Unit.HOURS: 10**7, Unit.PERCENT: 10**6, Unit.MONTHS: 10**6,
}  # fmt: skip


_EPOCH = date(1970, 1, 1).toordinal()


def most_of(unit: Unit) -> int:
    """The largest number that a column of this unit may hold, in its steps (docs/limits.md)."""
    return _MOST.get(unit, 10**7)


def column_factor(name: str) -> int:
    """How many steps of its unit one step of a column makes: seniority is written in whole months."""
    return 100 if name == "holder.contract.seniority_months" else 1


def day_number(day: date) -> int:
    """A day as one integer: the days since 1970."""
    return day.toordinal() - _EPOCH


class DateColumns(NamedTuple):
    """A date: whether it is known, its parts, and the integer of `day_number`."""

    known: Node
    year: Node
    month: Node
    day: Node
    number: Node


class FactColumns:
    """The facts of a table on a day. `columns` are those that the table has."""

    def __init__(self, graph: Graph, facts: Mapping[str, Fact], columns: Iterable[str], on: date) -> None:
        self.graph, self.facts, self.on = graph, facts, on
        self.columns = frozenset(columns)
        self._derived: dict[str, Callable[[], tuple[Node, Node]]] = {
            "holder.age": self._age, "training.months": self._months, "training.notice_days": self._notice,
            "training.hourly_price": self._price, "training.costs.total": self._total,
            **{f"training.hours.{part}": self._hours(part) for part in ("total", "centre", "company")},
        }  # fmt: skip
        self._made: dict[str, tuple[Node, Node]] = {}

    def known(self, name: str) -> Node:
        """Whether a fact is known."""
        return self._number(name)[0] if name in self._derived else self.told(name)

    def told(self, column: str) -> Node:
        """Whether a column of the table tells something; false for a column that the table does not have."""
        return self.graph.known(column) if column in self.columns else self.graph.false

    def integer(self, name: str) -> Node:
        """A number, in steps of its unit; zero where it is unknown."""
        return self._number(name)[1]

    def _number(self, name: str) -> tuple[Node, Node]:
        if name not in self._made:
            self._made[name] = self._derived[name]() if name in self._derived else self._column(name)
        return self._made[name]

    def _column(self, name: str) -> tuple[Node, Node]:
        kind = self.facts[name].kind
        if name not in self.columns:
            return self.graph.false, self.graph.zero
        assert isinstance(kind, Unit)
        factor = column_factor(name)
        value = self.graph.integer(name, 0, most_of(kind) // factor)
        return self.told(name), self.graph.times(value, self.graph.number(factor), 1, 1, Rounding.DOWN)

    def euros(self, column: str) -> tuple[Node, Node]:
        """Whether an amount of money that is no fact (an envelope) is told, and its cents."""
        if column not in self.columns:
            return self.graph.false, self.graph.zero
        return self.told(column), self.graph.integer(column, 0, most_of(Unit.EUR))

    def text_is(self, column: str, *values: str) -> Node:
        """Whether a text column is one of these values; false where nothing is told."""
        return self.graph.text_is(column, values) if column in self.columns else self.graph.false

    def among(self, name: str, values: list[Any]) -> Node:
        """Whether a fact that is not a number is one of these values; false where it is unknown."""
        graph, kind = self.graph, self.facts[name].kind
        if name not in self.columns:
            return graph.false
        if kind == "truth":
            flag, known = graph.flag(name), self.told(name)
            return graph.any(flag if value else graph.all((known, graph.not_(flag))) for value in values)
        if name in SEVERAL:
            return graph.any(graph.text_holds(name, str(value)) for value in values)
        return graph.text_is(name, map(str, values))

    def has(self, name: str, key: str) -> Node:
        """Whether the value of a fact, written out, is this key of a table."""
        kind = self.facts[name].kind
        if isinstance(kind, Unit):
            known, value = self._number(name)
            if not key.isdecimal() or str(int(key)) != key:
                return self.graph.false
            return self.graph.all((known, self.graph.equal(value, self.graph.number(int(key)))))
        if kind == "truth":
            return self.among(name, [key == "True"]) if key in ("True", "False") else self.graph.false
        if kind == "date" or name in SEVERAL:
            raise CannotCompileError(name, "une table de valeurs ne se lit pas par ce fait")
        return self.among(name, [key])

    def date(self, name: str) -> DateColumns:
        """A date and its parts; zeros where it is unknown."""
        graph = self.graph
        if name not in self.columns:
            return DateColumns(graph.false, *[graph.zero] * 4)
        year, month, day, number = (graph.part(name, part) for part in ("year", "month", "day", "days"))
        return DateColumns(self.told(name), year, month, day, number)

    def listed(self, found: EligibilityList) -> tuple[Node, Node]:
        """Whether the certification is on a list at the start, whether it is not: see `EligibilityList.holds`."""
        graph, groups = self.graph, dict[ListRow, list[str]]()
        for code, rows in found.rows.items():
            for row in rows:
                groups.setdefault(row, []).append(code)
        listed = self.among(found.fact, list(found.rows))
        yes, no = list[Node](), [listed]
        for row, codes in groups.items():  # rows are grouped by all but their code
            here = self.among(found.fact, codes)
            holds, fails = self._row_holds(row)
            yes.append(graph.all((here, holds)))
            no.append(graph.any((graph.not_(here), fails)))
        known = graph.all((self.known(found.fact), self.date("training.start").known))
        refused = graph.any((graph.all(no), graph.not_(listed) if found.complete else graph.false))
        return graph.all((known, graph.any(yes))), graph.all((known, refused))

    def _row_holds(self, row: ListRow) -> tuple[Node, Node]:
        """Whether a row of an eligibility list applies, its code apart: whether it does, whether it does not."""
        graph, start = self.graph, self.date("training.start").number
        dated = graph.all((
            graph.true if row.start is None else graph.at_most(graph.number(day_number(row.start)), start),
            graph.true if row.until is None else graph.at_most(start, graph.number(day_number(row.until))),
        ))  # fmt: skip
        yes, no = [dated], [graph.not_(dated)]
        if row.public != "all":
            status = self.among("holder.status", [one for one, public in PUBLIC_OF.items() if public == row.public])
            yes.append(status)
            no.append(graph.all((self.known("holder.status"), graph.not_(status))))
        employee = self.among("holder.status", ["employee"])
        asked: list[tuple[Node, str, frozenset[str]]] = [
            (employee, region_fact("employee"), row.regions), (graph.not_(employee), region_fact(None), row.regions),
            (graph.true, "holder.contract.naf", row.branches),
        ]  # fmt: skip
        for when, name, allowed in asked:
            if allowed:
                there = self.among(name, sorted(allowed))
                yes.append(graph.any((graph.not_(when), there)))
                no.append(graph.all((when, self.known(name), graph.not_(there))))
        return graph.all(yes), graph.any(no)

    # Derived facts ------------------------------------------------------------------------------

    def _age(self) -> tuple[Node, Node]:
        graph, on, born = self.graph, self.on, self.date("holder.birth_date")
        last = 31 if on.month == 12 else (date(on.year, on.month + 1, 1) - date(on.year, on.month, 1)).days
        months = graph.minus(
            graph.number(on.year * 12 + on.month),
            graph.sum((graph.times(born.year, graph.number(12), 1, 1, Rounding.DOWN), born.month)),
        )
        day = graph.least((born.day, graph.number(last)))
        short = graph.less(graph.number(on.day), day)
        known = graph.all((born.known, graph.at_most(born.number, graph.number(day_number(on)))))
        whole = graph.most((graph.zero, graph.minus(months, self._one(short))))
        return known, graph.choose(known, graph.quotient(whole, 12, Rounding.DOWN), graph.zero)

    def _one(self, when: Node) -> Node:
        return self.graph.choose(when, self.graph.number(1), self.graph.zero)

    def _months(self) -> tuple[Node, Node]:
        """See `facts.months_between`: whole months from the start to the day after the end, then days over 31."""
        graph, start, end = self.graph, self.date("training.start"), self.date("training.end")
        year, month, day, length = (
            graph.part("training.end", part, "after") for part in ("year", "month", "day", "length")
        )
        twelve = graph.number(12)
        months = graph.minus(
            graph.sum((graph.times(year, twelve, 1, 1, Rounding.DOWN), month)),
            graph.sum((graph.times(start.year, twelve, 1, 1, Rounding.DOWN), start.month)),
        )
        here, before = graph.least((start.day, length)), graph.part("training.end", "day", "before")
        short = graph.less(day, here)
        days = graph.choose(
            short,
            graph.sum((graph.minus(before, graph.least((start.day, before))), day)),
            graph.most((graph.zero, graph.minus(day, here))),
        )
        rest = graph.times(graph.most((graph.zero, days)), graph.number(100), 1, 31, Rounding.UP)
        whole = graph.most((graph.zero, graph.minus(months, self._one(short))))
        total = graph.sum(
            (graph.times(whole, graph.number(100), 1, 1, Rounding.DOWN), graph.least((rest, graph.number(99))))
        )
        last = graph.number(day_number(date.max))
        known = graph.all(
            (start.known, end.known, graph.at_most(start.number, end.number), graph.less(end.number, last))
        )
        return known, graph.choose(known, total, graph.zero)

    def _notice(self) -> tuple[Node, Node]:
        """Days from the plan to the start."""
        graph, start = self.graph, self.date("training.start")
        found = graph.minus(start.number, graph.number(day_number(self.on)))
        return start.known, graph.choose(start.known, found, graph.zero)

    def _total(self) -> tuple[Node, Node]:
        names = [n for n in self.facts if n.startswith("training.costs.") and n not in DERIVED]
        return self.graph.any(map(self.known, names)), self.graph.sum(map(self.integer, names))

    def _price(self) -> tuple[Node, Node]:
        graph = self.graph
        hours, teaching = self.integer("training.hours.total"), self.integer("training.costs.teaching")
        known = graph.all((self.known("training.costs.teaching"), graph.less(graph.zero, hours)))
        doubled = graph.times(teaching, graph.number(200), 1, 1, Rounding.DOWN)
        found = graph.ratio(graph.sum((doubled, hours)), graph.sum((hours, hours)))
        return known, graph.choose(known, found, graph.zero)

    def _hours(self, part: str) -> Callable[[], tuple[Node, Node]]:
        """Total, centre and company hours: two of them give the third."""
        names = {each: f"training.hours.{each}" for each in ("total", "centre", "company")}

        def total() -> tuple[Node, Node]:
            graph, told = self.graph, {each: self._column(name) for each, name in names.items()}
            both = graph.all((told["centre"][0], told["company"][0]))
            known = graph.any((told["total"][0], both))
            summed = graph.sum((told["centre"][1], told["company"][1]))
            found = graph.choose(told["total"][0], told["total"][1], graph.choose(both, summed, graph.zero))
            return known, found

        def rest() -> tuple[Node, Node]:
            graph, told = self.graph, {each: self._column(name) for each, name in names.items()}
            other = told["company" if part == "centre" else "centre"]
            whole = told["total"]
            both = graph.all((whole[0], other[0], graph.at_most(other[1], whole[1])))
            left = graph.most((graph.zero, graph.minus(whole[1], other[1])))
            known = graph.any((told[part][0], both))
            return known, graph.choose(told[part][0], told[part][1], graph.choose(both, left, graph.zero))

        return total if part == "total" else rest
