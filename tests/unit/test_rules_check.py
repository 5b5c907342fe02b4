"""The analysis of rules: each kind of finding on a small rulebook that has it, and none on one that has not."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cpf_funding.errors import InputError
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.rulebook.check import CaseSummary, Gap, Silence, check, read_silences
from cpf_funding.rulebook.findings import KINDS, Finding
from cpf_funding.rulebook.load import load_rulebook
from cpf_funding.rulebook.location import packaged_rules
from rulebooks import aid, rulebook, value

SOMETHING: dict[str, Any] = {"remaining": ["teaching"]}
REGISTERS = {"R040", "R041", "R043", "R044"}
"""What small rulebooks have in excess: funders and causes that no aid of theirs uses."""


def found(book: Rulebook, **options: Any) -> list[Finding]:
    return [finding for finding in check(book, **options).findings if finding.id not in REGISTERS]


def ids(book: Rulebook, **options: Any) -> list[str]:
    return [finding.id for finding in found(book, **options)]


def of_condition(condition: Any, **others: Any) -> list[str]:
    return ids(rulebook(aid("a", 10, SOMETHING, eligibility=condition), **others))


def dated(*values: tuple[str, str | None, str], unit: str = "months", **others: Any) -> dict[str, Any]:
    entries = [
        {"from": start, "value": number, "source": "essai", **({"until": until} if until else {})}
        for start, until, number in values
    ]
    return {"unit": unit, "clock": "filing", "values": entries, **others}


SINCE = [{"from": "2015-01-01", "source": "essai"}]
"""Since the first day of the values below."""
JOB_SEEKER = {"fact": "holder.status", "is": "job_seeker"}
EMPLOYEE = {"fact": "holder.status", "is": "employee"}


@pytest.mark.parametrize(
    "condition",
    [
        {"all": [JOB_SEEKER, EMPLOYEE]},
        {"all": [{"fact": "training.months", "at_most": "6"}, {"fact": "training.months", "above": "6"}]},
        {"all": [{"fact": "training.months", "at_most": "6"}, {"fact": "training.months", "between": ["7", "9"]}]},
        {
            "all": [
                {"fact": "training.start", "before": "2018-01-01"},
                {"fact": "training.start", "after": "2018-06-01"},
            ]
        },
        {"all": [JOB_SEEKER, {"not": JOB_SEEKER}]},
        {"all": [{"fact": "holder.registered", "is": "true"}, {"not": {"fact": "holder.registered", "is": "true"}}]},
        {"all": [{"fact": "holder.age", "is": "30"}, {"not": {"fact": "holder.age", "is": "30"}}]},
        {"all": [EMPLOYEE, {"any": [JOB_SEEKER, {"all": [JOB_SEEKER, {"fact": "holder.age", "above": "3"}]}]}]},
        {"not": {"any": [JOB_SEEKER, {"not": {"fact": "holder.status", "in": ["job_seeker", "employee"]}}, EMPLOYEE]}},
        {"all": [{"list": "rncp"}, {"not": {"list": "rncp"}}]},
        {"all": [JOB_SEEKER, {"not": {"fact": "holder.status", "in": ["job_seeker", "inactive"]}}]},
    ],
)
def test_a_condition_out_of_reach(condition: Any) -> None:
    assert "R001" in of_condition(condition)


@pytest.mark.parametrize(
    "condition",
    [
        JOB_SEEKER,
        {"any": [JOB_SEEKER, EMPLOYEE]},
        {"all": [{"fact": "training.months", "at_most": "6"}, {"fact": "training.months", "at_least": "6"}]},
        {"all": [{"fact": "training.start", "after": "2018-01-01"},
                 {"fact": "training.start", "before": "2018-06-01"}]},
        {"any": [{"not": JOB_SEEKER}, {"fact": "holder.registered", "is": "true"}]},
        # one course may carry several codes
        {"all": [{"fact": "training.certification.cpf_codes", "is": "1"},
                 {"fact": "training.certification.cpf_codes", "is": "2"}]},
        # A or not A: holds by itself, only asks that the fact be known
        {"any": [JOB_SEEKER, {"not": JOB_SEEKER}]},
    ],
)  # fmt: skip
def test_a_condition_in_reach(condition: Any) -> None:
    assert of_condition(condition) == []


def test_a_condition_that_the_scope_excludes_or_repeats() -> None:
    book = rulebook(aid("a", 10, SOMETHING, scope=JOB_SEEKER, eligibility=EMPLOYEE))
    assert ids(book) == ["R001"]
    book = rulebook(aid("a", 10, SOMETHING, scope=JOB_SEEKER, eligibility={"not": EMPLOYEE}))
    assert ids(book) == ["R002"]
    finding = found(book)[0]
    assert finding.where == "a/eligibility"
    assert "statut de la personne" in finding.message


def test_a_branch_that_comes_too_late() -> None:
    amount = {
        "choose": [
            {"when": {"fact": "training.months", "at_most": "12"}, "then": value("100")},
            {"when": {"fact": "training.months", "at_most": "6"}, "then": value("50")},
        ],
        "otherwise": value("10"),
    }
    assert ids(rulebook(aid("a", 10, amount))) == ["R001"]


def test_a_parameter_bounds_what_is_reached() -> None:
    parameters = {"least": dated(("2015-01-01", "2016-12-31", "8"), ("2017-01-01", None, "9"))}
    conditions = [{"fact": "training.months", "at_least": {"parameter": "least"}}]
    for bound, expected in (("7", ["R001"]), ("8", []), ("10", [])):
        both = {"all": [*conditions, {"fact": "training.months", "at_most": bound}]}
        assert (
            ids(rulebook(aid("a", 10, SOMETHING, eligibility=both, parameters=parameters, in_force=SINCE))) == expected
        )
    flag = {"old": dated(("2015-01-01", None, "1"), unit="count")}
    never = {"amount": {"parameter": "old"}, "is": "0"}
    assert ids(rulebook(aid("a", 10, SOMETHING, eligibility=never, parameters=flag, in_force=SINCE))) == ["R001"]


def test_a_value_not_established_is_no_contradiction() -> None:
    flag = dated(("2017-01-01", None, "1"), unit="count")
    hole = {"from": "2015-01-01", "until": "2016-12-31", "state": "unknown", "reason": "perdu", "source": "essai"}
    flag["values"].append(hole)
    condition = {"amount": {"parameter": "flag"}, "is": "0"}
    book = rulebook(
        aid("a", 10, SOMETHING, eligibility=condition, parameters={"flag": flag},
            in_force=[{"from": "2015-01-01", "source": "essai"}])
    )  # fmt: skip
    assert ids(book) == []


def test_needs_what_the_other_excludes() -> None:
    one = aid("a", 10, SOMETHING, relations={"needs": ["b"]})
    other = aid("b", 20, SOMETHING, relations={"excludes": ["a"]})
    assert ids(rulebook(one, other)) == ["R010"]
    third = aid("c", 30, SOMETHING)
    either = aid("a", 10, SOMETHING, relations={"needs": ["b", "c"]})
    assert ids(rulebook(either, other, third)) == ["R010"]  # the useless half is still told
    assert ids(rulebook(either, aid("b", 20, SOMETHING), third)) == []


def test_waits_for_what_it_excludes() -> None:
    one = aid("a", 10, SOMETHING, relations={"excludes": ["b"]}, procedure={"after": ["b"]})
    assert ids(rulebook(one, aid("b", 20, SOMETHING))) == ["R011"]


def test_looks_at_what_it_excludes() -> None:
    one = aid("a", 10, SOMETHING, relations={"excludes": ["b"]}, eligibility={"joined_by": ["b"]})
    assert ids(rulebook(one, aid("b", 20, SOMETHING))) == ["R012"]


def test_counts_what_comes_after() -> None:
    book = rulebook(aid("a", 10, {"paid_by": ["b"]}), aid("b", 20, SOMETHING))
    assert ids(book) == ["R013"]
    assert ids(rulebook(aid("a", 30, {"paid_by": ["b"]}), aid("b", 20, SOMETHING))) == []


def test_a_value_that_starts_after_the_aid() -> None:
    parameters = {"ceiling": dated(("2015-01-01", None, "900"), unit="EUR")}
    late = aid("a", 10, {"parameter": "ceiling"}, parameters=parameters)
    assert ids(rulebook(late)) == ["R020"]
    same_day = aid("a", 10, {"parameter": "ceiling"}, parameters=parameters,
                   in_force=[{"from": "2015-01-01", "source": "essai"}])  # fmt: skip
    assert ids(rulebook(same_day)) == []


def test_what_is_declared_and_never_used() -> None:
    book = rulebook(
        aid("a", 10, SOMETHING),
        sources={"seule": {"title": "Seule", "confidence": "low", "checked_on": "2020-01-01"}},
        facts={"project.seul": {"kind": "truth", "label": "seul", "question": "Seul ?"}},
        parameters={"commun.seul": dated(("2015-01-01", None, "3"))},
        lists=[{"list": "seule", "label": "Seule", "codes": "rs", "source": "essai"}],
    )
    unused = {finding.where for finding in check(book).findings}
    assert {"source:seule", "fact:project.seul", "parameter:commun.seul", "list:seule"} <= unused
    assert {"funder:holder", "cause:public"} <= unused


def test_a_list_that_no_file_gives() -> None:
    assert of_condition({"list": "copanef"}) == ["R047"]


def test_a_fact_that_nothing_asks() -> None:
    fact = {"project.muet": {"kind": "truth", "label": "muet", "question": "à demander"}}
    assert of_condition({"fact": "project.muet", "is": "true"}, facts=fact) == ["R060"]


def test_an_aid_that_cannot_pay() -> None:
    assert ids(rulebook(aid("a", 10, {"least_of": [SOMETHING, value("0")]}))) == ["R070"]
    assert ids(rulebook(aid("a", 10, {"product": [{"fact": "cpf.hours"}, {"value": "0", "unit": "EUR/h"}]}))) == [
        "R070"
    ]
    closed = [{"from": "2015-01-01", "state": "suspended", "reason": "arrêt", "source": "essai"}]
    assert ids(rulebook(aid("a", 10, SOMETHING, in_force=closed))) == ["R070"]


def test_an_old_check_is_only_told_when_asked_for() -> None:
    book = rulebook(aid("a", 10, SOMETHING))
    assert ids(book) == []
    assert ids(book, stale_after=date(2026, 11, 23)) == []
    assert ids(book, stale_after=date(2026, 11, 24)) == ["R050"]


def test_what_no_case_tests() -> None:
    book = rulebook(aid("a", 10, SOMETHING), aid("b", 20, SOMETHING))
    tested = CaseSummary(
        {"a"},
        thresholds=[Gap("parameter:b.max 2018-01-01", "jamais manqué")],
        conditions=[Gap("condition:a/scope/âge", "jamais vraie")],
        changes=[Gap("change:b 2018-01-01", "pas la veille")],
    )
    assert [(f.id, f.where) for f in found(book, tested=tested)] == [
        ("R030", "parameter:b.max 2018-01-01"),
        ("R031", "b"),
        ("R032", "condition:a/scope/âge"),
        ("R033", "change:b 2018-01-01"),
    ]


def test_a_silence_needs_its_finding() -> None:
    book = rulebook(aid("a", 10, {"least_of": [SOMETHING, value("0")]}))
    right = Silence(id="R070", where="a", reason="aide gardée pour mémoire")
    idle = Silence(id="R001", where="a/*", reason="il n'y a rien à taire ici")
    report = check(book, silences=[right, idle])
    assert [(finding.id, reason) for finding, reason in report.silenced] == [("R070", "aide gardée pour mémoire")]
    assert [f.where for f in report.findings if f.id == "R000"] == ["R001 a/*"]


def test_a_silence_without_a_reason_is_refused(tmp_path: Path) -> None:
    (tmp_path / "check.yaml").write_text("silenced: [{id: R001, where: a, reason: bof}]\n", encoding="utf-8")
    with pytest.raises(InputError):
        read_silences(tmp_path)


def test_every_finding_is_of_a_declared_kind() -> None:
    book = load_rulebook(rules=Path(__file__).parents[1] / "data" / "rules_small")
    assert {finding.id for finding in check(book).findings} <= set(KINDS)


def test_the_packaged_rules_have_nothing_unexplained() -> None:
    report = check(load_rulebook(), silences=read_silences(packaged_rules()))
    assert [finding.text("") for finding in report.findings if finding.severity != "info"] == []
