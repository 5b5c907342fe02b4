"""Whether answers come in time, in a table: each date counted by hand, and every start around it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpf_funding import Dossier, Rulebook
from cpf_funding.calendars import Territory
from cpf_funding.engine import probability
from cpf_funding.engine.schedule import Expected, all_on_time, date_request
from cpf_funding.frames import CannotCompileError, dossiers_to_table, plan_frame
from cpf_funding.frames.answers import MOST_CASES, doubtful_spans
from cpf_funding.language.units import Unit
from cpf_funding.language.values import Sourcing
from cpf_funding.rulebook.local import Local, LocalDelay
from frames.both import differences
from rulebooks import aid, rulebook, value

DAY = date(2017, 5, 22)
IDS = ("a", "b", "c", "d")
FACTS = {
    **{f"q.{id}": {"kind": "truth", "label": id, "question": id} for id in IDS},
    "q.file": {
        "kind": "text",
        "label": "dossier",
        "choices": {"short": "simple", "long": "long"},
        "question": "Lequel ?",
    },
}
BOUNDS = ("least", "usual", "most")
CAUSE = "cause.slow_cofunding_answers"


def delay(unit: str, *counts: int | None) -> dict[str, Any]:
    found = zip(BOUNDS, counts, strict=True)
    return {"answer": {name: {"value": str(n), "unit": unit} for name, n in found if n is not None}}


def asked(id: str, procedure: Mapping[str, Any], **others: Any) -> dict[str, Any]:
    """An aid that pays 100 of the 1,000 where the dossier says that it is asked for."""
    scope = {"fact": f"q.{id}", "is": True}
    return aid(id, 10 * (1 + IDS.index(id)), value("100"), eligibility=scope, procedure=dict(procedure), **others)


def book(*aids: Mapping[str, Any], **others: Any) -> Rulebook:
    return rulebook(*aids, facts=FACTS, **others)


def case(start: date | None, payers: Iterable[str], region: str | None = None, **answers: Any) -> Dossier:
    told = {f"q.{id}": id in set(payers) for id in IDS}
    training = {"start": start, "costs": {"teaching": "1000"}, "region": region}
    return Dossier.model_validate({"as_of": DAY, "training": training, "answers": {**told, **answers}})


def states(dossiers: list[Dossier], rules: Rulebook) -> list[str]:
    """What a table says of late answers, once it is known that plans say the same."""
    assert not list(differences(dossiers, rules, DAY))
    return plan_frame(dossiers_to_table(dossiers, rules), rules, DAY)[CAUSE].to_list()


# Days counted by hand ---------------------------------------------------------------------------

CHAIN = (
    asked("a", delay("business_days", 1, 3, 5)),
    asked("b", {"after": ["a"], **delay("business_days", 1, 1, 2)}),
)


@pytest.mark.parametrize(
    ("payers", "region", "late", "clear"),
    [("a", "01", 26, 29), ("a", "75", 26, 27), ("b", "01", 23, 24), ("ab", "01", 29, 30), ("ab", "75", 27, 29)],
)
def test_a_chain_of_requests_on_two_calendars(payers: str, region: str, late: int, clear: int) -> None:
    """Thursday 25 May 2017 is Ascension, Saturday 27 a holiday of Guadeloupe, Sunday 28.

    a weighs 1, 2, 3, 2, 1 on 23, 24, 26, 29 and 30 May there, on 23, 24, 26, 27 and 29 on the mainland: expected on the
    26th, in time 6 times in 9 then, 8 the next day. b answers on the next day 2 times in 3, else on the one after:
    behind a, it is expected a day later, in time by then (1 + 2 + 3 x 2/3) / 9, the next day (6 + 2 x 2/3) / 9: 81 %.
    """
    dossiers = [case(date(2017, 5, day), payers, region) for day in range(22, 31)]
    wanted = ["raised" if day < late else "watch" if day < clear else "clear" for day in range(22, 31)]
    assert states(dossiers, book(*CHAIN)) == wanted


def test_who_pays_decides_whose_answer_is_awaited() -> None:
    """On the 24th b is sure alone, late behind a; nobody is asked, nothing is late."""
    rules = book(*CHAIN)
    day = date(2017, 5, 24)
    assert states([case(day, "b"), case(day, "ab"), case(day, "")], rules) == ["clear", "raised", "clear"]


def test_without_a_start_nobody_can_tell() -> None:
    assert states([case(None, "a"), case(None, "")], book(*CHAIN)) == ["unknown", "unknown"]


def test_an_undeclared_delay_is_to_watch_whatever_the_start() -> None:
    """So is what waits for it; a right, which nobody decides, answers at once."""
    rules = book(
        asked("a", {}), asked("b", {"after": ["a"], **delay("calendar_days", 1, 2, 3)}), asked("c", {}, kind="right")
    )
    far = DAY + timedelta(days=2_000)
    told = states([case(far, payers) for payers in ("a", "b", "ab", "c", "ac")], rules)
    assert told == ["watch", "clear", "watch", "clear", "watch"]


@pytest.mark.parametrize(
    ("counts", "raised_until", "watched_until"),
    [
        ((None, None, 10), 9, 9),
        ((None, 4, None), 3, None),
        ((5, None, 10), 9, 9),
        ((1, 4, 10), 3, 6),
        ((9, None, 4), 3, 8),
        ((4, 1, 6), 0, 5),
    ],
)
def test_a_delay_that_is_partly_known(
    counts: tuple[int | None, ...], raised_until: int, watched_until: int | None
) -> None:
    """Late before the usual day, or the longest without one; a distribution needs all three, in order.

    1, 4, 10 rises by 7 to the 4th day (7, 14, 21, 28), then falls by 4 (24, 20 ... 4): 70 + 84 in all, 138 of them by
    the 8th day... four in five, 123.2, is passed on the 7th (70 + 24 + 20 + 16 = 130), not on the 6th (114).
    """
    rules = book(asked("a", delay("calendar_days", *counts)))
    told = states([case(DAY + timedelta(days=day), "a") for day in range(30)], rules)
    last = 29 if watched_until is None else watched_until
    wanted = ["raised"] * (raised_until + 1) + ["watch"] * (last - raised_until) + ["clear"] * (29 - last)
    assert told == wanted


def dated(clock: str, *values: Mapping[str, Any], **others: Any) -> Rulebook:
    """A longest delay that is a dated value."""
    shape = {"unit": "calendar_days", "clock": clock, **others, "values": [
        {"from": "2000-01-01", "source": "essai", **each} for each in values
    ]}  # fmt: skip
    return book(asked("a", {"answer": {"most": {"parameter": "days"}}}, parameters={"days": shape}))


def test_a_delay_looked_up_by_a_fact() -> None:
    """Ten days for a simple file, forty for a long one, and forty where the file is not known."""
    rules = dated("filing", {"value": "10", "for": "short"}, {"value": "40", "for": "long"}, by="q.file")
    tried = [
        case(DAY + timedelta(days=day), "a", **told)
        for told in ({"q.file": "short"}, {"q.file": "long"}, {}) for day in (9, 10, 39, 40)
    ]  # fmt: skip
    late = ["raised"] * 3 + ["clear"]
    assert states(tried, rules) == ["raised", "clear", "clear", "clear", *late, *late]


def test_a_code_that_no_fact_has_gives_no_delay() -> None:
    """The row is refused by the name of its column, as the dossier is, though nothing but the cause reads it."""
    rules = dated("filing", {"value": "10", "for": "short"}, {"value": "40", "for": "long"}, by="q.file")
    table = dossiers_to_table([case(DAY, "a", **{"q.file": "short"})] * 2, rules)
    found = plan_frame(table.with_columns(pl.Series("q.file", ["short", "shrot"])), rules, DAY)
    assert found.select(CAUSE, "unfunded", "problem").rows() == [("raised", 90_000, None), (None, None, "q.file")]


def test_a_delay_that_depends_on_the_start() -> None:
    """Five days for courses that start before 1 June, the tenth day; eleven from then on."""
    rules = dated("start", {"value": "5", "until": "2017-05-31"}, {"value": "11", "from": "2017-06-01"})
    told = states([case(DAY + timedelta(days=day), "a") for day in (4, 5, 9, 10, 11)], rules)
    assert told == ["raised", "clear", "clear", "raised", "clear"]


def test_a_delay_that_is_not_published() -> None:
    rules = dated("filing", {"state": "unknown", "reason": "non publié"})
    assert states([case(DAY + timedelta(days=day), "a") for day in (0, 2_000)], rules) == ["watch", "watch"]


def test_what_was_observed_then_what_an_agency_states() -> None:
    """2, 3, 3, 9 days observed: three chances in four by the third, so to watch until the ninth."""
    rules = book(*CHAIN)
    observed = rules.with_history({"a": (2, 3, 3, 9)})
    told = states([case(DAY + timedelta(days=day), "a") for day in (2, 3, 8, 9)], observed)
    assert told == ["raised", "watch", "watch", "clear"]
    assert states([case(DAY + timedelta(days=day), "a") for day in (6, 7)], stated(rules, 7)) == ["raised", "clear"]


def stated(rules: Rulebook, days: int) -> Rulebook:
    period = LocalDelay(date(2000, 1, 1), None, days, days, days, Sourcing("essai", None, None), None)
    return replace(rules, local=Local(delays={"a": (period,)}))


def test_a_filing_day_that_has_passed() -> None:
    """Thirty days ahead were asked: raised where money is missing, to watch where another pays all."""
    first = asked("a", {"notice": {"value": "30", "unit": "calendar_days"}, **delay("calendar_days", 0, 0, 0)})
    rest = aid("rest", 90, {"remaining": ["teaching"]}, kind="right")
    dossiers = [case(DAY + timedelta(days=day), "a") for day in (29, 30)]
    assert states(dossiers, book(first)) == ["raised", "clear"]
    assert states(dossiers, book(first, rest)) == ["watch", "clear"]
    refused = asked("a", {}) | {"eligibility": {"fact": "q.b", "is": True, "cause": "slow_cofunding_answers"}}
    assert states([case(day, "") for day in (DAY, None)], book(refused)) == ["raised", "raised"]
    assert states([case(day, "") for day in (DAY, None)], book(refused, rest)) == ["watch", "unknown"]


def test_two_kinds_of_days_that_come_to_none() -> None:
    """a answers at once, and yet has no distribution: nobody can tell what comes after it, but on the last day."""
    at_once = delay("calendar_days", 0, 0, 0)
    at_once["answer"]["most"] = {"value": "0", "unit": "working_days"}
    rules = book(asked("a", at_once), asked("b", {"after": ["a"], **delay("calendar_days", 1, 1, 9)}))
    days = [DAY + timedelta(days=day) for day in (0, 1, 8, 9)]
    assert states([case(day, "a") for day in days], rules) == ["clear"] * 4
    assert states([case(day, "b") for day in days], rules) == ["raised", "watch", "clear", "clear"]
    assert states([case(day, "ab") for day in days], rules) == ["raised", "watch", "watch", "clear"]


def test_the_later_of_two_longest_delays() -> None:
    """5 and 10 days at most, then one more: the 11th day with both, the 6th with the first."""
    days = {"a": 5, "b": 10, "c": 1}
    most = {id: delay("calendar_days", None, None, count) for id, count in days.items()}
    rules = book(asked("a", most["a"]), asked("b", most["b"]), asked("c", {"after": ["a", "b"], **most["c"]}))
    tried = [case(DAY + timedelta(days=day), payers) for payers in ("ac", "abc") for day in (5, 6, 10, 11)]
    assert states(tried, rules) == ["raised", "clear", "clear", "clear", "raised", "raised", "raised", "clear"]


# Every start, whoever pays -----------------------------------------------------------------------


@st.composite
def procedures(draw: st.DrawFn, before: tuple[str, ...]) -> dict[str, Any]:
    unit = draw(st.sampled_from(("calendar_days", "working_days", "business_days", "months")))
    top = 2 if unit == "months" else 15
    counts = draw(st.lists(st.integers(0, top), min_size=3, max_size=3))
    counts = counts if draw(st.integers(0, 5)) == 5 else sorted(counts)
    known = draw(
        st.sampled_from(((1, 1, 1), (1, 1, 1), (0, 0, 1), (0, 0, 1), (1, 0, 1), (0, 1, 1), (1, 1, 0), (0, 0, 0)))
    )
    found = delay(unit, *(count if told else None for count, told in zip(counts, known, strict=True)))
    after = draw(st.lists(st.sampled_from(before), unique=True, max_size=3)) if before else []
    return found | ({"after": after} if after else {})


@st.composite
def chained(draw: st.DrawFn) -> Rulebook:
    """Aids that wait for one another, with delays declared, observed, stated or unknown."""
    aids = [
        asked(id, draw(procedures(IDS[:place])), kind=draw(st.sampled_from(("aid", "aid", "right"))))
        for place, id in enumerate(IDS)
    ]  # fmt: skip
    rules = book(*aids)
    days = st.lists(st.integers(0, 20), min_size=1, max_size=4).map(lambda found: tuple(sorted(found)))
    rules = stated(rules, draw(st.integers(0, 20))) if draw(st.booleans()) else rules
    return rules.with_history(draw(st.dictionaries(st.sampled_from(IDS[1:]), days, max_size=2)))


@pytest.mark.slow
@settings(max_examples=40)
@given(
    chained(), st.lists(st.integers(-1, 70), min_size=6, max_size=6, unique=True), st.sampled_from(("01", "75", None))
)
def test_every_chain_of_requests(rules: Rulebook, offsets: list[int], region: str | None) -> None:
    """Whoever pays, whatever the start, a table says what each plan says."""
    everyone = [ids for size in range(len(IDS) + 1) for ids in combinations(IDS, size)]
    starts = [None, *(DAY + timedelta(days=offset) for offset in offsets)]
    dossiers = [case(start, payers, region) for start in starts for payers in everyone]
    assert not list(differences(dossiers, rules, DAY))


# The days that are looked for --------------------------------------------------------------------

triples = st.lists(st.integers(0, 12), min_size=3, max_size=3).map(sorted)


@pytest.mark.parametrize("limit", [3, 20, probability.MAX_STATES])
@given(first=triples, other=triples, last=triples, threshold=st.integers(1, 100))
def test_the_doubtful_starts_are_those_found_day_by_day(
    limit: int, first: list[int], other: list[int], last: list[int], threshold: int
) -> None:
    """Also where so many joint answers are to be computed that from some start on nobody can tell."""

    def request(id: str, counts: list[int], *before: Expected) -> Expected:
        return date_request(id, before, tuple((n, Unit.WORKING_DAYS) for n in counts), DAY, Territory.GUADELOUPE)

    expected = request("c", last, request("a", first), request("b", other))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(probability, "MAX_STATES", limit)
        spans = doubtful_spans(expected, threshold)
        for offset in range(-2, 45):
            start = DAY + timedelta(days=offset)
            chance = all_on_time([expected], start)
            doubtful = chance is None or 100 * chance < threshold
            inside = [(low is None or low <= start) and (high is None or start < high) for low, high in spans]
            assert doubtful == any(inside), start


# What is refused ---------------------------------------------------------------------------------


def test_a_delay_computed_row_by_row() -> None:
    rules = book(asked("a", {"answer": {"most": {"fact": "training.notice_days"}}}))
    with pytest.raises(CannotCompileError, match="a : son délai de réponse se calcule ligne par ligne"):
        states([case(DAY, "")], rules)


@pytest.mark.parametrize(("number", "refused"), [(6, False), (7, True)])
def test_a_request_that_may_wait_for_too_many_others(number: int, refused: bool) -> None:
    """Aids whose delay has a distribution, asked for or not: 64 sets to wait for, then 128.

    As usual, one in two of six answer by the 5th day, the last on the 29th; all by the 6th, the last on the 30th.
    """
    facts = {f"q.n{n}": {"kind": "truth", "label": "n", "question": "n"} for n in range(number)}
    before = [
        aid(f"n{n}", 10 + n, value("10"), eligibility={"fact": f"q.n{n}", "is": True},
            procedure=delay("calendar_days", n, n + 1, n + 2))
        for n in range(number)
    ]  # fmt: skip
    waits = {"after": [each["aid"] for each in before], **delay("calendar_days", 1, 2, 3)}
    rules = rulebook(*before, aid("last", 90, value("10"), procedure=waits), facts=FACTS | facts)
    some, everyone = {name: n % 2 == 0 for n, name in enumerate(facts)}, dict.fromkeys(facts, True)
    dossiers = [
        case(start, (), **told)
        for start in (date(2017, 5, 29), date(2017, 6, 1)) for told in (some, everyone)
    ]  # fmt: skip
    if refused:
        with pytest.raises(CannotCompileError, match=f"last : plus de {MOST_CASES} réponses possibles à sa demande"):
            states(dossiers, rules)
    else:
        assert states(dossiers, rules) == ["watch", "raised", "clear", "clear"]
