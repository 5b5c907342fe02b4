"""What the tools of rule authors say of a rule is true of its evaluation, whatever the rule and the dossier."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cpf_funding.facts import Value
from cpf_funding.language.context import Context
from cpf_funding.language.render import Renderer
from cpf_funding.language.settle import settle_condition
from cpf_funding.language.units import Unit
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.rulebook.compare import Version, compare
from cpf_funding.rulebook.reach import unreachable
from cpf_funding.truth import Truth
from rulebooks import aid, rulebook

STATUSES = ("job_seeker", "employee", "inactive")
FIRST, LAST, CHANGE = date(2015, 1, 1), date(2020, 12, 31), date(2018, 1, 1)
FLAG = {"unit": "count", "clock": "filing", "values": [
    {"from": "2015-01-01", "until": "2017-12-31", "value": "1", "source": "essai"},
    {"from": "2018-01-01", "value": "0", "source": "essai"}]}  # fmt: skip
MOST = {"unit": "months", "clock": "filing", "values": [
    {"from": "2015-01-01", "until": "2017-12-31", "value": "6", "source": "essai"},
    {"from": "2018-01-01", "value": "9", "source": "essai"}]}  # fmt: skip

leaves = st.one_of(
    st.builds(lambda s: {"fact": "holder.status", "is": s}, st.sampled_from(STATUSES)),
    st.builds(
        lambda s: {"fact": "holder.status", "in": s}, st.lists(st.sampled_from(STATUSES), min_size=1, max_size=2)
    ),
    st.builds(lambda v: {"fact": "holder.registered", "is": v}, st.sampled_from(["true", "false"])),
    st.builds(
        lambda operator, bound: {"fact": "training.months", operator: bound},
        st.sampled_from(["at_least", "at_most", "above", "below", "is"]),
        st.sampled_from(["5", "6", "7", "9", {"parameter": "most"}]),
    ),
    st.builds(lambda n: {"amount": {"parameter": "flag"}, "is": n}, st.sampled_from(["0", "1"])),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda c: {"all": c}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda c: {"any": c}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda c: {"not": c}, inner),
        st.builds(lambda c: {"first_known": c}, st.lists(inner, min_size=1, max_size=2)),
    ),
    max_leaves=6,
)
dossiers = st.fixed_dictionaries(
    {},
    optional={
        "holder.status": st.sampled_from(STATUSES),
        "holder.registered": st.booleans(),
        "training.months": st.sampled_from([400, 500, 550, 600, 601, 700, 899, 900, 901]),
    },
)
days = st.dates(FIRST, LAST)


def book_of(condition: Any) -> Rulebook:
    return rulebook(
        aid("a", 10, {"remaining": ["teaching"]}, eligibility=condition, parameters={"flag": FLAG, "most": MOST})
    )


def truth(book: Rulebook, facts: dict[str, Value], day: date) -> Truth:
    evaluate = book.aids[0].eligibility
    assert evaluate is not None
    return evaluate(Context(facts, day, None)).truth


EVERY_DOSSIER: list[dict[str, Value]] = [
    {"holder.status": status, "holder.registered": registered, "training.months": months}
    for status in STATUSES
    for registered in (True, False)
    for months in (400, 500, 550, 600, 601, 700, 899, 900, 901)
]


at_the_bound = st.builds(
    lambda operator, bound: {"fact": "training.months", operator: bound},
    st.sampled_from(["at_least", "at_most", "above", "below"]),
    st.sampled_from(["6", "7"]),
)
together = st.lists(st.one_of(leaves, at_the_bound, at_the_bound), min_size=2, max_size=4)


@settings(max_examples=80)
@given(st.one_of(conditions, st.builds(lambda c: {"all": c}, together)))
def test_what_can_never_hold_never_holds(condition: Any) -> None:
    """A condition found out of reach is met by no dossier on any day; one found always met is failed by none."""
    book = book_of(condition)
    whole = book.aids[0].shape.eligibility
    for _, verdict in unreachable(book, book.aids[0]):
        if verdict.node is whole:
            impossible = Truth.NO if verdict.always is not verdict.negated else Truth.YES
            for day in (FIRST, CHANGE):
                assert all(truth(book, facts, day) is not impossible for facts in EVERY_DOSSIER)


@settings(max_examples=60)
@given(conditions, dossiers, days)
def test_a_settled_rule_says_the_same_that_day(condition: Any, facts: dict[str, Value], day: date) -> None:
    """Leaving out the branches that a day excludes changes no outcome on that day."""
    book = book_of(condition)

    def value_of(node: Any) -> tuple[int, Unit] | None:
        setting = book.parameters[f"a.{node.parameter}"].at(day)
        return (setting.value, setting.unit) if setting.value is not None else None

    shape = book.aids[0].shape.eligibility
    assert shape is not None
    settled = settle_condition(shape, value_of)
    if isinstance(settled, Truth):
        assert settled is truth(book, facts, day)
    else:
        again = rulebook(
            aid("a", 10, {"remaining": ["teaching"]}, eligibility=settled, parameters={"flag": FLAG, "most": MOST})
        )
        assert truth(again, facts, day) is truth(book, facts, day)


@settings(max_examples=40)
@given(conditions)
def test_a_double_negation_reads_as_the_condition(condition: Any) -> None:
    """What is read does not depend on how often the condition is turned over."""
    said = []
    for written in (condition, {"not": {"not": condition}}):
        book = book_of(written)
        shape = book.aids[0].shape.eligibility
        assert shape is not None
        said.append(Renderer(book, "a").condition(shape))
    assert said[0] == said[1]


@settings(max_examples=30)
@given(conditions, days)
def test_two_equal_editions_have_no_difference(condition: Any, day: date) -> None:
    """`diff(v, v)` is empty, over all time and on any day."""
    one, other = book_of(condition), book_of(condition)
    assert compare(Version(one), Version(other)) == ()
    assert compare(Version(one, day), Version(other, day)) == ()
