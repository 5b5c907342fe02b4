"""`plan_frame`: the same plans as `build_plan`, to the cent, for a table with one dossier per row.

One engine computes, Polars, so that every table has the same cents; narwhals recognises the tables. A Polars query
only grows. Spark and DuckDB keep their own queries and hand batches of Arrow over when theirs runs: a program of a
thousand columns is more than their planners take (docs/decisions/0018).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, TypeVar

import narwhals as nw
import polars as pl
import polars.selectors as cs

from cpf_funding.errors import InputError, Problem
from cpf_funding.frames.compiled import Compiled, compile_plan
from cpf_funding.language.units import Unit
from cpf_funding.rulebook.book import Rulebook

__all__ = ["plan_frame"]

Frame = TypeVar("Frame")
BATCH = 100_000
"""Rows handed over at once: enough for the time of planning a query to be small beside them."""


def plan_frame(frame: Frame, rulebook: Rulebook, on: date) -> Frame:
    """The table with the plan of each row, of the kind that was given; nothing runs before a lazy table is asked.

    Columns bear the names of facts (`holder.region`), money in cents and hours in hundredths (docs/reference/table.md);
    a fact without a column, or null, is unknown. Added: `pays.<aid>`, `holder_pays`, `unfunded` and `unfunded_worst` in
    cents, `complete`, `verdict.<aid>` (true open, false refused, null depends on something unknown), `cause.<id>`, and
    `problem`, the column for which a row was not planned. Raises `InputError` for another kind of table or a column
    that is already there, `CannotCompileError` for a rule that columns cannot express.
    """
    table: Any = nw.from_native(frame, pass_through=True)
    kind: Any = getattr(table, "implementation", None)
    run = _ENGINES.get(kind)
    if run is None:
        message = f"ce n'est pas une table que l'on sait lire ({type(frame).__name__})"
        raise InputError([Problem(message, "donnez une table Polars, pandas, DuckDB ou PySpark")])
    if kind is nw.Implementation.PANDAS:
        table = nw.from_native(_without_empty(table.to_native()))
    schema = table.collect_schema()
    compiled = compile_plan(rulebook, on, _told(schema, rulebook))
    taken = [name for name in compiled.columns if name in schema]
    if taken:
        raise InputError(Problem(f"la colonne « {name} » existe déjà", "retirez-la de la table") for name in taken)
    result: Frame = run(table, compiled, frame)
    return result


_INTEGERS = (nw.Int8, nw.Int16, nw.Int32, nw.Int64, nw.UInt8, nw.UInt16, nw.UInt32)
_TRUTH, _DATES = (nw.Boolean,), (nw.Date, nw.Datetime)
_TEXTS = (nw.String, nw.Categorical, nw.Enum)


def _told(schema: Any, rulebook: Rulebook) -> frozenset[str]:
    """The columns that hold facts or envelopes; raises `InputError` for those that are not of the type expected."""
    told, problems = set[str](), list[Problem]()
    for name, kind in schema.items():
        fact = rulebook.facts.get(name)
        if (fact is None and not name.startswith("local.envelopes.")) or isinstance(kind, nw.Unknown):
            continue
        if fact is None:
            right = isinstance(kind, _INTEGERS if name.endswith(".left") else _TEXTS)
        elif isinstance(fact.kind, Unit):
            right = isinstance(kind, _INTEGERS)
        else:
            right = isinstance(kind, {"truth": _TRUTH, "date": _DATES}.get(fact.kind, _TEXTS))
        if not right:
            advice = "entiers de 64 bits (centimes, centièmes), dates, oui ou non, textes : docs/reference/table.md"
            problems.append(Problem(f"la colonne « {name} » est de type {kind}", advice))
        told.add(name)
    if problems:
        raise InputError(problems)
    return frozenset(told)


def _polars(table: Any, compiled: Compiled, frame: Any) -> Any:
    return compiled.apply(frame) if isinstance(frame, pl.LazyFrame) else planned(frame, compiled)


def planned(batch: pl.DataFrame, compiled: Compiled) -> pl.DataFrame:
    """The plans of one batch."""
    return compiled.apply(batch.lazy()).collect(engine="streaming")


def _without_empty(frame: Any) -> pl.DataFrame:
    """A pandas table as Polars reads it; a column without any value has no type there, and tells nothing."""
    return pl.from_pandas(frame.loc[:, frame.notna().any()]).with_columns(cs.float().cast(pl.Int64))


def _pandas(table: Any, compiled: Compiled, frame: Any) -> Any:
    import pandas as pd

    found = planned(table.to_native(), compiled).select(list(compiled.columns)).to_pandas()
    found.index = frame.index
    return pd.concat([frame, found], axis=1)


def planned_batches(batches: Iterable[Any], compiled: Compiled) -> Iterator[Any]:
    """Arrow record batches in, Arrow record batches out, gathered so that each is worth a query."""
    import pyarrow as pa

    waiting: list[Any] = []
    count = 0
    for batch in batches:
        waiting.append(batch)
        count += batch.num_rows
        if count >= BATCH:
            yield from _arrow(pa.Table.from_batches(waiting), compiled)
            waiting, count = [], 0
    if count:
        yield from _arrow(pa.Table.from_batches(waiting), compiled)


def _arrow(table: Any, compiled: Compiled) -> Iterator[Any]:
    whole = pl.from_arrow(table)
    assert isinstance(whole, pl.DataFrame)
    found = planned(whole, compiled).to_arrow(compat_level=pl.CompatLevel.oldest())
    yield from found.cast(_schema(table.schema, compiled)).to_batches()


def _schema(schema: Any, compiled: Compiled) -> Any:
    """The Arrow schema of the result: that of the table, then what was added."""
    import pyarrow as pa

    kinds = {name: pa.int64() for name in compiled.cents} | {name: pa.bool_() for name in compiled.truths}
    kinds |= {"complete": pa.bool_()} | {name: pa.string() for name in (*compiled.causes, "problem")}
    for name in compiled.columns:
        schema = schema.append(pa.field(name, kinds[name]))
    return schema


def _spark(table: Any, compiled: Compiled, frame: Any) -> Any:
    import pyarrow as pa
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

    names = frame.columns
    schema = from_arrow_schema(_schema(to_arrow_schema(frame.schema), compiled))

    def run(batches: Iterator[Any]) -> Iterator[Any]:
        named = (pa.RecordBatch.from_arrays(batch.columns, names=names) for batch in batches)
        return planned_batches(named, compiled)

    # Spark takes the dots of `holder.region` for the fields of a structure: plain names on the way.
    return frame.toDF(*(f"c{number}" for number in range(len(names)))).mapInArrow(run, schema)


class _Scan:
    """A DuckDB relation seen through a program: read again, batch by batch, each time a query asks for it."""

    def __init__(self, relation: Any, compiled: Compiled) -> None:
        self.relation, self.compiled = relation, compiled
        self.schema = _schema(relation.limit(0).to_arrow_table().schema, compiled)

    def __arrow_c_schema__(self) -> Any:
        return self.schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        import pyarrow as pa

        batches = planned_batches(self.relation.to_arrow_reader(BATCH), self.compiled)
        return pa.RecordBatchReader.from_batches(self.schema, batches).__arrow_c_stream__(requested_schema)


def _duckdb(table: Any, compiled: Compiled, frame: Any) -> Any:
    import duckdb

    # A connection of its own: a query cannot be read on the connection that runs another.
    return duckdb.connect().from_arrow(_Scan(frame, compiled))


_ENGINES = {
    nw.Implementation.POLARS: _polars, nw.Implementation.PANDAS: _pandas, nw.Implementation.PYSPARK: _spark,
    nw.Implementation.DUCKDB: _duckdb,
}  # fmt: skip
