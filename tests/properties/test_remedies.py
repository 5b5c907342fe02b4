"""Remedies do what they promise, and nothing smaller does; the latest filing date is the latest."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import generators as g
from cpf_funding.dossier import Dossier
from cpf_funding.engine.build import build_plan
from cpf_funding.engine.plan import FundingPlan, Remedy
from cpf_funding.engine.remedies import find_remedies
from cpf_funding.money import plain
from cpf_funding.reading.changes import apply_changes
from cpf_funding.reading.dossiers import read_dossier
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.truth import Truth
from rulebooks import aid, rulebook, value

DAY = date(2017, 3, 1)
MONEY = {
    "lower": {"kind": "lower", "path": "training.costs.teaching", "most_percent": 60},
    "raise": {"kind": "raise", "path": "means.employer", "most": "3000", "from_nothing": True},
}
cents = st.integers(1, 200_000)
days = st.integers(0, 40)
EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "docs" / "examples").glob("*.yaml"))


@pytest.fixture(scope="module")
def packaged() -> Rulebook:
    return g.packaged()


def dossier(teaching: int, **parts: Any) -> Dossier:
    training = {"start": "2017-06-05", "end": "2017-09-04", "costs": {"teaching": plain(teaching)}}
    training |= parts.pop("training", {})
    return Dossier.model_validate({"id": "essai", "as_of": DAY, "training": training, **parts})


def state(plan: FundingPlan, id: str) -> str:
    return next((cause.state for cause in plan.causes if cause.id == id), "clear")


def found(book: Rulebook, case: Dossier, id: str) -> tuple[FundingPlan, dict[str, Remedy]]:
    plan = find_remedies(case, book, build_plan(case, book))
    return plan, {remedy.lever: remedy for cause in plan.causes if cause.id == id for remedy in cause.remedies}


def kept(book: Rulebook, case: Dossier, id: str, plan: FundingPlan, remedy: Remedy) -> None:
    """The plan rebuilt with the remedy is the one it promised: its cause cleared, or nothing left to find."""
    after = build_plan(apply_changes(case, remedy.changes), book)
    assert state(after, id) in ("clear", "watch") or (after.complete and not plan.complete)
    assert (after.unfunded, after.holder_pays) == (remedy.unfunded, remedy.holder_pays)
    assert after.unfunded <= plan.unfunded


def bounded(ceiling: int) -> dict[str, Any]:
    return {"least_of": [{"remaining": ["teaching"]}, value(plain(ceiling))]}


@settings(max_examples=20)
@given(cents, cents, cents, st.booleans())
def test_a_cent_less_than_a_remedy_about_money_does_not_clear_the_cause(
    price: int, one: int, other: int, all_or_nothing: bool
) -> None:
    relations = {"own_money": "forbidden"} if all_or_nothing else {}
    book = rulebook(
        aid("a", 10, bounded(one)), aid("b", 20, bounded(other), relations=relations),
        aid("e", 5, {"fact": "means.employer"}, kind="own_money", funder="employer"),
        levers=MONEY, tries={"cost_too_high": MONEY},
    )  # fmt: skip
    case = dossier(price)
    plan, remedies = found(book, case, "cost_too_high")
    assume(remedies)
    for lever, remedy in remedies.items():
        kept(book, case, "cost_too_high", plan, remedy)
        if "+" not in lever:
            ((path, text),) = remedy.changes.items()
            sign = 1 if lever == "lower" else -1
            less = plain(round(float(text) * 100) + sign)
            assert state(build_plan(apply_changes(case, {path: less}), book), "cost_too_high") == "raised"


@settings(max_examples=40)
@given(st.sampled_from(["calendar_days", "working_days", "business_days"]), days, st.integers(0, 30))
def test_a_session_a_day_earlier_than_the_remedy_is_still_too_soon(unit: str, notice: int, ahead: int) -> None:
    book = with_notice(unit, notice, levers={"move": {"kind": "date", "most": 120}}, tries=["move"])
    start = DAY + timedelta(days=ahead)
    case = dossier(100_000, training={"start": start, "end": start + timedelta(days=30)})
    plan, remedies = found(book, case, "slow_cofunding_answers")
    assert (state(plan, "slow_cofunding_answers") == "raised") is bool(remedies)
    for remedy in remedies.values():
        kept(book, case, "slow_cofunding_answers", plan, remedy)
        before = {
            path: (date.fromisoformat(day) - timedelta(days=1)).isoformat() for path, day in remedy.changes.items()
        }
        assert state(build_plan(apply_changes(case, before), book), "slow_cofunding_answers") == "raised"


@settings(max_examples=30)
@given(st.integers(30, 500), st.integers(1, 14), st.integers(0, 900), st.integers(0, 900))
def test_a_course_a_day_longer_than_the_remedy_is_still_too_long(
    length: int, months: int, centre: int, company: int
) -> None:
    """And the hours of what is left of the course add up to the hundredth."""
    short = {"fact": "training.months", "at_most": str(months), "cause": "training_over_one_year"}
    book = rulebook(
        aid("a", 10, {"remaining": ["teaching"]}, eligibility=short),
        levers={"split": {"kind": "shorten", "most_percent": 90}}, tries={"training_over_one_year": ["split"]},
    )  # fmt: skip
    start = date(2017, 6, 5)
    hours = {"total": plain(centre + company), "centre": plain(centre), "company": plain(company)}
    case = dossier(100_000, training={"start": start, "end": start + timedelta(days=length), "hours": hours})
    plan, remedies = found(book, case, "training_over_one_year")
    assume(state(plan, "training_over_one_year") == "raised")
    for remedy in remedies.values():
        kept(book, case, "training_over_one_year", plan, remedy)
        cut = apply_changes(case, remedy.changes).training
        assert cut.hours.total == (cut.hours.centre or 0) + (cut.hours.company or 0)
        day = date.fromisoformat(remedy.changes["training.end"]) + timedelta(days=1)
        longer = apply_changes(case, {**remedy.changes, "training.end": day.isoformat()})
        assert state(build_plan(longer, book), "training_over_one_year") == "raised"


@settings(max_examples=30)
@given(st.integers(100, 80_000), st.integers(1, 9_000), st.integers(0, 9_000))
def test_a_hundredth_of_an_hour_more_than_the_remedy_is_still_too_many(most: int, over: int, company: int) -> None:
    """Hours at the centre fall as much, and the price stays in proportion: no cent of the new price is invented."""
    total = most + min(over, most * 8)
    few = {"fact": "training.hours.total", "at_most": plain(most), "cause": "public"}
    lever = {"kind": "lower", "path": "training.hours.total", "most_percent": 90,
             "together": ["training.hours.centre"], "pro_rata": ["training.costs.teaching"]}  # fmt: skip
    book = rulebook(
        aid("a", 10, {"remaining": ["teaching"]}, eligibility=few), levers={"fewer": lever}, tries={"public": ["fewer"]}
    )
    hours = {"total": plain(total), "centre": plain(total - min(company, most))}
    case = dossier(100_000, training={"hours": hours})
    plan, remedies = found(book, case, "public")
    assert remedies
    for remedy in remedies.values():
        kept(book, case, "public", plan, remedy)
        after = apply_changes(case, remedy.changes).training
        assert after.hours.total == most
        assert (case.training.hours.centre or 0) - (after.hours.centre or 0) == total - most
        assert abs((after.costs.teaching or 0) * total - 100_000 * most) * 2 <= total
        more = apply_changes(case, {**remedy.changes, "training.hours.total": plain(most + 1)})
        assert state(build_plan(more, book), "public") == "raised"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem[:2])
def test_every_remedy_of_the_examples_gives_what_it_promised(packaged: Rulebook, example: Path) -> None:
    """With the packaged rules, on each example, for each cause and each lever, alone or in a pair."""
    case = read_dossier(example)
    plan = find_remedies(case, packaged, build_plan(case, packaged))
    for cause in plan.causes:
        for remedy in cause.remedies:
            kept(packaged, case, cause.id, plan, remedy)
            after = build_plan(apply_changes(case, remedy.changes), packaged)
            assert after.complete is remedy.completes
            assert all(state(after, id) in ("clear", "watch") for id in remedy.clears)


def with_notice(unit: str, notice: int, levers: Any = None, tries: Any = ()) -> Rulebook:
    values = [{"from": "2000-01-01", "value": str(notice), "source": "essai"}]
    return rulebook(
        aid(
            "a", 10, {"remaining": ["teaching"]}, procedure={"notice": {"parameter": "notice"}},
            parameters={"notice": {"unit": unit, "clock": "start", "values": values}},
        ),
        levers=levers or {}, tries={"slow_cofunding_answers": tries},
    )  # fmt: skip


@settings(max_examples=60)
@given(
    st.sampled_from(["calendar_days", "working_days", "business_days", "months"]), st.integers(0, 12),
    st.dates(date(2016, 1, 1), date(2019, 12, 31)), st.sampled_from(["75", "42", "01", "06"]),
)  # fmt: skip
def test_filing_on_the_latest_date_works_and_a_day_later_does_not(
    unit: str, notice: int, start: date, region: str
) -> None:
    book = with_notice(unit, notice)
    case = dossier(100_000, training={"start": start, "end": start, "region": region})
    plan = build_plan(case, book, start - timedelta(days=800))
    (line,) = plan.calendar
    assert line.file_by is not None
    on_time, late = (build_plan(case, book, line.file_by + timedelta(days=more)) for more in (0, 1))
    assert (on_time.unfunded, late.unfunded) == (0, 100_000)
    assert late.verdicts[0].state is Truth.NO
    assert state(late, "slow_cofunding_answers") == "raised"


@settings(max_examples=60)
@given(
    st.lists(days, min_size=3, max_size=3), st.integers(0, 2), st.integers(1, 9), st.integers(0, 60), st.integers(1, 30)
)
def test_in_a_plan_a_longer_delay_or_a_later_request_is_never_likelier_in_time(
    drawn: list[int], bound: int, more: int, ahead: int, later: int
) -> None:
    """Neither any answer nor all of them together; all together are never likelier than any."""
    bounds = sorted(drawn)
    longer = [*bounds[:bound], bounds[bound] + more, *bounds[bound + 1 :]]
    assume(longer == sorted(longer))
    book = rulebook(
        aid("a", 10, value("300.00")), aid("b", 20, value("300.00"), procedure={"after": ["a"]}),
    )  # fmt: skip
    start = DAY + timedelta(days=ahead)

    def chances(delay: list[int], on: date) -> list[float]:
        declared = dict(zip(("least", "usual", "most"), delay, strict=True))
        case = dossier(
            100_000, training={"start": start, "end": start},
            local={"delays": {"a": declared, "b": {"least": 1, "usual": 4, "most": 15}}},
        )  # fmt: skip
        plan = build_plan(case, book, on)
        found = [line.on_time_probability for line in plan.calendar]
        assert plan.on_time_probability is not None
        assert None not in found
        assert plan.on_time_probability <= min(chance for chance in found if chance is not None)
        return [chance for chance in (*found, plan.on_time_probability) if chance is not None]

    now = chances(bounds, DAY)
    assert all(then <= chance for then, chance in zip(chances(longer, DAY), now, strict=True))
    day = min(start, DAY + timedelta(days=later))
    assert all(then <= chance for then, chance in zip(chances(bounds, day), now, strict=True))
