"""`plan_frame`: the same plans as `build_plan`, to the cent, for a table with one dossier per row.

One engine computes, Polars, so that every table has the same cents; narwhals recognises the tables. A lazy table stays
lazy. Spark and DuckDB keep their own queries and hand batches of Arrow over when theirs runs: a program of a thousand
columns is more than their planners take (docs/decisions/0018).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from typing import Any, TypeVar

import narwhals as nw
import polars as pl
import polars.selectors as cs
from polars.io.plugins import register_io_source

from cpf_funding.errors import InputError, Problem
from cpf_funding.frames.lower import OWN
from cpf_funding.frames.plans import Plans, compile_plans
from cpf_funding.language.units import Unit
from cpf_funding.rulebook.book import Rulebook

__all__ = ["plan_frame"]

Frame = TypeVar("Frame")
BATCH = 150_000
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
    plans = compile_plans(rulebook, on, _told(schema, rulebook))
    taken = [name for name in schema if name in plans.columns]
    problems = [Problem(f"la colonne « {name} » existe déjà", "retirez-la de la table") for name in taken]
    reserved = [name for name in schema if name.startswith(OWN)]
    problems += [Problem(f"la colonne « {name} » porte un nom réservé", "renommez-la") for name in reserved]
    if problems:
        raise InputError(problems)
    result: Frame = run(table, plans, frame)
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


def _polars(table: Any, plans: Plans, frame: Any) -> Any:
    if isinstance(frame, pl.LazyFrame):
        return _lazily(frame, plans)
    parts = _ahead(frame.iter_slices(BATCH), lambda part: planned(part, plans))
    return pl.concat([*parts] or [planned(frame, plans)])


def planned(batch: pl.DataFrame, plans: Plans, names: Sequence[str] | None = None) -> pl.DataFrame:
    """One batch with its plans, or some of their columns."""
    return pl.concat([batch, plans.of(batch, names)], how="horizontal")


def _lazily(frame: pl.LazyFrame, plans: Plans) -> pl.LazyFrame:
    """A query that grows by the columns of one program, or reads another by batches and plans what is asked of it."""
    own = frame.collect_schema()
    if plans.alone:
        return plans.alone.apply(frame, own, tuple(plans.columns))

    def batches(
        names: list[str] | None, where: pl.Expr | None, rows: int | None, _: int | None
    ) -> Iterator[pl.DataFrame]:
        shown = [*own, *plans.columns] if names is None else names
        tested = where.meta.root_names() if where is not None else []
        wanted = [name for name in plans.columns if name in shown or name in tested]
        read = {*shown, *tested, *plans.reads(wanted)}
        source = frame if rows is None else frame.head(rows)
        later = plans.columns.keys() & tested
        if where is not None and not later:
            source = source.filter(where)
        told = source.select(name for name in own if name in read).collect_batches(chunk_size=BATCH)
        for found in _ahead(told, lambda batch: planned(batch, plans, wanted)):
            yield (found.filter(where) if where is not None and later else found).select(shown)

    return register_io_source(batches, schema=pl.Schema({**own, **plans.columns}), is_pure=True)


def _ahead(batches: Iterable[pl.DataFrame], plan: Callable[[pl.DataFrame], pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Batches planned, in order; while one is computed, the query of the next is prepared, which takes one core."""
    waiting = deque[Future[pl.DataFrame]]()
    with ThreadPoolExecutor(2) as pool:
        for batch in batches:
            waiting.append(pool.submit(plan, batch))
            if len(waiting) > 1:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _without_empty(frame: Any) -> pl.DataFrame:
    """A pandas table as Polars reads it; a column without any value has no type there, and tells nothing."""
    return pl.from_pandas(frame.loc[:, frame.notna().any()]).with_columns(cs.float().cast(pl.Int64))


def _pandas(table: Any, plans: Plans, frame: Any) -> Any:
    import pandas as pd

    found = plans.of(table.to_native()).to_pandas()
    found.index = frame.index
    return pd.concat([frame, found], axis=1)


def planned_batches(batches: Iterable[Any], plans: Plans) -> Iterator[Any]:
    """Arrow record batches in, Arrow record batches out, gathered so that each is worth a query."""
    import pyarrow as pa

    waiting: list[Any] = []
    count = 0
    for batch in batches:
        waiting.append(batch)
        count += batch.num_rows
        if count >= BATCH:
            yield from _arrow(pa.Table.from_batches(waiting), plans)
            waiting, count = [], 0
    if count:
        yield from _arrow(pa.Table.from_batches(waiting), plans)


def _arrow(table: Any, plans: Plans) -> Iterator[Any]:
    whole = pl.from_arrow(table)
    assert isinstance(whole, pl.DataFrame)
    found = planned(whole, plans).to_arrow(compat_level=pl.CompatLevel.oldest())
    yield from found.cast(_schema(table.schema, plans)).to_batches()


def _schema(schema: Any, plans: Plans) -> Any:
    """The Arrow schema of the result: that of the table, then what was added."""
    import pyarrow as pa

    kinds = {pl.Int64: pa.int64(), pl.Boolean: pa.bool_(), pl.String: pa.string()}
    for name, kind in plans.columns.items():
        schema = schema.append(pa.field(name, kinds[kind]))
    return schema


def _spark(table: Any, plans: Plans, frame: Any) -> Any:
    import pyarrow as pa
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

    names = frame.columns
    schema = from_arrow_schema(_schema(to_arrow_schema(frame.schema), plans))

    def run(batches: Iterator[Any]) -> Iterator[Any]:
        named = (pa.RecordBatch.from_arrays(batch.columns, names=names) for batch in batches)
        return planned_batches(named, plans)

    # Spark takes the dots of `holder.region` for the fields of a structure: plain names on the way.
    return frame.toDF(*(f"c{number}" for number in range(len(names)))).mapInArrow(run, schema)


class _Scan:
    """A DuckDB relation seen through a program: read again, batch by batch, each time a query asks for it."""

    def __init__(self, relation: Any, plans: Plans) -> None:
        self.relation, self.plans = relation, plans
        self.schema = _schema(relation.limit(0).to_arrow_table().schema, plans)

    def __arrow_c_schema__(self) -> Any:
        return self.schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        import pyarrow as pa

        batches = planned_batches(self.relation.to_arrow_reader(BATCH), self.plans)
        return pa.RecordBatchReader.from_batches(self.schema, batches).__arrow_c_stream__(requested_schema)


def _duckdb(table: Any, plans: Plans, frame: Any) -> Any:
    import duckdb

    # A connection of its own: a query cannot be read on the connection that runs another.
    return duckdb.connect().from_arrow(_Scan(frame, plans))


_ENGINES = {
    nw.Implementation.POLARS: _polars, nw.Implementation.PANDAS: _pandas, nw.Implementation.PYSPARK: _spark,
    nw.Implementation.DUCKDB: _duckdb,
}  # fmt: skip
