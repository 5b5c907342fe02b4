"""One cell of a table: how a person writes it in a CSV file, and what it may hold.

In a CSV file a number is written in its unit (euros, hours, months) with a comma or a point; in a table it is an
integer of `TableColumn.steps` to the unit. No message repeats a value: some are personal.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from cpf_funding.frames.layout import TableColumn
from cpf_funding.language.columns_facts import SEVERAL
from cpf_funding.money import hundredths, in_french
from cpf_funding.reading.dossiers import EARLIEST_BIRTH_YEAR, EARLIEST_YEAR, LATEST_YEAR

__all__ = ["checked", "read_cell"]

_NUMBER = re.compile(r"-?(?:[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+|[0-9]+)(?:[.,][0-9]+)?(?:[ \u00a0\u202f]?€)?")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_FRENCH_DAY = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_TRUTHS = {"true": True, "vrai": True, "oui": True, "1": True, "false": False, "faux": False, "non": False, "0": False}


def read_cell(column: TableColumn, text: str) -> Any:
    """The value that a cell of a CSV file holds; none when it is blank. Raises `ValueError`, in French."""
    written = text.strip()
    if not written:
        return None
    if column.unit is not None:
        return checked(column, _number(column, written))
    if column.kind == "truth":
        if written.lower() not in _TRUTHS:
            raise ValueError("oui ou non est attendu : écrivez true ou false")
        return _TRUTHS[written.lower()]
    if column.kind == "date":
        return checked(column, _day(written))
    return checked(column, _codes(written) if column.name in SEVERAL else written)


def _number(column: TableColumn, text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError("ce n'est pas un nombre : écrivez par exemple 1234,50")
    value = hundredths(re.sub("[ \u00a0\u202f€]", "", text).replace(",", "."))
    whole, rest = divmod(value, 100)
    if column.steps == 100:
        return value
    if rest:
        raise ValueError("un nombre entier est attendu : retirez les décimales")
    return whole


def _day(text: str) -> date:
    iso, french = _ISO_DAY.fullmatch(text), _FRENCH_DAY.fullmatch(text)
    parts = iso.groups() if iso else french.groups()[::-1] if french else ("0", "0", "0")
    try:
        return date(*map(int, parts))
    except ValueError:
        raise ValueError("une date est attendue : écrivez par exemple 2017-03-01 ou 01/03/2017") from None


def _codes(text: str) -> str:
    return ";".join(code for code in re.split(r"[\s,;|]+", text) if code)


def checked(column: TableColumn, value: Any) -> Any:
    """The value itself, when a dossier may hold it; raises `ValueError`, in French, with what to write."""
    if column.unit is not None:
        if value < column.least:
            raise ValueError(
                f"le nombre est inférieur à {_shown(column, column.least)} : vérifiez le signe et la valeur"
            )
        if value > column.most:
            raise ValueError(f"le nombre dépasse {_shown(column, column.most)} : vérifiez l'unité et la virgule")
    elif column.kind == "date":
        earliest = EARLIEST_BIRTH_YEAR if column.name == "holder.birth_date" else EARLIEST_YEAR
        if not earliest <= value.year <= LATEST_YEAR:
            raise ValueError(
                f"l'année n'est pas comprise entre {earliest} et {LATEST_YEAR} : écrivez-la à quatre chiffres"
            )
    elif column.choices and value not in column.choices:
        raise ValueError("la valeur attendue est l'une de : " + ", ".join(column.choices))
    elif column.kind == "code" and column.name.endswith(".region") and len(value) == 1 and value.isdigit():
        raise ValueError("un code de région a deux chiffres : mettez la colonne au format texte, et écrivez 01 pour 1")
    return value


def _shown(column: TableColumn, value: int) -> str:
    return in_french(value * 100 // column.steps, unit="")
