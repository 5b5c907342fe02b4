"""The calendar of a plan as an iCalendar file (RFC 5545): a day for each filing date and each expected answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import NAMESPACE_URL, uuid5

from cpf_funding._version import __version__
from cpf_funding.engine.plan import CalendarLine, FundingPlan
from cpf_funding.language.words import day_in_french, enumerate_in_french
from cpf_funding.rulebook.book import Rulebook

__all__ = ["calendar_ics"]

_FOLD = 75
"""Octets of a content line, line break excluded (RFC 5545, 3.1)."""


def calendar_ics(plan: FundingPlan, rulebook: Rulebook) -> str:
    """The calendar as text whose lines end with CR LF; write it without translating them.

    Days are whole (`VALUE=DATE`), so no time zone is needed. The same dossier, aid and event always bear the same UID:
    importing a later plan moves the events instead of doubling them.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//cpf-funding//{__version__}//FR", "CALSCALE:GREGORIAN"]
    for line in plan.calendar:
        lines += _events(line, plan, rulebook)
    return "".join(f"{_folded(each)}\r\n" for each in [*lines, "END:VCALENDAR"])


def _events(line: CalendarLine, plan: FundingPlan, rulebook: Rulebook) -> Iterator[str]:
    label = rulebook.aid(line.aid).label
    if line.file_by is not None and not line.asked:
        words = [f"À demander à partir du {day_in_french(line.file_from)}."] if line.file_from is not None else []
        if line.after:
            labels = enumerate_in_french((f"« {rulebook.aid(id).label} »" for id in line.after), "et")
            words.append(f"Attendre d'abord la réponse de {labels}.")
        yield from _event("filing", line.file_by, f"Date limite de demande : {label}", words, line, plan)
    expected = line.answer.likely
    if expected is not None and expected != line.file_from:
        yield from _event("answer", expected, f"Réponse attendue : {label}", list(_answer_words(line)), line, plan)


def _answer_words(line: CalendarLine) -> Iterator[str]:
    if line.answer.least is not None:
        yield f"Au plus tôt le {day_in_french(line.answer.least)}."
    if line.answer.most is not None:
        yield f"Au plus tard le {day_in_french(line.answer.most)}."
    if line.on_time_probability is not None:
        yield f"Probabilité d'une réponse avant le début : {100 * line.on_time_probability:.0f} %."


def _event(what: str, day: date, summary: str, words: list[str], line: CalendarLine, plan: FundingPlan) -> list[str]:
    named = plan.dossier or plan.receipt.dossier
    return [
        "BEGIN:VEVENT",
        f"UID:{uuid5(NAMESPACE_URL, f'cpf-funding:{named}:{line.aid}:{what}')}",
        f"DTSTAMP:{plan.as_of:%Y%m%d}T000000Z",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"SUMMARY:{_escaped(summary)}",
        *([f"DESCRIPTION:{_escaped(' '.join(words))}"] if words else []),
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _escaped(text: str) -> str:
    """TEXT values escape the backslash, the semicolon, the comma and line breaks (RFC 5545, 3.3.11)."""
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\r\n", "\\n").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Lines of at most 75 octets, the following ones beginning with a space; no character is cut in two."""
    folded, octets = [""], 0
    for character in line:
        size = len(character.encode())
        if octets + size > _FOLD:
            folded.append(" ")
            octets = 1
        folded[-1] += character
        octets += size
    return "\r\n".join(folded)
