"""The plans of a table: a program for each value of the fact that most rules begin with, and the rows of each.

A program whose rows are all those of job seekers leaves out what is for others, which is most of the rules: together
these programs hold less than one that would serve every row, and each row goes through one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from cpf_funding.frames.compiled import Compiled, compile_program
from cpf_funding.frames.lower import OWN
from cpf_funding.rulebook.book import Rulebook

__all__ = ["Plans", "compile_plans"]

APART = "holder.status"
"""The fact whose values have each a program of their own."""
MANY_AIDS = 20
"""Below it, one program for every row takes less time than rows need to be told apart."""
NEITHER = ""
"""Stands for any text that is no value of this fact: no rule names it, and its rows are refused."""
MOST_KEPT = 16
"""How many tables, by their columns and their day, a rulebook keeps the programs of."""
_ROW = f"{OWN}row"
_ONLY_NEEDED = pl.QueryOptFlags.none().update(projection_pushdown=True)
"""What Polars is asked to improve: columns that nothing needs are left out. The rest took longer than it saved."""


@dataclass(frozen=True)
class Plans:
    """The programs of a rulebook on a day, by value of `APART`; a single one where that is enough.

    They can be sent to another process.
    """

    programs: Mapping[str | None, Compiled]

    @property
    def alone(self) -> Compiled | None:
        """The program that serves every row, if there is one."""
        return self.programs[None] if len(self.programs) == 1 else None

    @cached_property
    def columns(self) -> Mapping[str, Any]:
        """The columns of the result, in order, with their type."""
        every = list(self.programs.values())
        cents = dict.fromkeys(name for each in every for name in each.cents if name.startswith("pays."))
        one = every[0]
        whole = [name for name in one.cents if name not in cents]
        return {
            **dict.fromkeys((*cents, *whole), pl.Int64), **dict.fromkeys(("complete", *one.truths), pl.Boolean),
            **dict.fromkeys((*one.causes, "problem"), pl.String),
        }  # fmt: skip

    def reads(self, names: Sequence[str]) -> frozenset[str]:
        """The columns of the table that some columns of the result depend on; all tell that a row has a problem."""
        if not names:
            return frozenset()
        apart = set[str]() if self.alone else {APART}
        return frozenset(apart.union(*(each.reads(names) for each in self.programs.values())))

    def of(self, table: pl.DataFrame, names: Iterable[str] | None = None) -> pl.DataFrame:
        """The plans of a table, row by row: the columns `names` of the result, all of them unless said."""
        wanted = tuple(self.columns if names is None else names)
        if not wanted:
            return pl.DataFrame(height=table.height)
        if self.alone:
            return self.alone.apply(table.lazy(), (), wanted).collect(engine="streaming", optimizations=_ONLY_NEEDED)
        rows = table.lazy().with_row_index(_ROW)
        parts = [program.apply(rows.filter(where), (_ROW,), wanted) for program, where in self._groups(table)]
        found = pl.concat(pl.collect_all(parts, engine="streaming", optimizations=_ONLY_NEEDED))
        return (found.sort(_ROW) if len(parts) > 1 else found).drop(_ROW)

    def _groups(self, table: pl.DataFrame) -> Iterator[tuple[Compiled, pl.Expr]]:
        """The programs that a table needs, one at least though it is empty, and the rows of each."""
        column = pl.col(APART).cast(pl.String)
        there = table.get_column(APART).cast(pl.String).unique()
        for value in {text if text in self.programs else NEITHER: None for text in there} or [None]:
            if value is None:
                yield self.programs[value], column.is_null()
            elif value == NEITHER:
                yield self.programs[value], ~column.is_in([text for text in self.programs if text])
            else:
                yield self.programs[value], column == value


def compile_plans(rulebook: Rulebook, on: date, columns: frozenset[str]) -> Plans:
    """The plans of a rulebook on a day for a table that has these columns; kept for the next table like it.

    Raises `CannotCompileError` with the name of what columns cannot express.
    """
    names = frozenset(name for name in columns if name in rulebook.facts or name.startswith("local.envelopes."))
    kept: dict[tuple[date, frozenset[str]], Plans] = rulebook.kept.setdefault("columns", {})
    found = kept.get((on, names))
    if found is None:
        found = _compile(rulebook, on, names)
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[on, names] = found
    return found


def _compile(rulebook: Rulebook, on: date, columns: frozenset[str]) -> Plans:
    programs: dict[str | None, Compiled] = {}
    if sum(aid.in_force[0].start <= on for aid in rulebook.aids) < MANY_AIDS:
        return Plans({None: compile_program(rulebook, on, columns, {})[0]})
    for value in (None, NEITHER, *rulebook.facts[APART].choices):
        programs[value], consulted = compile_program(rulebook, on, columns, {APART: value})
        if APART not in consulted:
            break
    return Plans(programs)
