"""From the graph of a program to the columns of a table: Polars expressions, level by level.

A node that several others use becomes a column of its own; the rest is written inside its only user. A column is kept
no longer than it is needed: Polars leaves out what nothing asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from typing import Any

import polars as pl

from cpf_funding.language.columns_graph import Node

__all__ = ["OWN", "Lowered", "in_order"]

OWN = "__plan."
"""What the names of columns made on the way begin with."""

_INLINE = 24
"""How many operations an expression may hold before it becomes a column."""
_DATES = frozenset({"days", "year", "month", "day", "length"})
_SOURCES = frozenset({"known", "flag", "text_is", "text_in", "text_holds", "integer", "outside"}) | _DATES


class Lowered:
    """How these outputs are written; made once for a program, for any number of tables."""

    def __init__(self, outputs: Iterable[Node]) -> None:
        self._size: dict[int, int] = {}
        self._uses: dict[int, int] = {}
        order = list(in_order(outputs))
        for node in order:
            for child in _children(node):
                self._uses[child.rank] = self._uses.get(child.rank, 0) + 1
        self._level: dict[int, int] = {}
        self._column: dict[int, str] = {}
        steps: dict[int, list[Node]] = {}
        for node in order:
            children = _children(node)
            level = max((self._level[child.rank] for child in children), default=0)
            size = 1 + sum(self._size[child.rank] for child in children if child.rank not in self._column)
            shared = self._uses.get(node.rank, 0) > 1 and node.op not in ("constant", "known", "not")
            if shared or size > _INLINE:
                self._column[node.rank] = f"{OWN}{node.rank}"
                steps.setdefault(level, []).append(node)
                level, size = level + 1, 1
            self._level[node.rank], self._size[node.rank] = level, size
        self._levels = [steps[level] for level in sorted(steps)]
        self._expressions: dict[int, pl.Expr] = {}

    def steps(self, outputs: Iterable[Node]) -> list[list[pl.Expr]]:
        """The columns to add one step after the other before `expression` may write some of the outputs."""
        needed = {node.rank for node in in_order(outputs)}
        found = (
            [self._expression(node).alias(self._column[node.rank]) for node in level if node.rank in needed]
            for level in self._levels
        )
        return [step for step in found if step]

    def expression(self, node: Node) -> pl.Expr:
        """An output, over the columns made on the way."""
        return self._use(node)

    def _use(self, node: Node) -> pl.Expr:
        column = self._column.get(node.rank)
        return pl.col(column) if column is not None else self._expression(node)

    def _expression(self, node: Node) -> pl.Expr:
        found = self._expressions.get(node.rank)
        if found is None:
            found = self._expressions[node.rank] = self._write(node)
        return found

    def _write(self, node: Node) -> pl.Expr:
        op, args = node.op, node.args
        if op == "constant":
            return pl.lit(bool(args[0]), pl.Boolean) if node.kind == "bool" else pl.lit(args[0], pl.Int64)
        if op in _SOURCES:
            return _source(op, args)
        if op == "product":
            *factors, factor = args
            found: pl.Expr = reduce(lambda a, b: a * b, map(self._use, factors))
            return found if factor == 1 else found * factor
        parts = [self._use(arg) for arg in args]
        if op == "choose":
            return pl.when(parts[0]).then(parts[1]).otherwise(parts[2])
        written: pl.Expr = _OPERATIONS[op](parts)
        return written


def _source(op: str, args: tuple[Any, ...]) -> pl.Expr:
    column: Any = pl.col(args[0])
    found: pl.Expr
    if op == "known":
        found = ~column.is_null()
    elif op == "flag":
        found = column.fill_null(False)
    elif op == "integer":
        found = column.cast(pl.Int64).fill_null(0)
    elif op == "outside":
        found = ((column < args[1]) | (column > args[2])).fill_null(False)
    elif op == "text_is":
        found = (column == args[1]).fill_null(False)
    elif op == "text_in":
        found = column.is_in(args[1]).fill_null(False)
    elif op == "text_holds":
        whole: Any = pl.concat_str(pl.lit(";"), column, pl.lit(";"))
        found = whole.str.contains(f";{args[1]};", literal=True).fill_null(False)
    else:
        day = column.cast(pl.Date)
        if args[1]:
            day = day + pl.duration(days=1)
        if args[1] == "before":
            day = (day.to_physical() - day.dt.day()).cast(pl.Date)
        if op == "days":
            found = day.to_physical().cast(pl.Int64).fill_null(0)
        else:
            found = getattr(day.dt, {"length": "days_in_month"}.get(op, op))().cast(pl.Int64).fill_null(0)
    return found


_OPERATIONS: Mapping[str, Any] = {
    "not": lambda parts: ~parts[0],
    "all": lambda parts: reduce(lambda a, b: a & b, parts),
    "any": lambda parts: reduce(lambda a, b: a | b, parts),
    "less": lambda parts: parts[0] < parts[1],
    "equal": lambda parts: parts[0] == parts[1],
    "sum": lambda parts: reduce(lambda a, b: a + b, parts),
    "minus": lambda parts: parts[0] - parts[1],
    "least": lambda parts: pl.min_horizontal(*parts),
    "most": lambda parts: pl.max_horizontal(*parts),
    "floor": lambda parts: parts[0] // parts[1],
}


def _children(node: Node) -> list[Node]:
    return [arg for arg in node.args if isinstance(arg, Node)]


def in_order(roots: Iterable[Node]) -> Iterator[Node]:
    """Every node reachable, each after those it is made of."""
    seen: set[int] = set()
    stack = [(node, False) for node in roots]
    while stack:
        node, ready = stack.pop()
        if ready:
            yield node
        elif node.rank not in seen:
            seen.add(node.rank)
            stack.append((node, True))
            stack += [(child, False) for child in _children(node)]
