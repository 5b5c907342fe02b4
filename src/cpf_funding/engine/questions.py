"""What to ask first: the unknowns that can move the most euros, then the most verdicts."""

from __future__ import annotations

from cpf_funding.engine.plan import Contribution, Question, VerdictLine
from cpf_funding.rulebook.book import Rulebook
from cpf_funding.truth import Truth

__all__ = ["question_of", "rank"]


def rank(
    contributions: tuple[Contribution, ...], verdicts: tuple[VerdictLine, ...], rulebook: Rulebook
) -> tuple[Question, ...]:
    """Questions in decreasing order of the euros their answers can move.

    A contribution to confirm is at stake for its amount; an aid that depends on the answer and pays nothing yet, for
    the most it could pay.
    """
    euros: dict[str, int] = {}
    aids: dict[str, list[str]] = {}
    at_stake = [(c.aid, c.amount, c.confirm) for c in contributions]
    paying = {aid for aid, _, _ in at_stake}
    at_stake += [(v.aid, v.potential, v.missing) for v in verdicts if v.state is Truth.UNKNOWN and v.aid not in paying]
    for aid, amount, missing in at_stake:
        for subject in missing:
            euros[subject] = euros.get(subject, 0) + amount
            aids.setdefault(subject, []).append(aid)
    ranked = sorted(euros, key=lambda subject: (-euros[subject], -len(aids[subject]), subject))
    return tuple(Question(s, question_of(s, rulebook), euros[s], tuple(dict.fromkeys(aids[s]))) for s in ranked)


def question_of(subject: str, rulebook: Rulebook) -> str:
    """The question to ask, in French, about something missing."""
    kind, _, name = subject.partition(":")
    if kind == "parameter":
        parameter = rulebook.parameters[name]
        return f"Quelle est la valeur de « {parameter.label} » à cette date ?"
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
