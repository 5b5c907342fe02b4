"""What to ask first: the unknowns that can move the most euros, then the most verdicts."""

from __future__ import annotations

from cpf_funding.engine.plan import Contribution, Question, VerdictLine
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.truth import Truth

__all__ = ["question_of", "rank"]


def rank(
    contributions: tuple[Contribution, ...], verdicts: tuple[VerdictLine, ...], rulebook: Rulebook, missing_euros: int
) -> tuple[Question, ...]:
    """Questions in decreasing order of the euros their answers can move.

    A contribution to confirm is at stake for its amount. Aids that depend on the answer and pay nothing yet are, all
    together, for the most they could pay of `missing_euros`: what is left to find in the worst case. At equal euros,
    what confirms a line of the plan comes before what may add one.
    """
    euros: dict[str, int] = {}
    hopes: dict[str, int] = {}
    aids: dict[str, list[str]] = {}
    for line in contributions:
        for subject in line.confirm:
            euros[subject] = euros.get(subject, 0) + line.amount
            aids.setdefault(subject, []).append(line.aid)
    paying = {line.aid for line in contributions}
    for verdict in verdicts:
        if verdict.state is Truth.UNKNOWN and verdict.aid not in paying:
            for subject in verdict.missing:
                hopes[subject] = hopes.get(subject, 0) + verdict.potential
                aids.setdefault(subject, []).append(verdict.aid)
    for subject, hope in hopes.items():
        euros[subject] = euros.get(subject, 0) + min(hope, missing_euros)
    hoped = {subject: subject in hopes and paying.isdisjoint(aids[subject]) for subject in euros}
    ranked = sorted(euros, key=lambda subject: (-euros[subject], hoped[subject], -len(aids[subject]), subject))
    return tuple(Question(s, _kept_question(s, rulebook), euros[s], tuple(dict.fromkeys(aids[s]))) for s in ranked)


def _kept_question(subject: str, rulebook: Rulebook) -> str:
    """The question, worded once per rulebook; the names that rules and dossiers give to envelopes are not kept."""
    texts: dict[str, str] = rulebook.kept.setdefault("questions", {})
    if subject not in texts:
        if subject.startswith("envelope:"):
            return question_of(subject, rulebook)
        texts[subject] = question_of(subject, rulebook)
    return texts[subject]


def _who(parameter: str, rulebook: Rulebook) -> str:
    """Whom to ask about a value that the rules do not establish."""
    owner = next((aid for aid in rulebook.aids if parameter.startswith(f"{aid.id}.")), None)
    return rulebook.funders[owner.shape.funder].label if owner is not None else "le financeur"


def question_of(subject: str, rulebook: Rulebook) -> str:
    """The question to ask, in French, about something missing."""
    kind, _, name = subject.partition(":")
    if kind == "parameter":
        label = rulebook.parameters[name].label
        return f"Les règles n'établissent pas « {label} » à cette date : qu'en dit {_who(name, rulebook)} ?"
    if kind == "envelope":
        return f"L'enveloppe « {name} » est-elle ouverte, et combien y reste-t-il ?"
    if kind == "list":
        label = rulebook.lists[name].label if name in rulebook.lists else name
        return f"La certification est-elle inscrite sur la liste « {label} » au début de la formation ?"
    if kind == "in_force":
        return f"L'aide « {rulebook.aid(name).label} » peut-elle être demandée à cette date ?"
    if kind == "delay":
        return f"En combien de jours « {rulebook.aid(name).label} » répond-elle ici ?"
    return rulebook.facts[subject].question
