"""What always holds of refusal causes: they are raised on what is known, and what is not known is asked."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import generators as g
from cpf_funding import Rulebook, build_plan
from cpf_funding.engine.questions import question_of
from cpf_funding.truth import Truth


@pytest.fixture(scope="module")
def packaged() -> Rulebook:
    return g.packaged()


@pytest.mark.parametrize("day", [date(2017, 3, 1), date(2018, 10, 15), date(2026, 3, 2)])
@settings(max_examples=15)
@given(data=st.data())
def test_a_cause_is_raised_on_what_is_known_and_asks_for_the_rest(
    packaged: Rulebook, day: date, data: st.DataObject
) -> None:
    """Every condition told of a raised cause has failed for sure; a cause that is not known names what to ask."""
    plan = build_plan(data.draw(g.real_dossiers(day)), packaged)
    for cause in plan.causes:
        if cause.state == "raised":
            assert cause.evidence
            assert {evidence.truth for evidence in cause.evidence} == {Truth.NO}
            assert not cause.missing
        if cause.state == "unknown":
            assert cause.missing
            assert all(question_of(subject, packaged).endswith("?") for subject in cause.missing)
            assert {evidence.truth for evidence in cause.evidence} <= {Truth.UNKNOWN}
