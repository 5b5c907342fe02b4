"""French sentences made from evidence: what was seen, what was required, where the requirement comes from.

Nothing is written beside a rule: the sentence says what the evaluator compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cpf_funding.facts import Kind, Value
from cpf_funding.language.conditions import TESTS
from cpf_funding.language.evidence import Evidence
from cpf_funding.language.units import Unit
from cpf_funding.language.values import Setting
from cpf_funding.language.words import (
    ENVELOPE_STATES,
    Names,
    aid_name,
    day_in_french,
    enumerate_in_french,
    missing_label,
    parameter_label,
    reference,
    show,
)
from cpf_funding.truth import Truth

__all__ = ["sentence"]

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
_DO_NOT_KNOW = "on ne sait pas"
_ONE_CENT = 1


def sentence(evidence: Evidence, names: Names) -> str:
    """One condition and its outcome in French; `names` is the rulebook that the evidence comes from."""
    return _say(evidence, names, negated=False)


def _say(evidence: Evidence, names: Names, negated: bool) -> str:
    """A negation is carried down to the conditions it holds (De Morgan), so that each one says what it requires."""
    return _SAYINGS[evidence.kind](evidence, names, negated)


def _outcome(evidence: Evidence, negated: bool) -> Truth:
    return ~evidence.truth if negated else evidence.truth


def _conclude(evidence: Evidence, negated: bool, subject: str, seen: str | None, required: str, names: Names) -> str:
    truth, seen = _outcome(evidence, negated), seen or _DO_NOT_KNOW
    if truth is YES:
        text = f"{subject} : {seen}, condition remplie" + (f" : {required}" if required != seen else "")
    elif truth is NO:
        text = f"{subject} : {seen}, mais il faut {required}"
    else:
        text = f"{subject} : {seen}, et il faut {required}"
    return text + _references(evidence.settings, names)


def _references(settings: tuple[Setting, ...], names: Names) -> str:
    found = dict.fromkeys(reference(setting, names) for setting in settings)
    return f" ({' ; '.join(found)})" if found else ""


# Groups -----------------------------------------------------------------------------------------


def _all_or_any(evidence: Evidence, names: Names, negated: bool) -> str:
    every = (evidence.kind == "all") is not negated
    truth = _outcome(evidence, negated)
    kept = [child for child in evidence.children if _outcome(child, negated) is truth]
    if truth is YES and not every:
        kept = kept[:1]
    if truth is NO and not every:
        kept = [child for child in kept if not _switched_off(child, negated)] or kept
        asked = [child for child in kept if child.kind != "not"]  # the others say when it is asked for
        kept = asked if len(asked) == 1 else kept
    said = " ; ".join(_say(child, names, negated) for child in kept)
    if every or len(kept) == 1:
        return said
    return f"aucune de ces possibilités n'est remplie : [{said}]" if truth is NO else f"il faut l'un de : [{said}]"


def _switched_off(evidence: Evidence, negated: bool) -> bool:
    """Whether a dated switch fails a condition for everybody: no fact of a dossier opens that possibility that day."""
    if evidence.kind == "not":
        return _switched_off(evidence.children[0], not negated)
    if evidence.kind in ("all", "any"):
        meets = any if (evidence.kind == "all") is not negated else all
        return meets(_switched_off(child, negated) for child in evidence.children)
    switch = evidence.kind == "amount" and evidence.unit is Unit.YES_NO
    return switch and _outcome(evidence, negated) is NO and all(setting.key is None for setting in evidence.settings)


def _not(evidence: Evidence, names: Names, negated: bool) -> str:
    return _say(evidence.children[0], names, not negated)


def _first_known(evidence: Evidence, names: Names, negated: bool) -> str:
    if evidence.truth is not UNKNOWN:
        return _say(evidence.children[-1], names, negated)
    said = " ; ".join(_say(child, names, negated) for child in evidence.children)
    return f"il faut savoir l'un de : [{said}]"


# Comparisons ------------------------------------------------------------------------------------

_OPPOSITE = {
    "is": "is_not", "in": "is_not", "at_least": "below", "at_most": "above", "above": "at_most", "below": "at_least",
    "before": "at_least", "after": "at_most", "between": "outside",
}  # fmt: skip
_AMOUNT_WORDS = {"at_least": "au moins", "at_most": "au plus", "above": "plus de", "below": "moins de"}
_DAY_WORDS = {
    "at_least": "au plus tôt le", "at_most": "au plus tard le", "above": "après le", "after": "après le",
    "below": "avant le", "before": "avant le",
}  # fmt: skip


def _required(evidence: Evidence, names: Names, negated: bool) -> str:
    """What a comparison requires, as words that follow « il faut »."""
    kind, operator = evidence.unit, _OPPOSITE[evidence.operator] if negated else evidence.operator
    fact = names.facts.get(evidence.subject)
    bounds = [_bound(value, kind, fact.choices if fact else None) for value in evidence.expected]
    if kind == "truth":
        return "oui" if bool(evidence.expected[0]) is not negated else "non"
    if kind is Unit.YES_NO and None not in evidence.expected:
        return "oui" if TESTS[evidence.operator](1, evidence.expected) is not negated else "non"
    if operator == "between":
        return f"de {bounds[0]} à {bounds[1]}"
    if operator == "outside":
        return f"moins de {bounds[0]} ou plus de {bounds[1]}"
    if operator == "is_not":
        return f"autre chose que {enumerate_in_french(bounds)}"
    if operator in ("is", "in"):
        return enumerate_in_french(bounds)
    words = _DAY_WORDS if kind == "date" else _AMOUNT_WORDS
    return f"{words[operator]} {bounds[0]}"


def _bound(value: Value | None, kind: Kind | None, choices: Mapping[str, str] | None = None) -> str:
    return "une valeur qui n'est pas connue" if value is None else show(value, kind, choices)


def _fact(evidence: Evidence, names: Names, negated: bool) -> str:
    fact = names.facts.get(evidence.subject)
    label = fact.label if fact is not None else evidence.subject
    seen = None if evidence.seen is None else show(evidence.seen, evidence.unit, fact.choices if fact else None)
    return _conclude(evidence, negated, label, seen, _required(evidence, names, negated), names)


def _amount(evidence: Evidence, names: Names, negated: bool) -> str:
    seen = None if evidence.seen is None else show(evidence.seen, evidence.unit)
    return _conclude(
        evidence, negated, _amount_label(evidence, names), seen, _required(evidence, names, negated), names
    )


def _amount_label(evidence: Evidence, names: Names) -> str:
    """A lone parameter or fact gives its name to the amount; anything else is a computation."""
    kind, _, name = evidence.subject.partition(":")
    if kind == "parameter":
        return parameter_label(name, names)
    return missing_label(evidence.subject, names) if evidence.subject else "montant calculé"


# Lists, envelopes, co-funding -------------------------------------------------------------------


def _listed(evidence: Evidence, names: Names, negated: bool) -> str:
    label = names.lists[evidence.subject].label if evidence.subject in names.lists else evidence.subject
    subject = f"certification {show(evidence.seen, 'code')}" if evidence.seen is not None else "certification"
    seen = {YES: "inscrite", NO: "absente"}.get(evidence.truth)
    on = f" le {day_in_french(evidence.day)}" if evidence.day is not None else ""
    source = f", source {evidence.note}" if evidence.note is not None else ""
    required = f"{'ne pas être' if negated else 'être'} sur la liste « {label} »{on}{source}"
    return _conclude(evidence, negated, subject, seen, required, names)


def _envelope(evidence: Evidence, names: Names, negated: bool) -> str:
    seen = ENVELOPE_STATES.get(str(evidence.seen))
    if seen is not None and evidence.day is not None:
        seen += f" le {day_in_french(evidence.day)}"
    required = "une enveloppe épuisée" if negated else "une enveloppe ouverte"
    return _conclude(evidence, negated, f"enveloppe {aid_name(evidence.subject, names)}", seen, required, names)


def _joined_by(evidence: Evidence, names: Names, negated: bool) -> str:
    others = enumerate_in_french(aid_name(id, names) for id in evidence.subject.split())
    seen = None if evidence.seen is None else show(evidence.seen, evidence.unit)
    if seen is None:  # before amounts are known, only the presence of the other aids is looked at
        seen = {YES: "prévu", NO: "absent"}.get(evidence.truth)
    if evidence.expected[0] == _ONE_CENT:
        required = "aucun financement" if negated else "un financement"
    else:
        required = _required(evidence, names, negated)
    return _conclude(evidence, negated, f"financement par {others}", seen, required, names)


# Dates, decisions -------------------------------------------------------------------------------


def _notice(evidence: Evidence, names: Names, negated: bool) -> str:
    seen = None if evidence.seen is None else f"le {show(evidence.seen, 'date')}"
    latest = evidence.expected[0] if evidence.expected else None
    required = "au plus tard un jour qui n'est pas connu" if latest is None else _latest(latest, evidence)
    return _conclude(evidence, negated, f"demande de {aid_name(evidence.subject, names)}", seen, required, names)


def _latest(latest: Value, evidence: Evidence) -> str:
    start = f", pour un début le {day_in_french(evidence.day)}" if evidence.day is not None else ""
    return f"au plus tard le {show(latest, 'date')}{start}"


def _answer(evidence: Evidence, names: Names, negated: bool) -> str:
    seen = None if evidence.seen is None else f"attendue le {show(evidence.seen, 'date')}"
    start = evidence.expected[0] if evidence.expected else None
    required = "avant le début" if start is None else f"au plus tard le {show(start, 'date')}, début de la formation"
    return _conclude(evidence, negated, f"réponse de {aid_name(evidence.subject, names)}", seen, required, names)


def _in_force(evidence: Evidence, names: Names, negated: bool) -> str:
    aid = aid_name(evidence.subject, names)
    since = evidence.expected[0] if evidence.expected else None
    day = show(since, "date") if since is not None else "?"
    text = {
        "open": f"aide {aid} ouverte depuis le {day}",
        "suspended": f"aide {aid} suspendue depuis le {day}",
        "announced": f"aide {aid} seulement annoncée, à partir du {day}",
        "unknown": f"on ne sait pas si l'aide {aid} est ouverte depuis le {day}",
        "ended": f"aide {aid} fermée : fin le {day}",
        "not_yet": f"aide {aid} pas encore ouverte : début le {day}",
    }[evidence.operator]
    if evidence.note is None:
        return text
    return f"{text} ({'source ' if evidence.note in names.sources else ''}{evidence.note})"


def _ceiling(evidence: Evidence, names: Names, negated: bool) -> str:
    most = _bound(evidence.expected[0], evidence.unit)
    cost = _bound(evidence.seen, evidence.unit)
    text = f"montant maximal de {aid_name(evidence.subject, names)} : {most}, pour un coût total de {cost}"
    return text + _references(evidence.settings, names)


def _dated(text: str, evidence: Evidence, why: str = " : ") -> str:
    text += f" le {day_in_french(evidence.day)}" if evidence.day is not None else ""
    return text + (f"{why}{evidence.note}" if evidence.note else "")


def _opinion(evidence: Evidence, names: Names, negated: bool) -> str:
    view = "favorable" if evidence.seen else "défavorable"
    return _dated(f"avis {view} pour {aid_name(evidence.subject, names)}", evidence)


def _request(evidence: Evidence, names: Names, negated: bool) -> str:
    answer = "acceptée" if evidence.operator == "granted" else "refusée"
    amount = f" pour {show(evidence.seen, evidence.unit)}" if evidence.seen is not None else ""
    return _dated(f"demande de {aid_name(evidence.subject, names)} {answer}{amount}", evidence)


def _override(evidence: Evidence, names: Names, negated: bool) -> str:
    verb = "imposée" if evidence.operator == "force" else "écartée"
    by = f" ({evidence.seen})" if evidence.seen is not None else ""
    return _dated(f"aide {aid_name(evidence.subject, names)} {verb} par décision du conseiller{by}", evidence)


_SAYINGS: dict[str, Callable[[Evidence, Names, bool], str]] = {
    "all": _all_or_any, "any": _all_or_any, "not": _not, "first_known": _first_known, "fact": _fact,
    "amount": _amount, "list": _listed, "envelope": _envelope, "joined_by": _joined_by, "notice": _notice,
    "answer": _answer, "in_force": _in_force, "ceiling": _ceiling, "opinion": _opinion, "request": _request,
    "override": _override,
}  # fmt: skip
