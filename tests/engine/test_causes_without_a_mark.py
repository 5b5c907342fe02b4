"""A cause that is a loss, with no fact to watch: raised when money is missing, watched when none is, else not told."""

from __future__ import annotations

import pytest

from cpf_funding import build_plan
from cpf_funding.testing.drafts import Draft
from rulebooks import aid, value
from worked import price


@pytest.mark.parametrize(
    ("registered", "other", "state", "euros"),
    [(False, "400", "raised", 30_000), (False, "1000", "watch", 0), (True, "400", None, 0), (None, "400", None, 0)],
)
def test_a_loss_without_a_mark(registered: bool | None, other: str, state: str | None, euros: int) -> None:
    """1,000 to find: without the 300 of a, the other aid leaves 600 or nothing."""
    condition = {"fact": "holder.registered", "is": "true", "cause": "not_registered"}
    book = Draft(
        [aid("a", 10, value("300"), eligibility=condition), aid("b", 20, value(other))],
        causes={"not_registered": {"detector": "lost", "survey": False}},
    ).rulebook()
    found = build_plan(price("1000", holder={"registered": registered}), book).causes
    assert [(cause.state, cause.euros, cause.aids) for cause in found] == (
        [(state, euros, ("a",))] if state is not None else []
    )


@pytest.mark.parametrize("half", [{"fact": "training.months"}, {"above": "12"}])
def test_half_a_mark_is_none(half: dict[str, str]) -> None:
    """A fact without a threshold, or the reverse, gives nothing to watch."""
    book = Draft(
        [aid("a", 10, value("300"))], causes={"long": {"detector": "lost", "survey": False, **half}}
    ).rulebook()
    assert build_plan(price("1000", training={"start": "2017-06-05", "end": "2019-06-05"}), book).causes == ()
