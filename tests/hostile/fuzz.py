"""Small damages done to right files: whatever comes of it is read, or refused with our error. Nothing else."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from hypothesis import strategies as st

from cpf_funding import Dossier, InputError, Rulebook, build_plan, load_rulebook
from cpf_funding.report.document import plan_document
from hostile.readers import BASE, READERS, assert_told

CORPUS = Path(__file__).parent / "corpus"
"""Files that are right, and files that once broke something (`found_*`), by reader."""

PIECES = [
    *"\n\t:-{}[],'\"\\#|>@`~?&*!% é\x00\r\u00a0\u200b\u2028\ufeff\U0001f600", "  ", ": ", "- ", "&a ", "*a",
    "!!str ", "<<: ", "---\n", "...\n", "null", "true", "false", "non", "01", "0", "-1", "1e999", "1.005", "9" * 400,
    ".nan",
    ".inf", "unlimited", "0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01", "2017-02-29", "2017-01-01", "[]",
    "{}", "[[[[", "{a: {a: {a: 1}}}", "__at__", "*", "EUR", "%", "months", "calendar_days", "compte",
    "agence.aide", "a.*", "holder.region", "training.start", "is", "at_most", "remaining", "parameter", "envelope",
    "unknown", ",", ";", "\r\n", "\udc80", '"', "x" * 300,
]  # fmt: skip


class Damage(NamedTuple):
    """Where (a share of the text), how many characters or lines are concerned, what is done, with which piece."""

    place: float
    length: int
    what: str
    piece: str


def _inside(text: str, damage: Damage) -> str:
    start = int(damage.place * len(text))
    end = min(len(text), start + damage.length)
    if damage.what == "delete":
        return text[:start] + text[end:]
    return text[:start] + damage.piece + text[end if damage.what == "replace" else start :]


def _lines(text: str, damage: Damage) -> str:
    lines = text.splitlines(keepends=True)
    start = int(damage.place * len(lines))
    some = lines[start : start + damage.length]
    changed = {
        "drop": [],
        "repeat": some * 3,
        "indent": [f"  {line}" for line in some],
        "dedent": [line.removeprefix("  ") for line in some],
        "last": [],
    }[damage.what]
    return "".join(lines[:start] + changed + lines[start + damage.length :] + (some if damage.what == "last" else []))


def _word(text: str, damage: Damage) -> str:
    """The piece in the place of one whole word: more often than not, a text that can still be read."""
    start = int(damage.place * len(text))
    while start < len(text) and text[start] in " \n{}[],:\"'":
        start += 1
    end = start
    while end < len(text) and text[end] not in " \n{}[],:\"'":
        end += 1
    return text[:start] + damage.piece + text[end:]


DAMAGES: dict[str, Callable[[str, Damage], str]] = {
    **dict.fromkeys(["insert", "delete", "replace"], _inside),
    **dict.fromkeys(["drop", "repeat", "indent", "dedent", "last"], _lines),
    **dict.fromkeys(["word", "word again", "word once more", "yet another word"], _word),
}


def damaged(text: str, damages: list[Damage]) -> bytes:
    """The text after these damages; lone surrogates become bytes that are not UTF-8."""
    for damage in damages:
        text = DAMAGES[damage.what](text, damage)
    return text.encode("utf-8", "surrogateescape" if "\udc80" in text else "strict")


def texts(reader: str) -> st.SearchStrategy[bytes]:
    """Right files of a reader, with one to three damages."""
    files = sorted((CORPUS / reader).iterdir())
    damages = st.builds(
        Damage,
        st.floats(0, 1, exclude_max=True, width=32), st.integers(0, 12), st.sampled_from(sorted(DAMAGES)),
        st.sampled_from(PIECES),
    )  # fmt: skip
    contents = [path.read_text(encoding="utf-8") for path in files]
    return st.builds(damaged, st.sampled_from(contents), st.lists(damages, min_size=1, max_size=3))


@cache
def _small() -> Rulebook:
    return load_rulebook(rules=BASE)


@cache
def _folder(reader: str) -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix=f"cpf-funding-{reader}-")


_PROJECT = Dossier.model_validate(
    {
        "as_of": "2017-03-01",
        "holder": {"status": "job_seeker", "region": "75", "birth_date": "1990-01-01", "disability": "boe"},
        "cpf": {"balance": "1500.00", "consent": {"given": True}},
        "training": {
            "cpf_eligible": True, "start": "2017-06-05", "end": "2017-12-05", "hours": {"total": "300"},
            "costs": {"teaching": "5400.00", "exam": "50.00", "travel": "12.34"},
        },
        "project": {"validated": True},
    }
)  # fmt: skip


def attempt(reader: str, data: bytes) -> str:
    """`refused`, `planned`, `plan refused` or `read`: any other error goes through.

    A dossier that is read meets the small rulebook; rules that are read meet a project.
    """
    try:
        found = READERS[reader](data, Path(_folder(reader).name))
    except InputError as error:
        assert_told(error)
        return "refused"
    if isinstance(found, Dossier):
        return _planned(found, _small())
    if isinstance(found, Rulebook):
        return _planned(_PROJECT, found)
    return _planned(_PROJECT, _small().with_history(found)) if reader == "history" else "read"  # type: ignore[arg-type]


def _planned(dossier: Dossier, rulebook: Rulebook) -> str:
    try:
        plan = build_plan(dossier, rulebook)
    except InputError as error:
        assert_told(error)
        return "plan refused"
    assert sum(c.amount for c in plan.contributions) + plan.unfunded == plan.cost_total
    assert all(c.amount > 0 for c in plan.contributions)
    assert plan_document(plan, rulebook)
    return "planned"
