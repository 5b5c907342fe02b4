"""The strategies of the kit draw what they promise: dossiers that can be read, at thresholds, absurd; valid rules."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from cpf_funding import CpfFundingError, Dossier, InputError, Problem, Rulebook, build_plan, load_rulebook
from cpf_funding.reading.dossiers import read_dossier_text, write_dossier_yaml
from cpf_funding.testing import Draft
from cpf_funding.testing.drafts import SOURCE, aid, value
from cpf_funding.testing.strategies import (
    boundary_dossiers,
    days,
    dossiers,
    drafts,
    hostile_dossiers,
    hostile_texts,
    realistic_dossiers,
    rulebooks,
)

LEAST = {"unit": "EUR", "clock": "filing", "values": [{"from": date(2018, 1, 1), "value": "543.21", "source": SOURCE}]}
BOOK = Draft(
    aids=[
        aid("a", 1, {"least_of": [value("100"), {"envelope": "a"}]}, parameters={"least": LEAST}, eligibility={"all": [
            {"fact": "cpf.balance", "at_least": {"parameter": "least"}}, {"fact": "q.hours", "below": "12.34"},
            {"fact": "holder.region", "is": "987"},
        ]})
    ],
    facts={"q.hours": {"kind": "h", "label": "q", "question": "q"}},
).rulebook()  # fmt: skip
looking = settings(
    max_examples=2000, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)


def same_again(dossier: Dossier) -> bool:
    return read_dossier_text(write_dossier_yaml(dossier)).model_dump() == dossier.model_dump()


@settings(max_examples=60)
@given(realistic_dossiers(BOOK) | boundary_dossiers(BOOK))
def test_a_dossier_can_be_written_read_back_and_planned(dossier: Dossier) -> None:
    assert same_again(dossier)
    build_plan(dossier, BOOK)


@settings(max_examples=60)
@given(hostile_dossiers(BOOK))
def test_a_hostile_dossier_is_planned_or_refused_in_french(dossier: Dossier) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        build_plan(dossier, BOOK)
    except InputError as error:
        problems = error.problems
    assert all(problem.advice for problem in problems)


@pytest.mark.parametrize("refused", [True, False])
def test_hostile_dossiers_are_of_both_kinds(refused: bool) -> None:
    def turned_down(dossier: Dossier) -> bool:
        try:
            build_plan(dossier, BOOK)
        except CpfFundingError:
            return True
        return False

    find(hostile_dossiers(BOOK), lambda dossier: turned_down(dossier) is refused, settings=looking)


@pytest.mark.parametrize("cents", [54_320, 54_321, 54_322])
def test_a_boundary_dossier_stands_at_the_values_that_the_rules_name(cents: int) -> None:
    find(boundary_dossiers(BOOK), lambda dossier: dossier.cpf.balance == cents, settings=looking)


@pytest.mark.parametrize(
    "shown",
    [
        lambda d: d.answers.get("q.hours") in ("12.33", "12.34", "12.35"), lambda d: d.holder.region == "987",
        lambda d: d.holder.region is None, lambda d: d.local.envelopes.get("a") is not None,
        lambda d: d.local.already_asked != (), lambda d: d.training.start is None,
    ],
)  # fmt: skip
def test_a_realistic_dossier_says_what_the_rules_look_at_or_does_not(shown: object) -> None:
    find(realistic_dossiers(BOOK), shown, settings=looking)  # type: ignore[arg-type]


@pytest.mark.parametrize("day", [date(2017, 12, 31), date(2018, 1, 1), date(2018, 1, 2)])
def test_days_stand_around_the_changes_of_the_rules(day: date) -> None:
    assert day == find(days(BOOK), lambda drawn: drawn == day, settings=looking)


@settings(max_examples=20)
@given(dossiers(BOOK, date(2020, 2, 29)))
def test_a_day_can_be_imposed(dossier: Dossier) -> None:
    assert dossier.as_of in (date(2020, 2, 29), None)


@settings(max_examples=30)
@given(rulebooks(max_aids=2))
def test_rulebooks_are_valid_and_small(book: Rulebook) -> None:
    assert 1 <= len(book.aids) <= 2


@settings(max_examples=10)
@given(data=st.data())
def test_a_rulebook_written_as_files_gives_the_same_plans(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What a draft writes is YAML that anyone could have written."""
    draft = data.draw(drafts())
    read, made = load_rulebook(rules=draft.write(tmp_path_factory.mktemp("rules"))), draft.rulebook()
    dossier = data.draw(realistic_dossiers(made))
    one, other = build_plan(dossier, read), build_plan(dossier, made)
    assert [(c.aid, c.amount) for c in one.contributions] == [(c.aid, c.amount) for c in other.contributions]
    assert [v.state for v in one.verdicts] == [v.state for v in other.verdicts]


@settings(max_examples=60)
@given(hostile_texts("as_of: 2017-03-01\ntraining: {costs: {teaching: 5}}\n"))
def test_a_hostile_text_is_read_or_refused(text: str) -> None:
    found: Dossier | InputError
    try:
        found = read_dossier_text(text)
    except InputError as error:
        found = error
    assert isinstance(found, Dossier) or found.problems
