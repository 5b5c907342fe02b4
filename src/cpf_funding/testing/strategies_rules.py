"""Rulebooks for Hypothesis: every draw is valid, however odd, and every word of the rule language is drawn.

Aids `a`, `b`, `c.one`, `c.two` and `d` look at facts of their own (`FACTS`) and at some that every dossier has.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st

from cpf_funding.money import plain
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.testing.drafts import CAUSES, SOURCE, Draft, aid, value

__all__ = [
    "ANSWERS", "FACTS", "IDS", "LINES", "answers", "cents", "comparisons", "conditions", "covers", "drafts",
    "plain_drafts", "rulebooks", "timelines",
]  # fmt: skip

Written = dict[str, Any]
Rules = st.SearchStrategy[Written]

LINES = ("teaching", "exam", "travel")
"""The cost lines that generated aids pay."""
IDS = ("a", "b", "c.one", "c.two", "d")
TRUTHS, HOURS, EUROS = ("q.truth_a", "q.truth_b"), ("q.hours_a", "q.hours_b"), ("q.euros_a", "q.euros_b")
KINDS = ("red", "green", "blue")
FACTS: Written = {
    **{name: {"kind": "truth", "label": name, "question": name} for name in TRUTHS},
    **{name: {"kind": "h", "label": name, "question": name} for name in HOURS},
    **{name: {"kind": "EUR", "label": name, "question": name} for name in EUROS},
    "q.kind": {"kind": "text", "label": "q", "question": "q", "choices": {"red": "r", "green": "g", "blue": "b"}},
    "q.day": {"kind": "date", "label": "q", "question": "q"},
}
"""Facts that generated rules look at; a dossier answers them under `answers`."""

cents = st.integers(0, 1200).map(lambda n: n * 100 + n % 3)
"""Amounts that are seldom whole euros."""
covers = st.sets(st.sampled_from(LINES), min_size=1).map(sorted)

_hours = st.integers(0, 6).map(str)
_days = st.integers(0, 6).map(lambda n: date(2017, 1, 1) + timedelta(days=n))
_kinds = st.sampled_from(KINDS)
ANSWERS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(TRUTHS, st.booleans()), **dict.fromkeys(HOURS, _hours), "q.kind": _kinds, "q.day": _days,
    **dict.fromkeys(EUROS, cents.map(plain)),
}  # fmt: skip
"""What each fact of `FACTS` may be answered, close to what generated conditions ask."""


def answers(names: tuple[str, ...] = tuple(ANSWERS)) -> Rules:
    """An answer to every one of these facts."""
    return st.fixed_dictionaries({name: ANSWERS[name] for name in names})


# Conditions -------------------------------------------------------------------------------------


@st.composite
def comparisons(draw: st.DrawFn) -> Written:
    """A comparison of one fact of `FACTS` with literals, or with another fact of its kind."""
    name = draw(st.sampled_from((*TRUTHS, *HOURS, "q.kind", "q.day")))
    if name in TRUTHS:
        return {"fact": name, "is": draw(st.booleans())}
    if name == "q.kind":
        return {"fact": name, "in": draw(st.lists(_kinds, min_size=1, max_size=2, unique=True))}
    literals, ordered = (_days, ("before", "after")) if name == "q.day" else (_hours, ("below", "above"))
    operator = draw(st.sampled_from(("is", "at_least", "at_most", "between", *ordered)))
    if operator == "between":
        return {"fact": name, "between": sorted((draw(literals), draw(literals)))}
    if name in HOURS and draw(st.integers(0, 3)) == 3:
        return {"fact": name, operator: {"fact": draw(st.sampled_from(HOURS))}}
    return {"fact": name, operator: draw(literals)}


def conditions(leaves: Rules | None = None, *, first_known: bool = False, max_leaves: int = 6) -> Rules:
    """Trees of these leaves, comparisons by default.

    `first_known` only when asked for, since it lets a later answer decide otherwise.
    """

    def larger(inner: Rules) -> Rules:
        several = st.lists(inner, min_size=1, max_size=3)
        groups = ("all", "any", "first_known") if first_known else ("all", "any")
        return st.one_of(
            inner.map(lambda part: {"not": part}),
            *(_under(group, several) for group in groups),
        )

    return st.recursive(leaves if leaves is not None else comparisons(), larger, max_leaves=max_leaves)


def _under(word: str, parts: st.SearchStrategy[Any]) -> Rules:
    """What is drawn, written under a word of the language."""
    return parts.map(lambda drawn: {word: drawn})


@cache  # a strategy is made once: making it costs more than drawing from it
def _any_leaf(ids: tuple[str, ...], part: str) -> Rules:
    """An elementary condition of any form that makes sense in a part of an aid, with or without a refusal cause.

    Whether another aid is there is asked for in `eligibility` and `amount`, what it pays in `amount` only. What makes a
    line firm is something to know or to obtain, never a computed amount.
    """
    months = {"fact": "training.months", "at_most": {"parameter": "group.months"}}
    price = {"fact": "training.hourly_price", "below": {"parameter": "group.rate"}}
    flag = {"amount": {"parameter": "group.flag"}, "is": "1"}
    written: list[Rules] = [
        comparisons(),
        st.sampled_from([
            months, price, {"list": "list.a"}, {"list": "list.absent"}, {"fact": "holder.region", "is": "53"},
            {"fact": "holder.status", "in": ["job_seeker", "employee"]},
            {"fact": "training.notice_days", "at_least": {"parameter": "group.days"}},
            {"fact": "training.costs.total", "above": "100"},
        ]),
        st.sampled_from(ids).map(lambda id: {"envelope": id, "is": "open"}),
        cents.map(lambda least: {"amount": {"fact": "q.euros_a"}, "at_least": plain(least)}),
    ]  # fmt: skip
    if part != "firm_when":
        written += [
            st.just(flag),
            covers.map(lambda lines: {"amount": {"remaining": lines}, "above": "300"}),
        ]
    if part in ("eligibility", "amount"):
        written.append(_selectors(ids).map(lambda found: {"joined_by": found}))
        written.append(
            _selectors(ids).map(lambda found: {"joined_by": found, "at_least": {"parameter": "group.ceiling"}})
        )
    if part == "amount":
        written.append(_selectors(ids).map(lambda found: {"amount": {"paid_by": found}, "below": "200"}))
    return st.builds(_with_cause, st.one_of(written), st.none() | st.sampled_from(list(CAUSES)))


def _with_cause(condition: Written, cause: str | None) -> Written:
    return condition if cause is None else {**condition, "cause": cause}


@cache
def _any_condition(ids: tuple[str, ...], part: str) -> Rules:
    return conditions(_any_leaf(ids, part), first_known=True, max_leaves=4)


@cache
def _selectors(ids: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    prefixes = ["c.*"] if any(id.startswith("c.") for id in ids) else []
    return st.lists(st.sampled_from([*ids, *prefixes]), min_size=1, max_size=2, unique=True)


# Amounts ----------------------------------------------------------------------------------------

_roundings = st.sampled_from(("down", "up", "half_up"))
_percents: Rules = st.one_of(
    st.just({"parameter": "group.percent"}),
    st.sampled_from(("0", "33.33", "50", "100", "150")).map(lambda text: {"value": text, "unit": "%"}),
)


@cache
def _amounts(ids: tuple[str, ...]) -> Rules:
    """Amounts in euros: every word of the language."""
    read: Rules = st.one_of(
        covers.map(lambda lines: {"remaining": lines}),
        cents.map(lambda amount: value(plain(amount))),
        st.sampled_from([{"fact": "q.euros_a"}, {"fact": "q.euros_b"}, {"fact": "cpf.balance"}]),
        st.sampled_from([{"parameter": "group.ceiling"}, {"parameter": "group.by_kind"}]),
        st.sampled_from(ids).map(lambda id: {"envelope": id}),
        _selectors(ids).map(lambda found: {"paid_by": found}),
        _roundings.map(lambda how: {"product": [{"fact": "q.hours_a"}, {"parameter": "group.rate"}], "rounding": how}),
    )

    def larger(inner: Rules) -> Rules:
        several = st.lists(inner, min_size=1, max_size=3)
        brackets = [{"up_to": "500", "percent": "100"}, {"up_to": "1000", "percent": "33.33"}, {"percent": "10"}]
        return st.one_of(
            *(_under(word, several) for word in ("least_of", "most_of", "sum")),
            st.lists(inner, min_size=2, max_size=2).map(lambda pair: {"difference": pair}),
            st.builds(lambda p, of, how: {"share": p, "of": of, "rounding": how}, _percents, inner, _roundings),
            inner.map(lambda part: {"product": [{"value": "3", "unit": "count"}, part]}),
            st.builds(
                lambda base, last, how: {"scale": base, "brackets": brackets[:last], "rounding": how},
                inner, st.integers(1, 3), _roundings,
            ),
            st.builds(
                lambda when, then, other: {"choose": [{"when": when, "then": then}], "otherwise": other},
                _any_leaf(ids, "amount"), inner, inner,
            ),
        )  # fmt: skip

    return st.recursive(read, larger, max_leaves=4)


_own_money: Rules = st.one_of(
    st.sampled_from([{"fact": name} for name in (*EUROS, "means.holder_can_pay")]),
    cents.map(lambda most: {"least_of": [{"fact": "means.employer"}, value(plain(most))]}),
)
"""What somebody says they can put in: it looks at no other aid."""


# Dated values -----------------------------------------------------------------------------------


@st.composite
def timelines(draw: st.DrawFn, *states: str) -> list[Written]:
    """Consecutive periods in some of these states, from 2016 on, the last one closed or not."""
    day = date(2016, 1, 1) + timedelta(days=draw(st.integers(0, 800)))
    periods: list[Written] = []
    for _ in range(draw(st.integers(1, 4))):
        until = day + timedelta(days=draw(st.integers(0, 90)))
        periods.append({"from": day, "until": until, "state": draw(st.sampled_from(states)), "source": SOURCE})
        day = until + timedelta(days=1)
    if draw(st.booleans()):
        del periods[-1]["until"]
    return periods


@st.composite
def _values(draw: st.DrawFn, numbers: st.SearchStrategy[str], key: str | None = None) -> list[Written]:
    """The values of a parameter over a few periods, for one key of a table or for all."""
    periods = draw(timelines("valid", "valid", "valid", "ended", "announced", "unknown"))
    for period in periods:
        period |= {"value": draw(numbers)} if period["state"] in ("valid", "announced") else {}
        period |= {} if period["state"] == "valid" else {"reason": "essai"}
        period |= {} if key is None else {"for": key}
    return periods


@st.composite
def _parameters(draw: st.DrawFn) -> Written:
    amounts, clocks = cents.map(plain) | st.just("unlimited"), st.sampled_from(("filing", "start"))
    numbers: dict[str, tuple[str, st.SearchStrategy[str]]] = {
        "ceiling": ("EUR", amounts), "percent": ("%", st.sampled_from(("0", "50", "80", "100"))),
        "rate": ("EUR/h", cents.map(plain)), "months": ("months", st.integers(1, 14).map(str)),
        "days": ("calendar_days", st.integers(0, 40).map(str)), "flag": ("count", st.sampled_from(("0", "1"))),
    }  # fmt: skip
    found: Written = {
        f"group.{name}": {"unit": unit, "clock": draw(clocks), "values": draw(_values(drawn))}
        for name, (unit, drawn) in numbers.items()
    }
    keys = [key for key in (*KINDS, "*") if draw(st.booleans())] or ["red"]
    rows = [row for key in keys for row in draw(_values(amounts, key))]
    return found | {"group.by_kind": {"unit": "EUR", "clock": draw(clocks), "by": "q.kind", "values": rows}}


# Aids -------------------------------------------------------------------------------------------


def _one_of(draw: st.DrawFn, ids: tuple[str, ...]) -> list[str]:
    return [draw(st.sampled_from(ids))]


@st.composite
def _relations(draw: st.DrawFn, id: str, others: tuple[str, ...]) -> Written:
    found: Written = {}
    if others and draw(st.integers(0, 3)) == 3:
        found["excludes"] = _one_of(draw, others)
    if others and draw(st.integers(0, 5)) == 5:
        needed = draw(st.sampled_from(others))
        found |= {"needs": [needed]} if needed not in found.get("excludes", ()) else {}
    if draw(st.integers(0, 4)) == 4:
        found["own_money"] = "forbidden"
    return found


@st.composite
def _procedure(draw: st.DrawFn, before: tuple[str, ...]) -> Written:
    found: Written = {"documents": draw(st.lists(st.sampled_from(("paper", "letter")), unique=True))}
    unit = draw(st.sampled_from(("calendar_days", "working_days", "business_days", "months")))
    if draw(st.booleans()):
        fixed = {"value": str(draw(st.integers(0, 30))), "unit": unit}
        found["notice"] = draw(st.sampled_from([fixed, {"parameter": "group.days"}]))
    if draw(st.booleans()) and before:
        found["after"] = _one_of(draw, before)
    if draw(st.booleans()):
        days = sorted(draw(st.lists(st.integers(0, 40), min_size=3, max_size=3)))
        bounds = {name: {"value": str(count), "unit": unit} for name, count in zip(_BOUNDS, days, strict=True)}
        found["answer"] = {name: bound for name, bound in bounds.items() if draw(st.integers(0, 3))}
        if draw(st.booleans()):
            found["answer"]["silence"] = draw(st.sampled_from(("accepted", "refused")))
    return found


_BOUNDS = ("least", "usual", "most")


@st.composite
def _aid(draw: st.DrawFn, id: str, ids: tuple[str, ...]) -> Written:
    others = tuple(each for each in ids if each != id)
    kind = draw(st.sampled_from(("aid", "aid", "aid", "right", "own_money", "mandatory")))
    relations = draw(_relations(id, others))
    if kind == "mandatory":
        kind = "mandatory" if others else "aid"
        relations |= {"with": _one_of(draw, others)} if others else {}
        relations |= {"waived_by": _one_of(draw, others)} if draw(st.booleans()) and others else {}
    periods = draw(timelines("open", "open", "open", "suspended", "announced", "unknown"))
    for period in periods:
        period |= {} if period["state"] == "open" else {"reason": "essai"}
    amount = draw(_own_money if kind == "own_money" else _amounts(ids))
    conditional = [name for name in ("scope", "eligibility", "firm_when") if draw(st.integers(0, 2)) == 2]
    parts = {name: draw(_any_condition(ids, name)) for name in conditional}
    return aid(
        id, draw(st.integers(0, 6)), amount, covers=draw(covers), kind=kind, in_force=periods,
        funder=draw(st.sampled_from(("funder", "holder"))) if kind == "own_money" else "funder",
        relations=relations, procedure=draw(_procedure(ids[: ids.index(id)])), **parts,
    )  # fmt: skip


@st.composite
def _list(draw: st.DrawFn) -> Written:
    entry = st.fixed_dictionaries(
        {"code": st.sampled_from(("RNCP1", "RNCP2"))},
        optional={
            "public": st.sampled_from(("employee", "job_seeker", "all")), "regions": st.just(["53", "75"]),
            "branches": st.just(["78.20Z"]), "from": st.just(date(2016, 6, 1)), "until": st.just(date(2017, 12, 31)),
        },
    )  # fmt: skip
    return {
        "list": "list.a", "label": "Liste a", "codes": "rncp", "complete": draw(st.booleans()),
        "entries": draw(st.lists(entry, max_size=3)), "source": SOURCE,
    }  # fmt: skip


@st.composite
def drafts(draw: st.DrawFn, max_aids: int = len(IDS)) -> Draft:
    """A rulebook before it is assembled: `rulebook()` makes it, `write(folder)` writes its files."""
    ids = IDS[: draw(st.integers(1, max_aids))]
    return Draft(
        aids=[draw(_aid(id, ids)) for id in ids], parameters=draw(_parameters()), facts=FACTS, lists=[draw(_list())],
        documents={"paper": {"label": "Pièce", "given_by": "la personne", "valid_months": 3},
                   "letter": {"label": "Lettre", "given_by": "la personne"}},
    )  # fmt: skip


def rulebooks(max_aids: int = len(IDS)) -> st.SearchStrategy[Rulebook]:
    """Any rulebook of one to five aids."""
    return drafts(max_aids).map(Draft.rulebook)


# A class about which more can be said -----------------------------------------------------------


@st.composite
def plain_drafts(draw: st.DrawFn, max_aids: int = len(IDS)) -> Draft:
    """Aids whose eligibility, ceiling or envelope may be unknown; plain ceilings, no relation but `excludes`.

    Whatever is then learnt of their dossiers, what is left lies between the best and the worst that was announced.
    """
    ids = IDS[: draw(st.integers(1, max_aids))]
    found = []
    for id in ids:
        ceilings = draw(st.lists(_ceilings(id), min_size=1, max_size=2))
        others: Written = {}
        if draw(st.booleans()):
            others["eligibility"] = draw(conditions(max_leaves=3))
        if draw(st.integers(0, 2)) == 2:
            others["firm_when"] = draw(comparisons())
        if draw(st.integers(0, 3)) == 3 and len(ids) > 1:
            others["relations"] = {"excludes": [draw(st.sampled_from([each for each in ids if each != id]))]}
        lines = draw(covers)
        amount = {"least_of": [{"remaining": lines}, *ceilings]}
        kind = draw(st.sampled_from(("aid", "aid", "right")))
        found.append(aid(id, draw(st.integers(0, 4)), amount, covers=lines, kind=kind, **others))
    return Draft(aids=found, facts=FACTS)


def _ceilings(id: str) -> Rules:
    return st.one_of(
        cents.map(lambda amount: value(plain(amount))),
        st.sampled_from(EUROS).map(lambda name: {"fact": name}),
        st.just({"envelope": id}),
    )
