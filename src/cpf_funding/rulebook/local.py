"""What regions and agencies know that the law does not say: the state of envelopes, the delays they observe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypeVar

from cpf_funding.dossier import Delay, Envelope, EnvelopeState
from cpf_funding.errors import Origin
from cpf_funding.language.values import Sourcing

__all__ = ["History", "Local", "LocalDelay", "LocalEnvelope"]


History = Mapping[str, tuple[int, ...]]
"""Calendar days from the filing to the answer, observed by aid, in increasing order."""


class LocalEnvelope(NamedTuple):
    """The state of an envelope over a period (both ends included), and what is left in it, in cents."""

    start: date
    until: date | None
    state: EnvelopeState | None
    left: int | None
    sourcing: Sourcing
    origin: Origin | None


class LocalDelay(NamedTuple):
    """How long a funder takes to answer here, in calendar days, over a period (both ends included)."""

    start: date
    until: date | None
    least: int | None
    usual: int | None
    most: int | None
    sourcing: Sourcing
    origin: Origin | None


_Period = TypeVar("_Period", LocalEnvelope, LocalDelay)


@dataclass(frozen=True, slots=True)
class Local:
    """Envelopes and delays by id, from the overlays; delays observed, from a history file.

    A dossier that states its own is always preferred; what was observed is preferred to what an overlay states.
    """

    envelopes: Mapping[str, tuple[LocalEnvelope, ...]] = field(default_factory=dict)
    delays: Mapping[str, tuple[LocalDelay, ...]] = field(default_factory=dict)
    history: History = field(default_factory=dict)

    def envelope(self, id: str, day: date) -> LocalEnvelope | None:
        """What is stated of an envelope on a day."""
        return _on(self.envelopes.get(id, ()), day)

    def delay(self, aid: str, day: date) -> LocalDelay | None:
        """What is stated of the answers to an aid on a day."""
        return _on(self.delays.get(aid, ()), day)

    def envelopes_on(self, day: date) -> dict[str, Envelope]:
        """The envelopes whose state is stated on a day, as a dossier would give them (`local.envelopes`)."""
        found = ((id, self.envelope(id, day)) for id in self.envelopes)
        return {
            id: Envelope.model_construct(state=known.state, left=known.left, on=known.start)
            for id, known in found
            if known is not None
        }

    def delays_on(self, day: date) -> dict[str, Delay]:
        """The answer delays stated on a day and not observed, as a dossier would give them (`local.delays`)."""
        found = ((aid, self.delay(aid, day)) for aid in self.delays if aid not in self.history)
        return {
            aid: Delay(least=known.least, usual=known.usual, most=known.most)
            for aid, known in found
            if known is not None
        }


def _on(periods: tuple[_Period, ...], day: date) -> _Period | None:
    return next((p for p in periods if p.start <= day and (p.until is None or day <= p.until)), None)
