"""What an alternative says: amounts, what it gains and loses, what is left out or added; all by hand."""

from __future__ import annotations

from typing import Any

from cpf_funding import Dossier, build_plan
from cpf_funding.engine.plan import Alternative
from rulebooks import aid, rulebook, value
from worked import cpf, participation, price


def told(dossier: Dossier, *aids: dict[str, Any]) -> dict[tuple[str, ...], Alternative]:
    plan = build_plan(dossier, rulebook(*aids))
    return {each.without: each for each in plan.alternatives}


def test_without_the_right_less_is_used_and_more_is_missing() -> None:
    """1,000 to find. The account pays 400, the aid 500: 100 missing. Without the account: 500 missing, 400 kept."""
    found = told(price("1000"), cpf("400"), aid("a", 20, value("500")))
    assert set(found) == {("cpf",), ("a",)}
    without = found["cpf",]
    assert without == Alternative(
        amounts={"a": 50_000}, unfunded=50_000, unfunded_worst=50_000, holder_pays=0, filings=1, last_answer=None,
        rights_used=0, without=("cpf",), added=(),
        differences={"unfunded": 40_000, "unfunded_worst": 40_000, "filings": -1, "rights_used": -40_000},
    )  # fmt: skip
    assert found["a",].differences == {"unfunded": 50_000, "unfunded_worst": 50_000, "filings": -1}
    assert found["a",].rights_used == 40_000


def test_another_aid_in_the_place_of_one() -> None:
    """Either a (600) or b (500), never both: a is better by 100, b is what else could be done."""
    plan = build_plan(
        price("1000"),
        rulebook(cpf("300"), aid("a", 20, value("600"), relations={"excludes": ["b"]}), aid("b", 30, value("500"))),
    )
    assert {c.aid for c in plan.contributions} == {"cpf", "a"}
    for each in plan.alternatives:
        assert each.amounts == {id: {"cpf": 30_000, "a": 60_000, "b": 50_000}[id] for id in each.amounts}
        assert each.unfunded == 100_000 - sum(each.amounts.values())
        assert each.differences.get("unfunded", 0) == each.unfunded - 10_000
        assert each.added == (("b",) if "b" in each.amounts else ())
        assert each.without == tuple(sorted({"cpf", "a"} - set(each.amounts)))


def test_without_the_account_the_person_owes_nothing() -> None:
    """103.20 and 400 and 496.80 make 1,000. Without the account no participation is due, and 500 is missing."""
    found = told(price("1000"), participation(), cpf("400"), aid("a", 20, value("500")))
    without = found["cpf", "holder.participation"]
    assert without.differences == {
        "unfunded": 50_000, "unfunded_worst": 50_000, "holder_pays": -10_320, "filings": -1, "rights_used": -40_000,
    }  # fmt: skip
    assert (without.holder_pays, without.unfunded) == (0, 50_000)


def test_a_line_of_one_cent_is_a_line() -> None:
    """999.99 by the account, a cent by the aid: leaving the aid is another plan, a cent short."""
    found = told(price("1000"), cpf("999.99"), aid("a", 20, value("500")))
    assert found["a",].amounts == {"cpf": 99_999}
    assert found["a",].differences["unfunded"] == 1


def test_one_aid_alone_has_no_alternative_in_which_someone_pays() -> None:
    assert told(price("1000"), cpf("400")) == {}
