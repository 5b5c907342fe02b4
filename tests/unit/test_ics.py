"""The iCalendar export, read back by a reader written from RFC 5545."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cpf_funding.dossier import Dossier
from cpf_funding.engine.build import build_plan
from cpf_funding.report.ics import calendar_ics
from rulebooks import aid, rulebook

DOSSIER = {
    "id": "essai", "as_of": "2017-03-01", "training": {"start": "2017-06-05", "costs": {"teaching": "1000.00"}},
    "local": {"delays": {"a": {"least": 5, "usual": 15, "most": 40}}},
}  # fmt: skip


def exported(label: str = "Aide", data: Any = DOSSIER) -> str:
    book = rulebook(aid("a", 10, {"remaining": ["teaching"]}, label=label))
    return calendar_ics(build_plan(Dossier.model_validate(data), book), book)


def unfolded(text: str) -> list[str]:
    """Content lines (RFC 5545, 3.1): a line break followed by a space is nothing."""
    assert text.endswith("\r\n")
    return text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def events(text: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for line in unfolded(text):
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found and ":" in line:
            name, _, value = line.partition(":")
            found[-1].setdefault(name, value)
    return found


def test_a_filing_date_and_an_expected_answer_are_each_a_day() -> None:
    filing, answer = events(exported())
    assert filing["DTSTART;VALUE=DATE"] == "20170605"
    assert filing["SUMMARY"] == "Date limite de demande : Aide"
    assert answer["DTSTART;VALUE=DATE"] == "20170316"
    assert answer["SUMMARY"] == "Réponse attendue : Aide"
    assert "Probabilité d'une réponse avant le début : 100 %." in answer["DESCRIPTION"]


def test_the_calendar_is_well_formed() -> None:
    lines = unfolded(exported())
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert lines[-1] == "END:VCALENDAR"
    assert any(line.startswith("PRODID:") for line in lines)
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 2
    assert all({"UID", "DTSTAMP", "DTSTART;VALUE=DATE"} <= event.keys() for event in events(exported()))


def test_the_stamp_is_the_day_of_the_plan_and_no_clock_is_read() -> None:
    assert {event["DTSTAMP"] for event in events(exported())} == {"20170301T000000Z"}
    assert exported() == exported()


def test_identifiers_are_stable_when_dates_move_and_differ_between_events() -> None:
    later = {**DOSSIER, "as_of": "2017-03-08"}
    now, then = ([event["UID"] for event in events(exported(data=data))] for data in (DOSSIER, later))
    assert now == then
    assert len(set(now)) == 2


def test_another_dossier_has_other_identifiers() -> None:
    now, other = (
        {event["UID"] for event in events(exported(data=data))} for data in (DOSSIER, {**DOSSIER, "id": "autre"})
    )
    assert now.isdisjoint(other)


def test_special_characters_are_escaped() -> None:
    summary = events(exported(label="Aide\\ A ; B, C"))[0]["SUMMARY"]
    assert summary == r"Date limite de demande : Aide\\ A \; B\, C"


def test_lines_are_folded_at_75_octets_without_cutting_a_character() -> None:
    label = "é" * 120
    text = exported(label=label)
    lines = text.encode().split(b"\r\n")
    assert max(len(line) for line in lines) == 75
    for line in lines:
        line.decode()
    assert events(text)[0]["SUMMARY"].endswith(label)


def test_a_plan_without_dates_gives_an_empty_calendar() -> None:
    book = rulebook(aid("a", 10, {"remaining": ["teaching"]}))
    plan = replace(build_plan(Dossier.model_validate(DOSSIER), book), calendar=())
    assert events(calendar_ics(plan, book)) == []
