"""Remedies do what they promise, and nothing smaller does; the latest filing date is the latest."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cpf_funding.dossier import Dossier
from cpf_funding.engine.build import build_plan
from cpf_funding.engine.plan import FundingPlan, Remedy
from cpf_funding.engine.remedies import find_remedies
from cpf_funding.money import plain
from cpf_funding.reading.changes import apply_changes
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
    """The plan rebuilt with the remedy is the one it promised: its cause cleared, and no more to find."""
    after = build_plan(apply_changes(case, remedy.changes), book)
    assert state(after, id) in ("clear", "watch")
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
@given(st.lists(days, min_size=3, max_size=3), st.integers(0, 2), st.integers(1, 9), st.integers(0, 60))
def test_in_a_plan_a_longer_delay_or_a_later_request_is_never_likelier_in_time(
    drawn: list[int], bound: int, more: int, ahead: int
) -> None:
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
        found = [line.on_time_probability for line in build_plan(case, book, on).calendar]
        assert None not in found
        return [chance for chance in found if chance is not None]

    now = chances(bounds, DAY)
    assert all(then <= chance for then, chance in zip(chances(longer, DAY), now, strict=True))
    if start > DAY:
        assert all(then <= chance for then, chance in zip(chances(bounds, DAY + timedelta(1)), now, strict=True))
