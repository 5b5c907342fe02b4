"""Rows on their way from a file to another: what is written is read back, days and batches fit together."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("polars", reason="tables need the extra « frames »")

import polars as pl
from polars.testing import assert_frame_equal

from cpf_funding import build_plan
from cpf_funding.dossier import Dossier
from cpf_funding.errors import LimitError, Problem
from cpf_funding.exchange.dossier_tables import Results, open_table
from cpf_funding.frames import dossiers_to_table, one_by_one, plan_frame, table_columns, table_to_dossiers
from cpf_funding.frames.layout import TableColumn
from cpf_funding.frames.one_by_one import plan_one_by_one
from cpf_funding.frames.rows import LINE, Rejection, Rows, check_header, gather, plan_rows, sort_out
from cpf_funding.reading.dossiers import cross_problems, read_dossier_text, write_dossier_yaml
from cpf_funding.rulebook.load import load_rulebook
from frames.dossiers import Drawer
from generators import packaged

RULEBOOK = packaged()
SMALL = load_rulebook(rules=Path(__file__).parents[1] / "data" / "rules_small")
ON = date(2017, 3, 1)
COST = "training.costs.teaching"
NO_CODE = {"certification": {"cpf_codes": []}, "costs": {"teaching": "0"}}


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_what_is_written_is_read_back(seed: int, suffix: str, tmp_path: Path) -> None:
    dossiers = Drawer(RULEBOOK, ON, seed).dossiers(8)
    named = [each.model_copy(update={"id": f'n° {number} ; "é"'}) for number, each in enumerate(dossiers)]
    named.append(Dossier.model_validate({"id": "x", "as_of": ON, "training": NO_CODE}))
    table = dossiers_to_table(named, RULEBOOK)
    path = tmp_path / f"{seed}{suffix}"
    with Results(str(path), str(tmp_path / "refus.csv"), RULEBOOK) as results:
        for half in (table[:3], table[3:]):
            results.add(half.with_columns(pl.lit(0).alias(LINE)))
        results.finish()
    source = open_table(str(path))
    header = check_header(source.header, source.types, RULEBOOK, None)
    assert not header.others
    (rows,) = source
    sound, rejections = sort_out(rows, header, RULEBOOK, None, texts=suffix == ".csv")
    assert not rejections
    assert_frame_equal(table, sound.drop(LINE))
    assert source.done == source.size
    path.unlink()


WRONG = st.one_of(
    st.text(max_size=4), st.sampled_from(["-1", "1e3", "2,505", "31/12/1899", "peut-être", "99999999999"])
)
KNOWN = {column.name: column for column in table_columns(SMALL) if column.name not in ("id", "as_of")}
OTHERS = [name for name in KNOWN if name != COST]


def cell(column: TableColumn) -> st.SearchStrategy[str]:
    """What a person writes in a column: right most of the time."""
    right = st.sampled_from(["75", "53", "11", "RNCP37488"])
    if column.unit is not None:
        right = st.integers(column.least, min(column.most // column.steps, 9_000)).map(str)
    elif column.kind == "date":
        right = st.dates(ON - timedelta(900), ON + timedelta(900)).map("{:%d/%m/%Y}".format)
    elif column.kind == "truth" or column.choices:
        right = st.sampled_from(column.choices or ("oui", "non"))
    return st.one_of(right, right, right, right, st.just("") if column.name != COST else right, WRONG)


@settings(max_examples=60)
@given(st.data())
def test_a_row_is_planned_or_rejected_whatever_it_holds(data: st.DataObject) -> None:
    """Never both, never neither; what is planned is a dossier that the reader accepts, with the same plan."""
    names = [COST, *data.draw(st.lists(st.sampled_from(OTHERS), unique=True, max_size=5))]
    count = data.draw(st.integers(1, 5))
    cells = {name: data.draw(st.lists(cell(KNOWN[name]), min_size=count, max_size=count)) for name in names}
    header = check_header(names, {}, SMALL, ON)
    lines = range(2, 2 + count)
    rows = Rows(lines, pl.DataFrame(cells, dict.fromkeys(names, pl.String)))
    sound, rejections = sort_out(rows, header, SMALL, ON, texts=True)
    kept, left = sound[LINE].to_list(), {each.line for each in rejections}
    assert sorted([*kept, *left]) == list(lines)
    assert {each.field for each in rejections} <= set(names)
    found, refused = plan_rows(sound, header, SMALL, ON, lambda part, day: plan_frame(part, SMALL, day))
    assert (kept, []) == (found[LINE].to_list(), refused)
    for dossier, row in zip(table_to_dossiers(sound, SMALL), found.to_dicts(), strict=True):
        assert not cross_problems(dossier)
        again = read_dossier_text(write_dossier_yaml(dossier))
        plan = build_plan(again, SMALL)
        assert (plan.unfunded, plan.holder_pays) == (row["unfunded"], row["holder_pays"])


def planned(**columns: Any) -> pl.DataFrame:
    return pl.DataFrame({LINE: [7], "id": ["a"], **columns})


def test_days_fit_together() -> None:
    """An aid that did not exist yet pays nothing and is refused; payments first, in the order of the rules."""
    first = planned(**{"pays.fonds.ancien": [5], "unfunded": [1], "verdict.fonds.ancien": [None], "cause.x": ["clear"]})
    second = planned(
        **{"pays.compte": [3], "pays.fonds.ancien": [0], "unfunded": [2], "verdict.compte": [True],
           "verdict.fonds.ancien": [False], "cause.x": ["raised"]},
    )  # fmt: skip
    found = gather([first.cast({"verdict.fonds.ancien": pl.Boolean}), second], SMALL)
    assert [
        {LINE: 7, "id": "a", "pays.compte": 0, "pays.fonds.ancien": 5, "unfunded": 1, "verdict.compte": False,
         "verdict.fonds.ancien": None, "cause.x": "clear"},
        {LINE: 7, "id": "a", "pays.compte": 3, "pays.fonds.ancien": 0, "unfunded": 2, "verdict.compte": True,
         "verdict.fonds.ancien": False, "cause.x": "raised"},
    ] == found.to_dicts()  # fmt: skip
    assert [LINE, "id", "pays.compte", "pays.fonds.ancien", "unfunded", "verdict.compte", "verdict.fonds.ancien",
            "cause.x"] == found.columns  # fmt: skip


def test_rows_that_the_plans_refuse_are_rejected_too() -> None:
    """By column, as `plan_frame` says it, or with a whole reason."""
    header = check_header([COST], {}, SMALL, ON)
    sound = pl.DataFrame({LINE: [2, 5, 9], "id": ["a", "b", "c"], "as_of": [ON] * 3, COST: [1, 2, 3]})

    def plan(part: pl.DataFrame, day: date) -> pl.DataFrame:
        assert ([COST], ON) == (part.columns, day)
        return part.with_columns(pl.lit(0).alias("unfunded"), pl.Series("problem", [COST, None, "trop d'aides"]))

    found, rejections = plan_rows(sound, header, SMALL, ON, plan)
    assert [{LINE: 5, "id": "b", "as_of": ON, COST: 2, "unfunded": 0}] == found.to_dicts()
    reason = "cette valeur n'est pas admise : voir la référence de la table"
    assert [Rejection(2, COST, reason), Rejection(9, "", "trop d'aides")] == rejections


@pytest.mark.parametrize("on", [date(2016, 6, 1), ON])
def test_one_by_one_gives_what_columns_give(on: date) -> None:
    table = dossiers_to_table(Drawer(SMALL, on, 7).dossiers(40), SMALL)
    columns, slow = plan_frame(table, SMALL, on), plan_one_by_one(table, SMALL, on)
    both = gather([columns, slow], SMALL)
    assert_frame_equal(both[: len(table)], both[len(table) :])
    assert slow["unfunded"].n_unique() > 3


def test_a_row_beyond_a_limit_has_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise LimitError([Problem("trop d'aides", "retirez-en")])

    monkeypatch.setattr(one_by_one, "build_plan", refuse)
    (row,) = plan_one_by_one(pl.DataFrame({COST: [1]}), SMALL, ON).to_dicts()
    assert ("trop d'aides → retirez-en", None, None) == (row["problem"], row["unfunded"], row["complete"])
