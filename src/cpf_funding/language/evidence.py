"""What an evaluation returns besides its result: the facts seen, the thresholds compared, the steps taken.

No sentence is written here. `sentences.py` turns these records into French, so that what is explained is what was
computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from cpf_funding.errors import Origin
from cpf_funding.facts import Kind, Value
from cpf_funding.language.units import Unit
from cpf_funding.language.values import Setting
from cpf_funding.truth import Truth

__all__ = ["Evidence", "Range", "Step", "leaves", "reasons", "settings_of", "to_settle", "unmet"]


class Range(NamedTuple):
    """An amount known between two bounds, in steps of its unit; `high` is `UNLIMITED` when nothing bounds it.

    `missing` lists what is not known and widens the range: fact names, `parameter:`, `envelope:` and `list:` ids.
    """

    low: int
    high: int
    missing: tuple[str, ...] = ()


class Step(NamedTuple):
    """One operation of an amount: what was read or combined, at which depth of the tree, with what result."""

    depth: int
    kind: str
    subject: str
    low: int
    high: int
    unit: Unit
    setting: Setting | None = None


class Evidence(NamedTuple):
    """One condition as it was evaluated: what was seen, what it was compared with, and the outcome."""

    truth: Truth
    kind: str
    subject: str = ""
    operator: str = ""
    seen: Value | None = None
    unit: Kind | None = None
    expected: tuple[Value | None, ...] = ()
    settings: tuple[Setting, ...] = ()
    missing: tuple[str, ...] = ()
    cause: str | None = None
    origin: Origin | None = None
    children: tuple[Evidence, ...] = ()
    day: date | None = None
    note: str | None = None


_GROUPS = frozenset({"all", "any", "not", "first_known"})


def leaves(evidence: Evidence) -> Iterator[Evidence]:
    """The elementary conditions of an evidence tree, in the order written."""
    if evidence.kind in _GROUPS:
        for child in evidence.children:
            yield from leaves(child)
    else:
        yield evidence


def settings_of(evidence: Evidence) -> tuple[Setting, ...]:
    """The settings that the conditions of an evidence tree were compared with, in the order written."""
    found = evidence.settings
    for child in evidence.children:
        found += settings_of(child)
    return found


def unmet(evidence: Evidence) -> Iterator[Evidence]:
    """The elementary conditions that keep an evidence tree from holding: those to meet, or to know.

    Parts that hold are passed over; so are the failed members of an *any* that another member may still carry, and
    those written as *not*: they say when the others are asked for.
    """
    if evidence.truth is Truth.YES:
        return
    if evidence.kind == "not":
        yield from leaves(evidence)
    elif evidence.kind in _GROUPS:
        every = evidence.kind == "all"
        others = [c for c in evidence.children if every or c.truth is evidence.truth]
        asked = others if every else [c for c in others if c.kind != "not"] or others
        for child in asked:
            yield from unmet(child)
    else:
        yield evidence


def to_settle(evidence: Evidence) -> tuple[str, ...]:
    """What to know, or to do, for an elementary condition to hold: what is missing, else what it looks at."""
    if evidence.missing:
        return evidence.missing
    if evidence.kind in ("list", "envelope"):
        return (f"{evidence.kind}:{evidence.subject}",)
    return (evidence.subject,) if evidence.kind == "fact" else ()


def reasons(evidence: Evidence, cause: str | None = None) -> Iterator[Evidence]:
    """The smallest parts of an evidence tree that explain its outcome when it is not YES; each carries its cause.

    A failed *all* is explained by its failed members. A failed *any* is explained by itself, for every member failed,
    or by its only member that is not a *not*: the others say when that one is asked for.
    """
    cause = evidence.cause or cause
    explaining: list[Evidence] = []
    if evidence.kind == "all":
        explaining = [child for child in evidence.children if child.truth is evidence.truth]
    elif evidence.kind == "any" and evidence.truth is Truth.NO:
        asked = [child for child in evidence.children if child.kind != "not"]
        explaining = asked if len(asked) == 1 < len(evidence.children) else []
    if explaining:
        for child in explaining:
            yield from reasons(child, cause)
    else:
        yield evidence if evidence.cause is cause else evidence._replace(cause=cause)
