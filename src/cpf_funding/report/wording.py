"""Short French phrases of a plan, made from its numbers: alternatives, remedies, why an aid pays nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date

from cpf_funding.engine.plan import Alternative, Contribution, Remedy
from cpf_funding.facts import parse_value
from cpf_funding.language.operations import limit_label
from cpf_funding.language.words import aid_name, day_in_french, enumerate_in_french, missing_label, show
from cpf_funding.money import plain
from cpf_funding.reading.changes import UNKNOWN
from cpf_funding.rulebook.book import Rulebook

__all__ = [
    "alternative_words", "chance", "change_words", "limit_words", "lost_words", "money", "presumed_words",
    "remedy_words", "standing_words",
]  # fmt: skip

_STANDINGS = {
    "granted": "déjà accordé", "right": "droit de la personne", "open": "conditions remplies, le financeur décide",
    "to_confirm": "à confirmer, montant maximal",
}  # fmt: skip


def money(cents: int) -> str:
    """An amount of the plan, always with its cents: `1 320,00 €`."""
    whole, _, rest = plain(abs(cents)).partition(".")
    return f"{'-' if cents < 0 else ''}{int(whole):,}".replace(",", "\u202f") + f",{rest}\u00a0€"


def chance(probability: float) -> str:
    """A probability: `75 %`."""
    return f"{probability:.0%}".replace("%", "\u00a0%")


def standing_words(contribution: Contribution) -> str:
    """How firm a line of the plan is."""
    if contribution.by_holder and contribution.standing == "right":
        return "payé par la personne"
    return _STANDINGS[contribution.standing]


def limit_words(contribution: Contribution, rulebook: Rulebook) -> str | None:
    """What bounds the amount of a line; `None` when it pays everything that is left at its rank."""
    if not contribution.steps:
        return "le montant accordé" if contribution.standing == "granted" else "le montant décidé par le conseiller"
    if contribution.limit is None:
        return None
    return limit_label(contribution.limit, contribution.steps, rulebook)


def lost_words(lost_to: str, rulebook: Rulebook) -> str:
    """Why an aid that is not refused pays nothing in the recommended plan."""
    reason, _, other = lost_to.partition(":")
    if reason == "excludes":
        return f"ne se cumule pas avec {aid_name(other, rulebook)}, retenue dans le plan"
    return _LOST[reason]


_LOST = {
    "own_money": "tout ou rien : perdue s'il reste un euro à la charge de la personne sur les coûts qu'elle couvre",
    "needs": "aucune des aides qu'elle exige ne paie dans le plan",
    "joined_by": "le cofinancement qu'elle exige n'est pas dans le plan",
    "nothing_left": "il ne reste rien à payer à son rang",
    "zero": "son montant est nul",
}


def _more(cents: int, what: str) -> str:
    return f"{money(abs(cents))} {'de plus' if cents > 0 else 'de moins'} {what}"


def _filings(count: int) -> str:
    noun = "demandes" if abs(count) > 1 else "demande"
    return f"{abs(count)} {noun} {'de plus' if count > 0 else 'de moins'}"


def _days(days: int) -> str:
    noun = "jours" if abs(days) > 1 else "jour"
    return f"dernière réponse {abs(days)} {noun} plus {'tard' if days > 0 else 'tôt'}"


_DIFFERENCES: dict[str, Callable[[int], str]] = {
    "unfunded": lambda cents: _more(cents, "à trouver"),
    "unfunded_worst": lambda cents: _more(cents, "à trouver au pire"),
    "holder_pays": lambda cents: _more(cents, "à la charge de la personne"),
    "filings": _filings,
    "last_answer_days": _days,
    "rights_used": lambda cents: _more(cents, "pris sur les droits de la personne"),
}


def alternative_words(alternative: Alternative, rulebook: Rulebook) -> str:
    """What another plan changes, gains and loses against the recommended one."""
    change = []
    if alternative.without:
        change.append(f"sans {_named(alternative.without, rulebook)}")
    if alternative.added:
        change.append(f"avec {_named(alternative.added, rulebook)}")
    head = ", ".join(change) or "mêmes aides, autre répartition"
    effects = [_DIFFERENCES[name](value) for name, value in sorted(alternative.differences.items(), key=_order)]
    if not effects and alternative.last_answer is not None:
        day = day_in_french(alternative.last_answer)
        effects = [f"dernière réponse attendue le {day}, quand celle du plan n'est pas connue"]
    return f"{head} : {', '.join(effects) or 'même résultat'}"


def _order(difference: tuple[str, int]) -> int:
    return list(_DIFFERENCES).index(difference[0])


def _named(ids: Iterable[str], rulebook: Rulebook) -> str:
    return enumerate_in_french((aid_name(id, rulebook) for id in ids), "et")


def remedy_words(remedy: Remedy, rulebook: Rulebook) -> str:
    """A remedy that was tried: what to change, who can act, what is left then, and what may be left at worst."""
    changes = ", ".join(change_words(path, value, rulebook) for path, value in remedy.changes.items())
    left = "plan complet" if remedy.completes else f"il resterait {money(remedy.unfunded)} à trouver"
    worst = remedy.unfunded_worst
    doubt = f" (au pire, {money(worst)} à trouver)" if worst is not None and worst > remedy.unfunded else ""
    who = f" ; qui peut agir : {', '.join(remedy.who)}" if remedy.who else ""
    label = f"{remedy.label} ({changes})" if changes else remedy.label
    again = presumed_words(remedy, rulebook)
    presumed = f" ; {again}" if again is not None else ""
    return f"{label} : {left}{doubt}, la personne paie {money(remedy.holder_pays)}{presumed}{who}"


def presumed_words(remedy: Remedy, rulebook: Rulebook) -> str | None:
    """What the rebuilt plan only presumes, to ask for again; `None` when it presumes nothing."""
    if not remedy.ask_again:
        return None
    labels = (missing_label(path.removeprefix("answers."), rulebook) for path in remedy.ask_again)
    return f"présumé par ce calcul, à redemander : {enumerate_in_french(labels, 'et')}"


_ENVELOPE = re.compile(r"local\.envelopes\.(.+)\.(state|left)")
_OPINION = re.compile(r"project\.opinions\[\d+\]\.favourable")
_STATES = {"open": "ouverte", "low": "presque vide", "exhausted": "épuisée"}


def change_words(path: str, value: str, rulebook: Rulebook) -> str:
    """One field changed, as a counsellor reads it: « coût pédagogique : 4 800 € »."""
    envelope = _ENVELOPE.fullmatch(path)
    if path == "as_of":
        return f"date de la demande : {day_in_french(date.fromisoformat(value))}"
    if envelope is not None:
        said = _STATES.get(value, value) if envelope[2] == "state" else "montant restant non connu"
        return f"enveloppe {aid_name(envelope[1], rulebook)} : {said}"
    if _OPINION.fullmatch(path):
        return f"avis du financeur : {'favorable' if value == 'true' else 'défavorable'}"
    fact = rulebook.facts.get(path.removeprefix("answers."))
    if fact is None:
        return f"{path} : {value}"
    said = "non connu" if value in UNKNOWN else show(parse_value(fact.kind, value), fact.kind, fact.choices)
    return f"{fact.label} : {said}"
