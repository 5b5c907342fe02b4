"""Conditions: every comparison on both sides of its bound, and on what is not known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from cpf_funding import InputError
from cpf_funding.dossier import Envelope
from cpf_funding.errors import Origin
from cpf_funding.language import tree
from cpf_funding.language.context import Context, PlanView
from cpf_funding.language.evidence import Evidence, leaves, reasons, to_settle, unmet
from cpf_funding.language.units import Unit
from cpf_funding.truth import Truth
from rulebooks import aid, rulebook, value

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
ON = date(2017, 3, 1)
FACTS = {
    "flag": {"kind": "truth", "label": "q", "question": "q"},
    "vat": {"kind": "%", "label": "q", "question": "q", "least": "0", "most": "20"},
}
RNCP = {"list": "rncp", "label": "Répertoire", "codes": "rncp", "entries": [], "source": "essai"}


def judged(condition: Any, facts: dict[str, Any] | None = None, lists: Sequence[Any] = (), **others: Any) -> Evidence:
    """The evidence of a condition for these facts."""
    parameters = {"least": {"unit": "h", "clock": "filing", "values": [
        {"from": "2016-01-01", "until": "2016-12-31", "value": 50, "source": "essai"},
        {"from": "2017-01-01", "value": 100, "source": "essai"}]}}  # fmt: skip
    book = rulebook(aid("a", 1, value("1"), eligibility=condition, parameters=parameters), aid("b", 2, value("1")),
                    facts=FACTS, lists=lists)  # fmt: skip
    eligibility = book.aid("a").eligibility
    assert eligibility is not None
    return eligibility(Context(facts or {}, ON, None, **others))


@pytest.mark.parametrize(
    ("operator", "operand", "outcomes"),
    [
        ("at_least", "100", (NO, YES, YES)),
        ("at_most", "100", (YES, YES, NO)),
        ("above", "100", (NO, NO, YES)),
        ("below", "100", (YES, NO, NO)),
        ("is", "100", (NO, YES, NO)),
        ("in", ["100", "100.01"], (NO, YES, YES)),
        ("between", ["100", "100"], (NO, YES, NO)),
        ("at_least", {"parameter": "least"}, (NO, YES, YES)),
        ("at_least", {"sum": [{"parameter": "least"}, {"value": "0", "unit": "h"}]}, (NO, YES, YES)),
    ],
)
def test_a_number_against_its_bound(operator: str, operand: Any, outcomes: tuple[Truth, Truth, Truth]) -> None:
    """A hundredth of an hour below, on and above 100 hours; not known, the fact is named."""
    condition = {"fact": "cpf.hours", operator: operand}
    assert outcomes == tuple(judged(condition, {"cpf.hours": 10_000 + step}).truth for step in (-1, 0, 1))
    unknown = judged(condition)
    assert (UNKNOWN, ("cpf.hours",), None) == (unknown.truth, unknown.missing, unknown.seen)


@pytest.mark.parametrize(
    ("operator", "operand", "outcomes"),
    [
        ("at_least", "2017-06-05", (NO, YES, YES)),
        ("at_most", "2017-06-05", (YES, YES, NO)),
        ("after", "2017-06-05", (NO, NO, YES)),
        ("above", "2017-06-05", (NO, NO, YES)),
        ("before", "2017-06-05", (YES, NO, NO)),
        ("below", "2017-06-05", (YES, NO, NO)),
        ("is", "2017-06-05", (NO, YES, NO)),
        ("between", ["2017-06-05", "2017-06-06"], (NO, YES, YES)),
    ],
)
def test_a_day_against_its_bound(operator: str, operand: Any, outcomes: tuple[Truth, Truth, Truth]) -> None:
    """The day before, the day and the day after."""
    condition = {"fact": "training.start", operator: operand}
    assert outcomes == tuple(judged(condition, {"training.start": date(2017, 6, day)}).truth for day in (4, 5, 6))


def test_evidence_keeps_what_was_seen_and_what_it_was_compared_with() -> None:
    """120 h against a floor of 100 h read from a parameter: value, bound, unit, version of the parameter."""
    found = judged({"fact": "cpf.hours", "at_least": {"parameter": "least"}, "cause": "public"}, {"cpf.hours": 12_000})
    assert (YES, "cpf.hours", "at_least", 12_000, (10_000,), "public") == (
        found.truth, found.subject, found.operator, found.seen, found.expected, found.cause,
    )  # fmt: skip
    assert [("a.least", date(2017, 1, 1), 10_000)] == [(s.parameter, s.start, s.value) for s in found.settings]


def test_texts_codes_and_several_codes() -> None:
    """A text is one of a list; a fact that holds several codes meets the condition by any of them."""
    status = {"fact": "holder.status", "in": ["employee", "job_seeker"]}
    assert YES is judged(status, {"holder.status": "employee"}).truth
    assert NO is judged(status, {"holder.status": "inactive"}).truth
    codes = {"fact": "training.certification.cpf_codes", "is": "123"}
    assert YES is judged(codes, {"training.certification.cpf_codes": ("9", "123")}).truth
    assert NO is judged(codes, {"training.certification.cpf_codes": ("9",)}).truth


def test_an_amount_known_between_bounds_settles_what_it_can() -> None:
    """A VAT rate is at most 20 %: below 20.01 whatever it is, above 20 never, above 10 nobody knows."""
    vat = {"amount": {"fact": "vat"}}
    outcomes = [
        judged({**vat, **test}).truth
        for test in ({"below": "20.01"}, {"above": "20"}, {"above": "10"}, {"is": "20.01"}, {"is": "20"})
    ]
    assert [YES, NO, UNKNOWN, NO, UNKNOWN] == outcomes
    between = {**vat, "between": ["0", "20"]}
    assert YES is judged(between).truth
    compared = judged({"amount": {"parameter": "least"}, "above": {"fact": "cpf.hours"}}, {"cpf.hours": 9_999})
    assert (YES, "parameter:a.least", 10_000, (9_999,)) == (
        compared.truth,
        compared.subject,
        compared.seen,
        compared.expected,
    )


A, B = {"fact": "flag", "is": True}, {"fact": "cpf.hours", "at_least": "10"}


@pytest.mark.parametrize(
    ("condition", "facts", "truth", "missing"),
    [
        ({"all": [A, B]}, {"flag": True}, UNKNOWN, ("cpf.hours",)),
        ({"all": [A, B]}, {"flag": False}, NO, ()),
        ({"any": [A, B]}, {"flag": True}, YES, ()),
        ({"any": [A, B]}, {}, UNKNOWN, ("flag", "cpf.hours")),
        ({"not": A}, {}, UNKNOWN, ("flag",)),
        ({"not": A}, {"flag": False}, YES, ()),
        ({"first_known": [A, B]}, {"cpf.hours": 5_00}, NO, ()),
        ({"first_known": [A, B]}, {"flag": True, "cpf.hours": 5_00}, YES, ()),
        ({"first_known": [A, B]}, {}, UNKNOWN, ("flag", "cpf.hours")),
    ],
)
def test_groups_follow_kleene(condition: Any, facts: dict[str, Any], truth: Truth, missing: tuple[str, ...]) -> None:
    """Unknown is neither yes nor no, and names what would settle it."""
    found = judged(condition, facts)
    assert (truth, missing) == (found.truth, found.missing)


def test_a_refusal_is_explained_by_its_smallest_parts() -> None:
    """A failed `all` by its failed members, a failed `any` by itself, for every member failed."""
    vat, facts = {"fact": "vat", "is": "5"}, {"flag": True, "cpf.hours": 0, "vat": 1000}
    found = judged({"all": [A, {"any": [B, {"fact": "cpf.hours", "is": "9"}]}, vat], "cause": "public"}, facts)
    assert [("any", "public"), ("fact", "public")] == [(each.kind, each.cause) for each in reasons(found)]
    assert ["flag", "cpf.hours", "cpf.hours", "vat"] == [each.subject for each in leaves(found)]
    assert ["cpf.hours", "cpf.hours", "vat"] == [each.subject for each in unmet(found)]
    assert [] == list(unmet(judged(A, {"flag": True})))


def test_a_condition_asked_for_in_one_case_only_is_the_reason_in_that_case() -> None:
    """`not A or B` says that B is asked for when A holds: B failed is the reason, and what to meet."""
    found = judged({"any": [{"not": A}, B]}, {"flag": True, "cpf.hours": 0})
    assert ["cpf.hours"] == [each.subject for each in reasons(found)]
    assert ["cpf.hours"] == [each.subject for each in unmet(found)]
    both = judged({"any": [{"not": A}, {"not": {"fact": "cpf.hours", "is": "0"}}]}, {"flag": True, "cpf.hours": 0})
    assert ["any"] == [each.kind for each in reasons(both)]
    assert ["flag", "cpf.hours"] == [each.subject for each in unmet(both)]
    assert ["flag"] == [each.subject for each in unmet(judged({"any": [A, {"fact": "vat", "is": "5"}]}, {"vat": 1000}))]


def test_what_settles_a_condition_is_what_is_missing_else_what_it_looks_at() -> None:
    """A fact, a list, an envelope; nothing of the dossier settles what others pay."""
    listed, envelope = {"list": "rncp"}, {"envelope": "aif", "is": "open"}
    assert ("flag",) == to_settle(judged(A)) == to_settle(judged(A, {"flag": False}))
    assert ("list:rncp",) == to_settle(judged(listed))
    assert ("envelope:aif",) == to_settle(judged(envelope, envelopes={"aif": Envelope(state="exhausted")}))
    assert () == to_settle(judged({"amount": {"parameter": "least"}, "is": "0"}))
    assert ("list:rncp",) == to_settle(judged(listed)._replace(missing=()))


@pytest.mark.parametrize(
    "condition",
    [
        A, {"amount": {"parameter": "least"}, "is": "0"}, {"list": "rncp"}, {"list": "unread"},
        {"envelope": "aif", "is": "open"}, {"joined_by": ["b"]}, {"all": [A, A]}, {"any": [A, A]}, {"not": A},
    ],
)  # fmt: skip
def test_a_condition_is_told_with_its_place(condition: dict[str, Any]) -> None:
    """Where it is written in the rules, whatever it looks at."""
    place = Origin("rules.yaml", 7, 3)
    assert place == judged({**condition, "__at__": place}, lists=[RNCP]).origin


@pytest.mark.parametrize(
    ("envelope", "truth", "seen"),
    [
        (None, UNKNOWN, None), (Envelope(), UNKNOWN, None), (Envelope(state="open"), YES, "open"),
        (Envelope(state="low"), YES, "low"), (Envelope(state="exhausted"), NO, "exhausted"),
        (Envelope(left="0"), NO, "exhausted"), (Envelope(left="0.01"), YES, "open"),
        (Envelope(state="open", left="0"), NO, "open"),
    ],
)  # fmt: skip
def test_an_envelope_is_open_until_it_is_empty(envelope: Envelope | None, truth: Truth, seen: str | None) -> None:
    """A state or an amount is enough; nothing declared is unknown."""
    found = judged({"envelope": "ft.aif", "is": "open"}, envelopes={} if envelope is None else {"ft.aif": envelope})
    assert (truth, seen) == (found.truth, found.seen)
    assert (("envelope:ft.aif",) if truth is UNKNOWN else ()) == found.missing


def test_what_is_unknown_still_says_what_is_asked_for() -> None:
    """An envelope that nobody declared must be open; before a plan, co-funding of 5 euros at least is required."""
    envelope = judged({"envelope": "ft.aif", "is": "open"})
    assert ("is", None, "text", ("open",)) == (envelope.operator, envelope.seen, envelope.unit, envelope.expected)
    joined = judged({"joined_by": ["b"], "at_least": "5"})
    assert ("at_least", None, Unit.EUR, (500,)) == (joined.operator, joined.seen, joined.unit, joined.expected)


def test_co_funding_is_a_question_of_the_plan() -> None:
    """Unknown before a plan; while it is made, who is there counts; once settled, what is paid."""
    joined = {"joined_by": ["b"], "at_least": "5"}
    assert (UNKNOWN, ("plan",)) == (judged(joined).truth, judged(joined).missing)

    def view(members: set[str], settled: bool, **paid: int) -> PlanView:
        return PlanView(frozenset(members), paid, lambda lines: 0, settled)

    assert YES is judged(joined, plan=view({"b"}, settled=False)).truth
    assert NO is judged(joined, plan=view({"a"}, settled=False)).truth
    assert NO is judged(joined, plan=view({"b"}, settled=True, b=499)).truth
    found = judged(joined, plan=view({"b"}, settled=True, b=500, a=1))
    assert (YES, 500, (500,)) == (found.truth, found.seen, found.expected)
    assert NO is judged({"joined_by": ["b"]}, plan=view({"b"}, settled=True, b=0)).truth
    assert YES is judged({"joined_by": ["b"]}, plan=view({"b"}, settled=True, b=1)).truth


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ({"fact": "holder.status", "above": "employee"}, "« above » ne s'applique pas à ce fait"),
        ({"fact": "holder.status", "is": "salarié"}, "la valeur attendue est l'une de"),
        ({"fact": "holder.status", "is": {"fact": "cpf.hours"}}, "ce fait se compare à une valeur écrite"),
        ({"fact": "holder.statut", "is": "employee"}, "« holder.statut » → vouliez-vous dire « holder.status »"),
        ({"fact": "cpf.hours", "at_least": {"fact": "cpf.balance"}}, "unité EUR au lieu de h"),
        ({"fact": "training.start", "after": "demain"}, "une date est attendue"),
        ({"fact": "flag", "is": "oui"}, "true ou false est attendu"),
        ({"fact": "flag", "is": True, "cause": "publik"}, "cause inconnue « publik » → vouliez-vous dire « public »"),
        ({"joined_by": ["region.*"]}, "aucune aide ne répond à « region.* »"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_when_the_rules_are_loaded(condition: Any, message: str) -> None:
    """In French, with what to write instead."""
    with pytest.raises(InputError) as caught:
        judged(condition)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("model", "data", "message"),
    [
        (tree.Compare, {"fact": "cpf.hours"}, "une comparaison et une seule est attendue"),
        (tree.Compare, {"fact": "cpf.hours", "is": "1", "above": "0"}, "une comparaison et une seule est attendue"),
        (tree.Compare, {"fact": "cpf.hours", "in": [["1"]]}, "une valeur simple est attendue"),
        (tree.Not, {"not": {"faits": "cpf.hours"}}, "ce n'est pas une condition : la clé attendue est all, any"),
        (tree.Sum, {"sum": [{"somme": []}]}, "ce n'est pas un montant : la clé attendue est parameter, fact"),
    ],
)
def test_what_is_no_condition_is_refused_by_its_shape(model: Any, data: Any, message: str) -> None:
    """The message says which keys are expected."""
    with pytest.raises(ValidationError, match=message):
        model.model_validate(data)


def test_a_tree_is_walked_in_the_order_written() -> None:
    """Conditions and amounts alike, parents first; a literal may be a day or a truth."""
    node = tree.AllOf.model_validate(
        {
            "all": [
                {"fact": "training.start", "before": date(2017, 1, 1)},
                {"not": {"amount": {"sum": [{"value": 1, "unit": "EUR"}]}, "above": 0}},
            ]
        }
    )
    kinds = [type(each).__name__ for each in tree.walk(node)]
    assert ["AllOf", "Compare", "Not", "CompareAmount", "Sum", "Quantity"] == kinds
    assert "2017-01-01" == next(each.before for each in tree.walk(node) if isinstance(each, tree.Compare))


def test_a_fact_unknown_to_the_rules_is_told_inside_a_group_too() -> None:
    other = {"fact": "holder.registered", "is": "true"}
    with pytest.raises(InputError, match=r"fait inconnu « holder\.nom »"):
        rulebook(aid("a", 10, value("1"), eligibility={"all": [other, {"fact": "holder.nom", "is": "true"}]}))
