"""What the property tests draw beside the kit's strategies: dossiers that answer generated rules, oracle problems."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from hypothesis import strategies as st

from cpf_funding.dossier import Dossier
from cpf_funding.money import plain
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.rulebook.load import load_rulebook
from cpf_funding.testing.drafts import Draft
from cpf_funding.testing.strategies import realistic_dossiers
from cpf_funding.testing.strategies_rules import ANSWERS, FACTS, IDS, LINES, answers, cents
from oracle.model import Aid, Below, Fixed, Problem, leaves

DAY = date(2017, 3, 1)


def with_costs(costs: Mapping[str, int], **parts: Any) -> Dossier:
    """A dossier with these costs in cents, the other lines being unknown, and any other part."""
    lines = {line: plain(amount) for line, amount in costs.items()}
    training = {**parts.pop("training", {}), "costs": {"teaching": "0", **lines}}
    return Dossier.model_validate({"id": "essai", "as_of": DAY, "training": training, **parts})


@cache
def packaged() -> Rulebook:
    """The rules that come with the package."""
    return load_rulebook()


@cache
def real_dossiers(on: date) -> st.SearchStrategy[Dossier]:
    """A dossier for the packaged rules, as a counsellor could write it on a day."""
    return realistic_dossiers(packaged(), on)


# Problems of the oracle -------------------------------------------------------------------------


def free(problem: Problem) -> Problem:
    """The same costs and ceilings, without any relation between the aids, and no ceiling that looks at others."""
    aids = tuple(
        Aid(each.id, each.rank, each.covers, each.capacity, kind="own_money" if each.kind == "own_money" else "aid")
        for each in problem.aids
        if isinstance(each.capacity, Fixed)
    )
    return Problem(problem.costs, aids)


def on_one_line(problem: Problem) -> Problem:
    """The monotone class on one line: ceilings, shares and matching, `excludes`, `own_money: forbidden`, `with`.

    Left out: `needs` and `waived_by`, which make a payment a condition, and ceilings less what others pay.
    """
    aids = tuple(
        Aid(
            each.id, each.rank, each.covers, each.capacity, each.excludes, own_money_forbidden=each.own_money_forbidden,
            kind=each.kind, with_=each.with_,
        )
        for each in problem.aids
        if not any(isinstance(part, Below) for part in leaves(each.capacity))
    )  # fmt: skip
    return Problem(problem.costs, aids)


# Situations that generated rules ask about ------------------------------------------------------


def book_of(rules: list[dict[str, Any]]) -> Rulebook:
    """A rulebook of these aids over the generated facts."""
    return Draft(aids=rules, facts=FACTS).rulebook()


envelopes = st.one_of(
    st.just({"state": "open"}),
    st.just({"state": "exhausted"}),
    cents.map(lambda c: {"state": "open", "left": plain(c)}),
)


@st.composite
def situations(draw: st.DrawFn) -> dict[str, Any]:
    """Everything that generated rules may ask, answered: costs, facts, envelopes."""
    return {
        "costs": draw(st.dictionaries(st.sampled_from(LINES), cents, min_size=1)),
        "answers": draw(answers()),
        "envelopes": draw(st.fixed_dictionaries(dict.fromkeys(IDS, envelopes))),
    }


def dossier_of(situation: Mapping[str, Any], unknown: frozenset[str] = frozenset()) -> Dossier:
    """The dossier of a situation, without the answers and envelopes that are not known."""
    known = {
        part: {name: answer for name, answer in situation[part].items() if name not in unknown}
        for part in ("answers", "envelopes")
    }
    return with_costs(situation["costs"], answers=known["answers"], local={"envelopes": known["envelopes"]})


unknowns = st.frozensets(st.sampled_from((*ANSWERS, *IDS)))
