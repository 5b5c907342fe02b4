"""One French sentence and one advice for each kind of error that pydantic may find in our files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any

from cpf_funding.money import hundredths, plain
from cpf_funding.reading.places import shorten

__all__ = ["Case", "MISMATCHES", "nearest", "word"]

Wording = tuple[str, str]
"""Message and advice."""


@dataclass(frozen=True, slots=True)
class Case:
    """An error as pydantic tells it: its kind, the value refused, the step that leads there, and what was allowed.

    `private` forbids to repeat the value; `keys` are the keys accepted at this place, `choices` the values;
    `written` says that a missing key is there, without a value.
    """

    kind: str
    value: Any
    step: str | int
    said: str
    context: Mapping[str, Any] = field(default_factory=dict)
    keys: Sequence[str] = ()
    choices: Sequence[str] = ()
    private: bool = False
    written: bool = False

    @property
    def shown(self) -> str:
        """The value as a message may show it."""
        if isinstance(self.value, dict):
            return "un ensemble de clés"
        if isinstance(self.value, list | tuple):
            return "une liste"
        return "la valeur écrite" if self.private else f"« {shorten(str(self.value))} »"


def word(case: Case) -> Wording:
    """What is wrong and what to write instead; every kind has an answer, at worst a general one."""
    if case.value is None and case.kind not in _ABOUT_KEYS:
        return "la clé est vide", "complétez-la, ou supprimez la ligne"
    write = _WORDINGS.get(case.kind)
    if write is None:
        return f"{case.shown} n'est pas accepté ici", "corrigez cette valeur d'après la documentation du format"
    return write(case)


def nearest(text: str, known: Sequence[str]) -> str | None:
    """The known word that was most likely meant, if any is close."""
    spelled = {word.lower(): word for word in known}
    return next((spelled[word] for word in get_close_matches(text.lower(), spelled, n=1, cutoff=0.7)), None)


# Keys ------------------------------------------------------------------------------------------


def _missing(case: Case) -> Wording:
    if isinstance(case.step, int):
        return f"il manque l'élément n° {case.step + 1}", "complétez la liste"
    if case.written:
        return f"la clé « {case.step} » est vide", "complétez-la : elle est nécessaire ici"
    return f"il manque la clé « {case.step} »", f"ajoutez « {case.step}: … » à cet endroit"


def _unknown_key(case: Case) -> Wording:
    key = str(case.step)
    meant = nearest(key, case.keys)
    # Under a personal key, what stands for a key may be a value whose colon was forgotten.
    name = "" if case.private and not key.isidentifier() else f" « {shorten(key)} »"
    if meant:
        return f"clé inconnue{name} ; vouliez-vous dire « {meant} » ?", f"écrivez « {meant}: » à la place"
    if case.keys:
        return f"clé inconnue{name}", "clés possibles ici : " + ", ".join(case.keys)
    return f"clé inconnue{name}", "supprimez-la"


def _mapping_expected(case: Case) -> Wording:
    keys = ", ".join(case.keys[:8]) + (", …" if len(case.keys) > 8 else "")
    advice = "écrivez des clés à la ligne, en retrait" + (f" : {keys}" if keys else "")
    return f"un ensemble de clés est attendu, et non {case.shown}", advice


def _closed_key(case: Case) -> Wording:
    """Our `condition` and `amount` kinds: the mapping holds none of the keys that would say what it is."""
    message, _, _ = case.said.partition(" : ")
    keys = case.said.rpartition("la clé attendue est ")[2].split(", ")
    written = case.value if isinstance(case.value, dict) else ()
    meant = next(filter(None, (nearest(key, keys) for key in written)), None)
    if meant:
        return f"{message} ; vouliez-vous dire « {meant} » ?", f"écrivez « {meant}: » à la place"
    return message, "écrivez l'une des clés : " + ", ".join(keys)


def _form(case: Case) -> Wording:
    """A pydantic discriminator: the value of one key says which form the mapping has."""
    key = str(case.context.get("discriminator", "")).strip("'")
    choices = ", ".join(case.choices)
    advice = f"donnez à « {key} » l'une des valeurs : {choices}" if choices else f"complétez « {key} »"
    return "ce n'est pas l'une des formes possibles", advice


# Values ----------------------------------------------------------------------------------------


def _choice(case: Case) -> Wording:
    if len(case.choices) == 1:
        return f"{case.shown} n'est pas reconnu", f"écrivez « {case.step}: {case.choices[0]} »"
    meant = None if case.private else nearest(str(case.value), case.choices)
    question = f" ; vouliez-vous dire « {meant} » ?" if meant else ""
    message = f"{case.shown} ne fait pas partie des valeurs possibles{question}"
    return message, "valeurs possibles : " + ", ".join(case.choices)


_YES_NO = {"oui": "true", "o": "true", "vrai": "true", "non": "false", "faux": "false", "n": "false"}


def _truth(case: Case) -> Wording:
    meant = None if case.private else _YES_NO.get(str(case.value).lower())
    return f"true ou false est attendu, et non {case.shown}", f"écrivez {meant or 'true ou false'}, sans guillemets"


_DAY = re.compile(r"(?:(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})|(\d{4})[/. -](\d{1,2})[/. -](\d{1,2}))")


def _day(case: Case) -> Wording:
    advice = "écrivez année-mois-jour, par exemple 2017-03-01"
    found = None if case.private else _DAY.fullmatch(str(case.value).strip())
    if found:
        day, month, year = (found[1], found[2], found[3]) if found[1] else (found[6], found[5], found[4])
        try:
            advice = f"écrivez {date(int(year), int(month), int(day)).isoformat()}"
        except ValueError:
            advice = "ce jour n'existe pas au calendrier : " + advice
    return f"une date est attendue, et non {case.shown}", advice


def _whole(case: Case) -> Wording:
    return f"un nombre entier est attendu, et non {case.shown}", "écrivez un nombre entier sans unité, par exemple 3"


def _bound(sign: str, name: str) -> Callable[[Case], Wording]:
    def write(case: Case) -> Wording:
        bound = case.context[name]
        return f"{case.shown} est hors des bornes", f"écrivez un nombre {sign} {bound}"

    return write


def _text(case: Case) -> Wording:
    return f"un texte est attendu, et non {case.shown}", "écrivez un texte simple, entre guillemets au besoin"


def _pattern(case: Case) -> Wording:
    advice = "écrivez des minuscules sans accent, des chiffres, « _ », et des points entre les mots (exemple : ft.aif)"
    return f"{case.shown} n'est pas un identifiant", advice


def _too_few(case: Case) -> Wording:
    least = case.context.get("min_length", 1)
    return f"il faut au moins {least} élément{'s' if least > 1 else ''}", "complétez la liste, ou supprimez la clé"


def _too_many(case: Case) -> Wording:
    most = case.context.get("max_length", 1)
    return f"il faut au plus {most} élément{'s' if most > 1 else ''}", "supprimez les éléments en trop"


def _list_expected(case: Case) -> Wording:
    one = isinstance(case.value, str) and not case.private and len(case.value) <= 60
    advice = f"écrivez [{case.value}]" if one else "écrivez chaque élément à la ligne derrière un tiret « - »"
    return f"une liste est attendue, et non {case.shown}", advice


def _own(case: Case) -> Wording:
    """A `ValueError` of ours: French already, with the advice after a colon when it has one."""
    if isinstance(case.value, dict | list | tuple):
        return f"une valeur simple est attendue, et non {case.shown}", "écrivez un texte, un nombre ou une date"
    message, _, advice = case.said.partition(" : ")
    if advice and not advice.startswith("écrivez"):
        advice = f"écrivez {advice}"
    amount = None if case.private else _as_number(str(case.value))
    if amount and "nombre" in message:
        advice = f"écrivez {amount}"
    if not case.private and str(case.value) not in message + advice:
        message = f"{case.shown} : {message}"
    return message, advice or "corrigez cette valeur, ou supprimez la ligne si elle n'est pas connue"


def _as_number(text: str) -> str | None:
    """`1 234,50 €` gives `1234.50`; `None` when the amount meant is not certain."""
    try:
        return plain(hundredths(re.sub(r"\s|€|EUR$|euros?$", "", text, flags=re.IGNORECASE).replace(",", ".")))
    except ValueError:
        return None


def _scalar(case: Case) -> Wording:
    advice = "écrivez un texte, un nombre, une date, true ou false"
    return f"une valeur simple est attendue, et non {case.shown}", advice


def _comparison(case: Case) -> Wording:
    return case.said, "gardez une seule comparaison, par exemple {fact: training.months, at_most: 12}"


def _fixed(message: str, advice: str) -> Callable[[Case], Wording]:
    return lambda case: (message, advice)


_ABOUT_KEYS = frozenset({"missing", "extra_forbidden"})

_WORDINGS: dict[str, Callable[[Case], Wording]] = {
    "missing": _missing,
    "extra_forbidden": _unknown_key,
    "invalid_key": _fixed("la clé n'est pas un texte", "écrivez la clé entre guillemets"),
    **dict.fromkeys(["model_type", "model_attributes_type", "dict_type", "mapping_type", "dataclass_type",
                     "dataclass_exact_type"], _mapping_expected),
    **dict.fromkeys(["condition", "amount"], _closed_key),
    **dict.fromkeys(["union_tag_not_found", "union_tag_invalid"], _form),
    **dict.fromkeys(["literal_error", "enum"], _choice),
    **dict.fromkeys(["bool_parsing", "bool_type"], _truth),
    **dict.fromkeys(["date_from_datetime_parsing", "date_from_datetime_inexact", "date_parsing", "date_type",
                     "date_past", "date_future", "datetime_parsing", "datetime_type"], _day),
    **dict.fromkeys(["int_parsing", "int_parsing_size", "int_type", "int_from_float", "float_parsing", "float_type",
                     "finite_number"], _whole),
    "greater_than_equal": _bound("supérieur ou égal à", "ge"),
    "greater_than": _bound("supérieur à", "gt"),
    "less_than_equal": _bound("inférieur ou égal à", "le"),
    "less_than": _bound("inférieur à", "lt"),
    **dict.fromkeys(["string_type", "string_sub_type", "string_unicode"], _text),
    "string_pattern_mismatch": _pattern,
    "string_too_short": _fixed("le texte est trop court", "complétez ce texte"),
    "string_too_long": _fixed("le texte est trop long", "raccourcissez ce texte"),
    "too_short": _too_few,
    "too_long": _too_many,
    **dict.fromkeys(["tuple_type", "list_type", "set_type", "frozen_set_type", "iterable_type"], _list_expected),
    **dict.fromkeys(["value_error", "assertion_error"], _own),
    "scalar": _scalar,
    "comparison": _comparison,
    **dict.fromkeys(["frozen_instance", "frozen_field"],
                    _fixed("cette donnée ne se modifie pas", "construisez une nouvelle donnée")),
    "none_required": _fixed("aucune valeur n'est attendue ici", "laissez la clé vide, ou supprimez-la"),
    "recursion_loop": _fixed("la donnée se contient elle-même", "recopiez les valeurs voulues"),
}  # fmt: skip

MISMATCHES = frozenset({"tuple_type", "list_type", "dict_type", "model_type", "string_type", "none_required"})
"""Kinds that only say "another kind of data was possible too": the weakest when a union gives several errors."""
