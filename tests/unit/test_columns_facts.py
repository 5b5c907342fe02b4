"""Facts of a table: what keys a table of values, and a column that holds several codes."""

from __future__ import annotations

from datetime import date

import pytest

from cpf_funding.facts import BUILT_IN
from cpf_funding.language.columns_facts import SEVERAL, FactColumns
from cpf_funding.language.columns_graph import CannotCompileError, Graph

GRAPH = Graph()
(CODES,) = SEVERAL
FACTS = FactColumns(GRAPH, BUILT_IN, BUILT_IN, date(2017, 3, 1))
QUALIFICATION, REGISTERED, START = "holder.qualification", "holder.registered", "training.start"


def test_a_number_keys_a_table_by_its_digits() -> None:
    level = FACTS.integer(QUALIFICATION)
    expected = GRAPH.all((FACTS.known(QUALIFICATION), GRAPH.equal(level, GRAPH.number(3))))
    assert FACTS.has(QUALIFICATION, "3") is expected
    for other in ("03", "trois", "-3"):
        assert FACTS.has(QUALIFICATION, other) is GRAPH.false


def test_yes_and_no_key_a_table() -> None:
    assert FACTS.has(REGISTERED, "True") is GRAPH.flag(REGISTERED)
    assert FACTS.has(REGISTERED, "False") is GRAPH.all((FACTS.known(REGISTERED), GRAPH.not_(GRAPH.flag(REGISTERED))))
    assert FACTS.has(REGISTERED, "oui") is GRAPH.false


@pytest.mark.parametrize("name", [START, CODES])
def test_a_day_or_several_codes_key_no_table(name: str) -> None:
    with pytest.raises(CannotCompileError) as refusal:
        FACTS.has(name, "1")
    assert refusal.value.what == name


def test_one_of_several_codes_is_enough() -> None:
    holds = [GRAPH.text_holds(CODES, code) for code in ("237359", "161289")]
    assert FACTS.among(CODES, ["237359", "161289"]) is GRAPH.any(holds)


def test_a_column_that_is_not_there_says_nothing() -> None:
    empty = FactColumns(GRAPH, BUILT_IN, (), date(2017, 3, 1))
    assert empty.among(CODES, ["237359"]) is GRAPH.false
    assert empty.integer(QUALIFICATION) is GRAPH.zero
