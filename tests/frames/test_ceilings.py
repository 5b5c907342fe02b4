"""When the price is too high, in a table: what bounds each line of the plan. Amounts in euros."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cpf_funding.frames import dossiers_to_table, plan_frame
from frames.both import differences
from rulebooks import aid, rulebook, value
from worked import left, price, share

DAY = date(2017, 3, 1)
LIMIT = {"limit": {"unit": "EUR", "clock": "filing", "values": [
    {"from": "2015-01-01", "state": "unknown", "source": "essai", "reason": "non publié"}]}}  # fmt: skip
BELOW_LIMIT = {"fact": "training.costs.total", "at_most": {"parameter": "limit"}}
OPEN = {"fact": "cpf.account_open", "is": True}
CHOICE = {
    "choose": [{"when": {"fact": "project.validated", "is": True}, "then": value("400")}], "otherwise": value("1000")
}  # fmt: skip


def a(amount: Any, **others: Any) -> dict[str, Any]:
    return aid("a", 10, amount, **others)


def in_doubt(**others: Any) -> dict[str, Any]:
    return a(value("1000"), parameters=LIMIT, **others)


@pytest.mark.parametrize(
    ("aids", "facts", "state"),
    [
        ([a(value("400"))], {}, "raised"),
        ([a(value("1000"))], {}, "watch"),
        ([a({"least_of": [left(), value("2000")]})], {}, "clear"),
        ([a({"least_of": [left(), value("1000")]})], {}, "watch"),
        ([a({"least_of": [value("1000"), left()]})], {}, "clear"),
        ([a(share("40"))], {}, "raised"),
        ([a(share("40")), aid("rest", 20, left())], {}, "clear"),
        ([a(value("400"), kind="right"), aid("rest", 20, left())], {}, "clear"),
        ([a(CHOICE)], {}, "watch"),
        ([a(CHOICE)], {"project": {"validated": True}}, "raised"),
        ([a({"least_of": [CHOICE, left()]})], {"project": {"validated": False}}, "clear"),
        ([a(value("300"), kind="own_money", funder="holder")], {}, "clear"),
        ([a(value("600"), relations={"own_money": "forbidden"})], {}, "raised"),
        ([a({"least_of": [left(), {"parameter": "limit"}]}, parameters=LIMIT)], {}, "unknown"),
        ([in_doubt(eligibility=BELOW_LIMIT)], {}, "unknown"),
        ([in_doubt(eligibility={"all": [BELOW_LIMIT, OPEN]})], {"cpf": {"account_open": True}}, "unknown"),
        ([in_doubt(eligibility={"any": [BELOW_LIMIT, OPEN]})], {"cpf": {"account_open": True}}, "watch"),
        ([in_doubt(eligibility=OPEN)], {}, "watch"),
        ([in_doubt(firm_when={"any": [BELOW_LIMIT, OPEN]})], {"cpf": {"account_open": False}}, "unknown"),
        ([in_doubt(firm_when={"any": [BELOW_LIMIT, OPEN]})], {"cpf": {"account_open": True}}, "watch"),
        ([in_doubt(firm_when={"all": [{"not": BELOW_LIMIT}, OPEN]})], {"cpf": {"account_open": False}}, "unknown"),
        ([in_doubt(firm_when={"any": [{"not": BELOW_LIMIT}, OPEN]})], {}, "watch"),
        ([in_doubt(firm_when={"first_known": [OPEN, BELOW_LIMIT]})], {}, "unknown"),
        ([in_doubt(firm_when={"first_known": [OPEN, BELOW_LIMIT]})], {"cpf": {"account_open": False}}, "watch"),
    ],
)
def test_whether_the_price_is_too_high(aids: list[dict[str, Any]], facts: dict[str, Any], state: str) -> None:
    """1000 to find. Raised when a line is all that its rule gives and money is missing; unknown when a dated value is;
    to watch when a ceiling, and not a share, is all there is; clear when only what is left bounds the lines."""
    book, dossier = rulebook(*aids), price("1000", **facts)
    assert not list(differences([dossier], book, DAY))
    table = plan_frame(dossiers_to_table([dossier], book), book, DAY)
    assert [state] == table["cause.cost_too_high"].to_list()
