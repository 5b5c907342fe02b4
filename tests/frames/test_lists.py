"""A list says the same of a dossier and of a row: for whom, where, in which branches, from when to when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from cpf_funding.facts import BUILT_IN
from cpf_funding.frames.lower import Lowered
from cpf_funding.language.columns_facts import FactColumns
from cpf_funding.language.columns_graph import Graph
from cpf_funding.language.lists import EligibilityList, ListRow
from cpf_funding.language.values import Sourcing
from cpf_funding.truth import Truth

DAY = date(2017, 3, 1)
CODES = ("1", "2", "3")
REGIONS = ("11", "53")
BRANCHES = ("41.20A", "85.59A")
STATUS, NAF, START = "holder.status", "holder.contract.naf", "training.start"
KNOWN = {
    STATUS: ("job_seeker", "employee", "temporary_worker", "public_agent"), "holder.region": REGIONS,
    "training.region": REGIONS, NAF: BRANCHES,
}  # fmt: skip


def some(values: tuple[str, ...]) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(values), max_size=1)


days = st.none() | st.integers(-2, 2).map(lambda days: DAY + timedelta(days=days))
rows = st.builds(ListRow, st.sampled_from(("all", "job_seeker", "employee")), some(REGIONS), some(BRANCHES), days, days)
tables = st.dictionaries(st.sampled_from(CODES[:2]), st.lists(rows, min_size=1, max_size=2).map(tuple), min_size=1)
people = st.fixed_dictionaries({
    "code": st.none() | st.sampled_from(CODES), START: st.none() | st.just(DAY),
    **{name: st.none() | st.sampled_from(values) for name, values in KNOWN.items()},
})  # fmt: skip


@given(tables, st.sampled_from(("rncp", "cpf")), st.booleans(), st.lists(people, min_size=1, max_size=8))
def test_a_row_is_on_a_list_as_its_dossier_is(
    table: dict[str, tuple[ListRow, ...]], codes: str, complete: bool, asked: list[dict[str, Any]]
) -> None:
    found = EligibilityList("l", "L", codes, complete, table, Sourcing("s", "high", DAY))
    graph, told = Graph(), [{**each, found.fact: each["code"]} for each in asked]
    columns = (found.fact, START, *KNOWN)
    nodes = FactColumns(graph, BUILT_IN, columns, DAY).listed(found)
    lowered = Lowered(nodes)
    schema = {name: pl.Date if name == START else pl.String for name in columns}
    frame = pl.DataFrame([{name: each[name] for name in columns} for each in told], schema=schema)
    for step in lowered.steps(nodes):
        frame = frame.with_columns(step)
    yes, no = (frame.select(lowered.expression(node)).to_series() for node in nodes)
    for each, on, off in zip(told, yes, no, strict=True):
        facts = {name: each[name] for name in (found.fact, *KNOWN) if each[name] is not None}
        if codes == "cpf" and each["code"] is not None:
            facts[found.fact] = (each["code"],)
        truth, _ = found.holds(facts, each[START])
        assert (on, off) == (truth is Truth.YES, truth is Truth.NO), each
