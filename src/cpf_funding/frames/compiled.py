"""The columns of the plans of one program: what is shown, and what is refused of a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from cpf_funding.dossier import ENVELOPE_STATES
from cpf_funding.frames.causes import CauseColumns, cause_columns
from cpf_funding.frames.lower import Lowered, in_order
from cpf_funding.frames.program import Program
from cpf_funding.frames.sharing import shared
from cpf_funding.frames.worst import unfunded_worst
from cpf_funding.language.columns_facts import SEVERAL, column_factor, day_number, most_of
from cpf_funding.language.columns_graph import Node
from cpf_funding.language.units import Unit
from cpf_funding.reading.dossiers import EARLIEST_YEAR, LATEST_YEAR
from cpf_funding.rulebook.book import Rulebook

__all__ = ["STATES", "Compiled", "compile_program"]

Names = tuple[str, ...]
STATES = ("raised", "watch", "unknown", "clear")


@dataclass(frozen=True)
class Compiled:
    """What a program gives: euros by name, conditions by name, causes by name, and the first problem of a row.

    It can be sent to another process: only the graph travels, and the expressions are written again there.
    """

    cents: Mapping[str, Node]
    truths: Mapping[str, tuple[Node, Node]]
    causes: Mapping[str, CauseColumns]
    problems: Mapping[str, Node]
    complete: Node
    sound: Node

    @cached_property
    def lowered(self) -> Lowered:
        """The expressions, written once."""
        return Lowered(self.nodes())

    def nodes(self) -> list[Node]:
        """Every node shown, in a fixed order."""
        truths = [node for pair in self.truths.values() for node in pair]
        causes = [node for each in self.causes.values() for node in each]
        return [*self.cents.values(), *truths, *causes, *self.problems.values(), self.complete, self.sound]

    def over(self, nodes: Iterable[Node]) -> Compiled:
        """The same columns of other nodes, in the order of `nodes`."""
        return _shown(nodes, *map(tuple, (self.cents, self.truths, self.causes, self.problems)))

    @cached_property
    def columns(self) -> Mapping[str, pl.Expr]:
        """The columns of the result; null in a row that has a problem."""
        use = self.lowered.expression
        sound = use(self.sound)
        found: dict[str, pl.Expr] = {}
        for name, node in self.cents.items():
            found[name] = pl.when(sound).then(use(node))
        found["complete"] = pl.when(sound).then(use(self.complete))
        for name, (yes, no) in self.truths.items():
            found[name] = pl.when(sound & (use(yes) | use(no))).then(use(yes))
        for name, states in self.causes.items():
            text = pl.lit(STATES[-1], pl.String)
            for state, node in reversed(list(zip(STATES, states, strict=False))):
                if node.constant != 0:
                    text = pl.when(use(node)).then(pl.lit(state, pl.String)).otherwise(text)
            found[name] = pl.when(sound).then(text)
        problem: Any = pl.lit(None, pl.String)
        for name, node in reversed(list(self.problems.items())):
            problem = pl.when(use(node)).then(pl.lit(name, pl.String)).otherwise(problem)
        return {**found, "problem": problem}

    def reads(self, names: Iterable[str]) -> frozenset[str]:
        """The columns of the table that some columns of the plans depend on."""
        return _reads(self._behind(names))

    def apply(self, frame: pl.LazyFrame, kept: Iterable[str], names: tuple[str, ...]) -> pl.LazyFrame:
        """Some columns of the plans of a table, once it is collected, beside those `kept` of the table itself."""
        if names not in self._steps:
            self._steps[names] = self.lowered.steps(self._behind(names))
        for step in self._steps[names]:
            frame = frame.with_columns(step)
        nothing = pl.when(self.lowered.expression(self.sound)).then(pl.lit(0, pl.Int64))  # of an aid that no row has
        return frame.select(*kept, *(self.columns.get(name, nothing).alias(name) for name in names))

    @cached_property
    def _steps(self) -> dict[tuple[str, ...], list[list[pl.Expr]]]:
        """What is computed on the way to the columns that were asked together."""
        return {}

    def _behind(self, names: Iterable[str]) -> list[Node]:
        shown: dict[str, Iterable[Node]] = {name: (node,) for name, node in self.cents.items()}
        shown |= {**self.truths, **self.causes, "complete": (self.complete,), "problem": self.problems.values()}
        return [self.sound, *(node for name in names for node in shown.get(name, ()))]

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        nodes = list(in_order(self.nodes()))
        place = {node.rank: number for number, node in enumerate(nodes)}
        flat = [
            (n.kind, n.op, tuple((place[a.rank],) if isinstance(a, Node) else a for a in n.args)) for n in nodes
        ]  # fmt: skip
        shown = [place[node.rank] for node in self.nodes()]
        sizes = (tuple(self.cents), tuple(self.truths), tuple(self.causes), tuple(self.problems))
        return _rebuild, (flat, shown, sizes)


def _rebuild(flat: list[tuple[str, str, tuple[Any, ...]]], shown: list[int], names: Any) -> Compiled:
    nodes: list[Node] = []
    for rank, (kind, op, args) in enumerate(flat):
        whole = args if op in ("text_in", "text_is", "text_holds") else tuple(
            nodes[arg[0]] if isinstance(arg, tuple) else arg for arg in args
        )  # fmt: skip
        nodes.append(Node(rank, kind, op, whole, (0, 0, 0)))
    return _shown((nodes[number] for number in shown), *names)


def _shown(nodes: Iterable[Node], cents: Names, truths: Names, causes: Names, problems: Names) -> Compiled:
    rest = iter(nodes)
    return Compiled(
        {name: next(rest) for name in cents}, {name: (next(rest), next(rest)) for name in truths},
        {name: CauseColumns(next(rest), next(rest), next(rest)) for name in causes},
        {name: next(rest) for name in problems}, next(rest), next(rest),
    )  # fmt: skip


def compile_program(
    rulebook: Rulebook, on: date, columns: frozenset[str], settled: Mapping[str, str | None]
) -> tuple[Compiled, frozenset[str]]:
    """The plans of rows that all have these facts settled, in a table that has these columns; the facts looked at.

    Raises `CannotCompileError` with the name of what columns cannot express.
    """
    program = Program(rulebook, on, columns, settled)
    best, graph = program.best, program.graph
    cents = {f"pays.{id}": best.paid[id] for id in program.entering}
    worst = unfunded_worst(program)
    cents |= {"holder_pays": best.holder, "unfunded": best.unfunded, "unfunded_worst": worst}
    truths = {f"verdict.{id}": (each.yes, each.no) for id, each in program.verdicts.items()}
    causes = {f"cause.{id}": each for id, each in cause_columns(program, worst).items()}
    complete = graph.equal(best.unfunded, graph.zero)
    shown = [*cents.values(), complete, *(node for each in (*truths.values(), *causes.values()) for node in each)]
    problems = _problems(program, columns, _reads(shown) | graph.consulted)
    found = Compiled(cents, truths, causes, problems, complete, graph.not_(graph.any(problems.values())))
    return found.over(shared(found.nodes())), frozenset(graph.consulted)


def _reads(nodes: Iterable[Node]) -> frozenset[str]:
    return frozenset(node.args[0] for node in in_order(nodes) if node.args and isinstance(node.args[0], str))


def _problems(program: Program, columns: frozenset[str], read: Set[str]) -> dict[str, Node]:
    """What a row may not hold, by the column at fault; only columns that the plan reads are looked at."""
    graph, facts = program.graph, program.rulebook.facts
    found = {"training.costs.teaching": graph.not_(program.scene.facts.told("training.costs.teaching"))}

    def also(name: str, node: Node) -> None:
        found[name] = graph.any((found.get(name, graph.false), node))

    for name in sorted(columns & read):
        fact = facts.get(name)
        if fact is None:
            if name.endswith(".state"):
                also(name, graph.all((graph.known(name), graph.not_(graph.text_is(name, ENVELOPE_STATES)))))
            else:
                also(name, graph.outside(name, 0, most_of(Unit.EUR)))
        elif isinstance(fact.kind, Unit):
            also(name, graph.outside(name, 0, most_of(fact.kind) // column_factor(name)))
        elif fact.choices and name not in SEVERAL:
            also(name, graph.all((graph.known(name), graph.not_(graph.text_is(name, fact.choices)))))
        elif name == "training.start":
            start = program.scene.facts.date(name)
            first, last = (
                graph.number(day_number(day)) for day in (date(EARLIEST_YEAR, 1, 1), date(LATEST_YEAR, 12, 31))
            )
            outside = graph.any((graph.less(start.number, first), graph.less(last, start.number)))
            also(name, graph.all((start.known, outside)))
    return found
