"""What columns do not express is refused by name when it is compiled; what a row may not hold is told by its column."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cpf_funding import Rulebook, load_rulebook
from cpf_funding.errors import InputError
from cpf_funding.frames import CannotCompileError, plan_frame
from rulebooks import aid, rulebook, value

SIX = Path(__file__).parents[2] / "benchmarks" / "six_aids" / "rules"
DAY = date(2017, 3, 1)
ROW: dict[str, Any] = {
    "holder.status": "job_seeker", "holder.region": "75", "training.cpf_eligible": True, "cpf.hours": 4000,
    "training.start": date(2017, 6, 1), "training.end": date(2017, 12, 31), "training.costs.teaching": 100_000,
    "local.envelopes.ft.aif.state": "open", "local.envelopes.ft.aif.left": 50_000,
}  # fmt: skip


@pytest.fixture(scope="module")
def six() -> Rulebook:
    return load_rulebook(rules=SIX)


def planned(six: Rulebook, **changes: Any) -> dict[str, Any]:
    return plan_frame(pl.DataFrame([ROW | changes]), six, DAY).to_dicts()[0]


def test_a_row_worked_by_hand(six: Rulebook) -> None:
    """40 h at 9 EUR, 60 h more, then the Region: 360 + 540 + 100 make 1,000."""
    row = planned(six)
    assert (row["pays.cpf"], row["pays.fpspp.top_up"], row["pays.region"]) == (36_000, 54_000, 10_000)
    assert (row["pays.ft.aif"], row["unfunded"], row["complete"], row["problem"]) == (0, 0, True, None)


@pytest.mark.parametrize(
    ("column", "wrong"),
    [
        ("training.costs.teaching", None), ("training.costs.teaching", -1), ("training.costs.teaching", 10**9 + 1),
        ("cpf.hours", -1), ("cpf.hours", 10**7 + 1), ("holder.status", "chomeur"),
        ("local.envelopes.ft.aif.state", "ouverte"), ("local.envelopes.ft.aif.left", -5),
        ("training.start", date(1066, 10, 14)),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_planned_names_its_column(six: Rulebook, column: str, wrong: Any) -> None:
    row = planned(six, **{column: wrong})
    assert row["problem"] == column
    given = set(ROW) | {"problem"}
    assert {name: value for name, value in row.items() if name not in given and value is not None} == {}


def test_a_row_at_the_edge_is_planned(six: Rulebook) -> None:
    row = planned(six, **{"training.costs.teaching": 10**9, "cpf.hours": 10**7})
    assert (row["problem"], row["pays.cpf"] + row["pays.region"] + row["pays.ft.aif"]) == (None, 90_800_000)


def test_one_bad_row_leaves_the_others(six: Rulebook) -> None:
    found = plan_frame(pl.DataFrame([ROW, ROW | {"cpf.hours": -1}, ROW]), six, DAY)
    assert found["problem"].to_list() == [None, "cpf.hours", None]
    assert found["pays.cpf"].to_list() == [36_000, None, 36_000]


@pytest.mark.parametrize(
    ("column", "values", "kind"),
    [
        ("training.costs.teaching", [1000.5], "Float64"), ("training.costs.teaching", ["1000"], "String"),
        ("training.cpf_eligible", ["oui"], "String"), ("training.start", ["2017-06-01"], "String"),
        ("holder.region", [75], "Int64"), ("local.envelopes.ft.aif.left", [1.0], "Float64"),
    ],
)  # fmt: skip
def test_a_column_of_another_type_is_refused_before_anything_runs(
    six: Rulebook, column: str, values: list[Any], kind: str
) -> None:
    table = pl.DataFrame([ROW]).with_columns(pl.Series(column, values)).lazy()
    with pytest.raises(InputError, match=f"la colonne « {column} » est de type {kind}"):
        plan_frame(table, six, DAY)


def test_an_integer_that_64_bits_may_not_hold(six: Rulebook) -> None:
    table = pl.DataFrame([ROW]).with_columns(pl.Series("cpf.hours", [1], pl.UInt64))
    with pytest.raises(InputError, match=r"la colonne « cpf\.hours » est de type UInt64"):
        plan_frame(table, six, DAY)


def test_all_wrong_columns_are_named_at_once(six: Rulebook) -> None:
    table = pl.DataFrame({"training.costs.teaching": [1.5], "holder.status": [1]})
    with pytest.raises(InputError) as refusal:
        plan_frame(table, six, DAY)
    assert len(refusal.value.problems) == 2


def test_a_column_that_the_plan_would_write_over(six: Rulebook) -> None:
    with pytest.raises(InputError, match="la colonne « unfunded » existe déjà"):
        plan_frame(pl.DataFrame([ROW | {"unfunded": 1}]), six, DAY)


def test_a_column_named_as_those_made_on_the_way(six: Rulebook) -> None:
    """Any other name is free, even that of a number."""
    with pytest.raises(InputError, match=r"la colonne « __plan\.7 » porte un nom réservé"):
        plan_frame(pl.DataFrame([ROW | {"__plan.7": 1}]), six, DAY)
    row = planned(six, **{f"__{number}": number for number in range(50)}, __row=-1)
    assert [row[f"__{number}"] for number in range(50)] == list(range(50))
    assert (row["__row"], row["problem"]) == (-1, None)


def test_columns_of_another_name_are_left_alone(six: Rulebook) -> None:
    row = planned(six, agent="A. Martin", weight=1.5)
    assert (row["agent"], row["weight"], row["problem"]) == ("A. Martin", 1.5, None)


def test_a_fact_without_a_column_is_unknown(six: Rulebook) -> None:
    found = plan_frame(pl.DataFrame({"training.costs.teaching": [100_000]}), six, DAY)
    assert {found[f"verdict.{each.id}"][0] for each in six.aids} == {None}
    assert found["pays.cpf"].to_list() == [100_000]  # to be confirmed, at the most that it could be


# What cannot be compiled ------------------------------------------------------------------------


def test_a_notice_computed_row_by_row() -> None:
    notice = {"fact": "training.notice_days"}
    with pytest.raises(CannotCompileError, match=r"a : son délai de dépôt se calcule ligne par ligne"):
        columns(aid("a", 10, value("100"), procedure={"notice": notice}))


def test_own_money_refused_on_different_lines() -> None:
    strict = {"own_money": "forbidden"}
    with pytest.raises(CannotCompileError, match=r"a, b : ces aides refusent l'argent de la personne"):
        columns(
            aid("a", 10, value("100"), relations=strict), aid("b", 20, value("100"), relations=strict, covers=["exam"])
        )


def less(paid: str) -> dict[str, Any]:
    return {"difference": [value("300"), {"paid_by": [paid]}]}


def test_a_euro_that_lowers_two_payments() -> None:
    """100 paid by a would take 200 from the two others: without it they pay 600, with it 500."""
    match = {"share": {"value": "100", "unit": "%"}, "of": {"paid_by": ["b"]}}
    for last in (less("a"), match):
        with pytest.raises(CannotCompileError, match=r"c : ce que paient d'autres aides peut lui faire perdre"):
            columns(aid("a", 10, value("100")), aid("b", 20, less("a")), aid("c", 30, last))


def test_a_share_between_a_ceiling_and_what_it_counts() -> None:
    """100 paid by a lowers b by 50 and c by 100: without a, 700 in all, with it 650."""
    half = {"share": {"value": "50", "unit": "%"}, "of": {"remaining": ["teaching"]}}
    with pytest.raises(CannotCompileError, match=r"c : ce que paient d'autres aides peut lui faire perdre"):
        columns(aid("a", 10, value("100")), aid("b", 20, half), aid("c", 30, less("a")))


def test_a_ceiling_that_also_counts_what_the_first_one_loses() -> None:
    """a pays 100, b 200 and c nothing of its 300; where the course costs more than 500, c counts nothing."""
    counts = {"when": {"fact": "training.costs.teaching", "at_most": "500"}, "then": {"paid_by": ["a", "b"]}}
    last = {"difference": [value("300"), {"choose": [counts], "otherwise": value("0")}]}
    rules = aid("a", 10, value("100")), aid("b", 20, less("a")), aid("c", 30, last)
    assert columns(*rules).select("pays.a", "pays.b", "pays.c").row(0) == (10_000, 20_000, 30_000)
    assert columns(*rules, teaching=50_000).select("pays.a", "pays.b", "pays.c").row(0) == (10_000, 20_000, 0)


def columns(*aids: dict[str, Any], teaching: int = 100_000) -> pl.DataFrame:
    table = pl.DataFrame({
        "training.costs.teaching": [teaching], "training.costs.exam": [5_000], "training.start": [date(2017, 6, 1)],
    })  # fmt: skip
    return plan_frame(table, rulebook(*aids), DAY)
