"""What may be written in an overlay: the file of a region or of an agency, on top of the national rules."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from cpf_funding.dossier import Cents, Day, EnvelopeState, Unplaced
from cpf_funding.language.tree import Condition, Node, Scalar
from cpf_funding.rulebook.levers import LocalLever
from cpf_funding.rulebook.shapes import Entry, Id, ListEntry, Sourced, SourceShape

__all__ = ["Closure", "DelayPeriod", "EnvelopePeriod", "ListAddition", "OverlayFile", "Replacement", "Trial"]

Days = Annotated[int, Field(ge=0, le=3650)]


class _Stated(Sourced):
    """A local statement over a period. `replaces` names the overlay whose statement this one takes over."""

    from_: Day = Field(alias="from")
    until: Day | None = None
    replaces: Id | None = None


class EnvelopePeriod(_Stated):
    """The state of an envelope, and what is left in it when that is known."""

    state: EnvelopeState | None = None
    left: Cents | None = None


class DelayPeriod(_Stated):
    """Days between the filing and the answer, as seen here; an absent bound is unknown."""

    least: Days | None = None
    usual: Days | None = None
    most: Days | None = None


class Closure(Sourced):
    """A period during which an aid is not granted here."""

    from_: Day = Field(alias="from")
    until: Day | None = None
    reason: str = Field(min_length=1)


class Replacement(Entry):
    """A dated value put in the place of another: `replaces` is what the rules say of this period.

    `parameter` is a full name: `group.name`, or `aid.name` for a parameter of one aid.
    """

    parameter: str
    replaces: Scalar


class ListAddition(Sourced):
    """Certifications added to an eligibility list."""

    entries: tuple[ListEntry, ...] = Field(min_length=1)


class Trial(Node):
    """Levers that a cause tries here, beside its own."""

    cause: Id
    levers: tuple[Id, ...] = Field(min_length=1)


class OverlayFile(Node):
    """An overlay: what one region or one agency adds to the rules.

    Under `levers`, a lever takes the place of the one of the same id, or adds one that `tries` gives to causes.
    """

    schema_: Literal["cpf-funding/overlay/1"] = Field(alias="schema")
    overlay: Id
    level: Literal["region", "agency"]
    sources: Annotated[dict[Id, SourceShape], Unplaced] = Field(default_factory=dict)
    envelopes: Annotated[dict[Id, tuple[EnvelopePeriod, ...]], Unplaced] = Field(default_factory=dict)
    delays: Annotated[dict[Id, tuple[DelayPeriod, ...]], Unplaced] = Field(default_factory=dict)
    close: Annotated[dict[Id, Closure], Unplaced] = Field(default_factory=dict)
    also: Annotated[dict[Id, tuple[Condition, ...]], Unplaced] = Field(default_factory=dict)
    values: tuple[Replacement, ...] = ()
    lists: Annotated[dict[Id, ListAddition], Unplaced] = Field(default_factory=dict)
    levers: Annotated[dict[Id, LocalLever], Unplaced] = Field(default_factory=dict)
    tries: tuple[Trial, ...] = ()
