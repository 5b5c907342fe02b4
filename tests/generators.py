"""Rulebooks, dossiers and conditions for Hypothesis; every draw is valid input, however odd."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from cpf_funding.dossier import Dossier
from cpf_funding.money import plain
from cpf_funding.rulebook.book import Rulebook
from oracle.model import Aid, Below, Fixed, Problem, leaves
from rulebooks import aid, rulebook, value

LINES = ("teaching", "exam", "travel")
DAY = date(2017, 3, 1)
TRUTHS, HOURS, KINDS, DAYS = ("q.truth_a", "q.truth_b"), ("q.hours_a", "q.hours_b"), ("q.kind",), ("q.day",)
FACTS: dict[str, dict[str, Any]] = {
    **{name: {"kind": "truth", "label": name, "question": name} for name in TRUTHS},
    **{name: {"kind": "h", "label": name, "question": name} for name in HOURS},
    **{name: {"kind": "EUR", "label": name, "question": name} for name in ("q.euros_a", "q.euros_b")},
    "q.kind": {"kind": "text", "label": "q", "question": "q", "choices": {"red": "r", "green": "g", "blue": "b"}},
    "q.day": {"kind": "date", "label": "q", "question": "q"},
}
"""Facts that generated rules look at; a dossier answers them under `answers`."""

cents = st.integers(0, 1200).map(lambda n: n * 100 + n % 3)
covers = st.sets(st.sampled_from(LINES), min_size=1).map(sorted)


def with_costs(costs: Mapping[str, int], **parts: Any) -> Dossier:
    """A dossier with these costs in cents, the other lines being unknown, and any other part."""
    lines = {line: plain(amount) for line, amount in costs.items()}
    training = {**parts.pop("training", {}), "costs": {"teaching": "0", **lines}}
    return Dossier.model_validate({"id": "essai", "as_of": DAY, "training": training, **parts})


# Facts and conditions ---------------------------------------------------------------------------

_hours = st.integers(0, 6).map(str)
_days = st.integers(0, 6).map(lambda n: date(2017, 1, 1) + timedelta(days=n))
_kinds = st.sampled_from(("red", "green", "blue"))
ANSWERS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(TRUTHS, st.booleans()), **dict.fromkeys(HOURS, _hours), "q.kind": _kinds, "q.day": _days,
    **dict.fromkeys(("q.euros_a", "q.euros_b"), cents.map(plain)),
}  # fmt: skip
"""What each fact may be answered."""


def answers(names: tuple[str, ...] = tuple(ANSWERS)) -> st.SearchStrategy[dict[str, Any]]:
    """An answer to every one of these facts."""
    return st.fixed_dictionaries({name: ANSWERS[name] for name in names})


@st.composite
def comparisons(draw: st.DrawFn) -> dict[str, Any]:
    """A comparison of one fact with literals, or with another fact of its kind."""
    name = draw(st.sampled_from((*TRUTHS, *HOURS, *KINDS, *DAYS)))
    if name in TRUTHS:
        return {"fact": name, "is": draw(st.booleans())}
    if name in KINDS:
        return {"fact": name, "in": draw(st.lists(_kinds, min_size=1, max_size=2, unique=True))}
    literals, ordered = (_days, ("before", "after")) if name in DAYS else (_hours, ("below", "above"))
    operator = draw(st.sampled_from(("is", "at_least", "at_most", "between", *ordered)))
    if operator == "between":
        return {"fact": name, "between": sorted((draw(literals), draw(literals)))}
    if name in HOURS and draw(st.integers(0, 3)) == 3:
        return {"fact": name, operator: {"fact": draw(st.sampled_from(HOURS))}}
    return {"fact": name, operator: draw(literals)}


def conditions(*, first_known: bool = False, max_leaves: int = 6) -> st.SearchStrategy[dict[str, Any]]:
    """Trees of comparisons; `first_known` only when asked for, since it lets a later answer decide otherwise."""

    def larger(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
        several = st.lists(inner, min_size=1, max_size=3)
        groups = ("all", "any", "first_known") if first_known else ("all", "any")
        return st.one_of(
            inner.map(lambda part: {"not": part}),
            *(several.map(lambda parts, group=group: {group: parts}) for group in groups),
        )

    return st.recursive(comparisons(), larger, max_leaves=max_leaves)


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


# Rulebooks with unknowns ------------------------------------------------------------------------


@st.composite
def doubtful_rules(draw: st.DrawFn, max_aids: int = 4) -> list[dict[str, Any]]:
    """Aids whose eligibility, ceiling or envelope may be unknown; plain ceilings, no relation but `excludes`."""
    ids = "abcdef"[: draw(st.integers(1, max_aids))]
    found = []
    for id in ids:
        ceilings = draw(st.lists(_ceilings(id), min_size=1, max_size=2))
        others: dict[str, Any] = {}
        if draw(st.booleans()):
            others["eligibility"] = draw(conditions(max_leaves=3))
        if draw(st.integers(0, 2)) == 2:
            others["firm_when"] = draw(comparisons())
        if draw(st.integers(0, 3)) == 3 and len(ids) > 1:
            others["relations"] = {"excludes": [draw(st.sampled_from([each for each in ids if each != id]))]}
        kind = draw(st.sampled_from(("aid", "aid", "right")))
        lines = draw(covers)
        amount = {"least_of": [{"remaining": lines}, *ceilings]}
        found.append(aid(id, draw(st.integers(0, 4)), amount, covers=lines, kind=kind, **others))
    return found


@st.composite
def _ceilings(draw: st.DrawFn, id: str) -> dict[str, Any]:
    return draw(
        st.one_of(
            cents.map(lambda amount: value(plain(amount))),
            st.sampled_from(("q.euros_a", "q.euros_b")).map(lambda name: {"fact": name}),
            st.just({"envelope": id}),
        )
    )


def book_of(rules: list[dict[str, Any]]) -> Rulebook:
    """A rulebook of these aids over the generated facts."""
    return rulebook(*rules, facts=FACTS)


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
        "envelopes": draw(st.fixed_dictionaries(dict.fromkeys("abcdef", envelopes))),
    }


def dossier_of(situation: Mapping[str, Any], unknown: frozenset[str] = frozenset()) -> Dossier:
    """The dossier of a situation, without the answers and envelopes that are not known."""
    known = {
        part: {name: answer for name, answer in situation[part].items() if name not in unknown}
        for part in ("answers", "envelopes")
    }
    local = {"envelopes": known["envelopes"]}
    return with_costs(situation["costs"], answers=known["answers"], local=local)


unknowns = st.frozensets(st.sampled_from((*ANSWERS, *"abcdef")))


# Dossiers for the packaged rules ----------------------------------------------------------------


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Known three times out of four."""
    return st.one_of(strategy, strategy, strategy, st.none())


def one_of(*choices: Any) -> st.SearchStrategy[Any]:
    """One of these, or unknown."""
    return maybe(st.sampled_from(choices))


_REGIONS = ("01", "04", "11", "24", "27", "28", "32", "44", "52", "53", "75", "76", "84", "93")
_money = st.integers(0, 900_000).map(plain)


@st.composite
def real_dossiers(draw: st.DrawFn, on: date) -> Dossier:
    """A dossier as a counsellor could write it on a day, each field known or not."""
    total = draw(st.integers(1, 1200))
    centre = draw(st.integers(0, total))
    start = on + timedelta(days=draw(st.integers(-20, 300)))
    lines = ("registration", "exam", "equipment", "travel", "lodging", "meals", "childcare", "compensation")
    data = {
        "as_of": on,
        "holder": {
            "status": draw(one_of("job_seeker", "employee", "temporary_worker", "public_agent", "self_employed")),
            "registered": draw(one_of(True, False)), "disability": draw(one_of("none", "boe", "pending")),
            "birth_date": draw(maybe(st.dates(date(1955, 1, 1), date(1999, 12, 31)))),
            "region": draw(one_of(*_REGIONS)), "qualification": draw(one_of(3, 4, 5, 6)),
            "contract": {"opco": draw(one_of("uniformation", "afdas", "other")), "kind": draw(one_of("cdi", "cdd")),
                         "working_time": draw(one_of("inside", "outside"))},
        },
        "cpf": {
            "account_open": draw(one_of(True, False)), "hours": draw(maybe(st.integers(0, 400))),
            "dif_hours": draw(maybe(st.integers(0, 120))), "balance": draw(maybe(_money)),
            "consent": {"given": draw(one_of(True, False))},
        },
        "training": {
            "kind": draw(one_of("certifying", "vae", "bilan", "licence_b", "language", "other")),
            "cpf_eligible": draw(one_of(True, False)), "region": draw(one_of(*_REGIONS)),
            "provider": {"qualiopi": draw(one_of(True, False))}, "modality": draw(one_of("in_person", "remote")),
            "start": draw(maybe(st.just(start))), "end": start + timedelta(days=draw(st.integers(0, 500))),
            "hours": {"total": total, "centre": centre}, "weekly_hours": draw(one_of(20, 35)),
            "costs": {"teaching": draw(_money), **{line: draw(maybe(st.just("0") | _money)) for line in lines[:4]}},
        },
        "project": {"validated": draw(one_of(True, False)), "prospect": draw(one_of("none", "hiring_promise"))},
        "local": {"envelopes": {"ft.aif": {"state": draw(one_of("open", "low", "exhausted"))}}},
        "means": {"holder_can_pay": draw(maybe(_money)), "employer": draw(maybe(_money))},
    }  # fmt: skip
    return Dossier.model_validate(data)
