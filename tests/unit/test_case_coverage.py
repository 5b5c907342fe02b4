"""What a set of cases puts to the test, counted by hand on a rulebook of one aid."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cpf_funding.errors import Origin
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.testing.cases import read_cases
from cpf_funding.testing.coverage import Coverage, measure
from cpf_funding.truth import Truth
from rulebooks import rulebook, value

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
SOURCE = {"source": "essai"}
DATED = {
    "unit": "months",
    "clock": "filing",
    "values": [
        {"from": "2018-01-01", "until": "2018-12-31", "value": "12", "source": "essai"},
        {"from": "2019-01-01", "value": "24", "source": "essai"},
    ],
}
AID = {
    "aid": "region.aid",
    "label": "Aide",
    "funder": "funder",
    "order": 10,
    "covers": ["teaching"],
    "in_force": [{"from": "2018-01-01", "until": "2019-12-31", "source": "essai"}],
    "scope": {"fact": "holder.status", "is": "job_seeker"},
    "parameters": {"limit": DATED},
    "eligibility": {
        "all": [
            {"fact": "holder.registered", "is": "true"},
            {"fact": "training.months", "at_most": {"parameter": "limit"}},
        ]
    },
    "amount": value("100.00"),
}  # fmt: skip


def placed(data: object, counter: list[int]) -> object:
    """The mapping as the reader gives it: every mapping has its own place."""
    if isinstance(data, list):
        return [placed(item, counter) for item in data]
    if not isinstance(data, dict):
        return data
    counter[0] += 1
    origin = Origin("essai.yaml", counter[0], 1)
    return {**{key: placed(item, counter) for key, item in data.items()}, "__at__": origin}


def book(**changes: object) -> Rulebook:
    whole = AID | changes
    aid = placed({key: item for key, item in whole.items() if key != "parameters"}, [0])
    assert isinstance(aid, dict)
    return rulebook({**aid, "parameters": whole["parameters"]})


def measured(tmp_path: Path, *cases: tuple[str, str], rules: Rulebook | None = None) -> Coverage:
    """Coverage of cases given as the day and the dossier of each."""
    text = 'schema: cpf-funding/case/1\nbase: {training: {costs: {teaching: "100.00"}}}\ncases:\n'
    for number, (day, dossier) in enumerate(cases):
        said = "title: t, rows: [R], arithmetic: a, expect: {}"
        text += f"  - {{case: c{number}, on: {day}, dossier: {dossier}, {said}}}\n"
    path = tmp_path / "cases.yaml"
    path.write_text(text, encoding="utf-8")
    return measure(read_cases(path) if cases else (), rules or book())


def job_seeker(registered: str, end: str) -> str:
    return f"{{holder: {{status: job_seeker, registered: {registered}}}, training: {{start: 2020-01-01, end: {end}}}}}"


def outcomes(coverage: Coverage) -> dict[str, frozenset[Truth]]:
    return {condition.label: condition.seen for condition in coverage.conditions}


def test_no_case_reaches_nothing(tmp_path: Path) -> None:
    coverage = measured(tmp_path, ("2018-06-01", "{holder: {status: employee}}"))
    assert coverage.aids == ()
    assert coverage.untouched == ("region.aid",)
    assert coverage.conditions == ()


def test_a_condition_is_covered_once_seen_true_and_false(tmp_path: Path) -> None:
    one = measured(tmp_path, ("2018-06-01", job_seeker("true", "2020-12-31")))
    assert outcomes(one)["inscription à Pôle emploi / France Travail"] == {YES}
    assert not any(condition.covered for condition in one.conditions)
    two = measured(
        tmp_path, ("2018-06-01", job_seeker("true", "2020-12-31")), ("2018-06-01", job_seeker("false", "2020-12-31"))
    )
    assert [c.label for c in two.conditions if c.covered] == ["inscription à Pôle emploi / France Travail"]


def test_an_unknown_outcome_covers_nothing(tmp_path: Path) -> None:
    coverage = measured(
        tmp_path, ("2018-06-01", job_seeker("true", "2020-12-31")), ("2018-06-01", job_seeker("", "2020-12-31"))
    )
    assert outcomes(coverage)["inscription à Pôle emploi / France Travail"] == {YES, UNKNOWN}
    assert not any(condition.covered for condition in coverage.conditions)


def test_a_scope_that_fails_hides_the_other_conditions(tmp_path: Path) -> None:
    coverage = measured(
        tmp_path,
        ("2018-06-01", job_seeker("true", "2020-12-31")),
        ("2018-06-01", "{holder: {status: employee, registered: false}}"),
    )
    assert outcomes(coverage)["statut de la personne"] == {YES, NO}
    assert outcomes(coverage)["inscription à Pôle emploi / France Travail"] == {YES}


def test_a_threshold_is_covered_for_each_dated_value_apart(tmp_path: Path) -> None:
    """Twelve months then twenty-four: thirteen months is refused in 2018 and accepted in 2019."""
    coverage = measured(
        tmp_path,
        ("2018-06-01", job_seeker("true", "2020-12-31")),
        ("2018-06-01", job_seeker("true", "2021-01-31")),
        ("2019-06-01", job_seeker("true", "2021-01-31")),
    )
    seen = {threshold.start: threshold.seen for threshold in coverage.thresholds}
    assert seen == {date(2018, 1, 1): {YES, NO}, date(2019, 1, 1): {YES}}
    assert [threshold.covered for threshold in coverage.thresholds] == [True, False]


def test_a_value_that_no_case_reads_is_a_threshold_to_cross(tmp_path: Path) -> None:
    coverage = measured(tmp_path, ("2018-06-01", job_seeker("true", "2020-12-31")))
    unread = next(threshold for threshold in coverage.thresholds if threshold.start == date(2019, 1, 1))
    assert (unread.seen, unread.covered, unread.missing) == (frozenset(), False, "jamais rempli ni manqué")
    assert unread.where == "parameter:region.aid.limit 2019-01-01"


@pytest.mark.parametrize(
    ("operator", "period", "counted"),
    [
        ("at_most", {"value": "12"}, True),
        ("at_most", {"value": "0"}, True),
        ("at_least", {"value": "0"}, False),
        ("below", {"value": "0"}, False),
        ("above", {"value": "0"}, True),
        ("at_most", {"value": "unlimited"}, False),
        ("at_most", {"state": "unknown", "reason": "rien n'est établi"}, False),
    ],
)
def test_only_a_known_value_that_bounds_something_is_a_threshold(
    tmp_path: Path, operator: str, period: dict[str, str], counted: bool
) -> None:
    """A dossier cannot miss « at least zero hours », nor fall on either side of a value that is not known."""
    rules = book(
        parameters={"limit": DATED | {"values": [{"from": "2018-01-01", "source": "essai"} | period]}},
        eligibility={"fact": "training.months", operator: {"parameter": "limit"}},
    )
    coverage = measured(tmp_path, ("2018-06-01", job_seeker("true", "2020-12-31")), rules=rules)
    assert [threshold.start for threshold in coverage.thresholds] == ([date(2018, 1, 1)] if counted else [])


def test_the_key_of_a_table_that_has_no_value_is_no_threshold(tmp_path: Path) -> None:
    """Only the declared key counts, however many dossiers come from elsewhere."""
    keyed = DATED | {"by": "holder.region", "values": [{"from": "2018-01-01", "for": "94", "value": "12"} | SOURCE]}
    elsewhere = "{holder: {status: job_seeker, region: '11'}, training: {start: 2020-01-01, end: 2020-12-31}}"
    coverage = measured(tmp_path, ("2018-06-01", elsewhere), rules=book(parameters={"limit": keyed}))
    assert [threshold.where for threshold in coverage.thresholds] == ["parameter:region.aid.limit (94) 2018-01-01"]


def test_an_aid_that_is_only_announced_is_reached_and_its_conditions_are_not_read(tmp_path: Path) -> None:
    announced = [{"from": "2018-01-01", "state": "announced", "reason": "texte non adopté"} | SOURCE]
    coverage = measured(tmp_path, ("2018-06-01", job_seeker("true", "2020-12-31")), rules=book(in_force=announced))
    assert (coverage.aids, coverage.conditions, coverage.thresholds) == (("region.aid",), (), ())


def test_what_is_explained_leaves_the_counts_unless_a_case_covers_it(tmp_path: Path) -> None:
    coverage = measured(
        tmp_path,
        ("2018-06-01", job_seeker("true", "2020-12-31")),
        ("2018-06-01", job_seeker("false", "2020-12-31")),
    )
    fewer = coverage.without(lambda where: where.startswith("condition:region.aid/"))
    assert [(c.where, c.covered) for c in fewer.conditions] == [
        ("condition:region.aid/eligibility/inscription à Pôle emploi / France Travail", True)
    ]
    assert fewer.explained == 2
    assert "expliqués dans check.yaml : 2" in fewer.summary()
    assert "jamais" not in fewer.summary()


@pytest.mark.parametrize(
    ("days", "crossed", "to_the_day"),
    [
        (("2018-12-31", "2019-01-01"), True, True),
        (("2018-06-01", "2019-06-01"), True, False),
        (("2019-01-01", "2019-06-01"), False, False),
    ],
)
def test_a_change_is_crossed_by_a_day_on_each_side(
    tmp_path: Path, days: tuple[str, str], crossed: bool, to_the_day: bool
) -> None:
    coverage = measured(tmp_path, *((day, job_seeker("true", "2020-12-31")) for day in days))
    (change,) = [b for b in coverage.bounds if b.name == "region.aid.limit" and b.day == date(2019, 1, 1)]
    assert (change.covered, change.to_the_day) == (crossed, to_the_day)


def test_the_end_of_an_aid_is_a_change_too(tmp_path: Path) -> None:
    coverage = measured(
        tmp_path, ("2019-12-31", job_seeker("true", "2020-12-31")), ("2020-01-01", job_seeker("true", "2020-12-31"))
    )
    ends = {bound.day: bound.to_the_day for bound in coverage.bounds if bound.name == "region.aid"}
    assert ends == {date(2018, 1, 1): False, date(2020, 1, 1): True}


def changes(coverage: Coverage) -> dict[str, str]:
    """What each change lacks, by its place."""
    return {bound.where: "" if bound.to_the_day else bound.missing for bound in coverage.bounds}


LIMIT, OPENING = "change:region.aid.limit 2019-01-01", "change:region.aid 2018-01-01"


def test_every_change_of_the_rulebook_is_counted_whether_a_case_comes_near_or_not(tmp_path: Path) -> None:
    """The aid opens and closes, its limit begins with it and moves once: what no case shows is told in words."""
    assert changes(measured(tmp_path)) == dict.fromkeys(
        [OPENING, "change:region.aid 2020-01-01", "change:region.aid.limit 2018-01-01", LIMIT],
        "ni la veille ni le jour même",
    )
    eve = measured(tmp_path, ("2018-12-31", job_seeker("true", "2020-12-31")))
    assert changes(eve)[LIMIT] == "pas le jour même"
    same = measured(tmp_path, ("2019-01-01", job_seeker("true", "2020-12-31")))
    assert changes(same)[LIMIT] == "pas la veille"


def test_two_periods_that_say_the_same_are_no_change(tmp_path: Path) -> None:
    again = [
        {"from": "2018-01-01", "until": "2018-12-31", "value": "12", "source": "essai"},
        {"from": "2019-01-01", "until": "2019-06-30", "value": "12", "source": "essai"},
        {"from": "2019-07-01", "state": "unknown", "reason": "non relevé ensuite", "source": "essai"},
    ]
    open_twice = [
        {"from": "2018-01-01", "until": "2018-12-31", "source": "essai"},
        {"from": "2019-01-01", "until": "2019-12-31", "source": "essai"},
    ]
    rules = book(parameters={"limit": DATED | {"values": again}}, in_force=open_twice)
    assert list(changes(measured(tmp_path, rules=rules))) == [
        OPENING, "change:region.aid 2020-01-01", "change:region.aid.limit 2018-01-01",
        "change:region.aid.limit 2019-07-01",
    ]  # fmt: skip


def test_a_value_that_begins_with_its_aid_is_framed_by_a_case_that_has_no_aid_the_day_before(tmp_path: Path) -> None:
    around = [(day, job_seeker("true", "2020-12-31")) for day in ("2017-12-31", "2018-01-01")]
    framed = changes(measured(tmp_path, *around))
    assert framed[OPENING] == framed["change:region.aid.limit 2018-01-01"] == ""


def test_an_aid_refused_by_its_conditions_shows_neither_its_opening_nor_its_amount(tmp_path: Path) -> None:
    """The conditions themselves were read, and the limit with them."""
    rules = book(amount={"parameter": "limit_paid"}, parameters={"limit": DATED, "limit_paid": DATED | {"unit": "EUR"}})
    around = [(day, job_seeker("false", "2020-12-31")) for day in ("2017-12-31", "2018-01-01")]
    framed = changes(measured(tmp_path, *around, rules=rules))
    assert framed[OPENING] == framed["change:region.aid.limit_paid 2018-01-01"] == "pas le jour même"
    assert framed["change:region.aid.limit 2018-01-01"] == ""


def test_what_no_plan_can_show_is_counted_apart(tmp_path: Path) -> None:
    """A value that moves before its aid opens (here twice), or after it closes, is read by nobody."""
    early = {"values": [
        {"from": "2016-01-01", "until": "2016-12-31", "value": "6", "source": "essai"},
        {"from": "2017-01-01", "value": "12", "source": "essai"},
    ]}  # fmt: skip
    coverage = measured(tmp_path, rules=book(parameters={"limit": DATED | early}))
    assert list(changes(coverage)) == [OPENING, "change:region.aid 2020-01-01"]
    assert (coverage.unread, coverage.hidden) == (0, 2)
    assert "hors de ces comptes, changements de valeurs qu'aucune aide ne lit ces jours-là : 2" in coverage.summary()


def test_a_value_that_no_aid_reads_is_counted_apart(tmp_path: Path) -> None:
    rules = book(parameters={"limit": DATED, "spare": DATED})
    coverage = measured(tmp_path, rules=rules)
    assert (coverage.unread, coverage.hidden) == (2, 0)
    assert not [where for where in changes(coverage) if "spare" in where]


def test_on_the_clock_of_the_course_the_first_day_of_the_course_is_the_day_shown(tmp_path: Path) -> None:
    by_start = DATED | {"clock": "start"}
    course = "{{holder: {{status: job_seeker, registered: true}}, training: {{start: {start}, end: 2020-12-31}}}}"
    coverage = measured(
        tmp_path, ("2018-06-01", course.format(start="2018-12-31")), ("2018-06-01", course.format(start="2019-01-01")),
        rules=book(parameters={"limit": by_start}),
    )  # fmt: skip
    assert changes(coverage)[LIMIT] == ""


def test_an_explained_change_leaves_the_count(tmp_path: Path) -> None:
    coverage = measured(tmp_path).without(lambda where: where == LIMIT)
    assert LIMIT not in changes(coverage)
    assert coverage.explained == 1


def test_a_refused_dossier_tests_no_rule(tmp_path: Path) -> None:
    assert measured(tmp_path, ("2018-06-01", "{holder: {status: nobody}}")).aids == ()


def test_the_report_counts_and_names_what_is_missing(tmp_path: Path) -> None:
    text = measured(tmp_path, ("2018-06-01", job_seeker("true", "2020-12-31"))).text()
    assert "aides : 1 sur 1 (100 %) atteintes" in text
    assert "conditions vues vraies et fausses : 0 sur 3 (0 %)" in text
    assert "region.aid : « inscription à Pôle emploi / France Travail » jamais fausse (essai.yaml:" in text
    assert "changement, ni la veille ni le jour même : region.aid.limit, region.aid.limit, le 01/01/2019" in text
